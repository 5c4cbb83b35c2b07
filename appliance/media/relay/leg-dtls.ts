/** The DTLS of one leg: an association for its RTP port, and one for its RTCP port where the two are not one (RFC 5764 4). */
import type { Chance } from '@belkluis/shared/base/chance';
import type { Counters } from '@belkluis/shared/base/counters';
import type { DtlsFailure, DtlsTerms } from '../door.ts';
import { Association } from '../dtls/association.ts';
import type { Identity } from '../dtls/certificate.ts';
import { type Source, sameSource } from '../latch.ts';
import type { SrtpKey } from '../srtp/key.ts';

export type Component = 'rtp' | 'rtcp';

export interface LegDtlsParts {
  readonly identity: Identity;
  readonly chance: Chance;
  readonly counters: Counters;
  readonly send: (component: Component, datagram: Buffer, to: Source) => void;
  readonly onKeys: (component: Component, open: SrtpKey, seal: SrtpKey, from: Source) => void;
  /** Of RTP alone: a call needs no RTCP. */
  readonly onFailed: (why: DtlsFailure) => void;
}

/** Where the two components are; `rtcp` null: both share a port. */
export interface Components {
  readonly rtp: Source | null;
  readonly rtcp: Source | null;
  /** Further addresses that they may be behind. */
  readonly near: readonly string[];
}

const same = (a: Source | null, b: Source | null): boolean => (a === null && b === null) || sameSource(a, b);

export class LegDtls {
  readonly #parts: LegDtlsParts;
  #terms: DtlsTerms | null = null;
  #at: Components = { rtp: null, rtcp: null, near: [] };
  readonly #associations = new Map<Component, Association>();

  constructor(parts: LegDtlsParts) {
    this.#parts = parts;
  }

  /**
   * True: this is the association that stands, and its keys stay. False: another certificate, another address or other roles make
   * another association (RFC 5763 6.6, RFC 8842 3.1), whose handshake begins; so does a failed one that is agreed on again.
   */
  use(terms: DtlsTerms, at: Components, nowMs: number): boolean {
    const { role, fingerprint } = terms;
    // A message between threads turns Buffers into plain byte arrays.
    const expected = { hash: fingerprint.hash, value: Buffer.from(fingerprint.value) };
    const before = this.#terms;
    // On hold in the old way it is said to be nowhere: it stays where it was.
    const moved = at.rtp !== null && !(same(at.rtp, this.#at.rtp) && same(at.rtcp, this.#at.rtcp));
    const unchanged = before?.role === role && expected.value.equals(before.fingerprint.value);
    if (unchanged && !moved && !this.#associations.get('rtp')?.failed) return true;
    this.#terms = { role, fingerprint: expected };
    this.#at = at.rtp === null ? { ...this.#at, near: at.near } : at;
    this.#associations.clear();
    this.#begin('rtp', this.#terms, at.rtp, nowMs);
    if (at.rtcp !== null) this.#begin('rtcp', this.#terms, at.rtcp, nowMs);
    return false;
  }

  receive(component: Component, datagram: Buffer, from: Source, nowMs: number): void {
    const association = this.#associations.get(component);
    if (association === undefined) this.#parts.counters.add('media.dtls_refused');
    else association.receive(datagram, from, nowMs);
  }

  tick(nowMs: number): void {
    for (const association of this.#associations.values()) association.tick(nowMs);
  }

  #begin(component: Component, { role, fingerprint }: DtlsTerms, signalled: Source | null, nowMs: number): void {
    const { identity, chance, counters, send, onKeys, onFailed } = this.#parts;
    const current = () => this.#associations.get(component) === association;
    const association = new Association(
      {
        role,
        identity,
        expected: fingerprint,
        signalled,
        near: this.#at.near,
        chance,
        send: (datagram, to) => send(component, datagram, to),
        onRefused: () => counters.add('media.dtls_refused'),
        onKeys: (open, seal, from) => {
          if (!current()) return;
          counters.add('media.dtls_keys');
          onKeys(component, open, seal, from);
        },
        onFailed: (why) => {
          counters.add(`media.dtls_failed.${component}.${why}`);
          if (current() && component === 'rtp') onFailed(why);
        },
      },
      nowMs,
    );
    this.#associations.set(component, association);
  }
}
