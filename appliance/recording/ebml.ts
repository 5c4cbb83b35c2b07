/** EBML elements (RFC 8794), as many as Matroska needs. */

/** Element ids as they are written, marker bits included (RFC 9559). */
export const id = {
  EBML: 0x1a45dfa3,
  EBMLVersion: 0x4286,
  EBMLReadVersion: 0x42f7,
  EBMLMaxIDLength: 0x42f2,
  EBMLMaxSizeLength: 0x42f3,
  DocType: 0x4282,
  DocTypeVersion: 0x4287,
  DocTypeReadVersion: 0x4285,
  Void: 0xec,
  Segment: 0x18538067,
  Info: 0x1549a966,
  TimestampScale: 0x2ad7b1,
  MuxingApp: 0x4d80,
  WritingApp: 0x5741,
  Tracks: 0x1654ae6b,
  TrackEntry: 0xae,
  TrackNumber: 0xd7,
  TrackUID: 0x73c5,
  TrackType: 0x83,
  FlagLacing: 0x9c,
  Name: 0x536e,
  CodecID: 0x86,
  CodecPrivate: 0x63a2,
  Audio: 0xe1,
  SamplingFrequency: 0xb5,
  Channels: 0x9f,
  BitDepth: 0x6264,
  Cluster: 0x1f43b675,
  Timestamp: 0xe7,
  SimpleBlock: 0xa3,
} as const;

const idBytes = (value: number): Buffer => {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
};

/** A data size in the fewest bytes (RFC 8794 4). */
function sizeBytes(size: number): Buffer {
  let length = 1;
  while (size >= 2 ** (7 * length) - 1) length++;
  const bytes = Buffer.alloc(length);
  let rest = size;
  for (let at = length - 1; at >= 0; at--) {
    bytes[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes[0]! |= 1 << (8 - length);
  return bytes;
}

/** An element with these contents. */
export function element(elementId: number, ...contents: readonly Uint8Array[]): Buffer {
  const size = contents.reduce((sum, content) => sum + content.length, 0);
  return Buffer.concat([idBytes(elementId), sizeBytes(size), ...contents]);
}

/** An element whose end is not known yet: what a live stream's Segment is (RFC 8794 6.2). */
export const openElement = (elementId: number): Buffer =>
  Buffer.concat([idBytes(elementId), Buffer.from('01ffffffffffffff', 'hex')]);

export function uint(elementId: number, value: number): Buffer {
  let hex = value.toString(16);
  if (hex.length % 2 === 1) hex = `0${hex}`;
  return element(elementId, Buffer.from(hex, 'hex'));
}

export function float(elementId: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return element(elementId, bytes);
}

export const text = (elementId: number, value: string): Buffer => element(elementId, Buffer.from(value));
