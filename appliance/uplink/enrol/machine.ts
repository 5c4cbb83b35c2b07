/**
 * The box's side of enrolment: one conversation with a fleet, until a person must decide. Pure: what is said comes in, what to say and to keep comes out.
 * Decision 0136 says which attacker each check is there for.
 */
import type { KeyObject } from 'node:crypto';
import { CONFIRM_LIFETIME_MS } from '@belkluis/shared/contract/enrolment/limits';
import type { Answer, Hello, Offer, Proof, RefusalCode } from '@belkluis/shared/contract/enrolment/messages';
import {
  challengeTranscript,
  offerTranscript,
  proofOf,
  sameHex,
  signTranscript,
} from '@belkluis/shared/contract/enrolment/transcript';
import { mayTryAt, takeTry } from '@belkluis/shared/contract/enrolment/tries';
import type { Kept, Offering } from './state.ts';

/** Who the box is: its id, and the key that signs its audit log (SPKI, base64). */
export interface Self {
  readonly box: string;
  readonly auditKey: string;
  readonly signingKey: KeyObject;
}

/** What was said on this connection so far. */
export type Talk =
  | { readonly at: 'begin' }
  | { readonly at: 'greeted'; readonly hello: Hello; readonly exporter: Buffer }
  | { readonly at: 'proved'; readonly transcript: Buffer; readonly proof: string }
  | { readonly at: 'end' };

export interface State {
  readonly kept: Kept;
  readonly talk: Talk;
}

export type Input =
  /** A TLS session stands, nobody knows yet with whom. `nonce`: fresh, 32 bytes, hex. */
  | { readonly kind: 'connected'; readonly exporter: Buffer; readonly nonce: string; readonly now: number }
  | { readonly kind: 'answered'; readonly answer: Answer; readonly now: number };

export type Effect =
  | { readonly kind: 'say'; readonly path: 'hello'; readonly message: Hello }
  | { readonly kind: 'say'; readonly path: 'proof'; readonly message: Proof }
  /** Whoever answers does not know the code, or hears another session than this one. */
  | { readonly kind: 'unproven' }
  /** A person is asked. */
  | { readonly kind: 'offered' }
  /** The conversation is over. `why` null: it went as it should. `said`: the fleet's own word for it. */
  | { readonly kind: 'end'; readonly why: EndCode | null; readonly said?: RefusalCode };

export type EndCode = 'code_lapsed' | 'fleet_locked' | 'fleet_unproven' | 'fleet_answer' | 'fleet_refused';

type Step = readonly [State, ...Effect[]];

const over = (kept: Kept, why: EndCode | null = null): readonly [State, Extract<Effect, { kind: 'end' }>] => [
  { kept, talk: { at: 'end' } },
  { kind: 'end', why },
];

/** When the box may ask again, ms; 0: now. */
const mayAskAt = (kept: Kept): number => (kept.at === 'offering' ? mayTryAt(kept.tries) : 0);

export function step(state: State, input: Input, self: Self): Step {
  const { kept, talk } = state;
  if (kept.at !== 'offering') return over(kept);
  if (kept.expiresAt <= input.now) return over({ at: 'alone' }, 'code_lapsed');
  if (input.kind === 'connected') {
    if (mayAskAt(kept) > input.now) return over(kept, 'fleet_locked');
    const { box, auditKey } = self;
    const hello: Hello = { v: 1, box, auditKey, locator: kept.locator, csr: kept.request.csr, nonce: input.nonce };
    return [
      { kept, talk: { at: 'greeted', hello, exporter: input.exporter } },
      { kind: 'say', path: 'hello', message: hello },
    ];
  }
  const { answer, now } = input;
  const reached: Offering = { ...kept, reachedAt: now };
  if (answer.kind === 'refused') {
    // A fleet that says so about a right proof heard it on another session than this one.
    if (talk.at === 'proved' && answer.code === 'unproven') return unproven(reached, now);
    const [state, end] = over(reached, answer.code === 'locked' ? 'fleet_locked' : 'fleet_refused');
    return [state, { ...end, said: answer.code }];
  }
  if (talk.at === 'greeted' && answer.kind === 'waiting') return over(reached);
  if (talk.at === 'greeted' && answer.kind === 'challenge') {
    const transcript = challengeTranscript(talk.exporter, talk.hello, answer.nonce);
    const proof = proofOf('box', kept.proofKey, transcript);
    const message: Proof = { v: 1, proof, signature: signTranscript(transcript, self.signingKey) };
    return [
      { kept: reached, talk: { at: 'proved', transcript, proof } },
      { kind: 'say', path: 'proof', message },
    ];
  }
  if (talk.at === 'proved' && answer.kind === 'offer') return offered(reached, talk, answer, now);
  return over(reached, 'fleet_answer');
}

/** It counts as a try, so that whoever plays fleet gets five proofs of the box in ten minutes, and the log as many lines. */
function unproven(kept: Offering, now: number): Step {
  const [state, end] = over({ ...kept, tries: takeTry(kept.tries, now) ?? kept.tries }, 'fleet_unproven');
  return [state, { kind: 'unproven' }, end];
}

function offered(kept: Offering, talk: Extract<Talk, { at: 'proved' }>, offer: Offer, now: number): Step {
  const { claim, msp, site, root, policyKey } = offer;
  const shown = { claim, msp, site, root, policyKey };
  const expected = proofOf('fleet', kept.proofKey, offerTranscript(talk.transcript, talk.proof, shown));
  if (!sameHex(offer.proof, expected)) return unproven(kept, now);
  const next: Kept = {
    at: 'offered',
    fleet: { url: kept.url, ...shown },
    request: kept.request,
    expiresAt: now + CONFIRM_LIFETIME_MS,
  };
  const [state, end] = over(next);
  return [state, { kind: 'offered' }, end];
}
