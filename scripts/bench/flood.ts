/**
 * A flood as attackers send it: INVITEs and a scan for names, from loopback addresses without number, each with few packets. In a process
 * of its own: `node scripts/bench/flood.ts --port P --seconds S --rate N [--per-source 6]` prints one JSON line when it ends.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    seconds: { type: 'string', default: '10' },
    rate: { type: 'string', default: '5000' },
    /** Packets from one address before it is given up for another. */
    'per-source': { type: 'string', default: '6' },
  },
});
const [port, seconds, rate] = [Number(values.port), Number(values.seconds), Number(values.rate)];
const perSource = Number(values['per-source']);

/** Addresses that are in use at the same time. */
const WIDTH = 200;

const SDP = [
  'v=0',
  'o=- 1 1 IN IP4 127.0.0.1',
  's=-',
  'c=IN IP4 127.0.0.1',
  't=0 0',
  'm=audio 4000 RTP/AVP 8 0 101',
  'a=rtpmap:101 telephone-event/8000',
  '',
].join('\r\n');

/** No program says its real name when it means harm. */
const AGENTS = ['Yealink SIP-T46S', 'Grandstream GXP2170', 'Asterisk PBX 18', 'friendly-scanner', ''];

function message(n: number, address: string, from: number): string {
  const invite = n % 2 === 0;
  const method = invite ? 'INVITE' : 'REGISTER';
  const extension = 100 + (n % 900);
  const body = invite ? SDP : '';
  const agent = AGENTS[n % AGENTS.length];
  return [
    `${method} sip:${invite ? `${extension}@` : ''}belkluis.test SIP/2.0`,
    `Via: SIP/2.0/UDP ${address}:${from};branch=z9hG4bKflood${n};rport`,
    'Max-Forwards: 70',
    `From: <sip:${invite ? 100 + (n % 7) : extension}@belkluis.test>;tag=f${n}`,
    `To: <sip:${extension}@belkluis.test>`,
    `Call-ID: ${n}@${address}`,
    `CSeq: 1 ${method}`,
    `Contact: <sip:${extension}@${address}:${from}>`,
    ...(agent ? [`User-Agent: ${agent}`] : []),
    ...(invite ? ['Content-Type: application/sdp'] : []),
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}

interface Source {
  readonly socket: Socket;
  readonly address: string;
  readonly port: number;
  left: number;
}

let opened = 0;
let answers = 0;
async function open(): Promise<Source> {
  // 127.64.0.1 and up: away from what phones and tests use.
  const number = opened++ % (64 * 65_000);
  const address = `127.${64 + Math.floor(number / 65_000)}.${Math.floor((number % 65_000) / 254)}.${1 + ((number % 65_000) % 254)}`;
  const socket = createSocket('udp4');
  socket.on('message', () => answers++);
  socket.on('error', () => {});
  socket.bind(0, address);
  await once(socket, 'listening');
  return { socket, address, port: socket.address().port, left: perSource };
}

const sources: Source[] = [];
for (let i = 0; i < WIDTH; i++) sources.push(await open());
const start = performance.now();
let sent = 0;
while (performance.now() - start < seconds * 1000) {
  const due = Math.min(seconds * rate, ((performance.now() - start) * rate) / 1000);
  for (; sent < due; sent++) {
    const at = sent % WIDTH;
    const source = sources[at]!;
    source.socket.send(message(sent, source.address, source.port), port, '127.0.0.1');
    if (--source.left > 0) continue;
    sources[at] = await open();
    setTimeout(() => source.socket.close(), 200);
  }
  await new Promise((resolve) => setTimeout(resolve, 2));
}
const took = (performance.now() - start) / 1000;
await new Promise((resolve) => setTimeout(resolve, 300));
process.stdout.write(
  `${JSON.stringify({ sent, perSecond: Math.round(sent / took), sources: opened, answers })}\n`,
  () => process.exit(0),
);
