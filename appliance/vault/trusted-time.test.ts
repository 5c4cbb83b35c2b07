import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import fc from 'fast-check';
import type { VaultEvent } from './events.ts';
import { believedSince, openTimeKeeper } from './time-keeper.ts';
import { synchronised, systemTimeSource } from './time-source.ts';
import { CONFIRMED_WITHIN_MS, confirms, MAX_STEP_MS, MAX_UNPROVEN_MS, type TimeSource } from './trusted-time.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 0, 1);

/** A machine: the truth, a wall clock that may lie, a monotonic clock that begins anew with every start, and what its disk remembers. */
function machine() {
  let truth = START;
  let clock = new ManualClock(START);
  const rows = new Map<string, string>();
  const events: VaultEvent[] = [];
  const state = {
    get: (name: string) => rows.get(name) ?? null,
    set: (name: string, value: string) => void rows.set(name, value),
  };
  const honest = (name: string): TimeSource => ({ name, now: async () => truth });
  let sources: TimeSource[] = [];
  const open = () =>
    openTimeKeeper({
      state,
      clock: { now: () => clock.now(), monotonic: () => clock.monotonic(), after: () => () => {} },
      append: (event) => events.push(event),
      sources: [
        { name: 'a', now: async () => (await sources[0]?.now()) ?? null },
        { name: 'b', now: async () => (await sources[1]?.now()) ?? null },
      ],
    });
  let keeper = open();
  const kinds = () => events.map(({ kind }) => kind);
  return {
    state,
    events,
    kinds,
    truth: () => truth,
    reached: () => sources.length,
    wall: () => clock.now(),
    get keeper() {
      return keeper;
    },
    another: open,
    pass(ms: number) {
      truth += ms;
      clock.advance(ms);
    },
    setWall: (ms: number) => clock.setWall(ms),
    off(ms: number) {
      truth += ms;
      const wall = clock.now() + ms;
      clock = new ManualClock(wall);
      keeper = open();
    },
    reach(count: 0 | 1 | 2) {
      sources = [honest('a'), honest('b')].slice(0, count);
    },
    answer(...given: TimeSource[]) {
      sources = given;
    },
  };
}

test('a wall clock set back by a year neither stalls the time nor revives anything', async (t) => {
  const box = machine();
  await box.keeper.check();
  box.setWall(START - 365 * DAY);
  t.is(await box.keeper.check(), START);
  box.pass(2 * DAY);
  t.is(await box.keeper.check(), START + 2 * DAY);
  t.is(box.keeper.status().state, 'behind');
  box.off(MINUTE);
  t.is(await box.keeper.check(), START + 2 * DAY);
  box.pass(DAY);
  t.is(box.keeper.now(), START + 3 * DAY);
  t.true(believedSince(box.state) >= START + 2 * DAY, 'what is recorded now gets no day that is over');
  t.deepEqual(box.kinds(), []);
});

test('set far forward it is not believed, said once, also after a restart, and time goes on', async (t) => {
  const box = machine();
  await box.keeper.check();
  box.setWall(START + 400 * DAY);
  t.is(await box.keeper.check(), START);
  box.pass(HOUR);
  t.is(await box.keeper.check(), START + HOUR);
  t.is(box.keeper.status().state, 'unconfirmed');
  box.off(MINUTE);
  t.is(await box.keeper.check(), START + HOUR);
  t.is(box.keeper.status().state, 'unconfirmed');
  t.deepEqual(box.events, [
    { kind: 'time_unconfirmed', actor: 'box', facts: { wall: START + 400 * DAY, expected: START } },
  ]);
  box.setWall(START + HOUR + MINUTE);
  t.is(await box.keeper.check(), START + HOUR + MINUTE, 'set right again by hand, it needs nobody');
  t.is(box.keeper.status().state, 'ok');
});

test('a jump that was refused is not believed because the box is restarted', async (t) => {
  const box = machine();
  await box.keeper.check();
  box.setWall(START + 5 * DAY);
  await box.keeper.check();
  box.off(MINUTE);
  t.is(await box.keeper.check(), START);
});

test('a box that was off for ten days believes its clock at once; for a month, only when confirmed', async (t) => {
  const box = machine();
  await box.keeper.check();
  box.off(10 * DAY);
  t.is(await box.keeper.check(), START + 10 * DAY);
  box.off(30 * DAY);
  t.is(await box.keeper.check(), START + 10 * DAY);
  box.reach(1);
  t.is(await box.keeper.check(), START + 10 * DAY, 'one source is not enough');
  box.reach(2);
  t.is(await box.keeper.check(), START + 40 * DAY);
  t.deepEqual(box.kinds(), ['time_unconfirmed', 'time_confirmed']);
});

