import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import { type Outbound, outboundSchema } from '../../lines/outbound.ts';
import { openTollStore } from '../../lines/toll-store.ts';
import { COUNT_EVERY_MS, createMeter, type Metered, type Reached } from './meter.ts';
import { localTime, numberRefused } from './toll.ts';

const ZONE = 'Europe/Amsterdam';
/** A Wednesday, 11:00 in Amsterdam. */
const NOON = Date.UTC(2026, 10, 25, 10);
const HOUR = 3_600_000;

const rules = (more: Partial<Outbound> = {}): Outbound => ({ ...outboundSchema.parse(undefined), ...more });

test('no rule, no call; the longest match decides; emergencies need no rule', (t) => {
  const at = localTime(NOON, ZONE);
  const refused = (given: Partial<Outbound>, number: string) => numberRefused(rules(given), number, at);
  t.is(refused({}, '+31201234567'), 'number_not_allowed');
  t.is(refused({}, '112'), null);
  t.is(refused({ deny: ['+'], emergency: ['112', '999'] }, '999'), null);
  const dutch = { allow: ['+31', '+319001'], deny: ['+31900', '+31906'] };
  t.is(refused(dutch, '+31201234567'), null);
  t.is(refused(dutch, '+319061234'), 'number_denied');
  t.is(refused(dutch, '+319001234'), null);
  t.is(refused(dutch, '+319002345'), 'number_denied');
  t.is(refused(dutch, '+8811234567'), 'number_not_allowed');
  t.is(refused({ allow: ['+31'], deny: ['+31'] }, '+31201234567'), 'number_denied');
  for (const tricks of ['0900123456', '009001234567', '31201234567', '+', '*31#0201234567', 'sip']) {
    t.is(refused({ allow: ['+31'] }, tricks), 'number_not_allowed', tricks);
  }
});

test('at night, and in the weekend where it is night, only what is allowed then', (t) => {
  const night = { from: '20:00', until: '07:00', weekend: true, allow: ['+3120'] };
  const at = (hours: number, number: string) =>
    numberRefused(rules({ allow: ['+'], night }), number, localTime(NOON + hours * HOUR, ZONE));
  t.is(at(0, '+441234567'), null);
  t.is(at(9, '+441234567'), 'night');
  t.is(at(9, '+31201234567'), null);
  t.is(at(19.9, '+441234567'), 'night');
  t.is(at(20, '+441234567'), null);
  t.is(at(3 * 24, '+441234567'), 'night', 'Saturday at eleven');
  t.is(at(9, '112'), null);
});

interface Call {
  readonly metered: Metered;
  ended: string | null;
}

function scene(given: Partial<Outbound> = {}) {
  const clock = new ManualClock(NOON);
  const path = join(mkdtempSync(join(tmpdir(), 'toll-')), 'toll.db');
  const caps: string[] = [];
  const lost: string[] = [];
  /** What somebody else remembers. */
  const log: { readonly at: string; readonly reached: Reached }[] = [];
  const outbound = rules({ allow: ['+'], ...given });
  const open = () => {
    const store = openTollStore(path, clock);
    const meter = createMeter({
      rules: () => outbound,
      store,
      timeZone: ZONE,
      clock,
      onCap(reached) {
        log.push({ at: localTime(clock.now(), ZONE).day, reached });
        caps.push(`${reached.cap} ${reached.payer.name}`);
      },
      reached: (day) => log.filter(({ at }) => at === day).map(({ reached }) => reached),
      onLost: ({ name }) => void lost.push(name),
      onStoreFailed: (error) => {
        throw error;
      },
    });
    const call = (user: string, number = '+31201234567', trunk = 'carrier'): Call | string => {
      const metered = meter.ask(user, number);
      if (typeof metered === 'string') return metered;
      const made: Call = { metered, ended: null };
      metered.onTrunk(trunk);
      metered.answered((reason) => {
        made.ended = reason;
        metered.over();
      });
      return made;
    };
    return {
      meter,
      call,
      good: (user: string, number?: string, trunk?: string) => call(user, number, trunk) as Call,
      close() {
        meter.close();
        store.close();
      },
    };
  };
  return { clock, caps, lost, path, open };
}

const perUser = { atOnce: 2, perDay: 4, minutesPerDay: 10 };

