/** Boxes become an MSP's: codes that people type, proofs of boxes, certificates. The door of this room. */
import { createHash, X509Certificate } from 'node:crypto';
import type { Chance } from '@belkluis/shared/base/chance';
import { randomHex } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { Problem } from '@belkluis/shared/base/problem';
import { newUlid } from '@belkluis/shared/base/ulid';
import { readClaimCode } from '@belkluis/shared/contract/enrolment/code';
import { ASK_AGAIN_S } from '@belkluis/shared/contract/enrolment/limits';
import {
  type Act,
  type Answer,
  type Hello,
  offerSchema,
  type Proof,
  type Renew,
} from '@belkluis/shared/contract/enrolment/messages';
import { fromPem } from '@belkluis/shared/contract/enrolment/pem';
import { stretchCode } from '@belkluis/shared/contract/enrolment/stretch';
import { signedRenew } from '@belkluis/shared/contract/enrolment/transcript';
import type { FleetCa, IssuedCertificate } from './ca.ts';
import type { Agreement, Claimant, ClaimState } from './claim.ts';
import { readRequest } from './csr.ts';
import type { Append } from './events.ts';
import { type Effect, type Input, type Session, step } from './machine.ts';
import { problem } from './problems.ts';
import { type RenewalRefusal, renewalRefusal } from './renewal.ts';
import type { EnrolledBox, EnrolmentStore, RevocationReason } from './store.ts';

/** What a box said, read by its schema. */
export type Said =
  | { readonly path: 'hello'; readonly message: Hello }
  | { readonly path: 'proof'; readonly message: Proof }
  | { readonly path: 'act'; readonly message: Act }
  | { readonly path: 'renew'; readonly message: Renew };

export interface ShownClaim {
  readonly id: string;
  readonly state: ClaimState | 'lapsed';
  /** Null: no box has proved yet that it knows the code. */
  readonly box: string | null;
  readonly expiresAt: number;
}

export interface Enrolment {
  /**
   * Somebody of an MSP, who may do so there, typed a code at a site. The box is not theirs by that: it must prove that it knows the code, and a person at it
   * must agree. @throws Problem `agreement_missing`, `agreement_expired`, `name_unusable`, `code_unreadable`, `code_unknown`, `code_claimed`, `claim_wait`.
   */
  typed(code: string, claimant: Claimant, by: string): Promise<{ readonly claim: string }>;
  /**
   * Somebody of the MSP typed it at the wrong site, or does not want it. The box makes another code. @throws Problem `claim_unknown`: there is none of this
   * site that waits.
   */
  withdraw(claim: string, site: string, by: string): Promise<void>;
  /** How far the claims of a site are. */
  claimsAt(site: string): Promise<readonly ShownClaim[]>;
  /** Claims of an MSP that wait for a box or for a person at it, with their sites. */
  waitingOf(msp: string): Promise<readonly (ShownClaim & { readonly site: string })[]>;
  /** An answer to what a box said on a connection. `exporter`: RFC 9266. `source`: whose quota it counts on. */
  hear(session: Session, said: Said, exporter: Buffer, source: string): Promise<readonly [Session, Answer]>;
  /**
   * Another certificate for a box that is connected by mutual TLS with the certificate `serial`. `csr`: DER, base64.
   * @throws Problem `csr_unusable`, `certificate_unknown`, `certificate_revoked`, `certificate_lapsed`, `key_reused`.
   */
  renew(box: string, serial: string, csr: string): Promise<readonly string[]>;
  /** The same for a box that a broker vouches for, which does not tell by which certificate it knows it. */
  renewConnected(box: string, csr: string): Promise<readonly string[]>;
  /** Whether a certificate that TLS has verified may connect as `box` now; else why not. `serial`: hex, as Node tells it. */
  admit(box: string, serial: string): Promise<RenewalRefusal | null>;
  /** A box is connected with `serial`: those before it are worth nothing any more, wherever a copy of their keys may be. */
  settled(box: string, serial: string): Promise<void>;
  /** Who the box is, by what was proved. Null: it was never enrolled here. */
  boxOf(box: string): Promise<EnrolledBox | null>;
  /** Revokes what a box has. The caller ends its connection. */
  revoke(box: string, reason: RevocationReason, by: string): Promise<void>;
  /** PEM, for a broker that is not ours. */
  crl(): Promise<string>;
  /** Erases what has lapsed. */
  forget(): Promise<void>;
}

export interface EnrolmentParts {
  readonly store: EnrolmentStore;
  readonly ca: FleetCa;
  /** Where boxes connect with their certificates: `mqtts://…`, `wss://…`. */
  readonly brokers: readonly string[];
  readonly clock: Pick<Clock, 'now'>;
  readonly chance: Chance;
  /** Whether the customer of a site has a processing agreement now. */
  readonly agreementOf: (site: string) => Promise<Agreement> | Agreement;
  readonly append: Append;
}

