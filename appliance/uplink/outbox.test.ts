import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import type { Event } from '@belkluis/shared/contract/event';
import type { Health } from '@belkluis/shared/contract/health';
import type { Envelope } from '@belkluis/shared/contract/message';
import { messages, type upMessages } from '@belkluis/shared/contract/messages';
import { parseTopic } from '@belkluis/shared/contract/topics';
import { fc, testProp } from '@fast-check/ava';
import test from 'ava';
import { openDatabase } from '../db/open.ts';
import { MAX_AGE_MS } from './limits.ts';
import { type Outgoing, openOutbox } from './outbox.ts';
import { migrations } from './schema.ts';
import { BOX, healthAt } from './testing/sample.ts';

const START = Date.UTC(2026, 10, 26);
const MINUTE = 60_000;
const chance = seededChance('outbox');
const newPath = () => join(mkdtempSync(join(tmpdir(), 'outbox-')), 'uplink.db');

function opened(limits?: { waiting: number; bytes: number }, path = newPath(), clock = new ManualClock(START)) {
  const database = openDatabase(path, { migrations });
  const outbox = openOutbox({ database, boxId: BOX, clock, chance, ...(limits && { limits }) });
  return { database, outbox, clock, path };
}

/** Everything that waits, as the fleet would read it. */
function all({ outbox }: Pick<ReturnType<typeof opened>, 'outbox'>) {
  const read: { kind: string; message: Envelope<unknown>; sent: Outgoing }[] = [];
  for (let place = 0; ; ) {
    const sent = outbox.next(place);
    if (!sent) return read;
    place = sent.place;
    const kind = parseTopic(sent.topic)!.kind as keyof typeof upMessages;
    const message = messages[kind].parse(sent.bytes);
    if (!message.ok) throw new Error(message.refused);
    read.push({ kind, message: message.message, sent });
  }
}

const finding = (code = 'disk_low', on = true): Event => ({ is: 'finding', code, level: 'warn', on }) as Event;
const gapsIn = (read: ReturnType<typeof all>) =>
  read.flatMap(({ kind, message }) => {
    const body = message.body as Event;
    return kind === 'event' && body.is === 'gap' ? [body] : [];
  });
const healthIn = (read: ReturnType<typeof all>) =>
  read.filter(({ kind }) => kind === 'health').map(({ message }) => message.body as Health);

test('what was queued is there after a restart, in its order, and goes again under the same id and number until it is forgotten', (t) => {
  const first = opened();
  first.outbox.add('event', finding());
  first.outbox.add('health', healthAt(START, 1));
  first.outbox.answer('01M8B057G5PE993E4J6N5HM7Q3', { state: 'done' });
  const before = all(first);
  t.deepEqual(
    before.map(({ kind, message }) => [kind, message.seq]),
    [
      ['event', 1],
      ['health', 2],
      ['response', 3],
    ],
  );
  first.database.close();
  const again = opened(undefined, first.path);
  t.deepEqual(all(again), before);
  again.outbox.forget(before[0]!.sent.place);
  t.deepEqual(all(again), before.slice(1));
  again.outbox.add('event', finding('disk_low', false));
  t.is(all(again).at(-1)!.message.seq, 4);
});

test('a place is never given twice, so nothing new is taken for something that went', (t) => {
  const { outbox } = opened();
  outbox.add('event', finding());
  const sent = outbox.next(0)!;
  outbox.forget(sent.place);
  outbox.add('event', finding());
  t.true(outbox.next(sent.place) !== null);
});

test('a day without a fleet is told in steps of five minutes, the worst of each, and the last quarter by the minute', (t) => {
  const box = opened();
  box.database.transaction(() => {
    for (let minute = 0; minute < 1440; minute++) {
      box.outbox.add('health', healthAt(box.clock.now(), minute % 5 === 3 ? 90 : 10));
      box.clock.advance(MINUTE);
    }
  })();
  const samples = healthIn(all(box));
  t.is(
    samples.reduce((sum, one) => sum + one.samples, 0),
    1440,
  );
  t.true(samples.length < 288 + 20, String(samples.length));
  t.deepEqual(samples[0], { ...healthAt(START, 90), until: START + 4 * MINUTE, samples: 5 });
  t.is(samples.at(-1)!.samples, 1);
});

test('what waits for more than a week is given up, and that is told once', (t) => {
  const box = opened();
  box.outbox.add('event', finding());
  box.outbox.add('health', healthAt(START, 1));
  box.clock.advance(MAX_AGE_MS);
  box.outbox.add('event', finding('disk_low', false));
  t.is(box.outbox.waiting(), 3);
  box.clock.advance(1);
  box.outbox.add('event', finding());
  box.outbox.tellGaps();
  box.outbox.tellGaps();
  const read = all(box);
  t.deepEqual(
    gapsIn(read).map(({ of, lost, why, from }) => [of, lost, why, from]),
    [
      ['event', 1, 'age', START],
      ['health', 1, 'age', START],
    ],
  );
  t.is(read.length, 4);
});

