/** User agents for tests: in memory with a hand-turned clock, or on real loopback sockets. */
import { seededChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { Counters } from '@belkluis/shared/base/counters';
import { silentLog } from '@belkluis/shared/base/log';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import type { StackOptions } from '../stack.ts';
import type { Flow, Target, TlsMaterial, TransportName } from '../transport/flow.ts';
import { type UserAgent, userAgent } from '../user-agent.ts';
import { type Wire, wire } from './wire.ts';

export interface Pair {
  readonly clock: ManualClock;
  readonly network: Wire;
  readonly alice: UserAgent;
  readonly bob: UserAgent;
  readonly counters: Counters;
  /** Another user agent on the same network; it takes the place of one that had the address before. */
  join(address: string): UserAgent;
  /** Options of an INVITE from Alice to Bob. */
  readonly toBob: { requestUri: string; destination: Target; from: string; to: string };
}

export const ALICE = '192.0.2.1';
export const BOB = '192.0.2.2';

/** Two user agents on one network in memory. */
export async function pair(seed = 'pair', options: Partial<StackOptions> = {}): Promise<Pair> {
  const clock = new ManualClock();
  const network = wire(clock);
  const counters = new Counters();
  let joined = 0;
  const at = (address: string) =>
    userAgent({
      listen: [],
      clock,
      chance: seededChance(`${seed} ${address} ${++joined}`),
      counters,
      log: silentLog,
      advertised: () => ({ host: address, port: 5060 }),
      serverName: 'test',
      transports: network.host(address),
      ...options,
    });
  const alice = at(ALICE);
  const bob = at(BOB);
  await Promise.all([alice.start(), bob.start()]);
  const toBob = {
    requestUri: `sip:bob@${BOB}`,
    destination: { transport: 'UDP' as const, address: BOB, port: 5060 },
    from: `"Alice" <sip:alice@${ALICE}>`,
    to: `<sip:bob@${BOB}>`,
  };
  return { clock, network, alice, bob, counters, toBob, join: at };
}

/** A user agent on a free loopback port, and how to reach it. */
export async function onLoopback(
  transport: TransportName,
  tls?: TlsMaterial,
  address: '127.0.0.1' | '::1' = '127.0.0.1',
): Promise<{ agent: UserAgent; target: Target; counters: Counters }> {
  const counters = new Counters();
  let port = 0;
  const agent = userAgent({
    listen: [{ transport, address, port: 0, ...(tls ? { tls } : {}) }],
    clock: systemClock,
    chance: seededChance(`${transport} ${process.hrtime.bigint()}`),
    counters,
    log: silentLog,
    advertised: (_flow: Flow) => ({ host: address, port }),
    serverName: 'test',
  });
  const [bound] = await agent.start();
  port = bound!.port;
  const target: Target = { transport, address, port, ...(tls ? { tls: { ca: tls.cert } } : {}) };
  return { agent, target, counters };
}
