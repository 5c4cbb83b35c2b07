/** What is known of the calls that a source was sent away with: they go on, and somebody else records them, or nobody. Pure but for the clock. */
import { type Chance, randomHex } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import type { CallToDecide, Decision } from '@belkluis/shared/policy/decide';
import type { CallRecord } from '../recorder.ts';
import { directionOf } from './direction.ts';
import { apply, type MetadataUpdate } from './metadata/model.ts';
import { type Labelled, place, standingOf } from './placing.ts';
import type { Named } from './recording-session.ts';

export interface TurnedAway {
  readonly lines: readonly Labelled[];
  readonly metadata: MetadataUpdate | null;
  readonly named: Named;
  readonly usualDirection: CallToDecide['direction'];
  /** What its source was told. */
  readonly status: number;
}

export interface TurnedAwayParts {
  readonly decide: (call: CallToDecide) => Decision;
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
    const id = randomHex(chance, 16);
    const decision = decide({ id, from, to, direction, via: 'siprec', at });
    return {
      ...{ id, from, to, direction, startedAt: at, answeredAt: at, endedAt: at, status },
      recording: null,
      notRecorded: decision.record ? 'no_room' : decision.reason,
      trafficDays: decision.record ? decision.terms.retention.trafficDays : decision.trafficDays,
    };
  });
}
