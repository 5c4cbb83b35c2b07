/** One TCP or TLS connection as a flow: framing, keep-alives, time limits (RFC 3261 18.3, RFC 5626 4.4.1). */
import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Cancel, Clock } from '@belkluis/shared/base/clock';
import type { Counters } from '@belkluis/shared/base/counters';
import type { Guard } from '../defence/guard.ts';
import {
  FIRST_MESSAGE_MS,
  MAX_BUFFERED_OUTPUT,
  STREAM_IDLE_MS,
  STREAM_PING_MS,
  STREAM_PONG_MS,
  TCP_KEEPALIVE_MS,
} from '../limits.ts';
import { StreamFramer } from '../message/framer.ts';
import { type Address, type Flow, formatAddress, plainAddress, type TransportEvents } from './flow.ts';

const PONG = Buffer.from('\r\n');
const PING = Buffer.from('\r\n\r\n');

export interface StreamFlow extends Flow {
  close(): void;
}

export interface StreamDeps {
  readonly clock: Clock;
  readonly counters: Counters;
  readonly events: TransportEvents;
  readonly guard: Pick<Guard, 'hears' | 'accepts' | 'closed'>;
}

let connections = 0;

/** Of the certificate that the peer showed in the handshake, in which it proved that it holds the key (RFC 8446 4.4.3). */
function fingerprintOf(socket: Socket): string | null {
  const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
  return certificate ? createHash('sha256').update(certificate.raw).digest('hex') : null;
}

/** Takes over a connected socket (after the handshake, for TLS). `ours`: we opened it, so the peer need not speak first. */
export function streamFlow(socket: Socket, transport: 'TCP' | 'TLS', ours: boolean, deps: StreamDeps): StreamFlow {
  const { clock, counters, events, guard } = deps;
  const local: Address = { address: plainAddress(socket.localAddress ?? ''), port: socket.localPort ?? 0 };
  const remote: Address = { address: plainAddress(socket.remoteAddress ?? ''), port: socket.remotePort ?? 0 };
  const framer = new StreamFramer();
  let open = !socket.destroyed;
  let spoken = ours;
  let heardMs = clock.monotonic();

  const flow: StreamFlow = {
    id: `${transport} ${formatAddress(local)} ${formatAddress(remote)} ${++connections}`,
    transport,
    secure: transport === 'TLS',
    peerFingerprint: fingerprintOf(socket),
    local,
    remote,
    get open() {
      return open;
    },
    send(bytes) {
      if (!open) return;
      socket.write(bytes);
      events.sent(bytes, flow);
      if (socket.writableLength > MAX_BUFFERED_OUTPUT) drop('sip.stream.unread');
    },
    close: () => socket.destroy(),
  };

  const drop = (counter: string) => {
    counters.add(counter);
    socket.destroy();
  };
  // A peer that drips bytes without ever completing a message is not kept by its dripping.
  const watch = () => {
    const leftMs = STREAM_IDLE_MS - (clock.monotonic() - heardMs);
    if (!spoken || leftMs <= 0) return drop('sip.stream.idle');
    stopWatching = clock.after(leftMs, watch);
  };
  /** RFC 5626 4.4.1: who opened the connection keeps it open, and finds out when it is not. Who never answered a ping need not begin to. */
  let answersPings = false;
  let awaitsPong = false;
  const ping = () => {
    const atMs = clock.monotonic();
    socket.write(PING);
    awaitsPong = true;
    stopPinging = clock.after(STREAM_PONG_MS, () => {
      if (answersPings && heardMs < atMs) return drop('sip.stream.no_pong');
      stopPinging = clock.after(STREAM_PING_MS - STREAM_PONG_MS, ping);
    });
  };
  let stopPinging: Cancel = ours ? clock.after(STREAM_PING_MS, ping) : () => {};
  let stopWatching = clock.after(ours ? STREAM_IDLE_MS : FIRST_MESSAGE_MS, watch);

  socket.setNoDelay(true);
  socket.setKeepAlive(true, TCP_KEEPALIVE_MS);
  socket.on('error', () => counters.add('sip.stream.error'));
  socket.on('end', () => socket.end());
  socket.on('close', () => {
    if (!open) return;
    open = false;
    stopWatching();
    stopPinging();
    guard.closed(flow);
    events.closed(flow);
  });
  socket.on('data', (chunk: Buffer) => {
    heardMs = clock.monotonic();
    // Who was banned after it had connected. Those we dialled ourselves are ours to end.
    if (!ours && !guard.hears(flow)) return drop('sip.stream.banned');
    for (const framed of framer.push(chunk)) {
      if (!open || socket.destroyed) return;
      switch (framed.kind) {
        case 'ping':
        case 'pong':
          // Two pongs with nothing between them look like a ping.
          if (awaitsPong) answersPings = true;
          else if (framed.kind === 'ping') socket.write(PONG);
          awaitsPong = false;
          break;
        case 'broken':
          return drop('sip.stream.broken');
        case 'unusable':
          events.unusable(framed, flow);
          break;
        case 'request':
        case 'response':
          spoken = true;
          events.message(framed, flow);
          break;
      }
    }
  });
  return flow;
}
