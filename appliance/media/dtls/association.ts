/**
 * DTLS-SRTP on one socket (RFC 5763, RFC 5764): handshakes until one of them proves to be with the party whose fingerprint the session
 * description names. As the passive side it answers whoever asks, each source by itself, so that a stranger who comes first keeps
 * nobody out; and before it remembers a source, that source has repeated a cookie (RFC 6347 4.2.1).
 */
import { createHmac } from 'node:crypto';
import { Problem } from '@belkluis/shared/base/problem';
import type { DtlsFailure } from '../door.ts';
import { type Source, sameSource } from '../latch.ts';
import type { SrtpKey } from '../srtp/key.ts';
import type { Fingerprint } from './certificate.ts';
import { ClientHandshake } from './client.ts';
import type { Handshake, HandshakeParts, Outcome } from './handshake.ts';
import { readClientHello, writeHelloVerifyRequest } from './hello.ts';
import { type Message, readFragments, types, writeMessage } from './inbox.ts';
import { HANDSHAKE_LIMIT_MS, MAX_BEGUN_ELSEWHERE, MAX_BEGUN_NEAR, MAX_CANDIDATES } from './limits.ts';
import { type DtlsRecord, HANDSHAKE, readRecords, writeRecord } from './record.ts';
import { ServerHandshake, sameBytes } from './server.ts';

export interface AssociationParts extends Pick<HandshakeParts, 'identity' | 'chance' | 'onRefused'> {
  /** Who begins: `client` sends the first hello (RFC 4145 `active`). */
  readonly role: 'client' | 'server';
  readonly expected: Fingerprint;
  /** Where its description says that it is; null: nowhere yet, and only a server can wait for it. */
  readonly signalled: Source | null;
  /** IP addresses that it may be behind, beside the signalled one. */
  readonly near?: readonly string[];
  readonly send: (datagram: Buffer, to: Source) => void;
  /** Called for each handshake that the other side has completed, usually one. `from`: where it proved to be. */
  readonly onKeys: (open: SrtpKey, seal: SrtpKey, from: Source) => void;
  /** Called once, when there are no keys and will be none. */
  readonly onFailed: (why: DtlsFailure) => void;
}

interface Candidate {
  readonly from: Source;
  readonly handshake: Handshake;
}

export class Association {
  readonly #parts: AssociationParts;
  readonly #cookieKey: Buffer;
  readonly #deadline: number;
  #candidates: Candidate[] = [];
  readonly #begun = { near: 0, elsewhere: 0 };
  #state: 'open' | 'keyed' | 'failed' = 'open';

  constructor(parts: AssociationParts, nowMs: number) {
    this.#parts = parts;
    this.#cookieKey = parts.chance.bytes(32);
    const { role, signalled } = parts;
    // Who is said to be nowhere is on hold, and may take its time.
    this.#deadline = signalled === null ? Number.POSITIVE_INFINITY : nowMs + HANDSHAKE_LIMIT_MS;
    if (role === 'client' && signalled !== null)
      this.#add(signalled, (handshake) => new ClientHandshake(handshake, nowMs));
  }

  /** There will be no keys: only another association can bring some. */
  get failed(): boolean {
    return this.#state === 'failed';
  }

  /** A datagram whose first byte says DTLS (RFC 7983 7). */
  receive(datagram: Buffer, from: Source, nowMs: number): void {
    // Also once there are keys: a phone that begins anew gets new ones when it has proved itself again, and until then the old ones stand.
    const hello = this.#parts.role === 'server' && this.#state !== 'failed' ? helloIn(datagram) : null;
    const candidate = this.#candidateAt(from);
    if (hello !== null) this.#greet(hello, from, nowMs);
    else if (candidate !== undefined) candidate.handshake.receive(datagram, nowMs);
    else this.#parts.onRefused();
  }

