import { Counters } from '@belkluis/shared/base/counters';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import { deafFlow } from '../testing/flow.ts';
import type { TransportName } from '../transport/flow.ts';
import { type GuardOptions, openGuard } from './guard.ts';
import {
  CONNECTION_BURST,
  FIRST_BAN_MS,
  IGNORED_BURST,
  MAX_BAN_MS,
  MAX_REMEMBERED_SOURCES,
  PEEPHOLE_MS,
  REFUSAL_BURST,
  STRANGER_BURST,
  TRANSACTION_BURST,
  UNPROVEN_PATIENCE_MS,
  USER_GUESS_BURST,
  USER_GUESSES_PER_MINUTE,
} from './limits.ts';
import { isScanner } from './scanners.ts';
import { networkOf, within } from './source.ts';

const ATTACKER = '192.0.2.66';
const PHONE = '192.0.2.20';

function scene(options: Partial<GuardOptions> = {}) {
  const clock = new ManualClock();
  const guard = openGuard({ clock, counters: new Counters(), ...options });
  const flow = (address: string, port = 5060, transport: TransportName = 'UDP') => deafFlow(transport, address, port);
  return { clock, guard, flow };
}

test('who claims one name after another and proves none is banned within ten tries, and then hardly heard', (t) => {
  const { clock, guard, flow } = scene();
  const scanner = flow(ATTACKER);
  let tries = 0;
  for (; guard.bans().length === 0; tries++) guard.challenged(`${100 + tries}`, scanner);
  t.true(tries <= 10, `${tries} tries`);
  t.like(guard.bans()[0], { source: ATTACKER, why: 'names', reach: 'datagrams', times: 1 });
  const heard = (ms: number) => {
    let count = 0;
    for (let i = 0; i < ms; i += 10) {
      if (guard.hears(scanner)) count++;
      clock.advance(10);
    }
    return count;
  };
  t.true(heard(20_000) <= 20_000 / PEEPHOLE_MS + 1);
  t.true(guard.hears(flow(PHONE)), 'others do not notice');
});

test('a scan that takes another port for each name is banned a little later; an office that restarts is not', (t) => {
  const { clock, guard, flow } = scene();
  for (let i = 0; i < 150; i++) guard.challenged(`phone ${i}`, flow('192.0.2.7', 2000 + i));
  for (let i = 0; i < 150; i++) guard.proved(`phone ${i}`, flow('192.0.2.7', 2000 + i));
  for (let i = 0; i < 30; i++) guard.challenged(`name ${i}`, flow(ATTACKER, 2000 + i));
  clock.advance(UNPROVEN_PATIENCE_MS + 1);
  guard.challenged('phone 1', flow('192.0.2.7', 2001));
  guard.challenged('one more', flow(ATTACKER, 3000));
  t.deepEqual(
    guard.bans().map(({ source }) => source),
    [ATTACKER],
  );
});

test('forged datagrams shut out neither a registered phone nor its connections, and a new phone gets in beside them', (t) => {
  const gave = (nonce: string, source: string) => nonce === 'ours' && source === PHONE;
  const { clock, guard, flow } = scene({ gave });
  const forge = (port: number) => {
    for (let i = 0; i < 50; i++) guard.challenged(`${port} ${i}`, flow(PHONE, port));
    guard.scanned(flow(PHONE, port));
    for (let i = 0; i < TRANSACTION_BURST + REFUSAL_BURST + IGNORED_BURST + 10; i++) guard.admit(flow(PHONE, port));
  };
  forge(6000);
  t.like(guard.bans()[0], { source: PHONE, reach: 'datagrams' });
  const connection = flow(PHONE, 40_000, 'TLS');
  t.true(guard.accepts(PHONE));
  t.true(guard.hears(connection));
  t.is(guard.admit(connection), 'admit', 'what datagrams used up is not taken from connections');

  // A phone that starts while the attack goes on: its first request slips through, its answer is known by our nonce.
  clock.advance(PEEPHOLE_MS);
  const fresh = flow(PHONE, 5060);
  t.true(guard.hears(fresh, Buffer.from('REGISTER')));
  t.false(guard.hears(fresh, Buffer.from('REGISTER')));
  t.false(guard.hears(fresh, Buffer.from('Authorization: Digest cnonce="ours", nonce="theirs"')));
  t.true(guard.hears(fresh, Buffer.from('Authorization: Digest cnonce="x", nonce="ours"')));
  guard.proved('anna', fresh);
  for (let i = 0; i < 100; i++) t.true(guard.hears(fresh));

  // The phone's own flow has its own share, whatever comes from its address.
  forge(6001);
  t.is(guard.admit(fresh), 'admit');
});

test('forged sources without number take only their common share, and phones that proved themselves are heard', (t) => {
  const gave = (nonce: string) => nonce === 'ours';
  const { guard, flow } = scene({ gave });
  guard.proved('anna', flow(PHONE));
  let heard = 0;
  for (let i = 0; i < STRANGER_BURST * 2; i++) if (guard.hears(flow(`10.0.${i >> 8}.${i & 255}`))) heard++;
  t.is(heard, STRANGER_BURST);
  t.true(guard.hears(flow(PHONE)));
  t.true(guard.hears(flow('192.0.2.21'), Buffer.from('nonce="ours"')), 'who answers a challenge');
  t.true(guard.hears(flow('192.0.2.22', 5061, 'TLS')), 'who is connected');
});

