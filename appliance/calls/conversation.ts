/**
 * A call from its answer to its end, as far as recording goes: announce, ask, record, pause, stop. Pure; talking.ts carries the effects
 * out. The order is the promise: the tap opens only after everybody has heard and agreed who must, and never after somebody refused.
 */

/** Why a call that went on was not recorded. The policy's own reasons stand beside these. */
export type NotRecorded =
  | 'recorded_elsewhere'
  | 'announcement_missing'
  | 'announcement_unplayable'
  | 'announcement_cut'
  | 'not_agreed'
  | 'objected'
  | 'private'
  | 'not_started'
  | 'nobody_of_ours'
  | 'no_recipient'
  | 'recorder_unavailable'
  | 'disk_reserve'
  | 'recorder_failed';

export type Side = 'caller' | 'callee';

export const sides: readonly Side[] = ['caller', 'callee'];
export const other = (side: Side): Side => (side === 'caller' ? 'callee' : 'caller');

/** How the announcement ended on one side. */
export type Played = 'ended' | 'stopped' | 'unplayable';

/** What a purpose asks of the two who talk, before and while they are recorded. */
export interface Asked {
  /** The call ends when it cannot be recorded, and nobody can refuse. */
  readonly mandatory: boolean;
  /** What has been recorded must be kept for a time, whoever objects. */
  readonly locked: boolean;
  /** Recording begins by itself, or when somebody of the organisation asks. */
  readonly start: 'automatic' | 'manual';
  /** Who must hear the announcement out first; who knows it already is not among them. */
  readonly tell: readonly Side[];
  /** Who must agree by a key; who has done so already is not among them. */
  readonly ask: readonly Side[];
  readonly mayPause: boolean;
  /** Who refuses may ask once more, for all calls with their number. */
  readonly remembers: boolean;
}

export type ConversationState =
  /** The same words are recorded in another call through the box, or, as long as that is not `proven`, may be (twins.ts). */
  | { readonly at: 'elsewhere'; readonly asked: Asked; readonly proven: boolean }
  /** Somebody of the organisation has to begin. */
  | { readonly at: 'waiting'; readonly asked: Asked }
  | {
      readonly at: 'announcing';
      readonly asked: Asked;
      readonly heard: readonly Side[];
      readonly agreed: readonly Side[];
    }
  /** All have heard it; some have not agreed yet. They talk meanwhile. */
  | { readonly at: 'asking'; readonly asked: Asked; readonly agreed: readonly Side[] }
  | { readonly at: 'starting'; readonly asked: Asked }
  | { readonly at: 'recording'; readonly asked: Asked; readonly paused: boolean }
  /** `mayAsk`: who has just refused, and may ask that this is remembered. */
  | { readonly at: 'unrecorded'; readonly mayAsk: Side | null }
  /** It may not go on, and both are told so. */
  | { readonly at: 'refusing' }
  | { readonly at: 'ended' };

export type ConversationInput =
  | { readonly on: 'elsewhere' }
  | { readonly on: 'not elsewhere' }
  | { readonly on: 'played'; readonly side: Side; readonly result: Played }
  | { readonly on: 'agreed'; readonly side: Side }
  | { readonly on: 'refused'; readonly side: Side; readonly why: 'objected' | 'private' }
  | { readonly on: 'patience over' }
  | { readonly on: 'memory over' }
  | { readonly on: 'start' }
  | { readonly on: 'pause' }
  | { readonly on: 'resume' }
  | { readonly on: 'recorder ready' }
  | { readonly on: 'recorder refused'; readonly reason: NotRecorded }
  | { readonly on: 'recorder lost' }
  | { readonly on: 'told why' }
  | { readonly on: 'hung up' };

