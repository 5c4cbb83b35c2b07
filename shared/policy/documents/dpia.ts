/** Whether a data protection impact assessment is required (GDPR 35), its draft, and what of it is still open. */
import type { Language } from '../fields.ts';
import { takesAll } from '../rule.ts';
import type { Policy } from '../schema.ts';
import { retentionWords } from '../words.ts';
import { type Document, facts, list, paragraph } from './document.ts';
import { measures } from './register.ts';
import { documentWords, purposeWords, termWords } from './words.ts';

/**
 * Recordings in 30 days from which it is large scale (GDPR 35(3); recital 91 gives no number): what an organisation with some twenty people
 * on the phone all day has. Below it, the other questions decide.
 */
export const LARGE_SCALE_RECORDINGS = 10_000;

/** Questions that supervisors ask (WP 248 rev.01, III.B.a), as far as recording of calls can raise them. */
export const criteria = [
  'large-scale',
  'systematic',
  'special-categories',
  'employees-monitored',
  'vulnerable',
  'new-technology',
] as const;

export type Criterion = (typeof criteria)[number];

/** Each alone requires one: GDPR 35(3)(b) for special categories at all, which is stricter than its "large scale". */
const ENOUGH_ALONE: readonly Criterion[] = ['large-scale', 'special-categories'];

/** Criteria that together require one (WP 248 rev.01: two). */
const ENOUGH_TOGETHER = 2;

/** What is counted on the box. */
export interface Counted {
  /** Recordings begun in the last 30 days. */
  readonly recordings: number;
}

export interface DpiaCheck {
  readonly answers: Readonly<Record<Criterion, boolean>>;
  readonly required: boolean;
  /** Whether the policy names one that was signed off. */
  readonly done: boolean;
  readonly open: readonly OpenAction[];
}

/** A measure that nothing in the policy carries out. */
export interface OpenAction {
  readonly measure: string;
  /** Null: it names no field. Else: the policy has no such field. */
  readonly field: string | null;
}

/** What a policy has at a path such as `purposes.complaints.retention.contentDays`; lists are entered by ids. Undefined: nothing. */
export function fieldAt(policy: unknown, path: string): unknown {
  let at: unknown = policy;
  for (const part of path.split('.')) {
    if (Array.isArray(at)) at = at.find((one) => (one as { id?: unknown } | null)?.id === part);
    else if (typeof at === 'object' && at !== null && Object.hasOwn(at, part))
      at = (at as Record<string, unknown>)[part];
    else return undefined;
  }
  return at;
}

const openActions = (policy: Policy): readonly OpenAction[] =>
  (policy.dpia?.measures ?? []).filter(({ field }) => field === null || fieldAt(policy, field) === undefined);

export function checkDpia(policy: Policy, { recordings }: Counted): DpiaCheck {
  const { purposes, rules } = policy;
  const usedFor = (...names: string[]) => purposes.some(({ uses }) => uses.some((use) => names.includes(use)));
  const answers = {
    'large-scale': recordings >= LARGE_SCALE_RECORDINGS,
    systematic: rules.some(takesAll),
    'special-categories': purposes.some(({ specialCategories }) => specialCategories !== null),
    'employees-monitored': usedFor('quality', 'training'),
    vulnerable: usedFor('care'),
    'new-technology': usedFor('ai_training'),
  };
  const met = criteria.filter((one) => answers[one]);
  return {
    answers,
    required: met.length >= ENOUGH_TOGETHER || met.some((one) => ENOUGH_ALONE.includes(one)),
    done: policy.dpia !== null,
    open: openActions(policy),
  };
}

type Risk = 'heard' | 'monitored' | 'leaked' | 'kept' | 'reused' | 'unaware';

/** Fields of a purpose that work against a risk. */
export type Guard =
  | 'mayOpen'
  | 'recipients'
  | 'level'
  | 'uses'
  | 'notUsedFor'
  | 'staffHear'
  | 'contentDays'
  | 'because'
  | 'announcement'
  | 'consent';

const againstRisk: Readonly<Record<Risk, readonly Guard[]>> = {
  heard: ['mayOpen', 'recipients', 'level'],
  monitored: ['uses', 'notUsedFor', 'staffHear'],
  leaked: ['recipients', 'level'],
  kept: ['contentDays', 'because'],
  reused: ['uses', 'notUsedFor'],
  unaware: ['announcement', 'consent'],
};

/** A draft with what the policy answers (GDPR 35(7)(a) to (d)); what people must write is left open. */
export function dpiaDraft(policy: Policy, counted: Counted, language: Language): Document {
  const { dpia: w, basis, uses, callers, register } = documentWords[language];
  const check = checkDpia(policy, counted);
  const { purposes } = policy;
  const carriedOut = (policy.dpia?.measures ?? []).filter((one) => !check.open.includes(one));
  const openText = ({ measure, field }: OpenAction) => `${measure}: ${field === null ? w.noField : w.lostField(field)}`;
  return {
    language,
    title: w.title(policy.controller.name),
    sections: [
      {
        heading: w.needed,
        blocks: [
          paragraph(w.draft),
          facts(...criteria.map((one) => [w.criteria[one], w.answer(check.answers[one])] as const)),
          paragraph(w.counted(counted.recordings, LARGE_SCALE_RECORDINGS)),
          paragraph(w.verdict(check.required)),
        ],
      },
      ...purposes.map((purpose) => ({
        heading: `${w.description}: ${purpose.name}`,
        blocks: [
          facts(
            [callers.basis, basis[purpose.lawfulBasis]],
            [callers.uses, purpose.uses.map((use) => uses[use]).join(', ')],
            [callers.kept, termWords(policy, purpose, language).join(', ')],
          ),
          paragraph(callers.purpose(purposeWords(purpose, language))),
        ],
      })),
      ...purposes.map(({ name, rationale, retention }) => ({
        heading: `${w.necessity}: ${name}`,
        blocks: [
          paragraph(rationale),
          paragraph(`${retentionWords(retention.contentDays, language)}: ${retention.because.content.why}`),
          paragraph(w.toFill),
        ],
      })),
      {
        heading: w.risks,
        blocks: (Object.keys(againstRisk) as Risk[]).flatMap((risk) => [
          paragraph(w.risk[risk]),
          list(w.against(againstRisk[risk].map((guard) => w.guard[guard]).join(', ')), w.toFill),
        ]),
      },
      {
        heading: w.measures,
        blocks: [
          carriedOut.length > 0
            ? list(...carriedOut.map(({ measure, field }) => `${measure}: ${field}`))
            : paragraph(w.noMeasures),
          paragraph(`${w.byTheBox}:`),
          list(...measures.map((one) => register.measure[one])),
        ],
      },
      {
        heading: w.open,
        blocks: [check.open.length > 0 ? list(...check.open.map(openText)) : paragraph(w.noneOpen)],
      },
      { heading: w.advice, blocks: [paragraph(w.toFill)] },
    ],
  };
}
