/** Whom a number from outside reaches: the phones that its trunk's `inbound` names. */
import type { Lines } from '../../lines/schema.ts';
import { isE164, normalise } from '../numbers.ts';

type Inbound = Lines['trunks'][number]['inbound'];
type Numbering = Lines['numbering'];

/** The first entry that means `called`, a number in one form; undefined: none. */
export const didFor = (inbound: Inbound, called: string, numbering: Numbering): Inbound[number] | undefined =>
  inbound.find(({ did }) =>
    did.endsWith('*') ? called.startsWith(did.slice(0, -1)) : normalise(did, numbering) === called,
  );

/** Called numbers that are remembered for one document of lines: beyond, they are looked up anew. */
const MAX_KNOWN = 10_000;

/** Users by called number, for the lines that they are of. */
const known = new WeakMap<Lines, Map<string, readonly string[]>>();

/**
 * All phones that may ring when `called` is, by whichever trunk; none when it is no number of a trunk. Asked at every call, so what was found
 * is kept as long as the lines are these.
 */
export function phonesCalled(lines: Lines, called: string): readonly string[] {
  const users = known.get(lines) ?? new Map<string, readonly string[]>();
  known.set(lines, users);
  const before = users.get(called);
  if (before) return before;
  const number = normalise(called, lines.numbering);
  // `*` stands for numbers, not for the names of phones.
  const meant = (inbound: Inbound) => (isE164(number) ? inbound : inbound.filter(({ did }) => !did.endsWith('*')));
  const found = lines.trunks.flatMap(({ inbound }) => didFor(meant(inbound), number, lines.numbering)?.to ?? []);
  const all = [...new Set(found)];
  if (users.size < MAX_KNOWN) users.set(called, all);
  return all;
}
