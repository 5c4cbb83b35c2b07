/** A party on the other end of a leg, for tests: two real sockets, RTP packets in and out, sealed when it has keys. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import type { Codec, CodecName, PayloadMap } from '../codec.ts';
import type { LegGeneration, MediaLeg } from '../door.ts';
import { type CryptoSuite, type SrtpKey, suiteOf } from '../srtp/key.ts';
import { SrtpOpener } from '../srtp/opener.ts';
import { SrtpSealer } from '../srtp/sealer.ts';

export const codec = (name: CodecName, clockRate = 8000): Codec => ({ name, clockRate, channels: 1, fmtp: null });
export const pcma: PayloadMap = { payloadType: 8, codec: codec('PCMA') };

export const testKey = (suite: CryptoSuite, fill: number): SrtpKey => ({
  suite,
  masterKey: Buffer.alloc(suiteOf(suite).key, fill),
  masterSalt: Buffer.alloc(suiteOf(suite).salt, fill + 1),
});

/** A plain generation in which everything is allowed; `part` says what differs. */
export const generation = (peer: Peer | null, part: Partial<LegGeneration> = {}): LegGeneration => ({
  remote: peer && { address: peer.address, rtp: peer.rtpPort, rtcp: peer.rtcpPort },
  receive: [pcma],
  send: [pcma],
  maySend: true,
  mayReceive: true,
  keys: peer?.keys ?? null,
  ...part,
});

export interface RtpParts {
  payloadType?: number;
  sequence: number;
  timestamp?: number;
  ssrc?: number;
  marker?: boolean;
  payload?: Uint8Array;
}

/** 160 bytes that say which packet they are of. */
export const voice = (mark: number): Buffer =>
  Buffer.from(Array.from({ length: 160 }, (_, i) => (mark * 7 + i) & 0xff));

export function rtp({
  payloadType = 8,
  sequence,
  timestamp,
  ssrc = 0x1234,
  marker = false,
  payload,
}: RtpParts): Buffer {
  const header = Buffer.alloc(12);
  header[0] = 0x80;
  header[1] = payloadType | (marker ? 0x80 : 0);
  header.writeUInt16BE(sequence, 2);
  header.writeUInt32BE(timestamp ?? sequence * 160, 4);
  header.writeUInt32BE(ssrc, 8);
  return Buffer.concat([header, payload ?? voice(sequence)]);
}

/** What arrived, read by hand so that the test shares no code with what it tests. */
export const read = (packet: Buffer) => ({
  marker: packet[1]! >= 0x80,
  payloadType: packet[1]! & 0x7f,
  sequence: packet.readUInt16BE(2),
  timestamp: packet.readUInt32BE(4),
  ssrc: packet.readUInt32BE(8),
  payload: packet.subarray(12),
});

export interface PeerKeys {
  /** The peer's own key: what it seals with. */
  readonly own: SrtpKey;
  /** What it is sent under. */
  readonly ours: SrtpKey;
}

export class Peer {
  readonly rtpPort: number;
  readonly rtcpPort: number;
  /** What was heard at each socket, opened, in order. */
  readonly rtp: Buffer[] = [];
  readonly rtcp: Buffer[] = [];
  unopened = 0;
  /** What the leg needs to be configured with. */
  readonly keys: LegGeneration['keys'];
  readonly address: string;
  readonly #sockets: readonly [Socket, Socket];
  readonly #sealer: SrtpSealer | null;
  readonly #opener: SrtpOpener | null;
  #wake: () => void = () => {};

  private constructor(sockets: readonly [Socket, Socket], keys: PeerKeys | null) {
    this.#sockets = sockets;
    this.address = sockets[0].address().address;
    [this.rtpPort, this.rtcpPort] = [sockets[0].address().port, sockets[1].address().port];
    this.keys = keys && { open: keys.own, seal: keys.ours };
    this.#sealer = keys && new SrtpSealer(keys.own);
    this.#opener = keys && new SrtpOpener(keys.ours);
    sockets[0].on('message', (packet) => this.#take(packet, this.rtp, 'openRtp'));
    sockets[1].on('message', (packet) => this.#take(packet, this.rtcp, 'openRtcp'));
  }

  static async open(keys: PeerKeys | null = null, address = '127.0.0.1'): Promise<Peer> {
    const family = isIPv6(address) ? 'udp6' : 'udp4';
    const sockets = [createSocket(family), createSocket(family)] as const;
    for (const socket of sockets) {
      socket.bind(0, address);
      await once(socket, 'listening');
    }
    return new Peer(sockets, keys);
  }

  #take(packet: Buffer, list: Buffer[], open: 'openRtp' | 'openRtcp'): void {
    const opened = this.#opener === null ? packet : this.#opener[open](packet);
    if (opened === null) this.unopened++;
    else list.push(Buffer.from(opened));
    this.#wake();
  }

  /** Seals when it has keys. */
  send(leg: MediaLeg, packet: Buffer): void {
    this.sendRaw(leg, this.#sealer === null ? packet : this.#sealer.sealRtp(packet));
  }

  sendRaw(leg: MediaLeg, packet: Buffer): void {
    this.#sockets[0].send(Buffer.from(packet), leg.rtpPort, this.address);
  }

  /** To a leg at another address than our own. */
  sendTo(leg: MediaLeg, packet: Buffer, port: 'rtpPort' | 'rtcpPort' = 'rtpPort'): void {
    this.#sockets[0].send(Buffer.from(packet), leg[port], '127.0.0.1');
  }

  sendRtcp(leg: MediaLeg, packet: Buffer): void {
    const sealed = this.#sealer === null ? packet : this.#sealer.sealRtcp(packet);
    this.#sockets[1].send(Buffer.from(sealed), leg.rtcpPort, this.address);
  }

  /** Waits until so many RTP packets have been heard in all. */
  async heard(count: number): Promise<Buffer[]> {
    await this.until(() => this.rtp.length >= count);
    return this.rtp;
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
  }
}
