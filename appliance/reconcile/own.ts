/** The box's own records laid beside its recordings: calls of a purpose that have none, or none that is whole. Pure. */
import { LOOK_BACK_MS, SETTLE_MS } from './limits.ts';
import { type Cause, CHOSEN, type KnownCall } from './match.ts';

/** A call whose purpose is known. */
export interface ServedCall extends KnownCall {
  /** The purpose that a rule gave it, recorded or not. */
  readonly purpose: string;
  /** Whether a law demands its recording: then no choice of the policy or of a caller explains that there is none. */
  readonly mandatory: boolean;
}

/** A minute's worth of talk without a recording is known by its minute alone: how long it lasted is added. */
const overAt = ({ startedAt, talkMs }: ServedCall): number => startedAt + (talkMs ?? 0);

function causeOf({ talkMs, notRecorded, recording, mandatory }: ServedCall): Cause | null {
  // Nobody talked. Where a law demands the recording it is known why the box refused a call; to dial it as a private one was a choice.
  if (talkMs === null) return mandatory && notRecorded !== 'private' ? notRecorded : null;
  if (!recording) {
    const reason = notRecorded ?? 'unknown';
    // What is said in two calls at once is in the other one's recording.
    const chosen = mandatory ? reason === 'recorded_elsewhere' : CHOSEN.has(reason);
    return chosen ? null : reason;
  }
  if (!recording.end) return null;
  if (recording.end.reason !== 'finished') return 'broken';
  return mandatory && recording.end.gaps > 0 ? 'gaps' : null;
}

/** What is missing, of calls that are over for a while and not too old (limits.ts). `now`: wall clock, ms. */
export const withoutRecording = (
  calls: readonly ServedCall[],
  now: number,
): readonly { readonly call: ServedCall; readonly cause: Cause }[] =>
  calls.flatMap((call) => {
    if (overAt(call) > now - SETTLE_MS || call.startedAt < now - LOOK_BACK_MS) return [];
    const cause = causeOf(call);
    return cause === null ? [] : [{ call, cause }];
  });