test('a hundred thousand passwords an hour are not tried, from one address nor from many; the user’s own phone goes on', (t) => {
  const { clock, guard, flow } = scene();
  const home = flow(PHONE, 5060, 'TLS');
  guard.proved('anna', home);
  const tried = (addresses: number) => {
    let count = 0;
    for (let i = 0; i < 100_000; i++) {
      const attacker = flow(`198.51.100.${i % addresses}`, 5060, 'TLS');
      if (guard.hears(attacker) && guard.mayAnswer('anna', attacker)) {
        count++;
        guard.guessed('anna', attacker);
      }
      clock.advance(36);
    }
    return count;
  };
  t.true(tried(1) < 150);
  guard.proved('anna', home);
  t.true(tried(250) <= USER_GUESS_BURST + USER_GUESSES_PER_MINUTE * 60);
  t.true(guard.mayAnswer('anna', flow(PHONE, 50_000, 'TLS')), 'also over a new connection');
  guard.proved('anna', home);
  t.true(guard.hears(home));
  t.is(guard.admit(home), 'admit');
});

test('one phone with an old password bans nobody; an address that guesses at five users is banned, phone or not', (t) => {
  const { clock, guard, flow } = scene();
  const broken = flow(PHONE);
  for (let i = 0; i < 200; i++) {
    guard.guessed('anna', broken);
    clock.advance(10_000);
  }
  t.deepEqual(guard.bans(), []);
  const phone = flow('192.0.2.21', 5060, 'TLS');
  guard.proved('ben', phone);
  for (const user of ['a', 'b', 'c', 'd', 'e']) guard.guessed(user, phone);
  t.like(guard.bans()[0], { why: 'guesses', reach: 'all' });
  t.false(guard.hears(phone));
  t.false(guard.accepts('192.0.2.21'));
});

test('bans end, grow, and are lifted with everything that led to them', (t) => {
  const { clock, guard, flow } = scene();
  const scanner = flow('2001:db8:1:2::1', 5060, 'TLS');
  let before = 0;
  for (let times = 1; times < 10; times++) {
    guard.scanned(scanner);
    const [ban] = guard.bans();
    const lasts = ban!.until - ban!.since;
    t.true(lasts >= before && lasts <= MAX_BAN_MS);
    t.is(ban!.times, times);
    t.false(guard.accepts('2001:db8:1:2:ffff::9'), 'one subscriber, one source');
    t.true(guard.accepts('2001:db8:1:3::1'));
    clock.advance(lasts);
    t.true(guard.accepts('2001:db8:1:2::1'));
    before = lasts;
  }
  t.is(before, MAX_BAN_MS);
  guard.scanned(scanner);
  t.is(guard.bans()[0]!.source, '2001:db8:1:2::/64');
  t.true(guard.lift('2001:0DB8:1:2::77'));
  t.false(guard.lift('2001:db8:1:2::/64'), 'there is none any more');
  guard.scanned(scanner);
  t.is(guard.bans()[0]!.until - guard.bans()[0]!.since, FIRST_BAN_MS);
  t.like(guard.lastDay(), { scanner: 2, banned: 2 });
  clock.advance(25 * 3600_000);
  t.like(guard.lastDay(), { scanner: 0, banned: 0 });
});

test('what the configuration allows is neither limited nor banned, and forged attackers do not fill the memory', (t) => {
  const { guard, flow } = scene({ allowed: within(['203.0.113.0/24', '2001:db8:7::/48']) });
  const sbc = flow('203.0.113.5');
  for (let i = 0; i < 5000; i++) {
    guard.challenged(`${i}`, sbc);
    guard.guessed(`${i}`, sbc);
    if (guard.admit(sbc) !== 'admit' || !guard.hears(sbc)) return t.fail();
  }
  t.deepEqual(guard.bans(), []);
  t.true(guard.trusts(flow('2001:db8:7:1::1')));
  for (let i = 0; i < MAX_REMEMBERED_SOURCES + 500; i++) guard.scanned(flow(`10.0.${i >> 8}.${i & 255}`, 5060, 'TLS'));
  t.is(guard.bans().length, MAX_REMEMBERED_SOURCES);
  return undefined;
});

test('who opens one connection after another is slowed, others connect', (t) => {
  const { clock, guard } = scene();
  let taken = 0;
  for (let i = 0; i < CONNECTION_BURST * 2; i++) if (guard.accepts(ATTACKER)) taken++;
  t.is(taken, CONNECTION_BURST);
  t.true(guard.accepts(PHONE));
  clock.advance(1000);
  t.true(guard.accepts(ATTACKER));
});

test('addresses are compared as networks, and a range that is none is refused', (t) => {
  t.is(networkOf('fe80::1%eth0'), 'fe80:0:0:0::/64');
  t.is(networkOf('2001:DB8:0001::'), '2001:db8:1:0::/64');
  t.true(within(['192.0.2.9'])('192.0.2.9'));
  t.false(within(['192.0.2.9'])('2001:db8::1'));
  for (const range of ['192.0.2.0/33', 'x', '192.0.2.0/', '::1/200'])
    t.throws(() => within([range]), { code: 'bad_range' });
});

test('scanners are known by their names, phones are not taken for one', (t) => {
  for (const name of ['friendly-scanner', 'SIPVicious/0.3', 'sipcli/v1.8', 'sundayddr', 'pplsip', 'x (sipsak 0.9)']) {
    t.true(isScanner(name), name);
  }
  const phones = [
    'Yealink SIP-T46S 66.86',
    'baresip v1.0.0',
    'snomD785/10.1',
    'Linphone/5.1',
    'Grandstream GXP2170',
    '',
  ];
  for (const name of [...phones, undefined]) t.false(isScanner(name), name);
});
