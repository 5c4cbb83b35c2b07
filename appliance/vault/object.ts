/**
 * Objection in the call itself (GDPR 21(1), 7(3)): what was recorded so far is erased before the call is over. Whoever calls this has forgotten
 * the session key already, so that nothing more is written, whatever is refused here. `finishErasure` does the rest.
 */
import { commitPoint } from '@belkluis/shared/base/commit-point';
import type { Consent } from '@belkluis/shared/policy/consent';
import type { Catalogue, RecordingEnd } from './catalogue.ts';
import { type CarryOutParts, type ErasureRequest, refuse, remember } from './erase.ts';

export interface ObjectParts extends CarryOutParts {
  readonly catalogue: CarryOutParts['catalogue'] & Pick<Catalogue, 'end' | 'consents'>;
}

const requestOf = (recording: string, { side, how }: Consent): ErasureRequest => ({
  recording,
  reason: 'objection',
  caseRef: null,
  actor: 'box',
  inCall: { side, how },
});

/**
 * Ends the row of a recording and remembers that it must go, in one commit: from here on nobody opens it, and whoever starts next finishes
 * it. `end`: null when it has ended already. False: there is nothing of it. @throws what the disk says: then nothing has changed.
 */
export function grantObjection(
  parts: ObjectParts,
  recording: string,
  consent: Consent,
  end: RecordingEnd | null,
): boolean {
  const { catalogue } = parts;
  const granted = catalogue.exclusively(() => {
    const row = catalogue.get(recording);
    if (row === null || row.erasedAt !== null) return false;
    if (end !== null) catalogue.end(recording, end);
    catalogue.consents.add(recording, consent);
    remember(parts, requestOf(recording, consent));
    return true;
  });
  commitPoint('object.granted');
  return granted;
}

/** Writes down that a law keeps the recording (GDPR 17(3)(b)), and goes on. @throws what the log says. */
export function refuseObjection(parts: ObjectParts, recording: string, consent: Consent, ground: string): void {
  parts.catalogue.exclusively(() => {
    refuse(parts, requestOf(recording, consent), { code: 'legal_retention', ground });
    parts.catalogue.consents.add(recording, consent);
  });
}
