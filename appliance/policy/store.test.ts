import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeOf } from '@belkluis/shared/base/testing/code-of';
import { type Envelope, signEnvelope } from '@belkluis/shared/policy/dsse';
import { RECIPIENTS_TYPE } from '@belkluis/shared/policy/recipients';
import { type PolicyDraft, samplePolicy, withRecipients } from '@belkluis/shared/policy/sample';
import { POLICY_TYPE } from '@belkluis/shared/policy/schema';
import { twoRecipients } from '@belkluis/shared/policy/testing/two-recipients';
import test from 'ava';
import { outlivedPolicies, policiesSince } from './history.ts';
import { appliedPolicies, applyApproved, approvalPath, loadPolicy, policyFiles } from './store.ts';

const now = Date.parse('2026-11-24T00:00:00Z');
const dpo = generateKeyPairSync('ed25519');
const keyring = generateKeyPairSync('ed25519');
const stranger = generateKeyPairSync('ed25519');
const pem = (key: typeof dpo) => key.publicKey.export({ format: 'pem', type: 'spki' }) as string;

const list = JSON.stringify(twoRecipients);
const recipients = signEnvelope(RECIPIENTS_TYPE, Buffer.from(list), [keyring]);

function signed(change: Partial<PolicyDraft> = {}, by = dpo, named: Envelope = recipients): string {
  const policy = withRecipients({ ...samplePolicy(new Date(now)), ...change }, named);
  return JSON.stringify(signEnvelope(POLICY_TYPE, Buffer.from(JSON.stringify(policy)), [by]));
}

function box() {
  const folder = mkdtempSync(join(tmpdir(), 'policy-'));
  const trust = { policyKeys: [{ key: pem(dpo), of: 'customer' }], keyringKey: pem(keyring) };
  writeFileSync(policyFiles(folder).trust, JSON.stringify(trust));
  const context = {
    deviceId: 'box-1',
    now,
    recordRegister: () => {},
    approvedBy: { person: 'p', name: 'P', reason: 'Whoever tests stands for it.' },
    beforeChange: () => {},
    writeFile: (path: string, text: string) => writeFileSync(path, text),
  };
  return { folder, apply: (text: string, at = now) => applyApproved(folder, text, { ...context, now: at }) };
}

test('a signed policy is put in force and found again', (t) => {
  const { folder, apply } = box();
  t.is(loadPolicy(folder), null);
  const applied = apply(signed());
  t.is(loadPolicy(folder)?.hash, applied.hash);
  t.is(applied.recipients.recipients.length, 2);
});

test('whoever is not trusted signs in vain, and nothing changes', (t) => {
  const { folder, apply } = box();
  t.is(
    codeOf(() => apply(signed({}, stranger))),
    'policy_untrusted',
  );
  t.is(
    codeOf(() => apply('{"payload":1}')),
    'policy_malformed',
  );
  t.is(
    codeOf(() => apply(signed({}, dpo).replace('"keyid":"', '"keyid":"0'))),
    'policy_untrusted',
  );
  t.is(loadPolicy(folder), null);
});

test('not even a trusted policy signer can name recipients: only the keyring key can', (t) => {
  const { apply } = box();
  const own = signEnvelope(RECIPIENTS_TYPE, Buffer.from(list), [dpo]);
  t.is(
    codeOf(() => apply(signed({}, dpo, own))),
    'recipients_untrusted',
  );
  const oneOnly = JSON.stringify({ ...JSON.parse(list), recipients: JSON.parse(list).recipients.slice(0, 1) });
  const short = signEnvelope(RECIPIENTS_TYPE, Buffer.from(oneOnly), [keyring]);
  t.is(
    codeOf(() => apply(signed({}, dpo, short))),
    'recipients_invalid',
  );
});

