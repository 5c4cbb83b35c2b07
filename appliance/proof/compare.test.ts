import { seededChance } from '@belkluis/shared/base/chance';
import test from 'ava';
import { compareFrames } from './compare.ts';
import { speech } from './sounds.ts';

const said = speech(400, seededChance('compare'));
const of = (received: readonly Uint8Array[]) => compareFrames(said, received);

test('what was recorded from the middle on is whole; a hole, an exchange, a double and a strange frame are seen', (t) => {
  t.deepEqual(of(said.slice(5, 15)), { known: 10, foreign: 0, missing: 0, reordered: 0 });
  t.deepEqual(of([...said.slice(2, 5), ...said.slice(6, 9)]), { known: 6, foreign: 0, missing: 1, reordered: 0 });
  t.is(of([said[1]!, said[0]!]).reordered, 1);
  t.is(of([said[1]!, said[1]!]).reordered, 1);
  const changed = Buffer.from(said[3]!);
  changed[100]! ^= 1;
  t.deepEqual(of([said[2]!, changed, said[4]!]), { known: 2, foreign: 1, missing: 1, reordered: 0 });
  t.is(of([]).known, 0);
});
