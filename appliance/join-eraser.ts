/** The eraser of one process: the vault's rooms, the audit log and the policy, joined. The desk has one, and so have the commands that erase. */
import type { AuditEntry } from '@belkluis/shared/audit/event';
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { generalDays } from '@belkluis/shared/policy/retention';
import type { Policy } from '@belkluis/shared/policy/schema';
import { certify } from './audit/heads.ts';
import type { AuditLog } from './audit/log.ts';
import { type Eraser, openEraser } from './vault/eraser.ts';
import type { ErasureLog } from './vault/events.ts';
import type { TimeKeeper } from './vault/time-keeper.ts';
import type { Vault } from './vault/vault.ts';

/** The audit log as whoever acts sees it: what cannot be written down throws, and is not done. */
export interface ActsLog {
  append(entry: AuditEntry): { readonly index: number };
  appendAll(entries: readonly AuditEntry[]): readonly { readonly index: number }[];
}

/** The audit log as the eraser knows it. */
export const erasureLog = (audit: AuditLog, acts: ActsLog, signHead: () => string): ErasureLog => ({
  append: acts.append,
  appendAll: acts.appendAll,
  erasedIndex: (recording) => audit.about(recording, ['erased'], 1)[0]?.index ?? null,
  certify: (indexes) => certify(audit, signHead(), indexes),
});

export interface EraserParts {
  readonly vault: Vault;
  readonly audit: AuditLog;
  readonly acts: ActsLog;
  /** Signs the head that certificates stand on; returns the note. */
  signHead(): string;
  readonly clock: Clock;
  readonly chance: Chance;
  policy(): Pick<Policy, 'retention'> | null;
  /** Whether snapshots of the keystore go anywhere. */
  readonly backedUp: boolean;
  /** What erasing goes by. */
  readonly time: Pick<TimeKeeper, 'now'>;
}

export function joinEraser(parts: EraserParts): Eraser {
  const { vault, audit, acts, clock, chance, backedUp, time } = parts;
  return openEraser({
    ...vault,
    log: erasureLog(audit, acts, parts.signHead),
    now: time.now,
    clock,
    backedUp,
    chance,
    requestDays: () => generalDays(parts.policy(), 'request'),
  });
}
