/**
 * The only eraser. Says so in the audit log, destroys the wraps, unlinks the content, marks the rows; after each of these the power may go,
 * and the next run finishes. Freed blocks are given back to the flash by the system's own fstrim.timer: that needs root, which this
 * process has not, and what is left in them until then is sealed to a key that is gone.
 */
import { opendirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { commitPoint } from '@belkluis/shared/base/commit-point';
import type { Catalogue, Recording } from './catalogue.ts';
import { contentPath } from './content.ts';
import { unlinkAllDurably } from './durable.ts';
import type { Append, VaultEvent } from './events.ts';
import type { Keystore } from './keystore/keystore.ts';
import { problem } from './problems.ts';

/** Recordings erased between two looks at other work: some 100 ms, which a page waits at most. */
const BATCH = 250;

export interface PurgeParts {
  readonly catalogue: Pick<
    Catalogue,
    'get' | 'expired' | 'exclusively' | 'markErased' | 'expiredTraffic' | 'eraseTraffic' | 'forgetEvidence' | 'scour'
  >;
  readonly keystore: Pick<Keystore, 'get' | 'erase' | 'scour'>;
  readonly contentFolder: string;
  readonly log: { readonly append: Append; appendAll(events: readonly VaultEvent[]): unknown };
  /** The time that erasing may believe, wall clock in ms (trusted-time.ts). */
  now(): number;
}

export interface PurgeReport {
  readonly recordings: number;
  /** Records of calls, and parties of recordings that stay. */
  readonly calls: number;
  /** Rows of what was erased long ago, their certificates, and requests. */
  readonly evidence: number;
  /** False: a reader held a database, so bytes of what was erased may still be in a file until the next run. */
  readonly certain: boolean;
}

/** Erases recordings that the audit log has been told of. Returns the ids whose content the disk would not give up: their keys are gone, their rows stay. */
export function eraseAll(
  { catalogue, keystore, contentFolder }: Pick<PurgeParts, 'catalogue' | 'keystore' | 'contentFolder'>,
  recordings: readonly Recording[],
  reason: string,
  now: number,
): readonly string[] {
  const ids = recordings.map(({ id }) => id);
  // From here on nobody can open them, whatever becomes of the rest.
  const epoch = keystore.erase(ids);
  commitPoint('purge.wraps_destroyed');
  const kept = new Set(
    unlinkAllDurably(
      contentFolder,
      ids.map((id) => contentPath(contentFolder, id)),
    ).map((path) => ids.find((id) => contentPath(contentFolder, id) === path) as string),
  );
  commitPoint('purge.content_unlinked');
  const gone = ids.filter((id) => !kept.has(id));
  catalogue.markErased(
    gone.map((id) => ({ id, reason })),
    now,
    epoch,
  );
  return [...kept];
}

/** Clears what erased rows left in write-ahead logs. False while a reader holds one of them. */
export function scour({
  keystore,
  catalogue,
}: {
  readonly keystore: Pick<Keystore, 'scour'>;
  readonly catalogue: Pick<Catalogue, 'scour'>;
}): boolean {
  try {
    keystore.scour();
  } catch (error) {
    if ((error as { code?: string }).code === 'erase_not_certain') return false;
    throw error;
  }
  return catalogue.scour();
}

/**
 * Erases everything that has expired by now, however long ago: after downtime it catches up in one run. A run that was cut off after the
 * log was told tells it again: said twice, done once.
 * @throws Problem `content_not_removed` when all else is done.
 */
export async function purgeExpired(parts: PurgeParts): Promise<PurgeReport> {
  const { catalogue, log } = parts;
  const now = parts.now();
  const kept = new Set<string>();
  /** One batch; nobody places a hold between the look and the act. Returns how many rows are dealt with. */
  const eraseBatch = (): number => {
    // One file that the disk holds on to must not keep the others here.
    const batch = catalogue.expired(now, BATCH + kept.size).filter(({ id }) => !kept.has(id));
    if (batch.length === 0) return 0;
    log.appendAll(
      batch.map(({ id, expiresAt, purpose, policyVersion }) => ({
        kind: 'purge',
        actor: 'purge',
        facts: { recording: id, reason: 'expired', expiredAt: expiresAt, purpose, policyVersion },
      })),
    );
    commitPoint('purge.written_down');
    const failed = eraseAll(parts, batch, 'expired', now);
    for (const id of failed) kept.add(id);
    recordings += batch.length - failed.length;
    return batch.length;
  };
  let recordings = 0;
  while (catalogue.exclusively(eraseBatch) > 0) {
    commitPoint('purge.batch_committed');
    await new Promise((resume) => setImmediate(resume));
  }
  const calls = catalogue.expiredTraffic(now);
  if (calls > 0) {
    log.append({ kind: 'purge_traffic', actor: 'purge', facts: { calls, before: now } });
    catalogue.eraseTraffic(now);
  }
  const evidence = catalogue.forgetEvidence(now);
  const certain = scour(parts);
  if (kept.size > 0) throw problem('content_not_removed', [...kept].slice(0, 3).join(', '));
  return { recordings, calls, evidence, certain };
}

/**
 * Removes what a crash left between a recording's first wraps and its row in the catalogue: it was never a recording, and no
 * frame of it exists. Wraps of an erased recording are such a rest too: a power cut brings back what was destroyed by a process that died
 * before its fsync. Content first: whatever a crash leaves here is found again by its wraps. Returns how many.
 */
export function eraseOrphans({
  catalogue,
  keystore,
  contentFolder,
}: {
  readonly catalogue: Pick<Catalogue, 'get'>;
  readonly keystore: Pick<Keystore, 'all' | 'erase'>;
  readonly contentFolder: string;
}): number {
  const orphans = keystore.all().filter((id) => {
    const row = catalogue.get(id);
    return row === null || row.erasedAt !== null;
  });
  unlinkAllDurably(
    contentFolder,
    orphans.map((id) => contentPath(contentFolder, id)),
  );
  keystore.erase(orphans);
  return orphans.length;
}

/** A file this young may be of a recording that is just about to begin, or be on its way back from a backup, ms. */
const LEFTOVER_AGE_MS = 3600_000;

const CONTENT_FILE = /^([0-9a-f]{32})\.sealed(\.new)?$/;

/**
 * Removes sealed files that belong to nothing: of recordings that were erased, and without row and wraps. They come about when a copy
 * is put back while its recording is being erased, or when the disk held on to a file. Returns how many.
 */
export async function removeLeftovers(
  { catalogue, keystore, contentFolder }: Pick<PurgeParts, 'catalogue' | 'keystore' | 'contentFolder'>,
  wallNow: number,
): Promise<number> {
  const folder = opendirSync(contentFolder);
  let removed = 0;
  for await (const { name } of folder) {
    const [, id, temporary] = CONTENT_FILE.exec(name) ?? [];
    if (id === undefined) continue;
    const row = catalogue.get(id);
    const alive = row ? row.erasedAt === null : keystore.get(id) !== null;
    if (alive && temporary === undefined) continue;
    const path = join(contentFolder, name);
    const madeAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? wallNow;
    if (wallNow - madeAt < LEFTOVER_AGE_MS) continue;
    removed += 1 - unlinkAllDurably(contentFolder, [path]).length;
  }
  return removed;
}
