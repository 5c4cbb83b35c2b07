/** One dialog with a source: its streams, what we say of them, and their legs in the media room. */
import type { Chance } from '@belkluis/shared/base/chance';
import { Problem } from '@belkluis/shared/base/problem';
import type { PayloadMap } from '../../media/codec.ts';
import type { MediaLeg } from '../../media/door.ts';
import { type Audio, audioAt } from '../../media/sdp/audio.ts';
import type { CryptoLine } from '../../media/sdp/crypto.ts';
import { type MediaSection, parseSdp, type SessionDescription, writeSdp } from '../../media/sdp/description.ts';
import { sends } from '../../media/sdp/direction.ts';
import { nextDescription } from '../../media/sdp/origin.ts';
import { commonPayloads, hasVoice } from '../../media/sdp/payloads.ts';
import { type CryptoSuite, keyName, newSrtpKey, offeredSuites, type SrtpKey } from '../../media/srtp/key.ts';
import { allCodecs } from '../party.ts';
import type { Labelled } from './placing.ts';
import {
  describe,
  legOf,
  type Offer,
  type OfferedStream,
  type OurStream,
  ourDirection,
  type Protection,
} from './streams.ts';
import type { Track } from './track.ts';

/** Where a stream is recorded. */
export interface Place {
  readonly track: Track;
  readonly leg: MediaLeg;
}

interface Stream extends Place {
  readonly index: number;
  /** What its source last offered; null: we asked for an offer that has not come, or the stream is off. */
  theirs: Audio | null;
  off: boolean;
  proto: string;
  codecs: readonly PayloadMap[];
  seals: readonly Pick<CryptoLine, 'tag' | 'key'>[];
  open: SrtpKey | null;
}

export interface SourceDialogOptions {
  readonly address: string;
  /** IP address that its signalling comes from: behind NAT its sound does too. */
  readonly signalsFrom: string;
  readonly chance: Chance;
}

export class SourceDialog {
  readonly #options: SourceDialogOptions;
  readonly #sessionId: string;
  readonly #streams = new Map<number, Stream>();
  readonly #keys = new Map<string, SrtpKey>();
  #sections: readonly MediaSection[] = [];
  #ours: SessionDescription | null = null;

  constructor(options: SourceDialogOptions) {
    this.#options = options;
    this.#sessionId = String(options.chance.bytes(6).readUIntBE(0, 6));
  }

