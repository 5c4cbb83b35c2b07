/** Makes a snapshot: everything that a new box needs besides the sealed content, sealed to the escrow keys. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { checkRecipients } from '../recording/recipients.ts';
import { wrapSessionKey } from '../recording/wrap.ts';
import type { Body } from './destination.ts';
import { writeManifest } from './latest.ts';
import { SNAPSHOT_DATABASES, SNAPSHOT_FOLDERS } from './layout.ts';
import { WRITE_BYTES } from './limits.ts';
import type { BackupParts } from './parts.ts';
import { problem } from './problems.ts';
import { copyDatabase, writeNewFile } from './scratch.ts';
import { sealStream } from './seal-stream.ts';
import { type Part, WRAPS_PART, writeSnapshot } from './snapshot-format.ts';

const piecesOf = (path: string) => createReadStream(path, { highWaterMark: WRITE_BYTES });

/** A file as a body. */
export const bodyOfFile = (path: string, bytes: number): Body => ({ bytes, open: () => piecesOf(path) });

/** The files of a folder, by their place below `root`; those that are still being written are no part of it. */
function* filesOf(root: string, folder: string): Generator<string> {
  if (!existsSync(join(root, folder))) return;
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const place = posix.join(folder, entry.name);
    if (entry.isDirectory()) yield* filesOf(root, place);
    else if (!place.endsWith('.new')) yield place;
  }
}

/** A wrap as a piece. In memory from the keystore's door to the seal: in the clear it never lies on the disk. */
export interface WrapPiece {
  readonly recording: string;
  readonly pkesk: string;
  readonly recipients: readonly string[];
}

function* wrapPieces({ keystore }: BackupParts, recordings: readonly string[]): Generator<Buffer> {
  for (const recording of recordings) {
    const wraps = keystore.get(recording);
    // Erased since the list was made.
    if (!wraps) continue;
    const { pkesk, recipients } = wraps;
    yield Buffer.from(JSON.stringify({ recording, pkesk: pkesk.toString('base64'), recipients } satisfies WrapPiece));
  }
}

async function* partsOf(parts: BackupParts, folder: string, recordings: readonly string[]): AsyncGenerator<Part> {
  for (const place of SNAPSHOT_DATABASES) {
    if (!existsSync(join(parts.data, place))) continue;
    const copy = join(folder, basename(place));
    await copyDatabase(join(parts.data, place), copy);
    yield { name: place, pieces: piecesOf(copy) };
  }
  for (const place of SNAPSHOT_FOLDERS.flatMap((name) => [...filesOf(parts.data, name)])) {
    yield { name: place, pieces: piecesOf(join(parts.data, place)) };
  }
  yield { name: WRAPS_PART, pieces: wrapPieces(parts, recordings) };
}

export interface MadeSnapshot {
  readonly path: string;
  readonly bytes: number;
  /** Of the sealed file, hex. */
  readonly sha256: string;
}

/**
 * Writes the sealed snapshot called `snapshot` into the folder `folder`, with the wraps of `recordings`.
 * @throws Problem `escrow_missing`.
 */
export async function makeSnapshot(
  parts: BackupParts,
  snapshot: string,
  recordings: readonly string[],
  sessionKey: Buffer,
  folder: string,
): Promise<MadeSnapshot> {
  const { recipients, clock, deviceId, privateKey, publicKey, log } = parts;
  const at = new Date(clock.now());
  const { valid } = await checkRecipients(
    recipients.filter(({ role }) => role === 'escrow'),
    at,
  );
  if (valid.length === 0) throw problem('escrow_missing');
  const pkesk = await wrapSessionKey(sessionKey, valid, at);
  const { generation } = log;
  const plain = writeSnapshot(partsOf(parts, folder, recordings), (hashes) =>
    writeManifest({ deviceId, snapshot, generation, parts: hashes }, { privateKey, publicKey }),
  );
  const hash = createHash('sha256');
  async function* hashed() {
    for await (const chunk of sealStream(plain, sessionKey, pkesk)) {
      hash.update(chunk);
      yield chunk;
    }
  }
  const path = join(folder, `${snapshot}.pgp`);
  const bytes = await writeNewFile(path, hashed());
  return { path, bytes, sha256: hash.digest('hex') };
}
