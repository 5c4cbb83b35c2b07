/**
 * One side of a call as far as media goes: what it offered or answered, what we told it, and its leg in the media room. Belkluis never
 * transcodes, so what one party is offered comes from the other; only addresses and keys are ours on each side.
 */
import type { Chance } from '@belkluis/shared/base/chance';
import type { Codec, PayloadMap } from '../media/codec.ts';
import type { DtlsTerms, LegGeneration, MediaLeg } from '../media/door.ts';
import { describeAnswer, makeAnswer } from '../media/sdp/answer.ts';
import type { Audio } from '../media/sdp/audio.ts';
import { preferredCrypto } from '../media/sdp/crypto.ts';
import { type SessionDescription, writeSdp } from '../media/sdp/description.ts';
import { type Direction, receives, sends } from '../media/sdp/direction.ts';
import type { OurDtls } from '../media/sdp/dtls.ts';
import { type Fax, faxIn, makeFaxAnswer, makeFaxOffer, readFax } from '../media/sdp/fax.ts';
import { describeOffer, makeOffer, type OfferRefusal } from '../media/sdp/offer.ts';
import { nextDescription } from '../media/sdp/origin.ts';
import { commonPayloads, hasVoice, keepNumbers } from '../media/sdp/payloads.ts';
import { type CryptoSuite, keyName, newSrtpKey, offeredSuites, type SrtpKey } from '../media/srtp/key.ts';

export type { OfferRefusal } from '../media/sdp/offer.ts';

/** What a phone is offered when the caller left the offer to us: all that we carry, narrow band last. */
export const allCodecs: readonly PayloadMap[] = [
  { payloadType: 96, codec: { name: 'opus', clockRate: 48_000, channels: 2, fmtp: null } },
  { payloadType: 9, codec: { name: 'G722', clockRate: 8000, channels: 1, fmtp: null } },
  { payloadType: 8, codec: { name: 'PCMA', clockRate: 8000, channels: 1, fmtp: null } },
  { payloadType: 0, codec: { name: 'PCMU', clockRate: 8000, channels: 1, fmtp: null } },
  { payloadType: 101, codec: { name: 'telephone-event', clockRate: 8000, channels: 1, fmtp: '0-15' } },
];

/**
 * Where the keys of a party come from: named in the description (RFC 4568), by a DTLS handshake (RFC 5763), named but not demanded
 * (RFC 8643; for a device with an exception), or nowhere (likewise).
 */
export type Keying = 'sdes' | 'dtls' | 'optional' | 'plain';

/** How the author of a description would be keyed. */
const keyingOf = ({ crypto, dtls, secure }: Audio): Keying =>
  dtls ? 'dtls' : crypto.length === 0 ? 'plain' : secure ? 'sdes' : 'optional';

export interface PartyOptions {
  readonly media: MediaLeg;
  /** Address that goes into our descriptions. */
  readonly address: string;
  readonly chance: Chance;
  /** How its first offer from us is keyed; afterwards it is offered what it has shown to speak. */
  readonly keying: Keying;
  /** It has shown how it is keyed. */
  readonly onKeying?: (keying: Keying) => void;
  /** IP address that its signalling comes from: behind NAT its media does too. */
  readonly signalsFrom?: string;
  /** Take RTP without SRTP from it. */
  readonly mayBePlain: boolean;
  /** Its signalling is not encrypted: keys in its descriptions are no secrets. */
  readonly inClear?: boolean;
  /** Voice codecs that may be spoken with it, best first; absent: every one. What is not voice (DTMF, comfort noise) goes along. */
  readonly codecs?: readonly string[];
}

/** What a party last said about its side of the stream. */
type Said =
  | {
      readonly media: Audio;
      /** Codecs that both sides can use, with this party's numbers. */
      readonly codecs: readonly PayloadMap[];
      readonly fax?: never;
    }
  | { readonly fax: Fax };

