import test from 'ava';
import { type Way, wayOf } from './way.ts';

const trunk = (id: string, queue: string | null = null): Way => ({ via: 'trunk', trunk: id, queue });
const pbx = (queue: string | null = null): Way => ({ via: 'pbx', trunk: null, queue });
const phone: Way = { via: 'phone', trunk: null, queue: null };

test('the way of a call is that of the leg which leads outside; what was called first stays with it, whoever talks by then', (t) => {
  const cases: readonly (readonly [Way | undefined, Way | undefined, Way])[] = [
    [undefined, undefined, phone],
    [trunk('a', '+31201112233'), undefined, trunk('a', '+31201112233')],
    [undefined, trunk('b'), trunk('b')],
    // Sent out again by somebody inside, and transferred to a phone by the one whom a phone had called.
    [trunk('a', '+31201112233'), trunk('b'), trunk('b', '+31201112233')],
    [trunk('b'), undefined, trunk('b')],
    [undefined, trunk('a', '+31201112233'), trunk('a', '+31201112233')],
    [pbx('support'), undefined, pbx('support')],
    [undefined, pbx(), pbx()],
  ];
  for (const [caller, callee, way] of cases) t.deepEqual(wayOf(caller, callee), way);
});
