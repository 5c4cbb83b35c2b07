import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { seededChance } from '@belkluis/shared/base/chance';
import { Counters } from '@belkluis/shared/base/counters';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import { newUlid } from '@belkluis/shared/base/ulid';
import { stamp } from '@belkluis/shared/contract/message';
import { upMessages } from '@belkluis/shared/contract/messages';
import { downTopic, responseTopic, upTopic } from '@belkluis/shared/contract/topics';
import test from 'ava';
import { type Arrived, type IngestNotice, openIngest } from './ingest.ts';
import { MAX_AGE_MS, MAX_AHEAD_MS, NOTICE_EVERY_MS } from './limits.ts';
import type { Said } from './store.ts';
import { memoryStore } from './testing/memory-store.ts';

const chance = seededChance('ingest');
const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 86_400_000;
const newId = () => randomBytes(16).toString('hex');

interface Box {
  readonly id: string;
  boot: string;
  conn: number;
  seq: number;
}

function bench() {
  const clock = new ManualClock(Date.UTC(2026, 10, 26));
  const counters = new Counters();
  const notices: IngestNotice[] = [];
  const store = memoryStore();
  const begin = () => openIngest({ clock, counters, store, notice: (notice) => notices.push(notice) });
  let ingest = begin();
  const enrolled = (): Box => {
    const id = newId();
    store.boxes.add(id);
    return { id, boot: newId(), conn: 0, seq: 0 };
  };
  const take = (arrived: Partial<Arrived> & Pick<Arrived, 'topic' | 'payload'>) =>
    ingest.take({ retained: false, again: false, ...arrived });
  /** As a box makes it, by its own clock. */
  const envelope = (box: Box, ts = clock.now()) => ({ id: newUlid(ts, chance), ts: stamp(ts), seq: ++box.seq });
  const finding = (box: Box, ts?: number) => ({
    topic: upTopic('event', box.id),
    payload: upMessages.event.format({
      ...envelope(box, ts),
      body: { is: 'finding', code: 'trunk_down', level: 'bad', on: true },
    }),
  });
  /** It takes no number, and repeats the last. */
  const presence = (box: Box, ts = clock.now(), is: 'online' | 'offline' = 'online') => ({
    topic: upTopic('presence', box.id),
    payload: upMessages.presence.format({
      id: newUlid(ts, chance),
      ts: stamp(ts),
      seq: box.seq,
      body: { is, boot: box.boot, conn: box.conn, software: 'v0.5.0', policyVersion: null, reads: 1 },
    }),
  });
  const restart = () => {
    ingest = begin();
  };
  const keptOf = (box: Box): Said[] => store.kept.filter((said) => said.box === box.id);
  const codesOf = (box: Box) => notices.filter((notice) => notice.box === box.id).map(({ code }) => code);
  return { clock, counters, notices, store, take, envelope, finding, presence, enrolled, restart, keptOf, codesOf };
}

test('what a box says is kept as it was said, with when it came; a response with its command', async (t) => {
  const { take, finding, enrolled, keptOf, envelope, clock, counters } = bench();
  const box = enrolled();
  await take(finding(box));
  const command = newUlid(clock.now(), chance);
  const response = upMessages.response.format({ ...envelope(box), body: { state: 'done' } });
  await take({ topic: responseTopic(box.id, command), payload: response });
  const [first, second] = keptOf(box);
  t.like(first, { kind: 'event', command: null, receivedAt: clock.now(), message: { seq: 1 } });
  t.like(second, { kind: 'response', command, message: { seq: 2 } });
  t.is(counters.get('ingest.kept'), 2);
});

test('what is no message is refused by its reason, counted each time and told once an hour; and is not sent again', async (t) => {
  const { take, finding, enrolled, store, counters, codesOf, clock, notices } = bench();
  const box = enrolled();
  const { topic, payload } = finding(box);
  const good = JSON.parse(payload.toString());
  const json = (value: unknown) => Buffer.from(JSON.stringify(value));
  const cases: [string, Buffer][] = [
    ['oversize', Buffer.alloc(5000, 0x20)],
    ['not_utf8', Buffer.from([0xff, 0xfe])],
    ['not_json', Buffer.from('')],
    ['version_unknown', json({ ...good, v: 999 })],
    ['malformed', json({ ...good, seq: -1 })],
    ['unknown_field', json({ ...good, body: { ...good.body, caller: '+31201234567' } })],
    ['ambiguous', Buffer.from(payload.toString().replace('{', '{ '))],
  ];
  for (const [, bytes] of cases) for (let n = 0; n < 3; n++) await t.notThrowsAsync(take({ topic, payload: bytes }));
  for (const [reason] of cases) t.is(counters.get(`ingest.${reason}`), 3, reason);
  t.deepEqual(
    codesOf(box),
    cases.map(([reason]) => reason),
  );
  clock.advance(NOTICE_EVERY_MS);
  await take({ topic, payload: cases[0]![1] });
  t.is(codesOf(box).length, cases.length + 1);
  t.is(store.kept.length, 0);
  // Nobody reads in an alarm what a message was not allowed to tell.
  t.false(JSON.stringify(notices).includes('31201234567'));
});

test('a topic that no box has, and a message of another kind than its topic, are refused', async (t) => {
  const { take, finding, presence, enrolled, store, counters } = bench();
  const box = enrolled();
  const { payload } = finding(box);
  const foreign = [downTopic('desired', box.id), 'f1/+/up/event', '$SYS/x', 'f1/_fleet/bcast', `f1/${box.id}/up`, ''];
  for (const topic of foreign) await take({ topic, payload });
  t.is(counters.get('ingest.topic_foreign'), foreign.length);
  await take({ topic: upTopic('health', box.id), payload: presence(box).payload });
  t.is(store.kept.length, 0);
});