export function openEnrolment({ store, ca, brokers, clock, chance, agreementOf, append }: EnrolmentParts): Enrolment {
  const root = fromPem(ca.root);

  async function issue(box: string, csr: string, renewed: boolean): Promise<IssuedCertificate> {
    const issued = await ca.issueBox(box, csr, clock.now());
    await append({ kind: 'certificate_issued', actor: 'fleet', box, serial: issued.serial, renewed });
    return issued;
  }

  async function renewedChain(
    known: EnrolledBox,
    serial: string,
    csr: string,
  ): Promise<readonly string[] | RenewalRefusal> {
    const { keyHash } = await readRequest(csr);
    const present = await store.certificate(serial);
    const owners = await store.boxesWithKey(keyHash);
    const why = renewalRefusal(known.box, present, keyHash, owners, clock.now());
    if (why) return why;
    const issued = await issue(known.box, csr, true);
    await store.addRenewed(known, issued);
    return issued.chain;
  }

  async function renew(box: string, serial: string, csr: string): Promise<readonly string[]> {
    const known = await store.enrolled(box);
    const chain = known ? await renewedChain(known, serial.toLowerCase(), csr) : 'certificate_unknown';
    if (typeof chain === 'string') throw problem(chain as RenewalRefusal);
    return chain;
  }

  async function usable(csr: string): Promise<boolean> {
    try {
      await readRequest(csr);
      return true;
    } catch {
      return false;
    }
  }

  async function inputOf(said: Exclude<Said, { path: 'renew' }>, session: Session, exporter: Buffer): Promise<Input> {
    const now = clock.now();
    switch (said.path) {
      case 'hello': {
        const { message } = said;
        return {
          kind: 'hello',
          message,
          claim: await store.claimOf(message.locator),
          nonce: randomHex(chance, 32),
          now,
        };
      }
      case 'proof': {
        const challenged = session.at === 'challenged' ? session : null;
        const [claim, known, csrUsable] = challenged
          ? [
              await store.takeProofTry(challenged.claim, now),
              await store.known(challenged.hello.box, now),
              await usable(challenged.hello.csr),
            ]
          : [null, null, false];
        return { kind: 'proof', message: said.message, claim, known, csrUsable, root, exporter, now };
      }
      case 'act': {
        const claim = await store.claim(said.message.claim);
        const agreement = claim ? await agreementOf(claim.site) : 'missing';
        return { kind: 'act', message: said.message, claim, agreement, exporter, now };
      }
    }
  }

  /** Does what the machine said; the answer, if this is it. */
  async function act(effect: Effect, source: string): Promise<Answer | null> {
    const lapsed: Answer = { kind: 'refused', code: 'lapsed' };
    switch (effect.kind) {
      case 'answer':
        return effect.message;
      case 'keep_hello':
        return (await store.keepHello(effect.hello.locator, source, clock.now()))
          ? null
          : { kind: 'refused', code: 'too_many' };
      case 'prove':
        await append({ kind: 'claim_proven', actor: 'fleet', claim: effect.claim, box: effect.box.box });
        return (await store.prove(effect.claim, effect.box, clock.now())) ? null : lapsed;
      case 'proof_failed':
        await append({ kind: 'claim_proof_failed', actor: 'fleet', claim: effect.claim, why: effect.why });
        return null;
      case 'issue': {
        const issued = await issue(effect.box.box, effect.box.csr, false);
        const kept = await store.addFirst(effect.claim, effect.box, issued, clock.now());
        return kept ? { kind: 'certificate', chain: [...issued.chain], brokers: [...brokers] } : lapsed;
      }
      case 'refuse':
        await append({ kind: 'claim_refused', actor: 'box', claim: effect.claim });
        await store.end(effect.claim, 'refused', 'left', clock.now());
        return null;
      case 'leave':
        await append({ kind: 'certificates_revoked', actor: 'box', box: effect.box, reason: 'left' });
        await store.end(effect.claim, 'left', 'left', clock.now());
        return null;
    }
  }

  async function hearRenewal(message: Renew, exporter: Buffer): Promise<Answer> {
    const known = await store.enrolled(message.box);
    if (known?.claim !== message.claim || !signedRenew(exporter, message, known.auditKey)) {
      return { kind: 'refused', code: 'unproven' };
    }
    try {
      const { serialNumber, raw } = new X509Certificate(Buffer.from(message.certificate, 'base64'));
      const present = await store.certificate(serialNumber.toLowerCase());
      // The number alone says nothing: whoever asks could have written it into a certificate of their own.
      if (!present || present.keyHash !== keyHashOf(raw)) return { kind: 'refused', code: 'certificate_unknown' };
      const chain = await renewedChain(known, present.serial, message.csr);
      return typeof chain === 'string'
        ? { kind: 'refused', code: chain }
        : { kind: 'certificate', chain: [...chain], brokers: [...brokers] };
    } catch (error) {
      if (error instanceof Problem && error.code === 'csr_unusable') return { kind: 'refused', code: 'csr_unusable' };
      throw error;
    }
  }

  return {
    async typed(typed, claimant, by) {
      const agreement = await agreementOf(claimant.site);
      if (agreement !== 'valid') throw problem(agreement === 'missing' ? 'agreement_missing' : 'agreement_expired');
      const { msp, site, policyKey } = offerSchema.shape;
      const names = msp.safeParse(claimant.mspName).success && site.safeParse(claimant.siteName).success;
      if (!names || !policyKey.safeParse(claimant.policyKey).success) throw problem('name_unusable');
      // A slip of a finger costs no try: the check symbol tells.
      const code = readClaimCode(typed);
      if (!code) throw problem('code_unreadable');
      if (!(await store.takeTypingTry(claimant.msp, clock.now()))) throw problem('claim_wait');
      const { locator, proofKey } = await stretchCode(code);
      const now = clock.now();
      const claimed = await store.claimOf(locator);
      if (claimed || !(await store.helloSeen(locator, now))) {
        if (claimed?.msp === claimant.msp) throw problem('code_claimed');
        await append({ kind: 'claim_code_wrong', actor: by, msp: claimant.msp });
        throw problem('code_unknown');
      }
      const id = newUlid(now, chance);
      await append({ kind: 'claim_typed', actor: by, claim: id, msp: claimant.msp, site: claimant.site });
      if (!(await store.addClaim({ id, locator, proofKey, ...claimant }, now))) throw problem('code_unknown');
      await store.forgetTypingTries(claimant.msp);
      return { claim: id };
    },
    async withdraw(id, site, by) {
      const claim = await store.claim(id);
      const waits = claim?.site === site && (claim.state === 'typed' || claim.state === 'proven');
      if (!waits) throw problem('claim_unknown');
      await append({ kind: 'claim_withdrawn', actor: by, claim: id });
      await store.end(id, 'refused', 'removed', clock.now());
    },
    async claimsAt(site) {
      const now = clock.now();
      return (await store.claimsAt(site)).map(({ id, state, box, expiresAt }) => ({
        id,
        state: (state === 'typed' || state === 'proven') && expiresAt <= now ? 'lapsed' : state,
        box: box?.box ?? null,
        expiresAt,
      }));
    },
    async waitingOf(msp) {
      const waiting = await store.waitingOf(msp, clock.now());
      return waiting.map(({ id, state, box, expiresAt, site }) => ({
        id,
        state,
        box: box?.box ?? null,
        expiresAt,
        site,
      }));
    },
    async hear(session, said, exporter, source) {
      if (said.path === 'renew') return [{ at: 'end' }, await hearRenewal(said.message, exporter)];
      const [next, ...effects] = step(session, await inputOf(said, session, exporter));
      for (const effect of effects) {
        const answer = await act(effect, source);
        if (answer) return [next, answer];
      }
      return [next, { kind: 'waiting', againSeconds: ASK_AGAIN_S }];
    },
    renew,
    async renewConnected(box, csr) {
      const { keyHash } = await readRequest(csr);
      return renew(box, (await store.present(box, keyHash))?.serial ?? '', csr);
    },
    async admit(box, serial) {
      const certificate = await store.certificate(serial.toLowerCase());
      if (certificate?.box !== box) return 'certificate_unknown';
      if (certificate.revokedAt !== null) return 'certificate_revoked';
      return certificate.notAfter <= clock.now() ? 'certificate_lapsed' : null;
    },
    async settled(box, serial) {
      await store.revoke(box, 'superseded', clock.now(), serial.toLowerCase());
    },
    boxOf: (box) => store.enrolled(box),
    async revoke(box, reason, by) {
      await append({ kind: 'certificates_revoked', actor: by, box, reason });
      await store.revoke(box, reason, clock.now());
    },
    crl: async () => ca.crl(await store.revoked(clock.now()), clock.now()),
    forget: () => store.forget(clock.now()),
  };
}

/** SHA-256 of a certificate's SPKI, hex. */
function keyHashOf(raw: Buffer): string {
  const spki = new X509Certificate(raw).publicKey.export({ format: 'der', type: 'spki' });
  return createHash('sha256').update(spki).digest('hex');
}
