import { fc, testProp } from '@fast-check/ava';
import test from 'ava';
import { z } from 'zod';
import { command, commandSchema } from './command.ts';
import { whole } from './fields.ts';
import { MAX_MESSAGE_BYTES } from './limits.ts';
import { defineMessage, type Read, refusals, stamp } from './message.ts';
import { downMessages, messages } from './messages.ts';
import { commandTopic } from './topics.ts';

const now = Date.UTC(2026, 10, 26);
const id = '01M8B057G5PE993E4J6N5HM7Q3';
const good = { id, ts: now, seq: 1, body: { op: 'sync' as const, expiresAt: now + 1000 } };
const text = command.format(good).toString();
const refusedOf = (read: Read<unknown>) => (read.ok ? 'none' : read.refused);
const parse = (bytes: string | Buffer) => refusedOf(command.parse(Buffer.from(bytes)));

test('what was written is read', (t) => {
  t.deepEqual(command.parse(Buffer.from(text)), { ok: true, message: { v: 1, ...good } });
});

test('bytes that are no message are refused, each by its code', (t) => {
  t.is(parse(''), 'not_json');
  t.is(parse(text.slice(0, -1)), 'not_json');
  t.is(parse(`\uFEFF${text}`), 'not_json');
  t.is(parse(Buffer.concat([Buffer.from(text.slice(0, -2)), Buffer.from([0xc3, 0x28])])), 'not_utf8');
  t.is(parse(Buffer.from(text, 'utf16le')), 'not_json');
  t.is(parse(`${text.slice(0, -1)}${' '.repeat(command.maxBytes)}}`), 'oversize');
  for (const value of ['null', '1', '"x"', '[]', '{}', '[[[', '{"v":"1"}', '{"v":0}', '{"v":1.5}', '{"v":1}'])
    t.regex(parse(value), /malformed|not_json/, value);
  t.is(parse(text.replace('"v":1', '"v":2')), 'version_unknown');
  t.is(parse(text.replace('sync', 'erase_all')), 'malformed');
  t.is(parse(text.replace(id, '0201234567')), 'malformed');
  t.is(parse(text.replace('"seq":1', '"seq":-1')), 'malformed');
});

test('a field that the form does not have is refused, outside and inside, whatever it is called', (t) => {
  for (const name of ['caller', '__proto__', 'constructor', 'toString', '', 'V']) {
    t.is(parse(`${text.slice(0, -1)},"${name}":"0201234567"}`), 'unknown_field', name);
    t.is(parse(text.replace('"body":{', `"body":{"${name}":1,`)), 'unknown_field', name);
  }
});

test('a message that reads in two ways is refused', (t) => {
  t.is(parse(text.replace('"op":"sync"', '"op":"renew","op":"sync"')), 'ambiguous');
  t.is(parse(text.replace('"seq":1', '"seq":2,"seq":1')), 'ambiguous');
  t.is(parse(text.replace('"seq":1', '"seq":1.0')), 'ambiguous');
  t.is(parse(text.replace('"op"', '"\\u006fp"')), 'ambiguous');
  t.is(parse(` ${text}`), 'ambiguous');
});

test('a refusal says where, by names of ours alone', (t) => {
  const inside = command.parse(Buffer.from(text.replace('"body":{', '"body":{"0201234567":1,')));
  t.deepEqual(inside, { ok: false, refused: 'unknown_field', at: 'body' });
  const wrong = command.parse(Buffer.from(text.replace('sync', 'jansen')));
  t.deepEqual(wrong, { ok: false, refused: 'malformed', at: 'body.op' });
});

test('nesting to the last byte is refused like anything else', (t) => {
  const half = Math.floor(MAX_MESSAGE_BYTES / 2) - 60;
  const deep = `{"v":1,"id":"${id}","ts":1,"seq":1,"body":${'['.repeat(half)}${']'.repeat(half)}}`;
  for (const { parse } of Object.values(messages)) t.regex(refusedOf(parse(Buffer.from(deep))), /oversize|malformed/);
});

