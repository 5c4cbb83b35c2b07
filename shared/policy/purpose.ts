/** A purpose: everything else is read from it (design, "The one idea"). */
import { z } from 'zod';
import { announcementSchema } from './announcement.ts';
import { document, id, key, readable, reason, words } from './fields.ts';
import { retentionSchema } from './retention-schema.ts';
import { templateNames, templates } from './templates.ts';
import { uses } from './uses.ts';

/** The purpose of test calls, which the box makes itself; no policy may use its name. */
export const TEST_CALL_PURPOSE = 'test-call';

export const levels = ['standard', 'sensitive', 'high'] as const;

export type Level = (typeof levels)[number];

const consentSchema = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('inform').describe('Callers are told, and may object with the organisation.') }),
  z.strictObject({
    mode: z.literal('opt-out').describe('Callers are told, and a key ends the recording and erases it (GDPR 21).'),
    key: key.describe('The key that refuses.'),
    remember: z
      .boolean()
      .describe('Whether pressing it once more has the box remember the number: calls with it are not recorded again.'),
  }),
  z.strictObject({
    mode: z.literal('opt-in').describe('Nothing is recorded until somebody has agreed by a key (GDPR 6(1)(a), 7).'),
    key: key.describe('The key that agrees.'),
    refuseKey: key.describe('The key that takes it back: what was recorded is erased (GDPR 7(3)).'),
    asks: z
      .enum(['outside', 'everybody'])
      .describe(
        'Who must agree: those outside, or everybody in the call. In a call between own phones it is always everybody.',
      ),
    patienceSeconds: z
      .number()
      .int()
      .min(3)
      .max(60)
      .describe('How long a key is waited for after the announcement, seconds. Later the call goes on unrecorded.'),
  }),
]);

export type Consent = z.infer<typeof consentSchema>;

/** Art. 9(2) GDPR, by its letter; without (d) and (e), which no recorder of calls can rest on. */
const specialGrounds = ['a', 'b', 'c', 'f', 'g', 'h', 'i', 'j'] as const;

const purposeFields = z.strictObject({
  id: id
    .refine((name) => name !== TEST_CALL_PURPOSE, 'is the name of test calls: choose another one')
    .describe('By what name rules and recordings call it. Never used anew for something else.'),
  name: readable(100).describe('How people of the organisation call it.'),
  lawfulBasis: z.enum(['a', 'b', 'c', 'd', 'e', 'f']).describe('Art. 6(1) GDPR, by its letter.'),
  rationale: reason.describe('Why this purpose needs recordings.'),
  assessment: document
    .nullable()
    .describe('The weighing of interests. Needed where the basis is a legitimate interest (GDPR 6(1)(f)).'),
  specialCategories: z
    .strictObject({
      ground: z.enum(specialGrounds).describe('Art. 9(2) GDPR, by its letter; `a` is explicit consent, so opt-in.'),
      statement: reason.describe('How that ground is met.'),
    })
    .nullable()
    .describe('Where health, beliefs or other special categories come up in these calls (GDPR 9); null: they do not.'),
  template: z.enum(templateNames).optional().describe('What it usually is; bounds its terms.'),
  retention: retentionSchema.describe('How long each class of data is kept. There is no default.'),
  announcement: announcementSchema.describe('What is said, to whom and when.'),
  consent: consentSchema.describe('Whether people are told, may refuse, or must agree.'),
  level: z
    .enum(levels)
    .describe(
      'How sensitive these calls are. From `sensitive` on nothing leaves the box for training; `high` needs two custodians, and leaves for the person concerned and an authority alone.',
    ),
  recipients: z
    .array(z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/, 'must be a fingerprint in lower-case hex'))
    .min(2)
    .max(32)
    .nullable()
    .describe('Fingerprints of those of the recipients list whom these recordings are sealed to; null: all of it.'),
  mayOpen: z
    .array(z.enum(['custodian', 'dpo']))
    .min(1)
    .describe('Roles that may open recordings.'),
  uses: z
    .array(z.enum(uses))
    .min(1)
    .refine((all) => new Set(all).size === all.length, { message: 'names a use twice' })
    .describe('What recordings may be used for. Each export names one of these.'),
  notUsedFor: z.array(words).max(20).describe('What people are told that recordings are not used for.'),
  mandatory: z
    .boolean()
    .describe(
      'Whether a call must end when it cannot be recorded, and nobody may refuse: where a law demands the recording.',
    ),
  pause: z
    .strictObject({
      resumeSeconds: z
        .number()
        .int()
        .min(10)
        .max(900)
        .describe('How long a pause lasts at most, seconds; then recording goes on by itself.'),
    })
    .nullable()
    .describe('Whether people of the organisation may pause, such as for card numbers; null: they may not.'),
  register: z
    .strictObject({
      dataSubjects: z.array(words).min(1).max(20).describe('Whose data: customers, employees (GDPR 30(1)(c)).'),
      dataCategories: z.array(words).min(1).max(20).describe('Which data come up (GDPR 30(1)(c)).'),
      receivers: z.array(words).max(20).describe('Who outside receives them (GDPR 30(1)(d)).'),
    })
    .describe('What the register of processing says besides what it can read from the policy.'),
});

