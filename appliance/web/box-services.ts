/** What the desk needs to show how the box keeps its promises: backups, the log's state, the key of keys, time, disk. Instants are ms. */
import type { Person } from '../access/people.ts';

/** One place where backups go. */
export interface DestinationState {
  readonly name: string;
  readonly kind: 'directory' | 'sftp' | 's3';
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  /** Whether the policy's regions allow it (GDPR 44); when not, nothing is sent. */
  readonly allowed: boolean;
  readonly last: {
    readonly at: number;
    /** `done`, or the code of what went wrong. */
    readonly outcome: string;
    readonly recordings: number;
    readonly bytes: number;
  } | null;
  /** Of a run that goes on now. */
  readonly progress: { readonly doneBytes: number; readonly totalBytes: number } | null;
  /** Snapshots of the keystore and the databases, newest first. */
  readonly snapshots: readonly { readonly name: string; readonly at: number; readonly expiresAt: number }[];
}

export interface BackupState {
  readonly destinations: readonly DestinationState[];
  readonly nextAt: number;
  readonly drill: {
    readonly last: { readonly at: number; readonly outcome: string; readonly seconds: number } | null;
    readonly dueAt: number;
    readonly running: boolean;
  };
}

export interface BackupServices {
  /** Null: no destination is configured. */
  state(): BackupState | null;
  /** Starts and returns at once. @throws Problem `backup_running`, `no_destination`. */
  runNow(person: Person): void;
  /** Starts and returns at once. @throws Problem `backup_running`, `no_destination`. */
  drillNow(person: Person): void;
}

export interface LogState {
  readonly size: number;
  readonly generation: number;
  /** Root of the head, base64, as a checkpoint prints it. */
  readonly root: string;
  /** The last head that was signed; null: none yet. */
  readonly checkpoint: { readonly at: number; readonly size: number } | null;
  /** SHA-256 of the device's public key, hex: what two people compare. */
  readonly keyFingerprint: string;
  /** Who else remembers the log, and up to where. */
  readonly witnesses: readonly { readonly name: string; readonly size: number; readonly at: number }[];
  /** How far the log was read again and held; `fault`: where it did not, and what. */
  readonly verified: {
    readonly upTo: number;
    readonly at: number;
    readonly fault: { readonly index: number; readonly what: string } | null;
  } | null;
}

export interface KeystoreState {
  readonly epoch: number;
  readonly kind: 'tpm' | 'file';
  /** Null: never yet. */
  readonly lastAdvanceAt: number | null;
  /** Erased recordings whose certificate waits for the next epoch. */
  readonly waiting: number;
}

/**
 * `unconfirmed`: the wall clock is ahead of what can have passed, and nothing that came due only by it is erased. `behind`: it was set
 * back, and what is recorded now gets days that are over too early.
 */
export type TimeState =
  | { readonly state: 'ok' }
  | {
      readonly state: 'unconfirmed' | 'behind';
      readonly wall: number;
      readonly expected: number;
      /** Recordings that leave once it is confirmed. */
      readonly due: number;
    };

export interface TimeServices {
  state(): TimeState;
  /** Appends to the audit log first. @throws Problem `audit_failed`, `time_not_doubted`. */
  confirm(person: Person): void;
}

export interface DiskState {
  readonly freeBytes: number;
  readonly reserveBytes: number;
  /** Days until the reserve at the present intake; null: it does not fill. */
  readonly forecastDays: number | null;
  readonly state: 'ok' | 'early' | 'reserve';
}
