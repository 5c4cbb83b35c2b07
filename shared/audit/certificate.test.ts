import { generateKeyPairSync } from 'node:crypto';
import { fc, testProp } from '@fast-check/ava';
import test from 'ava';
import { buildCertificate, checkCertificate, type DeletionCertificate } from './certificate.ts';
import { originOf, signCheckpoint } from './checkpoint.ts';
import { checkEvent } from './event.ts';
import { leafBody, leafHash } from './leaf.ts';
import { inclusionProof, rootOf, subtreesOf } from './merkle.ts';

const key = generateKeyPairSync('ed25519');
const salt = Buffer.alloc(32, 7);
const facts = {
  recording: 'a'.repeat(32),
  commitment: 'c0',
  reason: 'request',
  policyVersion: 3,
  epochBefore: 1,
  epochAfter: 2,
  epochKey: 'tpm',
  unreadableHereAt: 1000,
  unreadableInBackupsBy: 2000,
} as const;
const body = leafBody(checkEvent({ kind: 'erased', actor: 'purge', at: 900, facts }));

function certificate(event = body, index = 5, size = 11): DeletionCertificate {
  const subtrees = subtreesOf((at) => leafHash(salt, at === index ? event : `other ${at}`));
  const checkpoint = signCheckpoint(
    { origin: originOf('d1', 1), size, root: rootOf(subtrees, 0, size) },
    key.privateKey,
  );
  return buildCertificate({ body: event, salt, index, size, proof: inclusionProof(subtrees, index, size), checkpoint });
}

test('a certificate says what was erased, and holds with the key of the box alone', (t) => {
  const text = JSON.stringify(certificate());
  t.like(checkCertificate(JSON.parse(text), key.publicKey), { ok: true, at: 900, erased: facts });
  const other = generateKeyPairSync('ed25519').publicKey;
  t.deepEqual(checkCertificate(JSON.parse(text), other) as object, { ok: false, what: 'checkpoint' });
});

test('an event of another kind certifies nothing', (t) => {
  const event = leafBody(checkEvent({ kind: 'view', actor: 'p', at: 1, facts: { recording: 'a' } }));
  t.deepEqual(checkCertificate(certificate(event), key.publicKey) as object, { ok: false, what: 'not_erased' });
});

test('what is malformed is refused, whatever it is', (t) => {
  const good = certificate();
  const bad: unknown[] = [
    null,
    'x',
    7,
    [],
    {},
    { ...good, more: 1 },
    { ...good, proof: ['short'] },
    { ...good, salt: '' },
  ];
  bad.push({ ...good, index: -1 }, { ...good, event: `${good.event} ` }, { ...good, type: 'x' });
  for (const one of bad) t.like(checkCertificate(one, key.publicKey), { ok: false, what: 'malformed' });
});

const sound = JSON.stringify(certificate());
testProp(
  'no character of it can be changed',
  [fc.nat({ max: sound.length - 1 }), fc.constantFrom(...'aA0+/9"{: ')],
  (t, at, character) => {
    const changed = sound.slice(0, at) + character + sound.slice(at + 1);
    let document: unknown;
    try {
      document = JSON.parse(changed);
    } catch {
      return t.pass();
    }
    const same = JSON.stringify(document) === sound;
    return t.is(checkCertificate(document, key.publicKey).ok, same, changed);
  },
  { numRuns: 500 },
);
