/** What box and fleet have agreed to say, held to what the two can mean: a code that is missing in the contract is a type error here. */
import { generateKeyPairSync } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkpointText, originOf, parseCheckpoint, signCheckpoint } from '@belkluis/shared/audit/checkpoint';
import { cosignedAt } from '@belkluis/shared/audit/cosignature';
import { leafHash } from '@belkluis/shared/audit/leaf';
import { consistencyProof, rootOf, subtreesOf } from '@belkluis/shared/audit/merkle';
import { COSIGNATURE_V1, rawPublicKey } from '@belkluis/shared/audit/note';
import { type AddCheckpoint, type Answer, addCheckpoint, type Remembered } from '@belkluis/shared/audit/witness';
import { type Audit, audit, checkpointRequest } from '@belkluis/shared/contract/audit';
import { type Cosignature, cosignature, witnessName } from '@belkluis/shared/contract/cosignature';
import { desired } from '@belkluis/shared/contract/desired';
import { type FindingCode, findingCodes, type Level, levels } from '@belkluis/shared/contract/finding-codes';
import { policyField } from '@belkluis/shared/contract/policy-fields';
import { type PolicyRefusal, policyRefusal } from '@belkluis/shared/contract/policy-refusals';
import { policyFields } from '@belkluis/shared/policy/changes/fields';
import { openEnvelope, signEnvelope } from '@belkluis/shared/policy/dsse';
import { samplePolicy } from '@belkluis/shared/policy/sample';
import { POLICY_TYPE } from '@belkluis/shared/policy/schema';
import test from 'ava';
import type { Finding } from '../appliance/health/finding.ts';
import type { problem } from '../appliance/policy/problems.ts';

const root = join(import.meta.dirname, '..');
const now = Date.UTC(2026, 10, 26);
const about = { id: '01M8B057G5PE993E4J6N5HM7Q3', ts: now, seq: 1 };

test('each field of a policy has its name in the contract', (t) => {
  for (const { field } of policyFields()) t.true(policyField.safeParse(field).success, field);
});

/** Its type is the test: it stops to compile when health finds what the contract has no code for. */
const told = ({ code, state }: Finding): { code: FindingCode; level: Level } => ({ code, level: state });

test('what health finds has its code in the contract, and none stands there twice', (t) => {
  t.is(new Set(findingCodes).size, findingCodes.length);
  t.deepEqual(told({ code: 'disk_low', state: 'warn', values: { freeBytes: 1, totalBytes: 2 } }), {
    code: 'disk_low',
    level: 'warn',
  });
  const known: readonly string[] = findingCodes;
  for (const path of globSync('appliance/health/checks/*.ts', { cwd: root })) {
    for (const [, code, state] of readFileSync(join(root, path), 'utf8').matchAll(/code: '(\w+)', state: '(\w+)'/g)) {
      t.true(known.includes(code!), code);
      t.true((levels as readonly string[]).includes(state!), state);
    }
  }
});

test('why a box refuses a policy has its code in the contract', (t) => {
  const refused: Parameters<typeof problem>[0] = 'policy_rollback';
  const said: PolicyRefusal = refused;
  t.true(policyRefusal.safeParse(said).success);
});

test('a checkpoint reaches its witness through the contract, and the cosignature comes back, through a growing log', (t) => {
  const box = generateKeyPairSync('ed25519');
  const fleet = generateKeyPairSync('ed25519');
  const [boxId, fleetId] = ['49c14d165b7ff7fbe60f6f12f201a493', 'a'.repeat(32)];
  const tree = subtreesOf((index) => leafHash(Buffer.alloc(32), String(index)));
  const origin = originOf(boxId, 3);
  let memory: Remembered | null = null;
  for (const size of [1, 700, 701, 999]) {
    const old: number = memory?.size ?? 0;
    const proof = old === 0 ? [] : consistencyProof(tree, old, size).map((hash) => hash.toString('base64'));
    const note = signCheckpoint({ origin, size, root: rootOf(tree, 0, size) }, box.privateKey);
    const read = audit.parse(audit.format({ ...about, body: { old, proof, note, hours: [] } satisfies Audit }));
    if (!read.ok) return t.fail(read.refused);
    const request: AddCheckpoint = checkpointRequest(read.message.body);
    const witness = { name: witnessName(fleetId), privateKey: fleet.privateKey };
    const answer: Answer = addCheckpoint(memory, request, {
      deviceId: boxId,
      logKey: box.publicKey,
      witness,
      now,
    });
    if (answer.outcome !== 'cosigned') return t.fail(answer.outcome);
    memory = answer.memory;
    const key32 = rawPublicKey(fleet.publicKey).toString('base64');
    const body: Cosignature = { outcome: 'cosigned', answers: about.id, size, key: key32, line: answer.cosignature };
    const back = cosignature.parse(cosignature.format({ ...about, body }));
    if (!back.ok || back.message.body.outcome !== 'cosigned') return t.fail();
    const text = checkpointText(parseCheckpoint(note.slice(0, note.indexOf('\n\n') + 1))!);
    const key = { name: witness.name, type: COSIGNATURE_V1, publicKey: fleet.publicKey };
    t.is(cosignedAt(text, back.message.body.line, key), now);
  }
  return t.pass();
});

test('each answer that a witness has is one that the contract has', (t) => {
  const outcome: Answer['outcome'] = 'fork';
  const said: Cosignature['outcome'] = outcome;
  t.is(said, 'fork');
});

test('a signed policy reaches the box byte for byte', (t) => {
  const msp = generateKeyPairSync('ed25519');
  const policy = Buffer.from(JSON.stringify(samplePolicy(new Date(now))));
  const read = desired.parse(desired.format({ ...about, body: signEnvelope(POLICY_TYPE, policy, [msp]) }));
  if (!read.ok) return t.fail(read.refused);
  return t.deepEqual(openEnvelope(read.message.body, POLICY_TYPE, [msp.publicKey])?.payload, policy);
});