test('a thief gets two calls at once, four a day and ten minutes, whatever is restarted; the owner is told once', (t) => {
  const { clock, caps, open } = scene({ perUser });
  let box = open();
  const [one, two] = [box.good('10'), box.good('10')];
  t.is(box.call('10'), 'user_at_once');
  t.is(box.call('10'), 'user_at_once');
  t.deepEqual(caps, ['user_at_once 10']);
  t.is(typeof box.call('11'), 'object', 'another phone is another matter');
  one.metered.over();
  two.metered.over();
  box.good('10').metered.over();
  box.close();
  box = open();
  const last = box.good('10');
  last.metered.over();
  t.is(box.call('10'), 'user_calls');
  t.is(typeof box.call('10', '112'), 'object', 'an emergency always');
  t.deepEqual(caps, ['user_at_once 10', 'user_calls 10']);
  t.deepEqual(
    box.meter.capped.map(({ cap }) => cap),
    ['user_at_once', 'user_calls'],
  );
  clock.advance(14 * HOUR);
  t.is(typeof box.call('10'), 'object', 'the next day');
  box.close();
});

test('when the minutes of the day are over, calls that go on are ended, an emergency is not; speech counts over a restart', (t) => {
  const { clock, caps, open } = scene({ perUser });
  let box = open();
  box.good('10');
  clock.advance(6 * 60_000);
  // The power is cut: what was counted until then stays.
  box = open();
  const [one, emergency] = [box.good('10'), box.good('10', '112')];
  clock.advance(3 * 60_000);
  t.is(one.ended, null);
  clock.advance(60_000 + COUNT_EVERY_MS);
  t.regex(String(one.ended), /cause=403/);
  t.is(emergency.ended, null);
  t.is(box.call('10'), 'user_minutes');
  t.true(caps.includes('user_minutes 10'));
  clock.advance(20 * HOUR);
  t.is(emergency.ended, null);
  box.close();
});

test('a trunk has limits of its own, for all users together', (t) => {
  const { clock, caps, open } = scene({ perTrunk: { perDay: 3, minutesPerDay: 5 } });
  const box = open();
  const [a, b] = [box.good('10'), box.good('11')];
  t.is(box.meter.carried('carrier'), 2);
  t.true(box.meter.trunkMay('carrier'));
  clock.advance(3 * 60_000);
  t.regex(String(a.ended), /403/);
  t.regex(String(b.ended), /403/);
  t.false(box.meter.trunkMay('carrier'));
  t.true(box.meter.trunkMay('spare'));
  t.deepEqual(caps, ['trunk_minutes carrier']);
  t.is(box.meter.carried('carrier'), 0);
  t.is(clock.pending, 0, 'nothing is counted while nobody speaks');
  box.close();
});

const files = (path: string) => ['', '-wal', '-shm'].map((more) => `${path}${more}`);

for (const [what, tamper] of [
  ['deleted', (path: string) => files(path).map((file) => rmSync(file, { force: true }))],
  [
    'an old copy',
    (path: string) => files(path).map((file) => existsSync(`${file}.old`) && cpSync(`${file}.old`, file)),
  ],
] as const) {
  test(`counts that are ${what}: what had reached its limit stays shut, somebody is told, others start anew`, (t) => {
    const { clock, caps, lost, path, open } = scene({ perUser, perTrunk: { perDay: 6, minutesPerDay: 100 } });
    let box = open();
    box.good('10').metered.over();
    box.close();
    for (const file of files(path)) if (existsSync(file)) cpSync(file, `${file}.old`);
    box = open();
    for (let n = 0; n < 3; n++) box.good('10').metered.over();
    t.is(box.call('10'), 'user_calls');
    box.good('11');
    clock.advance(5 * 60_000);
    box.good('12');
    clock.advance(5 * 60_000 + COUNT_EVERY_MS);
    t.false(box.meter.trunkMay('carrier'));
    box.close();
    const told = [...caps];
    tamper(path);
    box = open();
    t.deepEqual(lost.sort(), ['10', '11', 'carrier']);
    t.is(box.call('10'), 'user_calls');
    t.is(box.call('11'), 'user_minutes');
    t.false(box.meter.trunkMay('carrier'));
    t.is(typeof box.call('12', '+31201234567', 'spare'), 'object');
    t.deepEqual(caps, told, 'nothing is told twice');
    t.deepEqual(box.meter.capped.map(({ cap, payer }) => `${cap} ${payer.name}`).sort(), [...told].sort());
    box.close();
    box = open();
    t.is(lost.length, 3, 'it is made up for');
    t.is(box.call('10'), 'user_calls');
    clock.advance(14 * HOUR);
    t.is(typeof box.call('10'), 'object', 'the next day is another one');
    box.close();
  });
}

test('a limit that was raised since is no lost count', (t) => {
  const limits = { ...perUser };
  const { lost, open } = scene({ perUser: limits });
  let box = open();
  for (let n = 0; n < 4; n++) box.good('10').metered.over();
  t.is(box.call('10'), 'user_calls');
  box.close();
  limits.perDay = 6;
  box = open();
  t.is(typeof box.call('10'), 'object');
  t.deepEqual(lost, []);
  box.close();
});
