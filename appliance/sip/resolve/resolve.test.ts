import { seededChance, systemChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import type { Target } from '../transport/flow.ts';
import { avoided } from './avoid.ts';
import { cachedDns, systemDns } from './dns.ts';
import { AVOID_MS, MAX_TARGETS } from './limits.ts';
import { locate, type Wanted } from './locate.ts';
import { dnsServer, type Zone } from './testing/dns-server.ts';
import { inOrder } from './weighted.ts';

const zone: Zone = {
  'full.test': {
    naptr: [
      '10 20 S SIP+D2U _sip._udp.full.test',
      '10 10 s SIPS+D2T _sips._tcp.elsewhere.test',
      '5 10 s E2U+sip _sip._udp.wrong.test',
      '20 10 s SIP+D2T _sip._tcp.full.test',
    ],
  },
  '_sips._tcp.elsewhere.test': { srv: ['10 0 5071 b.full.test', '5 0 5061 a.full.test'] },
  '_sip._udp.full.test': { srv: ['1 1 5060 a.full.test'] },
  '_sip._tcp.full.test': { srv: ['1 1 5060 a.full.test'] },
  'a.full.test': { addresses: ['192.0.2.1', '2001:db8::1'] },
  'b.full.test': { addresses: ['192.0.2.2', '192.0.2.3'] },
  '_sip._udp.srv.test': { srv: ['1 1 5062 a.full.test', '2 1 5063 gone.test'] },
  'srv.test': { addresses: ['192.0.2.9'] },
  'host.test': { addresses: ['192.0.2.8'] },
  '_sip._udp.closed.test': { srv: ['0 0 0 .'] },
  'closed.test': { addresses: ['192.0.2.7'] },
  'many.test': { addresses: Array.from({ length: 20 }, (_, index) => `192.0.2.${index + 1}`) },
};

const short = ({ transport, address, port }: Target) => `${transport} ${address} ${port}`;

async function resolver(families: readonly (4 | 6)[] = [4]) {
  const server = await dnsServer(zone);
  const dns = systemDns([server.server]);
  const find = async (wanted: Partial<Wanted> & { host: string }) =>
    (await locate({ secure: false, ...wanted }, { dns, chance: seededChance('r'), families })).map(short);
  return { server, find };
}

test('a domain that says what it speaks is believed in its own order, and sips takes nothing but TLS', async (t) => {
  const { server, find } = await resolver();
  const tls = ['TLS 192.0.2.1 5061', 'TLS 192.0.2.2 5071', 'TLS 192.0.2.3 5071'];
  t.deepEqual(await find({ host: 'full.test' }), [...tls, 'UDP 192.0.2.1 5060', 'TCP 192.0.2.1 5060']);
  t.deepEqual(await find({ host: 'full.test', secure: true }), tls);
  server.close();
});

test('without NAPTR the services are asked for; without services the name is a host', async (t) => {
  const { server, find } = await resolver();
  t.deepEqual(await find({ host: 'srv.test' }), ['UDP 192.0.2.1 5062'], 'a host that is not there is one server less');
  t.deepEqual(await find({ host: 'host.test' }), ['UDP 192.0.2.8 5060']);
  t.deepEqual(await find({ host: 'host.test', secure: true }), ['TLS 192.0.2.8 5061']);
  t.deepEqual(await find({ host: 'srv.test', transport: 'TCP' }), ['TCP 192.0.2.9 5060']);
  t.deepEqual(await find({ host: 'srv.test', transport: 'UDP' }), ['UDP 192.0.2.1 5062']);
  server.close();
});

test('a port leaves the address to ask for alone, an address nothing', async (t) => {
  const { server, find } = await resolver([4, 6]);
  t.deepEqual(await find({ host: 'a.full.test', port: 5080 }), ['UDP 192.0.2.1 5080', 'UDP 2001:db8::1 5080']);
  t.deepEqual(server.asked, ['A a.full.test', 'AAAA a.full.test']);
  t.deepEqual(await find({ host: '192.0.2.7' }), ['UDP 192.0.2.7 5060']);
  t.deepEqual(await find({ host: '2001:db8::7', secure: true }), ['TLS 2001:db8::7 5061']);
  t.is(server.asked.length, 2);
  server.close();
});

test('what is not there, or may not be spoken to, is said; an answer of any length stays short', async (t) => {
  const { server, find } = await resolver();
  await t.throwsAsync(find({ host: 'nowhere.test' }), { code: 'name_unknown' });
  await t.throwsAsync(find({ host: 'closed.test', transport: 'UDP' }), { code: 'name_unknown' });
  await t.throwsAsync(find({ host: 'host.test', transport: 'UDP', secure: true }), { code: 'name_unknown' });
  await t.throwsAsync(find({ host: '2001:db8::7' }), { code: 'name_unknown' });
  t.is((await find({ host: 'many.test', port: 5060 })).length, MAX_TARGETS);
  server.close();
});

test('an answer is asked for once while it is good; an old one serves while the DNS is silent', async (t) => {
  const server = await dnsServer({ 'a.test': { addresses: ['192.0.2.1'], ttl: 30 } });
  const clock = new ManualClock();
  const dns = cachedDns(systemDns([server.server]), clock);
  const addresses = async () => (await dns.addresses('a.test', 4)).records;
  t.deepEqual(await Promise.all([addresses(), addresses()]), [['192.0.2.1'], ['192.0.2.1']]);
  server.say({ 'a.test': { addresses: ['192.0.2.2'] } });
  clock.advance(29_000);
  t.deepEqual(await addresses(), ['192.0.2.1']);
  t.is(server.asked.length, 1);
  clock.advance(2000);
  t.deepEqual(await addresses(), ['192.0.2.2']);
  server.close();
  clock.advance(120_000);
  t.deepEqual(await addresses(), ['192.0.2.2'], 'the DNS has gone');
  await t.throwsAsync(dns.addresses('b.test', 4), { code: 'dns_failed' });
});

test('by weight, in proportion; a lower priority always before', (t) => {
  const seed = systemChance.bytes(8).toString('hex');
  t.log(`seed ${seed}`);
  const chance = seededChance(seed);
  const servers = [
    { name: 'spare', priority: 20, weight: 1000 },
    { name: 'big', priority: 10, weight: 300 },
    { name: 'small', priority: 10, weight: 100 },
    { name: 'none', priority: 10, weight: 0 },
  ];
  const first = new Map<string, number>();
  for (let round = 0; round < 4000; round++) {
    const names = inOrder(servers, chance).map(({ name }) => name);
    t.is(names.length, 4);
    t.is(names[3], 'spare');
    first.set(names[0]!, (first.get(names[0]!) ?? 0) + 1);
  }
  // Three of four by weight: 3000, give or take far more than chance does.
  t.true(Math.abs(first.get('big')! - 3000) < 200, String(first.get('big')));
  t.true((first.get('none') ?? 0) < 100);
});

test('who failed is passed over until its time is over or it answers; when all failed, all are tried', (t) => {
  const clock = new ManualClock();
  const list = avoided(clock);
  const [a, b] = [1, 2].map((n): Target => ({ transport: 'UDP', address: `192.0.2.${n}`, port: 5060 })) as [
    Target,
    Target,
  ];
  list.failed(a);
  t.deepEqual(list.among([a, b]), [b]);
  t.deepEqual(
    list.among([a, { ...a, transport: 'TCP' }]),
    [{ ...a, transport: 'TCP' }],
    'another transport is another server',
  );
  list.failed(b, 5);
  t.deepEqual(list.among([a, b]), [a, b]);
  clock.advance(5000);
  t.deepEqual(list.among([a, b]), [b], 'its Retry-After is over');
  list.answered(a);
  t.deepEqual(list.among([a, b]), [a, b]);
  list.failed(a);
  clock.advance(AVOID_MS);
  t.false(list.has(a));
});
