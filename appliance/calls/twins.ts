/**
 * Two calls that carry the same words: a phone's call goes out to a PBX, and comes in again to another phone of the box. One of them is
 * recorded, the one of who called: it lasts as long as the caller is there, whatever the PBX does with the rest (decision 0076). The other
 * one waits: as soon as the words are not recorded there, they are recorded here. How the two are found (decision 0083): by a name that the
 * PBX passed on, by our own port in what it offers, by who calls while that one rings, or by the speech itself.
 */
import { type Chance, randomHex } from '@belkluis/shared/base/chance';
import type { Cancel, Clock } from '@belkluis/shared/base/clock';
import type { StreamPoint } from '../media/door.ts';
import { mediaAddress } from '../media/sdp/connection.ts';
import { parseSdp } from '../media/sdp/description.ts';
import type { Announcement } from './announcement.ts';
import { type Look, lookAt, type Streams, sameMoment } from './same-speech.ts';
import type { Origin } from './transfer/origin.ts';

/** How long after its own answer a call waits for its twin to be answered too, ms: a PBX passes an answer on at once. */
const ANSWERED_WITHIN_MS = 3_000;

/** A first call whose announcement is not over by then is not waited for, ms: it is on hold, for hardly one lasts as long. */
const ANNOUNCED_WITHIN_MS = 90_000;

/** When a first call ends, the PBX ends the second a moment later; only one that stays after that is another conversation, ms. */
const ENDS_WITHIN_MS = 1_500;

/** How long a second call waits for its first, by what becomes of that, ms. */
const PATIENCE_MS = { ringing: ANSWERED_WITHIN_MS, announcing: ANNOUNCED_WITHIN_MS, over: ENDS_WITHIN_MS };

/**
 * How often two calls that may be twins are compared, ms, and how often in vain: a PBX connects the two within a second, and what is said
 * meanwhile is in no recording if they are none.
 */
const COMPARE_EVERY_MS = 250;
const COMPARISONS = 6;

/** How often twins are compared that have proved to be ones, ms, and how often in turn they differ before the second is recorded. */
const WATCH_EVERY_MS = 2_000;
const DIFFERENCES = 3;

/** A first call, by its own hand. */
export interface FirstCall {
  /** Where the PBX was offered to send to: whoever offers that again passes our offer on. */
  offered(sdp: Buffer): void;
  /** It was answered. `announcement`: what is played on it before it is recorded; null: it is not recorded. `streams`: towards the PBX. */
  answered(announcement: Announcement | null, streams: Streams): void;
  /** Both sides have been told, and it is being recorded. */
  recorded(): void;
  /** It is over, or recorded no more. */
  ended(): void;
}

/** A second call, which waits. */
export interface SecondCall {
  /** What goes through its leg to the PBX. */
  readonly streams: Streams;
  /** It is that call again. `told`: what the first had been told before; who joins by the second has not heard it. */
  readonly proven: (first: Origin, told: Announcement | null) => void;
  /** Called once, when the words are not recorded there, or no more. */
  readonly not: () => void;
}

/** The same words are recorded elsewhere, or may be: waits with the second call. What it returns stops that. */
export type Elsewhere = (second: SecondCall) => Cancel;

/** What is known of a call that comes from the PBX before it is answered. */
export interface Signs {
  /** Names of sessions that it carries. */
  readonly names: readonly string[];
  readonly offer: Buffer | null;
  /** Who calls, if that is a phone of the box. */
  readonly user: string | null;
}

export interface Found {
  readonly origin: Origin;
  /** Whoever made it dialled so that it is not recorded. */
  readonly isPrivate: boolean;
  /** Null: it is not recorded. */
  readonly elsewhere: () => Elsewhere | null;
}

export interface Twins {
  /** A name for a first call that nobody can guess. */
  name(): string;
  /** `call`: its id. `user`: whose phone makes it. */
  first(name: string, call: string, user: string, isPrivate?: boolean): FirstCall;
  /**
   * The first call that one of the names means, or whose media is offered again; else the newest of `user`'s that rings: the PBX forgot
   * the name.
   */
  find(signs: Signs): Found | null;
  /** Whether one of the calls of `user` that have been answered is this one too is told by what is said. Null: there is none. */
  perhaps(user: string): Elsewhere | null;
}

/** What a second call is known by. */
type Sign = 'signalling' | 'ringing' | 'speech';

interface Known {
  readonly origin: Origin;
  readonly user: string;
  readonly isPrivate: boolean;
  at: 'ringing' | 'announcing' | 'recorded' | 'over';
  announcement: Announcement | null;
  streams: Streams;
  readonly places: Set<string>;
  readonly waiting: Set<() => void>;
}

/** Where a description wants its audio; null: nowhere, or it cannot be read. */
function placeIn(sdp: Buffer): string | null {
  try {
    const description = parseSdp(sdp);
    const [audio] = description.media;
    const place = audio ? mediaAddress(description, audio) : null;
    return place && `${place.address} ${place.rtp}`;
  } catch {
    return null;
  }
}

const unanswered: Streams = () => Promise.resolve({ heard: null, sent: null });

