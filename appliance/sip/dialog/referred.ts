/** A REFER outside of any call (RFC 3515 2.4.2): it makes a dialog of its own, which lives as long as its subscription. */
import { allowance } from '../capabilities.ts';
import { parseUri } from '../message/uri.ts';
import type { ServerTransaction } from '../transaction/server.ts';
import { PATIENCE_MS } from '../transaction/timers.ts';
import type { Context, Participant } from './context.ts';
import { dialogOfServer, keyOf } from './dialog.ts';
import { line } from './line.ts';
import { type Refer, referrals } from './referrals.ts';

export function referred(context: Context, transaction: ServerTransaction, onRefer: (refer: Refer) => void): void {
  const { clock, dialogs, supported } = context;
  const { request, flow, localTag } = transaction;
  const dialog = dialogOfServer(request, localTag);
  const own = line(context, {
    dialog,
    flow,
    contactUser: parseUri(request.uri)?.user ?? null,
    sips: request.uri.startsWith('sips:'),
    credentials: undefined,
    proof: [],
  });
  const references = referrals(own, clock, (refer) =>
    onRefer({
      ...refer,
      accept() {
        if (transaction.answered) return;
        dialogs.set(keyOf(dialog), participant);
        clock.after(PATIENCE_MS, forget);
        refer.accept();
      },
    }),
  );
  const participant: Participant = {
    standing: { at: 'ringing' },
    receive(within) {
      if (!own.admit(within.request, within.flow)) within.respond({ status: 500, reason: 'Out of order' });
      else if (within.request.method === 'SUBSCRIBE') references.event(within);
      else within.respond({ status: 405, headers: allowance(supported) });
    },
    ack() {},
  };
  const forget = () => {
    if (references.busy) clock.after(PATIENCE_MS, forget);
    else dialogs.delete(keyOf(dialog), participant);
  };
  references.asked(transaction);
}
