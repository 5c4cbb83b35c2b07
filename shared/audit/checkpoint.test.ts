import { generateKeyPairSync } from 'node:crypto';
import test from 'ava';
import { openCheckpoint, originOf, signCheckpoint } from './checkpoint.ts';
import { EMPTY_ROOT } from './merkle.ts';

const key = generateKeyPairSync('ed25519');
const checkpoint = { origin: originOf('0a1b', 1), size: 7, root: EMPTY_ROOT };

test('a signed checkpoint opens with its key and no other', (t) => {
  const note = signCheckpoint(checkpoint, key.privateKey);
  t.deepEqual(openCheckpoint(note, key.publicKey), checkpoint);
  t.is(openCheckpoint(note, generateKeyPairSync('ed25519').publicKey), null);
});

test('no line of it can be changed', (t) => {
  const note = signCheckpoint(checkpoint, key.privateKey);
  t.is(openCheckpoint(note.replace('\n7\n', '\n8\n'), key.publicKey), null);
  t.is(openCheckpoint(note.replace('box/0a1b', 'box/0a1c'), key.publicKey), null);
  t.is(openCheckpoint(`x${note}`, key.publicKey), null);
  t.is(openCheckpoint(note.slice(0, note.indexOf('\n\n') + 2), key.publicKey), null);
});
