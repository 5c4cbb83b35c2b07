/** What a source has told of the calls that it sends (RFC 7865 6), and how an update changes it. Pure. */
import { MAX_REMEMBERED } from '../limits.ts';
import { problem } from '../problems.ts';

/** RFC 7865 6.3: one call as its parties know it. */
export interface CommunicationSession {
  readonly id: string;
  readonly group: string | null;
  /** Wall clock, ms; null: not said. So in all of these. */
  readonly from: number | null;
  readonly until: number | null;
}

/** RFC 7865 6.2: calls that belong together, as before and after a transfer. */
export interface Group {
  readonly id: string;
  readonly from: number | null;
  readonly until: number | null;
}

export interface Participant {
  readonly id: string;
  /** Address of record, as written; null: withheld. */
  readonly aor: string | null;
  readonly name: string | null;
  /** Whether it made the call, where a vendor's extension says so. */
  readonly calling: boolean | null;
}

export interface Stream {
  readonly id: string;
  readonly session: string | null;
  /** The `a=label` of its media section, as written. */
  readonly label: string | null;
}

/** RFC 7865 6.6: a participant in a session. */
export interface Presence {
  readonly participant: string;
  readonly session: string;
  readonly from: number | null;
  readonly until: number | null;
}

/** RFC 7865 6.7: which streams a participant speaks into and hears. Empty while it is on hold. */
export interface StreamUse {
  readonly participant: string;
  readonly sends: readonly string[];
  readonly receives: readonly string[];
  readonly from: number | null;
  readonly until: number | null;
}

/** Each list in the order in which its entries were first told. */
export interface Metadata {
  readonly groups: readonly Group[];
  readonly sessions: readonly CommunicationSession[];
  readonly participants: readonly Participant[];
  readonly streams: readonly Stream[];
  readonly presences: readonly Presence[];
  readonly uses: readonly StreamUse[];
}

export interface MetadataUpdate extends Metadata {
  /** `complete`: all that there is now. `partial`: what has changed. */
  readonly datamode: 'complete' | 'partial';
}

interface Dated {
  readonly from: number | null;
  readonly until: number | null;
}

/** The entries by key, later ones in the place of earlier ones. @throws Problem `metadata_too_large`. */
function merged<Entry>(
  known: readonly Entry[],
  told: readonly Entry[],
  keyOf: (entry: Entry) => string,
  into: (before: Entry, now: Entry) => Entry,
): readonly Entry[] {
  const entries = new Map(known.map((entry) => [keyOf(entry), entry]));
  for (const entry of told) {
    const key = keyOf(entry);
    const before = entries.get(key);
    entries.set(key, before === undefined ? entry : into(before, entry));
  }
  if (entries.size > MAX_REMEMBERED) throw problem('metadata_too_large', `${entries.size} entries`);
  return [...entries.values()];
}

const byId = ({ id }: { readonly id: string }): string => id;

/** An end that is told keeps its beginning; a beginning that is told again ends the end. */
const redated = <Entry extends Dated>(before: Entry, now: Entry): Entry =>
  now.from === null ? { ...now, from: before.from, until: now.until ?? before.until } : now;

const said = <Entry extends object>(before: Entry, now: Entry): Entry => {
  const told = Object.entries(now).filter(([, value]) => value !== null);
  return { ...before, ...Object.fromEntries(told) };
};

const used = (before: StreamUse, now: StreamUse): StreamUse => {
  const dated = redated(before, now);
  const silent = now.sends.length + now.receives.length === 0;
  return silent && now.until !== null ? { ...dated, sends: [], receives: [] } : dated;
};

const nothing: Metadata = { groups: [], sessions: [], participants: [], streams: [], presences: [], uses: [] };

/** What is known after an update; null before the first. @throws Problem `metadata_too_large`. */
export function apply(known: Metadata | null, update: MetadataUpdate): Metadata {
  const before = update.datamode === 'complete' ? nothing : (known ?? nothing);
  return {
    groups: merged(before.groups, update.groups, byId, redated),
    sessions: merged(before.sessions, update.sessions, byId, (a, b) => ({
      ...redated(a, b),
      group: b.group ?? a.group,
    })),
    participants: merged(before.participants, update.participants, byId, said),
    streams: merged(before.streams, update.streams, byId, said),
    presences: merged(
      before.presences,
      update.presences,
      (one) => JSON.stringify([one.participant, one.session]),
      redated,
    ),
    uses: merged(before.uses, update.uses, (one) => one.participant, used),
  };
}
