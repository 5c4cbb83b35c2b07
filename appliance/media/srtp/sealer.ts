/** Seals outgoing RTP and RTCP under one master key (RFC 3711 3.3, 3.4). */
import { MAX_RTP_PACKET, MAX_SSRCS } from '../limits.ts';
import { problem } from '../problems.ts';
import { rtpHeaderLength } from '../rtp.ts';
import type { SrtpKey } from './key.ts';
import { guessRoc, indexOf, MAX_ROC } from './packet-index.ts';
import { ReplayWindow } from './replay-window.ts';
import { RTCP_HEADER, type Transform } from './transform.ts';
import { transformFor } from './transform-for.ts';

/** SRTCP indexes have 31 bits (RFC 3711 3.4). */
const MAX_RTCP_INDEX = 0x7fff_ffff;

export class SrtpSealer {
  readonly #rtp: Transform;
  readonly #rtcp: Transform;
  readonly #sent = new Map<number, ReplayWindow>();
  #lastSsrc = -1;
  #last: ReplayWindow | null = null;
  /** One count for all sources: each sees it grow, and no two packets share an index. */
  #rtcpIndex = 0;

  /** @throws Problem `srtp_key_malformed`. */
  constructor(key: SrtpKey) {
    this.#rtp = transformFor(key, 'rtp');
    this.#rtcp = transformFor(key, 'rtcp');
  }

  /**
   * The sealed packet, valid until the next call on this object. Sequence numbers may come in any order that a network makes
   * of a stream, but never the same one twice: two packets under one keystream would lay both bare (RFC 3711 9.1).
   *
   * @throws Problem `srtp_index_spent`, `srtp_too_many_sources`, `packet_too_large` (also when it is no RTP packet).
   */
  sealRtp(packet: Buffer): Buffer {
    const headerLength = rtpHeaderLength(packet);
    if (headerLength < 0) throw problem('packet_too_large', `RTP, ${packet.length} bytes`);
    const sent = this.#sentBy(packet.readUInt32BE(8));
    const sequence = packet.readUInt16BE(2);
    const roc = sent.highest < 0 ? 0 : guessRoc(sent.highest, sequence);
    const index = indexOf(roc, sequence);
    if (roc < 0 || roc > MAX_ROC || !sent.isFresh(index)) throw problem('srtp_index_spent');
    const sealed = this.#rtp.sealRtp(packet, headerLength, roc);
    sent.use(index);
    return sealed;
  }

  /**
   * The sealed compound packet, valid until the next call on this object.
   *
   * @throws Problem `srtp_index_spent`, `packet_too_large` (also when it is no RTCP packet).
   */
  sealRtcp(packet: Buffer): Buffer {
    if (packet.length < RTCP_HEADER || packet.length > MAX_RTP_PACKET)
      throw problem('packet_too_large', `RTCP, ${packet.length} bytes`);
    if (this.#rtcpIndex > MAX_RTCP_INDEX) throw problem('srtp_index_spent');
    return this.#rtcp.sealRtcp(packet, this.#rtcpIndex++);
  }

  #sentBy(ssrc: number): ReplayWindow {
    if (ssrc === this.#lastSsrc) return this.#last!;
    let sent = this.#sent.get(ssrc);
    if (sent === undefined) {
      if (this.#sent.size >= MAX_SSRCS) throw problem('srtp_too_many_sources');
      sent = new ReplayWindow();
      this.#sent.set(ssrc, sent);
    }
    this.#lastSsrc = ssrc;
    this.#last = sent;
    return sent;
  }
}