test('many small steps do not make a big one', async (t) => {
  const box = machine();
  await box.keeper.check();
  for (let step = 0; step < 1000; step++) {
    box.setWall(box.keeper.now() + MAX_STEP_MS);
    box.keeper.now();
  }
  t.is(box.keeper.now(), START + MAX_UNPROVEN_MS);
  const restarted = machine();
  await restarted.keeper.check();
  for (let night = 0; night < 20; night++) {
    restarted.setWall(restarted.wall() + 5 * DAY);
    restarted.off(0);
    await restarted.keeper.check();
  }
  t.is(restarted.keeper.now(), START + 10 * DAY);
});

test('a person confirms: the log first, the desk hears of it from another process', async (t) => {
  const box = machine();
  await box.keeper.check();
  box.setWall(START + 400 * DAY);
  await box.keeper.check();
  box.another().confirm('person-1');
  t.is(box.keeper.now(), START + 400 * DAY);
  t.deepEqual(box.events.at(-1), {
    kind: 'time_confirmed',
    actor: 'person-1',
    facts: { wall: START + 400 * DAY, by: 'person' },
  });
  t.throws(() => box.keeper.confirm('person-1'), { code: 'time_not_doubted' });
  box.setWall(START);
  t.is(box.keeper.now(), START + 400 * DAY);
  box.keeper.confirm('person-1');
  t.is(box.keeper.now(), START, 'a wrong time that was believed is taken back');
});

test('without audit log nobody confirms anything, and nothing new is believed', (t) => {
  const clock = new ManualClock(START);
  const refuse = () => {
    throw new Error('disk full');
  };
  const rows = new Map<string, string>();
  const state = {
    get: (name: string) => rows.get(name) ?? null,
    set: (name: string, value: string) => void rows.set(name, value),
  };
  const keeper = openTimeKeeper({ state, clock, append: refuse, sources: [] });
  t.is(keeper.now(), START);
  clock.setWall(START + 90 * DAY);
  t.throws(() => keeper.now(), { message: 'disk full' });
  t.throws(() => keeper.confirm('person-1'), { message: 'disk full' });
  t.is(believedSince(state), START);
});

test('two sources must agree, with each other and with the wall clock', (t) => {
  const answer = (name: string, says: number | null) => ({ name, says, wall: START });
  t.true(confirms([answer('a', START), answer('b', START - CONFIRMED_WITHIN_MS)]));
  t.false(confirms([answer('a', START)]));
  t.false(confirms([answer('a', START), answer('a', START)]), 'one source twice');
  t.false(confirms([answer('a', START), answer('b', null)]));
  t.false(confirms([answer('a', START), answer('b', START + DAY)]));
  t.false(confirms([answer('a', START), answer('b', START), answer('c', START + DAY)]), 'a contradiction');
});

test('a system that says nothing of its clock, or hangs, is no source', async (t) => {
  const clock = new ManualClock(START);
  t.is(await systemTimeSource(clock, '/bin/false').now(), null);
  t.is(await systemTimeSource(clock, '/no/such/command').now(), null);
  t.is(await systemTimeSource(clock, '/bin/echo').now(), null, 'an answer that is not yes');
});

test('whether a time service keeps the clock is yes, no, or not known', async (t) => {
  const says = (answer: string) => {
    const command = join(mkdtempSync(join(tmpdir(), 'clock-')), 'timedatectl');
    writeFileSync(command, `#!/bin/sh\necho ${answer}\n`, { mode: 0o700 });
    return synchronised(command);
  };
  t.deepEqual(await Promise.all(['yes', 'no', ''].map(says)), [true, false, null]);
  t.is(await synchronised('/no/such/command'), null);
});

type Act =
  | { readonly do: 'pass' | 'off' | 'lie'; readonly ms: number }
  | { readonly do: 'set'; readonly byMs: number }
  | { readonly do: 'right' | 'person' }
  | { readonly do: 'reach'; readonly count: 0 | 1 | 2 }
  | { readonly do: 'record'; readonly days: number };

