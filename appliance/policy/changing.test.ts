import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AuditEntry, checkEvent } from '@belkluis/shared/audit/event';
import { codeOf } from '@belkluis/shared/base/testing/code-of';
import { signEnvelope } from '@belkluis/shared/policy/dsse';
import { RECIPIENTS_TYPE } from '@belkluis/shared/policy/recipients';
import { type PolicyDraft, samplePolicy, withRecipients } from '@belkluis/shared/policy/sample';
import { POLICY_TYPE } from '@belkluis/shared/policy/schema';
import { twoRecipients } from '@belkluis/shared/policy/testing/two-recipients';
import test from 'ava';
import { openPolicyChanging } from './changing.ts';
import { policiesSince, policyVersions } from './history.ts';
import { DESTRUCTIVE_WAIT_MS, PENDING_EXPIRES_MS } from './plan.ts';
import { loadPolicy, policyFiles } from './store.ts';

const start = Date.parse('2026-11-24T00:00:00Z');
const DAY = 24 * 3_600_000;
const keyring = generateKeyPairSync('ed25519');
const fleet = generateKeyPairSync('ed25519');
const stranger = generateKeyPairSync('ed25519');
const pem = (key: typeof keyring) => key.publicKey.export({ format: 'pem', type: 'spki' }) as string;
const recipients = signEnvelope(RECIPIENTS_TYPE, Buffer.from(JSON.stringify(twoRecipients)), [keyring]);

function signed(change: Partial<PolicyDraft> = {}, by = [keyring]): string {
  const policy = withRecipients({ ...samplePolicy(new Date(start)), ...change }, recipients);
  return JSON.stringify(signEnvelope(POLICY_TYPE, Buffer.from(JSON.stringify(policy)), by));
}

const dpo = { person: 'robert', name: 'Robert Visser', reason: 'The works council agreed on the 12th.' };

/** A box whose first policy is in force, with a clock that the test turns. `onWrite` may throw before any change of a file. */
function box({ first = true, trust = [{ key: pem(fleet), of: 'fleet' }] as unknown[] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'policy-'));
  const events: (AuditEntry & { at: number })[] = [];
  const state = { now: start, onWrite: () => {}, onAppend: () => {}, register: (_hash: string) => {} };
  const files = policyFiles(folder);
  writeFileSync(
    files.trust,
    JSON.stringify({ policyKeys: [{ key: pem(keyring), of: 'customer' }, ...trust], keyringKey: pem(keyring) }),
  );
  const open = () =>
    openPolicyChanging({
      folder,
      deviceId: () => 'box-1',
      now: () => state.now,
      append: (entry) => {
        state.onAppend();
        events.push(checkEvent({ ...entry, at: state.now }));
      },
      recordRegister: ({ hash }) => state.register(hash),
      write: (path, text) => {
        state.onWrite();
        writeFileSync(path, text);
      },
      remove: (path) => {
        state.onWrite();
        rmSync(path, { force: true });
      },
      exclusive: (work) => work(),
    });
  const acts = open();
  const hash = () => loadPolicy(folder)?.hash ?? null;
  const next = (change: Partial<PolicyDraft>, by = [keyring]) => {
    const version = (loadPolicy(folder)?.policy.version ?? 0) + 1;
    return signed({ version, previousHash: hash(), ...change }, by);
  };
  if (first) {
    acts.propose(next({}), 'cli');
    acts.approve(dpo, null);
  }
  events.length = 0;
  const told = () => events.map(({ kind, actor, facts }) => `${actor} ${kind}${'why' in facts ? ` ${facts.why}` : ''}`);
  return {
    folder,
    files,
    state,
    events,
    told,
    open,
    acts,
    hash,
    next,
    version: () => loadPolicy(folder)?.policy.version,
  };
}

