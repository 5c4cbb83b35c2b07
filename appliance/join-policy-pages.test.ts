/** Policies that a DPO writes at the desk, on a real folder of policies: what the desk may sign, what waits, and what no desk can say. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEntry } from '@belkluis/shared/audit/event';
import { systemChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import { codeOf } from '@belkluis/shared/base/testing/code-of';
import { type Envelope, signEnvelope } from '@belkluis/shared/policy/dsse';
import { RECIPIENTS_TYPE } from '@belkluis/shared/policy/recipients';
import { samplePolicy, withRecipients } from '@belkluis/shared/policy/sample';
import { POLICY_TYPE, type Policy } from '@belkluis/shared/policy/schema';
import test from 'ava';
import type { Person } from './access/people.ts';
import { makeDeskKey, readDeskKey } from './identity/desk-key.ts';
import { joinPolicy } from './join-policy.ts';
import { joinPolicyPages } from './join-policy-pages.ts';
import { policyFiles } from './policy/store.ts';
import { trustDesk } from './policy/trust-desk.ts';
import { writeFileDurably } from './vault/durable.ts';

const NOW = Date.UTC(2026, 10, 25, 12);
const DAY_MS = 86_400_000;
const WHY = 'Nobody has asked for one after two weeks.';
const dpo: Person = { id: 'p1', name: 'Ingrid Bakker', roles: ['dpo'] };

const pair = () => generateKeyPairSync('ed25519');
const pem = (key: KeyObject) => key.export({ format: 'pem', type: 'spki' }) as string;

function listOf(keyring: ReturnType<typeof pair>, listVersion: number): Envelope {
  const recipients = [
    { role: 'custodian', name: 'C', fingerprint: 'a'.repeat(40), certificate: 'x' },
    { role: 'escrow', name: 'E', fingerprint: 'b'.repeat(40), certificate: 'y' },
  ];
  const list = { schemaVersion: 1, listVersion, issuedAt: '2026-11-01T00:00:00Z', recipients };
  return signEnvelope(RECIPIENTS_TYPE, Buffer.from(JSON.stringify(list)), [keyring]);
}

/** A box that the customer has given its first policy; the desk may sign unless the test says otherwise. */
function box({ trusted = true, first = true } = {}) {
  const clock = new ManualClock(NOW);
  const folder = mkdtempSync(join(tmpdir(), 'policy-pages-'));
  const identity = join(folder, 'identity');
  const keyring = pair();
  const events: AuditEntry[] = [];
  const world = { logWorks: true };
  const append = (entry: AuditEntry) => {
    if (!world.logWorks) throw Object.assign(new Error('disk full'), { code: 'audit_failed' });
    events.push(entry);
  };
  const key = pem(keyring.publicKey);
  writeFileSync(policyFiles(folder).trust, JSON.stringify({ policyKeys: [{ key, of: 'customer' }], keyringKey: key }));
  const acts = joinPolicy({
    folder,
    lock: join(folder, 'lock.db'),
    deviceId: () => 'box-1',
    now: () => clock.now(),
    append,
    recordRegister: () => {},
  });
  const policy = withRecipients(samplePolicy(new Date(NOW)), listOf(keyring, 2));
  const signed = (by: ReturnType<typeof pair>, document: Policy) =>
    JSON.stringify(signEnvelope(POLICY_TYPE, Buffer.from(JSON.stringify(document)), [by]));
  if (first) {
    acts.propose(signed(keyring, policy), 'cli');
    acts.approve({ person: 'p0', name: 'First', reason: 'The first policy of this box is ours.' }, null);
  }
  const trust = (on: boolean) =>
    trustDesk(folder, makeDeskKey(identity).publicKey, on, { before: () => {}, writeFile: writeFileDurably });
  if (trusted) trust(true);
  const pages = joinPolicyPages({
    acts,
    policyFolder: folder,
    identityFolder: identity,
    catalogue: {
      callsAfter: () => [],
      previewShortening: () => ({ recordings: { count: 0 }, calls: { count: 0 } }),
    } as never,
    said: () => ({ timeZone: 'Europe/Amsterdam', objected: () => false, acknowledged: () => true }),
    append,
    clock,
    chance: systemChance,
  });
  const written = (change: (policy: Policy) => Policy) =>
    pages.drafts.keep(dpo, change(pages.drafts.of(dpo)?.next ?? acts.inForce()!.policy));
  return { clock, folder, identity, keyring, events, world, acts, pages, policy, signed, trust, written };
}

const holiday = (policy: Policy): Policy => ({ ...policy, holidays: [{ date: '2026-12-25', name: 'Christmas Day' }] });
const terms =
  (contentDays: number, trafficDays = contentDays) =>
  (policy: Policy): Policy => ({
    ...policy,
    purposes: policy.purposes.map((one) => ({ ...one, retention: { ...one.retention, contentDays, trafficDays } })),
  });

