/** Sound as the payloads of a codec, 20 ms each, by encoders that are not ours. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { type LineCodecName, PACKET_LENGTH } from './line.ts';
import { type Pcm, toWav } from './wav.ts';

const encoders: Record<LineCodecName, readonly string[]> = {
  PCMA: ['-ar', '8000', '-f', 'alaw'],
  PCMU: ['-ar', '8000', '-f', 'mulaw'],
  G722: ['-ar', '16000', '-c:a', 'g722', '-f', 'g722'],
  opus: ['-c:a', 'libopus', '-b:a', '32000', '-frame_duration', '20', '-page_duration', '20000', '-f', 'ogg'],
};

/** The packets of an Ogg stream (RFC 3533 6): a lacing value under 255 ends one. */
function oggPackets(file: Buffer): Buffer[] {
  const packets: Buffer[] = [];
  let packet: Buffer[] = [];
  for (let page = 0; page < file.length; ) {
    const count = file[page + 26]!;
    let at = page + 27 + count;
    for (const length of file.subarray(page + 27, page + 27 + count)) {
      packet.push(file.subarray(at, at + length));
      at += length;
      if (length === 255) continue;
      packets.push(Buffer.concat(packet));
      packet = [];
    }
    page = at;
  }
  // The first two are its header and its tags (RFC 7845 3).
  return packets.slice(2);
}

/** Encodes sound of one channel. */
export async function payloadsOf(codec: LineCodecName, sound: Pcm): Promise<Buffer[]> {
  const child = spawn('ffmpeg', ['-v', 'error', '-f', 'wav', '-i', 'pipe:0', ...encoders[codec], 'pipe:1'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => {});
  child.stdin.end(toWav(sound));
  const [bytes, [code]] = await Promise.all([buffer(child.stdout), once(child, 'close') as Promise<[number]>]);
  if (code !== 0) throw new Error(`ffmpeg did not encode ${codec}`);
  if (codec === 'opus') return oggPackets(bytes);
  const count = Math.floor(bytes.length / PACKET_LENGTH);
  return Array.from({ length: count }, (_, n) => bytes.subarray(n * PACKET_LENGTH, (n + 1) * PACKET_LENGTH));
}