const [purpose] = samplePolicy(new Date(start)).purposes;
const kept = (contentDays: number): Partial<PolicyDraft> => ({
  purposes: [{ ...purpose!, retention: { ...purpose!.retention, contentDays } }],
});
const weaker = kept(60);
const shorter = kept(10);
const stronger = { neverRecord: [{ id: 'doctor', why: 'doctor' as const, numbers: ['112'] }] };
/** Weakens and destroys. */
const both = { ...shorter, regions: ['EEA', 'CH'] };

test('what weakens nothing and destroys nothing is in force at once, and the log has it before', (t) => {
  const { acts, next, told, version, events } = box();
  t.is(acts.propose(next(stronger), 'cli').state, 'in force');
  t.is(version(), 2);
  t.deepEqual(told(), ['cli policy_received', 'cli policy_applied']);
  t.like(events[1]!.facts, { classes: ['strengthening'], approvedBy: null });
});

test('the register of a policy is written before it is in force; one that cannot be written keeps the policy out', (t) => {
  const { acts, next, state, version, told } = box();
  const text = next(stronger);
  state.register = () => {
    throw new Error('disk full');
  };
  t.throws(() => acts.propose(text, 'cli'), { message: 'disk full' });
  t.is(version(), 1);
  t.deepEqual(told(), ['cli policy_received']);
  const written: unknown[] = [];
  state.register = () => written.push(version());
  acts.propose(text, 'cli');
  t.deepEqual([written, version()], [[1], 2], 'written while the one before was in force');
});

test('a first policy waits for the data protection officer', (t) => {
  const { acts, next, version } = box({ first: false });
  t.is(acts.propose(next({}), 'cli').state, 'pending');
  t.is(version(), undefined);
  t.is(acts.approve(dpo, null).state, 'in force');
  t.is(version(), 1);
});

test('what weakens waits as long as nobody approves it; the old policy stays whole, and who approved is kept with the new one', (t) => {
  const { acts, next, told, hash, state, events, folder, open } = box();
  const before = hash();
  const outcome = acts.propose(next({ ...weaker, ...stronger }), 'cli');
  t.is(outcome.state, 'pending');
  state.now += 13 * DAY;
  t.is(acts.applyDue(), null);
  t.is(hash(), before, 'not even what strengthens is in force');
  t.like(events.at(-1)!.facts, {
    classes: ['strengthening', 'weakening'],
    weakens: ['purposes.complaints.retention.contentDays'],
    destroys: [],
    waitsUntil: null,
    expiresAt: start + PENDING_EXPIRES_MS,
  });

  const pending = open().pending()!;
  t.like(pending, { by: 'cli', arrivedAt: start, approval: null }, 'another process sees it');
  t.is(
    codeOf(() => acts.approve({ ...dpo, reason: 'yes' }, null)),
    'approval_reason_needed',
  );
  t.is(
    codeOf(() => acts.approve(dpo, 'f'.repeat(64))),
    'policy_another_waits',
  );
  t.is(acts.approve(dpo, pending.policy.hash).state, 'in force');
  t.is(hash(), pending.policy.hash);
  t.is(acts.pending(), null);
  t.deepEqual(told(), ['cli policy_received', 'cli policy_pending', 'robert policy_approved', 'robert policy_applied']);
  t.like(events.at(-2)!.facts, { policyHash: hash(), reason: dpo.reason });
  t.like(events.at(-1)!.facts, { policyHash: hash(), approvedBy: 'robert' });
  const [version] = policyVersions(folder);
  t.like(version, { since: state.now, approval: { ...dpo, policyHash: hash() } });
  t.is(
    codeOf(() => acts.approve(dpo, null)),
    'policy_nothing_waits',
  );
});

test('what erases before its day waits seven days, whoever wants it; then the timer applies it', (t) => {
  const { acts, next, told, state, version, open } = box();
  t.is(acts.propose(next(shorter), 'cli').state, 'pending');
  t.is(
    codeOf(() => acts.approve(dpo, null)),
    'policy_needs_no_approval',
  );
  state.now = start + DESTRUCTIVE_WAIT_MS - 1;
  t.is(open().applyDue(), null);
  t.is(version(), 1);
  state.now++;
  t.is(open().applyDue()?.policy.version, 2);
  t.is(version(), 2);
  t.is(acts.applyDue(), null);
  t.deepEqual(told(), ['cli policy_received', 'cli policy_pending', 'box policy_applied']);
});

