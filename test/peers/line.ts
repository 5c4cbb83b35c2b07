/** A phone's audio: one UDP socket, RTP or SRTP with 20 ms of one codec a packet, and an SDP that says so. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { seededChance } from '@belkluis/shared/base/chance';
import { newSrtpKey, type SrtpKey } from '../../appliance/media/srtp/key.ts';
import { SrtpOpener } from '../../appliance/media/srtp/opener.ts';
import { SrtpSealer } from '../../appliance/media/srtp/sealer.ts';

export const PACKET_MS = 20;
const PACKET_TICKS = 160;
/** Bytes of A-law in one packet. */
export const PACKET_LENGTH = 160;

const SUITE = 'AES_CM_128_HMAC_SHA1_80';

export interface Heard {
  /** `performance.now()`. */
  readonly at: number;
  readonly ssrc: number;
  readonly sequence: number;
  readonly payload: Buffer;
}

export type Line = Awaited<ReturnType<typeof openLine>>;

export interface LineCodec {
  readonly payloadType: number;
  /** What `a=rtpmap` says. */
  readonly map: string;
  /** RTP clock ticks in 20 ms. */
  readonly ticks: number;
}

export const lineCodecs = {
  PCMA: { payloadType: 8, map: 'PCMA/8000', ticks: 160 },
  PCMU: { payloadType: 0, map: 'PCMU/8000', ticks: 160 },
  // RFC 3551 4.5.2: its clock says 8000 though it samples at 16000.
  G722: { payloadType: 9, map: 'G722/8000', ticks: 160 },
  opus: { payloadType: 96, map: 'opus/48000/2', ticks: 960 },
} as const satisfies Record<string, LineCodec>;

export type LineCodecName = keyof typeof lineCodecs;

export interface LineOptions {
  /** SRTP with a key in the SDP (RFC 4568), else RTP/AVP. */
  readonly secure: boolean;
  readonly codec?: LineCodecName;
  /** Its packets say which key sealed them (RFC 3711 3.1). */
  readonly mki?: boolean;
  /** Keys that are pressed go as events (RFC 4733). */
  readonly keys?: boolean;
}

/** RFC 4733 3.2: the place of a key in it is its number. */
const KEYS = '0123456789*#ABCD';
const EVENTS = { payloadType: 101, map: 'telephone-event/8000', ticks: PACKET_TICKS } as const;

/** Names the one key: the number 1 in four bytes, between what is sealed and a tag of ten. */
const MKI = Buffer.from([0, 0, 0, 1]);
const TAG = 10;
const marked = (sealed: Buffer): Buffer => Buffer.concat([sealed.subarray(0, -TAG), MKI, sealed.subarray(-TAG)]);
/** Null: it does not name it. */
const unmarked = (packet: Buffer): Buffer | null =>
  packet.subarray(-TAG - MKI.length, -TAG).equals(MKI)
    ? Buffer.concat([packet.subarray(0, -TAG - MKI.length), packet.subarray(-TAG)])
    : null;

const A_LAW_SILENCE = Buffer.alloc(PACKET_LENGTH, 0xd5);

/** Where the other side's SDP wants its audio. */
function remoteOf(sdp: string): { port: number; address: string } {
  const port = Number(/^m=audio (\d+)/m.exec(sdp)?.[1]);
  return { port, address: /^c=IN IP4 (\S+)/m.exec(sdp)?.[1] ?? '127.0.0.1' };
}

function remoteKey(sdp: string): SrtpKey | null {
  const inline = new RegExp(`^a=crypto:\\d+ ${SUITE} inline:([A-Za-z0-9+/=]+)`, 'm').exec(sdp)?.[1];
  if (inline === undefined) return null;
  const bytes = Buffer.from(inline, 'base64');
  return { suite: SUITE, masterKey: bytes.subarray(0, 16), masterSalt: bytes.subarray(16) };
}

/** A bare RTP packet. */
export function rtpPacket(ssrc: number, sequence: number, payload: Buffer, codec: LineCodec = lineCodecs.PCMA): Buffer {
  const header = Buffer.alloc(12);
  header[0] = 0x80;
  header[1] = codec.payloadType;
  header.writeUInt16BE(sequence & 0xffff, 2);
  header.writeUInt32BE((sequence * codec.ticks) >>> 0, 4);
  header.writeUInt32BE(ssrc, 8);
  return Buffer.concat([header, payload]);
}

