/** A peer that knows no SIP: bytes out, status codes in. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import type { Target } from '../../appliance/sip/transport/flow.ts';

/** How long the box may take, ms. */
const PATIENCE_MS = 5000;

let pings = 0;

function options(via: string): { readonly branch: string; readonly text: string } {
  const branch = `z9hG4bKping${process.pid}x${++pings}`;
  const lines = [
    'OPTIONS sip:belkluis.test SIP/2.0',
    `Via: SIP/2.0/${via} 127.0.0.1:9;branch=${branch};rport`,
    'Max-Forwards: 70',
    `From: <sip:ping@belkluis.test>;tag=${pings}`,
    'To: <sip:belkluis.test>',
    `Call-ID: ${branch}`,
    'CSeq: 1 OPTIONS',
    'Content-Length: 0',
  ];
  return { branch, text: `${lines.join('\r\n')}\r\n\r\n` };
}

/** Gathers what comes in, and waits for a piece of it. */
function inbox() {
  let received = '';
  let over = false;
  let wake = () => {};
  return {
    put(bytes: Buffer) {
      received += bytes.toString('latin1');
      wake();
    },
    end() {
      over = true;
      wake();
    },
    /** All that has come once `piece` is there, or there is no more. */
    async upTo(piece: string | null): Promise<string> {
      let patient = true;
      const patience = setTimeout(() => {
        patient = false;
        wake();
      }, PATIENCE_MS);
      while (!(piece !== null && received.includes(piece)) && !over && patient) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      clearTimeout(patience);
      return received;
    },
  };
}

/** Status lines of messages in what came in, without that of the message that has `branch`. */
const statuses = (received: string, branch: string): string[] =>
  received
    .split(/(?=SIP\/2\.0 \d{3} )/)
    .filter((message) => message.startsWith('SIP/2.0 ') && !message.includes(branch))
    .map((message) => message.slice(8, 11));

/** A UDP socket at a loopback address of its own, so that the box counts its traffic apart. */
export async function rawUdp(to: Target, from: string) {
  const socket = createSocket('udp4');
  socket.bind(0, from);
  await once(socket, 'listening');
  const box = inbox();
  let open = true;
  socket.on('message', (bytes) => box.put(bytes));
  return {
    port: socket.address().port,
    send: (bytes: Buffer | string) => socket.send(bytes, to.port, to.address),
    /** Statuses that were received, in order, until the box has answered an OPTIONS that is sent now. */
    async answers(): Promise<readonly string[]> {
      const { branch, text } = options('UDP');
      socket.send(text, to.port, to.address);
      const received = await box.upTo(branch);
      if (!received.includes(branch)) throw new Error('the box does not answer any more');
      return statuses(received, branch);
    },
    close() {
      if (open) socket.close();
      open = false;
    },
  };
}

/** A TCP or TLS connection from a loopback address of its own. */
export async function rawStream(to: Target, from: string) {
  const { port, address: host, tls, transport } = to;
  const socket: Socket =
    transport === 'TLS'
      ? tlsConnect({ host, port, ca: tls!.ca!, ...{ localAddress: from } })
      : connect({ host, port, localAddress: from });
  await once(socket, transport === 'TLS' ? 'secureConnect' : 'connect');
  const box = inbox();
  const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('data', (bytes) => box.put(bytes));
  socket.on('error', () => {});
  socket.once('close', () => box.end());
  return {
    send: (bytes: Buffer | string) => socket.write(bytes),
    /** All that came, once `piece` has. */
    received: (piece: string) => box.upTo(piece),
    /** Resolves when the box has closed the connection. */
    gone,
    /** Sends an OPTIONS and the end; resolves with all statuses before it, and whether it was answered too. */
    async finish(): Promise<{ readonly statuses: readonly string[]; readonly served: boolean }> {
      const { branch, text } = options(transport);
      socket.end(text);
      const received = await box.upTo(null);
      return { statuses: statuses(received, branch), served: received.includes(branch) };
    },
    close: () => socket.destroy(),
  };
}
