/** What the device signs about its backups: which snapshot is the newest, and what is in one. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { envelopeSchema, keyName, openEnvelope, type Signer, signEnvelope } from '@belkluis/shared/policy/dsse';
import { z } from 'zod';
import type { PartHashes } from './snapshot-format.ts';

const LATEST_TYPE = 'application/vnd.belkluis.backup-latest+json;version=1';
const MANIFEST_TYPE = 'application/vnd.belkluis.snapshot-manifest+json;version=1';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().nonnegative();
const instant = z.string().regex(/^\d{8}T\d{9}Z$/);

const latestSchema = z.strictObject({
  schemaVersion: z.literal(1),
  deviceId: z.string().min(1).max(100),
  /** PEM: whoever knows its fingerprint knows that this is the box's word. */
  deviceKey: z.string().max(1000),
  snapshot: instant,
  sha256: hash,
  bytes: count,
  generation: count,
  logSize: count,
  logRoot: hash,
  recordings: count,
});

const manifestSchema = z.strictObject({
  schemaVersion: z.literal(1),
  deviceId: z.string().min(1).max(100),
  deviceKey: z.string().max(1000),
  snapshot: instant,
  generation: count,
  parts: z.record(z.string().max(200), hash),
});

export type Latest = z.infer<typeof latestSchema>;
export type Manifest = z.infer<typeof manifestSchema> & { readonly parts: PartHashes };

const pem = (key: KeyObject): string => key.export({ format: 'pem', type: 'spki' }) as string;

const write = (type: string, content: object, signer: Signer): string =>
  JSON.stringify(
    signEnvelope(
      type,
      Buffer.from(JSON.stringify({ schemaVersion: 1, ...content, deviceKey: pem(signer.publicKey) })),
      [signer],
    ),
  );

export const writeLatest = (latest: Omit<Latest, 'schemaVersion' | 'deviceKey'>, signer: Signer): string =>
  write(LATEST_TYPE, latest, signer);
export const writeManifest = (manifest: Omit<Manifest, 'schemaVersion' | 'deviceKey'>, signer: Signer): string =>
  write(MANIFEST_TYPE, manifest, signer);

/** The document, when the key that it names signed it, and that is the key whose fingerprint the caller knows (null: he knows none). */
function read<Document extends { deviceKey: string }>(
  text: string,
  type: string,
  schema: z.ZodType<Document>,
  fingerprint: string | null,
): Document | null {
  try {
    const envelope = envelopeSchema.parse(JSON.parse(text));
    const document = schema.parse(JSON.parse(Buffer.from(envelope.payload, 'base64').toString('utf8')));
    const key = createPublicKey(document.deviceKey);
    if (fingerprint !== null && keyName(key) !== fingerprint) return null;
    return openEnvelope(envelope, type, [key]) ? document : null;
  } catch {
    return null;
  }
}

/** Null: damaged, forged, or another device's. `fingerprint`: SHA-256 of the device key's SPKI, hex. */
export const readLatest = (text: string, fingerprint: string | null): Latest | null =>
  read(text, LATEST_TYPE, latestSchema, fingerprint);
export const readManifest = (text: string, fingerprint: string | null): Manifest | null =>
  read(text, MANIFEST_TYPE, manifestSchema, fingerprint);
