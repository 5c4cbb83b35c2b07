/** An INVITE from a peer until it is answered, refused or withdrawn: RFC 3261 13.3, 9.2, 15. */
import { allowance, capabilities } from '../capabilities.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { parseUri } from '../message/uri.ts';
import { problem } from '../problems.ts';
import type { ServerTransaction } from '../transaction/server.ts';
import type { Flow } from '../transport/flow.ts';
import { sdpOf } from './body.ts';
import type { Context, Participant } from './context.ts';
import { type DialogId, dialogOfServer, keyOf } from './dialog.ts';
import { half } from './half.ts';
import { type ReinviteResult, refusedBy } from './our-offer.ts';
import { provisionals } from './provisionals.ts';
import { parseReplaces, type Replaces } from './replaces.ts';
import { type Session, type SessionRun, startSession } from './session.ts';
import { FIRST_ASK } from './session-expires.ts';
import { type Reoffer, retryAfter } from './their-offers.ts';

type Entries = readonly (readonly [string, string])[];

export interface IncomingCall {
  readonly invite: SipRequest;
  readonly flow: Flow;
  /** The offer; null when the caller wants ours and answers it in its PRACK or ACK. */
  readonly sdp: Buffer | null;
  /** The dialog that this call wants to take the place of; `userAgent.sessionOf` finds it. */
  readonly replaces: Replaces | null;
  /** What the peer's Replaces, or ours, names this call by. */
  readonly dialogId: DialogId;
  /** What both sides have agreed on before the answer, in a reliable provisional response (RFC 3262 5); null: nothing. */
  readonly agreed: Buffer | null;
  /**
   * 101 to 199. A description goes out reliably when the caller can take it so, and is then *the* answer, or the offer that the caller
   * lacks; a later one is not said. A caller that insists on reliable responses but made no offer hears nothing until there is one.
   * After the end of the call: nothing happens.
   */
  progress(status: number, sdp?: Buffer): void;
  /** Whether the caller takes UPDATE at all. */
  readonly mayUpdate: boolean;
  /** Offers anew before the answer (UPDATE, RFC 3311): when `agreed`, and the caller takes it. 491 or 405 when not now, or never. */
  update(sdp: Buffer): Promise<ReinviteResult>;
  /**
   * Answers 200; it goes out as soon as what was said reliably is acknowledged. When something else than `sdp` was agreed on before,
   * `sdp` is offered right after. `features`: tags behind our Contact as long as the session lasts (RFC 3840 9), as `;+sip.srs`. Throws
   * `not_now` after the call has been answered, refused or withdrawn.
   */
  accept(sdp: Buffer, headers?: Entries, features?: string): Session;
  /** Any final status from 300, a challenge as well. After the end of the call: nothing happens. */
  reject(status: number, reason?: string, headers?: Entries): void;
  /** The caller gave up, or its connection has gone; 487 has been sent. */
  onCancelled: () => void;
  /** The caller answered an offer of ours before the call is answered. Later it is the session that hears of it, by `onAck`. */
  onAnswer: (sdp: Buffer) => void;
  /** The caller offers anew before the answer (UPDATE, or in its PRACK); refused with 488 unless somebody listens. */
  onReoffer: (reoffer: Reoffer) => void;
  /** Once, when nothing of the call is left: refused, withdrawn, or its session has ended. */
  onOver: () => void;
}

