/** Who of two that talk must hear the announcement, who must agree, and who may refuse. Pure. */
import type { RecordingTerms } from '@belkluis/shared/policy/decide';
import { type Asked, type Side, sides } from '../conversation.ts';
import type { Leg } from '../leg.ts';

export type Pair = Readonly<Record<Side, Pick<Leg, 'outside' | 'heard' | 'answers'>>>;

/** Between own phones nobody is outside, and each is asked as one from outside would be. */
const isAsked = (side: Side, legs: Pair): boolean => legs[side].outside || sides.every((one) => !legs[one].outside);

function mustAgree(side: Side, { purpose }: RecordingTerms, legs: Pair): boolean {
  const { consent } = purpose;
  return consent.mode === 'opt-in' && (consent.asks === 'everybody' || isAsked(side, legs));
}

/**
 * Whether `side` is told in the call. People of the organisation need not be where the purpose says so: they have acknowledged a notice.
 * But nobody agrees to what they have not heard.
 */
export const mustHear = (side: Side, terms: RecordingTerms, legs: Pair): boolean =>
  legs[side].outside || terms.purpose.announcement.staffHear || mustAgree(side, terms, legs);

/** Whose key refuses: people of the organisation have the private key for that, and press others in the menus of those whom they call. */
export const mayRefuse = (side: Side, terms: RecordingTerms, legs: Pair): boolean =>
  isAsked(side, legs) || mustAgree(side, terms, legs);

/** `hash`: of the announcement. `emergency`: no purpose ends a call for help (`decisions/0086`). */
export function askedOf(terms: RecordingTerms, hash: string, legs: Pair, emergency: boolean): Asked {
  const { purpose, retention, start } = terms;
  const agreed = (side: Side) => {
    const answer = legs[side].answers.get(purpose.id);
    return answer?.act === 'agreed' && answer.promptHash === hash;
  };
  return {
    mandatory: purpose.mandatory && !emergency,
    locked: retention.minimum !== null,
    start,
    tell: sides.filter((side) => mustHear(side, terms, legs) && !legs[side].heard.has(hash)),
    ask: sides.filter((side) => mustAgree(side, terms, legs) && !agreed(side)),
    mayPause: purpose.pause !== null,
    remembers: purpose.consent.mode === 'opt-out' && purpose.consent.remember,
  };
}
