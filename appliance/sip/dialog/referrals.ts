/** REFER in one dialog, both ways, and the subscriptions that come of it (RFC 3515, RFC 6665, RFC 4488). */
import type { Cancel, Clock } from '@belkluis/shared/base/clock';
import { MAX_REFERRALS, REFER_SUBSCRIPTION_S } from '../limits.ts';
import { parseCSeq } from '../message/cseq.ts';
import type { SipRequest } from '../message/message.ts';
import { reasonOf } from '../message/reasons.ts';
import type { ServerTransaction } from '../transaction/server.ts';
import type { Line } from './line.ts';
import { fragmentOf, type ReferTo, readRefer, referTo, SIPFRAG, statusOfFragment } from './refer.ts';
import type { Replaces } from './replaces.ts';

/** The peer asks us to call somebody. Exactly one of `accept` and `reject` answers it. */
export interface Refer extends ReferTo {
  readonly request: SipRequest;
  /** 202, and the first NOTIFY (100 Trying) where one is wanted. A second answer does nothing. */
  accept(): void;
  /** How the new call stands, after `accept`: 1xx while it goes on; a final status is the last word. */
  notify(status: number, reason?: string): void;
  reject(status: number, reason?: string): void;
}

export interface ReferOptions {
  /** The dialog at the target that the new call shall take the place of, as the target knows it. */
  readonly replaces?: Replaces;
  /** Value of Referred-By. */
  readonly referredBy?: string;
}

export type ReferResult =
  | {
      readonly ok: true;
      /** Final status of the call that the peer made; null when it never told. Never rejects. */
      readonly outcome: Promise<number | null>;
    }
  | { readonly ok: false; readonly status: number; readonly reason: string };

export interface Referrals {
  /** A REFER of the peer's. */
  asked(transaction: ServerTransaction): void;
  /** A SUBSCRIBE or NOTIFY in this dialog. */
  event(transaction: ServerTransaction): void;
  refer(uri: string, options: ReferOptions): Promise<ReferResult>;
  /** A subscription goes on, and with it the dialog, whatever has become of the call (RFC 5057 4.1). */
  readonly busy: boolean;
}

/** The peer's subscription to how our call goes. */
interface Told {
  readonly id: number;
  /** 6665 4.1.2.2, 3515 2.4.4. */
  subscribed(transaction: ServerTransaction): void;
}

/** Our subscription to how the peer's call goes. */
interface Heard {
  readonly id: number;
  notified(status: number | null, over: boolean): void;
}

const eventOf = ({ headers }: SipRequest) => {
  const [name = '', ...params] = (headers.get('Event') ?? '').split(';').map((part) => part.trim());
  const id = params.find((param) => param.toLowerCase().startsWith('id='))?.slice(3);
  return { refer: name.toLowerCase() === 'refer', id: id === undefined ? null : Number(id) };
};

