/** What a handshake is to its association, whichever side it takes. */
import type { Chance } from '@belkluis/shared/base/chance';
import type { SrtpKey } from '../srtp/key.ts';
import type { Fingerprint, Identity } from './certificate.ts';

/** How a handshake came out; nothing is known of the other side before. */
export type Outcome =
  | { readonly ok: true; readonly open: SrtpKey; readonly seal: SrtpKey }
  /** The other side proved to hold a key, and it is not the one that its description names. */
  | { readonly ok: false; readonly why: 'fingerprint' }
  /** Too many flights did not check out. */
  | { readonly ok: false; readonly why: 'refused' };

export interface HandshakeParts {
  readonly identity: Identity;
  /** The certificate that the other side's description names. */
  readonly expected: Fingerprint;
  readonly send: (datagram: Buffer) => void;
  readonly chance: Chance;
  /** What came was malformed or not genuine, and changed nothing. */
  readonly onRefused: () => void;
  /** Called once. */
  readonly onOutcome: (outcome: Outcome) => void;
}

export interface Handshake {
  receive(datagram: Buffer, nowMs: number): void;
  /** Repeats what got no answer. */
  tick(nowMs: number): void;
}