export function incomingCall(context: Context, transaction: ServerTransaction): IncomingCall {
  const { request: invite, flow, localTag } = transaction;
  const { chance, dialogs, supported } = context;
  const offer = sdpOf(invite);
  const key = keyOf(dialogOfServer(invite, localTag));
  const own = half(context, false, {
    dialog: dialogOfServer(invite, localTag),
    flow,
    contactUser: parseUri(invite.uri)?.user ?? null,
    sips: invite.uri.startsWith('sips:'),
    credentials: undefined,
    proof: [],
  });
  const { line, talk, theirs } = own;
  if (offer) talk.offer('them', 'INVITE', offer);
  // The caller may not offer before we have.
  own.inviteOpen = () => (talk.agreed || talk.open ? null : 'theirs');
  theirs.offered = (reoffer) => call.onReoffer(reoffer);
  let over = false;
  let session: SessionRun | null = null;

  const told = provisionals(context, transaction, own, {
    answer: (sdp) => (session ? session.onAck(sdp) : call.onAnswer(sdp)),
    gaveUp() {
      if (session) return session.abandoned({ by: 'timeout' }, 504);
      call.reject(504, 'No PRACK');
      call.onCancelled();
    },
  });
  const end = () => {
    over = true;
    told.stop();
  };
  const refused = () => {
    end();
    own.end();
    dialogs.delete(key, early);
  };
  const cancelled = () => {
    if (session) return session.abandoned({ by: 'remote' }, 487);
    if (over) return;
    refused();
    transaction.respond({ status: 487 });
    call.onCancelled();
    call.onOver();
  };
  /** What comes in for the dialog before it is answered. */
  const early: Participant = {
    standing: { at: 'ringing' },
    receive(within) {
      const { request } = within;
      if (!line.admit(request, within.flow)) return void within.respond({ status: 500, reason: 'Out of order' });
      switch (request.method) {
        case 'OPTIONS':
          return void within.respond({ status: 200, headers: capabilities(supported) });
        case 'BYE':
          // 15: a caller may leave an early dialog by BYE as well.
          within.respond({ status: 200 });
          return cancelled();
        case 'PRACK':
          return told.prack(within);
        case 'UPDATE':
          return theirs.receive(within);
        default:
          within.respond({ status: 500, headers: [retryAfter(chance)], reason: 'The call is not answered yet' });
      }
    },
    ack() {},
  };

  transaction.onCancel = cancelled;
  transaction.onFailed = cancelled;
  transaction.onAck = (ack) => session?.ack(ack, session.flow);

  const call: IncomingCall = {
    invite,
    flow,
    sdp: offer,
    dialogId: line.dialog,
    replaces: invite.headers.has('Replaces') ? parseReplaces(invite.headers.get('Replaces')!) : null,
    get agreed() {
      return talk.agreed ? talk.localSdp : null;
    },
    get mayUpdate() {
      return line.allows('UPDATE');
    },
    progress(status, sdp) {
      if (over || status <= 100 || status > 199) return;
      dialogs.set(key, early);
      told.tell({ status, sdp: sdp ?? null });
    },
    update(sdp) {
      if (over) return Promise.resolve(refusedBy(481, 'The call is not ringing any more'));
      if (!call.mayUpdate) return Promise.resolve(refusedBy(405, 'The caller takes no UPDATE'));
      return talk.agreed ? own.offer('UPDATE', sdp) : Promise.resolve(refusedBy(491, 'Nothing is agreed on yet'));
    },
    accept(sdp, more = [], features = '') {
      if (over) throw problem('not_now');
      line.features = features;
      over = true;
      const run = startSession(context, own, FIRST_ASK);
      session = run;
      run.onOver = () => call.onOver();
      run.withheld((status) => {
        told.stop();
        transaction.respond({ status });
      });
      run.onPrack = told.prack;
      const answer = () => {
        if (transaction.answered) return;
        end();
        // Who answered reliably before has nothing more to say here (RFC 6337 2.2): what differs is a new offer.
        const said = talk.agreed ? null : sdp;
        const headers: [string, string][] = [...line.refreshHeaders(invite), ...allowance(supported)];
        for (const [name, value] of more) headers.push([name, value]);
        if (said) headers.push(['Content-Type', 'application/sdp']);
        if (said && offer) talk.answer(said);
        else if (said) talk.offer('us', 'response', said);
        const response: SipResponse = transaction.respond({ status: 200, headers, ...(said ? { body: said } : {}) });
        run.awaitAck(transaction, response, said !== null && offer === null);
        if (!said && !talk.localSdp?.equals(sdp)) run.insist(sdp);
      };
      // An offer that is open for another reason than this INVITE has to be answered first.
      const settled = () => (talk.open && talk.open.via !== 'INVITE' ? talk.settled(settled) : answer());
      told.answering(settled);
      return run;
    },
    reject(status, reason, headers = []) {
      if (over || status < 300) return;
      refused();
      transaction.respond({ status, headers, ...(reason === undefined ? {} : { reason }) });
      call.onOver();
    },
    onCancelled: () => {},
    onAnswer: () => {},
    onReoffer: ({ reject }) => reject(488),
    onOver: () => {},
  };
  return call;
}
