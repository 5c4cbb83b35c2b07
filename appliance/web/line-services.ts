/** What the desk needs to show the lines of the box, and to change them. Instants are wall clock, ms. */
import type { Person } from '../access/people.ts';
import type { Registration } from '../control/protocol.ts';
import type { Change, Weakening } from '../lines/changes.ts';
import type { Lines } from '../lines/schema.ts';

export interface TrunkState {
  readonly id: string;
  readonly host: string;
  /** False: it does not answer when it is asked. */
  readonly up: boolean;
  /** Null: the box does not register there. `why`: code of what is wrong. */
  readonly registration: {
    readonly is: 'asking' | 'registered' | 'waiting';
    readonly until: number | null;
    readonly why: string | null;
  } | null;
  readonly heardAt: number | null;
  readonly calls: number;
  readonly maxCalls: number;
  /** It may do without encryption at this moment. */
  readonly plain: boolean;
}

export interface TrunksState {
  readonly trunks: readonly TrunkState[];
  /** Limits of outgoing calls that were reached today, and by which phone or trunk. */
  readonly capped: readonly { readonly cap: string; readonly kind: 'user' | 'trunk'; readonly name: string }[];
}

export interface PbxState {
  /** False: it does not answer when it is asked. */
  readonly up: boolean;
  /** Phones that it has registered through the box. */
  readonly phones: readonly Registration[];
}

/** What somebody wrote and has not applied yet. */
export interface LinesDraft {
  readonly changes: readonly Change[];
  readonly weakens: readonly Weakening[];
}

export interface LineServices {
  /** Null: the call process does not answer. */
  trunks(): Promise<TrunksState | null>;
  /** Null: the call process does not answer, or has none yet. */
  pbx(): Promise<PbxState | null>;
  /** What the box was told, its passwords hidden. @throws Problem `lines_unreadable`, `lines_invalid`. */
  told(): Lines;
  /** Keeps what a person wrote until they have seen what it changes; passwords that it hides stay. @throws Problem `secret_missing`. */
  draft(person: Person, next: Lines): string;
  /** @throws Problem `draft_gone`. */
  drafted(person: Person, id: string): LinesDraft;
  /** Appends, then puts it in force. @throws Problem `draft_gone`, `draft_old`, `reason_needed`, `audit_failed`. */
  apply(person: Person, id: string, reason: string | null): void;
}