  /** Those of an offer that have no place yet. */
  newIn(offer: Offer): readonly Labelled[] {
    return offer.streams.flatMap(({ audio: { index, label } }) => (this.#streams.has(index) ? [] : [{ index, label }]));
  }

  /** Takes an offer. Streams without a place stay switched off. */
  take({ description, streams }: Offer, places: ReadonlyMap<number, Place>): void {
    this.#sections = description.media;
    for (const stream of this.#streams.values()) stream.off = true;
    for (const offered of streams) {
      const { index } = offered.audio;
      const place = places.get(index) ?? this.#streams.get(index);
      if (place) this.#streams.set(index, { track: place.track, leg: place.leg, ...this.#taken(offered) });
    }
    this.configure();
  }

  /** What an offer silences falls silent at once; the rest of it waits for `take`. */
  quieten(offer: Offer): void {
    for (const stream of this.#streams.values()) {
      const offered = offer.streams.find(({ audio }) => audio.index === stream.index);
      if (!offered || !sends(offered.audio.direction)) this.#tell(stream, false);
    }
  }

  #taken({ audio, crypto }: OfferedStream) {
    return {
      index: audio.index,
      theirs: audio,
      off: false,
      proto: audio.proto,
      codecs: audio.payloads,
      seals: crypto ? [{ tag: crypto.tag, key: this.#keyOf(audio.index, crypto.key.suite, crypto.key.mki) }] : [],
      open: crypto?.key ?? null,
    };
  }

  /** The source leaves the offer to us: one stream, of all that we carry. */
  offerTo(place: Place, { plain, secure }: Protection): void {
    const keys = offeredSuites.map((suite, at) => ({ tag: at + 1, key: this.#keyOf(0, suite) }));
    const proto = plain ? 'RTP/AVP' : 'RTP/SAVP';
    const codecs = allCodecs;
    this.#sections = [{ media: 'audio', port: place.leg.rtpPort, proto, formats: [], lines: [] }];
    const ours = { index: 0, theirs: null, off: false, proto, codecs, seals: secure ? keys : [], open: null };
    this.#streams.set(0, { ...place, ...ours });
  }

  /** Takes the answer to our last description. False: nothing of it can be used. */
  takeAnswer(sdp: Uint8Array, { plain }: Protection): boolean {
    let description: SessionDescription;
    try {
      description = parseSdp(sdp);
    } catch (problem) {
      if (problem instanceof Problem) return false;
      throw problem;
    }
    const streams = [...this.#streams.values()].filter(({ off }) => !off);
    const answered = streams.filter((stream) => this.#answered(stream, audioAt(description, stream.index), plain));
    this.configure();
    return answered.length > 0;
  }

  #answered(stream: Stream, audio: Audio | null, plain: boolean): boolean {
    const codecs = audio ? commonPayloads(stream.codecs, audio.payloads) : [];
    const open = audio?.crypto.find(({ tag, key }) =>
      stream.seals.some((our) => our.tag === tag && our.key.suite === key.suite),
    );
    if (!audio || !hasVoice(codecs) || (!open && (audio.secure || audio.keyed || !plain))) {
      stream.off = true;
      return false;
    }
    // A direction that answers ours says nothing of what the source would offer.
    stream.theirs = { ...audio, direction: stream.theirs?.direction ?? audio.direction };
    stream.seals = stream.seals.filter(({ tag }) => tag === open?.tag);
    stream.open = open?.key ?? null;
    return true;
  }

  /** What we say now: the answer to its offer, or what stands, offered by us. */
  description(): Buffer {
    const { address } = this.#options;
    const streams = [...this.#streams.values()].flatMap((stream): OurStream[] => {
      const { index, theirs, off, proto, codecs, seals, leg, track } = stream;
      if (off) return [];
      const direction = ourDirection(theirs?.direction ?? 'sendonly', track.wanted);
      const [rtcpMux, label] = [theirs?.rtcpMux ?? false, theirs?.label ?? null];
      return [{ index, proto, port: leg.rtpPort, codecs, crypto: seals, rtcpMux, label, direction }];
    });
    const parts = { streams, sections: this.#sections, address, sessionId: this.#sessionId };
    this.#ours = nextDescription(this.#ours, (version) => describe({ ...parts, version }));
    return writeSdp(this.#ours);
  }

  /** Whether we would say something else than we last did. */
  get outdated(): boolean {
    const before = this.#ours;
    const now = this.description();
    const same = before !== null && writeSdp(before).equals(now);
    this.#ours = before;
    return !same;
  }

  /** Whether nothing is expected from it. */
  get quiet(): boolean {
    return [...this.#streams.values()].every(({ off, theirs, track }) => {
      if (off || !theirs) return true;
      return ourDirection(theirs.direction, track.wanted) === 'inactive';
    });
  }

  /** Tells the legs: after an offer, an answer, or another word of the policy. */
  configure(): void {
    for (const stream of this.#streams.values()) this.#tell(stream, stream.track.wanted && !stream.off);
  }

  #tell({ leg, theirs, codecs, seals, open }: Stream, wanted: boolean): void {
    if (!theirs) return;
    const [seal] = seals;
    const keys = open && seal ? { open, seal: seal.key } : null;
    leg.configure({ ...legOf(theirs, codecs, keys, wanted), heardFrom: [this.#options.signalsFrom] });
  }

  /** One key for each stream and suite: a key that stays keeps its packet counters (RFC 3711 3.3.1). */
  #keyOf(index: number, suite: CryptoSuite, mki?: Buffer): SrtpKey {
    const name = `${index} ${keyName(suite, mki)}`;
    const key = this.#keys.get(name) ?? newSrtpKey(suite, this.#options.chance, mki);
    this.#keys.set(name, key);
    return key;
  }
}
