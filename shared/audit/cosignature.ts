/** What a witness adds to a checkpoint: C2SP tlog-cosignature v1, Ed25519 over the text and the second at which it was seen. */
import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { COSIGNATURE_V1, keyId, parseNote, parseSignature, signatureLine, type VerifierKey } from './note.ts';

/** Bytes of a timestamped signature: u64 seconds, then Ed25519. */
const LENGTH = 8 + 64;

/** What is signed: two lines that keep it apart from every other signature, then the whole text of the checkpoint. */
const message = (text: string, seconds: bigint): Buffer => Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);

/** Cosigns the text of a checkpoint as witness `name`. Returns the signature line, without its newline. */
export function cosignText(text: string, name: string, privateKey: KeyObject, nowMs: number): string {
  const seconds = BigInt(Math.floor(nowMs / 1000));
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(seconds);
  const signature = Buffer.concat([time, sign(null, message(text, seconds), privateKey)]);
  return signatureLine(name, keyId(name, createPublicKey(privateKey), COSIGNATURE_V1), signature);
}

/** When `witness` cosigned `text` by this line, ms; null when the line is not its, or does not hold. */
export function cosignedAt(text: string, line: string, { name, publicKey }: VerifierKey): number | null {
  const parsed = parseSignature(line);
  if (!parsed || parsed.name !== name || !parsed.keyId.equals(keyId(name, publicKey, COSIGNATURE_V1))) return null;
  if (parsed.signature.length !== LENGTH) return null;
  const seconds = parsed.signature.readBigUInt64BE(0);
  return verify(null, message(text, seconds), publicKey, parsed.signature.subarray(8)) ? Number(seconds) * 1000 : null;
}

/** When `witness` cosigned a note, ms; null when it did not. */
export function noteCosignedAt(note: string, witness: VerifierKey): number | null {
  const parsed = parseNote(note);
  for (const { line } of parsed?.signatures ?? []) {
    const at = cosignedAt(parsed!.text, line, witness);
    if (at !== null) return at;
  }
  return null;
}
