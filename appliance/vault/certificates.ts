/**
 * Deletion certificates: an erasure is certified once no key opens it here any more. That is when the databases were scoured of it and the
 * epoch has advanced since, so that even a copy of the keystore's file is worth nothing (crypto-shredding, NIST SP 800-88r2). Each step
 * may be the last before a crash: what the log says already is not said again, and nothing is certified before its key has died.
 */
import { createHash } from 'node:crypto';
import { commitPoint } from '@belkluis/shared/base/commit-point';
import type { Catalogue } from './catalogue.ts';
import type { Uncertified } from './erasures.ts';
import type { Erased, ErasureLog } from './events.ts';
import type { Keystore } from './keystore/keystore.ts';
import { scour } from './purge.ts';

const DAY_MS = 24 * 3600_000;

/** Oldest keystore snapshot that a backup keeps, days (GDPR 17, 25: what was erased must not live on in a backup). */
export const SNAPSHOT_MAX_DAYS = 7;

/** Shortest time that a certificate is kept, days: whoever asked has a month in which to be told (GDPR 12(3)). */
const CERTIFICATE_MIN_DAYS = 31;

/** Certificates made between two looks at other work: some 100 ms. */
const BATCH = 250;

/** Rows taken up at once: some MB of memory, and one checkpoint for all of them. */
const ROUND = 20_000;

export interface CertifyParts {
  readonly catalogue: Pick<Catalogue, 'scour' | 'uncertified' | 'certify' | 'certificate' | 'state'>;
  readonly keystore: Pick<Keystore, 'epoch' | 'epochKey' | 'all' | 'get' | 'erase' | 'scour' | 'advance'>;
  readonly log: ErasureLog;
  /** The time that erasing may believe, wall clock in ms (trusted-time.ts). */
  now(): number;
  /** Whether snapshots of the keystore go anywhere: then an erased recording can be opened from one until it has aged out. */
  readonly backedUp: boolean;
}

export interface CertifyReport {
  readonly certified: number;
  /** False: a reader held a database; the erasures wait for the next run. */
  readonly certain: boolean;
}

/**
 * Names what was erased to whoever held it: SHA-256 over `belkluis/erased/1`, the recording's id and its content root (both in hex, a line
 * each). The root says nothing about the sound.
 */
export const commitmentOf = (id: string, contentRoot: string): string =>
  createHash('sha256').update(`belkluis/erased/1\n${id}\n${contentRoot}\n`).digest('hex');

/** The newest epoch that the audit log knows of, and when it was told. */
interface KnownEpoch {
  readonly epoch: number;
  readonly at: number;
  /** False: it is the one that was found at the first look, and no advance was seen. */
  readonly advanced: boolean;
}

const STATE = 'epoch';

const knownEpoch = (state: Catalogue['state']): KnownEpoch | null =>
  JSON.parse(state.get(STATE) ?? 'null') as KnownEpoch | null;

/** When the keys of what was erased before died last, wall clock in ms; null: not yet. */
export function lastAdvanceAt(state: Catalogue['state']): number | null {
  const known = knownEpoch(state);
  return known?.advanced ? known.at : null;
}

/**
 * Tells the audit log of an epoch that it does not know yet, also of one whose advance was the last thing before a crash. After a restore
 * the keystore is a new one and counts anew: that the log knows by its new generation.
 */
function writeDownEpoch({ catalogue, keystore, log, now }: CertifyParts, wraps?: number): KnownEpoch {
  const { epoch, epochKey } = keystore;
  const known = knownEpoch(catalogue.state);
  if (known?.epoch === epoch) return known;
  const advanced = known !== null && known.epoch < epoch;
  if (advanced) {
    const facts = { before: known.epoch, after: epoch, epochKey, wraps: wraps ?? keystore.all().length };
    log.append({ kind: 'epoch_advanced', actor: 'box', facts });
    commitPoint('certify.epoch_written_down');
  }
  const told = { epoch, at: now(), advanced };
  catalogue.state.set(STATE, JSON.stringify(told));
  return told;
}

