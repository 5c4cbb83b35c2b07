/** A recording as the box makes it: frames of two tones through the recorder's own code, sealed to real keys. */
import { createHash, randomBytes } from 'node:crypto';
import { systemChance } from '@belkluis/shared/base/chance';
import { writeFrameHeader, writeHeader } from '@belkluis/shared/release/content-file';
import { readKey } from 'openpgp';
import type { Frame } from '../../appliance/media/frame.ts';
import { Segmenter } from '../../appliance/recording/segmenter.ts';
import { seal } from '../../appliance/recording/seipd.ts';
import { wrapSessionKey } from '../../appliance/recording/wrap.ts';

const RATE = 8000;
const FRAME_SAMPLES = 160;
const FRAME_US = 20_000;

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

/** A-law of one sample (ITU-T G.711). */
function compressA(sample: number): number {
  const sign = sample >= 0 ? 0x80 : 0;
  const magnitude = Math.min(32635, sample >= 0 ? sample : -sample - 1) >> 4;
  let exponent = 0;
  while (exponent < 7 && magnitude >= 32 << exponent) exponent++;
  const bits = magnitude < 32 ? magnitude >> 1 : (exponent << 4) | ((magnitude >> exponent) & 15);
  return (sign | bits) ^ 0x55;
}

const toneFrame = (hz: number, index: number): Uint8Array =>
  Uint8Array.from({ length: FRAME_SAMPLES }, (_, n) =>
    compressA(Math.round(8000 * Math.sin((2 * Math.PI * hz * (index * FRAME_SAMPLES + n)) / RATE))),
  );

export interface SealedRecording {
  readonly wraps: Uint8Array;
  readonly content: Uint8Array;
  readonly segments: number;
  readonly contentRoot: string;
  /** Offset in `content` of each segment's sealed bytes. */
  readonly offsets: readonly number[];
}

/** Seals `seconds` of one tone a side to the holders of `certificates` (armored). */
export async function sealRecording(options: {
  readonly id: string;
  readonly seconds: number;
  readonly tones: readonly [number, number];
  readonly certificates: readonly string[];
  /** Packets of 20 ms that the caller's side sends instead, over and over. */
  readonly opus?: readonly Uint8Array[];
}): Promise<SealedRecording> {
  const { id, seconds, tones, certificates, opus } = options;
  const segmenter = new Segmenter(id);
  const frames: Frame[] = [];
  for (let index = 0; index < (seconds * RATE) / FRAME_SAMPLES; index++) {
    for (const side of [0, 1] as const) {
      const packet = side === 0 ? opus?.[index % opus.length] : undefined;
      frames.push({
        side,
        codec: packet ? 'opus' : 'PCMA',
        arrivedUs: 1_000_000 + index * FRAME_US,
        ssrc: side + 1,
        sequence: index & 0xffff,
        timestamp: index * FRAME_SAMPLES * (packet ? 6 : 1),
        marker: index === 0,
        payload: packet ?? toneFrame(tones[side], index),
      });
    }
  }
  const plain = [...segmenter.push(frames, []), ...segmenter.flush()];
  const sessionKey = randomBytes(32);
  const recipients = await Promise.all(
    certificates.map(async (certificate) => {
      const key = await readKey({ armoredKey: certificate });
      const fingerprint = key.getFingerprint();
      return { role: 'custodian' as const, name: fingerprint, fingerprint, certificate, key, expiresAt: null };
    }),
  );
  const wraps = await wrapSessionKey(sessionKey, recipients, new Date());
  const header = writeHeader(id);
  const parts: Uint8Array[] = [header];
  const offsets: number[] = [];
  let length = header.length;
  let previous = sha256(header);
  for (const segment of plain) {
    const sealed = seal(segment.plain, sessionKey, systemChance);
    const frame = writeFrameHeader({ ...segment, previous, sealedHash: sha256(sealed) }, sealed.length);
    previous = sha256(frame);
    parts.push(frame, sealed);
    offsets.push(length + frame.length);
    length += frame.length + sealed.length;
  }
  return {
    wraps,
    content: Buffer.concat(parts),
    segments: plain.length,
    contentRoot: previous.toString('hex'),
    offsets,
  };
}
