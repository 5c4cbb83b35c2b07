/** A box and its fleet: a code is made, a fleet proves that it has it, a person decides. The door of this room. */

import { createHash, createPrivateKey } from 'node:crypto';
import type { AuditEntry } from '@belkluis/shared/audit/event';
import { type Chance, randomHex } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { type ClaimCode, newClaimCode } from '@belkluis/shared/contract/enrolment/code';
import { CODE_LIFETIME_MS } from '@belkluis/shared/contract/enrolment/limits';
import type { Act, Answer } from '@belkluis/shared/contract/enrolment/messages';
import { toPem } from '@belkluis/shared/contract/enrolment/pem';
import { stretchCode } from '@belkluis/shared/contract/enrolment/stretch';
import { signAct, signRenew } from '@belkluis/shared/contract/enrolment/transcript';
import { type Effect, type Self, type State, step } from './machine.ts';
import { problem } from './problems.ts';
import { renewalOf, takeNext, wantNext } from './renewal.ts';
import { checkedCertificate, fingerprintOf, newRequest } from './request.ts';
import { alone, type Enrolled, type Kept, type KeptCertificate, type KeptFleet, type KeptRequest } from './state.ts';
import type { EnrolmentStore } from './store.ts';
import { type Conversation, converse, fleetOrigin } from './talk.ts';

/** What a person at the box compares and decides on. */
export interface ShownFleet {
  readonly url: string;
  /** As the fleet says them. */
  readonly msp: string;
  readonly site: string;
  /** SHA-256 of the root of the fleet's certificates, `AB:CD:…`. */
  readonly root: string;
  /** SHA-256 of the key with which this MSP signs policies, `AB:CD:…`. */
  readonly policyKey: string;
}

export type Status =
  | { readonly at: 'alone' }
  | {
      readonly at: 'offering';
      readonly url: string;
      readonly code: ClaimCode;
      readonly expiresAt: number;
      readonly reachedAt: number | null;
    }
  | { readonly at: 'offered' | 'confirmed'; readonly fleet: ShownFleet; readonly expiresAt: number }
  | {
      readonly at: 'enrolled';
      readonly fleet: ShownFleet;
      readonly expiresAt: number;
      readonly renewal: ReturnType<typeof renewalOf>;
    };

export interface Enrolment {
  status(): Status;
  /** A new code for the fleet at `url`; an earlier one is worth nothing any more. @throws Problem `fleet_url`, `fleet_known`. */
  begin(url: string, by: string): Promise<Status>;
  /** Asks the fleet once. @throws Problem `fleet_none`, `code_lapsed`, and why the conversation came to nothing. */
  ask(): Promise<Status>;
  /**
   * A person has compared both fingerprints with what their MSP gave them: they are pinned, and the certificate is fetched.
   * @throws Problem `fleet_not_offered`, `fleet_fingerprint`, `offer_lapsed`; of the policy's trust; why the certificate did not come.
   */
  confirm(by: string, compared: Pick<ShownFleet, 'root' | 'policyKey'>): Promise<Status>;
  /** A person does not want this fleet, or gives up a code. */
  refuse(by: string): Promise<Status>;
  /** No fleet any more: keys and certificates are wiped, nothing that it signs counts. Recordings and the policy in force stay. */
  leave(by: string): Promise<Status>;
  /** By what the box connects; null: it has no certificate. */
  credentials(): Credentials | null;
  /** The request for the next certificate (DER, base64): the same one until it was answered. @throws Problem `fleet_none`. */
  request(): Promise<string>;
  /** The answer to it: DER, base64. @throws Problem `fleet_none`, `certificate_wrong`. */
  take(chain: readonly string[]): void;
  /** The broker has let the box in with what `credentials` says: the certificate before is wiped. */
  settled(): void;
  /** Over HTTPS, where the broker does not let the box in any more, or not yet. @throws Problem `certificate_lapsed`, `fleet_refused`. */
  renew(): Promise<Status>;
  close(): void;
}