test('what does both waits for both, in either order', (t) => {
  const early = box();
  early.acts.propose(early.next(both), 'cli');
  t.is(early.acts.approve(dpo, null).state, 'pending');
  t.is(early.version(), 1);
  t.like(early.open().pending(), { approval: dpo }, 'the approval outlives the process');
  early.state.now = start + DESTRUCTIVE_WAIT_MS;
  t.is(early.acts.applyDue()?.policy.version, 2);

  const late = box();
  late.acts.propose(late.next(both), 'cli');
  late.state.now = start + DESTRUCTIVE_WAIT_MS + DAY;
  t.is(late.acts.applyDue(), null, 'nobody approved it');
  t.is(late.acts.approve(dpo, null).state, 'in force');
});

test('an approval counts for the policy that was looked at and for no other', (t) => {
  const { acts, next, files, state, version } = box();
  acts.propose(next(both), 'cli');
  acts.approve(dpo, null);
  const waiting = JSON.parse(readFileSync(files.pending, 'utf8')) as object;
  writeFileSync(files.pending, JSON.stringify({ ...waiting, signed: next({ ...both, rules: [] }) }));
  state.now = start + DESTRUCTIVE_WAIT_MS;
  t.is(acts.applyDue(), null);
  t.is(acts.pending()?.approval, null);
  t.is(version(), 1);
});

test('the data protection officer refuses what waits, also what only waits for its day; it is in the log by its hash', (t) => {
  for (const change of [weaker, shorter, both]) {
    const { acts, next, hash, state, events, told } = box();
    const before = hash();
    acts.propose(next(change), 'cli');
    const refused = acts.refuse(dpo, null);
    state.now = start + 8 * DAY;
    t.is(acts.applyDue(), null);
    t.is(hash(), before);
    t.is(told().at(-1), 'robert policy_cancelled refused');
    t.like(events.at(-1)!.facts, { policyHash: refused.hash, reason: dpo.reason });
  }
});

test('after fourteen days what nobody decided is put away, approved or not', (t) => {
  for (const approved of [false, true]) {
    const { acts, next, told, state, version } = box();
    acts.propose(next(both), 'cli');
    if (approved) acts.approve(dpo, null);
    state.now = start + PENDING_EXPIRES_MS;
    t.is(
      codeOf(() => acts.approve(dpo, null)),
      'policy_nothing_waits',
    );
    t.is(acts.applyDue(), null);
    t.is(told().at(-1), 'box policy_cancelled expired');
    t.is(version(), 1);
    t.is(acts.propose(next(both), 'cli').state, 'pending', 'it may come again');
  }
});

test('one waits at most: a newer version takes its place, an older one is refused, and the same one keeps its time', (t) => {
  const { acts, next, told, state, hash, version } = box();
  const second = next(shorter);
  acts.propose(second, 'cli');
  state.now += DAY;
  t.like(acts.propose(second, 'cli'), { state: 'pending', pending: { arrivedAt: start } });
  t.is(
    codeOf(() => acts.propose(next(weaker), 'cli')),
    'policy_rollback',
  );
  t.is(acts.propose(next({ ...weaker, version: 3 }), 'fleet').state, 'pending');
  t.is(acts.pending()?.policy.policy.version, 3);
  t.is(acts.propose(next({ ...stronger, version: 4 }), 'cli').state, 'in force');
  t.is(version(), 4);
  t.is(acts.pending(), null);
  t.deepEqual(told(), [
    ...['cli policy_received', 'cli policy_pending', 'cli policy_refused'],
    ...['fleet policy_received', 'fleet policy_cancelled replaced', 'fleet policy_pending'],
    ...['cli policy_received', 'cli policy_cancelled replaced', 'cli policy_applied'],
  ]);
  t.truthy(hash());
});

