/** A complete policy to start from: what `belkluis policy example` prints, what the demo box and the tests use. */
import type { Envelope } from './dsse.ts';
import type { Policy } from './schema.ts';

/** A policy as a person writes it; recipients are added when it is signed. */
export type PolicyDraft = Omit<Policy, 'recipients'>;

export const samplePolicy = (issuedAt: Date): PolicyDraft => ({
  schemaVersion: 1,
  audience: ['*'],
  version: 1,
  previousHash: null,
  issuedAt: issuedAt.toISOString(),
  expiresAt: new Date(issuedAt.getTime() + 365 * 24 * 3600_000).toISOString(),
  controller: 'Example Office',
  retention: { accessDays: 365, requestDays: 1096, directoryDays: 365 },
  regions: ['EEA'],
  purposes: [
    {
      id: 'complaints',
      name: 'Complaints',
      lawfulBasis: 'f',
      rationale: 'What was said is needed to settle a complaint fairly for both sides.',
      retention: { contentDays: 30, trafficDays: 30, evidenceDays: 365 },
      announcement: [
        {
          language: 'en',
          purpose: 'to settle complaints',
          text: '{who} records this call {purpose}. We keep it for {retention}.',
        },
      ],
      consent: 'inform',
      announcedBy: 'box',
      level: 'standard',
      mayOpen: ['custodian'],
      notUsedFor: ['judging the work of employees'],
      mandatory: false,
    },
  ],
  rules: [{ id: 'all-internal', purpose: 'complaints', direction: 'internal' }],
});

/** The draft with its recipients, ready to be signed. */
export const withRecipients = (draft: PolicyDraft, recipients: Envelope): Policy => ({ ...draft, recipients });
