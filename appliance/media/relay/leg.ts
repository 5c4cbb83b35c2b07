/** One party of a call: where it is, its keys and payload types, and the way of its packets in and out. */
import { isIP, isIPv6, SocketAddress } from 'node:net';
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Counters } from '@belkluis/shared/base/counters';
import type { PayloadMap } from '../codec.ts';
import type { DtlsFailure, LegGeneration, LegStats, LegStreams } from '../door.ts';
import type { Identity } from '../dtls/certificate.ts';
import { MAX_DATAGRAM } from '../dtls/limits.ts';
import { admits, destination, type Latch, latchTo, openLatch, type Source, sameSource } from '../latch.ts';
import { Quality } from '../quality/quality.ts';
import { readRtcp } from '../rtcp.ts';
import { isDtls, isRtcp, type RtpHeader, readRtp } from '../rtp.ts';
import { KeyListener, type OnKey } from './key-listener.ts';
import type { Component } from './leg-dtls.ts';
import { LegSecurity } from './leg-security.ts';
import { MAX_UDPTL } from './limits.ts';
import { PlainGuard } from './plain-guard.ts';
import { Player, type PlayerLine } from './player.ts';
import { type Route, type Routes, routesBetween } from './routes.ts';
import { HELD_BACK } from './sequence.ts';
import { Silence, type SilenceParts } from './silence.ts';
import type { PacketSocket } from './socket.ts';
import type { Tap } from './tap.ts';

/** What a leg lives in. */
export interface LegSurroundings extends SilenceParts {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly counters: Counters;
  /** What this leg shows in a DTLS handshake. */
  readonly identity: Identity;
  readonly onDtmf: OnKey;
  readonly onUnkeyed: (why: DtlsFailure) => void;
}

/** Why a packet went no further. */
type Dropped =
  | 'media.unlatched'
  | 'media.unkeyed'
  | 'media.stranger'
  | 'media.malformed'
  | 'media.unknown_payload'
  | 'media.on_hold'
  | 'media.too_many_sources'
  | 'media.out_of_order';

/** Nothing has gone through. */
export const SILENT: LegStreams = { heard: null, sent: null };

/** Before the first `configure` nothing is sent, and no packet has a payload type that we know. */
const unconfigured: LegGeneration = {
  remote: null,
  receive: [],
  send: [],
  maySend: true,
  mayReceive: true,
  keys: null,
};

/** The address as packets will show it; null: nowhere. Names are never looked up: SDP of the phones we serve carries addresses. */
function signalled(address: string, port: number): Source | null {
  if (port === 0 || isIP(address) === 0 || address === '0.0.0.0') return null;
  if (!isIPv6(address)) return { address, port };
  const canonical = new SocketAddress({ address, family: 'ipv6', port }).address;
  return canonical === '::' ? null : { address: canonical, port };
}

const isNowhere = (address: string): boolean =>
  address === '0.0.0.0' || (isIPv6(address) && signalled(address, 1) === null);

export class Leg implements PlayerLine {
  readonly player: Player;
  /** The leg that hears this one. */
  partner: Leg | null = null;
  /** Which side of a recording this leg is; null: not part of it. */
  side: 0 | 1 | null = null;
  tap: Tap | null = null;
  /** Somebody wants to know of tones that are pressed, also while nothing is recorded. */
  listensForTones = false;
  /** Keys that it presses reach its partner. */
  relaysDigits = true;
  readonly #around: LegSurroundings;
  readonly #security: LegSecurity;
  /** Asked where there is no SRTP to ask. */
  readonly #plain = new PlainGuard();
  readonly #keys: KeyListener;
  #rtp: PacketSocket | null = null;
  #rtcp: PacketSocket | null = null;
  #generation = unconfigured;
  #routes: Routes = [];
  #rtpLatch: Latch = openLatch(null);
  #rtcpLatch: Latch = openLatch(null);
  #connected = false;
  /** The peer sends RTCP to the RTP port (RFC 5761). */
  #muxed = false;
  #heardSsrc = -1;
  #heardTimestamp = 0;
  #sentSsrc = -1;
  /** Of what was relayed, not of our own prompts. */
  #relayedSsrc = -1;
  #relayedTimestamp = 0;
  readonly #silence: Silence;
  readonly #quality: Quality;
  /** A hello that overtook the answer which it belongs to: the phone would repeat it only after a second. */
  #early: { readonly packet: Buffer; readonly from: Source } | null = null;
  /** Monotonic milliseconds; counts while a fax is sent. */
  #faxSince = 0;
  readonly #stats = { packetsReceived: 0, octetsReceived: 0, packetsSent: 0, octetsSent: 0, sources: 0, malformed: 0 };