export function referrals(line: Line, clock: Clock, onRefer: (refer: Refer) => void): Referrals {
  const told = new Map<number, Told>();
  const heard = new Map<number, Heard>();
  let referred = false;
  /** Of the first subscription each way: its NOTIFYs need no id, however many come after it (RFC 3515 2.4.6). */
  const firsts: { told: number | null; heard: number | null } = { told: null, heard: null };

  /** The subscription that is meant; with the id of a REFER that was challenged, or of one that has ended, the only one there is. */
  const meant = <Held>(held: ReadonlyMap<number, Held>, id: number | null, first: number | null): Held | undefined =>
    held.get(id ?? first ?? -1) ?? (held.size === 1 ? [...held.values()][0] : undefined);

  const subscription = (id: number, first: boolean) => {
    const deadline = clock.monotonic() + REFER_SUBSCRIPTION_S * 1000;
    let last = { status: 100, reason: reasonOf(100) };
    let over = false;
    let onItsWay = false;
    let next: (() => void) | null = null;
    const end = () => {
      over = true;
      stopWaiting();
      told.delete(id);
    };
    /** One at a time: what overtakes another on UDP would be refused as out of order. */
    const send = (state: string) => {
      const go = () => {
        onItsWay = true;
        const after = () => {
          onItsWay = false;
          const waiting = next;
          next = null;
          waiting?.();
        };
        // 2.4.6: the first of a dialog needs no id, and some phones know none.
        const headers: [string, string][] = [
          ['Event', first ? 'refer' : `refer;id=${id}`],
          ['Subscription-State', state],
          ['Content-Type', `${SIPFRAG};version=2.0`],
        ];
        line.send(
          { method: 'NOTIFY', headers, body: fragmentOf(last.status, last.reason) },
          {
            response({ status }) {
              if (status < 200) return;
              // RFC 6665 4.2.2: the peer knows of no subscription any more, or never did.
              if (status >= 300 && !over) end();
              after();
            },
            failed() {
              if (!over) end();
              next = null;
            },
          },
        );
      };
      if (onItsWay) next = go;
      else go();
    };
    const secondsLeft = () => Math.max(0, Math.ceil((deadline - clock.monotonic()) / 1000));
    const stopWaiting: Cancel = clock.after(REFER_SUBSCRIPTION_S * 1000, () => {
      end();
      send('terminated;reason=timeout');
    });
    told.set(id, {
      id,
      subscribed(transaction) {
        const leaving = Number(transaction.request.headers.get('Expires') ?? REFER_SUBSCRIPTION_S) === 0;
        const expires = leaving ? 0 : secondsLeft();
        transaction.respond({
          status: 200,
          headers: [
            ['Expires', String(expires)],
            ['Contact', line.contact()],
          ],
        });
        if (leaving) end();
        send(leaving ? 'terminated;reason=timeout' : `active;expires=${expires}`);
      },
    });
    return (status: number, reason = reasonOf(status)) => {
      if (over) return;
      last = { status, reason };
      if (status >= 200) end();
      send(status >= 200 ? 'terminated;reason=noresource' : `active;expires=${secondsLeft()}`);
    };
  };

  return {
    asked(transaction) {
      const { request } = transaction;
      const read = readRefer(request);
      if (!read.ok) return void transaction.respond({ status: read.status, reason: read.reason });
      if (told.size >= MAX_REFERRALS)
        return void transaction.respond({ status: 503, headers: [['Retry-After', '30']] });
      const { ok: _, ...to } = read;
      const first = !referred;
      referred = true;
      let notify: (status: number, reason?: string) => void = () => {};
      return onRefer({
        ...to,
        request,
        accept() {
          if (transaction.answered) return;
          const silent: [string, string][] = to.wantsNotify ? [] : [['Refer-Sub', 'false']];
          transaction.respond({ status: 202, headers: [['Contact', line.contact()], ...silent] });
          if (!to.wantsNotify) return;
          const id = parseCSeq(request.headers.get('CSeq'))?.number ?? 0;
          if (first) firsts.told = id;
          notify = subscription(id, first);
          notify(100);
        },
        notify: (status, reason) => notify(status, reason),
        reject(status, reason) {
          if (!transaction.answered) transaction.respond({ status, ...(reason === undefined ? {} : { reason }) });
        },
      });
    },

    event(transaction) {
      const { request, respond } = transaction;
      const { refer, id } = eventOf(request);
      if (!refer) return void respond({ status: request.method === 'NOTIFY' ? 481 : 489 });
      if (request.method === 'SUBSCRIBE') {
        const subscriber = meant(told, id, firsts.told);
        return subscriber ? subscriber.subscribed(transaction) : void respond({ status: 481 });
      }
      const subscription = meant(heard, id, firsts.heard);
      if (!subscription) return void respond({ status: 481 });
      respond({ status: 200 });
      const over = /^\s*terminated/i.test(request.headers.get('Subscription-State') ?? '');
      return subscription.notified(statusOfFragment(request.body), over);
    },

    refer: (uri, { replaces = null, referredBy }) =>
      new Promise((resolve) => {
        const { promise: outcome, resolve: conclude } = Promise.withResolvers<number | null>();
        const more: [string, string][] = referredBy === undefined ? [] : [['Referred-By', referredBy]];
        let last: number | null = null;
        const end = (status: number | null) => {
          stopWaiting();
          heard.delete(id);
          conclude(status);
        };
        const stopWaiting = clock.after(REFER_SUBSCRIPTION_S * 1000, () => end(null));
        line.send(
          {
            method: 'REFER',
            headers: [['Refer-To', referTo(uri, replaces)], ['Supported', 'norefersub'], ...more],
          },
          {
            response({ status, reason, headers }) {
              if (status < 200) return;
              if (status >= 300) {
                end(null);
                // Whoever refuses the first may count from the next.
                if (firsts.heard === id) firsts.heard = [...heard.keys()][0] ?? null;
                return resolve({ ok: false, status, reason });
              }
              if (/^\s*false/i.test(headers.get('Refer-Sub') ?? '')) end(null);
              resolve({ ok: true, outcome });
            },
            failed(why) {
              end(null);
              resolve({ ok: false, status: why === 'timeout' ? 408 : 503, reason: why });
            },
          },
        );
        // Before any answer: the first NOTIFY may overtake the 202 (RFC 6665 4.1.2.4).
        const id = line.dialog.localSeq;
        firsts.heard ??= id;
        heard.set(id, {
          id,
          notified(status, over) {
            last = status ?? last;
            if (over || (last !== null && last >= 200)) end(last !== null && last >= 200 ? last : null);
          },
        });
      }),

    get busy() {
      return told.size + heard.size > 0;
    },
  };
}