/** An offer that can be taken: of sound, or of a fax in its place. */
type Offered =
  | { readonly description: SessionDescription; readonly media: Audio; readonly fax?: never; readonly refusal?: never }
  | { readonly description: SessionDescription; readonly fax: Fax; readonly refusal?: never };

const decimalId = (chance: Chance): string => String(chance.bytes(6).readUIntBE(0, 6));

/** Those of `payloads` that `allowed` names, in its order, and behind them what is not voice. */
function allowedOf(payloads: readonly PayloadMap[], allowed: readonly string[] | undefined): readonly PayloadMap[] {
  if (!allowed) return payloads;
  const wanted = allowed.map((name) => name.toLowerCase());
  const rank = ({ codec }: PayloadMap) => wanted.indexOf(codec.name.toLowerCase());
  const voice = payloads.filter((payload) => rank(payload) >= 0).sort((a, b) => rank(a) - rank(b));
  return [...voice, ...payloads.filter((payload) => !hasVoice([payload]))];
}

/** Reads an offer; one without SRTP, as every fax is, is refused unless its phone has an exception. */
export function readOffer(
  sdp: Buffer,
  { mayBePlain, inClear }: Pick<PartyOptions, 'mayBePlain' | 'inClear'>,
): Offered | { readonly refusal: OfferRefusal } {
  const described: Offered | { readonly refusal: OfferRefusal } = readFax(sdp) ?? describeOffer(sdp, inClear);
  if (described.refusal || mayBePlain) return described;
  if ('media' in described && keyingOf(described.media) !== 'plain') return described;
  return { refusal: SRTP_REQUIRED };
}

const SRTP_REQUIRED: OfferRefusal = {
  status: 488,
  reason: 'SRTP Required',
  advice: 'Turn SRTP on at this phone: RTP is not taken without',
};

/** What of an offer or answer concerns the other side too: a new address or key alone concerns nobody else. */
const termsIn = (said: Pick<Extract<Said, { media: Audio }>, 'media'> | { readonly fax: Fax }): string =>
  'media' in said
    ? [said.media.direction, ...said.media.payloads.map(({ codec }) => codec.name)].join(' ')
    : ['fax', ...said.fax.attributes].join(' ');

export class Party {
  readonly #options: PartyOptions;
  readonly #sessionId: string;
  #media: MediaLeg;
  #keys = new Map<string, SrtpKey>();
  readonly #numbers = new Map<number, Codec>();
  /** The suite that both use: offered alone from then on, for phones let their key stand and take another suite for a new one. */
  #suite: CryptoSuite | null = null;
  /** An offer of its that has not been answered. */
  #offer: Offered | null = null;
  /** Our last description to it, what stood before an offer of ours, and its last word to us. */
  #ours: SessionDescription | null = null;
  #stood: SessionDescription | null = null;
  #said: Said | null = null;
  #keying: Keying;
  #otherwise = false;
  /** The DTLS association that stands. */
  #dtls: DtlsTerms | null = null;

  constructor(options: PartyOptions) {
    this.#options = options;
    this.#media = options.media;
    this.#keying = options.keying;
    this.#sessionId = decimalId(options.chance);
  }

  get media(): MediaLeg {
    return this.#media;
  }