/** PEM: a key, and its certificate with the issuer's after it. */
interface KeyAndCertificate {
  readonly key: string;
  readonly certificate: string;
}

/** By what the box connects, and where. */
export interface Credentials extends KeyAndCertificate {
  /** PEM: whoever answers must show a certificate below it. */
  readonly authority: string;
  /** `mqtts://…`, `wss://…`, in the order in which they are tried. */
  readonly brokers: readonly string[];
  /** Wall clock, ms. */
  readonly expiresAt: number;
  readonly renewal: ReturnType<typeof renewalOf>;
  /** While a new certificate has not let the box in yet: the one before. */
  readonly former: KeyAndCertificate | null;
}

export interface EnrolmentParts {
  readonly store: EnrolmentStore;
  readonly self: Self;
  readonly clock: Pick<Clock, 'now'>;
  readonly chance: Chance;
  /** Durably. Throws when it cannot: then nothing changes. */
  readonly append: (entry: AuditEntry) => unknown;
  /** From now on policies by this key (SPKI, base64) are the fleet's; and no more. @throws Problem of the policy's trust. */
  readonly trust: { pin(policyKey: string): void; unpin(policyKey: string): void };
}

const colons = (hex: string): string => hex.toUpperCase().replaceAll(/(..)(?=.)/g, '$1:');
const bare = (fingerprint: string): string => fingerprint.replaceAll(/[^0-9A-Fa-f]/g, '').toUpperCase();

const policyKeyName = (spki: string): string => createHash('sha256').update(Buffer.from(spki, 'base64')).digest('hex');

const shown = ({ url, msp, site, root, policyKey }: KeptFleet): ShownFleet => ({
  url,
  msp,
  site,
  root: fingerprintOf(root),
  policyKey: colons(policyKeyName(policyKey)),
});

const pemsOf = ({ key, chain }: KeptCertificate): KeyAndCertificate => ({
  key,
  certificate: chain.map((der) => toPem('CERTIFICATE', der)).join(''),
});

const named = (fleet: KeptFleet) => ({
  claim: fleet.claim,
  root: bare(fingerprintOf(fleet.root)).toLowerCase(),
  policyKey: policyKeyName(fleet.policyKey),
});

