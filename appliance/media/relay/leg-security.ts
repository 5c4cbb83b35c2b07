/** The keys of one leg, wherever they come from: named in the description, none at all, or out of a DTLS handshake that takes its time. */
import type { Chance } from '@belkluis/shared/base/chance';
import type { Counters } from '@belkluis/shared/base/counters';
import type { DtlsFailure, LegGeneration } from '../door.ts';
import type { Identity } from '../dtls/certificate.ts';
import { type Source, sameSource } from '../latch.ts';
import { type Component, type Components, LegDtls } from './leg-dtls.ts';
import { LegKeys } from './leg-keys.ts';

export interface LegSecurityParts {
  readonly identity: Identity;
  readonly chance: Chance;
  readonly counters: Counters;
  readonly send: (component: Component, datagram: Buffer, to: Source) => void;
  /** The peer has proved who it is, and where: its keys count from now on. */
  readonly onProved: (component: Component, from: Source) => void;
  /** No keys will come. */
  readonly onUnkeyed: (why: DtlsFailure) => void;
}

export class LegSecurity {
  /** What the RTP port opens and seals with. Null: keys are to come; until then nothing is sent and nothing is heard. */
  rtp: LegKeys | null;
  /** The same for the RTCP port; where both share the other one, nothing comes here. */
  rtcp: LegKeys | null;
  readonly #parts: LegSecurityParts;
  readonly #keys = new LegKeys();
  #dtls: LegDtls | null = null;

  constructor(parts: LegSecurityParts) {
    this.#parts = parts;
    this.rtp = this.#keys;
    this.rtcp = this.#keys;
  }

  get doesDtls(): boolean {
    return this.#dtls !== null;
  }

  /** What a new generation says of keys; while a fax is sent they rest. @throws Problem `srtp_key_malformed`, and nothing has changed. */
  agree({ keys, dtls, fax, heardFrom }: LegGeneration, { rtp, rtcp }: Omit<Components, 'near'>, nowMs: number): void {
    if (fax) return;
    if (!dtls) {
      this.#keys.use(keys);
      this.#dtls = null;
      this.rtp = this.#keys;
      this.rtcp = this.#keys;
      return;
    }
    const { identity, chance, counters, send, onUnkeyed } = this.#parts;
    this.#dtls ??= new LegDtls({
      identity,
      chance,
      counters,
      send,
      onKeys: (component, open, seal, from) => {
        const keyed = component === 'rtp' ? this.#keys : new LegKeys();
        keyed.use({ open, seal });
        this[component] = keyed;
        this.#parts.onProved(component, from);
      },
      onFailed: onUnkeyed,
    });
    if (this.#dtls.use(dtls, { rtp, rtcp: sameSource(rtp, rtcp) ? null : rtcp, near: heardFrom ?? [] }, nowMs)) return;
    this.rtp = null;
    this.rtcp = null;
  }

  /** A datagram of a handshake; without one it is nobody's. */
  receive(component: Component, datagram: Buffer, from: Source, nowMs: number): void {
    this.#dtls?.receive(component, datagram, from, nowMs);
  }

  tick(nowMs: number): void {
    this.#dtls?.tick(nowMs);
  }

  /** Packets that SRTP refused. */
  refused(): ReturnType<LegKeys['refused']> {
    return this.#keys.refused();
  }
}
