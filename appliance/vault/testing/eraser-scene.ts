/** A vault with recordings in it and an eraser over it, for tests; opens again what an earlier scene left in `folder`. */
import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemChance } from '@belkluis/shared/base/chance';
import type { ManualClock } from '@belkluis/shared/base/manual-clock';
import Database from 'better-sqlite3';
import { openAuditLog } from '../../audit/log.ts';
import { erasureLog } from '../../join-eraser.ts';
import { createContent } from '../content.ts';
import type { EraseParts } from '../erase.ts';
import { openEraser } from '../eraser.ts';
import type { ObjectParts } from '../object.ts';
import { openVault } from '../vault.ts';
import { endedRecording } from './recordings.ts';

/** Signs checkpoints in tests; nothing else knows it. */
const privateKey = createPrivateKey({
  key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 7)]),
  format: 'der',
  type: 'pkcs8',
});

const publicKey = createPublicKey(privateKey);

export const newId = () => randomBytes(16).toString('hex');

export interface Kept {
  readonly id: string;
  readonly pkesk: Buffer;
  /** What stands in the keystore's file: the wraps, sealed once more. */
  readonly sealed: Buffer;
}

/** Files below `path` that hold `bytes`. */
export const filesWith = (path: string, bytes: Buffer): string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file).includes(bytes));

export function eraserScene(folder: string, clock: ManualClock) {
  const vault = openVault(join(folder, 'vault'), { clock });
  const audit = openAuditLog({ path: join(folder, 'audit.db'), deviceId: 'test', clock, chance: systemChance });
  const parts: EraseParts & ObjectParts = {
    ...vault,
    log: erasureLog(audit, audit, () => audit.checkpoint(privateKey)),
    now: () => clock.now(),
    backedUp: true,
    chance: systemChance,
    requestDays: () => 365,
  };
  const eraser = openEraser({ ...parts, clock });
  /** A recording of two segments, ended unless it is said to go on. */
  const record = (wanted: Parameters<typeof endedRecording>[2] & { goesOn?: boolean } = {}): Kept => {
    const id = newId();
    const pkesk = randomBytes(94);
    vault.keystore.put(id, { pkesk, recipients: ['f'] }, clock.now());
    const content = createContent(vault.contentFolder, id);
    content.append({ number: 0, part: 0, startMs: 0, durationMs: 5000 }, randomBytes(500));
    content.append({ number: 1, part: 0, startMs: 5000, durationMs: 5000 }, randomBytes(700));
    const { contentRoot, bytes } = content;
    content.close();
    const [row, end] = endedRecording(id, clock.now(), { contentRoot, bytes, ...wanted });
    vault.catalogue.begin(row);
    if (!wanted.goesOn) vault.catalogue.end(id, end);
    const database = new Database(join(folder, 'vault', 'keystore', `keystore-${vault.keystore.epoch}.db`));
    const sealed = database.prepare('SELECT sealed FROM entries WHERE name = ?').pluck().get(id) as Buffer;
    database.close();
    return { id, pkesk, sealed };
  };
  /** Returns how to lift it. */
  const hold = (recording: string) => {
    const [id, at] = [newId(), clock.now()];
    const times = { at, reviewAt: at + 1000, expiresAt: at + 1e12 };
    const { holds } = vault.catalogue;
    holds.place({ id, caseRef: 'c', reason: 'claim', owner: 'o', by: 'p', recordings: [recording], ...times });
    return () => {
      holds.askLift(id, 'a', clock.now(), 'settled');
      holds.lift(id, 'b', clock.now());
    };
  };
  const restrict = (recording: string) => {
    const at = clock.now();
    vault.catalogue.restrictions.place({
      recording,
      ground: 'accuracy',
      reason: 'r',
      by: 'p',
      at,
      expiresAt: at + 1e12,
    });
    return () => vault.catalogue.restrictions.lift(recording);
  };
  /** Oldest first. */
  const requests = () => [...vault.catalogue.requests.list(100, 0)].reverse();
  /** Oldest first. */
  const events = () => {
    const all = audit.recent(1_000_000).flatMap(({ event }) => (event ? [event] : []));
    return all.reverse();
  };
  const close = () => {
    audit.close();
    vault.close();
  };
  return {
    folder,
    clock,
    parts,
    vault,
    audit,
    privateKey,
    publicKey,
    events,
    close,
    eraser,
    record,
    hold,
    restrict,
    requests,
  };
}
