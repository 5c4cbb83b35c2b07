/**
 * The active side of a DTLS handshake (RFC 6347 4.2.4). As on the other side, the server's flight is checked as a whole and counts for
 * nothing before.
 */
import { Problem } from '@belkluis/shared/base/problem';
import type { SrtpKey } from '../srtp/key.ts';
import { vector } from './bytes.ts';
import { fits, isSignedBy, OUR_SCHEME, signed } from './certificate.ts';
import { Ephemeral, Flights } from './flights.ts';
import type { Handshake, HandshakeParts, Outcome } from './handshake.ts';
import { readHelloVerifyRequest, readServerHello, suiteOfProfile, writeClientHello } from './hello.ts';
import { Inbox, type Message, readFragments, types, writeMessage } from './inbox.ts';
import { MAX_ATTEMPTS } from './limits.ts';
import {
  ephemeralKey,
  readCertificate,
  readCertificateRequest,
  readServerKeyExchange,
  writeCertificate,
  writeSignature,
} from './messages.ts';
import { problem } from './problems.ts';
import { type DtlsRecord, HANDSHAKE, readRecords, type WriteKey } from './record.ts';
import { digest, finishedOf, masterSecret, srtpKeys, writeKeys } from './secrets.ts';
import { openFinished, sameBytes } from './server.ts';

/** What the server sends; it must ask for our certificate, for ours is named in a description too (RFC 5763 5). */
const flight = [
  types.serverHello,
  types.certificate,
  types.serverKeyExchange,
  types.certificateRequest,
  types.serverHelloDone,
];

/** Our flight is out; the server's Finished is all that is missing. */
interface Waiting {
  readonly opens: WriteKey;
  readonly finished: Buffer;
  readonly keys: { readonly client: SrtpKey; readonly server: SrtpKey };
}

export class ClientHandshake implements Handshake {
  readonly #parts: HandshakeParts;
  readonly #random: Buffer;
  readonly #flights: Flights;
  readonly #inbox = new Inbox(0);
  #hello: Message;
  #verified = false;
  #waiting: Waiting | null = null;
  #attempts = 0;
  #over = false;

  constructor(parts: HandshakeParts, nowMs: number) {
    this.#parts = parts;
    this.#random = parts.chance.bytes(32);
    this.#flights = new Flights(parts.send);
    this.#hello = this.#sayHello(Buffer.alloc(0), nowMs);
  }

  receive(datagram: Buffer, nowMs: number): void {
    for (const record of readRecords(datagram)) {
      if (record.type !== HANDSHAKE || this.#over) continue;
      if (record.epoch === 1) this.#finish(record);
      else this.#takeClear(record, nowMs);
    }
    if (!this.#over && this.#waiting === null) this.#check(nowMs);
  }

  tick(nowMs: number): void {
    this.#flights.tick(nowMs);
  }

  #sayHello(cookie: Buffer, nowMs: number): Message {
    const hello = this.#flights.number([[types.clientHello, writeClientHello(this.#random, cookie)]]);
    this.#flights.send(hello, null, true, nowMs);
    return hello[0]!;
  }

  #takeClear(record: DtlsRecord, nowMs: number): void {
    this.#guard(() => {
      for (const fragment of readFragments(record.fragment)) {
        const taken = this.#inbox.take(fragment);
        if (taken === 'refused') this.#parts.onRefused();
        // A server that repeats its flight has not got ours.
        if (taken === 'repeated' && this.#waiting) this.#flights.repeat(nowMs);
      }
      const [first] = this.#inbox.messages();
      if (first?.type !== types.helloVerifyRequest || this.#verified) return;
      this.#hello = this.#sayHello(readHelloVerifyRequest(first.body), nowMs);
      this.#verified = true;
      this.#inbox.next(first.order + 1);
    });
  }

  #check(nowMs: number): void {
    const messages = this.#inbox.messages().slice(0, flight.length);
    const asExpected = messages.every(({ type }, at) => type === flight[at]);
    if (asExpected && messages.length < flight.length) return;
    if (asExpected && this.#guard(() => this.#answer(messages, nowMs))) return;
    if (!asExpected) this.#parts.onRefused();
    this.#inbox.clear();
    if (++this.#attempts >= MAX_ATTEMPTS) this.#end({ ok: false, why: 'refused' });
  }

  /** Sends our flight. @throws Problem when something does not fit, and nothing has changed. */
  #answer(messages: readonly Message[], nowMs: number): void {
    const [helloBody, certificate, exchange, request] = messages.map(({ body }) => body) as [
      Buffer,
      Buffer,
      Buffer,
      Buffer,
    ];
    const { identity, expected } = this.#parts;
    const hello = readServerHello(helloBody);
    const theirs = readCertificate(certificate);
    const { point, scheme, signature } = readServerKeyExchange(exchange);
    const suite = hello.srtpProfile === null ? undefined : suiteOfProfile(hello.srtpProfile);
    if (suite === undefined || !readCertificateRequest(request).includes(OUR_SCHEME))
      throw problem('dtls_nothing_in_common');
    const randoms = { client: this.#random, server: hello.random };
    const proved = Buffer.concat([randoms.client, randoms.server, ephemeralKey(point)]);
    if (!isSignedBy(theirs, scheme, proved, signature)) throw problem('dtls_not_authentic');
    if (!fits(theirs, expected)) {
      this.#end({ ok: false, why: 'fingerprint' });
      return;
    }
    const ephemeral = new Ephemeral();
    const preMaster = ephemeral.agree(point);
    const [ourCertificate, ourKey] = this.#flights.number([
      [types.certificate, writeCertificate(identity.certificate)],
      [types.clientKeyExchange, vector(1, ephemeral.point)],
    ]) as [Message, Message];
    const upToKey = [this.#hello, ...messages, ourCertificate, ourKey].map(writeMessage);
    const master = masterSecret(preMaster, randoms, hello.extendedMasterSecret ? digest(upToKey) : null);
    const proof = { scheme: OUR_SCHEME, signature: signed(identity, Buffer.concat(upToKey)) };
    const [verify] = this.#flights.number([[types.certificateVerify, writeSignature(proof)]]) as [Message];
    const upToProof = [...upToKey, writeMessage(verify)];
    const [finished] = this.#flights.number([[types.finished, finishedOf(master, 'client', digest(upToProof))]]) as [
      Message,
    ];
    const keys = writeKeys(master, randoms);
    this.#waiting = {
      opens: keys.server,
      finished: finishedOf(master, 'server', digest([...upToProof, writeMessage(finished)])),
      keys: srtpKeys(master, randoms, suite),
    };
    this.#inbox.next(messages.at(-1)!.order + 1);
    this.#flights.send([ourCertificate, ourKey, verify, finished], keys.client, true, nowMs);
  }

  #finish(sealed: DtlsRecord): void {
    const waiting = this.#waiting;
    if (waiting === null) return;
    this.#guard(() => {
      const theirs = openFinished(waiting.opens, sealed);
      if (!theirs || !sameBytes(theirs.body, waiting.finished)) throw problem('dtls_not_authentic');
      this.#end({ ok: true, open: waiting.keys.server, seal: waiting.keys.client });
    });
  }

  #end(outcome: Outcome): void {
    this.#over = true;
    this.#flights.settled();
    this.#parts.onOutcome(outcome);
  }

  /** False: `act` found what it was given malformed or not genuine. */
  #guard(act: () => void): boolean {
    try {
      act();
      return true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.#parts.onRefused();
      return false;
    }
  }
}
