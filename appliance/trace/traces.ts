/**
 * The signalling of calls, in memory only: what an on-site person looks at when a call failed. Traffic data, so it leaves by age and is
 * never written anywhere. Bounded in calls, messages and bytes.
 */
import { type Chance, randomHex } from '@belkluis/shared/base/chance';
import type { Cancel, Clock } from '@belkluis/shared/base/clock';
import type { SipMessage } from '../sip/message/message.ts';
import { parseMessage } from '../sip/message/parse.ts';
import type { Observe } from '../sip/stack.ts';
import {
  FIRST_MESSAGES,
  KEEP_MS,
  MAX_BYTES,
  MAX_CALL_BYTES,
  MAX_CALLS,
  MAX_MESSAGES,
  MAX_REFUSED,
  MAX_TURN_TEXT,
  MAX_TURNS,
  SWEEP_MS,
} from './limits.ts';
import { advanced, begun, type Progress } from './progress.ts';
import { scrubbed, type Withheld, withheldIn } from './scrub.ts';
import type { TracedCall, TracedMessage, TracedOrigin, TracedTurn } from './traced.ts';

export interface Traces {
  /** For the stack: what it sent and received. */
  readonly observe: Observe;
  /** The leg `callId` belongs to the call `call`: both legs of it are one ladder. */
  join(callId: string, call: string): void;
  /** `call` came out of others. */
  cameFrom(call: string, origins: readonly TracedOrigin[]): void;
  /** What became of a transfer in `call`. `next`: a further id of what it goes on as; `other`: a second call that took part. */
  turned(call: string, turn: Turned): void;
  /** The id by which a call is listed that has `id`, or has had it; null: there is none. */
  idOf(id: string): string | null;
  /** Newest first. */
  calls(): readonly TracedCall[];
  /** In order; null: there is no such call, or it has left. */
  messages(id: string): readonly TracedMessage[] | null;
  close(): void;
}

export interface Turned extends Omit<TracedTurn, 'call'> {
  /** The call in which it was asked for, by the id that it had then. */
  readonly call: string;
  readonly next: string | null;
  readonly other: { readonly call: string; readonly by: TracedTurn['by'] } | null;
}

/** A turn, and the id that its call had then. */
interface Told extends TracedTurn {
  readonly of: string;
}

interface Entry extends TracedMessage {
  readonly order: number;
  readonly bytes: number;
}

interface Remembered {
  id: string;
  progress: Progress | null;
  transport: TracedMessage['transport'];
  entries: Entry[];
  /** Of its messages, and what it costs besides. */
  bytes: number;
  dropped: number;
  /** A call of the box, and no INVITE that was refused. */
  joined: boolean;
  /** Monotonic ms of the last message. */
  lastMs: number;
  readonly legs: Set<string>;
  /** Legs whose caller is not to be known. */
  readonly withheld: Map<string, Withheld>;
  /** Ids that it has had beside its own. */
  readonly names: Set<string>;
  origins: readonly TracedOrigin[];
  turns: readonly Told[];
}

/** Bytes that a call costs besides its messages. */
const CALL_BYTES = 500;

