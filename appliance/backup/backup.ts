/** One backup to one destination: what is new, what is gone, and a snapshot. Killed anywhere, the next run goes on. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { commitPoint } from '@belkluis/shared/base/commit-point';
import { Problem } from '@belkluis/shared/base/problem';
import { keyName } from '@belkluis/shared/policy/dsse';
import { contentPath } from '../vault/content.ts';
import { makeFolder } from '../vault/durable.ts';
import { verifyContent } from '../vault/verify-content.ts';
import { type Canary, ensureCanary } from './canary.ts';
import { claim, rebuildState } from './claim.ts';
import { bodyOf, type Destination } from './destination.ts';
import { writeLatest } from './latest.ts';
import {
  CANARY_FOLDER,
  contentObject,
  instantName,
  LATEST_OBJECT,
  leavesObject,
  noteObject,
  snapshotObject,
} from './layout.ts';
import { LEAVES_PER_OBJECT, PAGE, SNAPSHOT_LIFE_MS } from './limits.ts';
import type { BackupParts } from './parts.ts';
import { pruneAged, sendErased, snapshotKeyName } from './prune.ts';
import { withScratch } from './scratch.ts';
import { breathe } from './small.ts';
import { bodyOfFile, makeSnapshot } from './snapshot.ts';
import { lockBackups } from './state.ts';
import { createThrottle, throttled } from './throttle.ts';

/** How far a backup is: content first, then the log and the snapshot. */
export interface Progress {
  readonly objects: number;
  readonly objectsTotal: number;
  readonly bytes: number;
  /** Content alone: how large a snapshot becomes is not known before it is made. */
  readonly bytesTotal: number;
  readonly object: string;
}

export interface BackupOptions {
  /** Null: no limit. */
  readonly bytesPerSecond: number | null;
  readonly onProgress?: (progress: Progress) => void;
}

export interface BackupReport {
  readonly destination: string;
  readonly snapshot: string;
  /** Recordings sent now, and bytes of everything that was sent. */
  readonly recordings: number;
  readonly bytes: number;
  /** Recordings whose file here is damaged: not sent, for it would be no backup. */
  readonly damaged: readonly string[];
  readonly snapshotsRemoved: number;
  readonly erased: number;
  /** SHA-256 of the device key: who restores checks signatures by it. */
  readonly deviceKey: string;
}

/** A run in progress. */
interface Run {
  readonly parts: BackupParts;
  readonly destination: Destination;
  send(object: string, body: ReturnType<typeof bodyOf>): Promise<void>;
  plan(objects: number, bytes: number): void;
  readonly sentBytes: number;
}

function startRun(parts: BackupParts, destination: Destination, options: BackupOptions): Run {
  const throttle = createThrottle(options.bytesPerSecond, parts.clock);
  let progress: Progress = { objects: 0, objectsTotal: 0, bytes: 0, bytesTotal: 0, object: '' };
  const tell = (change: Partial<Progress>) => {
    progress = { ...progress, ...change };
    options.onProgress?.(progress);
  };
  return {
    parts,
    destination,
    async send(object, body) {
      tell({ object });
      const sent = (bytes: number) => tell({ bytes: progress.bytes + bytes });
      await destination.write(object, throttled(body, throttle, sent));
      tell({ objects: progress.objects + 1, objectsTotal: Math.max(progress.objectsTotal, progress.objects + 1) });
    },
    plan: (objects, bytes) => tell({ objectsTotal: objects, bytesTotal: bytes }),
    get sentBytes() {
      return progress.bytes;
    },
  };
}

/** Finished recordings that the destination does not have, by id. */
async function* missingContents({ parts, destination }: Run) {
  for (let after = ''; ; ) {
    const page = parts.catalogue.eachContent(after, PAGE);
    if (page.length === 0) return;
    for (const content of page) {
      // Cut by power before its first segment: there is nothing of it.
      if (content.contentRoot === '') continue;
      if (!parts.state.hasContent(destination.name, content.id)) yield content;
    }
    after = page.at(-1)!.id;
    await breathe();
  }
}

async function sendContents(run: Run, canary: Canary): Promise<{ sent: number; damaged: string[] }> {
  const { parts, destination } = run;
  const { state, contentFolder, catalogue } = parts;
  let objects = 0;
  let bytes = 0;
  for await (const content of missingContents(run)) {
    objects++;
    bytes += content.bytes;
  }
  run.plan(objects, bytes);
  const canaryFolder = join(parts.data, CANARY_FOLDER);
  if (!state.hasContent(destination.name, canary.id)) {
    const path = contentPath(canaryFolder, canary.id);
    const { size } = statSync(path);
    await run.send(contentObject(canary.id), bodyOfFile(path, size));
    state.contentSent(destination.name, canary.id, size);
  }
  let sent = 0;
  const damaged: string[] = [];
  for await (const { id, contentRoot, bytes: size } of missingContents(run)) {
    const gone = () => catalogue.get(id)?.erasedAt !== null;
    if ((await verifyContent(contentFolder, { id, contentRoot }, async () => {})) !== 'whole') {
      if (!gone()) damaged.push(id);
      continue;
    }
    const path = contentPath(contentFolder, id);
    try {
      await run.send(contentObject(id), bodyOfFile(path, size));
    } catch (error) {
      // Erased while it was read: then there is nothing to send.
      if (gone() && !existsSync(path)) continue;
      throw error;
    }
    commitPoint('backup.content_sent');
    state.remember(destination.name, [id]);
    state.contentSent(destination.name, id, size);
    sent++;
  }
  return { sent, damaged };
}

