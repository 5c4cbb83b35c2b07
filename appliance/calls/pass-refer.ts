/**
 * Transfers where the far side makes them: the box has no password at a PBX, so it passes the REFER on, and names dialogs as the one
 * who is asked knows them (sip-field fact 7). Each leg has ids of its own; which of them belong together is known from `paired`.
 */
import type { Refer } from '../sip/dialog/referrals.ts';
import { type Replaces, replacesOf } from '../sip/dialog/replaces.ts';
import type { Session } from '../sip/dialog/session.ts';
import type { Replaced } from '../sip/dialog/standing.ts';

const others = new WeakMap<Session, Session>();

/** The two legs of a call. */
export function paired(one: Session, other: Session): void {
  others.set(one, other);
  others.set(other, one);
}

/** Finds the dialog of ours that somebody names. */
export type SessionOf = (replaces: Replaces) => Replaced;

/** The same dialog as it is called behind the box; a name that is not ours is one of the far side's own, and stays. */
export function throughBox(replaces: Replaces, sessionOf: SessionOf): Replaces {
  const found = sessionOf(replaces);
  const behind = found.at === 'confirmed' ? others.get(found.session) : undefined;
  return behind ? { ...replacesOf(behind.dialogId), earlyOnly: replaces.earlyOnly } : replaces;
}

export interface PassRefer {
  /** The target as the far side can reach it. */
  readonly uriOf: (refer: Pick<Refer, 'target'>) => string;
  readonly sessionOf: SessionOf;
}

/** What `from` asks for, `to` is asked for. */
export function passRefer(from: Session, to: Session, { uriOf, sessionOf }: PassRefer): void {
  from.onRefer = (refer) => {
    const { replaces, referredBy } = refer;
    const asked = to.refer(uriOf(refer), {
      ...(replaces ? { replaces: throughBox(replaces, sessionOf) } : {}),
      ...(referredBy === null ? {} : { referredBy }),
    });
    void asked.then((result) => {
      if (!result.ok) return refer.reject(result.status, result.reason);
      refer.accept();
      // Who never said how it went leaves the one who asked without a word; a call that nobody heard of is no success.
      return void result.outcome.then((status) => refer.notify(status ?? 503));
    });
  };
}
