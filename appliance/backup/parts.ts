/** What a backup reads, handed in by whoever composes the process: this room knows neither the audit log nor the policy's store. */
import type { KeyObject } from 'node:crypto';
import type { AuditEntry } from '@belkluis/shared/audit/event';
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import type { ListedRecipient } from '../recording/recipients.ts';
import type { Wraps } from '../vault/keystore/keystore.ts';
import type { BackupState } from './state.ts';

/** The keystore's door, as far as backups use it. */
export interface SnapshotKeys {
  get(recording: string): Wraps | null;
  all(): readonly string[];
  putSnapshotKey(name: string, key: Buffer, expiresAt: number): void;
  snapshotKey(name: string): Buffer | null;
  eraseSnapshotKeys(names: readonly string[]): void;
  snapshotKeys(): readonly { readonly name: string; readonly expiresAt: number }[];
}

/** Finished recordings with content, by id. */
export interface Contents {
  eachContent(
    after: string,
    limit: number,
  ): readonly { readonly id: string; readonly contentRoot: string; readonly bytes: number }[];
  /** Why a recording was erased; null when it was not, or nothing is known of it. */
  get(id: string): { readonly erasedAt: number | null; readonly eraseReason: string | null } | null;
}

/** The audit log's door. */
export interface LogReader {
  readonly generation: number;
  head(): { readonly size: number; readonly root: Buffer };
  /** Leaf hashes `from` to `to` (excluded), one after the other. */
  leaves(from: number, to: number): Buffer;
  latestCheckpoint(): string | null;
}

export interface BackupParts {
  readonly deviceId: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly catalogue: Contents;
  readonly keystore: SnapshotKeys;
  readonly contentFolder: string;
  readonly log: LogReader;
  /** The box's data directory. */
  readonly data: string;
  /** Recipients of the policy in force: snapshots are sealed to those with the role escrow. */
  readonly recipients: readonly ListedRecipient[];
  readonly state: BackupState;
  /** A folder that is emptied before and after: nothing else may lie in it. */
  readonly scratch: string;
  /** Writes to the audit log; throws when it cannot. */
  readonly append: (entry: AuditEntry) => unknown;
  readonly clock: Clock;
  readonly chance: Chance;
}