test('what comes twice counts once; what comes changed under an id that was, does not count and is told', async (t) => {
  const { take, finding, enrolled, keptOf, counters, codesOf } = bench();
  const box = enrolled();
  const first = finding(box);
  await take(first);
  await take({ ...first, again: true });
  await take(first);
  t.is(keptOf(box).length, 1);
  t.is(counters.get('ingest.seen'), 2);
  t.deepEqual(codesOf(box), []);
  const changed = JSON.parse(first.payload.toString());
  changed.body.on = false;
  await take({ ...first, payload: Buffer.from(JSON.stringify(changed)) });
  t.is(keptOf(box).length, 1);
  box.seq = 0;
  await take(finding(box));
  // A box that lost its memory is heard nevertheless.
  t.is(keptOf(box).length, 2);
  t.deepEqual(codesOf(box), ['changed', 'number_taken']);
});

test('a box that is not in the inventory is told, and nothing of it is kept', async (t) => {
  const { take, finding, presence, enrolled, store, codesOf } = bench();
  const box = enrolled();
  store.boxes.delete(box.id);
  await take(presence(box));
  await take(finding(box));
  t.is(store.kept.length, 0);
  t.deepEqual(codesOf(box), ['box_unknown']);
});

test('a store that cannot keep rejects, and the same message is kept when it comes again', async (t) => {
  const { take, finding, enrolled, store, keptOf, counters } = bench();
  const box = enrolled();
  const message = finding(box);
  store.fails = true;
  await t.throwsAsync(take(message), { message: 'no room' });
  t.is(counters.get('ingest.not_kept'), 1);
  store.fails = false;
  await take({ ...message, again: true });
  t.is(keptOf(box).length, 1);
});

test('a week away is taken, older is not; nor what is dated more than a day ahead', async (t) => {
  const { take, finding, presence, enrolled, keptOf, codesOf, clock } = bench();
  const box = enrolled();
  await take(presence(box));
  for (const age of [0, 7 * 86_400_000, MAX_AGE_MS]) await take(finding(box, clock.now() - age));
  t.is(keptOf(box).length, 4);
  t.deepEqual(codesOf(box), []);
  await take(finding(box, clock.now() - MAX_AGE_MS - 1));
  await take(finding(box, clock.now() + MAX_AHEAD_MS + 1));
  t.is(keptOf(box).length, 4);
  t.deepEqual(codesOf(box), ['from_past', 'from_future']);
});

test('a box whose clock is wrong is heard, and told when it changes: years behind, hours ahead, and right again', async (t) => {
  const { take, finding, presence, enrolled, keptOf, codesOf, clock, counters, notices } = bench();
  const box = enrolled();
  // A battery that is empty: it starts in 2024, whatever day it is.
  const behind = -2 * YEAR_MS;
  await take(presence(box, clock.now() + behind));
  for (let n = 0; n < 3; n++) await take(finding(box, clock.now() + behind - n * HOUR_MS));
  t.is(keptOf(box).length, 4);
  t.is(keptOf(box)[3]!.skewMs, behind);
  t.deepEqual(codesOf(box), ['clock_wrong']);
  t.is(notices[0]!.skewMs, behind);
  // Its time server answers at last, in the middle of the connection.
  await take(finding(box));
  t.is(keptOf(box).length, 5);
  await take(presence(box));
  t.deepEqual(codesOf(box), ['clock_wrong', 'clock_right']);
  await take(finding(box, clock.now() + 3 * HOUR_MS));
  t.is(keptOf(box).length, 7);
  t.deepEqual(codesOf(box), ['clock_wrong', 'clock_right', 'clock_wrong']);
  t.true(counters.get('ingest.clock_behind') >= 1);
  t.true(counters.get('ingest.clock_ahead') >= 1);
});

test('after a start of the fleet a box with a wrong clock is heard by what is remembered of it', async (t) => {
  const { take, finding, presence, enrolled, keptOf, codesOf, restart, clock } = bench();
  const box = enrolled();
  await take(presence(box, clock.now() - YEAR_MS));
  restart();
  await take(finding(box, clock.now() - YEAR_MS));
  t.is(keptOf(box).length, 2);
  t.deepEqual(codesOf(box), ['clock_wrong']);
});

test('a will of a long connection, and what was retained long ago, say nothing about clocks', async (t) => {
  const { take, presence, enrolled, envelope, keptOf, codesOf, clock } = bench();
  const box = enrolled();
  await take(presence(box, clock.now() - 90 * 86_400_000, 'offline'));
  await take({ ...presence(box, clock.now() - 90 * 86_400_000), retained: true });
  const old = clock.now() - 90 * 86_400_000;
  const golden = readFileSync(new URL('../../shared/contract/golden/1/reported.pending.json', import.meta.url));
  const { body } = JSON.parse(golden.toString());
  const payload = upMessages.reported.format({ ...envelope(box, old), body });
  await take({ topic: upTopic('reported', box.id), payload, retained: true });
  t.is(keptOf(box).length, 3);
  t.deepEqual(codesOf(box), []);
});

test('two copies of a box are told by their starts taking turns; a box that starts anew is not', async (t) => {
  const { take, presence, enrolled, codesOf, counters } = bench();
  const box = enrolled();
  const first = box.boot;
  for (let n = 0; n < 3; n++) {
    box.boot = newId();
    await take(presence(box));
    box.conn++;
    await take(presence(box));
  }
  t.deepEqual(codesOf(box), []);
  const second = box.boot;
  box.boot = first;
  await take(presence(box));
  box.boot = second;
  await take(presence(box));
  t.deepEqual(codesOf(box), ['clone_suspected']);
  t.is(counters.get('ingest.clone_suspected'), 1);
});