async function sendLog({ parts: { state, log }, destination, send }: Run): Promise<void> {
  const { generation } = log;
  const { size } = log.head();
  const known = state.log(destination.name);
  let from = known.generation === generation ? known.size : 0;
  while (from < size) {
    const to = Math.min(size, from + LEAVES_PER_OBJECT);
    await send(leavesObject(generation, from, to), bodyOf(log.leaves(from, to)));
    commitPoint('backup.leaves_sent');
    state.logSent(destination.name, generation, to);
    from = to;
  }
  const note = log.latestCheckpoint();
  const noteSize = Number(note?.split('\n')[1]);
  // Sent again each time: a witness may have added its signature since.
  if (note && Number.isSafeInteger(noteSize)) await send(noteObject(generation, noteSize), bodyOf(note));
}

async function sendSnapshot(run: Run, snapshot: string): Promise<void> {
  const { parts, destination } = run;
  const { keystore, state, chance, clock, scratch, log, deviceId, privateKey, publicKey } = parts;
  const sessionKey = chance.bytes(32);
  const recordings = keystore.all();
  // First: whatever becomes of this snapshot, an erasure of what may be in it is told to the destination.
  for (let from = 0; from < recordings.length; from += PAGE) {
    state.remember(destination.name, recordings.slice(from, from + PAGE));
    await breathe();
  }
  const head = log.head();
  await withScratch(join(scratch, 'snapshot'), async (folder) => {
    const { path, bytes, sha256 } = await makeSnapshot(parts, snapshot, recordings, sessionKey, folder);
    keystore.putSnapshotKey(snapshotKeyName(destination.name, snapshot), sessionKey, clock.now() + SNAPSHOT_LIFE_MS);
    commitPoint('backup.snapshot_made');
    await run.send(snapshotObject(snapshot), bodyOfFile(path, bytes));
    commitPoint('backup.snapshot_sent');
    const latest = writeLatest(
      {
        deviceId,
        snapshot,
        sha256,
        bytes,
        generation: log.generation,
        logSize: head.size,
        logRoot: head.root.toString('hex'),
        recordings: recordings.length,
      },
      { privateKey, publicKey },
    );
    await run.send(LATEST_OBJECT, bodyOf(latest));
    commitPoint('backup.latest_written');
  });
  sessionKey.fill(0);
}

async function perform(run: Run): Promise<BackupReport> {
  const { parts, destination } = run;
  const { state, clock, append, publicKey } = parts;
  await claim(parts, destination);
  await destination.tidy();
  await rebuildState(parts, destination);
  // What must leave leaves first: nothing that fails later may keep it there.
  let snapshotsRemoved = await pruneAged(parts, destination);
  const canary = await ensureCanary(join(parts.data, CANARY_FOLDER), clock, parts.chance);
  const erased = await sendErased(parts, destination);
  const { sent, damaged } = await sendContents(run, canary);
  await sendLog(run);
  const snapshot = instantName(clock.now());
  await sendSnapshot(run, snapshot);
  snapshotsRemoved += await pruneAged(parts, destination);
  const bytes = run.sentBytes;
  append({
    kind: 'backup_made',
    actor: 'box',
    facts: { destination: destination.name, snapshot, recordings: sent, bytes },
  });
  if (snapshotsRemoved + erased > 0) {
    const facts = { destination: destination.name, snapshots: snapshotsRemoved, recordings: erased };
    append({ kind: 'backup_pruned', actor: 'box', facts });
  }
  state.ended(destination.name, { at: clock.now(), outcome: 'done', recordings: sent, bytes });
  return {
    destination: destination.name,
    snapshot,
    recordings: sent,
    bytes,
    damaged,
    snapshotsRemoved,
    erased,
    deviceKey: keyName(publicKey),
  };
}

/** Runs `work` as the only one that uses backups of this box. @throws Problem `backup_running`. */
export async function exclusively<Result>(scratch: string, work: () => Promise<Result>): Promise<Result> {
  makeFolder(scratch);
  const unlock = lockBackups(join(scratch, 'lock.db'));
  try {
    return await work();
  } finally {
    unlock();
  }
}

/**
 * Backs up to one destination, and remembers how it went.
 * @throws Problem `backup_running`, `destination_foreign`, `destination_ahead`, `escrow_missing`, and those of the destination; what was
 *   sent by then stays, and the next run goes on.
 */
export const backUp = (parts: BackupParts, destination: Destination, options: BackupOptions): Promise<BackupReport> =>
  exclusively(parts.scratch, async () => {
    const run = startRun(parts, destination, options);
    try {
      return await perform(run);
    } catch (error) {
      const outcome = error instanceof Problem ? error.code : 'interrupted';
      const bytes = run.sentBytes;
      parts.state.ended(destination.name, { at: parts.clock.now(), outcome, recordings: 0, bytes });
      throw error;
    }
  });
