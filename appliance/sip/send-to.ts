/** Sends a request to a target that may first have to be connected to, and one that is too long for a packet by another way. */
import type { Clock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import { MAX_PACKET_REQUEST } from './limits.ts';
import type { RequestDraft } from './message/write.ts';
import type { ClientRun, ClientUser } from './transaction/client.ts';
import type { Stamped, Transactions } from './transaction/transactions.ts';
import type { Flow, Target, Transports } from './transport/flow.ts';

/** A request that is on its way. */
export interface ClientRequest {
  /** Withdraws an INVITE (RFC 3261 9.1). The user still hears how it ended: a response, or `failed`. */
  cancel(headers?: readonly (readonly [string, string])[]): void;
  /**
   * Withdraws an INVITE that was never answered, and sends it no more: a server that wakes up later hears of a call that has ended. The
   * user hears what a late answer brings.
   */
  giveUp(): void;
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
  let run: ClientRun | null = null;
  let over = false;
  const fail = () => {
    if (over) return;
    over = true;
    user.failed('transport');
  };

  const begin = (stamped: Stamped, flow: Flow, on: ClientUser): ClientRun => {
    run = table.send(stamped, flow, on);
    return run;
  };
  const onFlow = (flow: Flow): unknown => {
    const made = typeof draft === 'function' ? draft(flow) : draft;
    const asPacket = table.stamp(made, flow);
    const isLarge = flow.transport === 'UDP' && asPacket.request.bytes.length > MAX_PACKET_REQUEST;
    const other = isLarge ? network.insteadOf(flow) : null;
    if (!other) return begin(asPacket, flow, user);
    // 18.1.1: what was addressed stays, Contact as well; only the Via says by which way this one message goes.
    const large = (stream: Flow | null): unknown => {
      if (over) return undefined;
      if (!stream) return begin(asPacket, flow, user);
      let heard = false;
      return begin(table.stamp(made, stream), stream, {
        response(response) {
          heard = true;
          user.response(response, flow);
        },
        failed(why) {
          if (why === 'transport' && !heard) begin(asPacket, flow, user);
          else user.failed(why);
        },
      });
    };
    return other instanceof Promise ? other.then(large).catch(failed) : large(other);
  };
  const failed = (cause: unknown) => {
    log('sip.unsent', { error: cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown' });
    fail();
  };

  const flow = 'send' in to ? to : network.flowTo(to);
  if (flow instanceof Promise) void flow.then((connected) => over || onFlow(connected)).catch(failed);
  else onFlow(flow);
  return {
    cancel(headers) {
      if (run) return run.cancel(headers);
      // Nothing has been sent and nothing will be; told later, like every other end.
      clock.after(0, fail);
    },
    giveUp() {
      if (run) run.giveUp();
      else over = true;
    },
    abandon() {
      over = true;
      run?.abandon();
    },
  };
}
