/**
 * A box out of its backup, onto an empty data directory. The escrow key stays off the box: a request goes out, an answer that opens this one
 * snapshot comes back. Each step is remembered, so that a restore that was cut off goes on.
 */
import { createPublicKey } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Clock } from '@belkluis/shared/base/clock';
import { commitPoint } from '@belkluis/shared/base/commit-point';
import { keyName } from '@belkluis/shared/policy/dsse';
import { z } from 'zod';
import { contentPath } from '../vault/content.ts';
import { makeFolder, renameDurably, unlinkDurably, writeFileDurably } from '../vault/durable.ts';
import type { Wraps } from '../vault/keystore/keystore.ts';
import type { Destination } from './destination.ts';
import { type FetchedSnapshot, fetchContent, fetchSnapshot, openSnapshot } from './fetch.ts';
import { SNAPSHOT_DATABASES, SNAPSHOT_FOLDERS } from './layout.ts';
import { PAGE } from './limits.ts';
import { problem } from './problems.ts';
import { erasedAt } from './prune.ts';
import { removeFolder } from './scratch.ts';
import { pkeskOf, readSessionKey } from './seal-stream.ts';

/** Below the data directory; gone when the restore is complete. */
const FOLDER = 'restore';

const phases = ['fetched', 'opened', 'placed', 'wrapped', 'filled'] as const;

const stateSchema = z.strictObject({
  schemaVersion: z.literal(1),
  destination: z.string(),
  snapshot: z.string(),
  /** What has been done last. */
  phase: z.enum(phases),
  /** Of the device key, once it is known. */
  deviceKey: z.string().nullable(),
  generation: z.number().int().nonnegative(),
  counts: z.strictObject({
    recordings: z.number().int().nonnegative(),
    missing: z.number().int().nonnegative(),
    erased: z.number().int().nonnegative(),
  }),
});

type RestoreState = z.infer<typeof stateSchema>;

const placesOf = (data: string) => ({
  folder: join(data, FOLDER),
  state: join(data, FOLDER, 'state.json'),
  sealed: join(data, FOLDER, 'snapshot.pgp'),
  opened: join(data, FOLDER, 'opened'),
});

function readState(data: string): RestoreState | null {
  const { state } = placesOf(data);
  return existsSync(state) ? stateSchema.parse(JSON.parse(readFileSync(state, 'utf8'))) : null;
}

const writeState = (data: string, state: RestoreState): void =>
  writeFileDurably(placesOf(data).state, JSON.stringify(state));

/** For a process that starts: none may while a restore has begun and not ended. @throws Problem `restore_unfinished`. */
export function refuseUnfinished(data: string): void {
  if (existsSync(placesOf(data).state)) throw problem('restore_unfinished', data);
}

export interface RestoreRequest {
  readonly snapshot: string;
  /** PKESK packets: who holds an escrow key finds the session key in them. */
  readonly request: Buffer;
}

/**
 * Fetches a snapshot into an empty data directory. `fingerprint`: SHA-256 of the device key, hex, if the caller knows it.
 * @throws Problem `not_empty`, `restore_other`, and those of `fetchSnapshot`.
 */
export async function beginRestore(
  data: string,
  destination: Destination,
  wanted: { readonly snapshot: string | null; readonly fingerprint: string | null },
): Promise<RestoreRequest> {
  makeFolder(data);
  const at = placesOf(data);
  const begun = readState(data);
  if (begun) {
    const other = begun.destination !== destination.name || (wanted.snapshot ?? begun.snapshot) !== begun.snapshot;
    if (other) throw problem('restore_other', `${begun.destination}, ${begun.snapshot}`);
    return { snapshot: begun.snapshot, request: pkeskOf(at.sealed) };
  }
  const others = readdirSync(data).filter((name) => name !== FOLDER);
  if (others.length > 0) throw problem('not_empty', others[0]);
  makeFolder(at.folder);
  const { snapshot } = await fetchSnapshot(destination, at.folder, wanted);
  const request = pkeskOf(at.sealed);
  commitPoint('restore.snapshot_fetched');
  writeState(data, {
    schemaVersion: 1,
    destination: destination.name,
    snapshot,
    phase: 'fetched',
    deviceKey: wanted.fingerprint,
    generation: 0,
    counts: { recordings: 0, missing: 0, erased: 0 },
  });
  return { snapshot, request };
}

