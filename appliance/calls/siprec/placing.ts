/**
 * Which stream of a recording session goes where. A recording has two sides, so streams are laid in pairs, a *track* each: caller and
 * callee first, the others of a conference after them. A stream that mixes what others bring singly is not taken. Pure.
 */
import type { Metadata } from './metadata/model.ts';
import {
  currentSessions,
  isOrdered,
  type Party,
  presentIn,
  sendersOf,
  sessionOf,
  UNKNOWN_PARTY,
} from './metadata/parties.ts';

/** A stream as its media section names it. */
export interface Labelled {
  /** Which of the description's media sections. */
  readonly index: number;
  readonly label: string | null;
}

/** One or two streams of the same call. */
export interface Pair {
  readonly lines: readonly [Labelled] | readonly [Labelled, Labelled];
}

/** The streams in pairs. Left out: those that say again what others say. */
export function place(lines: readonly Labelled[], metadata: Metadata | null): readonly Pair[] {
  if (metadata === null) return pairs(lines);
  const sessions = new Map<string | null, Labelled[]>();
  for (const line of lines) {
    const session = sessionOf(metadata, line.label);
    sessions.set(session, [...(sessions.get(session) ?? []), line]);
  }
  return [...sessions].flatMap(([session, its]) => pairs(inOrder(its, metadata, session)));
}

const pairs = (lines: readonly Labelled[]): Pair[] =>
  lines.flatMap((line, at) => {
    const next = lines[at + 1];
    if (at % 2 === 1) return [];
    return [{ lines: next ? [line, next] : [line] } as Pair];
  });

/** The caller's stream first, the callee's, those of others, and then those of nobody that is known. */
function inOrder(lines: readonly Labelled[], metadata: Metadata, session: string | null): readonly Labelled[] {
  if (lines.length === 1) return lines;
  const present = presentIn(metadata, session ?? onlySession(metadata)).map(({ id }) => id);
  const senders = (line: Labelled) => sendersOf(metadata, line.label) ?? [];
  const single = lines.filter((line) => senders(line).length <= 1);
  // All of them mixed: then none says again what another says singly.
  const taken = single.length >= 2 ? single : lines;
  const rank = (line: Labelled): number => {
    const [sender] = senders(line);
    const at = sender === undefined ? -1 : present.indexOf(sender);
    return at < 0 ? Number.MAX_SAFE_INTEGER : at;
  };
  return [...taken].sort((a, b) => rank(a) - rank(b) || a.index - b.index);
}

/** Where streams do not say which call they belong to, it is the one that goes on. */
const onlySession = (metadata: Metadata): string | null => currentSessions(metadata)[0] ?? null;

/** The call that a pair of streams belongs to now, and who is in it. */
export interface Standing {
  /** The source's id of the call; null: it has none. */
  readonly session: string | null;
  /** Who speaks on side 0 and on side 1, as far as anybody knows. */
  readonly caller: string;
  readonly callee: string;
  /** What the source says of these two: who they are, and besides that the caller is who called; null: not even that it is they. */
  readonly told: 'parties' | 'order' | null;
  /** All that are in it, by their ids, for who joined and left. */
  readonly present: readonly Party[];
}

/** What a pair is of, by the latest metadata. `fallback`: what the INVITE itself says, where metadata is silent. */
export function standingOf(
  { lines }: Pair,
  metadata: Metadata | null,
  fallback: Pick<Standing, 'caller' | 'callee' | 'told'>,
): Standing {
  if (metadata === null) return { session: null, ...fallback, present: [] };
  const session = sessionOf(metadata, lines[0].label) ?? onlySession(metadata);
  const present = presentIn(metadata, session);
  if (present.length === 0) return { session, ...fallback, present };
  const [first, second] = lines.map(({ label }) => {
    const senders = sendersOf(metadata, label);
    return senders?.length === 1 ? present.find(({ id }) => id === senders[0]) : undefined;
  });
  const others = present.filter((one) => one !== first && one !== second);
  const caller = first ?? others.shift();
  const callee = second ?? others.shift();
  const [from, to] = [caller?.party ?? UNKNOWN_PARTY, callee?.party ?? UNKNOWN_PARTY];
  return { session, caller: from, callee: to, told: isOrdered(caller, callee) ? 'order' : 'parties', present };
}