test('checks are made anew when it is approved, and on its day', (t) => {
  const expires = box();
  expires.acts.propose(expires.next({ ...weaker, expiresAt: '2026-11-26T00:00:00Z' }), 'cli');
  expires.state.now += 2 * DAY;
  t.is(
    codeOf(() => expires.acts.approve(dpo, null)),
    'policy_nothing_waits',
  );
  t.is(expires.told().at(-1), 'box policy_cancelled policy_expired');

  const untrusted = box();
  untrusted.acts.propose(untrusted.next(shorter), 'cli');
  writeFileSync(untrusted.files.trust, JSON.stringify({ policyKeys: [pem(stranger)], keyringKey: pem(stranger) }));
  untrusted.state.now += 8 * DAY;
  t.is(untrusted.acts.applyDue(), null);
  t.is(untrusted.told().at(-1), 'box policy_cancelled policy_untrusted');
});

test('a policy that is not taken is in the log by its code and its hash, and nothing waits', (t) => {
  const { acts, next, events, told } = box();
  t.is(
    codeOf(() => acts.propose(next({}, [stranger]), 'cli')),
    'policy_untrusted',
  );
  t.is(
    codeOf(() => acts.propose('nonsense', 'cli')),
    'policy_malformed',
  );
  t.regex((events[0]!.facts as { policyHash: string }).policyHash, /^[0-9a-f]{64}$/);
  t.is((events[1]!.facts as { policyHash: unknown }).policyHash, null);
  t.deepEqual(told(), ['cli policy_refused', 'cli policy_refused']);
  t.is(acts.pending(), null);
});

test('the fleet changes what the bounds in force allow, waits as anybody does, and never begins', (t) => {
  const fresh = box({ first: false });
  t.is(
    codeOf(() => fresh.acts.propose(signed({}, [fleet]), 'fleet')),
    'policy_first_is_the_customers',
  );
  const { acts, next, version } = box();
  const own = [fleet];
  t.is(acts.propose(next(stronger, own), 'fleet').state, 'in force');
  const carried = { ...stronger, bounds: { fleetMayChange: ['rules' as const], maxContentDays: 90 } };
  const error = t.throws<Error & { code: string }>(() => acts.propose(next(carried, own), 'fleet'));
  t.is(error.code, 'policy_out_of_bounds');
  t.regex(error.message, /bounds\.fleetMayChange/);
  t.is(
    codeOf(() => acts.propose(next({ ...stronger, ...weaker }, own), 'fleet')),
    'policy_out_of_bounds',
  );
  const wider = { ...stronger, rules: [{ id: 'all-internal', purpose: 'complaints', start: 'automatic' as const }] };
  t.is(acts.propose(next(wider, own), 'fleet').state, 'pending');
  t.is(version(), 2);
  t.is(
    acts.propose(next({ ...carried, version: 4 }, [fleet, keyring]), 'fleet').state,
    'in force',
    'the customer signed too',
  );
});

test('without the log nothing changes: not taken, not approved, not refused, not applied', (t) => {
  const { acts, next, state, hash, files } = box();
  const before = hash();
  const refuse = () => {
    throw new Error('the log is full');
  };
  state.onAppend = refuse;
  t.throws(() => acts.propose(next(stronger), 'cli'), { message: 'the log is full' });
  t.throws(() => acts.propose(next(both), 'cli'));
  t.false(existsSync(files.pending));
  state.onAppend = () => {};
  acts.propose(next(both), 'cli');
  state.onAppend = refuse;
  t.throws(() => acts.approve(dpo, null));
  t.throws(() => acts.refuse(dpo, null));
  t.is(acts.pending()?.approval, null);
  state.onAppend = () => {};
  acts.approve(dpo, null);
  state.onAppend = refuse;
  state.now = start + DESTRUCTIVE_WAIT_MS;
  t.throws(() => acts.applyDue());
  t.is(hash(), before);
});