testProp('no bytes make it throw', [fc.uint8Array({ maxLength: 300 }), fc.jsonValue()], (t, bytes, value) => {
  for (const { parse } of Object.values(messages)) {
    t.true(refusedOf(parse(bytes)) in refusals);
    t.true(refusedOf(parse(Buffer.from(JSON.stringify({ v: 1, id, ts: now, seq: 1, body: value }) ?? ''))) in refusals);
  }
});

test('nothing is written that would not be read', (t) => {
  t.throws(() => command.format({ ...good, body: { ...good.body, op: 'erase' as 'sync' } }), {
    instanceOf: RangeError,
  });
  t.throws(() => command.format({ ...good, body: { ...good.body, caller: '0201234567' } as never }), {
    instanceOf: RangeError,
  });
});

test('a fleet has no way to bring a program to a box, or to have it run one: what it may say is this, and no more', (t) => {
  // What a new one could do to a box has to be thought of first, and what changes it has to come signed.
  t.deepEqual(Object.keys(downMessages).sort(), ['broadcast', 'certificate', 'command', 'cosignature', 'desired']);
  t.deepEqual(commandSchema.shape.op.options, ['sync', 'renew', 'test_call']);
  t.deepEqual(Object.keys(commandSchema.shape).sort(), ['expiresAt', 'op']);
  const read = (op: string) =>
    command.parse(Buffer.from(JSON.stringify({ v: 1, ...good, body: { ...good.body, op } })));
  t.true(read('sync').ok);
  for (const op of ['update', 'run', 'reboot', 'install']) t.is(refusedOf(read(op)), 'malformed');
});

test('a clock that was never set stamps nothing that is refused', (t) => {
  for (const at of [0, -1, now + 0.5, 1e15]) t.notThrows(() => command.format({ ...good, ts: stamp(at) }));
});

// A message that has changed twice, as one will look some day.
const changed = defineMessage({
  ...command,
  topic: commandTopic,
  schema: z.strictObject({ seconds: whole(0, 100), slow: z.boolean() }),
  version: 5,
  former: [
    {
      since: 3,
      schema: z.strictObject({ seconds: whole(0, 100) }),
      upgrade: ({ seconds }: { seconds: number }) => ({ seconds, slow: seconds > 10 }),
      downgrade: ({ seconds }) => ({ seconds }),
    },
    {
      since: 1,
      schema: z.strictObject({ minutes: whole(0, 1) }),
      upgrade: ({ minutes }: { minutes: number }) => ({ seconds: minutes * 60, slow: true }),
      downgrade: ({ seconds }) => ({ minutes: Math.floor(seconds / 60) }),
    },
  ],
});

test('forms of before are read as the present one', (t) => {
  const read = (v: number, body: object) =>
    changed.parse(Buffer.from(JSON.stringify({ v, id, ts: now, seq: 1, body })));
  t.like(read(5, { seconds: 5, slow: false }), { ok: true, message: { v: 5, body: { seconds: 5, slow: false } } });
  t.like(read(3, { seconds: 20 }), { ok: true, message: { v: 3, body: { seconds: 20, slow: true } } });
  t.like(read(1, { minutes: 1 }), { ok: true, message: { v: 1, body: { seconds: 60, slow: true } } });
  t.is(refusedOf(read(3, { seconds: 20, slow: true })), 'unknown_field');
  t.is(refusedOf(read(4, { seconds: 20 })), 'version_unknown');
  t.is(refusedOf(read(6, { seconds: 20, slow: true })), 'version_unknown');
});

test('who is behind is written to in the newest form that it reads', (t) => {
  const body = { seconds: 60, slow: true };
  const formOf = (reads?: number) => JSON.parse(changed.format({ id, ts: now, seq: 1, body }, reads).toString());
  t.like(formOf(), { v: 5, body });
  t.like(formOf(9), { v: 5, body });
  t.deepEqual(formOf(4), { v: 3, id, ts: now, seq: 1, body: { seconds: 60 } });
  t.deepEqual(formOf(2), { v: 1, id, ts: now, seq: 1, body: { minutes: 1 } });
});
