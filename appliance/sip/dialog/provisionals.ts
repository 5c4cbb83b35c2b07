/** Tells a caller that its call goes on: plainly, or reliably where the caller can and the word matters (RFC 3261 13.3.1.1, RFC 3262 3). */
import type { Cancel } from '@belkluis/shared/base/clock';
import { allowance } from '../capabilities.ts';
import { PROVISIONAL_REPEAT_MS } from '../limits.ts';
import { parseCSeq } from '../message/cseq.ts';
import type { SipResponse } from '../message/message.ts';
import type { ServerTransaction } from '../transaction/server.ts';
import { sdpOf } from './body.ts';
import type { Context } from './context.ts';
import type { Half } from './half.ts';
import {
  beginReliable,
  type Provisional,
  parseRAck,
  type ReliableEffect,
  type ReliableInput,
  step,
} from './reliable.ts';

export interface Provisionals {
  tell(provisional: Provisional): void;
  prack(transaction: ServerTransaction): void;
  /** Runs `action` when the 2xx may go out: a reliable response with a description has to be acknowledged before (RFC 3262 3). */
  answering(action: () => void): void;
  stop(): void;
}

export function provisionals(
  { clock, chance, supported }: Context,
  { request: invite, respond, repeat }: ServerTransaction,
  { line, talk, theirs }: Half,
  on: {
    /** The answer to an offer of ours came in a PRACK. */
    readonly answer: (sdp: Buffer) => void;
    /** No PRACK came in time. */
    readonly gaveUp: () => void;
  },
): Provisionals {
  const lists = (name: string) => invite.headers.all(name).some((tag) => tag.toLowerCase() === '100rel');
  const required = lists('Require');
  const possible = required || lists('Supported');
  const cseq = parseCSeq(invite.headers.get('CSeq'))?.number;
  let state = beginReliable(1 + chance.bytes(3).readUIntBE(0, 3));
  let reliably: SipResponse | null = null;
  let waiting: (() => void)[] = [];
  const alarms = new Map<string, Cancel>();
  let stopRepeating: Cancel = () => {};

  const feed = (input: ReliableInput) => {
    const [next, ...effects] = step(state, input);
    state = next;
    for (const effect of effects) perform(effect);
  };
  const perform = (effect: ReliableEffect) => {
    switch (effect.do) {
      case 'send':
        return send(effect, effect.rseq);
      case 'repeat':
        return reliably && repeat(reliably);
      case 'start':
        return void alarms.set(
          effect.alarm,
          clock.after(effect.ms, () => feed({ on: effect.alarm })),
        );
      case 'stop':
        for (const cancel of alarms.values()) cancel();
        return alarms.clear();
      case 'acknowledged': {
        const actions = waiting;
        waiting = [];
        for (const action of actions) action();
        return undefined;
      }
      case 'give up':
        return on.gaveUp();
    }
  };
  /** What a reliable response may still say: the answer to the INVITE's offer, or the first offer. */
  const place = (sdp: Buffer | null): Buffer | null => {
    if (!sdp) return null;
    const { open, agreed } = talk;
    const said = open?.via === 'INVITE' ? talk.answer(sdp) : !agreed && talk.offer('us', 'response', sdp);
    return said ? sdp : null;
  };
  const send = ({ status, sdp }: Provisional, rseq: number | null) => {
    // What cannot be acknowledged may show an answer in advance, but make no offer (RFC 3261 13.2.1).
    const said = rseq !== null ? place(sdp) : talk.open?.via === 'INVITE' ? sdp : null;
    const headers: [string, string][] = [['Contact', line.contact()], ...allowance(supported)];
    if (rseq !== null) headers.push(['Require', '100rel'], ['RSeq', String(rseq)]);
    if (said) headers.push(['Content-Type', 'application/sdp']);
    const response = respond({ status, headers, ...(said ? { body: said } : {}) });
    if (rseq !== null) reliably = response;
    stopRepeating();
    stopRepeating = clock.after(PROVISIONAL_REPEAT_MS, () => tell({ status, sdp: said }));
  };
  const tell = (provisional: Provisional) => {
    const sdp = talk.agreed ? null : provisional.sdp;
    // Without an offer of its own the caller wants ours in the first reliable response (RFC 3261 13.2.1).
    const lacksOffer = !talk.agreed && !talk.open && !sdp;
    if (required ? !lacksOffer : possible && sdp) feed({ on: 'send', status: provisional.status, sdp });
    else if (!required) send(provisional, null);
  };

  return {
    tell,
    prack(transaction) {
      const { request } = transaction;
      const rack = parseRAck(request.headers.get('RAck'));
      const { unacknowledged } = state;
      if (!rack || rack.cseq !== cseq || unacknowledged?.rseq !== rack.rseq) {
        return void transaction.respond({ status: 481 });
      }
      const sdp = sdpOf(request);
      const answersOurs = talk.open?.by === 'us' && talk.open.via === 'response';
      if (sdp && answersOurs && talk.answer(sdp)) on.answer(sdp);
      if (sdp && !answersOurs) theirs.receive(transaction);
      else transaction.respond({ status: 200 });
      // A PRACK without the answer leaves our offer to nobody.
      if (!sdp && answersOurs) talk.withdraw();
      feed({ on: 'prack', rseq: rack.rseq });
    },
    answering(action) {
      feed({ on: 'answering' });
      if (state.unacknowledged?.sdp) waiting.push(action);
      else action();
    },
    stop() {
      stopRepeating();
      feed({ on: 'over' });
    },
  };
}
