import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fc, testProp } from '@fast-check/ava';
import test from 'ava';
import { openCheckpoint, originOf, parseCheckpoint, signCheckpoint } from './checkpoint.ts';
import { cosignedAt, cosignText, noteCosignedAt } from './cosignature.ts';
import { leafHash } from './leaf.ts';
import { consistencyProof, rootOf, subtreesOf } from './merkle.ts';
import { COSIGNATURE_V1, formatVerifierKey, parseNote, parseVerifierKey, signatureBy } from './note.ts';
import { addCheckpoint, formatAddCheckpoint, parseAddCheckpoint, type Remembered } from './witness.ts';

const vector = (name: string) => readFileSync(new URL(`../../test/vectors/tlog/${name}`, import.meta.url), 'utf8');
const box = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('ed25519');
const witness = generateKeyPairSync('ed25519');
const named = { name: 'w.example/1', type: COSIGNATURE_V1, publicKey: witness.publicKey };
const NOW = Date.UTC(2026, 5, 1, 12, 0, 0, 250);

/** A history: leaves told apart by a letter at each place. */
const history = (letters: string) => {
  const subtrees = subtreesOf((index) => leafHash(Buffer.alloc(32), `${index}${letters[index]}`));
  return {
    note: (size: number, generation = 1, key = box.privateKey, device = 'd1') =>
      signCheckpoint({ origin: originOf(device, generation), size, root: rootOf(subtrees, 0, size) }, key),
    proof: (from: number, to: number) => consistencyProof(subtrees, from, to),
  };
};
const honest = history('a'.repeat(64));

const ask = (
  memory: Remembered | null,
  request: { old: number; proof?: Buffer[]; note: string },
  options: { acceptLoss?: boolean } = {},
) =>
  addCheckpoint(
    memory,
    { proof: [], ...request },
    {
      deviceId: 'd1',
      logKey: box.publicKey,
      witness: { name: named.name, privateKey: witness.privateKey },
      now: NOW,
      ...options,
    },
  );

function remembering(size: number): Remembered {
  const answer = ask(null, { old: 0, note: honest.note(size) });
  if (answer.outcome !== 'cosigned') throw new Error(answer.outcome);
  return answer.memory;
}

test('cosignatures of the public witness network hold, and only as they were made', (t) => {
  const note = vector('arche2025h1-cosigned.note');
  const keys = vector('verifier-keys.txt')
    .trim()
    .split('\n')
    .map((line) => parseVerifierKey(line)!);
  const [log, ...witnesses] = keys;
  t.is(witnesses.length, 3);
  t.truthy(openCheckpoint(note, log!.publicKey));
  for (const key of witnesses) {
    t.is(noteCosignedAt(note, key), 0x6a122120 * 1000, key.name);
    t.is(noteCosignedAt(note.replace('\n1432088532\n', '\n1432088533\n'), key), null);
    t.is(noteCosignedAt(note, { ...key, publicKey: witness.publicKey }), null);
    t.is(noteCosignedAt(note, { ...key, name: 'somebody.else' }), null);
  }
  t.deepEqual(keys.map(formatVerifierKey), vector('verifier-keys.txt').trim().split('\n'));
});

test('a verifier key whose hash, name or bytes were changed is none', (t) => {
  const key = formatVerifierKey(named);
  t.deepEqual(parseVerifierKey(key)?.name, named.name);
  for (const bad of [key.replace('w.', 'v.'), key.replace(/\+[0-9a-f]/, '+z'), `${key}=`, key.slice(0, -1), '']) {
    t.is(parseVerifierKey(bad), null, bad);
  }
});

test('a cosignature says who and when, to the second', (t) => {
  const text = 'box/d1/audit/1\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n';
  const line = cosignText(text, named.name, witness.privateKey, NOW);
  t.is(cosignedAt(text, line, named), NOW - 250);
  t.is(cosignedAt(`${text}x`, line, named), null);
  t.is(cosignedAt(text, line, { ...named, publicKey: other.publicKey }), null);
  const parsed = parseNote(`${text}\n${line}\n`)!;
  t.is(signatureBy(parsed, named)?.line, line);
});

test('a witness signs what continues what it remembers, and answers with what it will remember', (t) => {
  const first = ask(null, { old: 0, note: honest.note(5) });
  t.is(first.outcome, 'cosigned');
  const memory = remembering(5);
  const answer = ask(memory, { old: 5, proof: honest.proof(5, 9), note: honest.note(9) });
  if (answer.outcome !== 'cosigned') return t.fail(answer.outcome);
  t.is(answer.memory.size, 9);
  t.is(noteCosignedAt(`${honest.note(9)}${answer.cosignature}\n`, named), NOW - 250);
  return t.is(ask(answer.memory, { old: 9, note: honest.note(9) }).outcome, 'cosigned');
});

