/** SIP over UDP: one socket per listener; every peer of it is a flow (RFC 3261 18, RFC 3581, RFC 5626 8). */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv4, isIPv6 } from 'node:net';
import type { Counters } from '@belkluis/shared/base/counters';
import type { Guard } from '../defence/guard.ts';
import { UDP_SOCKET_BUFFER } from '../limits.ts';
import { parseMessage } from '../message/parse.ts';
import { problem } from '../problems.ts';
import { type Address, type Flow, formatAddress, plainAddress, type TransportEvents } from './flow.ts';
import { answerStun, isStun } from './stun.ts';

export interface UdpSocket {
  readonly local: Address;
  flowTo(remote: Address): Flow;
  close(): Promise<void>;
}

/** Rejects with `cannot_listen`. */
export async function openUdp(
  on: Address,
  events: TransportEvents,
  { counters, guard }: { readonly counters: Counters; readonly guard: Pick<Guard, 'hears'> },
): Promise<UdpSocket> {
  const socket = createSocket({
    type: isIPv6(on.address) ? 'udp6' : 'udp4',
    recvBufferSize: UDP_SOCKET_BUFFER,
    sendBufferSize: UDP_SOCKET_BUFFER,
    // Only addresses are sent to. The default asks the resolver's queue for each packet, which an address then leaves at once.
    lookup: (address, _options, done) => done(null, address, isIPv6(address) ? 6 : 4),
  });
  try {
    // Asked for before, since with our lookup it is told at once.
    const listening = once(socket, 'listening');
    socket.bind(on.port, on.address);
    await listening;
  } catch (cause) {
    socket.close();
    throw problem('cannot_listen', `UDP ${formatAddress(on)}`, cause);
  }
  const local = { address: on.address, port: socket.address().port };
  const dualStack = isIPv6(on.address);
  let open = true;

  // It keeps a refused datagram (no route, too long) from becoming an uncaught error.
  const sent = (error: Error | null) => {
    if (error) counters.add('sip.udp.unsent');
  };
  const send = (bytes: Buffer, to: Address) => {
    if (!open) return;
    // A dual-stack socket wants IPv4 addresses in their mapped form.
    const address = dualStack && isIPv4(to.address) ? `::ffff:${to.address}` : to.address;
    socket.send(bytes, to.port, address, sent);
  };
  const flowTo = (remote: Address): Flow => {
    const flow: Flow = {
      id: `UDP ${formatAddress(local)} ${formatAddress(remote)}`,
      transport: 'UDP',
      secure: false,
      peerFingerprint: null,
      local,
      remote,
      get open() {
        return open;
      },
      send(bytes) {
        send(bytes, remote);
        events.sent(bytes, flow);
      },
    };
    return flow;
  };

  socket.on('error', () => counters.add('sip.udp.error'));
  socket.on('message', (datagram, info) => {
    // Nobody can be answered at port 0, and sending there throws.
    if (info.port === 0) return;
    const remote = { address: plainAddress(info.address), port: info.port };
    const flow = flowTo(remote);
    // Before anything is parsed: a flood must cost as little as it can.
    if (!guard.hears(flow, datagram)) return;
    if (isStun(datagram)) {
      counters.add('sip.udp.stun');
      const answer = answerStun(datagram, remote);
      if (answer) send(answer, remote);
      return;
    }
    if (isKeepAlive(datagram)) return counters.add('sip.udp.keepalive');
    const message = parseMessage(datagram);
    if (message.kind === 'unusable') events.unusable(message, flow);
    else events.message(message, flow);
  });

  return {
    local,
    flowTo,
    async close() {
      if (!open) return;
      open = false;
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}

/** What phones send to keep a NAT open: nothing, zero bytes or line ends (sip-field fact 15). */
function isKeepAlive(datagram: Buffer): boolean {
  return datagram.every((byte) => byte === 0 || byte === 0x0d || byte === 0x0a || byte === 0x20);
}
