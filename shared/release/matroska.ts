/** Reads the segments that the box writes (RFC 9559, the few elements that they consist of). Nothing of it is trusted. */

export type TrackCodec = 'PCMA' | 'PCMU' | 'G722' | 'opus';

export interface Block {
  readonly side: 0 | 1;
  /** Milliseconds since the recording began. */
  readonly timeMs: number;
  readonly payload: Uint8Array;
}

/** What was sealed together with the sound, so that an exchanged segment is noticed. */
export interface SealedFacts {
  readonly recording: string;
  readonly number: number;
  readonly part: number;
  readonly startMs: number;
  /** Frames that the box could not keep. */
  readonly dropped: number;
}

export interface OpenSegment {
  /** Of the caller's and the callee's side, when a part begins here. */
  readonly codecs: readonly [TrackCodec, TrackCodec] | null;
  readonly facts: SealedFacts | null;
  readonly blocks: readonly Block[];
}

const id = {
  Void: 0xec,
  Segment: 0x18538067,
  Tracks: 0x1654ae6b,
  TrackEntry: 0xae,
  TrackNumber: 0xd7,
  CodecID: 0x86,
  CodecPrivate: 0x63a2,
  Cluster: 0x1f43b675,
  Timestamp: 0xe7,
  SimpleBlock: 0xa3,
};

/** WAVEFORMATEX tags. */
const acmCodecs: Readonly<Record<number, TrackCodec>> = { 6: 'PCMA', 7: 'PCMU', 655: 'G722' };

interface Element {
  readonly id: number;
  readonly data: Uint8Array;
}

/** The elements of `bytes`, one after the other. A Segment without end is entered. Stops at what does not fit. */
function* elements(bytes: Uint8Array): Generator<Element> {
  let at = 0;
  while (at < bytes.length) {
    const idLength = Math.clz32(bytes[at]!) - 23;
    if (idLength > 4 || at + idLength >= bytes.length) return;
    let elementId = 0;
    for (let n = 0; n < idLength; n++) elementId = elementId * 256 + bytes[at + n]!;
    at += idLength;
    const sizeLength = Math.clz32(bytes[at]!) - 23;
    if (sizeLength > 8 || at + sizeLength > bytes.length) return;
    let size = bytes[at]! & (0xff >> sizeLength);
    let unknown = size === 0xff >> sizeLength;
    for (let n = 1; n < sizeLength; n++) {
      size = size * 256 + bytes[at + n]!;
      unknown &&= bytes[at + n] === 0xff;
    }
    at += sizeLength;
    if (elementId === id.Segment && unknown) continue;
    if (at + size > bytes.length) return;
    yield { id: elementId, data: bytes.subarray(at, at + size) };
    at += size;
  }
}

const uint = (data: Uint8Array): number => data.reduce((value, byte) => value * 256 + byte, 0);

function codecOf(entry: Uint8Array): { side: number; codec: TrackCodec | undefined } {
  let side = -1;
  let name = '';
  let tag = 0;
  for (const { id: elementId, data } of elements(entry)) {
    if (elementId === id.TrackNumber) side = uint(data) - 1;
    if (elementId === id.CodecID) name = new TextDecoder().decode(data);
    if (elementId === id.CodecPrivate) tag = (data[0] ?? 0) | ((data[1] ?? 0) << 8);
  }
  return { side, codec: name === 'A_OPUS' ? 'opus' : name === 'A_MS/ACM' ? acmCodecs[tag] : undefined };
}

function codecsOf(tracks: Uint8Array): readonly [TrackCodec, TrackCodec] | null {
  const found: (TrackCodec | undefined)[] = [];
  for (const { id: elementId, data } of elements(tracks)) {
    if (elementId !== id.TrackEntry) continue;
    const { side, codec } = codecOf(data);
    if (side === 0 || side === 1) found[side] = codec;
  }
  return found[0] && found[1] ? [found[0], found[1]] : null;
}

function* blocksOf(cluster: Uint8Array): Generator<Block> {
  let clusterMs = 0;
  for (const { id: elementId, data } of elements(cluster)) {
    if (elementId === id.Timestamp) clusterMs = uint(data);
    if (elementId !== id.SimpleBlock || data.length < 4) continue;
    const side = (data[0]! & 0x7f) - 1;
    if (side !== 0 && side !== 1) continue;
    const relative = ((data[1]! << 24) | (data[2]! << 16)) >> 16;
    yield { side, timeMs: clusterMs + relative, payload: data.subarray(4) };
  }
}

function factsOf(data: Uint8Array): SealedFacts | null {
  try {
    const facts = JSON.parse(new TextDecoder().decode(data)) as Partial<Record<keyof SealedFacts, unknown>>;
    const { recording, number, part, startMs, dropped } = facts;
    const numbers = [number, part, startMs, dropped];
    if (typeof recording !== 'string' || !numbers.every((value) => Number.isSafeInteger(value))) return null;
    return facts as SealedFacts;
  } catch {
    return null;
  }
}

/** Reads what one sealed segment held. */
export function readSegment(plain: Uint8Array): OpenSegment {
  let codecs: OpenSegment['codecs'] = null;
  let facts: SealedFacts | null = null;
  const blocks: Block[] = [];
  for (const { id: elementId, data } of elements(plain)) {
    if (elementId === id.Tracks) codecs = codecsOf(data);
    if (elementId === id.Void) facts ??= factsOf(data);
    if (elementId === id.Cluster) blocks.push(...blocksOf(data));
  }
  return { codecs, facts, blocks };
}
