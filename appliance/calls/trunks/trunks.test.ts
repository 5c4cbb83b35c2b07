/** Trunks against carriers of ours, on a network in memory with a clock that is turned by hand. */
import { seededChance } from '@belkluis/shared/base/chance';
import { Counters } from '@belkluis/shared/base/counters';
import { silentLog } from '@belkluis/shared/base/log';
import test from 'ava';
import { type Lines, linesSchema } from '../../lines/schema.ts';
import { openGuard } from '../../sip/defence/guard.ts';
import { TRANSACTION_BURST } from '../../sip/defence/limits.ts';
import { ha1Of } from '../../sip/digest/algorithm.ts';
import { createDigestServer } from '../../sip/digest/server.ts';
import type { SipRequest } from '../../sip/message/message.ts';
import type { Dns } from '../../sip/resolve/dns.ts';
import { ALICE, BOB, pair } from '../../sip/testing/agents.ts';
import { deafFlow } from '../../sip/testing/flow.ts';
import type { UserAgent } from '../../sip/user-agent.ts';
import { createTrunks, type Trunk } from './trunks.ts';

const SPARE = '192.0.2.3';
const FUTURE = '2099-01-01T00:00:00Z';
const plain = { transport: 'udp', plainUntil: FUTURE } as const;

const linesOf = (...trunks: object[]): Lines => linesSchema.parse({ schemaVersion: 1, trunks });

/** Lets promises run between turns of the clock. */
const settle = async () => {
  for (let n = 0; n < 40; n++) await Promise.resolve();
};

async function scene(addresses: readonly string[] = [BOB], ttlMs = 60_000) {
  const p = await pair('trunks');
  const dns: Dns = {
    naptr: async () => ({ records: [], ttlMs: 60_000 }),
    srv: async () => ({ records: [], ttlMs: 60_000 }),
    addresses: async () => ({ records: addresses, ttlMs }),
  };
  const trunks = createTrunks({
    userAgent: p.alice,
    locating: { dns, chance: seededChance('dns'), families: [4] },
    clock: p.clock,
    chance: seededChance('trunks'),
    counters: new Counters(),
    log: silentLog,
  });
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= 500) {
      await settle();
      p.clock.advance(Math.min(500, left));
    }
    await settle();
  };
  const one = (): Trunk => trunks.all[0]!;
  return { ...p, trunks, pass, one };
}

/** A carrier that challenges, grants what `grant` says, and keeps what it was asked. */
function carrier(agent: UserAgent, clock: Parameters<typeof createDigestServer>[0]['clock'], password = 'right') {
  const digest = createDigestServer({ realm: 'carrier.test', clock, chance: seededChance('carrier') });
  const seen: SipRequest[] = [];
  const world = { status: 200, headers: [] as [string, string][], expires: 600 };
  agent.onRequest = ({ request, flow, respond }) => {
    if (request.method === 'OPTIONS') return respond({ status: 200 });
    seen.push(request);
    const ha1 = ha1Of('MD5', 'box', 'carrier.test', password);
    if (digest.verify(request, ha1, flow.remote.address).is !== 'ok') {
      return respond({ status: 401, headers: [['WWW-Authenticate', digest.challenge(flow.remote.address)]] });
    }
    const contact = request.headers.get('Contact')!;
    const granted: [string, string][] = [['Contact', `${contact};expires=${world.expires}`]];
    return respond({ status: world.status, headers: world.status === 200 ? granted : world.headers });
  };
  return { seen, world };
}

test('addresses of a trunk are the ones that the DNS names now: no stranger for as long as that is good, a stranger again after', async (t) => {
  const addresses = [BOB];
  const s = await scene(addresses, 120_000);
  s.trunks.follow(linesOf({ id: 'c', host: 'carrier.test', ...plain, optionsSeconds: 0 }));
  await s.pass(1000);
  const guard = openGuard({
    clock: s.clock,
    counters: new Counters(),
    peers: {
      mayConnect: (address) => s.one().comesFrom(address),
      speaks: (flow) => s.trunks.owning(flow).length > 0,
    },
  });
  const bursts = (address: string) => {
    for (let n = 0; n < TRANSACTION_BURST * 3; n++) {
      const flow = deafFlow('UDP', address, 20_000 + n);
      guard.challenged(`${n}`, flow);
      if (!guard.hears(flow) || guard.admit(flow) !== 'admit') return 'limited';
    }
    return guard.accepts(address) ? 'heard' : 'limited';
  };
  t.is(bursts(BOB), 'heard');
  t.is(bursts(ALICE), 'limited');
  t.is(bursts(SPARE), 'limited');
  addresses.splice(0, 1, SPARE);
  await s.pass(118_000);
  t.is(bursts(BOB), 'heard', 'its answer is still good');
  await s.pass(60_000);
  t.is(bursts(SPARE), 'heard');
  t.is(bursts(BOB), 'limited');
  s.trunks.stop();
});

const account = { user: 'box', password: 'right' };

