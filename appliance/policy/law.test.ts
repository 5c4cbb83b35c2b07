import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Problem } from '@belkluis/shared/base/problem';
import { signEnvelope } from '@belkluis/shared/policy/dsse';
import { lawFindings } from '@belkluis/shared/policy/packs/find';
import { RECIPIENTS_TYPE } from '@belkluis/shared/policy/recipients';
import { type PolicyDraft, samplePolicy, withRecipients } from '@belkluis/shared/policy/sample';
import { POLICY_TYPE } from '@belkluis/shared/policy/schema';
import test from 'ava';
import { applyApproved, loadPolicy, policyFiles } from './store.ts';

const now = Date.parse('2026-11-24T00:00:00Z');
const key = generateKeyPairSync('ed25519');
const pem = key.publicKey.export({ format: 'pem', type: 'spki' }) as string;
const sample = samplePolicy(new Date(now));
const [purpose] = sample.purposes;
const [rule] = sample.rules;

const [first, second, escrow, stranger] = ['a'.repeat(40), 'b'.repeat(40), 'e'.repeat(40), 'f'.repeat(40)];
const oneCustodian: [string, string][] = [
  ['custodian', first],
  ['escrow', escrow],
];
const twoCustodians: [string, string][] = [...oneCustodian, ['custodian', second]];

/** The sample with a little changed and these recipients, as it is signed. */
function signed(change: Partial<PolicyDraft>, recipients = oneCustodian): string {
  const list = {
    schemaVersion: 1,
    listVersion: 1,
    issuedAt: sample.issuedAt,
    recipients: recipients.map(([role, fingerprint]) => ({ role, name: fingerprint, fingerprint, certificate: 'x' })),
  };
  const envelope = signEnvelope(RECIPIENTS_TYPE, Buffer.from(JSON.stringify(list)), [key]);
  const policy = withRecipients({ ...sample, ...change }, envelope);
  return JSON.stringify(signEnvelope(POLICY_TYPE, Buffer.from(JSON.stringify(policy)), [key]));
}

/** A box that has no policy yet. */
function box() {
  const folder = mkdtempSync(join(tmpdir(), 'law-'));
  writeFileSync(policyFiles(folder).trust, JSON.stringify({ policyKeys: [pem], keyringKey: pem }));
  const writeFile = (path: string, text: string) => writeFileSync(path, text);
  const apply = (text: string, at = now) =>
    applyApproved(folder, text, {
      deviceId: 'box',
      now: at,
      recordRegister: () => {},
      approvedBy: { person: 'p', name: 'P', reason: 'Whoever tests stands for it.' },
      beforeChange: () => {},
      writeFile,
    });
  return { folder, apply };
}

/** Why applying it is refused; null: it is not. */
function refusal(text: string, at = now): string | null {
  try {
    box().apply(text, at);
    return null;
  } catch (error) {
    return error instanceof Problem ? `${error.code} ${error.detail}` : String(error);
  }
}

test('what law forbids is refused with the field, what to change and the article', (t) => {
  t.is(refusal(signed({})), null);
  t.is(
    refusal(signed({ lawPacks: ['DE'] })),
    'policy_against_law purposes.0.consent.mode: Who records without the consent of all may go to prison, and neither telling nor a chance to refuse is consent: consent.mode must be opt-in. StGB 201(1); DSK 2018',
  );
  t.regex(refusal(signed({ worksCouncil: null }))!, /^policy_against_law worksCouncil: .* WOR 27\(1\)/);
});

test('law that begins to bind later leaves in force what was applied before it, and lets nothing follow that it forbids', (t) => {
  const { folder, apply } = box();
  const before = Date.parse('1998-03-03T12:00:00Z');
  const { hash } = apply(signed({ worksCouncil: null }), before);
  const inForce = loadPolicy(folder);
  t.is(inForce?.hash, hash);
  t.deepEqual(
    lawFindings(inForce!.policy, now).map(({ path }) => path),
    ['worksCouncil'],
    'health says so',
  );
  const next = { version: 2, previousHash: hash };
  t.throws(() => apply(signed({ ...next, worksCouncil: null })), { code: 'policy_against_law' });
  t.is(loadPolicy(folder)?.hash, hash);
  t.is(apply(signed(next)).policy.version, 2);
});

test('level high needs two custodians among those whom its recordings are sealed to', (t) => {
  const high = { purposes: [{ ...purpose!, level: 'high' as const }] };
  const highRule = { rules: [{ ...rule!, level: 'high' as const }] };
  t.is(refusal(signed(high)), 'custodians_too_few purposes.0.level');
  t.is(refusal(signed(highRule)), 'custodians_too_few rules.0.level');
  t.is(refusal(signed(high, twoCustodians)), null);
  t.is(refusal(signed(highRule, twoCustodians)), null);
  const narrowed = { purposes: [{ ...purpose!, level: 'high' as const, recipients: [first, escrow] }] };
  t.is(refusal(signed(narrowed, twoCustodians)), 'custodians_too_few purposes.0.level');
});

test('a purpose is sealed to keys of the list alone, a custodian and an escrow key among them', (t) => {
  const sealed = (...recipients: string[]) =>
    refusal(signed({ purposes: [{ ...purpose!, recipients }] }, twoCustodians));
  t.is(sealed(first, escrow), null);
  t.is(sealed(first, stranger), 'recipient_unknown purposes.0.recipients.1');
  t.is(sealed(first, second), 'recipients_incomplete purposes.0.recipients');
  t.is(sealed(escrow, escrow), 'recipients_incomplete purposes.0.recipients');
});
