/** What a PBX does with a caller who waits: a phone of ours at the PBX stands in for its queue. */
import type { Line } from './line.ts';
import { payloadsOf } from './payloads.ts';
import type { PhoneCall } from './phone.ts';
import { tone } from './wav.ts';

const deaf = (): void => {};

/** Plays a tone until somebody is connected. */
export async function playTo({ line }: PhoneCall, hz: number): Promise<void> {
  line.onPacket = deaf;
  const music = await payloadsOf('PCMA', { rate: 8000, samples: tone(hz, 10, 8000) });
  line.speak((n) => music[n % music.length]!);
}

/**
 * Lets two callers hear each other. `as they are`: as a PBX does that relays packets; `anew`: as one does that decodes and mixes, so that
 * what it sends is a stream of its own.
 */
export function connect(one: PhoneCall, other: PhoneCall, packets: 'as they are' | 'anew'): void {
  const lead = (from: Line, to: Line) => {
    to.hush();
    from.onPacket = (packet) => (packets === 'anew' ? void to.say(packet.subarray(12)) : to.pass(packet));
  };
  lead(one.line, other.line);
  lead(other.line, one.line);
}
