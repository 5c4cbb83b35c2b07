/** Sends a request to a target that may first have to be connected to. */
import type { Clock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import type { RequestDraft } from './message/write.ts';
import type { ClientRun, ClientUser } from './transaction/client.ts';
import type { Transactions } from './transaction/transactions.ts';
import type { Flow, Target, Transports } from './transport/flow.ts';

/** A request that is on its way. */
export interface ClientRequest {
  /** Withdraws an INVITE (RFC 3261 9.1). The user still hears how it ended: a response, or `failed`. */
  cancel(headers?: readonly (readonly [string, string])[]): void;
  /** Nobody wants to hear of it any more. */
  abandon(): void;
}

interface Deps {
  readonly clock: Clock;
  readonly log: Log;
  readonly network: Transports;
  readonly table: Transactions;
}

export function sendTo(
  { clock, log, network, table }: Deps,
  draft: RequestDraft | ((flow: Flow) => RequestDraft),
  to: Flow | Target,
  user: ClientUser,
): ClientRequest {
  const begin = (flow: Flow): ClientRun => table.send(typeof draft === 'function' ? draft(flow) : draft, flow, user);
  const flow = 'send' in to ? to : network.flowTo(to);
  if (!(flow instanceof Promise)) return begin(flow);

  let run: ClientRun | null = null;
  let over = false;
  const fail = () => {
    if (over) return;
    over = true;
    user.failed('transport');
  };
  flow
    .then((connected) => {
      if (!over) run = begin(connected);
    })
    .catch((cause: unknown) => {
      log('sip.unsent', { error: cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown' });
      fail();
    });
  return {
    cancel(headers) {
      if (run) return run.cancel(headers);
      // Nothing has been sent and nothing will be; told later, like every other end.
      clock.after(0, fail);
    },
    abandon() {
      over = true;
      run?.abandon();
    },
  };
}