export function openEnrolment({ store, self, clock, chance, append, trust }: EnrolmentParts): Enrolment {
  const status = (kept: Kept = store.read()): Status => {
    switch (kept.at) {
      case 'alone':
        return { at: 'alone' };
      case 'offering': {
        const { at, url, code, expiresAt, reachedAt } = kept;
        return { at, url, code: code as ClaimCode, expiresAt, reachedAt };
      }
      case 'offered':
      case 'confirmed':
        return { at: kept.at, fleet: shown(kept.fleet), expiresAt: kept.expiresAt };
      case 'enrolled': {
        const { fleet, certificate } = kept;
        const renewal = renewalOf(certificate, clock.now());
        return { at: 'enrolled', fleet: shown(fleet), expiresAt: certificate.notAfter, renewal };
      }
    }
  };

  /** @throws when the desk and a command changed it at once: whoever was second looks again. */
  function keep(before: Kept, next: Kept): void {
    if (!store.replace(before, next)) throw problem('fleet_not_offered');
  }

  async function talkWith<T>(url: string, root: string | null, work: (talk: Conversation) => Promise<T>): Promise<T> {
    const talk = await converse(url, root);
    try {
      return await work(talk);
    } finally {
      talk.close();
    }
  }

  /** One conversation by the machine, until it ends. */
  async function converseAsOffering(before: Extract<Kept, { at: 'offering' }>): Promise<void> {
    await talkWith(before.url, null, async (talk) => {
      const now = () => clock.now();
      const connected = {
        kind: 'connected',
        exporter: talk.exporter,
        nonce: randomHex(chance, 32),
        now: now(),
      } as const;
      let kept: Kept = before;
      let [state, ...effects]: readonly [State, ...Effect[]] = step({ kept, talk: { at: 'begin' } }, connected, self);
      for (;;) {
        let answer: Answer | null = null;
        let end: Extract<Effect, { kind: 'end' }> | null = null;
        for (const effect of effects) {
          if (effect.kind === 'say') answer = await talk.ask(effect.path, effect.message);
          else if (effect.kind === 'end') end = effect;
          else if (effect.kind === 'unproven') {
            append({ kind: 'fleet_unproven', actor: 'box', facts: {} });
          } else if (state.kept.at === 'offered') {
            append({ kind: 'fleet_offered', actor: 'box', facts: named(state.kept.fleet) });
          }
        }
        if (state.kept !== kept) keep(kept, state.kept);
        kept = state.kept;
        if (end?.why) throw problem(end.why, end.said);
        if (!answer) return;
        [state, ...effects] = step(state, { kind: 'answered', answer, now: now() }, self);
      }
    });
  }

  /** Tells the fleet what a person decided, over its pinned certificate. */
  async function tell(fleet: KeptFleet, act: Act['act']): Promise<Answer> {
    const { claim } = fleet;
    return talkWith(fleet.url, fleet.root, (talk) => {
      const said = { act, box: self.box, claim };
      return talk.ask('act', { v: 1, ...said, signature: signAct(talk.exporter, said, self.signingKey) });
    });
  }

  /** For acts that hold whether or not the fleet hears of them. */
  const tellIfThere = async (fleet: KeptFleet, act: Act['act']): Promise<boolean> => {
    try {
      return (await tell(fleet, act)).kind === 'done';
    } catch {
      // It revokes the certificate when somebody there sees to it; here it is gone.
      return false;
    }
  };

  function enrolledNow(): Enrolled {
    const kept = store.read();
    if (kept.at !== 'enrolled') throw problem('fleet_none');
    return kept;
  }

  /** With a request for the next certificate. */
  async function wantedNow(): Promise<Enrolled & { next: KeptRequest }> {
    const before = enrolledNow();
    const wanted = await wantNext(before, () => newRequest(self.box));
    if (wanted.next !== before.next) keep(before, wanted);
    return wanted;
  }

  /** Nothing that this fleet signs counts from now on, and its keys are wiped. */
  function dropFleet(kept: Extract<Kept, { at: 'confirmed' | 'enrolled' }>, by: string): void {
    append({ kind: 'fleet_left', actor: by, facts: named(kept.fleet) });
    trust.unpin(kept.fleet.policyKey);
    keep(kept, alone);
  }

  async function fetchCertificate(): Promise<Status> {
    const kept = store.read();
    if (kept.at !== 'confirmed') return status(kept);
    const { fleet, request } = kept;
    const answer = await tell(fleet, 'confirm');
    if (answer.kind === 'refused') {
      // The claim is over for good: what was pinned for it must not stay. Other refusals may pass.
      if (answer.code === 'lapsed') dropFleet(kept, 'box');
      throw problem('fleet_refused', answer.code);
    }
    if (answer.kind !== 'certificate') throw problem('fleet_answer');
    const certificate = checkedCertificate(answer.chain, request, {
      box: self.box,
      root: fleet.root,
      now: clock.now(),
    });
    // The desk and a command may have fetched it at once: one of the two is kept, and either is good.
    if (store.read().at === 'enrolled') return status();
    append({ kind: 'fleet_enrolled', actor: 'box', facts: { ...named(fleet), notAfter: certificate.notAfter } });
    keep(kept, { at: 'enrolled', fleet, brokers: answer.brokers, certificate, next: null, former: null });
    return status();
  }

  return {
    status: () => status(),
    async begin(url, by) {
      const origin = fleetOrigin(url);
      const before = store.read();
      if (before.at !== 'alone' && before.at !== 'offering') throw problem('fleet_known');
      const code = newClaimCode(chance);
      const { locator, proofKey } = await stretchCode(code);
      const request = await newRequest(self.box);
      const expiresAt = clock.now() + CODE_LIFETIME_MS;
      append({ kind: 'fleet_code_made', actor: by, facts: { expiresAt } });
      keep(before, {
        at: 'offering',
        url: origin,
        code,
        locator,
        proofKey,
        request,
        expiresAt,
        tries: null,
        reachedAt: null,
      });
      return status();
    },
    async ask() {
      const kept = store.read();
      if (kept.at === 'confirmed') return fetchCertificate();
      if (kept.at !== 'offering') {
        if (kept.at === 'alone') throw problem('fleet_none');
        return status(kept);
      }
      if (kept.expiresAt <= clock.now()) {
        keep(kept, alone);
        throw problem('code_lapsed');
      }
      await converseAsOffering(kept);
      return status();
    },
    async confirm(by, compared) {
      const kept = store.read();
      if (kept.at === 'confirmed') return fetchCertificate();
      if (kept.at !== 'offered') throw problem('fleet_not_offered');
      if (kept.expiresAt <= clock.now()) {
        keep(kept, alone);
        throw problem('offer_lapsed');
      }
      const { fleet, request } = kept;
      const seen = shown(fleet);
      for (const name of ['root', 'policyKey'] as const) {
        if (bare(compared[name]) !== bare(seen[name])) throw problem('fleet_fingerprint', name);
      }
      append({ kind: 'fleet_confirmed', actor: by, facts: named(fleet) });
      trust.pin(fleet.policyKey);
      keep(kept, { at: 'confirmed', fleet, request, expiresAt: kept.expiresAt });
      return fetchCertificate();
    },
    async refuse(by) {
      const kept = store.read();
      if (kept.at !== 'offering' && kept.at !== 'offered') throw problem('fleet_not_offered');
      append({ kind: 'fleet_refused', actor: by, facts: { claim: kept.at === 'offered' ? kept.fleet.claim : null } });
      keep(kept, alone);
      if (kept.at === 'offered') await tellIfThere(kept.fleet, 'refuse');
      return status();
    },
    async leave(by) {
      const kept = store.read();
      if (kept.at !== 'confirmed' && kept.at !== 'enrolled') throw problem('fleet_none');
      dropFleet(kept, by);
      await tellIfThere(kept.fleet, 'leave');
      return status();
    },
    credentials() {
      const kept = store.read();
      if (kept.at !== 'enrolled') return null;
      const { certificate, former, fleet, brokers } = kept;
      return {
        ...pemsOf(certificate),
        authority: toPem('CERTIFICATE', fleet.root),
        brokers,
        expiresAt: certificate.notAfter,
        renewal: renewalOf(certificate, clock.now()),
        former: former && pemsOf(former),
      };
    },
    request: async () => (await wantedNow()).next.csr,
    take(chain) {
      const kept = enrolledNow();
      const renewed = takeNext(kept, chain, self.box, clock.now());
      if (renewed === kept) return;
      append({ kind: 'fleet_certificate_renewed', actor: 'box', facts: { notAfter: renewed.certificate.notAfter } });
      keep(kept, renewed);
    },
    settled() {
      const kept = store.read();
      if (kept.at === 'enrolled' && kept.former) keep(kept, { ...kept, former: null });
    },
    async renew() {
      if (renewalOf(enrolledNow().certificate, clock.now()) === 'lapsed') throw problem('certificate_lapsed');
      const wanted = await wantedNow();
      const { fleet, certificate, next } = wanted;
      const answer = await talkWith(fleet.url, fleet.root, (talk) => {
        const said = { box: self.box, claim: fleet.claim, csr: next.csr, certificate: certificate.chain[0]! };
        const signatures = signRenew(talk.exporter, said, createPrivateKey(certificate.key), self.signingKey);
        return talk.ask('renew', { v: 1, ...said, ...signatures });
      });
      if (answer.kind === 'refused') throw problem('fleet_refused', answer.code);
      if (answer.kind !== 'certificate') throw problem('fleet_answer');
      const renewed = { ...takeNext(wanted, answer.chain, self.box, clock.now()), brokers: answer.brokers };
      append({ kind: 'fleet_certificate_renewed', actor: 'box', facts: { notAfter: renewed.certificate.notAfter } });
      keep(wanted, renewed);
      return status();
    },
    close: () => store.close(),
  };
}
