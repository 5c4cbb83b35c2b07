import test from 'ava';
import { Hand } from './hand.ts';

test('who reads goes on with each message that is kept, though it reads the next one at once', (t) => {
  const hand = new Hand(2);
  let read = 0;
  const readOn = () => {
    if (read === 10) return;
    read++;
    hand.taken();
    hand.whenRoom(readOn);
  };
  readOn();
  t.is(read, 2, 'it waits with two in hand');
  for (let kept = 1; kept <= 8; kept++) {
    hand.kept();
    t.is(read, 2 + kept);
  }
});

test('who never waited is not called', (t) => {
  const hand = new Hand(1);
  hand.taken();
  hand.kept();
  let called = 0;
  hand.whenRoom(() => called++);
  t.is(called, 1);
  hand.taken();
  hand.kept();
  t.is(called, 1);
});
