/** Whether a peer that calls go to (a PBX, a trunk) is there: asked now and then, and at once when something it was sent stays unanswered. */
import type { Cancel, Clock } from '@belkluis/shared/base/clock';

export interface PeerState {
  readonly up: boolean;
  /** Questions in a row that stayed unanswered. */
  readonly misses: number;
}

/** A single question may be lost on the way; two in a row, each repeated by its transaction, are no chance. */
const MISSES_UNTIL_DOWN = 2;

/** How long a question waits, ms: three repetitions over UDP (RFC 3261 17.1.2.2). */
const ANSWER_WITHIN_MS = 4_000;

/** Time between questions while there is doubt, ms: a peer that restarts is back in use within this. */
const DOUBT_MS = 2_000;

/** Until it is asked for the first time, a peer is taken to be there: to try is better than to refuse unasked. */
const beginning: PeerState = { up: true, misses: 0 };

function step(state: PeerState, heard: 'answer' | 'silence'): PeerState {
  if (heard === 'answer') return beginning;
  const misses = state.misses + 1;
  return { up: state.up && misses < MISSES_UNTIL_DOWN, misses };
}

export interface PeerHealth {
  readonly up: boolean;
  /** Something that was sent to it stayed unanswered: ask now. */
  doubt(): void;
  close(): void;
}

export interface PeerHealthParts {
  /** Asks it (an OPTIONS). Resolves on any answer, a refusal too; rejects on none. */
  readonly ask: () => Promise<unknown>;
  readonly everyMs: number;
  readonly clock: Clock;
  readonly onChange: (up: boolean) => void;
  /** A question stayed unanswered: where there are several servers, the next one goes to another. */
  readonly onSilence?: () => void;
}

export function watchPeer({ ask, everyMs, clock, onChange, onSilence }: PeerHealthParts): PeerHealth {
  let state = beginning;
  let asking = false;
  let closed = false;
  let stopWaiting: Cancel = () => {};

  const heard = (what: 'answer' | 'silence') => {
    asking = false;
    if (closed) return;
    const before = state;
    if (what === 'silence') onSilence?.();
    state = step(state, what);
    stopWaiting = clock.after(state.misses > 0 ? DOUBT_MS : everyMs, question);
    if (before.up !== state.up) onChange(state.up);
  };
  const question = () => {
    if (asking || closed) return;
    asking = true;
    stopWaiting();
    let over = false;
    const once = (what: 'answer' | 'silence') => {
      if (over) return;
      over = true;
      stopPatience();
      heard(what);
    };
    const stopPatience = clock.after(ANSWER_WITHIN_MS, () => once('silence'));
    void ask().then(
      () => once('answer'),
      () => once('silence'),
    );
  };
  question();
  return {
    get up() {
      return state.up;
    },
    doubt: question,
    close() {
      closed = true;
      stopWaiting();
    },
  };
}
