/**
 * A call from its answer to its end, as far as recording goes: announce, then record, then stop. Pure; talking.ts carries
 * the effects out. The order is the promise: the tap opens only after both sides have heard the announcement out.
 */

/** Why a call that went on was not recorded. The policy's own reasons stand beside these. */
export type NotRecorded =
  | 'recorded_elsewhere'
  | 'announcement_unplayable'
  | 'announcement_cut'
  | 'no_recipient'
  | 'recorder_unavailable'
  | 'disk_reserve'
  | 'recorder_failed';

export type Side = 'caller' | 'callee';

/** How the announcement ended on one side. */
export type Played = 'ended' | 'stopped' | 'unplayable';

export type ConversationState =
  /** The same words are recorded in another call through the box, or, as long as that is not `proven`, may be (twins.ts). */
  | { readonly at: 'elsewhere'; readonly mandatory: boolean; readonly proven: boolean }
  | { readonly at: 'announcing'; readonly mandatory: boolean; readonly heard: readonly Side[] }
  | { readonly at: 'starting'; readonly mandatory: boolean }
  | { readonly at: 'recording'; readonly mandatory: boolean }
  | { readonly at: 'unrecorded' }
  | { readonly at: 'ended' };

export type ConversationInput =
  | { readonly on: 'elsewhere' }
  | { readonly on: 'not elsewhere' }
  | { readonly on: 'played'; readonly side: Side; readonly result: Played }
  | { readonly on: 'recorder ready' }
  | { readonly on: 'recorder refused'; readonly reason: NotRecorded }
  | { readonly on: 'recorder lost' }
  | { readonly on: 'hung up' };

export type ConversationEffect =
  | { readonly do: 'announce'; readonly to: readonly Side[] }
  | { readonly do: 'stop announcing' }
  | { readonly do: 'begin recording' }
  | { readonly do: 'open tap' }
  | { readonly do: 'end recording'; readonly reason: 'finished' | 'broken' }
  | { readonly do: 'note'; readonly reason: string }
  | { readonly do: 'hang up both' };

export type Verdict =
  | { readonly record: true; readonly mandatory: boolean; readonly elsewhere?: boolean }
  | { readonly record: false; readonly reason: string };

const sides: readonly Side[] = ['caller', 'callee'];

/** The two have been put together and the policy has spoken. `heard`: who knows this very announcement already, from before a transfer. */
export function begin(
  verdict: Verdict,
  heard: readonly Side[] = [],
): readonly [ConversationState, ...ConversationEffect[]] {
  if (!verdict.record) return [{ at: 'unrecorded' }, { do: 'note', reason: verdict.reason }];
  const { mandatory } = verdict;
  if (verdict.elsewhere) return [{ at: 'elsewhere', mandatory, proven: false }];
  const to = sides.filter((side) => !heard.includes(side));
  if (to.length === 0) return [{ at: 'starting', mandatory }, { do: 'begin recording' }];
  return [
    { at: 'announcing', mandatory, heard },
    { do: 'announce', to },
  ];
}

/** The call goes on without a recording, unless its purpose says that it must not (design, invariant 9). */
function without(mandatory: boolean, reason: NotRecorded): readonly [ConversationState, ...ConversationEffect[]] {
  const note = { do: 'note', reason } as const;
  return mandatory ? [{ at: 'ended' }, note, { do: 'hang up both' }] : [{ at: 'unrecorded' }, note];
}

function hungUp(state: ConversationState): readonly [ConversationState, ...ConversationEffect[]] {
  switch (state.at) {
    case 'announcing':
      return [{ at: 'ended' }, { do: 'stop announcing' }, { do: 'note', reason: 'announcement_cut' }];
    case 'starting':
    case 'recording':
      return [{ at: 'ended' }, { do: 'end recording', reason: 'finished' }];
    case 'elsewhere':
      return state.proven ? [{ at: 'ended' }] : [{ at: 'ended' }, { do: 'note', reason: 'announcement_cut' }];
    case 'unrecorded':
    case 'ended':
      return [{ at: 'ended' }];
  }
}

export function step(
  state: ConversationState,
  input: ConversationInput,
): readonly [ConversationState, ...ConversationEffect[]] {
  if (input.on === 'hung up') return hungUp(state);
  switch (state.at) {
    case 'elsewhere':
      if (input.on === 'not elsewhere') return begin({ record: true, mandatory: state.mandatory });
      if (input.on !== 'elsewhere') return [state];
      return [
        { ...state, proven: true },
        { do: 'note', reason: 'recorded_elsewhere' },
      ];
    case 'announcing': {
      if (input.on !== 'played' || state.heard.includes(input.side)) return [state];
      if (input.result !== 'ended') {
        const [next, ...effects] = without(state.mandatory, 'announcement_unplayable');
        return [next, { do: 'stop announcing' }, ...effects];
      }
      const heard = [...state.heard, input.side];
      if (heard.length < sides.length) return [{ ...state, heard }];
      return [{ at: 'starting', mandatory: state.mandatory }, { do: 'begin recording' }];
    }
    case 'starting':
      if (input.on === 'recorder ready') return [{ at: 'recording', mandatory: state.mandatory }, { do: 'open tap' }];
      if (input.on === 'recorder refused') return without(state.mandatory, input.reason);
      if (input.on === 'recorder lost') return without(state.mandatory, 'recorder_failed');
      return [state];
    case 'recording': {
      if (input.on !== 'recorder lost') return [state];
      const [next, ...effects] = without(state.mandatory, 'recorder_failed');
      return [next, { do: 'end recording', reason: 'broken' }, ...effects];
    }
    case 'unrecorded':
    case 'ended':
      return [state];
  }
}
