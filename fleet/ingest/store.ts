/** What ingest needs of whoever keeps what boxes say. */
import type { upMessages } from '@belkluis/shared/contract/messages';
import type { UpKind } from '@belkluis/shared/contract/topics';

type MessageOf<Kind extends UpKind> = Extract<ReturnType<(typeof upMessages)[Kind]['parse']>, { ok: true }>['message'];

/** Kinds whose `seq` is their own. What is told anew (presence, reported, audit) repeats how far the count is. */
export const numbered: ReadonlySet<UpKind> = new Set<UpKind>(['health', 'event', 'response', 'csr']);

/** A message, read and believed. */
export type Said = {
  readonly [Kind in UpKind]: {
    readonly kind: Kind;
    readonly message: MessageOf<Kind>;
    readonly box: string;
    /** Which command a response is about. */
    readonly command: string | null;
    /** Its sender, or the broker that hands it over, had no acknowledgement and sent it once more. */
    readonly again: boolean;
    /** SHA-256 of what it says, hex: the same whenever it is sent again. */
    readonly digest: string;
    /** When it came, wall clock of the fleet, ms. */
    readonly receivedAt: number;
    /** How far the box's clock is ahead of the fleet's, ms; null: not known. */
    readonly skewMs: number | null;
  };
}[UpKind];

export type Kept =
  | 'kept'
  /** Kept, though the box had given its number (`seq`) to another message. Of `numbered` kinds alone. */
  | 'number_taken'
  /** The same message was kept before: by id and digest. */
  | 'seen'
  /** Another message was kept under this id. This one was not. */
  | 'changed'
  /** No such box, or no more. */
  | 'box_unknown';

export interface Store {
  /**
   * Keeps a message with its id, in one commit, so that it counts once however often it comes; ids are remembered for as long as a message
   * may be old (`MAX_AGE_MS`). Rejects when it could not: the message is then not acknowledged, and comes again.
   */
  keep(said: Said): Promise<Kept>;
  /** `skewMs` of the last message that was kept of `box`. */
  skewOf(box: string): Promise<number | null>;
}
