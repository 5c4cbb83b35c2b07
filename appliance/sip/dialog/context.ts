/** What calls and sessions of one user agent share. */
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Counters } from '@belkluis/shared/base/counters';
import { capabilities } from '../capabilities.ts';
import { MAX_DIALOGS, MAX_ENDED_DIALOGS, RESERVED_FOR_URGENT } from '../limits.ts';
import type { SipRequest } from '../message/message.ts';
import { formatUri } from '../message/uri.ts';
import type { SipStack } from '../stack.ts';
import type { ServerTransaction } from '../transaction/server.ts';
import { PATIENCE_MS } from '../transaction/timers.ts';
import { uriHost } from '../transaction/transactions.ts';
import type { Flow } from '../transport/flow.ts';
import type { Standing } from './standing.ts';

export interface Context {
  readonly stack: SipStack;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly counters: Counters;
  readonly supported: readonly string[];
  readonly dialogs: DialogTable;
}

/** Who answers what comes in for one dialog. */
export interface Participant {
  receive(transaction: ServerTransaction): void;
  ack(ack: SipRequest, flow: Flow): void;
  readonly standing: Standing;
}

export interface DialogTable {
  get(key: string): Participant | undefined;
  /** The last one to register a key has it: a session takes over from its early dialog. */
  set(key: string, participant: Participant): void;
  /** Only when `participant` still has the key. */
  delete(key: string, participant: Participant): void;
  /**
   * It has ended: stragglers of the peer's, a BYE that crossed ours above all, are answered properly for 32 s, without anything of it
   * being kept.
   */
  retire(key: string, participant: Participant): void;
  /** `urgent`: the reserve counts as room. */
  full(urgent: boolean): boolean;
  readonly size: number;
}

/** Answers for dialogs that have ended. */
const departed = (supported: readonly string[]): Participant => ({
  receive(transaction) {
    const { method } = transaction.request;
    if (method === 'OPTIONS') transaction.respond({ status: 200, headers: capabilities(supported) });
    else transaction.respond({ status: method === 'BYE' ? 200 : 481 });
  },
  ack() {},
  standing: { at: 'ended' },
});

export function dialogTable(clock: Clock, supported: readonly string[]): DialogTable {
  const held = new Map<string, Participant>();
  const gone = departed(supported);
  /** Keys of ended dialogs and until when they are known, monotonic ms; the oldest first, for all stay as long. */
  const ended = new Map<string, number>();
  const forget = () => {
    const now = clock.monotonic();
    for (const [key, until] of ended) {
      if (until > now && ended.size <= MAX_ENDED_DIALOGS) break;
      ended.delete(key);
    }
  };
  return {
    get(key) {
      const participant = held.get(key);
      if (participant) return participant;
      const until = ended.get(key);
      return until !== undefined && until > clock.monotonic() ? gone : undefined;
    },
    set: (key, participant) => void held.set(key, participant),
    delete(key, participant) {
      if (held.get(key) === participant) held.delete(key);
    },
    retire(key, participant) {
      if (held.get(key) !== participant) return;
      held.delete(key);
      ended.set(key, clock.monotonic() + PATIENCE_MS);
      forget();
    },
    full: (urgent) => held.size >= MAX_DIALOGS + (urgent ? RESERVED_FOR_URGENT : 0),
    get size() {
      return held.size;
    },
  };
}

/** Value of our Contact on a flow (RFC 3261 8.1.1.8). `sips` when the request was for a sips URI. */
export function contactOn(stack: SipStack, flow: Flow, user: string | null, sips = false): string {
  const { host, port } = stack.advertised(flow);
  const params = new Map<string, string | null>();
  if (flow.transport !== 'UDP' && !sips) params.set('transport', flow.transport.toLowerCase());
  return `<${formatUri({ scheme: sips ? 'sips' : 'sip', user, host: uriHost(host), port, params, headers: '' })}>`;
}
