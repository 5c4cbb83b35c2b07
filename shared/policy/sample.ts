/** A complete policy to start from: what `belkluis policy example` prints, what the demo box and the tests use. */
import type { Envelope } from './dsse.ts';
import type { Rationale } from './retention-schema.ts';
import type { Policy } from './schema.ts';

/** A policy as a person writes it; recipients are added when it is signed. */
export type PolicyDraft = Omit<Policy, 'recipients'>;

export function samplePolicy(issuedAt: Date): PolicyDraft {
  const date = issuedAt.toISOString().slice(0, 10);
  const because = (why: string): Rationale => ({
    why,
    ground: 'GDPR 5(1)(e)',
    author: 'Example Office, privacy',
    date,
  });
  return {
    schemaVersion: 2,
    audience: ['*'],
    version: 1,
    previousHash: null,
    issuedAt: issuedAt.toISOString(),
    expiresAt: new Date(issuedAt.getTime() + 365 * 24 * 3600_000).toISOString(),
    controller: {
      name: 'Example Office',
      contact: 'Example Office, Dorpsstraat 1, Amsterdam',
      dpo: { name: 'Data protection officer', contact: 'privacy@office.example' },
      authority: 'Autoriteit Persoonsgegevens',
      moreAt: 'office dot example slash calls',
      website: 'https://office.example/calls',
    },
    lawPacks: ['NL'],
    packCorrections: [],
    worksCouncil: { council: 'none', why: 'The office has fewer than fifty people and no works council.' },
    regions: ['EEA'],
    numbering: { country: '31', national: '0', international: '00' },
    groups: [],
    holidays: [],
    neverRecord: [],
    keys: { private: '*8', pause: '*7', start: '*3' },
    purposes: [
      {
        id: 'complaints',
        name: 'Complaints',
        lawfulBasis: 'f',
        rationale: 'What was said is needed to settle a complaint fairly for both sides.',
        assessment: { reference: 'Weighing of interests: complaints', completedOn: date },
        specialCategories: null,
        retention: {
          contentDays: 30,
          trafficDays: 30,
          evidenceDays: 365,
          because: {
            content: because('Nearly all complaints come within a month of the call.'),
            traffic: because('A recording is found by who called whom, so both leave together.'),
            evidence: because('Whether a call was announced may be asked about for a year.'),
          },
        },
        announcement: {
          by: 'box',
          said: [{ language: 'en', purpose: 'to settle complaints' }],
          callerHears: 'after-answer',
          staffHear: true,
          staffBeepSeconds: null,
        },
        consent: { mode: 'inform' },
        level: 'standard',
        recipients: null,
        mayOpen: ['custodian'],
        uses: ['complaint', 'data-subject'],
        notUsedFor: ['judging the work of employees'],
        mandatory: false,
        pause: { resumeSeconds: 120 },
        register: {
          dataSubjects: ['callers', 'employees'],
          dataCategories: ['what is said in calls', 'who called whom and when'],
          receivers: [],
        },
      },
    ],
    rules: [{ id: 'all-internal', purpose: 'complaints', direction: 'internal', start: 'automatic' }],
    retention: {
      accessDays: 365,
      requestDays: 1096,
      directoryDays: 365,
      because: {
        access: because('Misuse is often noticed months after it happened.'),
        request: because('How a request was answered may be questioned for three years.'),
        directory: because('Who has not been there for a year does not come back.'),
      },
    },
    traffic: { digits: null, waits: null, linkChannels: null },
    dpia: { reference: 'DPIA: recording of calls', completedOn: date, measures: [] },
    bounds: { fleetMayChange: ['rules', 'groups', 'holidays', 'neverRecord'], maxContentDays: 90 },
  };
}

/** A purpose as it is where a law demands the recording: a call that cannot be recorded ends, and nobody erases it before its minimum. */
export const mandatory = (purpose: Policy['purposes'][number], days = purpose.retention.contentDays) => ({
  ...purpose,
  lawfulBasis: 'c' as const,
  mandatory: true,
  retention: { ...purpose.retention, minimum: { days, ground: 'MiFID II 16(7)' } },
});

/** The draft with its recipients, ready to be signed. */
export const withRecipients = (draft: PolicyDraft, recipients: Envelope): Policy => ({ ...draft, recipients });