  /**
   * Speaks through another leg, from its next description on. Under new keys: the new leg does not know what the old one sealed. Calling
   * what it returns goes back.
   */
  move(media: MediaLeg): () => void {
    const before = { media: this.#media, keys: this.#keys, dtls: this.#dtls };
    this.#media = media;
    this.#keys = new Map();
    this.#dtls = null;
    return () => {
      this.#media = before.media;
      this.#keys = before.keys;
      this.#dtls = before.dtls;
    };
  }

  /** Address of ours that it is spoken to from. */
  get address(): string {
    return this.#options.address;
  }

  /** Whether it has answered an offer of ours. */
  get hasAnswer(): boolean {
    return this.#said !== null;
  }

  /** Takes an offer in, unanswered. Returns why it cannot be taken; then nothing has changed. */
  takeOffer(sdp: Buffer): OfferRefusal | null {
    const described = readOffer(sdp, this.#options);
    if (described.refusal) return described.refusal;
    this.#offer = described;
    if ('media' in described) this.#options.onKeying?.(keyingOf(described.media));
    return null;
  }

  /** Its offer will not be answered: what was agreed before goes on. */
  dropOffer(): void {
    this.#offer = null;
  }

  /** Our last offer was refused: what stood before it does. */
  withdrawOffer(): void {
    this.#ours = this.#stood;
  }

  /** Whether its unanswered offer changes who may speak, in which codecs, or whether a fax is sent. */
  get changesTerms(): boolean {
    return !this.#offer || !this.#said || termsIn(this.#offer) !== termsIn(this.#said);
  }

  /**
   * An offer to this party of what `other` offers, or can do as far as it has said; of all that we carry when it said nothing. Null: it
   * may not be offered that, for a fax cannot be encrypted.
   */
  offerFrom(other: Party): Buffer | null {
    const offer = other.#offer;
    if (offer?.fax) return this.#options.mayBePlain ? this.#offerFax(offer.fax) : null;
    const offered = offer?.media;
    const said = other.#said?.fax ? null : other.#said;
    const payloads = offered?.payloads ?? said?.media.payloads ?? allCodecs;
    return this.#offerOf(payloads, offered?.direction ?? 'sendrecv', offered?.ptime ?? null);
  }

  /** An offer of what `other` has agreed to, both ways, for the two to talk from now on. Null: that is what stands already. */
  offerAgreedWith(other: Party): Buffer | null {
    const before = this.#ours;
    const said = other.#said?.fax ? null : other.#said;
    const offer = this.#offerOf(said?.codecs ?? allCodecs, 'sendrecv', null);
    return this.#ours === before ? null : offer;
  }

  /** Whether to offer anew what was refused, keyed in the other of the two secure ways; in the clear there is but one. True once. */
  offerOtherwise(): boolean {
    if (this.#said || this.#otherwise || (this.#keying !== 'sdes' && this.#keying !== 'dtls')) return false;
    this.#otherwise = true;
    const { inClear, mayBePlain } = this.#options;
    if (inClear && !mayBePlain) return false;
    this.#keying = this.#keying === 'sdes' ? 'dtls' : inClear ? 'plain' : 'sdes';
    return true;
  }

  /** What stands, offered again: for a party that asks for our offer in the middle of a call. */
  offerAgain(): Buffer {
    if (this.#said?.fax) return writeSdp(this.#ours!);
    return this.#offerOf(this.#said?.codecs ?? allCodecs, 'sendrecv', null);
  }

  /** Takes its answer to our last offer. False: it is of no use, and nothing has changed. */
  takeAnswer(sdp: Buffer): boolean {
    if (!this.#ours) return false;
    if (faxIn(this.#ours)) return this.#takeFaxAnswer(sdp);
    const answered = describeAnswer(this.#ours, sdp);
    if (typeof answered === 'string') return false;
    const { media, keys, dtls } = answered;
    if (!keys && !dtls && !this.#options.mayBePlain) return false;
    const offered = describeOffer(writeSdp(this.#ours));
    const receive = offered.refusal ? media.payloads : commonPayloads(offered.media.payloads, media.payloads);
    this.#said = { media, codecs: receive };
    this.#dtls = dtls;
    this.#keying = keyingOf(media);
    this.#options.onKeying?.(this.#keying);
    this.#configure(media, receive, media.payloads, keys, receives(media.direction), sends(media.direction));
    return true;
  }

  /**
   * Answers its offer with what `other` agreed to; when it made none, this is our offer and its answer comes in the ACK. Null: they have
   * nothing in common. An `early` answer, in a provisional response, may be followed by another one to the same offer.
   */
  answerFor(other: Party, when: 'early' | 'final' = 'final'): Buffer | null {
    const agreed = other.#said;
    if (!agreed) return null;
    if (agreed.fax || this.#offer?.fax) return this.#answerFax(agreed.fax);
    if (!this.#offer) return this.#offerOf(agreed.media.payloads, agreed.media.direction, null);
    const offer = this.#offer;
    const answer = this.#answer(agreed.media.payloads, agreed.media.direction);
    if (when === 'early') this.#offer = offer;
    return answer;
  }

  /** Answers its offer out of what `other`, who made one as well, offers: the two called the box and are put together. */
  answerToOfferOf(other: Party): Buffer | null {
    const offered = other.#offer?.fax ? null : other.#offer?.media;
    return offered ? this.#answer(offered.payloads, offered.direction) : null;
  }

  /**
   * Answers its offer out of all that we carry, before there is another party: for what the box itself says to it. `early`: as in `answerFor`.
   * Null: it made none, or one of a fax.
   */
  answerAlone(when: 'early' | 'final'): Buffer | null {
    const offer = this.#offer;
    const answer = this.#answer(allCodecs, 'sendrecv');
    if (when === 'early') this.#offer = offer;
    return answer;
  }

  /** Answers an offer that changes nothing but addresses and keys, without asking the other party. */
  answerAgain(): Buffer | null {
    if (this.#said?.fax) return this.#answerFax(this.#said.fax);
    return this.#said && this.#answer(this.#said.codecs, 'sendrecv');
  }

  #answer(taken: readonly PayloadMap[], wish: Direction): Buffer | null {
    if (!this.#offer || this.#offer.fax) return null;
    const { description, media } = this.#offer;
    const codecs = commonPayloads(allowedOf(media.payloads, this.#options.codecs), taken);
    if (!hasVoice(codecs)) return null;
    const line = preferredCrypto(media.crypto);
    const dtls = this.#answeredDtls(media);
    this.#keying = keyingOf(media);
    // Many a phone expects the identifier of its own packets in ours too, and RFC 4568 leaves that to us.
    const seal = line && this.#keyOf(line.key.suite, line.key.mki);
    this.#ours = nextDescription(this.#ours, (version) =>
      makeAnswer({
        offer: description,
        taken: [
          {
            media,
            port: this.media.rtpPort,
            codecs,
            direction: wish,
            dtls,
            crypto: line && seal ? { tag: line.tag, key: seal, spelling: line.spelling } : null,
          },
        ],
        address: this.#options.address,
        sessionId: this.#sessionId,
        version,
      }),
    );
    this.#offer = null;
    this.#number(codecs);
    this.#said = { media, codecs };
    const keys = line && seal ? { open: line.key, seal } : null;
    const maySend = sends(wish) && receives(media.direction);
    const mayReceive = receives(wish) && sends(media.direction);
    this.#configure(media, codecs, codecs, keys, maySend, mayReceive);
    return writeSdp(this.#ours);
  }

  #offerOf(wished: readonly PayloadMap[], direction: Direction, ptime: number | null): Buffer {
    const allowed = allowedOf(wished, this.#options.codecs);
    // With nothing that both may speak the peer says so itself: an offer without voice would be no offer.
    const codecs = keepNumbers(hasVoice(allowed) ? allowed : wished, this.#numbers);
    this.#number(codecs);
    const keying = this.#keying;
    const suites = this.#suite ? [this.#suite] : offeredSuites;
    const crypto =
      keying === 'sdes' || keying === 'optional'
        ? suites.map((suite, index) => ({ tag: index + 1, key: this.#keyOf(suite) }))
        : null;
    const dtls = keying === 'dtls' ? this.#ourDtls('actpass') : null;
    const previous = this.#ours;
    this.#stood = previous;
    this.#ours = nextDescription(previous, (version) =>
      makeOffer({
        address: this.#options.address,
        port: this.media.rtpPort,
        codecs,
        direction,
        crypto,
        dtls,
        ...(keying === 'optional' && { proto: 'RTP/AVP' }),
        ptime,
        sessionId: this.#sessionId,
        version,
        previous,
      }),
    );
    return writeSdp(this.#ours);
  }

  #number(codecs: readonly PayloadMap[]): void {
    for (const { payloadType, codec } of codecs) this.#numbers.set(payloadType, codec);
  }

  // A fax

  #offerFax({ attributes }: Fax): Buffer {
    const previous = this.#ours;
    this.#ours = nextDescription(previous, (version) => makeFaxOffer(this.#ourFax(attributes, version), previous));
    return writeSdp(this.#ours);
  }

  #takeFaxAnswer(sdp: Buffer): boolean {
    const answered = readFax(sdp);
    if (!answered) return false;
    this.#said = answered;
    this.#configureFax(answered.fax);
    return true;
  }

  /** `taken`: what the other machine answered. */
  #answerFax(taken: Fax | undefined): Buffer | null {
    if (!this.#offer?.fax || !taken) return null;
    const { description, fax } = this.#offer;
    this.#ours = nextDescription(this.#ours, (version) =>
      makeFaxAnswer(this.#ourFax(taken.attributes, version), description, fax),
    );
    this.#offer = null;
    this.#said = { fax };
    this.#configureFax(fax);
    return writeSdp(this.#ours);
  }

  #ourFax(attributes: readonly string[], version: number) {
    const { address } = this.#options;
    return { address, port: this.media.rtpPort, attributes, sessionId: this.#sessionId, version };
  }

  #configureFax({ remote }: Fax): void {
    const nothing = { receive: [], send: [], keys: null, maySend: true, mayReceive: true };
    this.media.configure({ remote, heardFrom: this.#heardFrom, ...nothing, fax: true });
  }

  get #heardFrom(): readonly string[] {
    const { signalsFrom } = this.#options;
    return signalsFrom === undefined ? [] : [signalsFrom];
  }

  #ourDtls(setup: OurDtls['setup']): OurDtls {
    return { fingerprint: this.media.fingerprint, setup };
  }

  /**
   * Our part of its DTLS. Where it leaves the choice to us it begins: from behind a NAT only its packets find the way, and ours would
   * go to an address that nobody has proved. A role once taken stays as long as the association does (RFC 8842 5.3).
   */
  #answeredDtls({ dtls }: Audio): OurDtls | null {
    const before = this.#dtls;
    this.#dtls = null;
    if (dtls === null) return null;
    const { fingerprint, setup } = dtls;
    const kept = before?.fingerprint.value.equals(fingerprint.value) ? before.role : 'server';
    const role = setup === 'active' ? 'server' : setup === 'passive' ? 'client' : kept;
    this.#dtls = { role, fingerprint };
    return this.#ourDtls(role === 'server' ? 'passive' : 'active');
  }

  /** One key for each suite as long as the call lasts: a key that stays keeps its packet counters (RFC 3711 3.3.1). */
  #keyOf(suite: CryptoSuite, mki?: Buffer): SrtpKey {
    const name = keyName(suite, mki);
    const key = this.#keys.get(name) ?? newSrtpKey(suite, this.#options.chance, mki);
    this.#keys.set(name, key);
    return key;
  }

  #configure(
    { remote }: Audio,
    receive: readonly PayloadMap[],
    send: readonly PayloadMap[],
    keys: LegGeneration['keys'],
    maySend: boolean,
    mayReceive: boolean,
  ): void {
    this.#suite = keys?.seal.suite ?? null;
    const heardFrom = this.#heardFrom;
    this.media.configure({ remote, heardFrom, receive, send, keys, dtls: this.#dtls, maySend, mayReceive });
  }
}
