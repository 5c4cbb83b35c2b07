/** Identifiers of rows: ULIDs, each greater than the one before, so that rows sort as they were made. */
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { newUlid } from '@belkluis/shared/base/ulid';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The next in order: counted up by one, carrying into the time when chance overflows. */
function following(ulid: string): string {
  const rest = ulid.replace(/Z+$/, '');
  const next = ALPHABET[ALPHABET.indexOf(rest.at(-1)!) + 1]!;
  return rest.slice(0, -1) + next + '0'.repeat(ulid.length - rest.length);
}

/** A source of ids, also within a millisecond and when the clock goes back. */
export function idSource(clock: Pick<Clock, 'now'>, chance: Chance): () => string {
  let last = '';
  return () => {
    const fresh = newUlid(clock.now(), chance);
    last = fresh > last ? fresh : following(last);
    return last;
  };
}