test('what does not continue it is refused, each for what it is', (t) => {
  const memory = remembering(9);
  const forged = history(`${'a'.repeat(4)}b${'a'.repeat(59)}`);
  const cases: [string, object][] = [
    ['the log thinks of an older one', ask(memory, { old: 5, proof: honest.proof(5, 12), note: honest.note(12) })],
    ['the log knows of none', ask(memory, { old: 0, note: honest.note(12) })],
    ['two histories of one size', ask(memory, { old: 9, note: forged.note(9) })],
    ['another history, longer', ask(memory, { old: 9, proof: forged.proof(9, 12), note: forged.note(12) })],
    ['a wrong proof', ask(memory, { old: 9, proof: honest.proof(8, 12), note: honest.note(12) })],
    ['shorter', ask(memory, { old: 7, note: honest.note(7) })],
    ['shorter, and says so', ask(memory, { old: 9, note: honest.note(7) })],
    [
      'signed by somebody else',
      ask(memory, { old: 9, proof: honest.proof(9, 12), note: honest.note(12, 1, other.privateKey) }),
    ],
    ['of another box', ask(memory, { old: 0, note: honest.note(12, 1, box.privateKey, 'd2') })],
    ['no note', ask(memory, { old: 9, note: 'hello' })],
    ['longer than itself', ask(null, { old: 13, note: honest.note(12) })],
    ['remembered by nobody', ask(null, { old: 5, proof: honest.proof(5, 12), note: honest.note(12) })],
  ];
  t.deepEqual(
    cases.map(([name, { outcome, size }]: [string, { outcome?: string; size?: number }]) => [name, outcome, size]),
    [
      ['the log thinks of an older one', 'conflict', 9],
      ['the log knows of none', 'conflict', 9],
      ['two histories of one size', 'fork', 9],
      ['another history, longer', 'inconsistent', 9],
      ['a wrong proof', 'inconsistent', 9],
      ['shorter', 'rollback', 9],
      ['shorter, and says so', 'rollback', 9],
      ['signed by somebody else', 'unsigned', undefined],
      ['of another box', 'unknown_log', undefined],
      ['no note', 'malformed', undefined],
      ['longer than itself', 'malformed', undefined],
      ['remembered by nobody', 'conflict', 0],
    ],
  );
});

test('a later generation must extend the one before, unless a person says that its end is lost', (t) => {
  const memory = remembering(9);
  t.is(ask(memory, { old: 9, proof: honest.proof(9, 10), note: honest.note(10, 2) }).outcome, 'cosigned');
  const restored = history(`${'a'.repeat(6)}${'r'.repeat(58)}`);
  t.like(ask(memory, { old: 0, note: restored.note(7, 2) }), { outcome: 'rollback', size: 9 });
  t.like(ask(memory, { old: 9, proof: restored.proof(9, 12), note: restored.note(12, 2) }), {
    outcome: 'inconsistent',
  });
  const accepted = ask(memory, { old: 0, note: restored.note(7, 2) }, { acceptLoss: true });
  if (accepted.outcome !== 'cosigned') return t.fail(accepted.outcome);
  t.is(accepted.memory.size, 7);
  // What was left behind is not signed any more, and a loss is not accepted without a new generation.
  t.is(ask(accepted.memory, { old: 7, proof: honest.proof(7, 12), note: honest.note(12, 1) }).outcome, 'rollback');
  return t.is(ask(memory, { old: 0, note: restored.note(7, 1) }, { acceptLoss: true }).outcome, 'rollback');
});

test('a request is a text that says the same when it is read', (t) => {
  const request = { old: 5, proof: honest.proof(5, 9), note: honest.note(9) };
  t.deepEqual(parseAddCheckpoint(formatAddCheckpoint(request)), request);
  t.deepEqual(parseAddCheckpoint(formatAddCheckpoint({ old: 0, proof: [], note: request.note })), {
    old: 0,
    proof: [],
    note: request.note,
  });
  const text = formatAddCheckpoint(request);
  const line = `${request.proof[0]!.toString('base64')}\n`;
  for (const bad of [
    '',
    'old 05\n\nx',
    'old -1\n\nx',
    text.replace('old', 'new'),
    text.replace(line, 'aGk=\n'),
    `old 5\n${line.repeat(64)}\n${request.note}`,
  ]) {
    t.is(parseAddCheckpoint(bad), null, bad);
  }
});

// Whatever is asked in whatever order, of a box that may lie: all that a witness signed is one history that only grows.
const step = fc.record({
  fork: fc.boolean(),
  size: fc.integer({ min: 0, max: 20 }),
  old: fc.oneof(fc.constant('remembered' as const), fc.integer({ min: 0, max: 20 })),
  generation: fc.integer({ min: 1, max: 2 }),
});
testProp('two histories are never both signed', [fc.array(step, { maxLength: 30 })], (t, steps) => {
  const lie = history(`${'a'.repeat(3)}${'b'.repeat(61)}`);
  let memory: Remembered | null = null;
  const signed: { size: number; root: string }[] = [];
  for (const { fork, size, old: asked, generation } of steps) {
    const told = fork ? lie : honest;
    const old = asked === 'remembered' ? (memory?.size ?? 0) : asked;
    const answer = ask(memory, {
      old,
      proof: old <= size ? told.proof(old, size) : [],
      note: told.note(size, generation),
    });
    if (answer.outcome !== 'cosigned') continue;
    memory = answer.memory;
    const { size: at, root } = parseCheckpoint(parseNote(memory.note)!.text)!;
    signed.push({ size: at, root: root.toString('hex') });
  }
  const rootsAt = (told: typeof honest) =>
    new Set(
      signed
        .filter(({ size }) => size > 3)
        .map(({ size, root }) => root === openCheckpoint(told.note(size), box.publicKey)!.root.toString('hex')),
    );
  t.true(rootsAt(honest).size <= 1);
  t.true(rootsAt(lie).size <= 1);
  t.deepEqual(
    signed.map(({ size }) => size),
    signed.map(({ size }) => size).sort((a, b) => a - b),
  );
});