export function openTraces({ clock, chance }: { readonly clock: Clock; readonly chance: Chance }): Traces {
  // A Map keeps its order of insertion, and a call that is heard of is put at its end: the first is quiet for longest.
  const calls = new Map<string, Remembered>();
  const byLeg = new Map<string, Remembered>();
  const byName = new Map<string, Remembered>();
  let bytes = 0;
  let order = 0;
  /** INVITEs among them that became no call. */
  let refused = 0;

  const forget = (call: Remembered) => {
    calls.delete(call.id);
    for (const leg of call.legs) byLeg.delete(leg);
    for (const name of call.names) byName.delete(name);
    bytes -= call.bytes;
    if (!call.joined) refused--;
  };
  const oldestRefused = () => [...calls.values()].find(({ joined }) => !joined);

  const sweep = () => {
    const oldest = clock.monotonic() - KEEP_MS;
    for (const call of calls.values()) if (call.lastMs <= oldest) forget(call);
  };
  const makeRoom = () => {
    for (const call of calls.values()) {
      if (bytes <= MAX_BYTES && calls.size <= MAX_CALLS) return;
      forget(call);
    }
  };

  const remember = (leg: string, transport: TracedMessage['transport']): Remembered => {
    const oldest = refused >= MAX_REFUSED ? oldestRefused() : undefined;
    if (oldest) forget(oldest);
    refused++;
    const call: Remembered = {
      id: randomHex(chance, 16),
      progress: null,
      transport,
      entries: [],
      bytes: CALL_BYTES,
      dropped: 0,
      joined: false,
      lastMs: clock.monotonic(),
      legs: new Set([leg]),
      withheld: new Map(),
      names: new Set(),
      origins: [],
      turns: [],
    };
    calls.set(call.id, call);
    byLeg.set(leg, call);
    bytes += CALL_BYTES;
    return call;
  };

  const add = (call: Remembered, entry: Entry) => {
    call.entries.push(entry);
    call.bytes += entry.bytes;
    bytes += entry.bytes;
    while (call.entries.length > MAX_MESSAGES || call.bytes > MAX_CALL_BYTES) {
      const [gone] = call.entries.splice(Math.min(FIRST_MESSAGES, call.entries.length - 2), 1);
      call.bytes -= gone!.bytes;
      bytes -= gone!.bytes;
      call.dropped++;
    }
    call.lastMs = clock.monotonic();
    calls.delete(call.id);
    calls.set(call.id, call);
  };

  /** The leg's call; only an INVITE begins one. */
  const callOf = (message: SipMessage, leg: string, transport: TracedMessage['transport']): Remembered | null =>
    byLeg.get(leg) ?? (message.kind === 'request' && message.method === 'INVITE' ? remember(leg, transport) : null);

  const named = (id: string): Remembered | undefined => calls.get(id) ?? byName.get(id);
  const addTurn = (call: Remembered | undefined, turn: Turned, leadsTo: string | null) => {
    if (!call) return;
    const [to, reason] = [turn.to?.slice(0, MAX_TURN_TEXT) ?? null, turn.reason.slice(0, MAX_TURN_TEXT)];
    const { at, how, by, status } = turn;
    const told: Told = { of: turn.call, at, how, by, to, status, reason, call: leadsTo };
    call.turns = [...call.turns, told].slice(-MAX_TURNS);
  };
  const keyOf = ({ call, how, by }: TracedOrigin) => `${call} ${how} ${by}`;
  /** Turns as they are shown: where the far side made the call that came of one, that one says so itself. */
  const shownTurns = () => {
    const came = new Map([...calls.values()].flatMap(({ id, origins }) => origins.map((one) => [keyOf(one), id])));
    return ({ id, turns }: Remembered): TracedTurn[] =>
      turns.map(({ of, ...turn }) => {
        const found = came.get(keyOf({ ...turn, call: of })) ?? null;
        return { ...turn, call: turn.call ?? (found === id ? null : found) };
      });
  };

  let stopSweeping: Cancel = () => {};
  const sweepAgain = () => {
    sweep();
    stopSweeping = clock.after(SWEEP_MS, sweepAgain);
  };
  stopSweeping = clock.after(SWEEP_MS, sweepAgain);

  return {
    observe(direction, wire, { transport, local, remote }, read) {
      const message = read ?? parseMessage(wire);
      if (message.kind === 'unusable') return;
      const leg = message.headers.get('Call-ID');
      const call = leg === undefined ? null : callOf(message, leg, transport);
      if (!call || leg === undefined) return;
      const at = clock.now();
      const invite = message.kind === 'request' && message.method === 'INVITE';
      if (call.progress) call.progress = advanced(call.progress, message, leg, at);
      else if (invite) call.progress = begun(message, leg, at);
      const hidden = invite ? withheldIn(message) : null;
      if (hidden && !call.withheld.has(leg)) call.withheld.set(leg, hidden);
      const text = scrubbed(message, call.withheld.get(leg));
      const ends = { local: plain(local), remote: plain(remote) };
      add(call, { at, direction, transport, ...ends, text, order: order++, bytes: Buffer.byteLength(text) });
      makeRoom();
    },
    join(leg, id) {
      const own = byLeg.get(leg);
      const call = calls.get(id) ?? own;
      if (!call) return;
      if (own && own !== call) {
        forget(own);
        call.entries = [...call.entries, ...own.entries].sort((a, b) => a.order - b.order);
        call.bytes += own.bytes - CALL_BYTES;
        call.dropped += own.dropped;
        for (const [its, withheld] of own.withheld) call.withheld.set(its, withheld);
        bytes += own.bytes - CALL_BYTES;
      }
      calls.delete(call.id);
      call.id = id;
      if (!call.joined) refused--;
      call.joined = true;
      call.legs.add(leg);
      byLeg.set(leg, call);
      calls.set(id, call);
    },
    cameFrom(id, origins) {
      const call = named(id);
      if (call) call.origins = origins.map(({ call: of, how, by }) => ({ call: of, how, by }));
    },
    turned(id, turn) {
      const call = named(id);
      if (!call) return;
      const { next, other, status } = turn;
      const second = other ? named(other.call) : undefined;
      addTurn(call, turn, second?.id ?? null);
      if (next !== null) {
        call.names.add(next);
        byName.set(next, call);
      }
      if (other && status === 200) addTurn(second, { ...turn, by: other.by, to: null }, call.id);
    },
    idOf: (id) => named(id)?.id ?? null,
    calls() {
      const turnsOf = shownTurns();
      return [...calls.values()]
        .flatMap((call): TracedCall[] => {
          const { id, progress, transport, entries, dropped, origins } = call;
          if (!progress) return [];
          const { callerLeg: _, ...facts } = progress;
          return [{ id, ...facts, transport, messages: entries.length, dropped, origins, turns: turnsOf(call) }];
        })
        .sort((a, b) => b.startedAt - a.startedAt);
    },
    messages: (id) => calls.get(id)?.entries.map(({ order: _, bytes: __, ...message }) => message) ?? null,
    close: () => stopSweeping(),
  };
}

const plain = ({ address, port }: TracedMessage['local']) => ({ address, port });
