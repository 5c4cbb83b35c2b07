import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { type Audit, audit, HOUR_MS, hiddenCount } from './audit.ts';

const golden = audit.parse(readFileSync(join(import.meta.dirname, 'golden/1/audit.json')));
const { body, ...about } = golden.ok ? golden.message : (undefined as never);
const taken = (changed: Partial<Audit>) =>
  audit.parse(Buffer.from(JSON.stringify({ ...about, body: { ...body, ...changed } }))).ok;

test('one, four and none of an hour are told alike', (t) => {
  for (const few of [0, 1, 4]) t.is(hiddenCount(few), null);
  t.is(hiddenCount(5), 5);
});

test('few of an hour are refused where they are told', (t) => {
  const hour = { ...body.hours[0]!, released: 4 };
  t.false(taken({ hours: [hour] }));
  t.true(taken({ hours: [{ ...hour, released: 5 }] }));
});

test('counts are of whole hours, each once', (t) => {
  const [first] = body.hours;
  t.false(taken({ hours: [{ ...first!, hour: first!.hour + HOUR_MS / 2 }] }));
  t.false(taken({ hours: [first!, first!] }));
});

test('a note is a checkpoint of a box with one signature, and nothing beside it', (t) => {
  const { note } = body;
  t.true(taken({ note }));
  const extra = note.replace('\n\n', '\nCalled 0201234567\n\n');
  for (const other of [
    extra,
    `${note}${note.slice(note.indexOf('—'))}`,
    note.replace(/— box\/./, '— box/0'),
    `${note}\n`,
    note.slice(1),
  ])
    t.false(taken({ note: other }), other);
});
