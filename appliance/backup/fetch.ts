/** Getting things back from a destination, verified before they are used. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { createAppendOnly, makeFolder, unlinkDurably } from '../vault/durable.ts';
import type { ContentSource } from '../vault/scrub.ts';
import { isContent } from '../vault/verify-content.ts';
import { latestAt } from './claim.ts';
import type { Destination } from './destination.ts';
import { type Manifest, readManifest } from './latest.ts';
import { contentObject, instantOf, snapshotObject } from './layout.ts';
import { MAX_CONTENT_BYTES } from './limits.ts';
import { problem } from './problems.ts';
import { snapshotsAt } from './prune.ts';
import { writeNewFile } from './scratch.ts';
import { openSealedFile } from './seal-stream.ts';
import { collect } from './small.ts';
import type { WrapPiece } from './snapshot.ts';
import { readSnapshot, WRAPS_PART } from './snapshot-format.ts';

async function readWhole(destination: Destination, recording: string): Promise<Buffer | null> {
  try {
    return await collect(await destination.read(contentObject(recording)), MAX_CONTENT_BYTES);
  } catch (error) {
    if ((error as { code?: string }).code === 'object_missing') return null;
    throw error;
  }
}

/** A destination as the scrub mends rot from it; the scrub itself looks whether the copy is whole. */
export const contentSource = (destination: Destination): ContentSource => ({
  name: destination.name,
  fetch: (recording) => readWhole(destination, recording),
});

/** The content file of a recording, every byte of which is as its content root says. @throws Problem `content_unfit`. */
export async function fetchContent(destination: Destination, recording: string, contentRoot: string): Promise<Buffer> {
  const bytes = await readWhole(destination, recording);
  if (!bytes || !(await isContent(bytes, { id: recording, contentRoot }))) throw problem('content_unfit', recording);
  return bytes;
}

export interface FetchedSnapshot {
  readonly snapshot: string;
  readonly path: string;
}

/**
 * Fetches a sealed snapshot into `folder`: the one that is named, or the one that the device signed as the newest, checked against what
 * it signed (by their names the newest may be another: clocks are set back).
 * @throws Problem `backup_missing`, `backup_untrusted`, `snapshot_damaged`.
 */
export async function fetchSnapshot(
  destination: Destination,
  folder: string,
  wanted: { readonly snapshot: string | null; readonly fingerprint: string | null },
): Promise<FetchedSnapshot> {
  const there = await snapshotsAt(destination);
  const latest = await latestAt(destination, wanted.fingerprint);
  const newest = latest && there.includes(latest.snapshot) ? latest.snapshot : there.sort().at(-1);
  const snapshot = wanted.snapshot ?? newest;
  if (snapshot === undefined || !there.includes(snapshot)) throw problem('backup_missing', snapshot);
  // A snapshot that arrived without its signature is as good as any older one: the manifest inside it is signed too.
  if (wanted.fingerprint !== null && !latest && (await latestAt(destination, null))) throw problem('backup_untrusted');
  const path = join(folder, 'snapshot.pgp');
  unlinkDurably(path);
  const hash = createHash('sha256');
  const source = await destination.read(snapshotObject(snapshot));
  async function* hashed() {
    for await (const chunk of source) {
      hash.update(chunk);
      yield chunk;
    }
  }
  await writeNewFile(path, hashed());
  if (latest?.snapshot === snapshot && hash.digest('hex') !== latest.sha256)
    throw problem('snapshot_damaged', snapshot);
  return { snapshot, path };
}

/** What an opened snapshot goes to. */
export interface SnapshotTaker {
  /** The folder that files go to, by their place; null: files are left out. */
  readonly folder: string | null;
  readonly onWrap?: (wrap: WrapPiece) => void;
}

/**
 * Opens a sealed snapshot. Files lie in the folder before they are vouched for: use them only after this returns.
 * @throws Problem `snapshot_key_wrong`, `snapshot_damaged`, `backup_untrusted`.
 */
export async function openSnapshot(
  { snapshot, path }: FetchedSnapshot,
  sessionKey: Buffer,
  fingerprint: string | null,
  { folder, onWrap }: SnapshotTaker,
): Promise<Manifest> {
  const read = await readSnapshot(openSealedFile(path, sessionKey), (name) => {
    if (name === WRAPS_PART) {
      if (!onWrap) return null;
      return { write: (piece) => onWrap(JSON.parse(piece.toString()) as WrapPiece), end: () => {} };
    }
    if (folder === null) return null;
    const target = join(folder, name);
    makeFolder(join(target, '..'));
    const file = createAppendOnly(target);
    return { write: (piece) => file.append(piece), end: () => file.close() };
  });
  const manifest = readManifest(read.manifest, fingerprint);
  if (!manifest) throw problem('backup_untrusted');
  const names = Object.keys(manifest.parts);
  const same =
    manifest.snapshot === snapshot &&
    instantOf(snapshot) !== null &&
    names.length === Object.keys(read.hashes).length &&
    names.every((name) => read.hashes[name] === manifest.parts[name]);
  if (!same) throw problem('snapshot_damaged', snapshot);
  return manifest;
}
