/** What a phone heard, as sound on one line. */
import type { Frame } from '../../appliance/media/frame.ts';
import { decodePcma } from '../../appliance/media/prompts/g711.ts';

const RATE = 8000;

/** Lays frames on a line by their arrival; what is missing is silence. */
export function laidOut(frames: readonly Frame[]): Int16Array {
  const voice = frames.filter(({ codec }) => codec === 'PCMA');
  const first = voice[0]?.arrivedUs ?? 0;
  const at = ({ arrivedUs }: Frame) => Math.round(((arrivedUs - first) / 1e6) * RATE);
  const line = new Int16Array(voice.length === 0 ? 0 : at(voice.at(-1)!) + RATE);
  let cursor = 0;
  for (const frame of voice) {
    const samples = decodePcma(frame.payload);
    // Packets of one stream follow each other without a seam, however the network spaced them.
    const start = Math.abs(at(frame) - cursor) < RATE / 10 ? cursor : at(frame);
    line.set(samples.subarray(0, Math.max(0, line.length - start)), Math.min(start, line.length));
    cursor = start + samples.length;
  }
  return line.subarray(0, cursor);
}