export function twins(clock: Clock, chance: Chance): Twins {
  const calls = new Map<string, Known>();
  /** Speech has been seen to pass the PBX as it is, so a call that only may be a first one can be asked to prove it. */
  let relays = false;
  const changed = (call: Known) => {
    for (const look of [...call.waiting]) look();
  };

  /** Takes looks until `see` has seen enough. */
  const look = <T>(everyMs: number, take: () => Promise<T>, see: (seen: T) => boolean): Cancel => {
    let stopped = false;
    let stopTimer: Cancel = () => {};
    const again = () => {
      stopTimer = clock.after(everyMs, () => void one());
    };
    const one = async () => {
      const seen = await take();
      if (!stopped && !see(seen)) again();
    };
    again();
    return () => {
      stopped = true;
      stopTimer();
    };
  };

  /** Tells once somebody else than the first call has spoken to the second for a while, although they were or must be the same. */
  const watch = (call: Known, second: SecondCall, sign: Sign, differ: () => void): Cancel => {
    let same = sign === 'speech';
    let before: StreamPoint | null = null;
    let differences = 0;
    const see = ({ heardThere, heardHere, here }: Look) => {
      if (heardThere && heardHere) same = relays = true;
      const spokenTo = here !== null && !sameMoment(here, before);
      before = here;
      if (call.at !== 'recorded' || heardHere) differences = 0;
      else if ((same || (relays && sign === 'ringing')) && spokenTo && ++differences === DIFFERENCES) {
        differ();
        return true;
      }
      return false;
    };
    return look(WATCH_EVERY_MS, () => lookAt(call.streams, second.streams), see);
  };

  /** For a second call that is known to be one. */
  const follow = (call: Known, second: SecondCall, sign: Sign): Cancel => {
    let stopTimer: Cancel = () => {};
    let stopWatch: Cancel = () => {};
    const stop = () => {
      call.waiting.delete(onChange);
      stopTimer();
      stopWatch();
    };
    const not = () => {
      stop();
      second.not();
    };
    const onChange = () => {
      stopTimer();
      if (call.at !== 'recorded') stopTimer = clock.after(PATIENCE_MS[call.at], not);
    };
    call.waiting.add(onChange);
    onChange();
    stopWatch = watch(call, second, sign, not);
    return stop;
  };

  /** Compares until one of `candidates` proves to be the first call, or none can any more. */
  const compare = (candidates: readonly Known[], second: SecondCall): Cancel => {
    const until = clock.monotonic() + ANNOUNCED_WITHIN_MS;
    const left = new Map(candidates.map((call) => [call, COMPARISONS]));
    let stop: Cancel = () => {};
    const take = () =>
      Promise.all([...left.keys()].map(async (call) => [call, await lookAt(call.streams, second.streams)] as const));
    const see = (seen: readonly (readonly [Known, Look])[]) => {
      for (const [call, { heardThere, heardHere }] of seen) {
        if (call.at === 'recorded' && heardThere && heardHere) {
          relays = true;
          second.proven(call.origin, call.announcement);
          stop = follow(call, second, 'speech');
          return true;
        }
        // While its own announcement is played, the first says nothing to the second.
        const times = left.get(call)! - (call.at === 'announcing' && heardThere ? 0 : 1);
        if (times === 0 || call.at === 'over') left.delete(call);
        else left.set(call, times);
      }
      if (left.size > 0 && clock.monotonic() < until) return false;
      second.not();
      return true;
    };
    stop = look(COMPARE_EVERY_MS, take, see);
    return () => stop();
  };

  const found = (call: Known, sign: Sign): Found => ({
    origin: call.origin,
    isPrivate: call.isPrivate,
    elsewhere() {
      if (call.at === 'over') return null;
      const told = call.at === 'ringing' ? null : call.announcement;
      return (second) => {
        second.proven(call.origin, told);
        return follow(call, second, sign);
      };
    },
  });

  return {
    name: () => randomHex(chance, 16),
    first(name, of, user, isPrivate = false) {
      const call: Known = {
        origin: { call: of, how: 'returned', by: 'caller' },
        user,
        isPrivate,
        at: 'ringing',
        announcement: null,
        streams: unanswered,
        places: new Set(),
        waiting: new Set(),
      };
      calls.set(name, call);
      return {
        offered(sdp) {
          const place = placeIn(sdp);
          if (place !== null) call.places.add(place);
        },
        answered(announcement, streams) {
          call.at = announcement ? 'announcing' : 'over';
          call.announcement = announcement;
          call.streams = streams;
          changed(call);
        },
        recorded() {
          call.at = 'recorded';
          changed(call);
        },
        ended() {
          call.at = 'over';
          calls.delete(name);
          changed(call);
        },
      };
    },
    find({ names, offer, user }) {
      const named = names.flatMap((name) => calls.get(name) ?? [])[0];
      if (named) return found(named, 'signalling');
      const place = offer && placeIn(offer);
      // The newest first: a port that was given back may have been given to another call.
      const others = [...calls.values()].reverse();
      const offered = others.find(({ places }) => place !== null && places.has(place));
      if (offered) return found(offered, 'signalling');
      const ringing = others.find((one) => user !== null && one.at === 'ringing' && one.user === user);
      return ringing ? found(ringing, 'ringing') : null;
    },
    perhaps(user) {
      const answered = ({ at }: Known) => at === 'announcing' || at === 'recorded';
      const candidates = [...calls.values()].filter((call) => call.user === user && answered(call));
      return candidates.length === 0 ? null : (second) => compare(candidates, second);
    },
  };
}