test('a process that dies before any of its writes leaves the old policy or the new one, whole, and what was lost can be done again', (t) => {
  /** Does `act` with a death before the `n`th write; false: there are not so many. */
  const dies = (scene: ReturnType<typeof box>, n: number, act: () => unknown): boolean => {
    let left = n;
    scene.state.onWrite = () => {
      if (left-- === 0) throw new Error('dead');
    };
    try {
      act();
      return false;
    } catch (error) {
      t.is((error as Error).message, 'dead');
      return true;
    } finally {
      scene.state.onWrite = () => {};
    }
  };
  const deaths = { approve: 0, due: 0, propose: 0, first: 0 };
  for (let n = 0; ; n++) {
    const scene = box();
    const old = scene.hash()!;
    scene.acts.propose(scene.next(weaker), 'cli');
    const wanted = scene.acts.pending()!.policy.hash;
    scene.state.now += 1000;
    if (!dies(scene, n, () => scene.acts.approve(dpo, null))) break;
    deaths.approve++;
    const after = scene.hash()!;
    t.true([old, wanted].includes(after));
    t.is(policiesSince(scene.folder)(scene.state.now + 1)?.hash, after, 'history says what was in force');
    scene.state.now += 1000;
    scene.open().applyDue();
    if (after === old) t.is(scene.open().approve(dpo, null).state, 'in force');
    t.is(scene.hash(), wanted);
    t.is(scene.open().pending(), null);
    t.false(existsSync(scene.files.pending));
    t.is(policiesSince(scene.folder)(scene.state.now - 500)?.hash, after);
  }
  for (let n = 0; ; n++) {
    const scene = box();
    scene.acts.propose(scene.next(both), 'cli');
    const wanted = scene.acts.approve(dpo, null) && scene.acts.pending()!.policy.hash;
    scene.state.now = start + DESTRUCTIVE_WAIT_MS;
    if (!dies(scene, n, () => scene.acts.applyDue())) break;
    deaths.due++;
    scene.state.now += 1000;
    scene.open().applyDue();
    t.is(scene.hash(), wanted, 'the next process finishes it');
    t.false(existsSync(scene.files.pending));
    t.like(policyVersions(scene.folder)[0], { approval: { person: 'robert' } });
  }
  for (let n = 0; ; n++) {
    const scene = box();
    const next = scene.next(stronger);
    if (!dies(scene, n, () => scene.acts.propose(next, 'cli'))) break;
    deaths.propose++;
    if (scene.version() === 1) scene.open().propose(next, 'cli');
    t.is(scene.version(), 2);
  }
  for (let n = 0; ; n++) {
    const scene = box({ first: false });
    scene.acts.propose(scene.next({}), 'cli');
    scene.state.now += 1000;
    if (!dies(scene, n, () => scene.acts.approve(dpo, null))) break;
    deaths.first++;
    const was = scene.hash();
    const died = scene.state.now;
    t.is(policiesSince(scene.folder)(died)?.hash ?? null, was, 'also before the first one');
    scene.state.now += 1000;
    // Whoever tries again dies as well, at the same step: one write more stands before it.
    if (was === null && dies(scene, n + 1, () => scene.open().approve(dpo, null)) && scene.hash() === null) {
      t.is(policiesSince(scene.folder)(scene.state.now)?.hash ?? null, null, 'twice cut off is never in force');
      scene.state.now += 1000;
    }
    scene.open().applyDue();
    if (scene.hash() === null) scene.open().approve(dpo, null);
    t.is(scene.version(), 1);
    t.is(policiesSince(scene.folder)(died)?.hash ?? null, was);
    t.is(policyVersions(scene.folder).length, 1);
  }
  t.deepEqual(deaths, { approve: 4, due: 4, propose: 3, first: 4 });
});
