/** Evidence that somebody in a call was told of its recording, agreed or refused (GDPR 7(1), 21(4)): the form in which calls, recordings and the vault speak of it. */

/** `withdrawn`: agreed or said nothing first, and objected later. */
export const consentActs = ['told', 'agreed', 'refused', 'withdrawn'] as const;

export type ConsentAct = (typeof consentActs)[number];

/** What the purpose of the recording asks of those who are in the call. */
export const consentModes = ['inform', 'opt-out', 'opt-in'] as const;

export type ConsentMode = (typeof consentModes)[number];

/**
 * How it reached the box. A key as an RTP event (RFC 4733), as a tone in the sound, as a SIP INFO; a notice that somebody acknowledged
 * before; a program that was told by a person.
 */
export const consentWays = ['event', 'tone', 'info', 'acknowledgement', 'api'] as const;

export type ConsentWay = (typeof consentWays)[number];

/** What one side of a call was told, or did. */
export interface Consent {
  /** Wall clock, ms. */
  readonly at: number;
  readonly act: ConsentAct;
  readonly mode: ConsentMode;
  readonly side: 'caller' | 'callee';
  /** Null: the announcement was played out, and nothing was done. */
  readonly how: ConsentWay | null;
  /** The one key that says so, `0` to `9`, `*`, `#` or `A` to `D`; null where none was pressed. What else was dialled is not evidence of anything. */
  readonly key: string | null;
  /** SHA-256 of what had been heard, hex: its version. */
  readonly promptHash: string;
}

/** Acts that end a recording. */
export const isObjection = ({ act }: Pick<Consent, 'act'>): boolean => act === 'refused' || act === 'withdrawn';