export type ConversationEffect =
  | { readonly do: 'announce'; readonly to: readonly Side[] }
  | { readonly do: 'stop announcing' }
  /** Until everybody has agreed, or for as long as the purpose says. */
  | { readonly do: 'wait for agreement' }
  | { readonly do: 'begin recording' }
  | { readonly do: 'open tap' }
  | { readonly do: 'pause' }
  | { readonly do: 'resume' }
  | { readonly do: 'end recording'; readonly reason: 'finished' | 'broken' }
  /** Ends the recording, or the beginning of one, and erases what there is of it. */
  | { readonly do: 'erase recording'; readonly side: Side; readonly why: 'objected' | 'private' }
  /** That it is not recorded; `mayAsk`: and that pressing once more is remembered. */
  | { readonly do: 'confirm refusal'; readonly side: Side; readonly mayAsk: boolean }
  | { readonly do: 'remember refusal'; readonly side: Side }
  /** The law keeps this recording; `side` is told so. */
  | { readonly do: 'deny refusal'; readonly side: Side }
  | { readonly do: 'deny pause' }
  | { readonly do: 'note'; readonly reason: string }
  /** Both are told that this call must be recorded and cannot be. */
  | { readonly do: 'tell why' }
  | { readonly do: 'hang up both' };

export type Verdict =
  | { readonly record: true; readonly asked: Asked; readonly elsewhere?: boolean }
  | { readonly record: false; readonly reason: string };

type Stepped = readonly [ConversationState, ...ConversationEffect[]];

const unrecorded: ConversationState = { at: 'unrecorded', mayAsk: null };
const starting = (asked: Asked): Stepped => [{ at: 'starting', asked }, { do: 'begin recording' }];
const but = (all: readonly Side[], some: readonly Side[]) => all.filter((side) => !some.includes(side));

/** The two have been put together and the policy has spoken. */
export function begin(verdict: Verdict): Stepped {
  if (!verdict.record) return [unrecorded, { do: 'note', reason: verdict.reason }];
  const { asked } = verdict;
  if (verdict.elsewhere) return [{ at: 'elsewhere', asked, proven: false }];
  if (asked.start === 'manual') return [{ at: 'waiting', asked }];
  return announce(asked);
}

function announce(asked: Asked): Stepped {
  if (asked.tell.length === 0) return ask(asked, []);
  const announcing = { at: 'announcing', asked, heard: [], agreed: [] } as const;
  return [announcing, { do: 'announce', to: asked.tell }];
}

/** Everybody knows; whoever is asked and has not answered has some time. */
function ask(asked: Asked, agreed: readonly Side[]): Stepped {
  if (but(asked.ask, agreed).length === 0) return starting(asked);
  return [{ at: 'asking', asked, agreed }, { do: 'wait for agreement' }];
}

/** The call goes on without a recording, unless its purpose says that it must not (design, invariant 9). */
function without({ mandatory }: Asked, reason: NotRecorded): Stepped {
  const note = { do: 'note', reason } as const;
  return mandatory ? [{ at: 'refusing' }, note, { do: 'tell why' }] : [unrecorded, note];
}

function hungUp(state: ConversationState): Stepped {
  const ended: ConversationState = { at: 'ended' };
  const note = (reason: NotRecorded): ConversationEffect => ({ do: 'note', reason });
  switch (state.at) {
    case 'waiting':
      return [ended, note('not_started')];
    case 'announcing':
      return [ended, { do: 'stop announcing' }, note('announcement_cut')];
    case 'asking':
      return [ended, note('not_agreed')];
    case 'starting':
    case 'recording':
      return [ended, { do: 'end recording', reason: 'finished' }];
    case 'elsewhere':
      return state.proven ? [ended] : [ended, note('announcement_cut')];
    case 'unrecorded':
    case 'refusing':
    case 'ended':
      return [ended];
  }
}