/** The vault that is being filled. */
export interface RestoredVault {
  readonly contentFolder: string;
  readonly catalogue: {
    get(id: string): { readonly erasedAt: number | null } | null;
    markErased(rows: readonly { id: string; reason: string }[], at: number, epoch: number): void;
    eachContent(after: string, limit: number): readonly { readonly id: string; readonly contentRoot: string }[];
  };
  readonly keystore: {
    readonly epoch: number;
    get(recording: string): Wraps | null;
    put(recording: string, wraps: Wraps, now: number): void;
  };
  close(): void;
}

/** What the audit log is told: it goes on in a new generation, for what followed the snapshot is lost. */
export interface RestoredFacts {
  /** Generation of the log in the snapshot. A log that is in a later one already was told before. */
  readonly generation: number;
  readonly destination: string;
  readonly snapshot: string;
  readonly recordings: number;
  /** Recordings whose content the destination does not have whole. */
  readonly missing: number;
  /** Recordings that were erased after the snapshot, and stay so. */
  readonly erased: number;
}

export interface RestoreParts {
  readonly data: string;
  readonly destination: Destination;
  /** The escrow holder's answer, `9:…`. */
  readonly answer: string;
  /** SHA-256 of the device key, hex; null: as the restore was begun. */
  readonly fingerprint: string | null;
  readonly openVault: () => RestoredVault;
  readonly continueAudit: (facts: RestoredFacts) => void;
  readonly clock: Clock;
  readonly onProgress?: (progress: { readonly done: number; readonly missing: number }) => void;
}

export interface RestoreReport extends RestoredFacts {
  readonly deviceKey: string;
  readonly missingRecordings: readonly string[];
}

/** Opens the snapshot beside the place that its files go to. */
async function open(parts: RestoreParts, state: RestoreState, fetched: FetchedSnapshot): Promise<RestoreState> {
  const at = placesOf(parts.data);
  removeFolder(at.opened);
  makeFolder(at.opened);
  const manifest = await openSnapshot(fetched, readSessionKey(parts.answer), state.deviceKey, { folder: at.opened });
  commitPoint('restore.opened');
  const deviceKey = keyName(createPublicKey(manifest.deviceKey));
  return { ...state, phase: 'opened', deviceKey, generation: manifest.generation };
}

/** Gives the opened files their places. What a run before this one has moved is there already. */
function place({ data }: RestoreParts, state: RestoreState): RestoreState {
  const { opened } = placesOf(data);
  for (const name of [...SNAPSHOT_DATABASES, ...SNAPSHOT_FOLDERS]) {
    const from = join(opened, name);
    if (!existsSync(from)) continue;
    makeFolder(dirname(join(data, name)));
    renameDurably(from, join(data, name));
    commitPoint('restore.file_placed');
  }
  return { ...state, phase: 'placed' };
}

/** Erases again what was erased after the snapshot, then makes a keystore of its own, in an epoch of its own. */
async function wrap(parts: RestoreParts, state: RestoreState, fetched: FetchedSnapshot): Promise<RestoreState> {
  const erased = new Map((await erasedAt(parts.destination)).map((entry) => [entry.recording, entry]));
  const vault = parts.openVault();
  const now = parts.clock.now();
  try {
    const { catalogue, keystore } = vault;
    let again = 0;
    for (const { recording, reason, at } of erased.values()) {
      if (catalogue.get(recording)?.erasedAt !== null) continue;
      catalogue.markErased([{ id: recording, reason }], at, keystore.epoch);
      again++;
    }
    commitPoint('restore.erased_again');
    await openSnapshot(fetched, readSessionKey(parts.answer), state.deviceKey, {
      folder: null,
      onWrap({ recording, pkesk, recipients }) {
        // No row: begun while the snapshot was made, so nothing of it is there.
        if (erased.has(recording) || catalogue.get(recording)?.erasedAt !== null) return;
        if (keystore.get(recording) === null) {
          keystore.put(recording, { pkesk: Buffer.from(pkesk, 'base64'), recipients }, now);
          commitPoint('restore.wrap_kept');
        }
      },
    });
    return { ...state, phase: 'wrapped', counts: { ...state.counts, erased: state.counts.erased + again } };
  } finally {
    vault.close();
  }
}

