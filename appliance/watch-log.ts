/** Looks at the audit log again and again, a step at a time, and remembers what it saw and whether the log takes entries. */
import type { KeyObject } from 'node:crypto';
import type { AuditEntry } from '@belkluis/shared/audit/event';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import type { AuditLog } from './audit/log.ts';
import type { LogFault } from './audit/verify.ts';
import { every } from './every.ts';
import type { ActsLog } from './join-eraser.ts';
import { failClosed } from './web/problems.ts';

/** How often the next events are looked at, ms: a log of ten million is read through in some hours, without holding up a page. */
const LOOK_EVERY_MS = 60_000;

export interface WatchedLog {
  readonly acts: ActsLog;
  /** Null: nothing was looked at yet. */
  readonly verified: {
    readonly upTo: number;
    readonly at: number;
    readonly fault: { readonly index: number; readonly what: LogFault } | null;
  } | null;
  /** False: the last entry was refused, or the file cannot be read. */
  readonly writable: boolean;
  /** Looks at once. */
  look(): void;
  close(): void;
}

export function watchLog(parts: {
  readonly audit: AuditLog;
  readonly publicKey: KeyObject;
  readonly clock: Clock;
  readonly log: Log;
}): WatchedLog {
  const { audit, publicKey, clock, log } = parts;
  let verified: WatchedLog['verified'] = null;
  let writable = true;
  const watched = <Result>(act: () => Result): Result => {
    writable = false;
    const result = act();
    writable = true;
    return result;
  };
  const look = () => {
    try {
      const verdict = audit.verifyNew(publicKey);
      const at = clock.now();
      verified = verdict.ok
        ? { upTo: verdict.checked, at, fault: null }
        : { upTo: verdict.index, at, fault: { index: verdict.index, what: verdict.what } };
      if (!verdict.ok) log('audit_tampered', { index: verdict.index, what: verdict.what });
    } catch (error) {
      writable = false;
      throw error;
    }
  };
  const stop = every(LOOK_EVERY_MS, 'audit_watch', log, look);
  return {
    acts: {
      append: failClosed((entry: AuditEntry) => watched(() => audit.append(entry))),
      appendAll: failClosed((entries: readonly AuditEntry[]) => watched(() => audit.appendAll(entries))),
    },
    get verified() {
      return verified;
    },
    get writable() {
      return writable;
    },
    look,
    close: stop,
  };
}
