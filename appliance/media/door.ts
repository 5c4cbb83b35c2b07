/** The media room as calls see it. No word of sockets or threads: a native port can stand behind it. */
import type { CodecName, PayloadMap } from './codec.ts';
import type { Fingerprint } from './dtls/certificate.ts';
import type { SrtpKey } from './srtp/key.ts';
import type { PressedAs } from './tones/presses.ts';

export interface MediaDoor {
  /** `urgent`: an emergency call, for which ports are kept free. @throws Problem `media_closed`, `media_lost`. */
  openCall(urgent?: boolean): Promise<MediaCall>;
  /** What happened since the start, by name (`media.auth`, `media.unlatched`, ...). */
  counters(): Promise<Record<string, number>>;
  close(): Promise<void>;
}

/** The media of one call: its legs live and die together. Methods that return nothing are queued in order and never throw. */
export interface MediaCall {
  /** Opens two ports for one more party, at `address`: an IP address of this machine; default: the pool's. @throws Problem `media_ports_exhausted`, `media_too_many_legs`, `media_lost`. */
  openLeg(address?: string): Promise<MediaLeg>;
  /** Relays between two legs; replaces an earlier join. Frames of `a` are side 0 of a recording from here on, those of `b` side 1. */
  join(a: MediaLeg, b: MediaLeg): void;
  /** Ends relaying; legs keep their ports and may still be played to. */
  unjoin(): void;
  /**
   * Opens the tap. Without a join before it, the first leg opened is side 0, the second side 1. What it never takes: digits, whichever way they are
   * pressed, and anything of two legs that are joined while the description of one of them does not let both speak and hear (hold).
   */
  record(recording: string): void;
  /** Nothing of either side is recorded from a moment before this call until `resumeRecording`, also if `record` comes after it. */
  pauseRecording(): void;
  resumeRecording(): void;
  /** Closes the tap; resolves after the last batch and the end mark went to the recorder. */
  stopRecording(): Promise<TapTotals>;
  /** Closes the tap, the legs and their ports. */
  close(): Promise<CallMediaStats>;
  /** A leg that should be heard is not: `initial` since it was configured, `general` since its last packet. Told once per silence. */
  onTimeout: (leg: MediaLeg, silence: 'initial' | 'general') => void;
  /** A leg whose keys were to come from DTLS gets none: it hears and says nothing. Told once for each generation. */
  onUnkeyed: (leg: MediaLeg, why: DtlsFailure) => void;
  /** The worker that carried this call is gone, and with it the call's media. */
  onLost: () => void;
}

export interface MediaLeg {
  readonly rtpPort: number;
  readonly rtcpPort: number;
  /** Of the certificate that this leg shows in a DTLS handshake, as `a=fingerprint` has it (RFC 8122 5). */
  readonly fingerprint: string;
  /** What this leg's SDP says now. Each call is a new generation: the source is learned again. The same keys keep their state. */
  configure(generation: LegGeneration): void;
  /**
   * Plays to this leg alone, instead of what is relayed to it. `ended`: the last packet has been sent. `stopped`: cut by
   * `stopPlaying`, another prompt or the call's end. `unplayable`: no negotiated codec has frames, or nowhere to send.
   * Waits while the leg is on hold.
   */
  play(prompt: Prompt): Promise<PlayOutcome>;
  stopPlaying(): void;
  /** What goes through it at this moment. @throws Problem `media_lost`. */
  streams(): Promise<LegStreams>;
  /** Closes this leg alone and gives its ports back: a phone that rang and was not the one to answer. Its statistics are gone. */
  close(): void;
  /** Whether tones that this leg presses are told. While it is recorded they are in any case: each packet is decoded then. Default: no. */
  listenForTones(on: boolean): void;
  /** Whether keys that this leg presses as events (RFC 4733) reach the other one. Tones cannot be kept from it. Default: yes. */
  relayDigits(on: boolean): void;
  /** A digit that this leg pressed, once it has let go of the key; once also if it came both ways. */
  onDtmf: (digit: string, durationMs: number, how: PressedAs) => void;
}

/** The last packet of relayed speech each way, by what the speaker's own phone calls it: where nobody mixes, it is called so everywhere. */
export interface LegStreams {
  readonly heard: StreamPoint | null;
  readonly sent: StreamPoint | null;
}

export interface StreamPoint {
  readonly ssrc: number;
  /** RTP timestamp, in ticks of its codec's clock. */
  readonly timestamp: number;
}

export type PlayOutcome = 'ended' | 'stopped' | 'unplayable';

/** One leg between two offers and answers. */
export interface LegGeneration {
  /** Where the peer wants its media: the `c=`, `m=` and `a=rtcp` of its SDP. Null, port 0 or 0.0.0.0: nowhere. */
  readonly remote: { readonly address: string; readonly rtp: number; readonly rtcp: number } | null;
  /** Further addresses that plain packets may come from, beside `remote`: behind NAT, where its signalling comes from. */
  readonly heardFrom?: readonly string[];
  /** Payload types that the peer uses towards us. */
  readonly receive: readonly PayloadMap[];
  /** Payload types that the peer wants, in its order. */
  readonly send: readonly PayloadMap[];
  readonly maySend: boolean;
  readonly mayReceive: boolean;
  /** `open`: what the peer seals with, `seal`: what we seal with. Null: plain RTP, unless `dtls` says that keys will come. */
  readonly keys: { readonly open: SrtpKey; readonly seal: SrtpKey } | null;
  /** Keys come from a DTLS handshake; until then nothing is sent or heard. The same terms at the same address keep their keys. */
  readonly dtls?: DtlsTerms | null;
  /** This leg carries a fax (T.38): datagrams pass as they are between two such legs, and no recording has them. Keys rest meanwhile. */
  readonly fax?: boolean;
}

/** Between whom a DTLS handshake is to be. */
export interface DtlsTerms {
  /** Ours: `client` begins. */
  readonly role: 'client' | 'server';
  /** The peer's certificate, as its description names it. */
  readonly fingerprint: Fingerprint;
}

/** `fingerprint`: the peer proved to be somebody else. `refused`: it made no sense. `time`: nobody answered in time. */
export type DtlsFailure = 'fingerprint' | 'refused' | 'time';

/** Something to be said, in every codec that it was prepared for. */
export interface Prompt {
  readonly id: string;
  /** Payloads of 20 ms each. */
  readonly frames: Partial<Record<CodecName, readonly Uint8Array[]>>;
}

/** What went through the tap, by side. `dropped` frames were relayed but not recorded: the recorder was too slow. */
export interface TapTotals {
  readonly frames: readonly [number, number];
  readonly dropped: number;
}

export interface LegStats {
  readonly packetsReceived: number;
  readonly octetsReceived: number;
  readonly packetsSent: number;
  readonly octetsSent: number;
  /** Sources (SSRCs) that this leg was heard with, one after the other. */
  readonly sources: number;
  /** Packets refused as forged, replayed or malformed. */
  readonly refused: number;
}

export interface CallMediaStats {
  /** In the order in which the legs were opened. */
  readonly legs: readonly LegStats[];
}
