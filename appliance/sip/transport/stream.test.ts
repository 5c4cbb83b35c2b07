import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Counters } from '@belkluis/shared/base/counters';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import { openGuard } from '../defence/guard.ts';
import { FIRST_MESSAGE_MS, MAX_BUFFERED_OUTPUT, STREAM_IDLE_MS, STREAM_PING_MS, STREAM_PONG_MS } from '../limits.ts';
import { requestText } from '../testing/raw-peer.ts';
import type { Flow } from './flow.ts';
import { streamFlow } from './stream.ts';

/** A connection on loopback whose near end is a flow under a clock that stands still. */
async function connection(ours = false) {
  const server = createServer({ pauseOnConnect: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const peer = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [socket] = await accepted;
  const clock = new ManualClock();
  const counters = new Counters();
  const messages: string[] = [];
  let heard = () => {};
  const closed = new Promise<Flow>((resolve) => {
    const events = {
      message: (message: { kind: string }) => {
        messages.push(message.kind);
        heard();
      },
      unusable: () => {},
      sent: () => {},
      closed: resolve,
    };
    streamFlow(socket, 'TCP', ours, { clock, counters, events, guard: openGuard({ clock, counters }) });
    socket.resume();
  });
  const message = () =>
    new Promise<void>((resolve) => {
      heard = resolve;
    });
  server.close();
  return { peer, socket, clock, counters, closed, message, messages };
}

test('a connection that says nothing whole within its first half minute is closed, dripping or not', async (t) => {
  const { peer, clock, counters, closed, socket } = await connection();
  peer.write('INVITE sip:x@y SIP/2.0\r\nVia');
  await once(socket, 'data');
  clock.advance(FIRST_MESSAGE_MS - 1);
  t.is(counters.get('sip.stream.idle'), 0);
  clock.advance(1);
  t.false((await closed).open);
  t.is(counters.get('sip.stream.idle'), 1);
  t.is(clock.pending, 0);
});

test('one that has registered may be silent for an hour, and not for ever', async (t) => {
  const { peer, clock, closed, message } = await connection();
  const arrived = message();
  peer.write(requestText('OPTIONS', 'sip:x@y', { via: 'TCP' }));
  await arrived;
  clock.advance(60 * 60_000);
  const again = message();
  peer.write(requestText('OPTIONS', 'sip:x@y', { via: 'TCP', branch: 'z9hG4bKtwo' }));
  await again;
  clock.advance(STREAM_IDLE_MS - 1);
  t.is(clock.pending, 1);
  clock.advance(60_000);
  await closed;
  t.is(clock.pending, 0);
});

test('a peer that does not read is dropped before it costs memory', async (t) => {
  const { peer, socket, clock, counters, closed } = await connection();
  peer.pause();
  const flow = streamFlow(socket, 'TCP', true, {
    clock,
    counters,
    guard: openGuard({ clock, counters }),
    events: { message() {}, unusable() {}, sent() {}, closed() {} },
  });
  const chunk = Buffer.alloc(65_000);
  let buffered = 0;
  for (let i = 0; i < 2_000 && !socket.destroyed; i++) {
    flow.send(chunk);
    buffered = Math.max(buffered, socket.writableLength);
  }
  await closed;
  t.true(buffered <= MAX_BUFFERED_OUTPUT + chunk.length);
  t.is(counters.get('sip.stream.unread'), 1);
  peer.destroy();
});

test('a connection that we opened is pinged; once its peer answers pings, silence is its end (RFC 5626 4.4.1)', async (t) => {
  const { peer, socket, clock, counters, closed } = await connection(true);
  const pinged = async (afterMs: number) => {
    const bytes = once(peer, 'data');
    clock.advance(afterMs);
    t.is(String((await bytes)[0]), '\r\n\r\n');
  };
  await pinged(STREAM_PING_MS);
  // A peer that never answered a ping need not know what it is.
  await pinged(STREAM_PING_MS);
  for (let round = 0; round < 2; round++) {
    const arrived = once(socket, 'data');
    peer.write('\r\n');
    await arrived;
    await pinged(STREAM_PING_MS);
  }
  clock.advance(STREAM_PONG_MS);
  t.false((await closed).open);
  t.is(counters.get('sip.stream.no_pong'), 1);
  t.is(clock.pending, 0);
});
