/**
 * The passive side of a DTLS handshake (RFC 6347 4.2.4), from the hello that repeated our cookie. The client's flight is checked as
 * a whole, and nothing of it counts before: what is forged is forgotten, and the genuine flight, which is repeated until it is answered,
 * still finds its place.
 */
import { timingSafeEqual } from 'node:crypto';
import { Problem } from '@belkluis/shared/base/problem';
import type { CryptoSuite } from '../srtp/key.ts';
import { fits, isSignedBy, OUR_SCHEME, signed } from './certificate.ts';
import { Ephemeral, Flights } from './flights.ts';
import type { Handshake, HandshakeParts } from './handshake.ts';
import {
  type ClientHello,
  chosenProfile,
  ECDHE_ECDSA,
  P256,
  readClientHello,
  suiteOfProfile,
  writeServerHello,
} from './hello.ts';
import { Inbox, type Message, readFragments, types, writeMessage } from './inbox.ts';
import { MAX_ATTEMPTS } from './limits.ts';
import {
  certificateRequest,
  ephemeralKey,
  readCertificate,
  readClientKeyExchange,
  readSignature,
  writeCertificate,
  writeSignature,
} from './messages.ts';
import { problem } from './problems.ts';
import { type DtlsRecord, HANDSHAKE, openRecord, readRecords, type WriteKey } from './record.ts';
import { digest, finishedOf, masterSecret, type Randoms, srtpKeys, writeKeys } from './secrets.ts';

/** What the client sends in the clear, in this order. */
const flight = [types.certificate, types.clientKeyExchange, types.certificateVerify];

export class ServerHandshake implements Handshake {
  readonly #parts: HandshakeParts;
  readonly #hello: ClientHello;
  readonly #suite: CryptoSuite;
  readonly #randoms: Randoms;
  readonly #ephemeral = new Ephemeral();
  readonly #flights: Flights;
  readonly #inbox: Inbox;
  /** Everything up to our ServerHelloDone. */
  readonly #transcript: readonly Buffer[];
  /** The last record of epoch 1: the client's Finished, which opens when all before it is there. */
  #sealed: DtlsRecord | null = null;
  #attempts = 0;
  #over = false;

  /** @throws Problem `dtls_malformed`, `dtls_nothing_in_common`: the client hears nothing then. */
  constructor(parts: HandshakeParts, hello: Message, record: DtlsRecord, nowMs: number) {
    this.#parts = parts;
    this.#hello = readClientHello(hello.body);
    const { cipherSuites, groups, signatureSchemes, srtpProfiles } = this.#hello;
    const profile = chosenProfile(srtpProfiles);
    const common = cipherSuites.includes(ECDHE_ECDSA) && groups.includes(P256) && signatureSchemes.includes(OUR_SCHEME);
    if (profile === null || !common) throw problem('dtls_nothing_in_common');
    this.#suite = suiteOfProfile(profile)!;
    this.#randoms = { client: this.#hello.random, server: parts.chance.bytes(32) };
    const { client, server } = this.#randoms;
    const ephemeral = ephemeralKey(this.#ephemeral.point);
    const signature = signed(parts.identity, Buffer.concat([client, server, ephemeral]));
    this.#inbox = new Inbox(hello.order + 1);
    this.#flights = new Flights(parts.send, hello.order, record.sequence);
    const messages = this.#flights.number([
      [types.serverHello, writeServerHello(server, this.#hello, profile)],
      [types.certificate, writeCertificate(parts.identity.certificate)],
      [types.serverKeyExchange, Buffer.concat([ephemeral, writeSignature({ scheme: OUR_SCHEME, signature })])],
      [types.certificateRequest, certificateRequest()],
      [types.serverHelloDone, Buffer.alloc(0)],
    ]);
    this.#transcript = [hello, ...messages].map(writeMessage);
    this.#flights.send(messages, null, true, nowMs);
  }

  /** The random of the hello that this handshake answers. */
  get clientRandom(): Buffer {
    return this.#hello.random;
  }

  receive(datagram: Buffer, nowMs: number): void {
    for (const record of readRecords(datagram)) {
      if (record.type !== HANDSHAKE) continue;
      if (record.epoch === 1) {
        if (this.#over) this.#flights.repeat(nowMs);
        else this.#sealed = record;
      } else this.#takeClear(record, nowMs);
    }
    if (!this.#over) this.#check(nowMs);
  }

  tick(nowMs: number): void {
    this.#flights.tick(nowMs);
  }

  #takeClear(record: DtlsRecord, nowMs: number): void {
    try {
      for (const fragment of readFragments(record.fragment)) {
        const taken = this.#inbox.take(fragment);
        if (taken === 'refused') this.#parts.onRefused();
        if (taken === 'repeated') this.#flights.repeat(nowMs);
      }
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.#parts.onRefused();
    }
  }

  #check(nowMs: number): void {
    const messages = this.#inbox.messages().slice(0, flight.length);
    const asExpected = messages.every(({ type }, at) => type === flight[at]);
    if (asExpected && (messages.length < flight.length || this.#sealed === null)) return;
    const done = asExpected && this.#finish(messages, this.#sealed!, nowMs);
    if (done) return;
    this.#parts.onRefused();
    this.#inbox.clear();
    this.#sealed = null;
    if (++this.#attempts < MAX_ATTEMPTS) return;
    this.#over = true;
    this.#parts.onOutcome({ ok: false, why: 'refused' });
  }

  /** False: something does not fit, and nothing has changed. */
  #finish(messages: readonly Message[], sealed: DtlsRecord, nowMs: number): boolean {
    const [certificate, exchange, proof] = messages.map(({ body }) => body) as [Buffer, Buffer, Buffer];
    const before = [...this.#transcript, ...messages.map(writeMessage)];
    try {
      const theirs = readCertificate(certificate);
      const { scheme, signature } = readSignature(proof);
      if (!isSignedBy(theirs, scheme, Buffer.concat(before.slice(0, -1)), signature)) return false;
      const preMaster = this.#ephemeral.agree(readClientKeyExchange(exchange));
      const session = this.#hello.extendedMasterSecret ? digest(before.slice(0, -1)) : null;
      const master = masterSecret(preMaster, this.#randoms, session);
      const keys = writeKeys(master, this.#randoms);
      const finished = openFinished(keys.client, sealed);
      if (!finished || !sameBytes(finished.body, finishedOf(master, 'client', digest(before)))) return false;
      this.#over = true;
      if (!fits(theirs, this.#parts.expected)) {
        this.#flights.settled();
        this.#parts.onOutcome({ ok: false, why: 'fingerprint' });
        return true;
      }
      const ours = finishedOf(master, 'server', digest([...before, writeMessage(finished)]));
      this.#flights.send(this.#flights.number([[types.finished, ours]]), keys.server, false, nowMs);
      const srtp = srtpKeys(master, this.#randoms, this.#suite);
      this.#parts.onOutcome({ ok: true, open: srtp.client, seal: srtp.server });
      return true;
    } catch (error) {
      if (error instanceof Problem) return false;
      throw error;
    }
  }
}

/** The Finished in a record of epoch 1; null: not authentic, or something else. */
export function openFinished(key: WriteKey, sealed: DtlsRecord): Message | null {
  const opened = openRecord(key, sealed);
  const fragment = opened && readFragments(opened.fragment)[0];
  if (!fragment || fragment.type !== types.finished || fragment.part.length !== fragment.length) return null;
  return { type: fragment.type, order: fragment.order, body: fragment.part };
}

export const sameBytes = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);
