/** The codecs that Belkluis carries. It never transcodes: a codec is a name, a clock and what a peer says of it. */
export type CodecName = 'PCMA' | 'PCMU' | 'G722' | 'opus' | 'telephone-event' | 'CN';

export interface Codec {
  readonly name: CodecName;
  /** RTP timestamp units per second: 8000 for G722 although it samples at 16 kHz (RFC 3551 4.5.2), 48000 for opus. */
  readonly clockRate: number;
  readonly channels: number;
  /** The `a=fmtp` parameters as the peer wrote them; null: none. */
  readonly fmtp: string | null;
}

/** A codec and the RTP payload type that stands for it, in one direction of one session. */
export interface PayloadMap {
  readonly payloadType: number;
  readonly codec: Codec;
}

/** Whether this codec carries a voice, as opposed to digits or the sound of silence. */
export const carriesVoice = ({ name }: Codec): boolean => name !== 'telephone-event' && name !== 'CN';
