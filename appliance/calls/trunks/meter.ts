/**
 * Counts what goes out, while it does. Who asks is counted at once, so that a hundred INVITEs in one packet burst are not all the first.
 * A call that goes on when the minutes of a day are used up is ended: otherwise one call could last for a month.
 */
import type { Cancel, Clock } from '@belkluis/shared/base/clock';
import type { Outbound } from '../../lines/outbound.ts';
import {
  isCap,
  isEmergency,
  localTime,
  nothingSpent,
  numberRefused,
  type Spent,
  type TollRefusal,
  trunkRefused,
  userRefused,
} from './toll.ts';

/** Whose count it is. */
export interface Payer {
  readonly kind: 'user' | 'trunk';
  readonly name: string;
}

/** Keeps the counts of a day over a restart. */
export interface TollStore {
  /** What was spent on this day; days before it are forgotten. */
  load(day: string): readonly (Payer & Spent)[];
  /** Adds to the counts of a day, all or none; on the disk when it returns. */
  add(day: string, spent: readonly (Payer & Spent)[]): void;
}

/** A limit that was reached, and what its payer had used by then. */
export interface Reached {
  readonly cap: TollRefusal;
  readonly payer: Payer;
  readonly spent: Spent;
}

export interface MeterParts {
  readonly rules: () => Outbound;
  readonly store: TollStore;
  readonly timeZone: string;
  readonly clock: Clock;
  /** A limit was reached: told once a day for each. */
  readonly onCap: (reached: Reached) => void;
  /** What was told on this day, as somebody else than the store remembers it. Absent: nothing. */
  readonly reached?: (day: string) => readonly Reached[];
  /** The store knows less than was told: somebody deleted it, or put an old copy back. What was told counts. */
  readonly onLost?: (payer: Payer) => void;
  /** The counts could not be kept. Calls go on. */
  readonly onStoreFailed: (error: unknown) => void;
}

/** How often calls that go on are counted, ms: so much speech is lost to a power cut, and so much too much is spoken at most. */
export const COUNT_EVERY_MS = 15_000;

/** Reasons as the peer of a call that is ended reads them (RFC 3326). */
const MINUTES_OVER = 'SIP;cause=403;text="The minutes of this day are used up"';

/** One outgoing call, from the asking to the end. */
export interface Metered {
  /** This trunk is asked to take it. */
  onTrunk(trunk: string): void;
  /** It was answered; `end` hangs it up. */
  answered(end: (reason: string) => void): void;
  /** It is over, or never began. Once. */
  over(): void;
}

export interface Meter {
  /** Counts a call of `user` to `number` (E.164 or short), or says why it may not be. */
  ask(user: string, number: string): Metered | TollRefusal;
  /** Whether this trunk may take another call of the day. */
  trunkMay(trunk: string): boolean;
  /** Calls that a trunk carries at this moment, incoming ones as well. */
  carried(trunk: string): number;
  /** An incoming call of a trunk; it counts against nothing but what the trunk carries. */
  incoming(trunk: string): Metered;
  /** What has reached its limit today. */
  readonly capped: readonly Reached[];
  close(): void;
}

interface Live {
  readonly user: string | null;
  /** Null: not counted, as emergencies are. */
  readonly metered: boolean;
  trunk: string | null;
  end: ((reason: string) => void) | null;
  /** Monotonic, ms, until which its speech is counted. */
  countedTo: number;
}

const keyOf = ({ kind, name }: Payer): string => `${kind} ${name}`;

