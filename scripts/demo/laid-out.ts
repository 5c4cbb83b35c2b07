/** What a phone heard, as sound on one line. */
import type { Frame } from '../../appliance/media/frame.ts';
import { decodePcma } from '../../appliance/media/prompts/g711.ts';

const RATE = 8000;

/** A stream that is this far from where it was is another one though its SSRC is the same, samples: no phone waits that long for a packet. */
const FAR = 2 * RATE;

/** Lays frames on a line by their RTP timestamps, as a phone plays them, however late some came; what is missing is silence. */
export function laidOut(frames: readonly Frame[]): Int16Array {
  const voice = frames.filter(({ codec }) => codec === 'PCMA');
  const first = voice[0]?.arrivedUs ?? 0;
  const arrived = ({ arrivedUs }: Frame) => Math.round(((arrivedUs - first) / 1e6) * RATE);
  const streams = new Map<number, { readonly at: number; readonly timestamp: number }>();
  let end = 0;
  const laid: { readonly at: number; readonly samples: Int16Array }[] = [];
  for (const frame of voice) {
    const { ssrc, timestamp, payload } = frame;
    const known = streams.get(ssrc);
    // RFC 3550 5.1: the timestamp wraps.
    const place = known && known.at + ((timestamp - known.timestamp) | 0);
    const follows = place !== undefined && Math.abs(place - arrived(frame)) < FAR;
    // Another stream begins behind what is there: nothing that was heard is covered because a first packet was late.
    const at = follows ? Math.max(0, place) : Math.max(end, arrived(frame));
    if (!follows) streams.set(ssrc, { at, timestamp });
    const samples = decodePcma(payload);
    end = Math.max(end, at + samples.length);
    laid.push({ at, samples });
  }
  const line = new Int16Array(end);
  for (const { at, samples } of laid) line.set(samples, at);
  return line;
}
