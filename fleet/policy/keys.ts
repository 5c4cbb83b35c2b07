/** Keys with which MSPs sign policies: private halves in files, public ones in the database, which says which count. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { keyName, type Signer } from '@belkluis/shared/policy/dsse';
import type { Scope } from '../tenants/scope.ts';
import { type Parts, view, within } from './parts.ts';
import { problem } from './problems.ts';

/** Where private keys lie: a folder with the passphrase of the fleet's other keys (`enrolment/key-files.ts`). */
export interface KeyFolder {
  /** Null: it is not there. */
  key(name: string): KeyObject | null;
  /** On disk when this returns. */
  makeKey(name: string, kind: 'Ed25519'): KeyObject;
}

export interface PolicyKey {
  /** SHA-256 of the SPKI, hex: what a person at a box compares, and what envelopes name. */
  readonly key: string;
  /** SPKI, base64. */
  readonly publicKey: string;
  /** Counts up with each new key. */
  readonly generation: number;
  readonly by: string;
  readonly at: number;
}

/** No key made the same file name before: the database decides which of two processes that begin at once has made the key. */
const fileOf = (msp: string, chance: Parts['chance']) => `${msp}-${chance.bytes(8).toString('hex')}.pem`;

export function openPolicyKeys({
  database,
  clock,
  chance,
  append,
  folder,
}: Pick<Parts, 'database' | 'clock' | 'chance' | 'append'> & { readonly folder: KeyFolder }) {
  const db = view(database);
  const held = new Map<string, Signer>();

  async function kept(msp: string): Promise<readonly (PolicyKey & { file: string })[]> {
    const rows = await db
      .selectFrom('policy_keys')
      .selectAll()
      .where('msp', '=', msp)
      .where('retired_at', 'is', null)
      .orderBy('generation', 'desc')
      .execute();
    return rows.map((row) => ({
      key: row.key,
      publicKey: row.public_key,
      generation: row.generation,
      by: row.made_by,
      at: row.made_at,
      file: row.file,
    }));
  }

  async function make(msp: string, generation: number, actor: string): Promise<void> {
    const file = fileOf(msp, chance);
    // On disk first: a row without its key would promise boxes what nobody can keep.
    const publicKey = createPublicKey(folder.makeKey(file, 'Ed25519'));
    const key = keyName(publicKey);
    const spki = publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
    await within(database, async (tx, whole) => {
      const { numInsertedOrUpdatedRows } = await tx
        .insertInto('policy_keys')
        .values({
          key,
          msp,
          generation,
          public_key: spki,
          file,
          made_by: actor,
          made_at: clock.now(),
          retired_at: null,
        })
        .onConflict((on) => on.doNothing())
        .executeTakeFirst();
      if (numInsertedOrUpdatedRows === 0n) return;
      await append({ kind: 'policy_key_made', actor, facts: { msp, key } }, whole);
    });
  }

  function signerOf({ key, file }: PolicyKey & { file: string }): Signer {
    const known = held.get(key);
    if (known) return known;
    const privateKey = folder.key(file);
    if (!privateKey) throw problem('policy_key_elsewhere', key);
    const publicKey = createPublicKey(privateKey);
    if (keyName(publicKey) !== key) throw problem('policy_key_elsewhere', key);
    const signer = { privateKey, publicKey };
    held.set(key, signer);
    return signer;
  }

  async function current(msp: string, actor: string) {
    const keys = await kept(msp);
    if (keys.length > 0) return keys;
    await make(msp, 1, actor);
    return await kept(msp);
  }

  return {
    /** The key that a box pins when it is enrolled, SPKI, base64; made when there is none. The caller knows that the MSP is its own. */
    pinned: async (msp: string, actor: string): Promise<string> => (await current(msp, actor))[0]!.publicKey,
    /** Those that sign, newest first. */
    list: async ({ msp }: Scope): Promise<readonly PolicyKey[]> =>
      (await kept(msp)).map(({ file: _file, ...key }) => key),
    /** What every policy of the MSP is signed by. @throws Problem `policy_key_elsewhere`, of the key files. */
    signers: async (msp: string, actor: string): Promise<readonly Signer[]> =>
      (await current(msp, actor)).map(signerOf),
    /**
     * From now on boxes pin another key. Those that were enrolled before know the former alone, so both sign until that is retired.
     * @throws Problem `scope_too_small`.
     */
    async rotate(scope: Scope, actor: string): Promise<string> {
      if (scope.within !== 'all') throw problem('scope_too_small');
      const [newest] = await current(scope.msp, actor);
      await make(scope.msp, newest!.generation + 1, actor);
      return await this.pinned(scope.msp, actor);
    },
    /**
     * Signs no more by all but the newest. Boxes that know only a former one refuse every policy until they are enrolled again, and go on believing it until
     * then: what was stolen is taken back at the box alone. @throws Problem `scope_too_small`.
     */
    async retireFormer(scope: Scope, actor: string): Promise<void> {
      if (scope.within !== 'all') throw problem('scope_too_small');
      const { msp } = scope;
      await within(database, async (tx, whole) => {
        const [, ...former] = await tx
          .selectFrom('policy_keys')
          .select('key')
          .where('msp', '=', msp)
          .where('retired_at', 'is', null)
          .orderBy('generation', 'desc')
          .execute();
        for (const { key } of former) {
          await append({ kind: 'policy_key_retired', actor, facts: { msp, key } }, whole);
          await tx.updateTable('policy_keys').set({ retired_at: clock.now() }).where('key', '=', key).execute();
        }
      });
    },
  };
}

export type PolicyKeys = ReturnType<typeof openPolicyKeys>;
