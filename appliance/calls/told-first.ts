/** A caller from outside hears what its call is recorded for before anybody rings: in early media, or in a call that the box has answered. */
import type { Clock } from '@belkluis/shared/base/clock';
import type { MediaLeg, Prompt } from '../media/door.ts';
import type { IncomingCall } from '../sip/dialog/incoming-call.ts';
import type { Session } from '../sip/dialog/session.ts';
import type { Manners } from './box-voice.ts';
import type { CallDecision } from './decided.ts';
import type { Early } from './early.ts';
import type { Leg } from './leg.ts';
import type { Party } from './party.ts';
import { agreeWith, answerWithoutOther } from './reoffer.ts';
import type { Route } from './route.ts';

interface Telling {
  readonly decision: CallDecision;
  readonly route: Pick<Route, 'direction'>;
  readonly manners: Pick<Manners, 'announcementOf'>;
  readonly incoming: IncomingCall;
  readonly caller: Party;
  /** Null: silence. */
  readonly ringBack: Prompt | null;
  readonly clock: Clock;
}

interface Then {
  /** What the caller is told of who rings. */
  readonly early: Early;
  readonly ring: (early: Early) => void;
  /** The caller has left the call that was answered for it. */
  readonly gone: () => void;
  readonly over: () => boolean;
}

export interface ToldFirst {
  /** Where the box has answered; null: nothing is answered yet. */
  readonly session: Session | null;
  /** What the caller has heard to its end, by hash, and when. */
  readonly heard: ReadonlyMap<string, number>;
  /** Plays, then rings. */
  begin(then: Then): void;
  /** From here on the caller hears others. */
  hush(): void;
}

/** The tone of a phone that rings elsewhere, from us: beside our media the caller's own phone may say nothing. */
function ringsBack(media: MediaLeg, tone: Prompt | null) {
  let ringing = false;
  return {
    async start(): Promise<void> {
      ringing = true;
      while (ringing && tone) {
        const played = await media.play(tone).catch(() => 'stopped' as const);
        if (played !== 'ended') ringing = false;
      }
    },
    stop(): void {
      ringing = false;
      media.stopPlaying();
    },
  };
}

/**
 * Null: nobody has to be told before it rings, or the caller made no offer that could be answered yet; then it is told after the answer, as
 * others are.
 */
export function beforeRinging(telling: Telling): ToldFirst | null {
  const { decision, route, manners, incoming, caller, ringBack, clock } = telling;
  if (!decision.record || route.direction !== 'inbound' || decision.terms.start === 'manual') return null;
  const how = decision.terms.purpose.announcement.callerHears;
  const announcement = how === 'after-answer' ? null : manners.announcementOf(decision.terms);
  const answer = announcement && caller.answerAlone(how === 'early-media' ? 'early' : 'final');
  if (!announcement || !answer) return null;
  const tone = ringsBack(caller.media, ringBack);
  const heard = new Map<string, number>();
  let session: Session | null = null;
  if (how === 'early-media') {
    incoming.progress(183, answer);
  } else {
    session = incoming.accept(answer);
    answerWithoutOther({ session, party: caller });
  }

  return {
    session,
    heard,
    hush: tone.stop,
    begin({ early, ring, gone, over }) {
      if (session) session.onEnded = gone;
      const onProgress: Early['onProgress'] = (status, by) => {
        if (by) tone.stop();
        early.onProgress(status, by);
      };
      const playing = caller.media.play(announcement.prompt).catch(() => 'stopped' as const);
      void playing.then((played) => {
        if (over()) return;
        if (played === 'ended') heard.set(announcement.hash, clock.now());
        // Whom the box has answered hears nothing of others before one of them answers too.
        ring(session ? { ...early, onProgress: () => {} } : { ...early, onProgress });
        void tone.start();
      });
    },
  };
}

/** The caller was answered before anybody could say what they speak. False: they have nothing in common, or one has gone; nobody is left. */
export async function settle(
  { caller, callee }: { readonly caller: Leg; readonly callee: Leg },
  over: () => boolean,
): Promise<boolean> {
  const gone = { caller: false, callee: false };
  callee.session.onEnded = () => {
    gone.callee = true;
  };
  caller.session.onEnded = () => {
    gone.caller = true;
  };
  const refused = await agreeWith(caller, callee.party).catch(() => 500);
  if (refused === null && !over() && !gone.caller && !gone.callee) return true;
  const why = refused === null ? undefined : 'SIP;cause=488;text="Nothing in common to speak"';
  for (const { session } of [caller, callee]) session.bye(why);
  return false;
}
