/**
 * Transfers where the far side makes them: the box has no password at a PBX, so it passes the REFER on, and names dialogs as the one
 * who is asked knows them (sip-field fact 7). Each leg has ids of its own; which of them belong together is known from `paired`.
 */
import type { DialogId } from '../../sip/dialog/dialog.ts';
import type { IncomingCall } from '../../sip/dialog/incoming-call.ts';
import type { OutgoingCall } from '../../sip/dialog/outgoing-call.ts';
import type { Refer } from '../../sip/dialog/referrals.ts';
import { type Replaces, replacesOf } from '../../sip/dialog/replaces.ts';
import type { Session } from '../../sip/dialog/session.ts';
import type { Replaced } from '../../sip/dialog/standing.ts';
import type { SipUri } from '../../sip/message/uri.ts';
import type { Flow } from '../../sip/transport/flow.ts';
import type { Origin } from './origin.ts';

const others = new WeakMap<Session, Session>();

/** The two legs of a call. */
export function paired(one: Session, other: Session): void {
  others.set(one, other);
  others.set(other, one);
}

/** What rings, by the name of whom it is rung for: a dialog that is not answered yet has another name on each side as well. */
const callers = new WeakMap<OutgoingCall, DialogId>();

/** Keeps the name alone: what rings lives on for its transactions after the call, and would keep the whole of it. */
export function rungFor(call: OutgoingCall, { dialogId }: Pick<IncomingCall, 'dialogId'>): void {
  callers.set(call, { callId: dialogId.callId, localTag: dialogId.localTag, remoteTag: dialogId.remoteTag });
}

/** Finds the dialog of ours that somebody names. */
export type SessionOf = (replaces: Replaces) => Replaced;

/** The same dialog as it is called behind the box; a name that is not ours is one of the far side's own, and stays. */
export function throughBox(replaces: Replaces, sessionOf: SessionOf): Replaces {
  const found = sessionOf(replaces);
  if (found.at === 'nowhere') return replaces;
  const behind = found.at === 'early' ? callers.get(found.call) : others.get(found.session)?.dialogId;
  return behind ? { ...replacesOf(behind), earlyOnly: replaces.earlyOnly } : replaces;
}

/** In which call a REFER was sent, and who of its two remains. */
export interface Referring extends Pick<Origin, 'call' | 'by'> {
  readonly transferor: string;
  readonly remaining: string;
}

/** A REFER that was passed on: who has been asked to call whom. */
export interface PassedRefer extends Referring {
  readonly how: 'transferred' | 'attended';
  /** By which the one is reached who was asked. */
  readonly asked: Flow;
  readonly target: SipUri;
}

export interface PassRefer {
  /** The target as the far side can reach it. */
  readonly uriOf: (refer: Pick<Refer, 'target'>) => string;
  readonly sessionOf: SessionOf;
  /** Somebody is being asked; the call that comes of it will be known by this. What it returns takes that back. */
  readonly asked: (passed: PassedRefer) => () => void;
}

export interface PassReport {
  readonly from: Referring;
  /** How it went: 200, or why not. */
  readonly over: (refer: Refer, status: number, reason?: string) => void;
}

/** What `from` asks for, `to` is asked for. */
export function passRefer(
  from: Session,
  to: Session,
  { uriOf, sessionOf, asked: note }: PassRefer,
  report: PassReport,
): void {
  from.onRefer = (refer) => {
    const { replaces, referredBy, target } = refer;
    const how = replaces ? 'attended' : 'transferred';
    const takeBack = note({ ...report.from, how, asked: to.flow, target });
    const over = (status: number, reason?: string) => {
      if (status >= 300) takeBack();
      report.over(refer, status, reason);
    };
    const asked = to.refer(uriOf(refer), {
      ...(replaces ? { replaces: throughBox(replaces, sessionOf) } : {}),
      ...(referredBy === null ? {} : { referredBy }),
    });
    void asked.then((result) => {
      if (!result.ok) {
        refer.reject(result.status, result.reason);
        return over(result.status, result.reason);
      }
      refer.accept();
      // Who never said how it went leaves the one who asked without a word; a call that nobody heard of is no success.
      return void result.outcome.then((status) => {
        refer.notify(status ?? 503);
        if (status !== null) over(status);
      });
    });
  };
}
