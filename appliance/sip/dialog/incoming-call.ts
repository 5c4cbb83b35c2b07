/** An INVITE from a peer until it is answered, refused or withdrawn: RFC 3261 13.3, 9.2, 15. */
import type { Cancel } from '@belkluis/shared/base/clock';
import { allowance, capabilities } from '../capabilities.ts';
import { PROVISIONAL_REPEAT_MS } from '../limits.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { parseUri } from '../message/uri.ts';
import { problem } from '../problems.ts';
import type { ServerTransaction } from '../transaction/server.ts';
import type { Flow } from '../transport/flow.ts';
import { sdpOf } from './body.ts';
import { type Context, contactOn, type Participant } from './context.ts';
import { dialogOfServer, keyOf } from './dialog.ts';
import { line } from './line.ts';
import { parseReplaces, type Replaces } from './replaces.ts';
import { type Session, type SessionRun, startSession } from './session.ts';

type Entries = readonly (readonly [string, string])[];

export interface IncomingCall {
  readonly invite: SipRequest;
  readonly flow: Flow;
  /** The offer; null when the caller wants ours and answers in its ACK. */
  readonly sdp: Buffer | null;
  /** The dialog that this call wants to take the place of; `userAgent.sessionOf` finds it. */
  readonly replaces: Replaces | null;
  /** 101 to 199. After the end of the call: nothing happens. */
  progress(status: number, sdp?: Buffer): void;
  /** Answers 200. Throws `not_now` after the call has been answered, refused or withdrawn. */
  accept(sdp: Buffer, headers?: Entries): Session;
  /** Any final status from 300, a challenge as well. After the end of the call: nothing happens. */
  reject(status: number, reason?: string, headers?: Entries): void;
  /** The caller gave up, or its connection has gone; 487 has been sent. */
  onCancelled: () => void;
}

export function incomingCall(context: Context, transaction: ServerTransaction): IncomingCall {
  const { request: invite, flow, localTag } = transaction;
  const { stack, clock, dialogs, supported } = context;
  const sips = invite.uri.startsWith('sips:');
  const contactUser = parseUri(invite.uri)?.user ?? null;
  const contact = contactOn(stack, flow, contactUser, sips);
  const dialog = dialogOfServer(invite, localTag);
  const offer = sdpOf(invite);
  let over = false;
  let stopRepeating: Cancel = () => {};
  let session: SessionRun | null = null;

  const end = () => {
    over = true;
    stopRepeating();
    dialogs.delete(keyOf(dialog), early);
  };
  const cancelled = () => {
    if (over) return;
    end();
    transaction.respond({ status: 487 });
    call.onCancelled();
  };
  /** What comes in for the dialog before it is answered. */
  const early: Participant = {
    standing: { at: 'ringing' },
    receive(within) {
      const { method } = within.request;
      if (method === 'OPTIONS') within.respond({ status: 200, headers: capabilities(supported) });
      else if (method === 'BYE') {
        // 15: a caller may leave an early dialog by BYE as well.
        within.respond({ status: 200 });
        cancelled();
      } else within.respond({ status: 500, headers: [['Retry-After', '2']], reason: 'The call is not answered yet' });
    },
    ack() {},
  };
  const provisional = (status: number, sdp: Buffer | undefined): void => {
    const headers: [string, string][] = [['Contact', contact]];
    if (sdp) headers.push(['Content-Type', 'application/sdp']);
    transaction.respond({ status, headers, ...(sdp ? { body: sdp } : {}) });
    stopRepeating();
    stopRepeating = clock.after(PROVISIONAL_REPEAT_MS, () => provisional(status, sdp));
  };

  transaction.onCancel = cancelled;
  transaction.onFailed = () => {
    if (session) return;
    cancelled();
  };
  transaction.onAck = (ack) => session?.ack(ack, session.flow);

  const call: IncomingCall = {
    invite,
    flow,
    sdp: offer,
    replaces: invite.headers.has('Replaces') ? parseReplaces(invite.headers.get('Replaces')!) : null,
    progress(status, sdp) {
      if (over || status <= 100 || status > 199) return;
      dialogs.set(keyOf(dialog), early);
      provisional(status, sdp);
    },
    accept(sdp, more = []) {
      if (over) throw problem('not_now');
      end();
      const headers: [string, string][] = [['Contact', contact], ...allowance(supported)];
      for (const [name, value] of more) headers.push([name, value]);
      headers.push(['Content-Type', 'application/sdp']);
      session = startSession(context, {
        line: line(context, { dialog, flow, contactUser, sips, credentials: undefined, proof: [] }),
        caller: false,
        localSdp: sdp,
        remoteSdp: offer,
      });
      const response: SipResponse = transaction.respond({ status: 200, headers, body: sdp });
      session.awaitAck(transaction, response, offer === null);
      return session;
    },
    reject(status, reason, headers = []) {
      if (over || status < 300) return;
      end();
      transaction.respond({ status, headers, ...(reason === undefined ? {} : { reason }) });
    },
    onCancelled: () => {},
  };
  return call;
}
