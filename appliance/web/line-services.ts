/** What the desk needs to show the lines of the box. Instants are wall clock, ms. */

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

export interface LineServices {
  /** Null: the call process does not answer. */
  trunks(): Promise<TrunksState | null>;
}
