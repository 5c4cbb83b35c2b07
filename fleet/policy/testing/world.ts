/** Boxes of two MSPs with their customers' policy, the room on a real database, and what boxes answer. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { systemChance } from '@belkluis/shared/base/chance';
import type { Desired } from '@belkluis/shared/contract/desired';
import { signEnvelope } from '@belkluis/shared/policy/dsse';
import { RECIPIENTS_TYPE } from '@belkluis/shared/policy/recipients';
import { samplePolicy, withRecipients } from '@belkluis/shared/policy/sample';
import { POLICY_TYPE, type Policy } from '@belkluis/shared/policy/schema';
import { twoRecipients } from '@belkluis/shared/policy/testing/two-recipients';
import type { AnyTables } from '../../db/open.ts';
import { boxesOfTwo, boxId, migrations as inventory, presence, reported } from '../../inventory/testing/boxes.ts';
import type { PolicyEvent } from '../events.ts';
import type { KeyFolder } from '../keys.ts';
import { sha256 } from '../parts.ts';
import { openPolicies } from '../policies.ts';
import { policyMigrations } from '../tables.ts';

export const migrations = [...inventory, ...policyMigrations];

/** The customer's own key, as `belkluis policy sign` uses it. */
const keyring = generateKeyPairSync('ed25519');

const recipients = signEnvelope(RECIPIENTS_TYPE, Buffer.from(JSON.stringify(twoRecipients)), [keyring]);

/** What a customer has signed: the sample, which lets the fleet change rules, groups, holidays and what is never recorded. */
export function customersOwn(change: (policy: Policy) => Policy = (policy) => policy, at = Date.UTC(2026, 0, 1)) {
  const policy = change(withRecipients(samplePolicy(new Date(at)), recipients));
  const payload = Buffer.from(JSON.stringify(policy));
  const envelope = JSON.stringify(signEnvelope(POLICY_TYPE, payload, [keyring]));
  return { policy, envelope, hash: sha256(payload) };
}

/** Keys that a test need not write. */
export function memoryKeys(): KeyFolder {
  const keys = new Map<string, KeyObject>();
  return {
    key: (name) => keys.get(name) ?? null,
    makeKey(name) {
      const { privateKey } = generateKeyPairSync('ed25519');
      keys.set(name, privateKey);
      return privateKey;
    },
  };
}

export const payloadOf = (policy: Pick<Desired, 'payload'>): Policy =>
  JSON.parse(Buffer.from(policy.payload, 'base64').toString('utf8')) as Policy;

export const hashOf = (policy: Pick<Desired, 'payload'>): string => sha256(Buffer.from(policy.payload, 'base64'));

export async function policyWorld(database: AnyTables, folder = memoryKeys()) {
  const two = await boxesOfTwo(database);
  const told: PolicyEvent[] = [];
  const agreements = new Map<string, { state: 'valid' | 'missing' | 'expired'; until: number | null }>();
  let meanwhile: (() => Promise<unknown>) | null = null;
  const open = (keys = folder) =>
    openPolicies({
      database,
      clock: two.clock,
      chance: systemChance,
      newId: two.newId,
      append: async (events) => void told.push(...[events].flat()),
      async agreementOf(site) {
        const happens = meanwhile;
        meanwhile = null;
        await happens?.();
        return agreements.get(site) ?? { state: 'valid', until: null };
      },
      folder: keys,
    });
  const policies = open();
  const own = customersOwn();
  /** What the broker holds for each box. */
  const retained = new Map<string, Desired>();
  const sends: string[] = [];
  const send = async (box: string, policy: Desired | null) => {
    sends.push(box);
    if (policy) retained.set(box, policy);
    else retained.delete(box);
  };
  const names = new Map<string, string>();
  const { engine } = policies;

  /** A box that is there, and has the customer's policy in force. */
  async function addBox(
    name: string,
    site: string,
    scope = two.a.scope,
    hash: string | null = own.hash,
  ): Promise<string> {
    const box = await two.addBox(name, site, scope);
    names.set(box, name);
    await two.store(
      two.says(name, presence()),
      two.says(name, reported({ applied: hash === null ? null : { version: 1, hash } })),
    );
    return box;
  }

  /** A box reports, and nobody looks. */
  async function reports(name: string, policy: Parameters<typeof reported>[0]): Promise<void> {
    two.clock.advance(1000);
    await two.store(two.says(name, reported(policy)));
  }

  /** A box reports, and the process looks at it. */
  async function says(box: string, policy: Parameters<typeof reported>[0]): Promise<void> {
    await reports(names.get(box)!, policy);
    await engine.look([box]);
  }

  const step = () => engine.step(send);
  const renew = (by = engine) =>
    by.renew({
      goesOn: () => true,
      failed(_msp, error) {
        throw error;
      },
    });

  return {
    ...two,
    told,
    agreements,
    /** What somebody else does when an agreement is next looked at: after rows were read, before anything is signed or sent. */
    meanwhile(happens: () => Promise<unknown>) {
      meanwhile = happens;
    },
    policies,
    /** The room of another process. */
    open,
    own,
    retained,
    sends,
    send,
    step,
    renew,
    addBox,
    says,
    message: two.says,
    reports,
    boxId,
    /** It has in force what the broker holds for it. */
    applies: (box: string) => {
      const policy = retained.get(box)!;
      return says(box, { applied: { version: payloadOf(policy).version, hash: hashOf(policy) } });
    },
    refuses: (
      box: string,
      why: 'policy_against_law' | 'policy_out_of_order' | 'policy_rollback' = 'policy_against_law',
      applied = own.hash,
    ) => {
      const policy = retained.get(box)!;
      return says(box, {
        applied: { version: 1, hash: applied },
        rejected: { version: payloadOf(policy).version, hash: hashOf(policy), why },
      });
    },
    /** Writes the MSP's level so that something changes, and signs it for all. */
    async signAll(scope = two.a.scope, more: Partial<Parameters<typeof policies.sign>[1]> = {}) {
      const choice = { all: true };
      const { token } = await policies.preview(scope, choice);
      return policies.sign(scope, { choice, token, title: 'Holidays', ...more }, 'sara');
    },
  };
}
