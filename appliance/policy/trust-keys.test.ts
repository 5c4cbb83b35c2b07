/** Whose policies count before a fleet, with one, and after it; and the desk's. */

import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeOf } from '@belkluis/shared/base/testing/code-of';
import { signEnvelope } from '@belkluis/shared/policy/dsse';
import { RECIPIENTS_TYPE } from '@belkluis/shared/policy/recipients';
import { type PolicyDraft, samplePolicy, withRecipients } from '@belkluis/shared/policy/sample';
import { POLICY_TYPE } from '@belkluis/shared/policy/schema';
import { twoRecipients } from '@belkluis/shared/policy/testing/two-recipients';
import test from 'ava';
import { applyApproved, checkNext, loadPolicy, loadTrust, policyFiles } from './store.ts';
import { trustDesk } from './trust-desk.ts';
import { pinFleet, unpinFleet } from './trust-fleet.ts';

const now = Date.parse('2026-11-24T00:00:00Z');
const [keyring, fleet, other] = [0, 1, 2].map(() => generateKeyPairSync('ed25519'));
type Keys = NonNullable<typeof keyring>;
const pem = (key: Keys) => key.publicKey.export({ format: 'pem', type: 'spki' }) as string;
const recipients = signEnvelope(RECIPIENTS_TYPE, Buffer.from(JSON.stringify(twoRecipients)), [keyring!]);
const write = (path: string, text: string) => writeFileSync(path, text);

function box() {
  const folder = mkdtempSync(join(tmpdir(), 'trust-'));
  const trust = { policyKeys: [{ key: pem(keyring!), of: 'customer' }], keyringKey: pem(keyring!) };
  writeFileSync(policyFiles(folder).trust, JSON.stringify(trust));
  const context = {
    deviceId: 'box-1',
    now,
    recordRegister: () => {},
    approvedBy: { person: 'p', name: 'P', reason: 'Whoever tests stands for it.' },
    beforeChange: () => {},
    writeFile: write,
  };
  const signed = (by: Keys, change: Partial<PolicyDraft> = {}): string => {
    const current = loadPolicy(folder);
    const version = { version: (current?.policy.version ?? 0) + 1, previousHash: current?.hash ?? null };
    const policy = withRecipients({ ...samplePolicy(new Date(now)), ...version, ...change }, recipients);
    return JSON.stringify(signEnvelope(POLICY_TYPE, Buffer.from(JSON.stringify(policy)), [by]));
  };
  return {
    folder,
    signed,
    apply: (text: string) => applyApproved(folder, text, context),
    refusal: (text: string) => codeOf(() => checkNext(folder, text, { deviceId: 'box-1', now })),
    owners: () => loadTrust(folder).policyKeys.map(({ of }) => of),
  };
}

test('a fleet that is pinned signs within its bounds; one that was left signs nothing, and what it signed stays in force', (t) => {
  const { folder, signed, apply, refusal, owners } = box();
  apply(signed(keyring!));
  const holidays = { holidays: [] };
  t.is(refusal(signed(fleet!, holidays)), 'policy_untrusted');
  pinFleet(folder, fleet!.publicKey, write);
  t.is(refusal(signed(fleet!, { bounds: { fleetMayChange: [], maxContentDays: 91 } })), 'policy_out_of_bounds');
  const applied = apply(signed(fleet!, holidays));
  unpinFleet(folder, fleet!.publicKey, write);
  t.deepEqual(owners(), ['customer', 'former']);
  t.is(loadPolicy(folder)?.hash, applied.hash, 'calls are recorded as before');
  t.is(loadPolicy(folder)?.signerIs, 'former');
  t.is(refusal(signed(fleet!, holidays)), 'policy_signer_former');
  pinFleet(folder, other!.publicKey, write);
  t.notThrows(() => apply(signed(other!, holidays)), 'another fleet may follow');
  t.is(refusal(signed(fleet!, holidays)), 'policy_signer_former');
  pinFleet(folder, fleet!.publicKey, write);
  t.deepEqual(owners(), ['customer', 'fleet', 'fleet'], 'and the first again: one entry, not two');
});

test('a fleet can make the customer’s key no less, and leaving takes no key but its own', (t) => {
  const { folder, owners } = box();
  pinFleet(folder, keyring!.publicKey, write);
  t.deepEqual(owners(), ['customer']);
  unpinFleet(folder, keyring!.publicKey, write);
  unpinFleet(folder, other!.publicKey, write);
  t.deepEqual(owners(), ['customer']);
});

test('fleets come and go: trust.json stays one that is read', (t) => {
  const { folder, owners } = box();
  for (let count = 0; count < 20; count++) {
    const { publicKey } = generateKeyPairSync('ed25519');
    pinFleet(folder, publicKey, write);
    unpinFleet(folder, publicKey, write);
  }
  pinFleet(folder, fleet!.publicKey, write);
  t.deepEqual(
    owners().filter((of) => of !== 'former'),
    ['customer', 'fleet'],
  );
});

test('without the customer’s own key nobody else’s is pinned', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'trust-'));
  t.is(
    codeOf(() => pinFleet(folder, fleet!.publicKey, write)),
    'trust_missing',
  );
});

test('the desk signs no more: what it signed stays in force, and it may again', (t) => {
  const { folder, signed, apply, refusal, owners } = box();
  apply(signed(keyring!));
  const parts = { before: () => {}, writeFile: write };
  const desk = (trusted: boolean) => trustDesk(folder, other!.publicKey, trusted, parts);
  t.true(desk(true));
  const applied = apply(signed(other!));
  t.true(desk(false));
  t.is(loadPolicy(folder)?.hash, applied.hash, 'calls are recorded as before');
  t.is(refusal(signed(other!)), 'policy_signer_former');
  t.false(desk(false));
  t.true(desk(true));
  t.deepEqual(owners(), ['customer', 'desk']);
});
