import test from 'ava';
import { MAX_REMEMBERED_DIGITS } from '../limits.ts';
import { SAME_PRESS_MS } from './limits.ts';
import { Presses } from './presses.ts';

const event = (digit: string, fromMs: number, toMs = fromMs + 100) => ({ digit, how: 'event' as const, fromMs, toMs });
const tone = (digit: string, fromMs: number, toMs = fromMs + 100) => ({ digit, how: 'tone' as const, fromMs, toMs });
const told = (...presses: readonly Parameters<Presses['isNew']>[0][]) => {
  const known = new Presses();
  return presses.filter((press) => known.isNew(press)).map(({ digit, how }) => `${digit} ${how}`);
};

test('a press that comes both ways is told once, whichever comes first', (t) => {
  t.deepEqual(told(event('1', 0), tone('1', 20)), ['1 event']);
  t.deepEqual(told(tone('1', 0, 60), event('1', 40, 3000)), ['1 tone']);
  t.deepEqual(told(event('1', 0), tone('1', 100 + SAME_PRESS_MS)), ['1 event']);
});

test('the same digit twice, both ways, is told twice, in whatever order', (t) => {
  t.is(told(event('1', 0), tone('1', 20), event('1', 200), tone('1', 220)).length, 2);
  t.is(told(tone('1', 0), event('1', 20), tone('1', 200), event('1', 220)).length, 2);
  t.is(told(event('1', 0), event('1', 200), tone('1', 20), tone('1', 220)).length, 2);
});

test('another digit, another time, and the same way are other presses', (t) => {
  t.is(told(event('1', 0), tone('2', 0)).length, 2);
  t.is(told(event('1', 0), tone('1', 101 + SAME_PRESS_MS)).length, 2);
  t.is(told(tone('1', 0), tone('1', 140), tone('1', 280)).length, 3);
});

test('what is remembered is bounded', (t) => {
  const many = Array.from({ length: MAX_REMEMBERED_DIGITS + 1 }, (_, i) => event('1', i));
  t.is(told(...many, ...many.map(({ fromMs }) => tone('1', fromMs))).length, many.length + 1);
});
