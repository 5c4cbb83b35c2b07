/** Identifiers that sort by the time they were made (https://github.com/ulid/spec): 48 bits of milliseconds, 80 bits of chance. */
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';

/** Crockford's base 32: no I, L, O, U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_LENGTH = 10;
const CHANCE_LENGTH = 16;
const CHANCE_BYTES = 10;
const CHANCE_BITS = 80n;

function base32(value: bigint, length: number): string {
  let text = '';
  for (let left = value; text.length < length; left >>= 5n) text = ALPHABET[Number(left & 31n)] + text;
  return text;
}

/**
 * A source of ULIDs, each greater than the one before: within a millisecond, or when the clock went back, chance is drawn once and then
 * counted up. When counting overflows, which 80 bits make a matter of theory, the time goes one millisecond ahead.
 */
export function idSource(clock: Pick<Clock, 'now'>, chance: Chance): () => string {
  let time = -1;
  let low = 0n;
  return () => {
    const now = clock.now();
    if (now > time) {
      time = now;
      low = BigInt(`0x${chance.bytes(CHANCE_BYTES).toString('hex')}`);
    } else if (++low >> CHANCE_BITS) {
      time++;
      low = 0n;
    }
    return base32(BigInt(time), TIME_LENGTH) + base32(low, CHANCE_LENGTH);
  };
}
