/**
 * The canary: a recording of nobody, with a custodian key of its own that lies beside it and opens nothing else. Drills open it by the
 * functions that open recordings, so that they find out what a customer otherwise learns in the worst moment.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Chance, randomHex } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { readContent } from '@belkluis/shared/release/content-file';
import { decrypt, generateKey, readMessage, readPrivateKey } from 'openpgp';
import { z } from 'zod';
import { checkRecipients } from '../recording/recipients.ts';
import { seal } from '../recording/seipd.ts';
import { wrapSessionKey } from '../recording/wrap.ts';
import { contentPath, createContent } from '../vault/content.ts';
import { makeFolder, writeFileDurably } from '../vault/durable.ts';
import { removeFolder } from './scratch.ts';

/** Segments, and bytes of each: five seconds of a call are about as many. */
const SEGMENTS = 3;
const SEGMENT_BYTES = 80_000;
const SEGMENT_MS = 5000;

const canarySchema = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{32}$/),
  /** SHA-256 of what was sealed, hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  contentRoot: z.string().regex(/^[0-9a-f]{64}$/),
});

export type Canary = z.infer<typeof canarySchema>;

const files = { facts: 'canary.json', key: 'key.asc', wrap: 'wrap.pgp' };

const sha256 = async (bytes: Uint8Array): Promise<Uint8Array> => createHash('sha256').update(bytes).digest();

async function make(folder: string, clock: Clock, chance: Chance): Promise<void> {
  removeFolder(folder);
  makeFolder(folder);
  const { privateKey, publicKey } = await generateKey({
    type: 'ecc',
    curve: 'curve25519Legacy',
    userIDs: [{ name: 'canary' }],
    date: new Date(clock.now()),
    format: 'object',
  });
  const recipient = {
    role: 'custodian',
    name: 'canary',
    fingerprint: publicKey.getFingerprint(),
    certificate: publicKey.armor(),
  } as const;
  const at = new Date(clock.now());
  const { valid } = await checkRecipients([recipient], at);
  const sessionKey = chance.bytes(32);
  const id = randomHex(chance, 16);
  const whole = createHash('sha256');
  const content = createContent(folder, id);
  try {
    for (let number = 0; number < SEGMENTS; number++) {
      const plain = chance.bytes(SEGMENT_BYTES);
      whole.update(plain);
      const facts = { number, part: 0, startMs: number * SEGMENT_MS, durationMs: SEGMENT_MS };
      content.append(facts, seal(plain, sessionKey, chance));
    }
  } finally {
    content.close();
  }
  writeFileDurably(join(folder, files.wrap), await wrapSessionKey(sessionKey, valid, at));
  writeFileDurably(join(folder, files.key), privateKey.armor());
  const facts: Canary = { id, sha256: whole.digest('hex'), contentRoot: content.contentRoot };
  // Commit point. Before this line there is no canary, and the next run makes one anew.
  writeFileDurably(join(folder, files.facts), JSON.stringify(facts));
}

/** Null when there is none, or none that is whole. */
export function readCanary(folder: string): Canary | null {
  try {
    return canarySchema.parse(JSON.parse(readFileSync(join(folder, files.facts), 'utf8')));
  } catch {
    return null;
  }
}

/** The canary in `folder`, made when there is none. */
export async function ensureCanary(folder: string, clock: Clock, chance: Chance): Promise<Canary> {
  const kept = readCanary(folder);
  if (kept && existsSync(contentPath(folder, kept.id))) return kept;
  await make(folder, clock, chance);
  return readCanary(folder) as Canary;
}

/**
 * Opens a canary's content with the key and the wrap in `folder`: each segment as `gpg` would, `PKESK ‖ segment`. Returns the SHA-256 of
 * what was sealed, hex. @throws when anything on the way does not fit.
 */
export async function openCanary(folder: string, content: Uint8Array): Promise<string> {
  const privateKey = await readPrivateKey({ armoredKey: readFileSync(join(folder, files.key), 'utf8') });
  const pkesk = readFileSync(join(folder, files.wrap));
  const read = await readContent(content, sha256);
  if (!read) throw new Error('the content is none');
  const whole = createHash('sha256');
  for (const { sealed } of read.segments) {
    const message = await readMessage({ binaryMessage: Buffer.concat([pkesk, sealed]) });
    const { data } = await decrypt({ message, decryptionKeys: privateKey, format: 'binary' });
    whole.update(data as Uint8Array);
  }
  return whole.digest('hex');
}
