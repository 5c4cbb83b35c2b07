/** The only eraser. Says so in the audit log, destroys the wraps, unlinks the content, marks the row; each step may be the last before a crash. */
import type { Clock } from '@belkluis/shared/base/clock';
import type { Catalogue, Recording } from './catalogue.ts';
import { contentPath } from './content.ts';
import { unlinkDurably } from './durable.ts';
import type { Keystore } from './keystore.ts';

/** Recordings erased between two looks at other work: some 10 ms each. */
const BATCH = 50;

/** What the audit log is told before anything is erased. Throws: then nothing is erased. */
export type AppendErasure = (
  event:
    | {
        readonly kind: 'purge';
        readonly actor: 'purge';
        readonly facts: {
          readonly recording: string;
          readonly reason: string;
          readonly expiredAt: number;
          readonly purpose: string;
          readonly policyVersion: number;
        };
      }
    | {
        readonly kind: 'purge_traffic';
        readonly actor: 'purge';
        readonly facts: { readonly calls: number; readonly before: number };
      },
) => unknown;

export interface PurgeParts {
  readonly catalogue: Catalogue;
  readonly keystore: Keystore;
  readonly contentFolder: string;
  readonly append: AppendErasure;
  readonly clock: Clock;
}

export interface PurgeReport {
  readonly recordings: number;
  readonly calls: number;
  /** False: a reader held a database, so bytes of what was erased may still be in a file until the next run. */
  readonly certain: boolean;
}

function erase({ catalogue, keystore, contentFolder, append, clock }: PurgeParts, recording: Recording): void {
  const { id, expiresAt, purpose, policyVersion } = recording;
  append({
    kind: 'purge',
    actor: 'purge',
    facts: { recording: id, reason: 'expired', expiredAt: expiresAt, purpose, policyVersion },
  });
  // From here on nobody can open it, whatever becomes of the rest.
  keystore.erase([id]);
  unlinkDurably(contentPath(contentFolder, id));
  catalogue.markErased(id, clock.now(), 'expired');
}

function scour({ keystore, catalogue }: PurgeParts): boolean {
  try {
    keystore.scour();
  } catch (error) {
    if ((error as { code?: string }).code === 'erase_not_certain') return false;
    throw error;
  }
  return catalogue.scour();
}

/** Erases everything that has expired by now, however long ago: after downtime it catches up in one run. */
export async function purgeExpired(parts: PurgeParts): Promise<PurgeReport> {
  const { catalogue, append, clock } = parts;
  const now = clock.now();
  let recordings = 0;
  for (let batch = catalogue.expired(now, BATCH); batch.length > 0; batch = catalogue.expired(now, BATCH)) {
    for (const recording of batch) erase(parts, recording);
    recordings += batch.length;
    await new Promise((resume) => setImmediate(resume));
  }
  const calls = catalogue.expiredTraffic(now);
  if (calls > 0) {
    append({ kind: 'purge_traffic', actor: 'purge', facts: { calls, before: now } });
    catalogue.eraseTraffic(now);
  }
  return { recordings, calls, certain: scour(parts) };
}

/**
 * Removes what a crash left between a recording's first wraps and its row in the catalogue: it was never a recording, and no
 * frame of it exists. Returns how many.
 */
export function eraseOrphans({
  catalogue,
  keystore,
  contentFolder,
}: Pick<PurgeParts, 'catalogue' | 'keystore' | 'contentFolder'>): number {
  const orphans = keystore.all().filter((id) => catalogue.get(id) === null);
  keystore.erase(orphans);
  for (const id of orphans) unlinkDurably(contentPath(contentFolder, id));
  return orphans.length;
}