function erasedEvent(parts: CertifyParts, row: Uncertified, known: KnownEpoch): Erased {
  const { keystore, backedUp } = parts;
  // The log was told after the old key had died: if anything this is too late, never too early.
  const unreadableHereAt = Math.max(row.erasedAt, known.at);
  const snapshotsGoneBy = row.erasedAt + SNAPSHOT_MAX_DAYS * DAY_MS;
  return {
    kind: 'erased',
    actor: 'purge',
    facts: {
      recording: row.id,
      commitment: commitmentOf(row.id, row.contentRoot),
      reason: row.eraseReason,
      policyVersion: row.policyVersion,
      epochBefore: Math.min(row.erasedEpoch, known.epoch - 1),
      epochAfter: known.epoch,
      epochKey: keystore.epochKey,
      unreadableHereAt,
      unreadableInBackupsBy: backedUp ? Math.max(unreadableHereAt, snapshotsGoneBy) : unreadableHereAt,
      ...(row.objectedAt === null ? {} : { objectedAt: row.objectedAt }),
    },
  };
}

/** Writes down that these are erased, unless the log says so already. Where it says so, in the order of the rows. */
function writeDownErased(parts: CertifyParts, rows: readonly Uncertified[], known: KnownEpoch): number[] {
  const { log } = parts;
  const indexes = new Map<string, number>();
  for (const { id } of rows) {
    const index = log.erasedIndex(id);
    if (index !== null) indexes.set(id, index);
  }
  const unsaid = rows.filter(({ id }) => !indexes.has(id));
  const appended = unsaid.length > 0 ? log.appendAll(unsaid.map((row) => erasedEvent(parts, row, known))) : [];
  for (const [at, { index }] of appended.entries()) indexes.set(unsaid[at]!.id, index);
  commitPoint('certify.erased_written_down');
  return rows.map(({ id }) => indexes.get(id) as number);
}

function* batchesOf<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += BATCH) yield all.slice(at, at + BATCH);
}

const pause = () => new Promise((resume) => setImmediate(resume));

/** Certifies rows whose key is dead. */
async function certifyRound(parts: CertifyParts, rows: readonly Uncertified[], known: KnownEpoch): Promise<void> {
  const { catalogue, log, now } = parts;
  const indexes: number[] = [];
  for (const batch of batchesOf(rows)) {
    indexes.push(...writeDownErased(parts, batch, known));
    await pause();
  }
  // All events first, so that one checkpoint stands over every certificate of the round.
  for (const batch of batchesOf(rows.map((row, at) => ({ row, index: indexes[at]! })))) {
    const texts = log.certify(batch.map(({ index }) => index));
    const issuedAt = now();
    const soonest = issuedAt + CERTIFICATE_MIN_DAYS * DAY_MS;
    catalogue.certify(
      batch.map(({ row }, at) => ({
        recording: row.id,
        certificate: texts[at]!,
        issuedAt,
        expiresAt: Math.max(row.evidenceExpiresAt, soonest),
      })),
    );
    await pause();
  }
}

/**
 * Completes every erasure that waits: advances the epoch if any of them needs it, and certifies them. Every night, and at once for a
 * request (GDPR 17(1): without undue delay).
 * @throws Problem of the keystore when the epoch cannot advance: nothing is certified then.
 */
export async function nightly(parts: CertifyParts): Promise<CertifyReport> {
  const { catalogue, keystore } = parts;
  writeDownEpoch(parts);
  const first = catalogue.uncertified(ROUND);
  if (first.length === 0) return { certified: 0, certain: true };
  // A power cut may have given back wraps that were destroyed just before it, while their rows kept saying that they are gone.
  const back = first.filter(({ id }) => keystore.get(id) !== null).map(({ id }) => id);
  if (back.length > 0) keystore.erase(back);
  if (!scour(parts)) return { certified: 0, certain: false };
  if (back.length > 0 || first.some(({ erasedEpoch }) => erasedEpoch >= keystore.epoch)) {
    const { wraps } = await keystore.advance({ now: parts.now() });
    commitPoint('certify.epoch_advanced');
    writeDownEpoch(parts, wraps);
  }
  let certified = 0;
  for (let rows = first; ; rows = catalogue.uncertified(ROUND)) {
    // Read after the rows: what was erased in this very epoch, while this ran, waits for its own advance. Of a later one is only what was
    // erased before a restore, in a keystore that is not here any more.
    const known = writeDownEpoch(parts);
    const dead = rows.filter(({ erasedEpoch }) => erasedEpoch !== known.epoch);
    if (dead.length === 0) return { certified, certain: true };
    await certifyRound(parts, dead, known);
    certified += dead.length;
  }
}