type Fields = z.infer<typeof purposeFields>;
type Refuse = (path: readonly (string | number)[], message: string) => void;

function checkGround({ lawfulBasis, assessment, specialCategories, consent, mandatory }: Fields, refuse: Refuse) {
  if (lawfulBasis === 'f' && !assessment)
    refuse(['assessment'], 'is missing: a legitimate interest is weighed before it is relied on (GDPR 6(1)(f))');
  if (lawfulBasis === 'a' && consent.mode !== 'opt-in')
    refuse(['consent', 'mode'], 'must be opt-in where consent is the basis (GDPR 6(1)(a), 4(11))');
  if (specialCategories?.ground === 'a' && consent.mode !== 'opt-in')
    refuse(
      ['consent', 'mode'],
      'must be opt-in where explicit consent is the ground for special categories (GDPR 9(2)(a))',
    );
  if (mandatory && consent.mode !== 'inform')
    refuse(['consent', 'mode'], 'must be inform where a law demands the recording: nobody can refuse it');
}

function checkTerms({ template, retention, mandatory }: Fields, refuse: Refuse) {
  if (mandatory && !retention.minimum)
    refuse(['retention', 'minimum'], 'is missing: a recording that a law demands is kept for as long as that law says');
  if (!template) return;
  const { usualDays, capDays, minimumDays } = templates[template];
  if (retention.contentDays > capDays)
    refuse(['retention', 'contentDays'], `is at most ${capDays} for the template ${template}`);
  if (retention.contentDays > usualDays && !retention.because.content.unusual)
    refuse(
      ['retention', 'because', 'content', 'unusual'],
      `is missing: more than ${usualDays} days is unusual for the template ${template}`,
    );
  if (minimumDays !== null && (retention.minimum?.days ?? 0) < minimumDays)
    refuse(['retention', 'minimum'], `must lock ${minimumDays} days at least for the template ${template}`);
}

function checkWords({ announcement, consent, uses: all }: Fields, refuse: Refuse) {
  // Who only hears of a call cannot ask anybody in it.
  if (announcement.by === 'source' && consent.mode !== 'inform')
    refuse(['consent', 'mode'], 'must be inform where the source announces');
  if (consent.mode === 'opt-in' && consent.key === consent.refuseKey)
    refuse(['consent', 'refuseKey'], 'must be another key than the one that agrees');
  announcement.said.forEach(({ training }, index) => {
    if (all.includes('ai_training') === (training !== undefined)) return;
    const message = training
      ? 'tells of a use that is not among the uses'
      : 'is missing: who is recorded for the training of AI is told so';
    refuse(['announcement', 'said', index, 'training'], message);
  });
}

export const purposeSchema = purposeFields.superRefine((purpose, context) => {
  const refuse: Refuse = (path, message) => context.addIssue({ code: 'custom', path: [...path], message });
  checkGround(purpose, refuse);
  checkTerms(purpose, refuse);
  checkWords(purpose, refuse);
});

export type Purpose = z.infer<typeof purposeSchema>;
