/**
 * The fleet's side of enrolment: one connection of one box. Pure: what the database knows comes in, what is to be done comes out. Decision 0136 says
 * which attacker each check is there for.
 */
import { ASK_AGAIN_S } from '@belkluis/shared/contract/enrolment/limits';
import type { Act, Answer, Hello, Offer, Proof, RefusalCode } from '@belkluis/shared/contract/enrolment/messages';
import {
  challengeTranscript,
  offerTranscript,
  proofOf,
  sameHex,
  signedAct,
  signedTranscript,
} from '@belkluis/shared/contract/enrolment/transcript';
import { mayTryAt } from '@belkluis/shared/contract/enrolment/tries';
import type { Agreement, Claim, KnownBox, ProvenBox } from './claim.ts';

/** What was said on this connection so far. */
export type Session =
  | { readonly at: 'begin' }
  | { readonly at: 'challenged'; readonly hello: Hello; readonly nonce: string; readonly claim: string }
  | { readonly at: 'end' };

export const begun: Session = { at: 'begin' };

export type Input =
  | {
      readonly kind: 'hello';
      readonly message: Hello;
      /** Of this locator; null: nobody has typed the code. */
      readonly claim: Claim | null;
      /** Fresh, 32 bytes, hex. */
      readonly nonce: string;
      readonly now: number;
    }
  | {
      readonly kind: 'proof';
      readonly message: Proof;
      /** Of the challenge, with this try counted; null: no try was left. */
      readonly claim: Claim | null;
      /** What the fleet knew of the box that said hello. */
      readonly known: KnownBox | null;
      readonly csrUsable: boolean;
      /** The root of the fleet's certificates: DER, base64. */
      readonly root: string;
      /** RFC 9266 tls-exporter of this connection. */
      readonly exporter: Buffer;
      readonly now: number;
    }
  | {
      readonly kind: 'act';
      readonly message: Act;
      readonly claim: Claim | null;
      readonly agreement: Agreement;
      readonly exporter: Buffer;
      readonly now: number;
    };

export type Effect =
  | { readonly kind: 'answer'; readonly message: Answer }
  /** Keep it until its code is typed; nobody is shown it. */
  | { readonly kind: 'keep_hello'; readonly hello: Hello }
  /** The box knows the code. Its try does not count. */
  | { readonly kind: 'prove'; readonly claim: string; readonly box: ProvenBox }
  | { readonly kind: 'proof_failed'; readonly claim: string; readonly why: RefusalCode }
  /** A person at the box has confirmed: sign, and answer with the chain. */
  | { readonly kind: 'issue'; readonly claim: Claim; readonly box: ProvenBox }
  | { readonly kind: 'refuse'; readonly claim: string }
  /** Revoke what it has. */
  | { readonly kind: 'leave'; readonly claim: string; readonly box: string };

type Step = readonly [Session, ...Effect[]];

const answer = (message: Answer): Effect => ({ kind: 'answer', message });
const refused = (code: RefusalCode): Effect => answer({ kind: 'refused', code });
const waiting: Effect = answer({ kind: 'waiting', againSeconds: ASK_AGAIN_S });

export function step(session: Session, input: Input): Step {
  switch (input.kind) {
    case 'hello':
      return hello(session, input);
    case 'proof':
      return proof(session, input);
    case 'act':
      return act(session, input);
  }
}

function hello(session: Session, { message, claim, nonce, now }: Extract<Input, { kind: 'hello' }>): Step {
  // One hello a connection: two would let a box choose between two challenges.
  if (session.at !== 'begin') return [{ at: 'end' }, refused('malformed')];
  const open = claim && (claim.state === 'typed' || claim.state === 'proven') && claim.expiresAt > now;
  if (!open) return [begun, { kind: 'keep_hello', hello: message }, waiting];
  if (mayTryAt(claim.tries) > now) return [{ at: 'end' }, refused('locked')];
  return [{ at: 'challenged', hello: message, nonce, claim: claim.id }, answer({ kind: 'challenge', nonce })];
}

function proof(session: Session, input: Extract<Input, { kind: 'proof' }>): Step {
  const { message, claim, exporter, now } = input;
  if (session.at !== 'challenged') return [{ at: 'end' }, refused('malformed')];
  if (!claim) return [{ at: 'end' }, refused('locked')];
  const { hello } = session;
  if (claim.expiresAt <= now || claim.proofKey === '') return [{ at: 'end' }, refused('lapsed')];
  const transcript = challengeTranscript(exporter, hello, session.nonce);
  const knowsCode = sameHex(message.proof, proofOf('box', claim.proofKey, transcript));
  const hasKey = signedTranscript(transcript, message.signature, hello.auditKey);
  const why = knowsCode && hasKey ? objection(hello, claim, input) : 'unproven';
  if (why) return [{ at: 'end' }, { kind: 'proof_failed', claim: claim.id, why }, refused(why)];
  const shown = {
    claim: claim.id,
    msp: claim.mspName,
    site: claim.siteName,
    root: input.root,
    policyKey: claim.policyKey,
  };
  const offer: Offer = {
    kind: 'offer',
    ...shown,
    proof: proofOf('fleet', claim.proofKey, offerTranscript(transcript, message.proof, shown)),
  };
  const { box, auditKey, csr } = hello;
  return [{ at: 'end' }, { kind: 'prove', claim: claim.id, box: { box, auditKey, csr } }, answer(offer)];
}

/** Why a box that knows the code is refused all the same; null: it is not. */
function objection(hello: Hello, claim: Claim, { known, csrUsable }: Extract<Input, { kind: 'proof' }>) {
  if (!csrUsable) return 'csr_unusable';
  // Another box proved this claim before: the code was seen by two.
  if (claim.box && (claim.box.box !== hello.box || claim.box.auditKey !== hello.auditKey)) return 'other_identity';
  if (known && known.auditKey !== hello.auditKey) return 'other_identity';
  if (known?.site && known.site !== claim.site) return 'enrolled_elsewhere';
  return null;
}

function act(session: Session, input: Extract<Input, { kind: 'act' }>): Step {
  const { message, claim, agreement, exporter, now } = input;
  if (session.at !== 'begin') return [{ at: 'end' }, refused('malformed')];
  // A claim that is unknown, and one of another box, are answered alike.
  if (claim?.box?.box !== message.box) return [{ at: 'end' }, refused('lapsed')];
  if (!signedAct(exporter, message, claim.box.auditKey)) return [{ at: 'end' }, refused('unproven')];
  const lapsed: Step = [{ at: 'end' }, refused('lapsed')];
  const over = claim.state === 'refused' || claim.state === 'left';
  switch (message.act) {
    case 'confirm':
      // Again, when the answer was lost on its way.
      if (over || claim.expiresAt <= now) return lapsed;
      if (agreement !== 'valid') return [{ at: 'end' }, refused('no_agreement')];
      return [{ at: 'end' }, { kind: 'issue', claim, box: claim.box }];
    case 'refuse':
      if (claim.state === 'enrolled') return lapsed;
      if (over) return [{ at: 'end' }, answer({ kind: 'done' })];
      return [{ at: 'end' }, { kind: 'refuse', claim: claim.id }, answer({ kind: 'done' })];
    case 'leave':
      if (over) return [{ at: 'end' }, answer({ kind: 'done' })];
      return [{ at: 'end' }, { kind: 'leave', claim: claim.id, box: claim.box.box }, answer({ kind: 'done' })];
  }
}
