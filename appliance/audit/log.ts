/**
 * The audit log: append-only, in its own database, safe with several processes. A leaf stays for ever; the body behind it, with its
 * salt, is erased when its time is over (shared/audit/leaf).
 */

import { createPublicKey, type KeyObject } from 'node:crypto';
import { type Checkpoint, originOf, signCheckpoint } from '@belkluis/shared/audit/checkpoint';
import { type AuditEntry, checkEvent, type EventKind } from '@belkluis/shared/audit/event';
import { leafBody, leafHash, SALT_LENGTH } from '@belkluis/shared/audit/leaf';
import {
  consistencyProof,
  frontierRoot,
  frontierSize,
  type Hash,
  inclusionProof,
  rootOf,
} from '@belkluis/shared/audit/merkle';
import type { VerifierKey } from '@belkluis/shared/audit/note';
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { commitPoint } from '@belkluis/shared/base/commit-point';
import { ACCESS_DAYS_WITHOUT_POLICY } from '@belkluis/shared/policy/retention';
import { openDatabase, truncateLog } from '../db/open.ts';
import { bodyExpiry, type LoggedEvent, openBodies } from './bodies.ts';
import { openCheckpoints } from './checkpoints.ts';
import { problem } from './problems.ts';
import { migrations } from './schema.ts';
import { openTree } from './tree.ts';
import { type LogVerdict, openVerification } from './verify.ts';

export interface AuditLogOptions {
  readonly path: string;
  readonly deviceId: string;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Days that the policy in force gives to access events; without one, what holds until there is one. */
  readonly accessDays?: () => number;
  /** How long an append waits while another process writes, ms. For who must not stand still. */
  readonly patienceMs?: number;
}

/** What an append returns: the fact's place in the log. */
export interface Appended {
  readonly index: number;
  readonly leaf: Hash;
}

/** An entry that had to wait says when it happened; any other happens now. */
export type TimedEntry = AuditEntry & { readonly at?: number };

/** Events that `verifyNew` looks at in one call: some 100 ms. */
const VERIFY_STEP = 20_000;

