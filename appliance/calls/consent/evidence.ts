/** What is kept of who was told, who agreed and who refused: bound to the recording (GDPR 7(1)), and to the leg as long as it talks. */
import type { Consent } from '@belkluis/shared/policy/consent';
import type { RecordingTerms } from '@belkluis/shared/policy/decide';
import { sides } from '../conversation.ts';
import { mustHear, type Pair } from './asked.ts';

/** What `Leg.answers` calls what holds for every purpose: the call is private. */
export const ANY_PURPOSE = '*';

/** What one of the two has said already in this call against being recorded for this purpose; null: nothing. */
export function refusedBefore(purpose: string, legs: Pair): 'objected' | 'private' | null {
  const refused = (name: string) => sides.some((side) => legs[side].answers.get(name)?.act === 'refused');
  return refused(ANY_PURPOSE) ? 'private' : refused(purpose) ? 'objected' : null;
}

/** What the recording begins with, in order. `answeredAt`: when the two began to talk. */
export function evidenceOf(terms: RecordingTerms, promptHash: string, legs: Pair, answeredAt: number): Consent[] {
  const { id, consent } = terms.purpose;
  const all = sides.flatMap((side): Consent[] => {
    const { heard, answers } = legs[side];
    const told = mustHear(side, terms, legs);
    const common = { side, mode: consent.mode, key: null, promptHash } as const;
    const knew: Consent = told
      ? { ...common, act: 'told', how: null, at: heard.get(promptHash) ?? answeredAt }
      : { ...common, act: 'told', how: 'acknowledgement', at: answeredAt };
    const answer = answers.get(id);
    return answer?.act === 'agreed' ? [knew, { ...answer, side }] : [knew];
  });
  return all.sort((one, other) => one.at - other.at);
}
