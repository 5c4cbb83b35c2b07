/** A box's data directory with everything open that works on it, and the form that a kind of work has. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import { type AuditLog, openAuditLog } from '../../appliance/audit/log.ts';
import { erasureLog } from '../../appliance/join-eraser.ts';
import { type Eraser, openEraser } from '../../appliance/vault/eraser.ts';
import { openVault, type Vault } from '../../appliance/vault/vault.ts';
import type { Journal, Line } from './journal.ts';
import { type Random, seededRandom } from './random.ts';
import { appendAll } from './work/audit.ts';

/** The box's two processes; `both`: one process does everything, where system calls are watched. */
export type Role = 'call' | 'desk' | 'both';

export interface World {
  readonly folder: string;
  readonly clock: ManualClock;
  readonly random: Random;
  /** The id of the `n`th recording of this life: known to whoever knows the seed. */
  idOf(n: number): string;
  readonly vault: Vault;
  readonly audit: AuditLog;
  readonly eraser: Eraser;
  readonly keys: { readonly privateKey: KeyObject; readonly publicKey: KeyObject };
  say(work: string, said: string, facts?: Omit<Line, 'work' | 'said'>): void;
  close(): void;
}

/** One kind of work. To try another: a file in work/, and a line in work/all.ts. */
export interface Work {
  readonly name: string;
  readonly role: 'call' | 'desk';
  /** How often it is chosen, next to others. */
  readonly weight: number;
  /** Does one piece of it. Says what it is about to do, and what returned. @throws what the product throws. */
  run(world: World): void | Promise<void>;
  /** What a closing process does in order; not called when it is killed. */
  finish?(world: World): void | Promise<void>;
  /** After a crash and a recovery, with nobody else at work: each way in which the box broke its word. */
  check(world: World, journal: Journal): readonly string[] | Promise<readonly string[]>;
}

/**
 * Does what the product refuses when the recording is erased: the other process may have been quicker, since the recording was picked.
 * That it was not done is said then.
 */
export async function unlessErased(
  { say }: World,
  work: string,
  id: string,
  action: () => void | Promise<void>,
): Promise<void> {
  try {
    await action();
  } catch (error) {
    if ((error as { code?: string }).code !== 'recording_erased') throw error;
    say(work, 'gone', { id });
  }
}

/** The box signs its checkpoints with the same key in each of its lives. */
const SEED_OF_KEY = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 7)]);

export interface WorldOptions {
  readonly folder: string;
  /** Wall clock, ms. It stands still for one life of the box. */
  readonly now: number;
  readonly seed: string;
  readonly say: (line: Line) => void;
}

/** Ids of recordings are drawn apart from all else, so that a test can name a file before it is there. */
export const recordingId = (seed: string, n: number): string => seededRandom(`${seed}:${n}`).bytes(16).toString('hex');

export function openWorld({ folder, now, seed, say: tell }: WorldOptions): World {
  const random = seededRandom(seed);
  const clock = new ManualClock(now);
  const vault = openVault(join(folder, 'vault'), { clock, chance: random });
  const audit = openAuditLog({
    path: join(folder, 'audit.db'),
    deviceId: 'box',
    clock,
    chance: random,
    accessDays: () => 1,
  });
  const privateKey = createPrivateKey({ key: SEED_OF_KEY, format: 'der', type: 'pkcs8' });
  const say: World['say'] = (work, said, facts = {}) => tell({ work, said, ...facts });
  const eraser = openEraser({
    ...vault,
    log: {
      ...erasureLog(audit, audit, () => audit.checkpoint(privateKey)),
      append: (event) => appendAll({ audit, say }, [event]),
      appendAll: (events) => appendAll({ audit, say }, events),
    },
    now: () => clock.now(),
    clock,
    chance: random,
    backedUp: true,
    requestDays: () => 30,
  });
  say('box', 'opened', { epoch: vault.keystore.epoch });
  return {
    folder,
    clock,
    random,
    idOf: (n) => recordingId(seed, n),
    vault,
    audit,
    eraser,
    keys: { privateKey, publicKey: createPublicKey(privateKey) },
    say,
    close() {
      vault.close();
      audit.close();
    },
  };
}
