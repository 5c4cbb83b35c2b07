import test from 'ava';
import { MAX_CONTACTS_PER_ACCOUNT } from '../limits.ts';
import { type Binding, type ContactChange, register } from './bindings.ts';

const change = (contact: string, expiresInS = 60, route = 'flow-1'): ContactChange<string> => ({
  key: contact,
  contact,
  expiresInS,
  route,
});

function registered(
  before: readonly Binding<string>[],
  callId: string,
  cseq: number,
  changes: ContactChange<string>[],
) {
  const result = register(before, { callId, cseq, changes }, 0);
  if (!result.ok) throw new Error(result.why);
  return result.bindings;
}

test('two phones of one account are both kept, and each leaves alone', (t) => {
  const both = registered(registered([], 'a', 1, [change('sip:desk')]), 'b', 1, [change('sip:soft')]);
  t.deepEqual(
    both.map((binding) => binding.contact),
    ['sip:desk', 'sip:soft'],
  );
  const one = registered(both, 'a', 2, [change('sip:desk', 0)]);
  t.deepEqual(
    one.map((binding) => binding.contact),
    ['sip:soft'],
  );
});

test('a refresh takes the new route: a phone that reconnected is reached on its new connection', (t) => {
  const before = registered([], 'a', 1, [change('sip:desk', 60, 'old')]);
  t.is(registered(before, 'a', 2, [change('sip:desk', 60, 'new')])[0]?.route, 'new');
});

test('a REGISTER out of order changes nothing', (t) => {
  const before = registered([], 'a', 5, [change('sip:desk')]);
  t.deepEqual(register(before, { callId: 'a', cseq: 5, changes: [change('sip:desk', 0)] }, 0), {
    ok: false,
    why: 'out_of_order',
  });
  t.deepEqual(register(before, { callId: 'a', cseq: 4, changes: 'remove all' }, 0), { ok: false, why: 'out_of_order' });
});

test('what has expired is forgotten, and * removes all', (t) => {
  const before = registered([], 'a', 1, [change('sip:desk', 60), change('sip:soft', 600)]);
  const later = register(before, { callId: 'a', cseq: 2, changes: [] }, 60_000);
  t.true(later.ok);
  if (later.ok)
    t.deepEqual(
      later.bindings.map((binding) => binding.contact),
      ['sip:soft'],
    );
  const none = register(before, { callId: 'a', cseq: 2, changes: 'remove all' }, 0);
  t.deepEqual(none, { ok: true, bindings: [] });
});

test('one account cannot fill the table', (t) => {
  const many = Array.from({ length: MAX_CONTACTS_PER_ACCOUNT + 1 }, (_, index) => change(`sip:${index}`));
  t.deepEqual(register([], { callId: 'a', cseq: 1, changes: many }, 0), { ok: false, why: 'too_many' });
});
