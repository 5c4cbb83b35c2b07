/** What is known of the calls that a source was sent away with: they go on, and somebody else records them, or nobody. Pure but for the clock. */
import { type Chance, randomHex } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import type { CallToDecide } from '@belkluis/shared/policy/decide';
import { type Decided, keptOf } from '../decided.ts';
import type { CallRecord } from '../recorder.ts';
import { directionOf } from './direction.ts';
import { apply, type MetadataUpdate } from './metadata/model.ts';
import { type Labelled, place, standingOf } from './placing.ts';
import type { Named } from './recording-session.ts';
import { COPIED } from './track.ts';

export interface TurnedAway {
  readonly lines: readonly Labelled[];
  readonly metadata: MetadataUpdate | null;
  readonly named: Named;
  readonly usualDirection: CallToDecide['direction'];
  /** What its source was told. */
  readonly status: number;
}

export interface TurnedAwayParts {
  readonly decide: (call: CallToDecide) => Decided;
  readonly clock: Clock;
  readonly chance: Chance;
}

/** A record of each, with the policy's own reason where it would not have been recorded anyway. */
export function recordsOf({ decide, clock, chance }: TurnedAwayParts, turned: TurnedAway): readonly CallRecord[] {
  const { metadata: told, named, usualDirection, status } = turned;
  const metadata = told && apply(null, told);
  const at = clock.now();
  return place(turned.lines, metadata).map((pair): CallRecord => {
    const standing = standingOf(pair, metadata, named);
    const { caller: from, callee: to } = standing;
    const direction = directionOf(standing, usualDirection);
    const call = { id: randomHex(chance, 16), from, to, direction, ...COPIED };
    const decision = decide({ ...call, at });
    return {
      ...call,
      ...{ startedAt: at, answeredAt: at, endedAt: at, status },
      recording: null,
      notRecorded: decision.record ? 'no_room' : decision.reason,
      ...keptOf(decision),
    };
  });
}