export function createMeter(parts: MeterParts): Meter {
  const { rules, store, timeZone, clock, onCap, reached = () => [], onLost = () => {}, onStoreFailed } = parts;
  const live = new Set<Live>();
  let day = '';
  let spent = new Map<string, Spent>();
  let told = new Map<string, Reached>();
  let stopCounting: Cancel | null = null;

  const now = () => {
    const local = localTime(clock.now(), timeZone);
    if (local.day === day) return local;
    day = local.day;
    told = new Map();
    spent = new Map();
    try {
      for (const { calls, talkMs, ...payer } of store.load(day)) spent.set(keyOf(payer), { calls, talkMs });
    } catch (error) {
      onStoreFailed(error);
    }
    for (const one of reached(day)) {
      told.set(`${one.cap} ${keyOf(one.payer)}`, one);
      makeUpFor(one);
    }
    return local;
  };
  const spentBy = (payer: Payer): Spent => spent.get(keyOf(payer)) ?? nothingSpent;
  const makeUpFor = ({ payer, spent: knew }: Reached) => {
    const has = spentBy(payer);
    const [calls, talkMs] = [Math.max(0, knew.calls - has.calls), Math.max(0, knew.talkMs - has.talkMs)];
    if (calls + talkMs === 0) return;
    add([{ ...payer, calls, talkMs }]);
    onLost(payer);
  };
  const add = (more: readonly (Payer & Spent)[]) => {
    now();
    for (const { calls, talkMs, ...payer } of more) {
      const before = spentBy(payer);
      spent.set(keyOf(payer), { calls: before.calls + calls, talkMs: before.talkMs + talkMs });
    }
    try {
      store.add(day, more);
    } catch (error) {
      onStoreFailed(error);
    }
  };
  const payersOf = ({ user, trunk }: Live): Payer[] => [
    ...(user === null ? [] : [{ kind: 'user' as const, name: user }]),
    ...(trunk === null ? [] : [{ kind: 'trunk' as const, name: trunk }]),
  ];
  const tell = (cap: TollRefusal, payer: Payer) => {
    const key = `${cap} ${keyOf(payer)}`;
    if (!isCap(cap) || told.has(key)) return;
    const one = { cap, payer, spent: spentBy(payer) };
    told.set(key, one);
    onCap(one);
  };
  /** Limit that this call has come to while it goes on. */
  const exhausted = (call: Live): readonly [TollRefusal, Payer] | null => {
    for (const payer of payersOf(call)) {
      const minutes = payer.kind === 'user' ? rules().perUser.minutesPerDay : rules().perTrunk.minutesPerDay;
      if (spentBy(payer).talkMs >= minutes * 60_000) return [`${payer.kind}_minutes`, payer];
    }
    return null;
  };
  const spoken = (calls: readonly Live[]) => {
    const at = clock.monotonic();
    const more = calls
      .filter(({ metered, end }) => metered && end !== null)
      .flatMap((call) => {
        const talkMs = Math.round(at - call.countedTo);
        call.countedTo = at;
        return payersOf(call).map((payer) => ({ ...payer, calls: 0, talkMs }));
      });
    if (more.length > 0) add(more);
  };
  const count = () => {
    spoken([...live]);
    for (const call of [...live]) {
      const over = call.metered && call.end ? exhausted(call) : null;
      if (!over) continue;
      tell(...over);
      call.end?.(MINUTES_OVER);
    }
    const goesOn = [...live].some(({ metered, end }) => metered && end !== null);
    stopCounting = goesOn ? clock.after(COUNT_EVERY_MS, count) : null;
  };

  const begin = (user: string | null, metered: boolean, trunk: string | null): Metered => {
    const call: Live = { user, metered, trunk, end: null, countedTo: 0 };
    live.add(call);
    return {
      onTrunk(next) {
        if (call.trunk === next || !live.has(call)) return;
        call.trunk = next;
        if (metered) add([{ kind: 'trunk', name: next, calls: 1, talkMs: 0 }]);
      },
      answered(end) {
        if (!live.has(call)) return;
        call.end = end;
        call.countedTo = clock.monotonic();
        if (metered) stopCounting ??= clock.after(COUNT_EVERY_MS, count);
      },
      over() {
        if (!live.has(call)) return;
        spoken([call]);
        live.delete(call);
      },
    };
  };

  now();
  return {
    ask(user, number) {
      const local = now();
      const outbound = rules();
      if (isEmergency(outbound, number)) return begin(user, false, null);
      const refused = numberRefused(outbound, number, local);
      if (refused) return refused;
      const payer: Payer = { kind: 'user', name: user };
      const atOnce = [...live].filter((call) => call.user === user && call.metered).length;
      const capped = userRefused(outbound, spentBy(payer), atOnce);
      if (capped) {
        tell(capped, payer);
        return capped;
      }
      add([{ ...payer, calls: 1, talkMs: 0 }]);
      return begin(user, true, null);
    },
    trunkMay(name) {
      now();
      const payer: Payer = { kind: 'trunk', name };
      const refused = trunkRefused(rules(), spentBy(payer));
      if (refused) tell(refused, payer);
      return refused === null;
    },
    carried: (trunk) => [...live].filter((call) => call.trunk === trunk).length,
    incoming: (trunk) => begin(null, false, trunk),
    get capped() {
      now();
      return [...told.values()];
    },
    close: () => {
      spoken([...live]);
      stopCounting?.();
    },
  };
}
