import { Counters } from '@belkluis/shared/base/counters';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import { deafFlow } from '../testing/flow.ts';
import type { Flow, TransportName } from '../transport/flow.ts';
import { type GuardOptions, openGuard } from './guard.ts';
import {
  CONNECTION_BURST,
  FIRST_BAN_MS,
  IGNORED_BURST,
  KEEP_EVERY_MS,
  MAX_BAN_MS,
  MAX_GUESSED_USERS,
  MAX_KEPT,
  MAX_REMEMBERED_SOURCES,
  NEWCOMER_WRONG_BURST,
  PEEPHOLE_MS,
  PROOF_MS,
  REFUSAL_BURST,
  STRANGER_BURST,
  TRANSACTION_BURST,
  UNPROVEN_PATIENCE_MS,
  USER_GUESS_BURST,
  USER_GUESSES_PER_MINUTE,
  WRONG_BURST,
  WRONGS_PER_HOUR,
} from './limits.ts';
import type { GuardMemory, Remembered } from './remember.ts';
import { isScanner } from './scanners.ts';
import { namedSource, networkOf, within } from './source.ts';

const ATTACKER = '192.0.2.66';
const PHONE = '192.0.2.20';

function scene({ clock = new ManualClock(), ...options }: Partial<GuardOptions> & { clock?: ManualClock } = {}) {
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

test('one phone with an old password bans nobody; an address that guesses at five users is banned', (t) => {
  const { clock, guard, flow } = scene();
  const broken = flow(PHONE);
  for (let i = 0; i < 200; i++) {
    guard.guessed('anna', broken);
    clock.advance(10_000);
  }
  t.deepEqual(guard.bans(), []);
  const guesser = flow('192.0.2.21', 5060, 'TLS');
  for (const user of ['a', 'b', 'c', 'd', 'e']) guard.guessed(user, guesser);
  t.like(guard.bans()[0], { why: 'guesses', reach: 'all' });
  t.false(guard.hears(guesser));
  t.false(guard.accepts('192.0.2.21'));
});

/** An office of a hundred phones that all come from one address. */
function office(transport: TransportName = 'TLS') {
  const made = scene();
  const phones = Array.from({ length: 100 }, (_, n) => ({
    user: `phone ${n}`,
    at: made.flow(PHONE, 20_000 + n, transport),
  }));
  for (const { user, at } of phones) made.guard.proved(user, at);
  /** Wrong answers for `user` that were looked at, of as many as were given. */
  const guesses = (user: string, at: Flow, times: number, everyMs: number) => {
    let looked = 0;
    for (let n = 0; n < times; n++) {
      if (made.guard.hears(at) && made.guard.mayAnswer(user, at)) looked++;
      made.guard.guessed(user, at);
      made.clock.advance(everyMs);
    }
    return looked;
  };
  return { ...made, phones, guesses };
}

for (const transport of ['UDP', 'TLS'] as const) {
  test(`a company behind one address, ${transport}: its phone with a wrong password asks every second and shuts out nobody`, (t) => {
    const { guard, flow, phones, guesses, clock } = office(transport);
    t.true(guesses('old', flow(PHONE, 30_000, transport), 3600, 1000) <= WRONG_BURST + WRONGS_PER_HOUR);
    t.deepEqual(guard.bans(), []);
    t.true(guard.accepts(PHONE));
    for (const [n, { user, at }] of phones.entries()) {
      if (n % 2 === 0) guard.closed(at);
      const again = n % 2 === 0 ? flow(PHONE, 40_000 + n, transport) : at;
      t.true(guard.hears(again) && guard.mayAnswer(user, again), user);
    }
    const fresh = flow(PHONE, 31_000, transport);
    t.true(guard.hears(fresh) && guard.mayAnswer('new here', fresh), 'a phone that was never there gets in beside it');
    clock.advance(3600_000 / WRONGS_PER_HOUR);
    t.true(guard.mayAnswer('old', fresh), 'and so does the broken one, once its password is right');
  });
}

test('a guesser behind a company’s address: a handful of tries for each user, whatever port it takes; each phone goes on where it is', (t) => {
  const { guard, flow, phones, guesses } = office();
  const [anna] = phones;
  let looked = 0;
  for (let n = 0; n < 200; n++) looked += guesses(anna!.user, flow(PHONE, 45_000 + n, 'TLS'), 5, 100);
  t.true(looked <= WRONG_BURST + 1, `${looked} tries`);
  t.true(guard.mayAnswer(anna!.user, anna!.at), 'her own phone');
  // Users in a row: that is no phone.
  const scanner = flow(PHONE, 50_000, 'TLS');
  let users = 0;
  while (guard.hears(scanner) && users < 100) guard.guessed(`user ${users++}`, scanner);
  t.is(users, MAX_GUESSED_USERS);
  t.true(guard.accepts(PHONE));
  guard.closed(scanner);
  t.true(guard.hears(flow(PHONE, 50_000, 'TLS')), 'who has the port after it is somebody else');
  // And again, over one connection after another: names that are nobody’s here.
  looked = 0;
  for (let n = 0; n < 1000; n++) looked += guesses(`nobody ${n}`, flow(PHONE, 51_000 + n, 'TLS'), 2, 10);
  t.true(looked <= NEWCOMER_WRONG_BURST + 3, `${looked} tries`);
  for (const { user, at } of phones) t.true(guard.hears(at) && guard.mayAnswer(user, at));
  // A phone that turns into a guesser is one.
  const turned = phones[7]!.at;
  for (let n = 0; n < MAX_GUESSED_USERS; n++) guard.guessed(`victim ${n}`, turned);
  t.false(guard.hears(turned));
});

test('a scan from where phones are registered is shut out by its port, within ten tries; what is forged hurts no phone', (t) => {
  const gave = (nonce: string) => nonce === 'ours';
  const { clock, guard, flow } = scene({ gave });
  const phone = flow(PHONE, 5060);
  guard.proved('anna', phone);
  // Others scan as well: that hides none of them.
  for (const port of [5062, 5063, 5064]) {
    let tries = 0;
    for (; !guard.bans().some(({ source }) => source === `${PHONE}:${port}`); tries++) {
      if (tries > 10) return t.fail();
      guard.challenged(`${port} ${tries}`, flow(PHONE, port));
    }
    t.true(tries <= 10);
  }
  guard.scanned(flow(PHONE, 5065));
  t.like(guard.bans()[0], { source: `${PHONE}:5065`, why: 'scanner', reach: 'datagrams', times: 1 });
  clock.advance(PEEPHOLE_MS);
  t.true(guard.hears(flow(PHONE, 5062)));
  t.false(guard.hears(flow(PHONE, 5062)));
  t.true(guard.hears(phone));
  t.true(guard.hears(flow(PHONE, 5070)), 'another phone behind this address');
  t.true(guard.hears(flow(PHONE, 5062, 'TLS')));
  t.true(guard.hears(flow(PHONE, 5062), Buffer.from('nonce="ours"')), 'who answers a challenge did not forge');
  t.true(guard.lift(`${PHONE}:5062`));
  t.false(guard.lift(`${PHONE}:5062`));
  t.true(guard.hears(flow(PHONE, 5062)));
  return undefined;
});

test('a connection that floods is ended; where phones are, others connect from there as before', (t) => {
  for (const home of [true, false]) {
    const { guard, flow } = scene();
    if (home) guard.proved('anna', flow(PHONE, 5060, 'TLS'));
    const flooder = flow(PHONE, 40_000, 'TLS');
    let requests = 0;
    while (guard.hears(flooder) && requests++ < 10_000) guard.admit(flooder);
    t.is(requests, TRANSACTION_BURST + REFUSAL_BURST + IGNORED_BURST + 1);
    t.is(guard.accepts(PHONE), home);
  }
});

/** A disk. */
function disk() {
  let kept: Remembered = { bans: [], homes: [] };
  let writes = 0;
  const memory: GuardMemory = {
    load: () => kept,
    keep(remembered) {
      kept = structuredClone(remembered) as Remembered;
      writes++;
    },
  };
  return {
    memory,
    get kept() {
      return kept;
    },
    get writes() {
      return writes;
    },
  };
}

test('a ban survives the process, for as long as it was given and no longer; a lifted one stays lifted', (t) => {
  const { memory } = disk();
  const first = scene({ memory });
  first.guard.scanned(first.flow(ATTACKER, 5060, 'TLS'));
  first.clock.advance(KEEP_EVERY_MS);
  first.guard.guessed('x', first.flow('192.0.2.67'));
  first.guard.scanned(first.flow('192.0.2.68', 5060, 'TLS'));
  first.clock.advance(KEEP_EVERY_MS);
  t.true(first.guard.lift('192.0.2.68'));
  // The power is cut.
  const start = first.clock.now();
  const second = scene({ memory, clock: new ManualClock(start) });
  t.deepEqual(second.guard.bans(), first.guard.bans());
  t.false(second.guard.accepts(ATTACKER));
  t.true(second.guard.accepts('192.0.2.68'));
  second.clock.advance(FIRST_BAN_MS);
  t.true(second.guard.accepts(ATTACKER));
  t.deepEqual(memory.load().bans, [], 'over, and gone');
  // Whoever puts the clock back bans nobody for longer.
  second.guard.scanned(second.flow(ATTACKER, 5060, 'TLS'));
  second.guard.close();
  t.is(second.clock.pending, 0);
  const third = scene({ memory, clock: new ManualClock(start - 365 * 24 * 3600_000) });
  t.is(third.guard.bans().length, 1);
  third.clock.advance(MAX_BAN_MS);
  t.deepEqual(third.guard.bans(), []);
  third.guard.close();
});

test('after a restart an office is still one: its broken phone, which is there first, does not shut out the others', (t) => {
  const { memory } = disk();
  const before = scene({ memory });
  before.guard.proved('anna', before.flow(PHONE, 5060, 'TLS'));
  const after = scene({ memory, clock: new ManualClock(before.clock.now()) });
  for (let n = 0; n < 60; n++) {
    after.guard.guessed('old', after.flow(PHONE, 5061, 'TLS'));
    after.clock.advance(1000);
  }
  t.true(after.guard.accepts(PHONE));
  after.clock.advance(PROOF_MS);
  t.deepEqual(memory.load().homes, [], 'nobody has been there for long');
});

test('bans that are provoked without number wait for the disk a few times, and push out no proved one', (t) => {
  const store = disk();
  const { clock, guard, flow } = scene({ memory: store.memory });
  guard.scanned(flow(ATTACKER, 5060, 'TLS'));
  for (let n = 0; n < MAX_KEPT * 3; n++) {
    guard.scanned(flow(`10.0.${n >> 8}.${n & 255}`));
    clock.advance(1);
  }
  t.true(store.writes <= 2 + (MAX_KEPT * 3) / KEEP_EVERY_MS);
  clock.advance(KEEP_EVERY_MS);
  t.is(store.kept.bans.length, MAX_KEPT);
  t.true(store.kept.bans.some(({ source }) => source === ATTACKER));
});

test('a disk that refuses takes no ban along', (t) => {
  const failures: unknown[] = [];
  const memory: GuardMemory = {
    load: () => ({ bans: [], homes: [] }),
    keep: () => {
      throw new Error('full');
    },
  };
  const { guard, flow } = scene({ memory, onNotKept: (error) => failures.push(error) });
  guard.scanned(flow(ATTACKER, 5060, 'TLS'));
  t.false(guard.accepts(ATTACKER));
  t.is(failures.length, 1);
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
  const named = ['192.0.2.9', '192.0.2.9:5060', '[2001:db8::1]:5060', '2001:DB8:1:0::77', '2001:db8:1:0::/64'];
  t.deepEqual(named.map(namedSource), [...named.slice(0, 3), '2001:db8:1:0::/64', '2001:db8:1:0::/64']);
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