  tick(nowMs: number): void {
    for (const { handshake } of this.#candidates) handshake.tick(nowMs);
    if (this.#state === 'open' && nowMs >= this.#deadline) this.#fail('time');
  }

  #greet({ record, message }: Hello, from: Source, nowMs: number): void {
    try {
      const { random, cookie } = readClientHello(message.body);
      const expected = this.#cookieFor(from, random);
      const known = this.#candidateAt(from)?.handshake;
      if (!sameBytes(cookie, expected)) this.#askBack(expected, record, from);
      // The same hello again: its flight is on its way, or lost and repeated anyway.
      else if (!(known instanceof ServerHandshake && known.clientRandom.equals(random)) && this.#mayBegin(from))
        this.#add(from, (parts) => new ServerHandshake(parts, message, record, nowMs));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.#parts.onRefused();
    }
  }

  /** Nothing is remembered of who asks: the answer goes where the question says it came from, and is shorter. */
  #askBack(cookie: Buffer, { sequence }: DtlsRecord, to: Source): void {
    const message = { type: types.helloVerifyRequest, order: 0, body: writeHelloVerifyRequest(cookie) };
    this.#parts.send(writeRecord({ type: HANDSHAKE, epoch: 0, sequence, fragment: writeMessage(message) }), to);
  }

  #cookieFor({ address, port }: Source, random: Buffer): Buffer {
    return createHmac('sha256', this.#cookieKey).update(`${address} ${port} `).update(random).digest();
  }

  /** Who proved to be at an address may still ask again and again: so many times, and a stranger fewer. */
  #mayBegin({ address }: Source): boolean {
    const { signalled, near = [] } = this.#parts;
    const isNear = address === signalled?.address || near.includes(address);
    const may = isNear ? this.#begun.near++ < MAX_BEGUN_NEAR : this.#begun.elsewhere++ < MAX_BEGUN_ELSEWHERE;
    if (!may) this.#parts.onRefused();
    return may;
  }

  #candidateAt(from: Source): Candidate | undefined {
    return this.#candidates.find((candidate) => sameSource(candidate.from, from));
  }

  #add(from: Source, make: (parts: HandshakeParts) => Handshake): void {
    const { identity, expected, chance, onRefused, send } = this.#parts;
    const at = { address: from.address, port: from.port };
    const handshake = make({
      identity,
      expected,
      chance,
      onRefused,
      send: (datagram) => send(datagram, at),
      onOutcome: (outcome) => this.#came(at, outcome),
    });
    // One that begins anew replaces itself. Of too many the eldest goes: the genuine one asks again, and gets its place.
    const others = this.#candidates.filter((candidate) => !sameSource(candidate.from, at));
    this.#candidates = [...others, { from: at, handshake }].slice(-MAX_CANDIDATES);
  }

  #came(from: Source, outcome: Outcome): void {
    if (this.#state === 'failed') return;
    // The one that succeeded stays, to repeat its last flight for a peer that lost it.
    this.#candidates = this.#candidates.filter((candidate) => sameSource(candidate.from, from) === outcome.ok);
    if (outcome.ok) {
      this.#state = 'keyed';
      this.#parts.onKeys(outcome.open, outcome.seal, from);
    } else if (this.#state === 'open' && sameSource(from, this.#parts.signalled)) this.#fail(outcome.why);
    // From elsewhere it was a stranger, whose failure ends nobody's call.
    else this.#parts.onRefused();
  }

  #fail(why: DtlsFailure): void {
    this.#state = 'failed';
    this.#candidates = [];
    this.#parts.onFailed(why);
  }
}

interface Hello {
  readonly record: DtlsRecord;
  readonly message: Message;
}

/** The ClientHello in a datagram, whole as all stacks send it; null: it has none. */
function helloIn(datagram: Buffer): Hello | null {
  const record = readRecords(datagram)[0];
  if (record?.type !== HANDSHAKE || record.epoch !== 0 || record.fragment[0] !== types.clientHello) return null;
  try {
    const fragment = readFragments(record.fragment)[0];
    if (fragment?.part.length !== fragment?.length) return null;
    return { record, message: { type: fragment!.type, order: fragment!.order, body: fragment!.part } };
  } catch {
    return null;
  }
}
