/** Somebody with a phone at a test box: answers, agrees with every new offer, remembers who called and what was offered. */
import { setTimeout as delay } from 'node:timers/promises';
import type { IncomingCall } from '../../sip/dialog/incoming-call.ts';
import type { OutgoingCall } from '../../sip/dialog/outgoing-call.ts';
import type { Session } from '../../sip/dialog/session.ts';
import { DOMAIN, sdp, type TestBox } from './box.ts';

/** How long a test waits for anything, ms. */
const PATIENCE_MS = 10_000;

/** Looks until `found` gives something. @throws Error naming `what` after 10 s. */
export async function until<T>(found: () => T | null | undefined | false, what: string): Promise<T> {
  for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline; await delay(5)) {
    const value = found();
    if (value !== null && value !== undefined && value !== false) return value;
  }
  throw new Error(`there never was: ${what}`);
}

export type Person = Awaited<ReturnType<typeof person>>;

/** What to do with a call that comes: a status refuses it, a number sends it on. */
export type OnRing = 'answer' | 'ring' | number | { readonly sentOnTo: string };

export async function person(box: TestBox, user: string, onRing: OnRing = 'answer') {
  const phone = await box.phone(user);
  await phone.register();
  const rang: IncomingCall[] = [];
  const sessions: Session[] = [];
  const offers: string[] = [];
  const audio = 45_000 + 2 * (user.charCodeAt(0) - 97);
  let agrees = true;
  let waiting: (() => void)[] | null = null;

  const taken = (session: Session): Session => {
    sessions.push(session);
    session.onReinvite = (reoffer) => {
      const offer = reoffer.sdp!.toString();
      offers.push(offer);
      const answer = () => {
        if (agrees) reoffer.accept(sdp(audio, /^a=sendonly/m.test(offer) ? ['a=recvonly'] : []));
        else reoffer.reject(488);
      };
      if (waiting) waiting.push(answer);
      else answer();
    };
    return session;
  };
  phone.agent.onInvite = (call) => {
    rang.push(call);
    if (typeof onRing === 'number') return call.reject(onRing);
    if (typeof onRing === 'object') {
      const best = `<sip:${onRing.sentOnTo}@${DOMAIN}>;q=0.7`;
      return call.reject(302, 'Moved Temporarily', [['Contact', `<sip:nobody@${DOMAIN}>;q=0.2, ${best}`]]);
    }
    if (onRing === 'answer') taken(call.accept(sdp(audio)));
    else call.progress(180);
  };
  return {
    user,
    agent: phone.agent,
    /** Every call that came, answered or not. */
    rang,
    /** Every call that stood. */
    sessions,
    /** What the box offered in calls that stood. */
    offers,
    refuseOffers: () => {
      agrees = false;
    },
    /** Answers no offer until what it returns is called. */
    keepWaiting() {
      waiting = [];
      return () => {
        for (const answer of waiting!) answer();
        waiting = null;
      };
    },
    pickUp: (): Session => taken(rang.at(-1)!.accept(sdp(audio))),
    /** @throws Error with the status when it comes to nothing. */
    call(to: string, headers: readonly (readonly [string, string])[] = []): Promise<Session> {
      const outgoing = phone.dial(to, sdp(audio), undefined, headers);
      return new Promise((resolve, reject) => {
        outgoing.onAnswered = (session) => resolve(taken(session));
        outgoing.onFailed = ({ status }) => reject(new Error(`${status}`));
      });
    },
    /** Sends a request outside of any call; resolves with the status of the answer. */
    async ask(method: string, headers: readonly (readonly [string, string])[]): Promise<number> {
      return (await phone.ask(method, headers)).status;
    },
    ringUp: (to: string): OutgoingCall => phone.dial(to, sdp(audio)),
    /** The `n`th call that stood at this phone. */
    talks: (n = 0): Promise<Session> => until(() => sessions[n], `call ${n} of ${user}`),
  };
}
