/**
 * A transfer from the REFER to its end (RFC 5589, terminated at the box): who talks, who is told what, who goes. Pure;
 * transferring.ts carries the effects out. One party stays, the transferor leaves, the target comes: by being rung, or out of another call
 * of the transferor's. Until the two can talk, the call that stood stands.
 */

export type TransferState =
  /** `transferor`: it is still there, so that the old call can go on when nothing comes of this. */
  | { readonly at: 'ringing'; readonly transferor: boolean; readonly told: number }
  | { readonly at: 'joining'; readonly transferor: boolean }
  | { readonly at: 'over' };

export type TransferInput =
  | { readonly on: 'progress'; readonly status: number }
  | { readonly on: 'answered' }
  /** Nobody answered. */
  | { readonly on: 'failed'; readonly status: number }
  /** The remaining party and the target agree on what they speak. */
  | { readonly on: 'agreed' }
  | { readonly on: 'not agreed'; readonly status: number }
  /** These two may not talk to each other: it would have to be recorded, and cannot be. */
  | { readonly on: 'not allowed'; readonly status: number }
  | { readonly on: 'transferor gone' }
  | { readonly on: 'remaining gone' }
  | { readonly on: 'target gone' };

export type TransferEffect =
  | { readonly do: 'ring' }
  /** Agree with both, so that they can talk. */
  | { readonly do: 'agree' }
  /** How the transferor learns of it: a NOTIFY. */
  | { readonly do: 'tell'; readonly status: number }
  /** The remaining party and the transferor talk no more; what was recorded of them ends. */
  | { readonly do: 'part' }
  /** Nobody is there for the remaining party while the target rings. */
  | { readonly do: 'play ring-back' }
  /** The remaining party and the target talk. Always after `part`. */
  | { readonly do: 'talk' }
  | { readonly do: 'stop ringing' }
  /** Hung up, or left to the call that it stands in. */
  | { readonly do: 'let target go' }
  /** The remaining party and the transferor hear why nothing comes of it. */
  | { readonly do: 'say why' }
  /** The remaining party hears why it is hung up. */
  | { readonly do: 'say why and hang up remaining' }
  /** The remaining party and the transferor go on as before. */
  | { readonly do: 'stay' }
  | { readonly do: 'hang up transferor' }
  | { readonly do: 'hang up remaining' };

type Stepped = readonly [TransferState, ...TransferEffect[]];

/** `ringing`: blind, the target is to be rung. `joining`: attended, it stands in another call. */
export const beginTransfer = (how: 'ringing' | 'joining'): Stepped =>
  how === 'ringing'
    ? [{ at: 'ringing', transferor: true, told: 100 }, { do: 'ring' }]
    : [{ at: 'joining', transferor: true }, { do: 'agree' }];

const over: TransferState = { at: 'over' };

/** Nothing came of it: the old call goes on if there is still one. */
const failed = (transferor: boolean, status: number): readonly TransferEffect[] => [
  { do: 'tell', status },
  { do: transferor ? 'stay' : 'hang up remaining' },
];

const remainingGone = (transferor: boolean): readonly TransferEffect[] => [
  { do: 'tell', status: 487 },
  ...(transferor ? [{ do: 'part' } as const, { do: 'hang up transferor' } as const] : []),
];

export function step(state: TransferState, input: TransferInput): Stepped {
  switch (state.at) {
    case 'ringing':
      return whileRinging(state, input);
    case 'joining':
      return whileJoining(state, input);
    case 'over':
      return [state];
  }
}

function whileRinging(state: TransferState & { at: 'ringing' }, input: TransferInput): Stepped {
  const { transferor, told } = state;
  switch (input.on) {
    case 'progress':
      return input.status === told
        ? [state]
        : [
            { ...state, told: input.status },
            { do: 'tell', status: input.status },
          ];
    case 'answered':
      return [{ at: 'joining', transferor }, { do: 'agree' }];
    case 'failed':
      return [over, ...failed(transferor, input.status)];
    case 'transferor gone':
      return transferor ? [{ ...state, transferor: false }, { do: 'part' }, { do: 'play ring-back' }] : [state];
    case 'remaining gone':
      return [over, { do: 'stop ringing' }, ...remainingGone(transferor)];
    default:
      return [state];
  }
}

function whileJoining(state: TransferState & { at: 'joining' }, input: TransferInput): Stepped {
  const { transferor } = state;
  switch (input.on) {
    case 'agreed': {
      const leaves: TransferEffect[] = transferor ? [{ do: 'hang up transferor' }] : [];
      const part: TransferEffect[] = transferor ? [{ do: 'part' }] : [];
      return [over, ...part, { do: 'talk' }, { do: 'tell', status: 200 }, ...leaves];
    }
    case 'not agreed':
      return [over, { do: 'let target go' }, ...failed(transferor, input.status)];
    case 'not allowed': {
      const told = { do: 'tell', status: input.status } as const;
      if (!transferor) return [over, { do: 'let target go' }, told, { do: 'say why and hang up remaining' }];
      return [over, { do: 'let target go' }, told, { do: 'say why' }, { do: 'stay' }];
    }
    case 'target gone':
      return [over, { do: 'let target go' }, ...failed(transferor, 480)];
    case 'transferor gone':
      return transferor ? [{ ...state, transferor: false }, { do: 'part' }] : [state];
    case 'remaining gone':
      return [over, { do: 'let target go' }, ...remainingGone(transferor)];
    default:
      return [state];
  }
}