export function openAuditLog(options: AuditLogOptions) {
  const { path, deviceId, clock, chance, accessDays = () => ACCESS_DAYS_WITHOUT_POLICY } = options;
  const { patienceMs } = options;
  const database = openDatabase(path, {
    migrations,
    secureDelete: true,
    ...(patienceMs === undefined ? {} : { patienceMs }),
  });
  const tree = openTree(database);
  const bodies = openBodies(database);
  const checkpoints = openCheckpoints(database);
  let verification: { key: KeyObject; walk: ReturnType<typeof openVerification> } | null = null;
  /** Whether erased bytes may still be in a file: so after each erasure, and until somebody has looked. */
  let uncertain = true;

  const size = (): number => frontierSize(tree.frontier());
  const generation = (): number => bodies.openings().at(-1)?.facts.generation ?? 1;
  const head = (): Checkpoint => {
    const trees = tree.frontier();
    return { origin: originOf(deviceId, generation()), size: frontierSize(trees), root: frontierRoot(trees) };
  };

  /** Within a transaction: leaves, then bodies. The frontier is read and written once, however many there are. */
  function write(entries: readonly TimedEntry[]): Appended[] {
    const days = accessDays();
    const now = clock.now();
    const events = entries.map((entry) => {
      const event = checkEvent({ at: now, ...entry });
      const salt = chance.bytes(SALT_LENGTH);
      const body = leafBody(event);
      return { body, salt, leaf: leafHash(salt, body), expiresAt: bodyExpiry(event, days) };
    });
    const first = tree.append(events.map(({ leaf }) => leaf));
    return events.map(({ body, salt, leaf, expiresAt }, at) => {
      bodies.add(first + at, salt, body, expiresAt);
      return { index: first + at, leaf };
    });
  }

  const writeAll = database.transaction(write);
  const sign = database.transaction((privateKey: KeyObject): string => {
    const current = head();
    const newest = checkpoints.newest();
    if (newest?.size !== current.size) {
      checkpoints.add(current.size, signCheckpoint(current, privateKey), createPublicKey(privateKey));
    }
    return checkpoints.at(current.size)!;
  });
  const forget = database.transaction((now: number): number => {
    const runs = bodies.due(now);
    if (runs.length === 0) return 0;
    write([{ kind: 'events_forgotten', actor: 'purge', facts: { runs, before: now } }]);
    return bodies.erase(runs);
  });
  // The tree goes on under a new origin. A tree of its own would leave the old one without an heir: its events could no longer be
  // proved against a head that anybody still signs, and a witness could not tell a restore from a log that begins at nothing.
  const reopen = database.transaction((): Appended => {
    const { size: previousSize, root } = head();
    const facts = { deviceId, generation: generation() + 1, previousSize, previousRoot: root.toString('hex') };
    return write([{ kind: 'log_opened', actor: 'box', facts }])[0]!;
  });

  const appendAll = (entries: readonly TimedEntry[]): Appended[] => {
    if (entries.length === 0) return [];
    const appended = writeAll.immediate(entries);
    commitPoint('audit.appended');
    return appended;
  };

  return {
    deviceId,
    /**
     * Appends one event, committed with `synchronous=FULL`. Whoever wants to act on it acts after this returns.
     * @throws when the event is malformed, or the disk refuses: then nothing may be done.
     */
    append: (entry: TimedEntry): Appended => appendAll([entry])[0]!,
    /** The same for many, in one commit: all of them or none. */
    appendAll,
    head,
    size,
    /** Which life of the log this is: a restore begins the next. */
    get generation(): number {
      return generation();
    },
    /** Every opening, oldest first, with the head that it continued. */
    openings: bodies.openings,
    /**
     * Begins the next generation, after a restore. The head that it continues is in the log, and old checkpoints hold as before.
     * Returns where it stands.
     */
    openGeneration(): Appended {
      const appended = reopen.immediate();
      commitPoint('audit.generation_opened');
      return appended;
    },
    /** Signs the head and stores it; the same note again when nothing was appended since. With the cosignatures that it has. */
    checkpoint(privateKey: KeyObject): string {
      const note = sign.immediate(privateKey);
      commitPoint('audit.checkpoint_stored');
      return note;
    },
    /** The newest signed head, with the cosignatures that it has. */
    latestCheckpoint(): string | null {
      const newest = checkpoints.newest();
      return newest ? checkpoints.at(newest.size) : null;
    },
    checkpointAt: checkpoints.at,
    checkpointSizes: checkpoints.sizes,
    signer: checkpoints.signer,
    cosign: (at: number, witness: VerifierKey, line: string): void => checkpoints.cosign(at, witness, line),
    lastCosigned: checkpoints.lastCosigned,
    witnesses: checkpoints.witnesses,
    /** Root that the log had when it was `at` events long. @throws RangeError when it is shorter. */
    rootAt: (at: number): Hash => rootOf(tree.subtrees, 0, at),
    inclusion: (index: number, at: number): Hash[] => inclusionProof(tree.subtrees, index, at),
    consistency: (first: number, second: number): Hash[] => consistencyProof(tree.subtrees, first, second),
    /** Leaf hashes `from` to `to` (excluded), 32 bytes each, laid end to end. */
    leaves: (from: number, to: number): Buffer => Buffer.concat(tree.leaves(from, to)),
    /** A leaf with what it commits to; null when the body was erased, or there is no such event. */
    leafOf(index: number): { readonly leaf: Hash; readonly salt: Buffer; readonly body: string } | null {
      const kept = bodies.get(index);
      const [leaf] = kept ? tree.leaves(index, index + 1) : [];
      return kept && leaf ? { leaf, ...kept } : null;
    },
    /** Newest first. */
    recent: (limit: number, offset = 0): LoggedEvent[] => bodies.recent(limit, offset),
    /** Events about one recording, newest first. */
    about: (recording: string, kinds: readonly EventKind[], limit: number): LoggedEvent[] =>
      bodies.about(recording, kinds, limit),
    /** Events of these kinds from `index` on, oldest first. */
    from: bodies.from,
    /**
     * Erases bodies whose time was over at `now`, a time that the caller may trust; which they were is in the log. Returns how many.
     * @throws Problem `forget_not_certain` when they are erased but their bytes may still be in a file: the next call tries again.
     */
    forgetExpired(now: number): number {
      let erased = 0;
      for (let some = forget.immediate(now); some > 0; some = forget.immediate(now)) {
        commitPoint('audit.bodies_forgotten');
        uncertain = true;
        erased += some;
      }
      if (uncertain) {
        if (!truncateLog(database)) throw problem('forget_not_certain', `${erased} events`);
        uncertain = false;
      }
      return erased;
    },
    /** The policy gives access events `days` now: those that would stay longer leave then. Returns how many. */
    shortenAccess: (days: number): number => bodies.shorten(days, size()),
    /** Looks at everything, which takes some 10 s a million events. */
    verify: (publicKey: KeyObject): LogVerdict =>
      openVerification(database, tree, deviceId, publicKey).step(Number.MAX_SAFE_INTEGER, true),
    /**
     * Looks at the next events behind those that it has found good since this process opened the log: for health, which asks every
     * minute. `checked` says how far it has come.
     */
    verifyNew(publicKey: KeyObject): LogVerdict {
      if (!verification?.key.equals(publicKey)) {
        verification = { key: publicKey, walk: openVerification(database, tree, deviceId, publicKey) };
      }
      try {
        return verification.walk.step(VERIFY_STEP, false);
      } catch (error) {
        // Half a step is no ground to go on from.
        verification = null;
        throw error;
      }
    },
    /** Runs `use` on one state of the log, whatever other processes write meanwhile. Short: files are not cleaned until it returns. */
    reading: <T>(use: () => T): T => database.transaction(use).deferred(),
    close: (): void => {
      database.close();
    },
  };
}

export type AuditLog = ReturnType<typeof openAuditLog>;
