/** Node's UDP sockets as the relay needs them: the one file of this room that knows dgram. */
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Source } from '../latch.ts';

export interface PacketSocket {
  readonly port: number;
  /** Sends at once or drops: a packet that cannot leave now is of no use later. */
  send(packet: Buffer, to: Source): void;
  /** From here on only packets of `peer` come in and sending is cheaper. Undone by `connect(null)`. */
  connect(peer: Source | null): void;
  close(): void;
}

export type OnPacket = (packet: Buffer, from: Source) => void;

/** Addresses are IP addresses already: no name is ever looked up, and no packet waits for a turn of the event loop. */
const noLookup = (
  address: string,
  _options: unknown,
  done: (error: Error | null, address: string, family: number) => void,
) => done(null, address, isIPv6(address) ? 6 : 4);

/** Binds a port; null when it is taken. @throws whatever else the system says, such as an address that is not ours. */
async function bindSocket(address: string, port: number, onPacket: OnPacket): Promise<PacketSocket | null> {
  const socket = createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4', lookup: noLookup });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind({ address, port, exclusive: true }, resolve);
    });
  } catch (error) {
    socket.close();
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return null;
    throw error;
  }
  socket.removeAllListeners('error');
  // A connected socket reports that the peer's port is closed (ICMP): the phone is gone or not there yet. Silence tells.
  socket.on('error', () => {});
  socket.on('message', onPacket);
  return packetSocket(socket, port);
}

function packetSocket(socket: Socket, port: number): PacketSocket {
  let connected = false;
  let open = true;
  return {
    port,
    send: (packet, to) => {
      if (!open) return;
      if (connected) socket.send(packet);
      else socket.send(packet, to.port, to.address);
    },
    connect: (peer) => {
      if (!open) return;
      if (connected) socket.disconnect();
      connected = false;
      if (peer === null) return;
      socket.connect(peer.port, peer.address);
      connected = true;
    },
    close: () => {
      if (!open) return;
      open = false;
      socket.close();
    },
  };
}

/** Binds `port` and the next one; null when either is taken. */
export async function bindPair(
  address: string,
  port: number,
  onRtp: OnPacket,
  onRtcp: OnPacket,
): Promise<readonly [rtp: PacketSocket, rtcp: PacketSocket] | null> {
  const rtp = await bindSocket(address, port, onRtp);
  if (rtp === null) return null;
  const rtcp = await bindSocket(address, port + 1, onRtcp);
  if (rtcp === null) {
    rtp.close();
    return null;
  }
  return [rtp, rtcp];
}
