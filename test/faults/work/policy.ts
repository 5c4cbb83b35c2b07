/** Policies that come, wait, are approved, refused and applied: the old one or the new one is in force, whole, and what waits is remembered. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { signEnvelope } from '@belkluis/shared/policy/dsse';
import { RECIPIENTS_TYPE } from '@belkluis/shared/policy/recipients';
import { type PolicyDraft, samplePolicy, withRecipients } from '@belkluis/shared/policy/sample';
import { POLICY_TYPE } from '@belkluis/shared/policy/schema';
import { joinPolicy, type PolicyActs } from '../../../appliance/join-policy.ts';
import { policiesSince } from '../../../appliance/policy/history.ts';
import { loadPolicy, policyFiles } from '../../../appliance/policy/store.ts';
import { makeFolder, writeFileDurably } from '../../../appliance/vault/durable.ts';
import type { Journal } from '../journal.ts';
import type { Work, World } from '../world.ts';
import { append } from './audit.ts';

const WORK = 'policy';
const DAY_MS = 24 * 3600_000;

const folderOf = ({ folder }: World) => join(folder, 'policy');

/** Who decides, and a clock of `after` ms more than the box's. */
const decider = { person: 'anna', name: 'Anna', reason: 'It was talked over with the works council.' };

function withPolicies<T>(world: World, use: (acts: PolicyActs) => T, after = 0): T {
  const folder = folderOf(world);
  const { trust } = policyFiles(folder);
  if (!existsSync(trust)) {
    makeFolder(folder);
    const key = world.keys.publicKey.export({ format: 'pem', type: 'spki' }) as string;
    writeFileDurably(trust, JSON.stringify({ policyKeys: [{ key, of: 'customer' }], keyringKey: key }));
  }
  const acts = joinPolicy({
    folder,
    lock: join(world.folder, 'policy-lock.db'),
    deviceId: () => 'box',
    now: () => world.clock.now() + after,
    append: (entry) => append(world, entry),
    recordRegister: () => {},
  });
  try {
    return use(acts);
  } finally {
    acts.close();
  }
}

/** What follows the policy in force: it strengthens, weakens, or erases earlier and weakens. */
function signed(world: World, acts: PolicyActs): string {
  const inForce = acts.inForce();
  const version = (acts.pending()?.policy.policy.version ?? inForce?.policy.version ?? 0) + 1;
  const sample = samplePolicy(new Date(world.clock.now()));
  const [purpose] = sample.purposes;
  const days = world.random.pick([20, 30, 40]);
  const never = Array.from({ length: version }, (_, at) => ({ id: `n${at}`, why: 'other' as const, numbers: ['112'] }));
  const draft: PolicyDraft = {
    ...sample,
    version,
    previousHash: inForce?.hash ?? null,
    neverRecord: never,
    regions: world.random.pick([['EEA'], ['EEA', 'CH']]),
    purposes: [{ ...purpose!, retention: { ...purpose!.retention, contentDays: days } }],
  };
  const recipients = ['custodian', 'escrow'].map((role, at) => ({
    role,
    name: role,
    fingerprint: `${at}`.repeat(40),
    certificate: 'x',
  }));
  const list = { schemaVersion: 1, listVersion: 1, issuedAt: '2026-01-01T00:00:00Z', recipients };
  const envelope = signEnvelope(RECIPIENTS_TYPE, Buffer.from(JSON.stringify(list)), [world.keys]);
  const policy = JSON.stringify(withRecipients(draft, envelope));
  return JSON.stringify(signEnvelope(POLICY_TYPE, Buffer.from(policy), [world.keys]));
}

function act(world: World, acts: PolicyActs): void {
  const pending = acts.pending();
  const tell = (hash: string, may: string) => world.say(WORK, 'about_to_change', { hash, may });
  if (pending && world.random.onceIn(3)) {
    tell(pending.policy.hash, 'refuse');
    acts.refuse(decider, pending.policy.hash);
  } else if (pending?.plan.needsApproval && !pending.approval) {
    tell(pending.policy.hash, 'approve');
    acts.approve(decider, pending.policy.hash);
  } else {
    const text = signed(world, acts);
    tell(acts.foresee(text).policy.hash, 'propose');
    acts.propose(text, 'cli');
  }
}

/** Hashes that may be in force, and what was last promised to wait; `open`: something was under way. */
function told(journal: Journal) {
  let state = { may: new Set<string | null>([null]), pending: null as string | null, open: false };
  for (const { work, said, hash, pending, may } of journal.lines) {
    if (work !== WORK) continue;
    if (said === 'changed') {
      state = { may: new Set([hash as string | null]), pending: pending as string | null, open: false };
    } else if (said === 'about_to_change') {
      if (may !== 'refuse') state.may.add(hash as string);
      state.open = true;
    }
  }
  return state;
}

export const policy: Work = {
  name: WORK,
  role: 'desk',
  weight: 3,
  run(world) {
    const changed = (acts: PolicyActs) =>
      world.say(WORK, 'changed', {
        hash: acts.inForce()?.hash ?? null,
        pending: acts.pending()?.policy.hash ?? null,
      });
    withPolicies(world, (acts) => {
      act(world, acts);
      changed(acts);
    });
    // A week later the desk looks.
    if (!world.random.onceIn(3)) return;
    const later = (acts: PolicyActs) => {
      const pending = acts.pending();
      if (!pending) return;
      world.say(WORK, 'about_to_change', { hash: pending.policy.hash, may: 'apply' });
      acts.applyDue();
      changed(acts);
    };
    withPolicies(world, later, 8 * DAY_MS);
  },
  check(world, journal) {
    const folder = folderOf(world);
    if (!existsSync(policyFiles(folder).trust)) return [];
    const { may, pending, open } = told(journal);
    const current = loadPolicy(folder)?.hash ?? null;
    const waits = withPolicies(world, (acts) => acts.pending()?.policy.hash ?? null);
    const faults: string[] = [];
    if (!may.has(current)) faults.push(`policy: ${current} is in force, promised ${[...may].join(' or ')}`);
    if (!open && waits !== pending) faults.push(`policy: ${waits} waits, promised ${pending}`);
    const history = policiesSince(folder)(world.clock.now() + 100 * DAY_MS)?.hash ?? null;
    if (history !== current) faults.push(`policy: history says ${history}, in force is ${current}`);
    const events = world.audit.recent(world.audit.head().size, 0).flatMap(({ event }) => event ?? []);
    const logged = events.some(
      ({ kind, facts }) => kind === 'policy_applied' && 'policyHash' in facts && facts.policyHash === current,
    );
    if (current !== null && !logged) faults.push(`policy: ${current} is in force and not in the log`);
    return faults;
  },
};
