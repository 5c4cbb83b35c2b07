import { fc, testProp } from '@fast-check/ava';
import test from 'ava';
import { messages } from './messages.ts';
import { BROADCAST_TOPIC, commandTopic, downFilter, parseTopic, UP_FILTER, upTopic } from './topics.ts';

const box = '49c14d165b7ff7fbe60f6f12f201a493';
const id = '01M8B057G5PE993E4J6N5HM7Q3';
const all = Object.values(messages).map((message) => ({
  message,
  topic: (message.topic as (...ids: string[]) => string)(box, id),
}));

test('a topic says again what it was made of, each its own', (t) => {
  for (const { message, topic } of all) {
    const parsed = parseTopic(topic);
    t.is(parsed?.kind, message.name, topic);
    t.is(parsed?.box, message.name === 'broadcast' ? null : box);
    if (parsed?.kind === 'command' || parsed?.kind === 'response') t.is(parsed.command, id);
  }
  t.is(new Set(all.map(({ topic }) => topic)).size, all.length);
});

test('what a box may write begins with its own name, and what it hears too, but for the broadcast', (t) => {
  for (const { message, topic } of all) {
    const way = message.direction === 'up' ? 'up' : 'dn';
    t.is(topic.startsWith(`f1/${box}/${way}/`), message.name !== 'broadcast', topic);
  }
  t.is(downFilter(box), `f1/${box}/dn/#`);
  t.is(UP_FILTER, 'f1/+/up/#');
  t.is(BROADCAST_TOPIC, 'f1/_fleet/bcast');
});

test('what is retained is what is so, never what happens once', (t) => {
  const retained = all.filter(({ message }) => message.retain).map(({ message }) => message.name);
  t.deepEqual(retained, ['presence', 'reported', 'desired', 'broadcast']);
  t.true(all.every(({ message }) => message.qos === 1));
});

test('a topic that differs in anything is none of ours', (t) => {
  const other = 'a'.repeat(32);
  for (const topic of [
    '',
    'f1',
    `f1/${box}`,
    `f1/${box}/up`,
    `f1/${box}/up/`,
    `f1/${box}/up/nothing`,
    `f1/${box}/up/health/`,
    `f1/${box}/up/health/${id}`,
    `/f1/${box}/up/health`,
    `f1/${box}/dn/health`,
    `f1/${box}/up/desired`,
    `f1/${box}/up/rsp`,
    `f1/${box}/up/rsp/${id}/`,
    `f1/${box}/up/rsp/${id.toLowerCase()}`,
    `f1/${box}/up/cmd/${id}`,
    `f1/${box}/dn/cmd/+`,
    `f1/${box}/+/health`,
    `f1/+/up/health`,
    `f1/#`,
    `f1/${box}/up/#`,
    `f1/${box.toUpperCase()}/up/health`,
    `f1/${box}0/up/health`,
    `f1/${box}/${other}/up/health`,
    `f2/${box}/up/health`,
    `F1/${box}/up/health`,
    `f1/_fleet/up/health`,
    'f1/_fleet/bcast/',
    '$SYS/broker/uptime',
    `f1/${box}/up/health\u0000`,
    `f1/${box}/up/health\n`,
    `f1/${box}/up/__proto__`,
    `f1/${box}/up/constructor`,
  ])
    t.is(parseTopic(topic), null, topic);
});

test('nothing that is no id becomes part of a topic', (t) => {
  for (const bad of ['', '+', '#', '_fleet', `${box}/up`, `${box}\n`, '../..', box.toUpperCase()]) {
    t.throws(() => upTopic('health', bad), { instanceOf: RangeError });
    t.throws(() => commandTopic(box, bad), { instanceOf: RangeError });
  }
});

testProp(
  'a topic that is understood is written in one way alone',
  [fc.string(), fc.nat(all.length - 1)],
  (t, text, at) => {
    const { topic } = all[at]!;
    t.is(parseTopic(text), null);
    if (text !== '') t.is(parseTopic(topic + text), null);
  },
);
