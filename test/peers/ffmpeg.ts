/** ffmpeg as the player that our files must be right for. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import type { Pcm } from './wav.ts';

const RATE = 8000;

/** What README.txt of an export tells people to run: each track on its own line, silence where nothing came. */
const LINE = 'aresample=async=1:first_pts=0,aformat=channel_layouts=mono';

async function ffmpeg(args: readonly string[], input: Buffer): Promise<Buffer> {
  const child = spawn('ffmpeg', ['-v', 'error', '-i', 'pipe:0', ...args, 'pipe:1'], { stdio: 'pipe' });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [output, complaints, [code]] = await Promise.all([
    buffer(child.stdout),
    buffer(child.stderr),
    once(child, 'close') as Promise<[number]>,
  ]);
  if (code !== 0) throw new Error(`ffmpeg: ${complaints}`);
  return output;
}

const samplesOf = (bytes: Buffer): Int16Array =>
  Int16Array.from({ length: bytes.length >> 1 }, (_, at) => bytes.readInt16LE(at * 2));

/** One track of a Matroska file by itself: for one in which nobody is heard on the other. */
export async function oneSide(file: Buffer, track: 0 | 1): Promise<Pcm> {
  const bytes = await ffmpeg(['-map', `0:${track}`, '-ar', String(RATE), '-ac', '1', '-f', 's16le'], file);
  return { rate: RATE, samples: samplesOf(bytes) };
}

/** The two tracks of a Matroska file as stereo, left the caller: on one clock. */
export async function stereo(file: Buffer): Promise<readonly [Pcm, Pcm]> {
  const graph = `[0:0]${LINE}[l];[0:1]${LINE}[r];[l][r]join=inputs=2:channel_layout=stereo`;
  const bytes = await ffmpeg(['-filter_complex', graph, '-ar', String(RATE), '-f', 's16le'], file);
  const samples = samplesOf(bytes);
  const side = (channel: 0 | 1): Pcm => ({
    rate: RATE,
    samples: samples.filter((_, at) => at % 2 === channel),
  });
  return [side(0), side(1)];
}
