/** Who is in a call, as its record names them: made of what the source told. Pure. */
import { ANONYMOUS, isAnonymous } from '../../../sip/message/privacy.ts';
import { parseUri } from '../../../sip/message/uri.ts';
import { MAX_PARTY } from '../limits.ts';
import type { Metadata, Presence } from './model.ts';

/** How a party is named that the source does not name. */
export const UNKNOWN_PARTY = 'unknown';

/** What sources write for a caller who withholds the number (RFC 3323 4.1.1.3, and vendors). */
const HIDDEN = /^(anonymous|restricted|withheld|private)$/i;

/** One in a call. */
export interface Party {
  /** Its participant's id; null: from elsewhere than metadata. */
  readonly id: string | null;
  /** Number or user: what rules and searches look at. */
  readonly party: string;
  /** Whether it made the call, as a vendor says, and when it came into it, ms; null: not said. */
  readonly calling: boolean | null;
  readonly from: number | null;
}

/** The number or user of an address of record: `sip:anna@example.com`, `tel:+31201234567`, `+31201234567@198.51.100.7`, `9000`. */
export function partyOf(address: string): string {
  const bare = /[<>]/.test(address) ? (/<([^<>]*)>/.exec(address)?.[1] ?? address) : address;
  const user = parseUri(bare)?.user ?? bare.replace(/^[a-z]+:/i, '').split(/[@;]/)[0]!;
  // No control character and no white space gets further than here.
  const clean = user.replace(/[\p{C}\p{Z}]+/gu, '').slice(0, MAX_PARTY);
  if (isAnonymous(parseUri(bare)) || HIDDEN.test(clean)) return ANONYMOUS;
  return clean === '' ? UNKNOWN_PARTY : clean;
}

const isPresent = ({ from, until }: Presence): boolean => until === null || (from !== null && from > until);

/** The sessions that go on, in the order in which they were told. */
export function currentSessions({ sessions }: Metadata): readonly string[] {
  return sessions.filter(({ from, until }) => until === null || (from !== null && from > until)).map(({ id }) => id);
}

/**
 * Those who are in a session now, the caller first: where a vendor says who called, that one; else who came first; else in the order of
 * the document, for RFC 7865 knows no caller. Null: the dialect has no sessions. Who is said to be in no session at all is in each.
 */
export function presentIn(metadata: Metadata, session: string | null): readonly Party[] {
  const { participants, presences } = metadata;
  const present = participants.flatMap(({ id, aor, name, calling }) => {
    const its = presences.filter(({ participant }) => participant === id);
    const here = its.find((presence) => session === null || presence.session === session);
    if (its.length > 0 && !(here && isPresent(here))) return [];
    return [
      {
        id,
        // A vendor may hide the name alone and leave the number in the address.
        party: HIDDEN.test(name?.trim() ?? '') ? ANONYMOUS : partyOf(aor ?? name ?? ''),
        calling,
        from: here?.from ?? null,
      },
    ];
  });
  return present.sort(before);
}

const rank = ({ calling }: Party): number => (calling === true ? 0 : calling === false ? 2 : 1);

/** Negative: `a` is the likelier caller; 0: nothing says so. */
const before = (a: Party, b: Party): number =>
  rank(a) - rank(b) || (a.from !== null && b.from !== null ? a.from - b.from : 0);

/** Whether the source itself says that `caller` called `callee`. */
export const isOrdered = (caller: Party | undefined, callee: Party | undefined): boolean =>
  caller !== undefined && callee !== undefined && before(caller, callee) < 0;

/** Who speaks into the stream with this label now; null: nothing is known of such a stream. */
export function sendersOf(metadata: Metadata, label: string | null): readonly string[] | null {
  const streams = metadata.streams.filter((stream) => label !== null && stream.label === label).map(({ id }) => id);
  if (streams.length === 0) return null;
  return metadata.uses
    .filter(({ sends }) => sends.some((id) => streams.includes(id)))
    .map(({ participant }) => participant);
}

/** The session that a stream belongs to; null: the source does not say. */
export const sessionOf = ({ streams }: Metadata, label: string | null): string | null =>
  streams.find((stream) => label !== null && stream.label === label && stream.session !== null)?.session ?? null;
