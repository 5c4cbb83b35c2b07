/** Opens incoming SRTP and SRTCP under one master key. Nothing but a count changes before a packet has proved genuine. */
import { type Clock, systemClock } from '@belkluis/shared/base/clock';
import { MAX_RTP_PACKET, MAX_SSRCS, RESTART_WINDOW_MS, RESYNC_AFTER_MS, RESYNC_INTERVAL_MS } from '../limits.ts';
import { rtpHeaderLength } from '../rtp.ts';
import type { SrtpKey } from './key.ts';
import { guessRoc, indexOf, MAX_ROC, rocOf } from './packet-index.ts';
import { ReplayWindow } from './replay-window.ts';
import { RTCP_HEADER, type Transform } from './transform.ts';
import { transformFor } from './transform-for.ts';

interface Source {
  readonly window: ReplayWindow;
  /** Highest ROC that was ever genuine. */
  peak: number;
  /** Monotonic milliseconds of the first refusal since the last genuine packet; null: there was none. */
  failingSince: number | null;
}

/** Shortest SRTCP packet of any suite, without the key's identifier: header, index, 80-bit tag. */
const MIN_SRTCP = RTCP_HEADER + 4 + 10;

export class SrtpOpener {
  /** Packets that were dropped. `sources`: genuine, but from one source more than MAX_SSRCS. */
  readonly refused = { auth: 0, replay: 0, malformed: 0, sources: 0 };
  readonly #rtp: Transform;
  readonly #rtcp: Transform;
  readonly #minRtcp: number;
  readonly #clock: Clock;
  readonly #sources = new Map<number, Source>();
  readonly #rtcpSources = new Map<number, ReplayWindow>();
  #lastSsrc = -1;
  #last: Source | undefined;
  #nextResyncAt = Number.NEGATIVE_INFINITY;
  #mayRestartUntil = Number.NEGATIVE_INFINITY;

  /** @throws Problem `srtp_key_malformed`. */
  constructor(key: SrtpKey, clock: Clock = systemClock) {
    this.#rtp = transformFor(key, 'rtp');
    this.#rtcp = transformFor(key, 'rtcp');
    this.#minRtcp = MIN_SRTCP + (key.mki?.length ?? 0);
    this.#clock = clock;
  }

  /** The RTP packet, valid until the next call on this object; the caller may write into it. Null: dropped. */
  openRtp(packet: Buffer): Buffer | null {
    const headerLength = rtpHeaderLength(packet);
    if (headerLength < 0 || packet.length < headerLength + this.#rtp.overhead) {
      this.refused.malformed++;
      return null;
    }
    const ssrc = packet.readUInt32BE(8);
    const sequence = packet.readUInt16BE(2);
    const source = ssrc === this.#lastSsrc ? this.#last : this.#sources.get(ssrc);
    const roc = source === undefined ? 0 : guessRoc(source.window.highest, sequence);
    const index = indexOf(roc, sequence);
    const fresh = source === undefined || source.window.isFresh(index);
    const opened = fresh ? this.#rtp.openRtp(packet, headerLength, roc) : null;
    if (opened !== null) return this.#accept(opened, ssrc, source, index);
    return this.#resync(packet, headerLength, source, roc) ?? this.#refuse(fresh ? 'auth' : 'replay');
  }

  /** The RTCP compound packet, valid until the next call on this object. Null: dropped. */
  openRtcp(packet: Buffer): Buffer | null {
    if (packet.length < this.#minRtcp || packet.length > MAX_RTP_PACKET) return this.#refuse('malformed');
    const ssrc = packet.readUInt32BE(4);
    const known = this.#rtcpSources.get(ssrc);
    const index = this.#rtcp.claimedIndex(packet);
    if (known !== undefined && !known.isFresh(index)) return this.#refuse('replay');
    const opened = this.#rtcp.openRtcp(packet);
    if (opened === null) return this.#refuse('auth');
    if (known === undefined && this.#rtcpSources.size >= MAX_SSRCS) return this.#refuse('sources');
    const window = known ?? new ReplayWindow();
    if (known === undefined) this.#rtcpSources.set(ssrc, window);
    window.use(index);
    return opened;
  }

  /**
   * A new offer and answer named this key again. Phones that resume a held call sometimes begin their rollover counter anew
   * under the old key: for RESTART_WINDOW_MS that is believed.
   */
  renegotiated(): void {
    this.#mayRestartUntil = this.#clock.monotonic() + RESTART_WINDOW_MS;
  }

  #accept(opened: Buffer, ssrc: number, known: Source | undefined, index: number): Buffer | null {
    let source = known;
    if (source === undefined) {
      // None is forgotten to make room: its old packets could be played to us again.
      if (this.#sources.size >= MAX_SSRCS) return this.#refuse('sources');
      source = { window: new ReplayWindow(), peak: 0, failingSince: null };
      this.#sources.set(ssrc, source);
    }
    this.#lastSsrc = ssrc;
    this.#last = source;
    source.window.use(index);
    source.failingSince = null;
    const roc = rocOf(index);
    if (roc > source.peak) source.peak = roc;
    return opened;
  }

  /**
   * Tries other rollover counters: sender and receiver disagree about it after a long hold, after losses across a wrap, or
   * when we join a stream midway, and without this the stream would stay silent. It is tried only for a source that has sent
   * nothing genuine for RESYNC_AFTER_MS (a healthy stream cannot be pushed) and every RESYNC_INTERVAL_MS (forged packets
   * cannot buy four signatures each). Forward is always safe: such indexes were never used. Backward is a replay to all
   * appearances, so only `renegotiated` allows it, and the packets that the peer sent under the lower counters before could
   * then be played again: the price of a peer that uses its keystream twice anyway.
   */
  #resync(packet: Buffer, headerLength: number, source: Source | undefined, tried: number): Buffer | null {
    const now = this.#clock.monotonic();
    if (source !== undefined) {
      source.failingSince ??= now;
      if (now - source.failingSince < RESYNC_AFTER_MS) return null;
    }
    if (now < this.#nextResyncAt) return null;
    this.#nextResyncAt = now + RESYNC_INTERVAL_MS;
    const sequence = packet.readUInt16BE(2);
    for (const roc of this.#otherRocs(source, tried)) {
      const index = indexOf(roc, sequence);
      const backward = source !== undefined && !source.window.isFresh(index);
      if (backward && now >= this.#mayRestartUntil) continue;
      const opened = this.#rtp.openRtp(packet, headerLength, roc);
      if (opened === null) continue;
      if (backward) source.window.reset();
      return this.#accept(opened, packet.readUInt32BE(8), source, index);
    }
    return null;
  }

  /** Where a sender's counter may be, the likeliest first; four at most. */
  #otherRocs(source: Source | undefined, tried: number): number[] {
    const likely = [];
    if (source !== undefined) {
      const roc = rocOf(source.window.highest);
      likely.push(roc + 1, roc, 0, source.peak);
    } else {
      // Some phones carry the counter over to a new source.
      let peak = 0;
      for (const other of this.#sources.values()) peak = Math.max(peak, other.peak);
      likely.push(peak, 1);
    }
    return [...new Set(likely)].filter((roc) => roc !== tried && roc <= MAX_ROC);
  }

  #refuse(why: keyof SrtpOpener['refused']): null {
    this.refused[why]++;
    return null;
  }
}
