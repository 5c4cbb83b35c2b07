/** One leg of a call: who it is to the box, beside its signalling and its media. */
import type { Consent } from '@belkluis/shared/policy/consent';
import type { Session } from '../sip/dialog/session.ts';
import { ANY_PURPOSE } from './consent/evidence.ts';
import type { Party } from './party.ts';
import type { CallFacts } from './recorder.ts';
import type { End } from './reoffer.ts';
import type { Answered } from './ringing.ts';
import type { Destination, Principal, Route } from './route.ts';
import type { Way } from './way.ts';

export interface Leg extends End {
  /** The box's name of it: an account's user, a number. What policy decides by and the catalogue keeps. */
  readonly name: string;
  /** As the other side may see it: a From value without tag. */
  readonly shown: string;
  /** It is reached through a line to the outside world. */
  readonly outside: boolean;
  /** How it is reached; absent: as a phone of the box. */
  readonly way?: Way;
  /** On whose behalf it acts. Null: the box knows nobody, so it may do nothing but talk. */
  readonly principal: Principal | null;
  /** Announcements that it heard to their end in this call: hash, and when (wall clock, ms). */
  readonly heard: Map<string, number>;
  /** What it answered to being recorded in this call, by the purpose; `*`: for any. It holds whoever it comes to talk to. */
  readonly answers: Map<string, Consent>;
}

/** How a call between these two is seen from the box. What leads from outside to outside was brought about by somebody inside. */
export function directionOf(caller: Pick<Leg, 'outside'>, callee: Pick<Leg, 'outside'>): CallFacts['direction'] {
  if (callee.outside) return 'outbound';
  return caller.outside ? 'inbound' : 'internal';
}

/** What it refused by how it dialled. */
const dialledSo = ({ isPrivate }: Route, at: number): Leg['answers'] => {
  const said = { at, act: 'refused', mode: 'inform', side: 'caller', how: null, key: null, promptHash: '' } as const;
  return new Map(isPrivate ? [[ANY_PURPOSE, said]] : []);
};

export const callerLeg = (route: Route, session: Session, party: Party, shown: string, at: number): Leg => ({
  session,
  party,
  name: route.from,
  shown,
  outside: route.direction === 'inbound',
  ...(route.way && { way: route.way }),
  principal: route.principal ?? null,
  heard: new Map(),
  answers: dialledSo(route, at),
});

/** Whoever answered, rung by `route` unless a redirection led elsewhere. */
export function calledLeg({ session, party, branch, redirected }: Answered, route: Destination): Leg {
  const { to, direction } = redirected ?? route;
  const principal = branch.principal ?? null;
  const outside = direction === 'outbound';
  return {
    session,
    party,
    name: principal?.name ?? to,
    shown: branch.to,
    outside,
    ...(branch.way && { way: branch.way }),
    principal,
    heard: new Map(),
    answers: new Map(),
  };
}
