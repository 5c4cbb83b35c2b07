/** What a telephone reads off a screen. */
import { execFileSync } from 'node:child_process';
import decodeQr from 'qr/decode.js';

/** `png`: a screenshot. @throws Error when there is no QR code in it. */
export function readQr(png: Buffer): string {
  const data = execFileSync('ffmpeg', ['-v', 'error', '-i', '-', '-f', 'rawvideo', '-pix_fmt', 'rgba', '-'], {
    input: png,
    maxBuffer: 64 * 1024 * 1024,
  });
  // Width and height stand in the first chunk (PNG 11.2.1).
  return decodeQr({ width: png.readUInt32BE(16), height: png.readUInt32BE(20), data: Uint8Array.from(data) });
}
