/** All real sockets of one stack. */
import { isIPv6 } from 'node:net';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Counters } from '@belkluis/shared/base/counters';
import type { Guard } from '../defence/guard.ts';
import { problem } from '../problems.ts';
import { connector } from './connect.ts';
import type { Flow, ListenOn, Target, TransportEvents, Transports } from './flow.ts';
import { largeWay } from './large.ts';
import type { StreamFlow } from './stream.ts';
import { connectionCount, listenStream, type StreamListener } from './stream-listener.ts';
import { openUdp, type UdpSocket } from './udp.ts';

export interface SocketsOptions {
  readonly listen: readonly ListenOn[];
  readonly clock: Clock;
  readonly counters: Counters;
  readonly guard: Pick<Guard, 'hears' | 'accepts' | 'dialled' | 'closed'>;
}

export function sockets({ listen, clock, counters, guard }: SocketsOptions, events: TransportEvents): Transports {
  const udp: UdpSocket[] = [];
  const listeners: StreamListener[] = [];
  const streams = new Set<StreamFlow>();
  const count = connectionCount();
  let closing = false;
  const deps = {
    clock,
    counters,
    guard,
    events: {
      ...events,
      closed(flow: Flow) {
        streams.delete(flow as StreamFlow);
        outgoing.forget(flow.id);
        if (!closing) events.closed(flow);
      },
    },
  };
  const keep = (flow: StreamFlow) => {
    if (closing) flow.close();
    else streams.add(flow);
  };
  const outgoing = connector(keep, deps);
  const speaksTcp = listen.some(({ transport }) => transport === 'TCP');
  const large = largeWay(clock, speaksTcp ? (target) => outgoing.flowTo(target) : null);

  const close = async () => {
    closing = true;
    for (const flow of streams) flow.close();
    await Promise.all([...udp.splice(0), ...listeners.splice(0)].map((listener) => listener.close()));
  };

  return {
    async start() {
      try {
        const bound = [];
        for (const on of listen) {
          if (on.transport === 'UDP') {
            const socket = await openUdp(on, deps.events, deps);
            udp.push(socket);
            bound.push({ transport: on.transport, ...socket.local });
          } else {
            const listener = await listenStream(on, count, keep, deps);
            listeners.push(listener);
            bound.push({ transport: on.transport, ...listener.local });
          }
        }
        return bound;
      } catch (cause) {
        await close();
        throw cause;
      }
    },
    close,
    flowTo(target: Target) {
      if (closing) return Promise.reject(problem('closed'));
      if (target.transport !== 'UDP') return outgoing.flowTo(target);
      const six = isIPv6(target.address);
      const socket =
        udp.find(({ local }) => isIPv6(local.address) === six) ??
        udp.find(({ local }) => local.address === '::' && !six);
      if (!socket) return Promise.reject(problem('no_listener', `UDP ${isIPv6(target.address) ? 'IPv6' : 'IPv4'}`));
      const flow = socket.flowTo({ address: target.address, port: target.port });
      guard.dialled(flow);
      return flow;
    },
    insteadOf: (udp) => (closing ? null : large.insteadOf(udp)),
    renewTls(material) {
      for (const listener of listeners) listener.renewTls(material);
    },
  };
}