test('an older policy, one out of order, one for another box, one too late: each is refused by its name', (t) => {
  const { folder, apply } = box();
  const first = apply(signed());
  t.is(
    codeOf(() => apply(signed())),
    'policy_rollback',
  );
  t.is(
    codeOf(() => apply(signed({ version: 2 }))),
    'policy_out_of_order',
  );
  t.is(
    codeOf(() => apply(signed({ version: 2, previousHash: first.hash, audience: ['box-2'] }))),
    'policy_not_for_this_box',
  );
  const late = { version: 2, previousHash: first.hash, expiresAt: '2026-11-23T00:00:00Z' };
  t.is(
    codeOf(() => apply(signed(late))),
    'policy_expired',
  );
  t.is(loadPolicy(folder)?.hash, first.hash);
  t.is(apply(signed({ version: 2, previousHash: first.hash, audience: ['box-1'] })).policy.version, 2);
});

test('a policy file that was changed on disk is not followed', (t) => {
  const { folder, apply } = box();
  apply(signed());
  const path = policyFiles(folder).current;
  const envelope = JSON.parse(readFileSync(path, 'utf8')) as Envelope;
  const payload = Buffer.from(envelope.payload, 'base64').toString().replace('"contentDays":30', '"contentDays":99');
  writeFileSync(path, JSON.stringify({ ...envelope, payload: Buffer.from(payload).toString('base64') }));
  t.is(
    codeOf(() => loadPolicy(folder)),
    'policy_untrusted',
  );
});

test('what was in force at an instant is known afterwards, also of a box that did not keep its policies before', (t) => {
  const { folder, apply } = box();
  const first = apply(signed());
  const second = apply(signed({ version: 2, previousHash: first.hash }), now + 1000);
  apply(signed({ version: 3, previousHash: second.hash }), now + 2000);
  const versions = () => {
    const policyAt = policiesSince(folder);
    return [-1, 0, 999, 1000, 5000].map((after) => policyAt(now + after)?.policy.version ?? null);
  };
  t.deepEqual(versions(), [null, 1, 1, 2, 3]);

  for (const { path } of appliedPolicies(folder)) rmSync(path);
  t.deepEqual(versions(), [3, 3, 3, 3, 3], 'none was kept');
  apply(signed({ version: 4, previousHash: loadPolicy(folder)!.hash }), now + 3000);
  t.deepEqual(versions(), [3, 3, 3, 3, 4]);
});

test('a policy that was replaced is kept for as long as anything of its time may be, and not longer; the last one stays', (t) => {
  const { folder, apply } = box();
  const DAY = 24 * 3_600_000;
  const first = apply(signed());
  const longest = Math.max(
    first.policy.retention.accessDays,
    first.policy.retention.requestDays,
    first.policy.retention.directoryDays,
    ...first.policy.purposes.flatMap(({ retention }) => [retention.contentDays, retention.evidenceDays]),
  );
  apply(signed({ version: 2, previousHash: first.hash }), now + DAY);
  const [kept, last] = appliedPolicies(folder);
  const end = now + DAY + longest * DAY;
  t.deepEqual(outlivedPolicies(folder, end - 1), []);
  const both = [approvalPath(folder, kept!.at), kept!.path];
  t.deepEqual(outlivedPolicies(folder, end), both, 'with who approved it');
  t.deepEqual(outlivedPolicies(folder, now + 100 * 366 * DAY), both, `and ${last!.path} is in force`);
  writeFileSync(kept!.path, signed({}, stranger));
  t.deepEqual(outlivedPolicies(folder, end), [], 'whose terms nobody knows');
  t.deepEqual(outlivedPolicies(folder, now + DAY + 3653 * DAY), both);
});

test('a kept policy that somebody changed is not believed: what is in force now stands for it', (t) => {
  const { folder, apply } = box();
  const first = apply(signed());
  apply(signed({ version: 2, previousHash: first.hash }), now + 1000);
  writeFileSync(appliedPolicies(folder)[0]!.path, signed({}, stranger));
  t.is(policiesSince(folder)(now)?.policy.version, 2);
});