  constructor(around: LegSurroundings) {
    this.#around = around;
    const now = around.clock.monotonic();
    this.#silence = new Silence(around, now);
    this.#quality = new Quality(around.counters, now);
    this.#keys = new KeyListener(around.onDtmf);
    this.player = new Player(this, around.chance);
    this.#security = new LegSecurity({
      ...around,
      send: (component, datagram, to) => (component === 'rtp' ? this.#rtp : this.#rtcp)?.send(datagram, to),
      onProved: (component, from) => this.#proved(component, from),
    });
  }

  opened(rtp: PacketSocket, rtcp: PacketSocket): void {
    this.#rtp = rtp;
    this.#rtcp = rtcp;
  }

  configure(generation: LegGeneration): void {
    const { remote } = generation;
    const rtp = remote && signalled(remote.address, remote.rtp);
    const rtcp = remote && signalled(remote.address, remote.rtcp);
    const now = this.#around.clock.monotonic();
    this.#security.agree(generation, { rtp, rtcp }, now);
    if (this.#early !== null) this.#security.receive('rtp', this.#early.packet, this.#early.from, now);
    this.#early = null;
    this.#plain.renew([...(rtp ? [rtp.address] : []), ...(generation.heardFrom ?? [])]);
    if (generation.fax !== this.#generation.fax) this.markFax(now);
    this.#generation = generation;
    this.#rtpLatch = openLatch(rtp, this.#rtpLatch);
    this.#rtcpLatch = openLatch(rtcp, this.#rtcpLatch);
    this.#muxed = remote !== null && remote.rtp === remote.rtcp;
    this.#silence.renew(now);
    if (this.#connected) this.#rtp?.connect(null);
    this.#connected = false;
    this.player.renegotiated();
    this.route();
    this.partner?.route();
  }

  /** The peer has proved who it is, and where. */
  #proved(component: Component, from: Source): void {
    const now = this.#around.clock.monotonic();
    if (component === 'rtcp') this.#rtcpLatch = latchTo(this.#rtcpLatch, from, now);
    else {
      this.#silence.renew(now);
      this.#rtpLatch = latchTo(this.#rtpLatch, from, now);
    }
  }

  /** Works out again what becomes of this leg's payload types: after a change here or at its partner. */
  route(): void {
    this.#routes = routesBetween(this.#generation.receive, this.partner?.wanted ?? []);
  }

  get wanted(): readonly PayloadMap[] {
    return this.#generation.send;
  }

  /** Its description does not let both hear each other (RFC 3264 8.4; 0.0.0.0: RFC 2543). Before the first one and during a fax it is not on hold. */
  get onHold(): boolean {
    const { remote, maySend, mayReceive, fax } = this.#generation;
    if (this.#generation === unconfigured || fax === true) return false;
    return !maySend || !mayReceive || remote === null || isNowhere(remote.address) || remote.rtp === 0;
  }

  way(): 'nowhere' | 'hold' | 'unheard' | 'open' {
    const { maySend, fax } = this.#generation;
    if (!maySend || this.#security.rtp === null || fax) return 'hold';
    if (destination(this.#rtpLatch) === null) return 'nowhere';
    return this.#rtpLatch.source === null && this.#rtpLatch.before === null ? 'unheard' : 'open';
  }

  /** One way from here to the other party, ms. */
  get #beyondMs(): number {
    return this.partner === null ? 0 : this.partner.#quality.delayMs;
  }

  /** A packet at the RTP port. */
  receiveRtp(packet: Buffer, from: Source): void {
    const now = this.#around.clock.monotonic();
    if (this.#generation.fax === true) this.#count(this.#takeFax(packet, from, now));
    else if (this.#security.doesDtls && isDtls(packet)) this.#security.receive('rtp', packet, from, now);
    else if (this.#generation === unconfigured && isDtls(packet)) this.#keepHello(packet, from);
    else this.#count(isRtcp(packet) ? this.#takeRtcp(packet, from, now, true) : this.#takeRtp(packet, from, now));
  }

  #keepHello(packet: Buffer, from: Source): void {
    if (packet.length <= MAX_DATAGRAM) this.#early = { packet: Buffer.from(packet), from };
  }

  /** A packet at the RTCP port. */
  receiveRtcp(packet: Buffer, from: Source): void {
    const now = this.#around.clock.monotonic();
    if (this.#security.doesDtls && isDtls(packet)) this.#security.receive('rtcp', packet, from, now);
    else this.#count(this.#takeRtcp(packet, from, now, false));
  }

  /** A packet of our own player. */
  sendRtp(packet: Buffer): void {
    this.#count(this.#send(packet, packet.readUInt32BE(8), packet.readUInt16BE(2)));
  }

  /** Nothing but a count changes before the packet has proved genuine. */
  #takeRtp(packet: Buffer, from: Source, now: number): Dropped | null {
    if (!admits(this.#rtpLatch, from, now)) return 'media.unlatched';
    const keys = this.#security.rtp;
    if (keys === null) return 'media.unkeyed';
    const { opener } = keys;
    if (opener === null && !this.#plain.comesFrom(from.address)) return 'media.stranger';
    const opened = opener === null ? packet : opener.openRtp(packet);
    // The opener counts what it refuses.
    if (opened === null) return null;
    const header = readRtp(opened);
    if (header === null) return this.#malformed();
    const route = this.#routes[header.payloadType];
    // Without a signature, a payload type that the peer announced is all that a packet has to show.
    const moves = !sameSource(this.#rtpLatch.source, from);
    if (opener === null) {
      if (route === undefined) return 'media.unknown_payload';
      const asDescribed = moves && sameSource(this.#rtpLatch.signalled, from);
      if (!this.#plain.takes(header.ssrc, now, asDescribed)) return 'media.stranger';
    }
    if (moves) this.#rtpLatch = latchTo(this.#rtpLatch, from, now);
    this.#signOfLife(packet, now);
    if (route === undefined) return 'media.unknown_payload';
    if (!this.#generation.mayReceive) return 'media.on_hold';
    if (header.ssrc !== this.#heardSsrc) {
      this.#heardSsrc = header.ssrc;
      this.#stats.sources++;
    }
    this.#heardTimestamp = header.timestamp;
    const { ssrc, sequence, timestamp } = header;
    const { name, clockRate } = route.codec;
    this.#quality.heard(ssrc, sequence, timestamp, clockRate, name !== 'telephone-event', now);
    this.#use(opened, header, route, now);
    if (this.partner === null || (!this.relaysDigits && name === 'telephone-event')) return null;
    return route.to < 0 ? 'media.unknown_payload' : this.partner.#relayRtp(opened, header, route.to);
  }

  /** A fax begins or ends, or the recording does: it says why it was silent. */
  markFax(now: number): void {
    if (this.#generation.fax === true && this.side !== null) this.tap?.fax(this.side, this.#faxSince, now);
    this.#faxSince = now;
  }

  /** A datagram of UDPTL: it cannot prove anything, and only the other machine understands it. */
  #takeFax(packet: Buffer, from: Source, now: number): Dropped | null {
    if (!admits(this.#rtpLatch, from, now)) return 'media.unlatched';
    if (!this.#plain.comesFrom(from.address)) return 'media.stranger';
    if (packet.length > MAX_UDPTL) return this.#malformed();
    if (!sameSource(this.#rtpLatch.source, from)) this.#rtpLatch = latchTo(this.#rtpLatch, from, now);
    this.#signOfLife(packet, now);
    if (this.partner !== null) this.partner.#relayFax(packet);
    return null;
  }

  #relayFax(packet: Buffer): void {
    const to = destination(this.#rtpLatch);
    if (to === null || this.#generation.fax !== true) return;
    this.#stats.packetsSent++;
    this.#stats.octetsSent += packet.length;
    this.#rtp?.send(packet, to);
  }

  #use(packet: Buffer, header: RtpHeader, route: Route, now: number): void {
    const { side } = this;
    const tap = side === null ? null : this.tap;
    const { codec } = route;
    const { name } = codec;
    const payload = packet.subarray(header.payloadOffset, header.payloadEnd);
    if (name === 'telephone-event') {
      this.#keys.event(header, payload, codec.clockRate, now);
      tap?.event(side!, now);
      return;
    }
    if (tap === null && !this.listensForTones) {
      this.#keys.rest();
      return;
    }
    const { lengthMs, toneMs } = this.#keys.sound(codec, payload, now);
    if (tap === null) return;
    const { ssrc, sequence, timestamp, marker } = header;
    tap.frame(
      { side: side!, codec: name, arrivedUs: now * 1000, ssrc, sequence, timestamp, marker, payload },
      lengthMs,
      now,
    );
    if (toneMs !== null) tap.tone(side!, toneMs, now);
  }

  #relayRtp(packet: Buffer, header: RtpHeader, payloadType: number): Dropped | null {
    if (!this.#generation.maySend) return null;
    if (this.player.active) {
      this.#quality.covered(this.#around.clock.monotonic());
      return null;
    }
    packet[1] = (packet[1]! & 0x80) | payloadType;
    this.#relayedSsrc = header.ssrc;
    this.#relayedTimestamp = header.timestamp;
    return this.#send(packet, header.ssrc, header.sequence);
  }

  #send(packet: Buffer, ssrc: number, sequence: number): Dropped | null {
    const to = destination(this.#rtpLatch);
    if (to === null || this.#generation.fax === true) return null;
    const keys = this.#security.rtp;
    if (keys === null) return 'media.unkeyed';
    const { outgoing } = keys;
    const guard = outgoing.guard(ssrc);
    if (guard === null) return 'media.too_many_sources';
    const out = guard.next(sequence);
    if (out === HELD_BACK) return 'media.out_of_order';
    if (out !== sequence) packet.writeUInt16BE(out, 2);
    if (ssrc !== this.#sentSsrc) {
      this.#sentSsrc = ssrc;
      packet[1] = packet[1]! | 0x80;
    }
    const sealed = outgoing.sealer === null ? packet : outgoing.sealer.sealRtp(packet);
    this.#stats.packetsSent++;
    this.#stats.octetsSent += sealed.length;
    this.#rtp?.send(sealed, to);
    return null;
  }

  #takeRtcp(packet: Buffer, from: Source, now: number, atRtpPort: boolean): Dropped | null {
    if (this.#generation.fax === true) return 'media.on_hold';
    if (!admits(atRtpPort ? this.#rtpLatch : this.#rtcpLatch, from, now)) return 'media.unlatched';
    const keys = atRtpPort ? this.#security.rtp : this.#security.rtcp;
    if (keys === null) return 'media.unkeyed';
    const { opener } = keys;
    if (opener === null && !this.#plain.comesFrom(from.address)) return 'media.stranger';
    const opened = opener === null ? packet : opener.openRtcp(packet);
    if (opened === null) return null;
    const packets = readRtcp(opened);
    if (packets === null) return this.#malformed();
    if (atRtpPort) this.#muxed = true;
    else this.#rtcpLatch = latchTo(this.#rtcpLatch, from, now);
    this.#signOfLife(packet, now);
    this.#quality.reported(packets, this.#relayedSsrc, this.#beyondMs, now);
    if (this.partner !== null) {
      this.partner.#quality.told(packets, now);
      this.partner.#relayRtcp(opened);
    }
    return null;
  }

  #relayRtcp(packet: Buffer): void {
    const to = destination(this.#muxed ? this.#rtpLatch : this.#rtcpLatch);
    const keys = this.#muxed ? this.#security.rtp : this.#security.rtcp;
    if (to === null || keys === null || this.#generation.fax === true) return;
    const { sealer } = keys.outgoing;
    const sealed = sealer === null ? packet : sealer.sealRtcp(packet);
    (this.#muxed ? this.#rtp : this.#rtcp)?.send(sealed, to);
  }

  #signOfLife(packet: Buffer, now: number): void {
    this.#silence.heard(now);
    this.#stats.packetsReceived++;
    this.#stats.octetsReceived += packet.length;
  }

  /** What is due now and then: the socket is connected when its latch has closed, lost ends of digits and silence are told. */
  sweep(nowMs: number): void {
    this.#security.tick(nowMs);
    this.#keys.sweep(nowMs);
    this.#quality.sweep(this.#beyondMs, nowMs);
    const { source, openUntil } = this.#rtpLatch;
    if (!this.#connected && source !== null && nowMs >= openUntil) {
      this.#rtp?.connect(source);
      this.#connected = true;
    }
    if (this.#generation !== unconfigured && this.#generation.mayReceive) this.#silence.sweep(nowMs);
  }

  close(): void {
    this.player.stop();
    this.#keys.rest();
    this.partner = null;
    this.tap = null;
    this.#rtp?.close();
    this.#rtcp?.close();
  }

  streams(): LegStreams {
    const point = (ssrc: number, timestamp: number) => (ssrc < 0 ? null : { ssrc, timestamp });
    return {
      heard: point(this.#heardSsrc, this.#heardTimestamp),
      sent: point(this.#relayedSsrc, this.#relayedTimestamp),
    };
  }

  stats(): LegStats {
    const { malformed, ...stats } = this.#stats;
    const refused = this.#security.refused();
    return { ...stats, refused: malformed + refused.auth + refused.replay + refused.malformed + refused.sources };
  }

  /** What the SRTP openers refused, for the counters. */
  refused(): ReturnType<LegSecurity['refused']> {
    return this.#security.refused();
  }

  #malformed(): Dropped {
    this.#stats.malformed++;
    return 'media.malformed';
  }

  #count(dropped: Dropped | null): void {
    if (dropped !== null) this.#around.counters.add(dropped);
  }
}