test('what may have reached the fleet is not given up: it has a number, and a hole is a loss', (t) => {
  const box = opened({ waiting: 1, bytes: 1e6 });
  box.outbox.add('event', finding());
  t.is(all(box).length, 1);
  box.clock.advance(2 * MAX_AGE_MS);
  box.outbox.add('event', finding());
  const read = all(box);
  t.deepEqual(
    read.map(({ message }) => message.seq),
    [1],
  );
});

test('for want of room health goes before what happened, the oldest first, and a gap is never a gap itself', (t) => {
  const box = opened({ waiting: 10, bytes: 1e6 });
  for (let at = 0; at < 5; at++) {
    box.outbox.add('health', healthAt(box.clock.now(), at));
    box.outbox.add('event', finding());
    box.clock.advance(10 * MINUTE);
  }
  for (let at = 0; at < 3; at++) box.outbox.add('event', finding());
  t.deepEqual(
    healthIn(all(box)).map(({ gauges }) => gauges.cpu_percent),
    [3, 4],
  );
  box.outbox.tellGaps();
  t.like(gapsIn(all(box))[0], { of: 'health', lost: 3, why: 'room', from: START, until: START + 20 * MINUTE });
});

test('bytes are bounded as rows are', (t) => {
  const box = opened({ waiting: 1000, bytes: 2000 });
  for (let at = 0; at < 100; at++) box.outbox.add('event', finding());
  const kept = all(box);
  const bytes = kept.reduce((sum, { message }) => sum + JSON.stringify(message.body).length, 0);
  t.true(bytes <= 2000 && bytes > 1800, String(bytes));
  box.outbox.tellGaps();
  t.is(gapsIn(all(box))[0]!.lost, 100 - kept.length);
});

test('what an older program has queued is read in its form; what nobody can read is counted, and stops nothing', (t) => {
  const box = opened();
  box.outbox.add('event', finding());
  box.outbox.add('event', finding('trunk_down'));
  box.database.prepare(`UPDATE outbox SET form = 99 WHERE place = 1`).run();
  t.deepEqual(
    all(box).map(({ message }) => [message.seq, (message.body as { code: string }).code]),
    [[1, 'trunk_down']],
  );
  box.outbox.tellGaps();
  t.like(gapsIn(all(box))[0], { of: 'event', lost: 1, why: 'form' });
});

test('what the fleet would refuse is not queued', (t) => {
  const box = opened();
  const telling = { ...finding(), caller: '0201234567' };
  t.throws(() => box.outbox.add('event', telling), { instanceOf: RangeError });
  t.throws(() => box.outbox.add('health', { ...healthAt(START, 1), gauges: { cpu_percent: 101 } }), {
    instanceOf: RangeError,
  });
  t.is(box.outbox.waiting(), 0);
});

test('a clock that is not set yet stops nothing', (t) => {
  const box = opened(undefined, newPath(), new ManualClock(0));
  box.outbox.add('event', finding());
  t.is(all(box).length, 1);
});

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('health' as const), ms: fc.integer({ min: 0, max: 400_000 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('event' as const), ms: fc.integer({ min: 0, max: 400_000 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('send' as const), ms: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('away' as const), ms: fc.nat(MAX_AGE_MS) }) },
);

testProp(
  'whatever happens, each sample and each event arrives or is in a gap that is told, and no number is missing',
  [fc.array(step, { maxLength: 60 })],
  (t, steps) => {
    const box = opened({ waiting: 12, bytes: 4000 });
    const made = { health: 0, event: 0 };
    const arrived: ReturnType<typeof all> = [];
    const send = (most: number) => {
      for (let sent = 0; sent < most; sent++) {
        box.outbox.tellGaps();
        const [first] = all({ outbox: { ...box.outbox, next: (place) => (place === 0 ? box.outbox.next(0) : null) } });
        if (!first) return;
        arrived.push(first);
        box.outbox.forget(first.sent.place);
      }
    };
    box.database.transaction(() => {
      for (const { do: what, ms } of steps) {
        box.clock.advance(what === 'send' ? 0 : ms);
        if (what === 'send') send(ms);
        else if (what !== 'away') {
          made[what]++;
          box.outbox.add(what, what === 'health' ? healthAt(box.clock.now(), 1) : finding());
        }
      }
      send(1000);
    })();
    const lost = { health: 0, event: 0 };
    for (const gap of gapsIn(arrived)) lost[gap.of as 'health' | 'event'] += gap.lost;
    const events = arrived.filter(({ kind, message }) => kind === 'event' && (message.body as Event).is === 'finding');
    t.is(events.length + lost.event, made.event);
    const samples = healthIn(arrived).reduce((sum, one) => sum + one.samples, 0);
    t.is(samples + lost.health, made.health);
    t.deepEqual(
      arrived.map(({ message }) => message.seq),
      arrived.map((_, at) => at + 1),
    );
    box.database.close();
  },
  { numRuns: 60 },
);
