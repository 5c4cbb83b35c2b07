import { randomBytes } from 'node:crypto';
import { downMessages, upMessages } from '@belkluis/shared/contract/messages';
import { BROADCAST_TOPIC, downFilter } from '@belkluis/shared/contract/topics';
import test from 'ava';
import fc from 'fast-check';
import { matches } from './filter.ts';
import { mayFleetPublish, mayPublish, mayRead, maySubscribe } from './rights.ts';

const own = randomBytes(16).toString('hex');
const other = randomBytes(16).toString('hex');
const id = '01JDJ9YZ5T2V3W4X5Y6Z7A8B9C';
const topicOf = (message: { topic: (...ids: never[]) => string }, box: string) =>
  (message.topic as (...ids: string[]) => string)(box, id);

test('a box publishes each message of the contract that comes from a box, its own alone', (t) => {
  for (const message of Object.values(upMessages)) {
    const topic = topicOf(message, own);
    t.true(mayPublish(own, topic), topic);
    t.false(mayPublish(other, topic), topic);
    t.false(mayRead(own, topic), topic);
    t.false(mayFleetPublish(topic), topic);
  }
  for (const message of Object.values(downMessages)) {
    const topic = topicOf(message, own);
    t.false(mayPublish(own, topic), topic);
    t.true(mayRead(own, topic), topic);
    t.is(mayRead(other, topic), topic === BROADCAST_TOPIC, topic);
    t.true(mayFleetPublish(topic), topic);
    t.true(maySubscribe(own, topic.replace(id, '+')), topic);
  }
});

test('whatever a box may subscribe to, nothing of another is under it', (t) => {
  const level = fc.constantFrom(
    'f1',
    own,
    other,
    '_fleet',
    'dn',
    'up',
    '+',
    '#',
    'cmd',
    'desired',
    'bcast',
    id,
    '',
    '$SYS',
  );
  const filter = fc.array(level, { minLength: 1, maxLength: 6 }).map((levels) => levels.join('/'));
  const foreign = [...Object.values(downMessages), ...Object.values(upMessages)]
    .map((message) => topicOf(message, other))
    .filter((topic) => topic !== BROADCAST_TOPIC);
  t.true(maySubscribe(own, downFilter(own)));
  fc.assert(
    fc.property(filter, (asked) => !maySubscribe(own, asked) || !foreign.some((topic) => matches(asked, topic))),
    { numRuns: 20_000 },
  );
});

test('filters match as the standard’s examples say', (t) => {
  // MQTT 3.1.1, 4.7.1.2, 4.7.1.3 and 4.7.2.
  const yes = [
    ['sport/tennis/player1/#', 'sport/tennis/player1'],
    ['sport/tennis/player1/#', 'sport/tennis/player1/score/wimbledon'],
    ['sport/#', 'sport'],
    ['#', 'sport'],
    ['sport/+', 'sport/'],
    ['+/+', '/finance'],
    ['/+', '/finance'],
    ['$SYS/#', '$SYS/x'],
  ];
  const no = [
    ['sport/tennis/+', 'sport/tennis/player1/ranking'],
    ['sport/+', 'sport'],
    ['+', '/finance'],
    ['#', '$SYS/x'],
    ['+/monitor/Clients', '$SYS/monitor/Clients'],
    ['sport', 'sport/tennis'],
  ];
  for (const [filter, topic] of yes) t.true(matches(filter!, topic!), `${filter} ${topic}`);
  for (const [filter, topic] of no) t.false(matches(filter!, topic!), `${filter} ${topic}`);
});
