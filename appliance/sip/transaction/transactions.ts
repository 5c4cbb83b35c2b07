/** All transactions of a stack: finds the one that a message belongs to, begins new ones, ends those of a closed flow. */

import { isIPv6 } from 'node:net';
import { type Chance, randomHex } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { MAX_FORWARDS, MAX_SERVER_TRANSACTIONS, RESERVED_FOR_URGENT } from '../limits.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { formatVia } from '../message/via.ts';
import { type RequestDraft, writeRequest } from '../message/write.ts';
import type { Flow } from '../transport/flow.ts';
import { type ClientRun, type ClientUser, NOBODY, runClient } from './client.ts';
import { COOKIE, clientKey, clientKeyOf, mergeKeyOf, serverKeyOf } from './keys.ts';
import { runServer, type ServerRun, type ServerTransaction } from './server.ts';
import { settledTransactions } from './settled.ts';

/** What stands in our Via and Contact for a flow. */
export interface Advertised {
  /** A name or an address; IPv6 with or without brackets. */
  readonly host: string;
  readonly port: number;
}

export const uriHost = (host: string): string => (isIPv6(host) ? `[${host}]` : host);

export interface TransactionsOptions {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly advertised: (flow: Flow) => Advertised;
  /** What User-Agent and Server say (RFC 3261 20.35, 20.41). */
  readonly product: string;
}

/** Random bytes in a branch or tag: not to be guessed by who cannot read the traffic (RFC 3261 19.3 asks for 32 bits). */
const TOKEN_BYTES = 12;

/** A request that is ready to go out. */
export interface Stamped {
  readonly branch: string;
  readonly request: SipRequest;
}

export type Transactions = ReturnType<typeof transactions>;

export function transactions({ clock, chance, advertised, product }: TransactionsOptions) {
  const clients = new Map<string, ClientRun>();
  const servers = new Map<string, ServerRun>();
  const settled = settledTransactions(clock);
  /** Merge key -> key of the transaction that has it. */
  const merged = new Map<string, string>();

  const begin = (request: SipRequest, branch: string, flow: Flow, user: ClientUser): ClientRun => {
    const key = clientKey(branch, request.method);
    const run = runClient({
      request,
      flow,
      clock,
      user,
      sendCancel: (cancel) => begin(cancel, branch, flow, NOBODY),
      ended: () => clients.delete(key),
    });
    clients.set(key, run);
    // Told later, so that the caller has the transaction in hand when it hears that it failed.
    if (!flow.open) clock.after(0, () => run.flowClosed());
    return run;
  };

  const stamp = (draft: RequestDraft, flow: Flow): Stamped => {
    const branch = COOKIE + randomHex(chance, TOKEN_BYTES) + (draft.passedOn?.loopMark ?? '');
    const { host, port } = advertised(flow);
    const params = new Map([
      ['branch', branch],
      ['rport', null],
    ]);
    const via = formatVia({ transport: flow.transport, host: uriHost(host), port, branch, params });
    const has = (header: string) => draft.headers.some(([name]) => name.toLowerCase() === header);
    const before: [string, string][] = [['Via', via]];
    if (!has('max-forwards')) before.push(['Max-Forwards', String(MAX_FORWARDS)]);
    const after: [string, string][] = has('user-agent') || draft.passedOn ? [] : [['User-Agent', product]];
    return { branch, request: writeRequest({ ...draft, headers: [...before, ...draft.headers, ...after] }) };
  };

  return {
    tag: () => randomHex(chance, TOKEN_BYTES),

    /** Adds top Via and Max-Forwards. Throws what `writeRequest` throws. */
    stamp,

    /** Sends what was stamped for this flow in a client transaction. */
    send: ({ request, branch }: Stamped, flow: Flow, user: ClientUser): ClientRun => begin(request, branch, flow, user),

    /** Adds the same and sends once, outside any transaction: the ACK for a 2xx. What is returned can be sent again. */
    sendOnce(draft: RequestDraft, flow: Flow): SipRequest {
      const { request } = stamp(draft, flow);
      flow.send(request.bytes);
      return request;
    },

    /** false: nobody waits for this response. */
    receiveResponse(response: SipResponse): boolean {
      const key = clientKeyOf(response);
      const client = key === null ? undefined : clients.get(key);
      // 8.1.3.3, 16.7: it went the way of its request, Via for Via, or it is not to it.
      const vias = (message: SipRequest | SipResponse) => message.headers.all('Via').length;
      if (!client || vias(response) !== vias(client.request)) return false;
      client.receive(response);
      return true;
    },

    /** false: this request begins something new (or is the ACK for a 2xx). */
    receiveRequest(request: SipRequest, flow: Flow): boolean {
      const key = serverKeyOf(request, flow.remote.address);
      if (key === null) return false;
      const server = servers.get(key);
      server?.receive(request);
      return server !== undefined || settled.answers(key, flow);
    },

    /** The INVITE that a CANCEL means (9.2). */
    cancelled(cancel: SipRequest, flow: Flow): ServerTransaction | null {
      const key = serverKeyOf(cancel, flow.remote.address, 'INVITE');
      return (key !== null && servers.get(key)) || null;
    },

    /** The same request is being served already, having come over another path (8.2.2.2). */
    isMerged(request: SipRequest): boolean {
      const key = mergeKeyOf(request);
      return key !== null && (merged.has(key) || settled.hasMergeKey(key));
    },

    full: (urgent: boolean): boolean => servers.size >= MAX_SERVER_TRANSACTIONS + (urgent ? RESERVED_FOR_URGENT : 0),

    /** Begins a server transaction. `localTag`: for a CANCEL, the one its INVITE is answered with. */
    serve(request: SipRequest, flow: Flow, localTag = randomHex(chance, TOKEN_BYTES)): ServerTransaction {
      const key = serverKeyOf(request, flow.remote.address) ?? '';
      const mergeKey = mergeKeyOf(request);
      const run = runServer({
        request,
        flow,
        clock,
        localTag,
        product,
        ended() {
          servers.delete(key);
          if (mergeKey !== null && merged.get(mergeKey) === key) merged.delete(mergeKey);
        },
        settled: (response, ms) => settled.add(key, { response, mergeKey, ms }),
      });
      servers.set(key, run);
      if (mergeKey !== null && !merged.has(mergeKey)) merged.set(mergeKey, key);
      return run;
    },

    flowClosed(flow: Flow): void {
      for (const run of [...clients.values(), ...servers.values()]) if (run.flow.id === flow.id) run.flowClosed();
    },

    /** Says nothing to anybody outside; whoever here waits for a response hears that there will be none. */
    close(): void {
      for (const run of [...clients.values()]) run.flowClosed();
      for (const run of [...clients.values(), ...servers.values()]) run.abandon();
      settled.close();
    },

    get size(): number {
      return clients.size + servers.size;
    },
  };
}
