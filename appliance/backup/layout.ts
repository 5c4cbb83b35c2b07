/**
 * What lies at a destination, and for how long:
 *
 * - `box.json`: whose place this is.
 * - `content/<2 hex>/<id>.sealed`: one finished recording each, as sealed as on the box. Until the recording is erased.
 * - `log/<generation>/<from>-<to>.leaves`, `log/<generation>/<size>.note`: leaf hashes and checkpoints of the audit log. For ever; they say nothing.
 * - `snapshots/<instant>.pgp`: everything else, sealed to the escrow keys. Seven days: only they hold wraps.
 * - `erased/<instant>.json`: recordings erased since the list before, so that no older snapshot brings them back. Eight days.
 * - `latest.json`: signed by the device, names the newest snapshot.
 */
import { ERASED_LIFE_MS, NEWEST_SNAPSHOTS, SNAPSHOT_LIFE_MS } from './limits.ts';

const DAY_MS = 24 * 3600_000;

/** Databases in a snapshot, by their place below the data directory. Never the keystore: its wraps go as rows, out of their epoch. */
export const SNAPSHOT_DATABASES = ['vault/catalogue.db', 'audit.db', 'access.db', 'phones.db', 'privacy.db'];

/** Folders of small files in a snapshot. */
export const CANARY_FOLDER = 'vault/canary';
export const SNAPSHOT_FOLDERS = ['policy', 'identity', 'lines', CANARY_FOLDER];

export const BOX_OBJECT = 'box.json';
export const LATEST_OBJECT = 'latest.json';

export const contentObject = (recording: string): string => `content/${recording.slice(0, 2)}/${recording}.sealed`;

/** The recording whose content an object is; null for another object. */
export const recordingOf = (object: string): string | null => {
  const match = /^content\/([0-9a-f]{2})\/([0-9a-f]{32})\.sealed$/.exec(object);
  return match?.[2]?.startsWith(match[1]!) ? match[2] : null;
};

/** `20261125T144500123Z`: instants whose order is that of their text. */
export const instantName = (at: number): string => new Date(at).toISOString().replace(/[-:.]/g, '');

/** The instant that a name tells, wall clock ms; null for what is no such name. */
export function instantOf(name: string): number | null {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/.exec(name);
  if (!match) return null;
  const [, year, month, day, hour, minute, second, ms] = match;
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
  return Number.isNaN(at) ? null : at;
}

export const snapshotObject = (snapshot: string): string => `snapshots/${snapshot}.pgp`;
export const erasedObject = (instant: string): string => `erased/${instant}.json`;

const named = (object: string, folder: string, ending: string): string | null => {
  if (!object.startsWith(`${folder}/`) || !object.endsWith(ending)) return null;
  const name = object.slice(folder.length + 1, -ending.length);
  return instantOf(name) === null ? null : name;
};
export const snapshotOf = (object: string): string | null => named(object, 'snapshots', '.pgp');
export const erasedListOf = (object: string): string | null => named(object, 'erased', '.json');

/** Sizes are padded: their order is that of their text. */
const padded = (size: number): string => String(size).padStart(12, '0');
export const leavesObject = (generation: number, from: number, to: number): string =>
  `log/${generation}/${padded(from)}-${padded(to)}.leaves`;
export const noteObject = (generation: number, size: number): string => `log/${generation}/${padded(size)}.note`;

/** Where the leaves in an object end; null for another object. */
export function leavesEnd(object: string, generation: number): number | null {
  const match = /^log\/(\d+)\/\d{12}-(\d{12})\.leaves$/.exec(object);
  return match && Number(match[1]) === generation ? Number(match[2]) : null;
}

/**
 * Which snapshots stay: the newest three, and the newest of each day, none of them older than seven days, not even the last; and none
 * that claims to come from further in the future, for nobody could say when its time is over.
 */
export function snapshotsToKeep(snapshots: readonly string[], now: number): string[] {
  const alive = snapshots
    .map((snapshot) => ({ snapshot, at: instantOf(snapshot) }))
    .filter((entry): entry is { snapshot: string; at: number } => entry.at !== null)
    .filter(({ at }) => Math.abs(now - at) < SNAPSHOT_LIFE_MS)
    .sort((a, b) => b.at - a.at);
  const days = new Set<number>();
  return alive
    .filter(({ at }, index) => {
      const day = Math.floor(at / DAY_MS);
      const first = !days.has(day);
      days.add(day);
      return first || index < NEWEST_SNAPSHOTS;
    })
    .map(({ snapshot }) => snapshot);
}

/** Which lists of erased recordings stay. */
export const erasedToKeep = (lists: readonly string[], now: number): string[] =>
  lists.filter((list) => {
    const at = instantOf(list);
    return at !== null && now - at < ERASED_LIFE_MS;
  });
