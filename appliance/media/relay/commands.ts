/** What the main thread and a media worker say to each other: arrays of these, one message for each turn of an event loop. */
import type { CallMediaStats, DtlsFailure, LegGeneration, LegStreams, PlayOutcome, TapTotals } from '../door.ts';
import type { Identity } from '../dtls/certificate.ts';
import type { PortRange } from '../ports.ts';
import type { PressedAs } from '../tones/presses.ts';
import type { PackedPrompt } from './prompt-pack.ts';

/** Main thread to worker. `call`, `leg` and `play` are numbers that the main thread gives; `reply` names the report that answers. */
export type Command =
  | { readonly op: 'openCall'; readonly call: number }
  | {
      readonly op: 'openLeg';
      readonly call: number;
      readonly leg: number;
      /** Null: the worker's own. */
      readonly address: string | null;
      /** It may have ports that are kept for emergency calls. */
      readonly urgent: boolean;
      readonly reply: number;
    }
  | { readonly op: 'closeLeg'; readonly call: number; readonly leg: number }
  | { readonly op: 'configure'; readonly call: number; readonly leg: number; readonly generation: LegGeneration }
  | { readonly op: 'join'; readonly call: number; readonly a: number; readonly b: number }
  | { readonly op: 'unjoin'; readonly call: number }
  | {
      readonly op: 'play';
      readonly call: number;
      readonly leg: number;
      readonly prompt: PackedPrompt;
      readonly reply: number;
    }
  | { readonly op: 'stopPlaying'; readonly call: number; readonly leg: number }
  | { readonly op: 'streams'; readonly call: number; readonly leg: number; readonly reply: number }
  | { readonly op: 'listenForTones' | 'relayDigits'; readonly call: number; readonly leg: number; readonly on: boolean }
  | { readonly op: 'pauseRecording'; readonly call: number; readonly on: boolean }
  | { readonly op: 'record'; readonly call: number; readonly recording: string }
  | { readonly op: 'stopRecording'; readonly call: number; readonly reply: number }
  | { readonly op: 'closeCall'; readonly call: number; readonly reply: number }
  | { readonly op: 'counters'; readonly call: 0; readonly reply: number };

export type CommandOf<Op extends Command['op']> = Extract<Command, { op: Op }>;

/** Worker to main thread. */
export type Report =
  | { readonly kind: 'leg'; readonly reply: number; readonly rtpPort: number; readonly rtcpPort: number }
  | ({ readonly kind: 'refused'; readonly reply: number } & Refusal)
  | { readonly kind: 'played'; readonly reply: number; readonly outcome: PlayOutcome }
  | { readonly kind: 'streams'; readonly reply: number; readonly streams: LegStreams }
  | { readonly kind: 'recorded'; readonly reply: number; readonly totals: TapTotals }
  | { readonly kind: 'closed'; readonly reply: number; readonly stats: CallMediaStats }
  | { readonly kind: 'counters'; readonly reply: number; readonly counters: Record<string, number> }
  | {
      readonly kind: 'dtmf';
      readonly call: number;
      readonly leg: number;
      readonly digit: string;
      readonly durationMs: number;
      readonly how: PressedAs;
    }
  | { readonly kind: 'silent'; readonly call: number; readonly leg: number; readonly silence: 'initial' | 'general' }
  | { readonly kind: 'unkeyed'; readonly call: number; readonly leg: number; readonly why: DtlsFailure };

export interface Refusal {
  readonly code: 'media_ports_exhausted' | 'media_too_many_legs' | 'media_address_unusable' | 'media_closed';
  readonly detail: string;
}

/** What a worker is started with. */
export interface WorkerSettings {
  readonly address: string;
  readonly ports: PortRange;
  /** The certificate of every DTLS handshake, and its key. */
  readonly identity: Identity;
  readonly silence: { readonly initialMs: number; readonly generalMs: number };
}