const act = fc.oneof<fc.Arbitrary<Act>[]>(
  fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 3 * DAY }) }),
  fc.record({ do: fc.constant('off' as const), ms: fc.integer({ min: 0, max: 30 * DAY }) }),
  // The clock is changed while the box is off.
  fc.record({ do: fc.constant('lie' as const), ms: fc.integer({ min: 0, max: 14 * DAY }) }),
  fc.record({ do: fc.constant('set' as const), byMs: fc.integer({ min: -400 * DAY, max: 400 * DAY }) }),
  fc.record({ do: fc.constant('set' as const), byMs: fc.integer({ min: -2 * HOUR, max: 2 * HOUR }) }),
  fc.record({ do: fc.constant('right' as const) }),
  fc.record({ do: fc.constant('person' as const) }),
  fc.record({ do: fc.constant('reach' as const), count: fc.constantFrom<0 | 1 | 2>(0, 1, 2) }),
  fc.record({ do: fc.constant('record' as const), days: fc.integer({ min: 1, max: 60 }) }),
);

test('whatever is done to the clock, nothing goes long before its day, and once confirmed nothing stays past it', async (t) => {
  const seed = Number(process.env.BELKLUIS_SEED ?? Date.now() % 2 ** 31);
  t.log(`BELKLUIS_SEED=${seed}`);
  const walk = async (acts: readonly Act[]) => {
    const box = machine();
    await box.keeper.check();
    let kept: { expiresAt: number; trueExpiry: number }[] = [];
    let last = box.keeper.now();
    for (const next of acts) {
      let confirmed = false;
      if (next.do === 'pass') box.pass(next.ms);
      if (next.do === 'off') box.off(next.ms);
      if (next.do === 'lie') {
        box.setWall(box.wall() + next.ms);
        box.off(0);
      }
      if (next.do === 'set') box.setWall(box.wall() + next.byMs);
      if (next.do === 'right') box.setWall(box.truth());
      if (next.do === 'reach') box.reach(next.count);
      if (next.do === 'record') {
        const startedAt = Math.max(box.wall(), believedSince(box.state));
        // Dates that the box's clocks gave it too early are no matter of the purge: it keeps to what the row says.
        const lag = Math.max(0, box.truth() - startedAt);
        const days = next.days * DAY;
        kept.push({ expiresAt: startedAt + days, trueExpiry: box.truth() + days - lag });
      }
      const right = Math.abs(box.wall() - box.truth()) <= CONFIRMED_WITHIN_MS;
      if (next.do === 'person' && right && box.keeper.status().state !== 'ok') {
        box.keeper.confirm('person-1');
        confirmed = true;
      }
      const confirmations = box.kinds().filter((kind) => kind === 'time_confirmed').length;
      const believed = await box.keeper.check();
      confirmed ||= box.kinds().filter((kind) => kind === 'time_confirmed').length > confirmations;
      // Sources that agree may put it right by minutes without a word.
      const quietly = box.reached() === 2 ? CONFIRMED_WITHIN_MS : 0;
      if (!confirmed) t.true(believed >= last - quietly, 'time goes back only when it is confirmed');
      t.true(believed <= box.truth() + MAX_UNPROVEN_MS + CONFIRMED_WITHIN_MS, 'never far ahead of the truth');
      for (const { trueExpiry } of kept.filter(({ expiresAt }) => expiresAt <= believed)) {
        t.true(box.truth() >= trueExpiry - MAX_UNPROVEN_MS - CONFIRMED_WITHIN_MS, 'never long before its day');
      }
      kept = kept.filter(({ expiresAt }) => expiresAt > believed);
      if (confirmed) t.true(kept.every(({ expiresAt }) => expiresAt > box.truth() - CONFIRMED_WITHIN_MS));
      last = believed;
    }
  };
  await fc.assert(fc.asyncProperty(fc.array(act, { maxLength: 60 }), walk), { seed, numRuns: 500 });
});

test('a box that keeps honest time, with pauses of two weeks in all, never hesitates', async (t) => {
  const pauses = fc.array(fc.integer({ min: 0, max: 2 * DAY }), { maxLength: 7 });
  await fc.assert(
    fc.asyncProperty(pauses, async (offs) => {
      const box = machine();
      await box.keeper.check();
      for (const off of offs) {
        box.pass(3 * DAY);
        t.is(await box.keeper.check(), box.truth());
        box.off(off);
        t.is(await box.keeper.check(), box.truth());
      }
      t.deepEqual(box.kinds(), []);
    }),
    { numRuns: 100 },
  );
});
