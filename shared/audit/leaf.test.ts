import { randomBytes } from 'node:crypto';
import test from 'ava';
import { canonicalJson } from './canonical.ts';
import { checkEvent } from './event.ts';
import { leafBody, leafHash, SALT_LENGTH } from './leaf.ts';

test('the same event has one body, whatever the order of its members', (t) => {
  const one = checkEvent({ kind: 'release', at: 5, actor: 'p1', facts: { recording: 'r', reason: 'complaint' } });
  const other = checkEvent({ facts: { reason: 'complaint', recording: 'r' }, actor: 'p1', at: 5, kind: 'release' });
  t.is(leafBody(one), leafBody(other));
  t.is(leafBody(one), '{"actor":"p1","at":5,"facts":{"reason":"complaint","recording":"r"},"kind":"release"}');
});

test('an event of an unknown kind, or with a field of its own, is refused', (t) => {
  t.throws(() => checkEvent({ kind: 'erase_everything', at: 5, actor: 'p1', facts: {} }));
  t.throws(() => checkEvent({ kind: 'login', at: 5, actor: 'p1', facts: { password: 'x' } }));
});

test('a number that different writers would write differently is refused', (t) => {
  t.throws(() => canonicalJson({ x: 0.1 }), { instanceOf: RangeError });
});

test('without its salt a leaf does not betray its body: all candidates are equally wrong', (t) => {
  const body = leafBody(
    checkEvent({ kind: 'phone_added', at: 1, actor: 'cli', facts: { phone: '0201', plainUntil: 0 } }),
  );
  const leaf = leafHash(randomBytes(SALT_LENGTH), body);
  for (let guess = 0; guess < 10_000; guess++) {
    const candidate = body.replace('0201', String(guess).padStart(4, '0'));
    t.false(leafHash(Buffer.alloc(SALT_LENGTH), candidate).equals(leaf));
    t.false(leafHash(Buffer.alloc(0), candidate).equals(leaf));
  }
});
