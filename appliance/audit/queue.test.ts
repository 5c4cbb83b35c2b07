import type { AuditEntry } from '@belkluis/shared/audit/event';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import type { TimedEntry } from './log.ts';
import { openAuditQueue, QUEUE_MAX } from './queue.ts';

function scene() {
  const world = { works: true, written: [] as TimedEntry[], reported: [] as string[] };
  const clock = new ManualClock();
  const queue = openAuditQueue({
    clock,
    report: (event) => world.reported.push(event),
    log: {
      appendAll(entries) {
        if (!world.works) throw new Error('disk full');
        world.written.push(...entries);
        return [];
      },
    },
  });
  return { world, clock, queue };
}

const ended = (recording: string): AuditEntry => ({
  kind: 'recording_gap',
  actor: 'box',
  facts: { recording, frames: 1, why: 'x' },
});
const names = (entries: readonly TimedEntry[]) =>
  entries.map((entry) => (entry.kind === 'recording_gap' ? entry.facts.recording : entry.kind));

test('what the log takes is written at once', (t) => {
  const { world, clock, queue } = scene();
  queue.note(ended('1'));
  t.deepEqual(names(world.written), ['1']);
  t.is(clock.pending, 0);
});

test('what the log refuses waits, in order and with its time, and is written when the log takes it', (t) => {
  const { world, clock, queue } = scene();
  const began = clock.now();
  world.works = false;
  queue.note(ended('1'));
  clock.advance(1000);
  queue.note(ended('2'));
  t.is(queue.waiting, 2);
  clock.advance(60_000);
  world.works = true;
  t.deepEqual(world.written, []);
  queue.note(ended('3'));
  clock.advance(5000);
  t.deepEqual(names(world.written), ['1', '2', '3']);
  t.deepEqual(
    world.written.map(({ at }) => at! - began),
    [0, 1000, 61_000],
  );
  t.is(queue.waiting, 0);
  t.is(clock.pending, 0);
  t.true(world.reported.includes('audit_refused'));
});

test('what does not fit is counted, and the log says so before the rest', (t) => {
  const { world, clock, queue } = scene();
  world.works = false;
  for (let at = 0; at < QUEUE_MAX; at++) queue.note(ended(`${at}`));
  const since = clock.now();
  queue.note(ended('lost'));
  clock.advance(2000);
  queue.note(ended('lost too'));
  t.is(queue.waiting, QUEUE_MAX);
  t.is(queue.dropped, 2);
  world.works = true;
  clock.advance(10_000);
  t.deepEqual(world.written[0]?.facts, { dropped: 2, since, until: since + 2000 });
  t.deepEqual(
    names(world.written).slice(1),
    Array.from({ length: QUEUE_MAX }, (_, at) => `${at}`),
  );
  t.deepEqual([queue.waiting, queue.dropped, clock.pending], [0, 0, 0]);
});

test('a log that refuses again in the middle loses nothing and repeats nothing', (t) => {
  const { world, clock, queue } = scene();
  world.works = false;
  for (let at = 0; at < 1200; at++) queue.note(ended(`${at}`));
  world.works = true;
  const { push } = world.written;
  world.written.push = (...entries) => {
    world.works = world.written.length + entries.length < 1000;
    return push.apply(world.written, entries);
  };
  clock.advance(5000);
  t.is(world.written.length, 1000);
  world.written.push = push;
  world.works = true;
  clock.advance(5000);
  t.deepEqual(
    names(world.written),
    Array.from({ length: 1200 }, (_, at) => `${at}`),
  );
});

test('an entry that the log would never take stops no other', (t) => {
  const { world, queue } = scene();
  queue.note({ kind: 'whatever', actor: 'x', facts: {} } as never);
  queue.note(ended('1'));
  t.deepEqual(names(world.written), ['1']);
  t.deepEqual(world.reported, ['audit_entry_malformed']);
});

test('at the end what waits is tried once more, and what is lost is said', (t) => {
  const { world, clock, queue } = scene();
  world.works = false;
  queue.note(ended('1'));
  queue.note(ended('2'));
  queue.close();
  t.is(clock.pending, 0);
  t.is(world.reported.at(-1), 'audit_lost');
  const again = scene();
  again.world.works = false;
  again.queue.note(ended('1'));
  again.world.works = true;
  again.queue.close();
  t.deepEqual(names(again.world.written), ['1']);
  t.false(again.world.reported.includes('audit_lost'));
});