/** Fetches the content of every recording, each verified; what is there already is left alone. */
async function fill(parts: RestoreParts, state: RestoreState): Promise<{ state: RestoreState; missing: string[] }> {
  const vault = parts.openVault();
  let recordings = 0;
  const missing: string[] = [];
  try {
    const { catalogue, contentFolder } = vault;
    for (let after = ''; ; ) {
      const page = catalogue.eachContent(after, PAGE);
      if (page.length === 0) break;
      for (const { id, contentRoot } of page) {
        after = id;
        if (contentRoot === '') continue;
        const path = contentPath(contentFolder, id);
        try {
          if (!existsSync(path)) writeFileDurably(path, await fetchContent(parts.destination, id, contentRoot));
          recordings++;
          commitPoint('restore.content_kept');
        } catch (error) {
          if ((error as { code?: string }).code !== 'content_unfit') throw error;
          missing.push(id);
        }
        parts.onProgress?.({ done: recordings, missing: missing.length });
      }
    }
  } finally {
    vault.close();
  }
  return {
    state: { ...state, phase: 'filled', counts: { ...state.counts, recordings, missing: missing.length } },
    missing,
  };
}

/**
 * Goes on with a restore that `beginRestore` began, to its end; afterwards the box may start.
 * @throws Problem `backup_missing` when none was begun, `answer_malformed`, `snapshot_key_wrong`, `backup_untrusted`, `snapshot_damaged`.
 */
export async function finishRestore(parts: RestoreParts): Promise<RestoreReport> {
  const { data, destination } = parts;
  const at = placesOf(data);
  const begun = readState(data);
  if (!begun) throw problem('backup_missing', 'no restore was begun here');
  if (begun.destination !== destination.name) throw problem('restore_other', begun.destination);
  const { fingerprint } = parts;
  if (fingerprint !== null && begun.deviceKey !== null && fingerprint !== begun.deviceKey) {
    throw problem('backup_untrusted', `its device key is ${begun.deviceKey}`);
  }
  let state: RestoreState = { ...begun, deviceKey: fingerprint ?? begun.deviceKey };
  const keep = (next: RestoreState) => {
    writeState(data, next);
    state = next;
  };
  const fetched = { snapshot: state.snapshot, path: at.sealed };
  const reached = (phase: (typeof phases)[number]) => phases.indexOf(state.phase) >= phases.indexOf(phase);
  let missing: string[] = [];
  if (!reached('opened')) keep(await open(parts, state, fetched));
  if (!reached('placed')) keep(place(parts, state));
  commitPoint('restore.placed');
  if (!reached('wrapped')) keep(await wrap(parts, state, fetched));
  commitPoint('restore.wraps_kept');
  if (!reached('filled')) {
    const filled = await fill(parts, state);
    missing = filled.missing;
    keep(filled.state);
  }
  commitPoint('restore.filled');
  const { snapshot, generation, counts, deviceKey } = state;
  const facts = { generation, destination: destination.name, snapshot, ...counts };
  parts.continueAudit(facts);
  commitPoint('restore.audit_continued');
  // The state goes last: until then no process starts here, and a restore that was cut off ends again.
  removeFolder(at.opened);
  unlinkDurably(at.sealed);
  unlinkDurably(at.state);
  commitPoint('restore.ended');
  removeFolder(at.folder);
  return { ...facts, deviceKey: deviceKey ?? '', missingRecordings: missing };
}