test('a draft that harms nobody is signed by the desk and in force at once, with who and why in the log before it', (t) => {
  const { pages, acts, written, events, policy } = box();
  written(holiday);
  t.is(pages.sign(dpo, WHY), 'in force');
  const inForce = acts.inForce()!;
  t.is(inForce.policy.version, 2);
  t.is(inForce.signerIs, 'desk');
  t.deepEqual(inForce.policy.recipients, policy.recipients, 'who may open is the customer’s to say');
  const kinds = events.map(({ kind }) => kind);
  t.true(kinds.indexOf('policy_signed') < kinds.lastIndexOf('policy_received'));
  t.like(
    events.find(({ kind }) => kind === 'policy_signed'),
    { actor: 'p1', facts: { version: 2, reason: WHY } },
  );
  t.is(pages.drafts.of(dpo), null);
  t.like(pages.inForce(), { holder: 'desk', since: NOW + 1 });
});

test('what weakens waits for an approval, what erases earlier for a week, also when the desk signed it', (t) => {
  const { pages, acts, written, clock } = box();
  written(terms(60));
  t.is(pages.sign(dpo, WHY), 'pending');
  t.is(acts.inForce()?.policy.version, 1);
  const weaker = pages.pending()!;
  t.true(weaker.plan.needsApproval);
  t.is(pages.approve(dpo, WHY, weaker.hash), 'in force');
  t.is(acts.inForce()?.policy.purposes[0]?.retention.contentDays, 60);
  written(terms(14));
  t.is(pages.sign(dpo, WHY), 'pending');
  clock.advance(6 * DAY_MS);
  t.is(acts.applyDue(), null);
  t.is(acts.inForce()?.policy.purposes[0]?.retention.contentDays, 60);
  clock.advance(DAY_MS + 1);
  t.is(acts.applyDue()?.policy.purposes[0]?.retention.contentDays, 14);
});

test('a desk that nobody allowed signs nothing, and has no key to sign with; one that is allowed no more neither', (t) => {
  const { pages, written, identity, trust, acts, events } = box({ trusted: false });
  t.is(readDeskKey(identity), null);
  t.false(pages.maySign());
  written(holiday);
  t.is(
    codeOf(() => pages.sign(dpo, WHY)),
    'desk_key_untrusted',
  );
  makeDeskKey(identity);
  t.is(
    codeOf(() => pages.sign(dpo, WHY)),
    'desk_key_untrusted',
    'a key alone is nothing',
  );
  trust(true);
  t.true(pages.maySign());
  trust(false);
  t.is(
    codeOf(() => pages.sign(dpo, WHY)),
    'desk_key_untrusted',
  );
  t.is(acts.inForce()?.policy.version, 1);
  t.false(events.some(({ kind }) => kind === 'policy_signed'));
});

test('the desk’s key says not who may open recordings: no other list, no older one of the customer’s, no first policy', (t) => {
  const { acts, policy, identity, signed, keyring } = box();
  const key = readDeskKey(identity)!;
  const next = { ...policy, version: 2, previousHash: acts.inForce()!.hash };
  t.is(
    codeOf(() => acts.propose(signed(key, { ...next, recipients: listOf(keyring, 1) }), 'x')),
    'policy_recipients_not_the_desks',
  );
  t.is(
    codeOf(() => acts.propose(signed(key, { ...next, recipients: listOf(key, 3) }), 'x')),
    'recipients_untrusted',
  );
  t.is(acts.inForce()?.policy.version, 1);
  const fresh = box({ first: false });
  const hers = readDeskKey(fresh.identity)!;
  t.is(
    codeOf(() => fresh.acts.propose(fresh.signed(hers, fresh.policy), 'x')),
    'policy_first_is_the_customers',
  );
  t.is(
    codeOf(() => fresh.pages.drafts.keep(dpo, fresh.policy)),
    'policy_first_is_the_customers',
  );
});

test('a draft that another policy has overtaken is old, and undoes nothing', (t) => {
  const { pages, acts, written, signed, policy, keyring } = box();
  written(holiday);
  acts.propose(
    signed(keyring, {
      ...policy,
      version: 2,
      previousHash: acts.inForce()!.hash,
      neverRecord: [{ id: 'w', why: 'withheld' }],
    }),
    'cli',
  );
  t.is(acts.inForce()?.policy.version, 2);
  t.true(pages.drafts.of(dpo)!.old);
  t.is(
    codeOf(() => pages.sign(dpo, WHY)),
    'draft_old',
  );
  pages.drafts.drop(dpo);
  written(holiday);
  t.is(pages.sign(dpo, WHY), 'in force');
  t.like(acts.inForce()?.policy, { version: 3, neverRecord: [{ id: 'w' }] });
});

test('no log, no signature', (t) => {
  const { pages, acts, written, world } = box();
  written(holiday);
  world.logWorks = false;
  t.is(
    codeOf(() => pages.sign(dpo, WHY)),
    'audit_failed',
  );
  t.is(acts.inForce()?.policy.version, 1);
  t.is(acts.pending(), null);
});

test('what changed between any two policies is told field by field', (t) => {
  const { pages, written, clock } = box();
  written(holiday);
  pages.sign(dpo, WHY);
  clock.advance(1000);
  written((policy) => ({ ...policy, neverRecord: [{ id: 'w', why: 'withheld' }] }));
  pages.sign(dpo, WHY);
  const [third, second, first] = pages.versions();
  t.deepEqual(
    [third, second, first].map((one) => one?.policy.version),
    [3, 2, 1],
  );
  const fields = pages.differences(first!.policy, third!.policy).map(({ field }) => field);
  t.true(fields.includes('holidays') && fields.includes('neverRecord'));
  t.deepEqual(pages.differences(third!.policy, third!.policy), []);
});
