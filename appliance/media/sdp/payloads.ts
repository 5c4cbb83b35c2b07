/** Payload types of a media section (RFC 3551, RFC 8866 6.6), and how those of two parties meet without transcoding. */
import { type Codec, type CodecName, carriesVoice, type PayloadMap } from '../codec.ts';
import { attributes, type MediaSection } from './description.ts';

/** RFC 3551 6; 19 is what Cisco phones send comfort noise as. */
const staticTypes: Readonly<Record<number, CodecName>> = { 0: 'PCMU', 8: 'PCMA', 9: 'G722', 13: 'CN', 19: 'CN' };

/** By lower-case name: which clocks and channels make it the codec that we mean. */
const known: Readonly<Record<string, { name: CodecName; clocks: readonly number[] | null; channels: number }>> = {
  pcmu: { name: 'PCMU', clocks: [8000], channels: 1 },
  pcma: { name: 'PCMA', clocks: [8000], channels: 1 },
  // Some phones write the sample rate where the RTP clock belongs; they mean the same (RFC 3551 4.5.2).
  g722: { name: 'G722', clocks: [8000, 16_000], channels: 1 },
  opus: { name: 'opus', clocks: [48_000], channels: 2 },
  'telephone-event': { name: 'telephone-event', clocks: null, channels: 1 },
  cn: { name: 'CN', clocks: null, channels: 1 },
};

/** The codecs of this section that Belkluis carries, in the party's order; each number once. */
export function payloadsOf(section: MediaSection): PayloadMap[] {
  const rtpmaps = byPayloadType(attributes(section.lines, 'rtpmap'));
  const fmtps = byPayloadType(attributes(section.lines, 'fmtp'));
  const payloads = new Map<number, PayloadMap>();
  for (const format of section.formats) {
    const payloadType = /^\d{1,3}$/.test(format) ? Number(format) : 128;
    if (payloadType > 127 || payloads.has(payloadType)) continue;
    const rtpmap = rtpmaps.get(payloadType);
    const codec = rtpmap === undefined ? staticCodec(payloadType) : codecOf(rtpmap);
    if (codec === null) continue;
    payloads.set(payloadType, { payloadType, codec: { ...codec, fmtp: fmtps.get(payloadType) ?? null } });
  }
  return [...payloads.values()];
}

/** The codec beside its fmtp: what `a=rtpmap` says. */
export const rtpmapOf = ({ name, clockRate, channels }: Codec): string =>
  `${name}/${clockRate}${channels > 1 ? `/${channels}` : ''}`;

export const sameCodec = (a: Codec, b: Codec): boolean =>
  a.name === b.name && a.clockRate === b.clockRate && a.channels === b.channels;

/**
 * What one party offered and the other took: the numbers of `offered`, the order and the fmtp of `taken`, who will receive
 * what is sent. This is the answer that the first party gets. Digits and comfort noise alone are no call: check `hasVoice`.
 */
export function commonPayloads(offered: readonly PayloadMap[], taken: readonly PayloadMap[]): PayloadMap[] {
  const common = new Map<number, PayloadMap>();
  for (const { codec } of taken) {
    const match = offered.find((other) => !common.has(other.payloadType) && sameCodec(other.codec, codec));
    if (match) common.set(match.payloadType, { payloadType: match.payloadType, codec });
  }
  return [...common.values()];
}

/** Numbers that a dialog has given to codecs. */
export type Numbers = ReadonlyMap<number, Codec>;

/** Dynamic payload types (RFC 3551 6). */
const DYNAMIC = Array.from({ length: 32 }, (_, index) => 96 + index);

/**
 * The same codecs under the numbers that `known` has for them; a number that stands for one codec never comes to stand for another
 * (RFC 3264 8.3.2), so a newcomer whose number is taken gets a free one, or stays out when there is none.
 */
export function keepNumbers(payloads: readonly PayloadMap[], known: Numbers): PayloadMap[] {
  const taken = new Map(known);
  const kept = new Map<number, PayloadMap>();
  for (const { payloadType, codec } of payloads) {
    const old = [...known].find(([number, other]) => sameCodec(other, codec) && !kept.has(number))?.[0];
    const free = taken.has(payloadType) ? DYNAMIC.find((number) => !taken.has(number)) : payloadType;
    const number = old ?? free;
    if (number === undefined) continue;
    taken.set(number, codec);
    kept.set(number, { payloadType: number, codec });
  }
  return [...kept.values()];
}

export const hasVoice = (payloads: readonly PayloadMap[]): boolean => payloads.some(({ codec }) => carriesVoice(codec));

function byPayloadType(values: readonly string[]): Map<number, string> {
  const map = new Map<number, string>();
  for (const value of values) {
    const [, payloadType, rest] = /^(\d{1,3})[ \t]+(.+)$/.exec(value) ?? [];
    if (rest !== undefined && !map.has(Number(payloadType))) map.set(Number(payloadType), rest.trim());
  }
  return map;
}

function staticCodec(payloadType: number): Codec | null {
  const name = staticTypes[payloadType];
  return name === undefined ? null : { name, clockRate: 8000, channels: 1, fmtp: null };
}

/** `opus/48000/2`; null: none that we carry. */
function codecOf(rtpmap: string): Codec | null {
  const [encoding = '', clock = '', channels = '1'] = rtpmap.split('/');
  const codec = Object.hasOwn(known, encoding.toLowerCase()) ? known[encoding.toLowerCase()] : undefined;
  const clockRate = /^\d{4,6}$/.test(clock) ? Number(clock) : 0;
  if (!codec || clockRate === 0 || Number(channels) !== codec.channels) return null;
  if (codec.clocks !== null && !codec.clocks.includes(clockRate)) return null;
  return {
    name: codec.name,
    clockRate: codec.name === 'G722' ? 8000 : clockRate,
    channels: codec.channels,
    fmtp: null,
  };
}
