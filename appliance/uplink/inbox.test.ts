import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import { newUlid } from '@belkluis/shared/base/ulid';
import type { Command } from '@belkluis/shared/contract/command';
import type { Envelope } from '@belkluis/shared/contract/message';
import { response } from '@belkluis/shared/contract/response';
import test from 'ava';
import { openDatabase } from '../db/open.ts';
import { openInbox } from './inbox.ts';
import { migrations } from './schema.ts';
import { openStore } from './store.ts';
import { BOX } from './testing/sample.ts';

const START = Date.UTC(2026, 10, 26);
const chance = seededChance('inbox');
const newPath = () => join(mkdtempSync(join(tmpdir(), 'inbox-')), 'uplink.db');

function box() {
  const clock = new ManualClock(START);
  const path = newPath();
  let store = openStore({ path, boxId: BOX, clock, chance });
  return {
    clock,
    hear: (message: Envelope<Command>) => store.inbox.hear(message),
    answer: (id: string, state: 'done') => store.inbox.answer(id, { state }),
    restart() {
      store.close();
      store = openStore({ path, boxId: BOX, clock, chance });
    },
    /** Answers that were not fetched yet. */
    answers() {
      const found: unknown[] = [];
      for (let sent = store.outbox.next(0); sent; sent = store.outbox.next(0)) {
        const read = response.parse(sent.bytes);
        if (read.ok) found.push(read.message.body);
        store.outbox.forget(sent.place);
      }
      return found;
    },
  };
}

const asked = (expiresAt = START + 3_600_000): Envelope<Command> => ({
  v: 1,
  id: newUlid(START, chance),
  ts: START,
  seq: 1,
  body: { op: 'test_call', expiresAt },
});

test('a command is done once; who asks again hears what became of it', (t) => {
  const it = box();
  const command = asked();
  t.true(it.hear(command));
  t.false(it.hear(command));
  it.answer(command.id, 'done');
  t.false(it.hear(command));
  t.deepEqual(it.answers(), [{ state: 'accepted' }, { state: 'accepted' }, { state: 'done' }, { state: 'done' }]);
});

test('a restart does nothing again', (t) => {
  const it = box();
  const command = asked();
  it.hear(command);
  it.answer(command.id, 'done');
  it.restart();
  t.false(it.hear(command));
  t.deepEqual(it.answers().at(-1), { state: 'done' });
});

test('what the box went down in is not done again, and is told as broken off', (t) => {
  const it = box();
  const command = asked();
  it.hear(command);
  it.restart();
  t.false(it.hear(command));
  t.deepEqual(it.answers().slice(1), [
    { state: 'failed', why: 'interrupted' },
    { state: 'failed', why: 'interrupted' },
  ]);
});

test('a command whose time is over is refused, also when the clock goes back later', (t) => {
  const it = box();
  const command = asked(START);
  t.false(it.hear(command));
  it.clock.setWall(START - 10_000);
  t.false(it.hear(command));
  t.deepEqual(it.answers(), [
    { state: 'refused', why: 'expired' },
    { state: 'refused', why: 'expired' },
  ]);
});

test('so many are remembered; one that could be done again is never forgotten for new ones', (t) => {
  const most = 10;
  const said: string[] = [];
  const database = openDatabase(newPath(), { migrations });
  const outbox = { answer: (_: string, answer: unknown) => said.push(JSON.stringify(answer)).toString() };
  const inbox = openInbox({ database, outbox, clock: new ManualClock(START), most });
  const first = asked();
  t.true(inbox.hear(first));
  inbox.answer(first.id, { state: 'done' });
  for (let at = 1; at < most; at++) t.false(inbox.hear(asked(START)));
  // Those were over when they came, so they make room.
  for (let at = 1; at < most; at++) t.true(inbox.hear(asked()));
  t.false(inbox.hear(asked()));
  t.is(said.at(-1), '{"state":"refused","why":"too_often"}');
  t.false(inbox.hear(first));
  t.is(said.at(-1), '{"state":"done"}');
});
