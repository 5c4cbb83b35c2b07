/** Who must have acknowledged a notice for a call to be recorded: whoever may be heard in it. */
import type { Said } from '@belkluis/shared/policy/decide';
import { phonesCalled } from './calls/trunks/called.ts';
import type { Lines } from './lines/schema.ts';

/**
 * A number from outside is nobody's: it rings phones, and whether it is recorded is decided before one of them answers. So all of them must
 * have acknowledged. Any other name is an extension's own.
 */
export const acknowledgedByAll =
  (lines: () => Lines, acknowledged: Said['acknowledged']): Said['acknowledged'] =>
  (own, purpose) => {
    const phones = phonesCalled(lines(), own);
    return phones.length === 0 ? acknowledged(own, purpose) : phones.every((phone) => acknowledged(phone, purpose));
  };
