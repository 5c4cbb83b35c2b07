import test from 'ava';
import fc from 'fast-check';
import { MAX_DROPOUT, REORDER_WINDOW } from './limits.ts';
import { HELD_BACK, SequenceGuard } from './sequence.ts';

const through = (numbers: readonly number[]) => {
  const guard = new SequenceGuard();
  return numbers.map((number) => guard.next(number));
};

test('numbers pass as they come, over the wrap, with losses and late packets', (t) => {
  const numbers = [65_530, 65_531, 65_535, 65_533, 1, 0, 2, 40, 35, 3];
  t.deepEqual(through(numbers), numbers);
});

test('a packet never leaves twice', (t) => {
  t.deepEqual(through([10, 10, 11, 11, 12, 10, 44, 12]), [10, HELD_BACK, 11, HELD_BACK, 12, HELD_BACK, 44, HELD_BACK]);
});

test('a source that starts over goes on from where it was, after two packets in a row', (t) => {
  t.deepEqual(through([5000, 5001, 7, 8, 9]), [5000, 5001, HELD_BACK, 5002, 5003]);
  t.deepEqual(through([5000, 5001, 9000, 9001, 9002]), [5000, 5001, HELD_BACK, 5002, 5003]);
});

test('one stray packet changes nothing', (t) => {
  t.deepEqual(through([5000, 5001, 7, 5002, 30_000, 5003]), [5000, 5001, HELD_BACK, 5002, HELD_BACK, 5003]);
});

test('loss up to MAX_DROPOUT and lateness up to the window are no restart', (t) => {
  t.deepEqual(through([0, MAX_DROPOUT]), [0, MAX_DROPOUT]);
  const edge = 1000 - REORDER_WINDOW;
  t.deepEqual(through([900, 1000, edge + 1]), [900, 1000, edge + 1]);
  t.deepEqual(through([900, 1000, edge]), [900, 1000, HELD_BACK]);
});

test('nothing leaves that came before the first: it would have no index', (t) => {
  t.deepEqual(through([0, 65_535, 1, 65_534, 2]), [0, HELD_BACK, 1, HELD_BACK, 2]);
});

test('whatever the sender does, no index leaves twice and none falls out of the window of the receiver', (t) => {
  const steps = fc.array(
    fc.oneof(
      { weight: 8, arbitrary: fc.constant(1) },
      { weight: 3, arbitrary: fc.integer({ min: -70, max: 70 }) },
      { weight: 1, arbitrary: fc.integer({ min: -65_535, max: 65_535 }) },
    ),
    { maxLength: 400 },
  );
  fc.assert(
    fc.property(fc.nat(65_535), steps, (start, jumps) => {
      const guard = new SequenceGuard();
      const left = new Set<number>();
      let sequence = start;
      let highest = -1;
      for (const jump of jumps) {
        sequence = (sequence + jump + 65_536) & 0xffff;
        const out = guard.next(sequence);
        if (out === HELD_BACK) continue;
        // The receiver's estimate of the packet index, RFC 3711 3.3.1.
        const behind = highest < 0 ? 0 : (highest - out) & 0xffff;
        const index = highest < 0 ? out : behind < 32_768 ? highest - behind : highest + (65_536 - behind);
        if (index < 0 || left.has(index) || index <= highest - REORDER_WINDOW) return false;
        left.add(index);
        highest = Math.max(highest, index);
      }
      return true;
    }),
    { verbose: true },
  );
  t.pass();
});
