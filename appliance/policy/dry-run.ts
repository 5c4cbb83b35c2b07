/** What would have become of calls that took place, had another policy been in force: decided anew, in steps between which others work. */
import type { CallToDecide, Decision, PolicyInForce, Said } from '@belkluis/shared/policy/decide';
import { decide } from '@belkluis/shared/policy/decide';

/** An answered call, as far as a policy asks. What an older record does not say counts as not there. */
export interface PastCall {
  readonly id: string;
  readonly caller: string;
  readonly callee: string;
  readonly direction: string;
  /** Wall clock, ms. */
  readonly startedAt: number;
  readonly trunk?: string | null;
  readonly queue?: string | null;
  readonly via?: string | null;
}

/** What happens to one call: under which purpose it is recorded, or why not. */
export interface Fate {
  readonly recorded: boolean;
  /** It could not go on: a law demands a recording, and there would be none. */
  readonly refused: boolean;
  /** Null: none. */
  readonly purpose: string | null;
  /** Why it is not recorded; null: it is. */
  readonly reason: string | null;
}

export interface Example {
  readonly call: string;
  readonly startedAt: number;
  readonly from: string;
  readonly to: string;
  readonly was: Fate;
  readonly would: Fate;
}

/** Of one purpose, numbers of calls. */
export interface PurposeEffect {
  readonly purpose: string;
  /** Recorded by what was in force then, and by the candidate. */
  readonly was: number;
  readonly would: number;
  /** Recorded for it by the candidate alone, and no more. */
  readonly more: number;
  readonly fewer: number;
  /** Refused, because a recording is demanded and there is none. */
  readonly wasRefused: number;
  readonly wouldBeRefused: number;
}

export interface CallEffect {
  readonly calls: number;
  /** Of these, how many have another fate. */
  readonly differ: number;
  readonly purposes: readonly PurposeEffect[];
  /** The first that differ, oldest first. */
  readonly examples: readonly Example[];
}

/** Calls of one step: some 20 ms of deciding. */
export const DRY_RUN_STEP = 1000;

/** Examples shown: enough to see what a change is about. */
const MAX_EXAMPLES = 20;

const directions: readonly string[] = ['internal', 'inbound', 'outbound'] satisfies CallToDecide['direction'][];

const asked = ({ id, caller, callee, direction, startedAt, trunk, queue, via }: PastCall): CallToDecide => ({
  id,
  from: caller,
  to: callee,
  direction: directions.includes(direction) ? (direction as CallToDecide['direction']) : 'internal',
  via: via === 'siprec' ? 'siprec' : 'phone',
  trunk: trunk ?? null,
  queue: queue ?? null,
  at: startedAt,
});

function fateOf(decision: Decision): Fate {
  if (decision.record) return { recorded: true, refused: false, purpose: decision.terms.purpose.id, reason: null };
  const { served, reason } = decision;
  return { recorded: false, refused: served?.purpose.mandatory ?? false, purpose: served?.purpose.id ?? null, reason };
}

const alike = (one: Fate, other: Fate): boolean =>
  one.recorded === other.recorded && one.refused === other.refused && (!one.recorded || one.purpose === other.purpose);

const breathe = () => new Promise<void>((resume) => setImmediate(resume));

export interface DryRunParts {
  /** Up to `DRY_RUN_STEP` answered calls after the last one, oldest first; none: that was all. */
  readonly nextCalls: (last: PastCall | null) => readonly PastCall[];
  /** What was in force at an instant: wall clock, ms. */
  readonly policyAt: (at: number) => PolicyInForce | null;
  readonly candidate: PolicyInForce;
  readonly said: Said;
}

export async function dryRun({ nextCalls, policyAt, candidate, said }: DryRunParts): Promise<CallEffect> {
  const purposes = new Map<string, { -readonly [Key in keyof PurposeEffect]: PurposeEffect[Key] }>();
  const of = (purpose: string) => {
    const known = purposes.get(purpose) ?? {
      purpose,
      was: 0,
      would: 0,
      more: 0,
      fewer: 0,
      wasRefused: 0,
      wouldBeRefused: 0,
    };
    purposes.set(purpose, known);
    return known;
  };
  const examples: Example[] = [];
  let [calls, differ] = [0, 0];
  const count = (call: PastCall): void => {
    const question = asked(call);
    const was = fateOf(decide(policyAt(call.startedAt), question, said));
    const would = fateOf(decide(candidate, question, said));
    calls++;
    const same = alike(was, would);
    if (was.purpose !== null) {
      const effect = of(was.purpose);
      if (was.recorded) effect.was++;
      if (was.recorded && !same) effect.fewer++;
      if (was.refused) effect.wasRefused++;
    }
    if (would.purpose !== null) {
      const effect = of(would.purpose);
      if (would.recorded) effect.would++;
      if (would.recorded && !same) effect.more++;
      if (would.refused) effect.wouldBeRefused++;
    }
    if (same) return;
    differ++;
    if (examples.length < MAX_EXAMPLES)
      examples.push({ call: call.id, startedAt: call.startedAt, from: call.caller, to: call.callee, was, would });
  };
  for (let step = nextCalls(null); step.length > 0; step = nextCalls(step.at(-1)!)) {
    for (const call of step) count(call);
    await breathe();
  }
  return { calls, differ, purposes: [...purposes.values()], examples };
}
