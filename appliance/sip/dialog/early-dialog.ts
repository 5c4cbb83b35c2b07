/** One fork of our INVITE before its answer: what it says by reliable responses, PRACK and UPDATE (RFC 3261 12.1.2, RFC 3262 4, RFC 3311). */
import { capabilities } from '../capabilities.ts';
import type { SipResponse } from '../message/message.ts';
import { problem } from '../problems.ts';
import { sdpOf } from './body.ts';
import type { Context, Participant } from './context.ts';
import { keyOf } from './dialog.ts';
import type { Half } from './half.ts';
import { type ReinviteResult, refusedBy } from './our-offer.ts';
import type { OutgoingCall } from './outgoing-call.ts';
import { isNext, parseRSeq } from './reliable.ts';
import { type Reoffer, retryAfter } from './their-offers.ts';

/** What a network says of media before the answer (RFC 5009 8): which way it may flow, seen from the caller. */
export type EarlyMedia = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

export interface EarlyDialog {
  /** To tag; empty for a peer of RFC 2543. */
  readonly tag: string;
  /** What this fork said last: its answer, final or in advance; its offer when we made none. */
  readonly sdp: Buffer | null;
  /** `sdp` came reliably: it is the answer, whatever later responses hold. */
  readonly reliable: boolean;
  readonly earlyMedia: EarlyMedia | null;
  /** 199 (RFC 6228): this fork will not answer any more; others may. */
  readonly ended: boolean;
  /** Answers the offer of a reliable response, in its PRACK. Throws `not_now` when nothing waits for it. */
  acknowledge(sdp: Buffer): void;
  /** Whether it takes UPDATE at all. */
  readonly mayUpdate: boolean;
  /** Offers anew before the answer; 491 or 405 when not now, or never. */
  update(sdp: Buffer): Promise<ReinviteResult>;
  /** The peer offers anew before its answer; refused with 488 unless somebody listens. */
  onReoffer: (reoffer: Reoffer) => void;
}

export interface EarlyRun extends EarlyDialog {
  readonly half: Half;
  /** A provisional response of this fork: null when it says nothing new, else what it says by way of description. */
  heard(response: SipResponse): { readonly sdp: Buffer | null } | null;
  /** Over, by its own end or by another fork's answer. `answered`: its half lives on in a session. */
  close(answered: boolean): void;
}

/** `late`: the INVITE made no offer. `seq`: its number. */
export function earlyDialog(
  { dialogs, supported, chance }: Context,
  own: Half,
  { seq, late, call }: { readonly seq: number; readonly late: boolean; readonly call: OutgoingCall },
  hungUp: () => void,
): EarlyRun {
  const { line, talk, theirs } = own;
  const key = keyOf(line.dialog);
  let inAdvance: Buffer | null = null;
  let earlyMedia: EarlyMedia | null = null;
  let ended = false;
  let lastRSeq: number | null = null;
  let owed: ((sdp: Buffer) => void) | null = null;
  /** PRACKs on their way: what overtook one on UDP would have it refused as out of order. */
  let onTheirWay = 0;
  let waiting: (() => void)[] = [];
  // The peer may not offer before it has answered, or made the offer that we asked for.
  own.inviteOpen = () => (talk.agreed || talk.open ? null : 'ours');
  theirs.offered = (reoffer) => early.onReoffer(reoffer);

  /** Whatever came of it: without its PRACK the peer refuses the INVITE, which tells us enough. */
  const arrived = () => {
    if (--onTheirWay > 0) return;
    const actions = waiting;
    waiting = [];
    for (const action of actions) action();
  };
  const prack = (rseq: number, answer: Buffer | null) => {
    const described: [string, string][] = answer ? [['Content-Type', 'application/sdp']] : [];
    onTheirWay++;
    line.send(
      {
        method: 'PRACK',
        headers: [['RAck', `${rseq} ${seq} INVITE`], ...described],
        ...(answer ? { body: answer } : {}),
      },
      { response: ({ status }) => status >= 200 && arrived(), failed: arrived },
    );
  };

  const participant: Participant = {
    standing: { at: 'early', call },
    receive(within) {
      const { request, respond } = within;
      if (!line.admit(request, within.flow)) return void respond({ status: 500, reason: 'Out of order' });
      switch (request.method) {
        case 'OPTIONS':
          return void respond({ status: 200, headers: capabilities(supported) });
        case 'BYE':
          respond({ status: 200 });
          return hungUp();
        case 'UPDATE':
          return theirs.receive(within);
        default:
          respond({ status: 500, headers: [retryAfter(chance)], reason: 'The call is not answered yet' });
      }
    },
    ack() {},
  };

  const early: EarlyRun = {
    tag: line.dialog.remoteTag,
    half: own,
    get sdp() {
      return talk.remoteSdp ?? inAdvance;
    },
    get reliable() {
      return talk.remoteSdp !== null;
    },
    get earlyMedia() {
      return earlyMedia;
    },
    get ended() {
      return ended;
    },
    heard(response) {
      const { headers, status } = response;
      const rseq = headers.all('Require').some((tag) => tag.toLowerCase() === '100rel')
        ? parseRSeq(headers.get('RSeq'))
        : null;
      // 4: not before the one in front of it, and none twice.
      if (rseq !== null && !isNext(lastRSeq, rseq)) return null;
      line.refresh(response);
      earlyMedia = earlyMediaOf(response) ?? earlyMedia;
      const said = sdpOf(response);
      let news: Buffer | null = null;
      if (rseq !== null) {
        lastRSeq = rseq;
        if (said && late && !talk.agreed && talk.offer('them', 'response', said)) {
          news = said;
          owed = (answer) => prack(rseq, answer);
        } else {
          if (said && talk.open?.via === 'INVITE' && talk.answer(said)) news = said;
          prack(rseq, null);
        }
      } else if (said && !late && !talk.agreed) {
        inAdvance = said;
        news = said;
      }
      if (status === 199) ended = true;
      return { sdp: news };
    },
    get mayUpdate() {
      return line.allows('UPDATE');
    },
    acknowledge(sdp) {
      if (!owed) throw problem('not_now');
      const send = owed;
      owed = null;
      talk.answer(sdp);
      send(sdp);
    },
    update(sdp) {
      if (!early.mayUpdate) return Promise.resolve(refusedBy(405, 'The peer takes no UPDATE'));
      if (!talk.agreed) return Promise.resolve(refusedBy(491, 'Nothing is agreed on yet'));
      if (onTheirWay === 0) return own.offer('UPDATE', sdp);
      return new Promise((resolve) => waiting.push(() => own.offer('UPDATE', sdp).then(resolve, () => {})));
    },
    close(answered) {
      if (!answered) own.end();
      dialogs.delete(key, participant);
    },
    onReoffer: ({ reject }) => reject(488),
  };
  dialogs.set(key, participant);
  return early;
}

function earlyMediaOf({ headers }: SipResponse): EarlyMedia | null {
  const words = (headers.get('P-Early-Media') ?? '')
    .toLowerCase()
    .split(',')
    .map((word) => word.trim());
  const known: readonly EarlyMedia[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];
  return known.find((direction) => words.includes(direction)) ?? null;
}
