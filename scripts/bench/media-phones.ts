/** The phones of the media benchmark, in a process of their own: G.711 packets spread evenly in time, and a count of what comes back. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { SrtpSealer } from '../../appliance/media/srtp/sealer.ts';
import { type Asked, FRAMES_PER_SECOND, PAYLOAD_TYPE, phoneKey } from './media-terms.ts';

interface Phone {
  readonly socket: Socket;
  readonly sealer: SrtpSealer | null;
  readonly packet: Buffer;
}

async function openPhone(ssrc: number, srtp: boolean, onPacket: () => void): Promise<Phone> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  socket.on('message', onPacket);
  const packet = Buffer.alloc(172, 0x55);
  packet[0] = 0x80;
  packet[1] = PAYLOAD_TYPE;
  packet.writeUInt32BE(ssrc, 8);
  return { socket, packet, sealer: srtp ? new SrtpSealer(phoneKey) : null };
}

function sendFrame({ socket, packet, sealer }: Phone, frame: number): void {
  packet.writeUInt16BE(frame & 0xffff, 2);
  packet.writeUInt32BE((frame * 160) >>> 0, 4);
  socket.send(sealer === null ? packet : sealer.sealRtp(packet));
}

const [asked] = (await once(process, 'message')) as [Asked];
let received = 0;
const phones: Phone[] = [];
for (let i = 0; i < asked.phones; i++) phones.push(await openPhone(i + 1, asked.srtp, () => received++));
process.send!(phones.map(({ socket }) => socket.address().port));

const [ports] = (await once(process, 'message')) as [number[]];
for (const [i, { socket }] of phones.entries()) {
  socket.connect(ports[i]!, '127.0.0.1');
  await once(socket, 'connect');
}
const perMs = (phones.length * FRAMES_PER_SECOND) / 1000;
const total = phones.length * FRAMES_PER_SECOND * asked.seconds;
const start = performance.now();
let sent = 0;
const round = () => {
  const due = Math.min(total, Math.floor((performance.now() - start) * perMs));
  for (; sent < due; sent++) sendFrame(phones[sent % phones.length]!, Math.floor(sent / phones.length));
  if (sent < total) setImmediate(round);
  // What is still under way arrives while nothing more is sent.
  else setTimeout(() => process.send!({ sent, received }, () => process.exit()), 300);
};
round();
