/** Which way a copied call goes. RFC 7865 knows neither inside nor caller, so it is read from who the parties are, as far as that says it. Pure. */
import type { CallToDecide } from '@belkluis/shared/policy/decide';
import { UNKNOWN_PARTY } from './metadata/parties.ts';
import type { Standing } from './placing.ts';

/** A number with so many digits belongs to the outside; extensions are shorter. */
const OUTSIDE_DIGITS = 7;

/** Null: nothing is known of it. */
function isOutside(party: string): boolean | null {
  if (party === UNKNOWN_PARTY) return null;
  // A number withheld is one that came from elsewhere.
  if (/^(anonymous|restricted|withheld)$/i.test(party)) return true;
  return /^\+?[\d().*#-]+$/.test(party) && party.replace(/\D/g, '').length >= OUTSIDE_DIGITS;
}

/** `usual`: as the source's configuration says, where it cannot be told: a party is not named, or it is not said who called whom. */
export function directionOf(
  { caller, callee, told }: Pick<Standing, 'caller' | 'callee' | 'told'>,
  usual: CallToDecide['direction'],
): CallToDecide['direction'] {
  if (told === null) return usual;
  const [from, to] = [isOutside(caller), isOutside(callee)];
  if (from === false && to === false) return 'internal';
  if (told !== 'order' || from === null || to === null || from === to) return usual;
  return from ? 'inbound' : 'outbound';
}