test('it registers with its password, keeps one Call-ID, counts up, and comes again before its time is over', async (t) => {
  const s = await scene();
  const { seen } = carrier(s.bob, s.clock);
  s.trunks.follow(linesOf({ id: 'c', host: 'carrier.test', ...plain, account, optionsSeconds: 0 }));
  await s.pass(1000);
  t.like(s.one().registration, { at: 'registered' });
  await s.pass(500_000);
  const good = seen.filter(({ headers }) => headers.has('Authorization'));
  t.true(good.length >= 2);
  t.is(new Set(seen.map(({ headers }) => headers.get('Call-ID'))).size, 1);
  const counts = seen.map(({ headers }) => Number.parseInt(headers.get('CSeq')!, 10));
  t.deepEqual(
    counts,
    [...new Set(counts)].sort((a, b) => a - b),
  );
  t.regex(seen[0]!.headers.get('Contact')!, /<sip:box@192\.0\.2\.1/);
  t.notRegex(s.network.sent.map(({ text }) => text).join(), /right/, 'the password is never sent');
  s.trunks.stop();
});

test('a wrong password is told, and not tried again for minutes', async (t) => {
  const s = await scene();
  const { seen } = carrier(s.bob, s.clock, 'another');
  s.trunks.follow(linesOf({ id: 'c', host: 'carrier.test', ...plain, account, optionsSeconds: 0 }));
  await s.pass(240_000);
  t.like(s.one().registration, { at: 'waiting', why: 'wrong_password' });
  t.is(seen.length, 2, 'asked, and answered once');
  s.trunks.stop();
});

test('the first server is dead: the second gets the registration, and the calls of the next minute', async (t) => {
  const s = await scene([SPARE, BOB]);
  carrier(s.bob, s.clock);
  s.trunks.follow(linesOf({ id: 'c', host: 'carrier.test', ...plain, account, optionsSeconds: 0 }));
  await s.pass(12_000);
  t.like(s.one().registration, { at: 'registered' });
  t.deepEqual(
    (await s.one().targets()).map(({ address }) => address),
    [BOB],
  );
  await s.pass(70_000);
  t.deepEqual(
    (await s.one().targets()).map(({ address }) => address),
    [SPARE, BOB],
  );
  s.trunks.stop();
});

test('what has not changed goes on; what is gone is taken back; what changed is taken over without a gap', async (t) => {
  const s = await scene();
  const { seen } = carrier(s.bob, s.clock);
  const trunk = { id: 'c', host: 'carrier.test', ...plain, account, optionsSeconds: 0 };
  s.trunks.follow(linesOf(trunk));
  await s.pass(1000);
  const before = s.one();
  s.trunks.follow(linesOf(trunk, { id: 'other', host: BOB, ...plain, optionsSeconds: 0 }));
  t.is(s.one(), before);
  s.trunks.follow(linesOf({ ...trunk, maxCalls: 5 }));
  await s.pass(1000);
  t.false(seen.some(({ headers }) => headers.get('Expires') === '0'));
  s.trunks.follow(linesOf());
  await s.pass(1000);
  t.is(seen.at(-1)!.headers.get('Expires'), '0');
  t.deepEqual(s.trunks.all, []);
  s.clock.advance(120_000);
  t.is(s.clock.pending, 0, 'nothing of it waits any more');
});

test('who speaks as the trunk: its address over TLS, plain only while that is allowed, its certificate where one is asked for', async (t) => {
  const s = await scene();
  const from = (address: string, transport: 'UDP' | 'TLS', peerFingerprint: string | null = null) => ({
    ...deafFlow(transport, address),
    peerFingerprint,
  });
  const owns = async (settings: object, ...flows: ReturnType<typeof from>[]) => {
    s.trunks.follow(linesOf({ id: 'c', host: 'carrier.test', optionsSeconds: 0, ...settings }));
    await settle();
    return flows.map((flow) => s.trunks.owning(flow).length === 1);
  };
  const [bob, alice] = [from(BOB, 'TLS'), from(ALICE, 'TLS')];
  t.deepEqual(await owns({}, bob, from(BOB, 'UDP'), alice), [true, false, false]);
  t.deepEqual(await owns(plain, bob, from(BOB, 'UDP'), from(ALICE, 'UDP')), [true, true, false]);
  t.deepEqual(await owns({ sources: ['198.51.100.0/24'] }, bob, from('198.51.100.7', 'TLS')), [false, true]);
  const shown = 'a'.repeat(64);
  const certificate = { clientCertificate: shown };
  const flows = [bob, from(BOB, 'TLS', 'b'.repeat(64)), from(ALICE, 'TLS', shown)];
  t.deepEqual(await owns(certificate, ...flows), [false, false, true], 'known by its certificate alone');
  t.deepEqual(await owns({ ...certificate, sources: [BOB] }, from(ALICE, 'TLS', shown), from(BOB, 'TLS', shown)), [
    false,
    true,
  ]);
  s.trunks.stop();
});
