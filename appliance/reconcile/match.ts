/** Somebody else's calls laid beside the box's: what should have been recorded and was not, with its cause. Pure. */
import type { Decision } from '@belkluis/shared/policy/decide';
import { WITHHELD } from '@belkluis/shared/policy/numbers';
import { finderOf, formsOf } from '../vault/party-forms.ts';
import { LOOK_BACK_MS, MIN_TALK_MS, SETTLE_MS, SHORTER_BY_MS, TOLERANCE_MS } from './limits.ts';
import type { LoggedCall } from './logged-call.ts';

/** A call as the box has it. Instants are wall clock, ms. */
export interface KnownCall {
  readonly id: string;
  readonly caller: string;
  readonly callee: string;
  /** The minute in which it began. */
  readonly startedAt: number;
  /** Milliseconds; null: nobody answered here. */
  readonly talkMs: number | null;
  readonly notRecorded: string | null;
  readonly recording: {
    readonly purpose: string;
    /** Null: it goes on. */
    readonly end: { readonly reason: string; readonly durationMs: number; readonly gaps: number } | null;
  } | null;
  readonly expiresAt: number;
}

/**
 * Why there is no recording, or none that is whole. `not_seen`: the box knows of no such call, so it went another way. `cut_short`: less
 * of it is recorded than was talked. `broken`: its recording ended by a fault. `gaps`: some of its sound was dropped. All others are the
 * reason that the box noted at the time.
 */
export type Cause = 'not_seen' | 'cut_short' | 'broken' | 'gaps' | (string & {});

export interface Exception {
  readonly logged: LoggedCall;
  readonly cause: Cause;
  /** The box's own call; null: it knows none. */
  readonly call: string | null;
  readonly purpose: string | null;
  /** When nobody needs to know of it any more: as long as a record of this call would have been kept. */
  readonly expiresAt: number;
}

export interface Reconciled {
  /** Calls of the log that were looked at. */
  readonly checked: number;
  readonly matched: number;
  readonly exceptions: readonly Exception[];
}

/** The policy's own choices: a call that is not recorded for one of these was not to be. And words that are in another recording. */
export const CHOSEN: ReadonlySet<string> = new Set([
  'no_policy',
  'no_rule',
  'never_recorded',
  'not_sampled',
  'objected',
  'not_agreed',
  'private',
  'not_started',
  'nobody_of_ours',
  'start_not_supported',
  'source_must_announce',
  'recorded_elsewhere',
]);

/** Names that hide a caller (RFC 3323 4.1): they are like anybody's. */
const HIDDEN = /^(anonymous|unknown|private|withheld|restricted|)$/i;

const MIN_DIGITS = 6;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

const bare = (party: string): string => party.toLowerCase().replace(/[\s()./-]/g, '');

/** Whether two ways of writing mean one party: the same word, or one number with and without its country. */
export function sameParty(one: string, other: string): boolean {
  const [a, b] = [bare(one), bare(other)];
  if (a === b || HIDDEN.test(a) || HIDDEN.test(b)) return true;
  const numbers = [a, b].every((party) => /^\+?\d+$/.test(party) && party.length >= MIN_DIGITS);
  return numbers && (finderOf(formsOf(a))(b) || finderOf(formsOf(b))(a));
}

/** How far apart two began, ms, where of one the minute is known. */
function apartOf({ startedAt: logged }: LoggedCall, { startedAt: minute }: KnownCall): number {
  if (logged < minute) return minute - logged;
  return Math.max(0, logged - (minute + MINUTE_MS - 1));
}

/** Of several in one minute the one that was talked in as long is meant; one that nobody answered is the last to be. */
const unlike = ({ talkMs }: LoggedCall, { talkMs: talked }: KnownCall): number =>
  talked === null ? Number.MAX_SAFE_INTEGER : Math.abs(talkMs - talked);

/** Pairs calls one to one, the nearest in time first. */
function pair(logged: readonly LoggedCall[], known: readonly KnownCall[]): Map<LoggedCall, KnownCall> {
  const byTime = [...known].sort((a, b) => a.startedAt - b.startedAt);
  const candidates: { logged: LoggedCall; known: KnownCall; turnedAway: number; apart: number; unlike: number }[] = [];
  let from = 0;
  for (const call of [...logged].sort((a, b) => a.startedAt - b.startedAt)) {
    while (byTime[from] && byTime[from]!.startedAt < call.startedAt - TOLERANCE_MS - MINUTE_MS) from++;
    for (let at = from; byTime[at] && byTime[at]!.startedAt <= call.startedAt + TOLERANCE_MS; at++) {
      const other = byTime[at]!;
      if (!sameParty(call.caller, other.caller) || !sameParty(call.callee, other.callee)) continue;
      const apart = apartOf(call, other);
      if (apart > TOLERANCE_MS) continue;
      // A copy for which there was no room may have come again, and found some.
      const turnedAway = Number(other.notRecorded === 'no_room');
      candidates.push({ logged: call, known: other, turnedAway, apart, unlike: unlike(call, other) });
    }
  }
  const pairs = new Map<LoggedCall, KnownCall>();
  const taken = new Set<KnownCall>();
  for (const candidate of candidates.sort(
    (a, b) => a.turnedAway - b.turnedAway || a.apart - b.apart || a.unlike - b.unlike,
  )) {
    if (pairs.has(candidate.logged) || taken.has(candidate.known)) continue;
    pairs.set(candidate.logged, candidate.known);
    taken.add(candidate.known);
  }
  return pairs;
}

/** What is wrong with a call that the box knows; null: nothing. */
function causeOf({ talkMs }: LoggedCall, { talkMs: talked, notRecorded, recording }: KnownCall): Cause | null {
  if (recording) {
    // Whether one that goes on is whole is seen the next time.
    if (!recording.end) return null;
    if (recording.end.reason !== 'finished') return 'broken';
    return recording.end.durationMs + SHORTER_BY_MS < talkMs ? 'cut_short' : null;
  }
  if (talked === null) return 'not_answered_here';
  const reason = notRecorded ?? 'unknown';
  return CHOSEN.has(reason) ? null : reason;
}

export function reconcile(parts: {
  readonly logged: readonly LoggedCall[];
  readonly known: readonly KnownCall[];
  /** The policy's word on a call that the box does not know, by what the log says of it. */
  readonly decide: (call: LoggedCall) => Decision;
  readonly now: number;
}): Reconciled {
  const { now, decide } = parts;
  const due = parts.logged.filter(
    ({ startedAt, talkMs }) =>
      talkMs >= MIN_TALK_MS && startedAt + talkMs <= now - SETTLE_MS && startedAt >= now - LOOK_BACK_MS,
  );
  const pairs = pair(due, parts.known);
  const exceptions = due.flatMap((logged): Exception[] => {
    const known = pairs.get(logged);
    if (known) {
      const cause = causeOf(logged, known);
      if (cause === null) return [];
      const purpose = known.recording?.purpose ?? null;
      // The log of a PBX has the number that its caller withheld from everybody whom it called.
      const caller = known.caller === WITHHELD ? WITHHELD : logged.caller;
      return [{ logged: { ...logged, caller }, cause, call: known.id, purpose, expiresAt: known.expiresAt }];
    }
    const decision = decide(logged);
    if (!decision.record) return [];
    const { purpose, retention } = decision.terms;
    const expiresAt = logged.startedAt + retention.trafficDays * DAY_MS;
    return [{ logged, cause: 'not_seen', call: null, purpose: purpose.id, expiresAt }];
  });
  return { checked: due.length, matched: pairs.size, exceptions };
}
