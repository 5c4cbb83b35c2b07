import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import { PACE_WINDOW_MS, TICK_FROM_PACKETS_PER_S } from './limits.ts';
import { type Ticks, ticks } from './ticks.ts';

const turns = async (count: number) => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
};

function setUp(due = 1000) {
  const clock = new ManualClock();
  const setup: {
    readonly clock: ManualClock;
    readonly pace: Ticks;
    count: number;
    packets: number;
    onTick: () => void;
    /** As if packets at this rate had come since the last round. */
    arrive(perSecond: number): void;
  } = {
    clock,
    count: 0,
    packets: 0,
    onTick: () => {},
    arrive(perSecond: number) {
      clock.advance(PACE_WINDOW_MS);
      setup.packets += (perSecond * PACE_WINDOW_MS) / 1000;
    },
    pace: ticks({
      clock,
      everyTick: () => {
        setup.count++;
        setup.onTick();
        return due;
      },
      packets: () => setup.packets,
    }),
  };
  return setup;
}

test('without work it does not tick at all', async (t) => {
  const setup = setUp();
  await turns(5);
  t.is(setup.count, 0);
  setup.pace.start();
  await turns(2);
  setup.pace.stop();
  const stopped = setup.count;
  setup.clock.advance(10_000);
  await turns(5);
  t.is(setup.count, stopped);
  t.is(setup.clock.pending, 0);
});

test('with few packets it sleeps until something is due, or it is started again', async (t) => {
  const setup = setUp(50);
  setup.pace.start();
  await turns(5);
  t.is(setup.count, 1);
  setup.clock.advance(49);
  await turns(2);
  t.is(setup.count, 1);
  setup.clock.advance(1);
  t.is(setup.count, 2);
  setup.pace.start();
  await turns(2);
  t.is(setup.count, 3);
  t.is(setup.clock.pending, 1);
  setup.pace.stop();
});

test('with many packets it ticks once a round, and stops doing so when they are fewer', async (t) => {
  const setup = setUp();
  setup.onTick = () => setup.arrive(TICK_FROM_PACKETS_PER_S);
  setup.pace.start();
  setup.pace.start();
  await turns(6);
  t.true(setup.count >= 5 && setup.count <= 7, `${setup.count}`);
  setup.onTick = () => setup.arrive(TICK_FROM_PACKETS_PER_S / 2);
  await turns(4);
  const slow = setup.count;
  await turns(5);
  t.is(setup.count, slow);
  setup.pace.stop();
});

test('work may end within a tick', async (t) => {
  const setup = setUp();
  setup.onTick = () => setup.pace.stop();
  setup.pace.start();
  await turns(5);
  t.is(setup.count, 1);
  t.is(setup.clock.pending, 0);
});