/** Opens the audio of one call. */
export async function openLine({ secure, codec: name = 'PCMA', mki = false, keys = false }: LineOptions) {
  const codec = lineCodecs[name];
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  const chance = seededChance(`line ${port} ${process.hrtime.bigint()}`);
  const key = newSrtpKey(SUITE, chance);
  const ssrc = chance.bytes(4).readUInt32BE();
  const heard: Heard[] = [];
  let remote: { port: number; address: string } | null = null;
  let sealer: SrtpSealer | null = null;
  let opener: SrtpOpener | null = null;
  let openedBy: SrtpKey | null = null;
  let marksTheirs = false;
  let sequence = 1;
  /** Packets of keys so far: they take numbers, and no time of their own. */
  let events = 0;
  const timeOf = (number: number): number => ((number - events) * codec.ticks) >>> 0;
  let version = 0;
  let speaking: NodeJS.Timeout | null = null;
  let wake = () => {};
  let lastSent: Buffer | null = null;

  socket.on('message', (packet) => {
    const sealed = marksTheirs ? unmarked(packet) : packet;
    const opened = opener === null ? sealed : sealed && opener.openRtp(sealed);
    if (opened === null) return;
    if (keys && (opened[1]! & 0x7f) === EVENTS.payloadType) line.onKey(KEYS[opened[12]!]!);
    if ((opened[1]! & 0x7f) !== codec.payloadType) return;
    line.onPacket(opened);
    const payload = Buffer.from(opened.subarray(12));
    heard.push({
      at: performance.now(),
      ssrc: opened.readUInt32BE(8),
      sequence: opened.readUInt16BE(2),
      payload,
    });
    wake();
  });

  const describe = (direction: string, cryptoTag = 1) =>
    Buffer.from(
      [
        'v=0',
        `o=- ${port} ${++version} IN IP4 127.0.0.1`,
        's=-',
        'c=IN IP4 127.0.0.1',
        't=0 0',
        `m=audio ${port} ${secure ? 'RTP/SAVP' : 'RTP/AVP'} ${codec.payloadType}${keys ? ` ${EVENTS.payloadType}` : ''}`,
        `a=rtpmap:${codec.payloadType} ${codec.map}`,
        ...(keys ? [`a=rtpmap:${EVENTS.payloadType} ${EVENTS.map}`] : []),
        'a=ptime:20',
        `a=${direction}`,
        ...(secure
          ? [
              `a=crypto:${cryptoTag} ${SUITE} inline:${Buffer.concat([key.masterKey, key.masterSalt]).toString('base64')}${mki ? '|2^31|1:4' : ''}`,
            ]
          : []),
        '',
      ].join('\r\n'),
    );

  const line = {
    port,
    ssrc,
    /** Everything heard, opened, in order of arrival. */
    heard: heard as readonly Heard[],
    /** Each packet of a key that the other side presses. */
    onKey: (_key: string): void => {},
    /** Each packet heard, opened. */
    onPacket: (_packet: Buffer): void => {},
    /** Where the box takes this phone's audio; null before its SDP came. */
    get remote() {
      return remote;
    },
    /** The newest packet as it went over the wire. */
    get lastSent() {
      return lastSent;
    },
    /** Our offer. */
    offer: (direction = 'sendrecv') => describe(direction),
    /** Takes the box's offer and answers it. */
    answer(offer: Buffer, direction = 'sendrecv'): Buffer {
      line.take(offer);
      const tag = new RegExp(`^a=crypto:(\\d+) ${SUITE}`, 'm').exec(offer.toString())?.[1];
      return describe(direction, Number(tag ?? 1));
    },
    /** Takes what the box said about its side. */
    take(sdp: Buffer): void {
      const text = sdp.toString();
      remote = remoteOf(text);
      const theirs = secure ? remoteKey(text) : null;
      if (secure && theirs === null) throw new Error('the box offers no key');
      // A key that stays keeps its context (RFC 3711 3.3.1); another one begins a new one.
      const known = theirs && openedBy?.masterKey.equals(theirs.masterKey);
      if (theirs && !known) opener = new SrtpOpener(theirs);
      openedBy = theirs;
      marksTheirs = theirs !== null && /^a=crypto:.*\|1:4$/m.test(text);
      if (theirs && !sealer) sealer = new SrtpSealer(key);
    },
    /** Sends somebody else's packet on, as its speaker numbered it. */
    pass(packet: Buffer): void {
      const copy = Buffer.from(packet);
      // The sealer's memory is used again for the next packet.
      line.sendRaw(sealer === null ? copy : Buffer.from(sealer.sealRtp(copy)));
    },
    /** Packets of its voice that the network loses, by their number. */
    loses: (_sequence: number): boolean => false,
    /** Sends one packet now; returns when, by `performance.now()`. */
    say(payload: Buffer): number {
      const packet = rtpPacket(ssrc, sequence, payload, codec);
      const lost = line.loses(sequence);
      packet.writeUInt32BE(timeOf(sequence++), 4);
      const sealed = sealer === null ? packet : sealer.sealRtp(packet);
      lastSent = Buffer.from(mki ? marked(sealed) : sealed);
      if (remote && !lost) socket.send(lastSent, remote.port, remote.address);
      return performance.now();
    },
    /** Presses a key: one event of 160 ms, whose end is said three times. */
    press(key: string): void {
      const began = timeOf(sequence);
      for (const [duration, end] of [
        [160, 0],
        [640, 0],
        [1280, 0x80],
        [1280, 0x80],
        [1280, 0x80],
      ] as const) {
        const event = Buffer.from([KEYS.indexOf(key), end | 10, duration >> 8, duration & 0xff]);
        const packet = rtpPacket(ssrc, sequence++, event, EVENTS);
        packet.writeUInt32BE(began, 4);
        line.pass(packet);
        events++;
      }
    },
    /** Speaks on, a packet each 20 ms, until `hush`: what `next` gives for packet number n. */
    speak(next: (n: number) => Buffer = () => A_LAW_SILENCE): void {
      line.hush();
      const start = performance.now();
      let said = 0;
      speaking = setInterval(() => {
        while (said * PACKET_MS <= performance.now() - start) line.say(next(said++));
      }, PACKET_MS / 2);
    },
    hush(): void {
      if (speaking) clearInterval(speaking);
      speaking = null;
    },
    /** Sends bytes as they are, from this phone's own port. */
    sendRaw(bytes: Buffer): void {
      if (remote) socket.send(bytes, remote.port, remote.address);
    },
    /** Waits until what has been heard satisfies `condition`; a quarter of a minute at most. */
    async until(condition: (heard: readonly Heard[]) => boolean): Promise<void> {
      const patience = AbortSignal.timeout(15_000);
      while (!condition(heard)) {
        await new Promise<void>((resolve, reject) => {
          wake = resolve;
          patience.addEventListener('abort', () => reject(new Error('this was never heard')), { once: true });
        });
      }
    },
    close(): void {
      line.hush();
      socket.close();
    },
  };
  return line;
}
