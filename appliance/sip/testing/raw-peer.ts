/** A peer that knows no SIP: a real socket that sends text and hands out what comes back. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';

export interface RawPeer {
  readonly port: number;
  send(bytes: string | Buffer): void;
  /** The next thing received; rejects when the other side closes. */
  next(): Promise<Buffer>;
  /** Resolves when the other side has closed the connection. */
  readonly closed: Promise<unknown>;
  close(): void;
}

function inbox() {
  const arrived: Buffer[] = [];
  const waiting: ((bytes: Buffer) => void)[] = [];
  return {
    put(bytes: Buffer) {
      const first = waiting.shift();
      if (first) first(bytes);
      else arrived.push(bytes);
    },
    next: (): Promise<Buffer> => {
      const first = arrived.shift();
      return first ? Promise.resolve(first) : new Promise((resolve) => waiting.push(resolve));
    },
  };
}

export async function rawUdp(to: { address: string; port: number }): Promise<RawPeer> {
  const socket = createSocket('udp4');
  const box = inbox();
  socket.on('message', (bytes) => box.put(bytes));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    send: (bytes) => socket.send(bytes, to.port, to.address),
    next: box.next,
    closed: new Promise(() => {}),
    close: () => socket.close(),
  };
}

export async function rawTcp(to: { address: string; port: number }): Promise<RawPeer> {
  const socket = connect(to.port, to.address);
  const box = inbox();
  socket.on('data', (bytes) => box.put(bytes));
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await once(socket, 'connect');
  return {
    port: socket.localPort!,
    send: (bytes) => socket.write(bytes),
    next: box.next,
    closed,
    close: () => socket.destroy(),
  };
}

/** A request as a phone writes it; `more` are further header lines. */
export function requestText(
  method: string,
  uri: string,
  {
    branch = 'z9hG4bKraw1',
    tag = 'raw',
    callId = 'raw-call',
    seq = 1,
    port = 5099,
    more = '',
    body = '',
    toTag = '',
    via = 'UDP',
  } = {},
): string {
  return [
    `${method} ${uri} SIP/2.0`,
    `Via: SIP/2.0/${via} 127.0.0.1:${port};branch=${branch}`,
    'Max-Forwards: 70',
    `From: <sip:raw@127.0.0.1>;tag=${tag}`,
    `To: <${uri}>${toTag === '' ? '' : `;tag=${toTag}`}`,
    `Call-ID: ${callId}`,
    `CSeq: ${seq} ${method}`,
    `Contact: <sip:raw@127.0.0.1:${port}>`,
    ...(more === '' ? [] : [more]),
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}