/** Somebody does not want it. Nothing asks why, and the call goes on. */
function refused(state: ConversationState, { side, why }: ConversationInput & { readonly on: 'refused' }): Stepped {
  if (state.at === 'unrecorded')
    return state.mayAsk === side && why === 'objected' ? [unrecorded, { do: 'remember refusal', side }] : [state];
  if (state.at === 'refusing' || state.at === 'ended' || (state.at === 'elsewhere' && state.proven)) return [state];
  const { mandatory, locked, remembers } = state.asked;
  const recorded = state.at === 'starting' || state.at === 'recording';
  if (mandatory || (locked && recorded)) return [state, { do: 'deny refusal', side }];
  const mayAsk = remembers && why === 'objected';
  return [
    { at: 'unrecorded', mayAsk: mayAsk ? side : null },
    ...(state.at === 'announcing' ? [{ do: 'stop announcing' } as const] : []),
    ...(recorded ? [{ do: 'erase recording', side, why } as const] : []),
    { do: 'note', reason: why },
    { do: 'confirm refusal', side, mayAsk },
  ];
}

export function step(state: ConversationState, input: ConversationInput): Stepped {
  if (input.on === 'hung up') return hungUp(state);
  if (input.on === 'refused') return refused(state, input);
  switch (state.at) {
    case 'elsewhere':
      if (input.on === 'not elsewhere') return begin({ record: true, asked: state.asked });
      if (input.on !== 'elsewhere') return [state];
      return [
        { ...state, proven: true },
        { do: 'note', reason: 'recorded_elsewhere' },
      ];
    case 'waiting':
      return input.on === 'start' ? announce(state.asked) : [state];
    case 'announcing':
      return whileAnnouncing(state, input);
    case 'asking': {
      if (input.on === 'patience over') return without(state.asked, 'not_agreed');
      return input.on === 'agreed' ? agreedBy(state, input.side) : [state];
    }
    case 'starting':
      if (input.on === 'recorder ready')
        return [{ at: 'recording', asked: state.asked, paused: false }, { do: 'open tap' }];
      if (input.on === 'recorder refused') return without(state.asked, input.reason);
      if (input.on === 'recorder lost') return without(state.asked, 'recorder_failed');
      return [state];
    case 'recording':
      return whileRecording(state, input);
    case 'unrecorded':
      return input.on === 'memory over' ? [unrecorded] : [state];
    case 'refusing':
      return input.on === 'told why' ? [state, { do: 'hang up both' }] : [state];
    case 'ended':
      return [state];
  }
}

function agreedBy(state: ConversationState & { readonly at: 'asking' }, side: Side): Stepped {
  if (!state.asked.ask.includes(side) || state.agreed.includes(side)) return [state];
  const agreed = [...state.agreed, side];
  return but(state.asked.ask, agreed).length === 0 ? starting(state.asked) : [{ ...state, agreed }];
}

function whileAnnouncing(state: ConversationState & { readonly at: 'announcing' }, input: ConversationInput): Stepped {
  const { asked } = state;
  // Who knows the words may answer before they are over; recorded it is only when all have heard them out.
  if (input.on === 'agreed' && asked.ask.includes(input.side) && !state.agreed.includes(input.side))
    return [{ ...state, agreed: [...state.agreed, input.side] }];
  if (input.on !== 'played' || state.heard.includes(input.side)) return [state];
  if (input.result !== 'ended') {
    const [next, ...effects] = without(asked, 'announcement_unplayable');
    return [next, { do: 'stop announcing' }, ...effects];
  }
  const heard = [...state.heard, input.side];
  return but(asked.tell, heard).length > 0 ? [{ ...state, heard }] : ask(asked, state.agreed);
}

function whileRecording(state: ConversationState & { readonly at: 'recording' }, input: ConversationInput): Stepped {
  switch (input.on) {
    case 'recorder lost': {
      const [next, ...effects] = without(state.asked, 'recorder_failed');
      return [next, { do: 'end recording', reason: 'broken' }, ...effects];
    }
    case 'pause':
      if (!state.asked.mayPause) return [state, { do: 'deny pause' }];
      return state.paused ? [state] : [{ ...state, paused: true }, { do: 'pause' }];
    case 'resume':
      return state.paused ? [{ ...state, paused: false }, { do: 'resume' }] : [state];
    default:
      return [state];
  }
}
