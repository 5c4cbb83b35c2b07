/** The calls in which one phone talks, for whoever steers their recordings by the phone instead of by the call. */
import type { Leg } from './leg.ts';
import type { LiveCall } from './live-call.ts';

type Live = Pick<LiveCall, 'facts' | 'recording' | 'paused'>;

/** A call of the phone. `call`: the one by which its recording is steered. */
export interface PhoneCall {
  readonly call: string;
  /** Wall clock, ms. */
  readonly startedAt: number;
  readonly recording: 'on' | 'paused' | 'off';
  readonly resumesAt: number | null;
}

/** Own phones among those who talk, by their accounts. A leg to the PBX bears the name that was dialled, whoever talks there. */
export const phonesOf = (legs: readonly Pick<Leg, 'name' | 'outside' | 'way'>[]): string[] =>
  legs.filter(({ outside, way }) => !outside && !way).map(({ name }) => name);

/**
 * Where the call in which somebody hears these words is not the one that is recorded, because they pass the box twice (PBX), the one that
 * is: a pause has to be of that.
 */
function recordedIn(calls: readonly Live[], call: Live): Live {
  if (call.recording !== null) return call;
  const first = call.facts.origins?.find(({ how }) => how === 'returned')?.call;
  return calls.find(({ facts, recording }) => facts.id === first && recording !== null) ?? call;
}

/** Calls in which a phone of the account `user` talks now, each once. Somebody outside who has that number is not meant. */
export function callsOfPhone(calls: readonly Live[], user: string): PhoneCall[] {
  const found = calls
    .filter(({ facts }) => facts.phones?.includes(user))
    .map((own): PhoneCall => {
      const { facts, recording, paused } = recordedIn(calls, own);
      return {
        call: facts.id,
        startedAt: own.facts.startedAt,
        recording: recording === null ? 'off' : paused ? 'paused' : 'on',
        resumesAt: paused ? paused.until : null,
      };
    });
  return [...new Map(found.map((one) => [one.call, one])).values()];
}
