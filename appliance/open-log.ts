/** The audit log of a process that runs: it refuses an old copy that was put back, and has its head witnessed. */
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import { type FileWitness, openFileWitness } from './audit/file-witness.ts';
import { refuseOlderLog } from './audit/guard.ts';
import { signHead } from './audit/heads.ts';
import { type AuditLog, openAuditLog } from './audit/log.ts';
import { type Config, places } from './config.ts';
import type { Device } from './identity/device.ts';
import { writeFileDurably } from './vault/durable.ts';

/** How long an append may wait for another process, ms: a person who waits for a page is told by then that the log takes nothing. */
const PATIENCE_MS = 2000;

export interface RunningLog {
  readonly audit: AuditLog;
  /** Signs the head and has it witnessed. A witness that does not answer is logged, and asked again next time. */
  signHead(): string;
  /** Of the last signature of this process: wall clock, ms, and the events that it covers; null: none yet. */
  readonly signed: { readonly at: number; readonly size: number } | null;
}

/**
 * Opens the log for a process. @throws Problem `audit_rolled_back`, `audit_forked`: this is not the log that somebody remembers;
 * `witness_damaged`.
 */
export function openLog(parts: {
  readonly config: Pick<Config, 'data' | 'witnessFolder'>;
  readonly device: Pick<Device, 'deviceId' | 'privateKey' | 'publicKey'>;
  readonly accessDays: () => number;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
}): RunningLog {
  const { config, device, accessDays, clock, chance, log } = parts;
  const { deviceId, privateKey, publicKey } = device;
  const path = places(config.data).auditDatabase;
  const audit = openAuditLog({ path, deviceId, clock, chance, accessDays, patienceMs: PATIENCE_MS });
  /** A disk that is not mounted yet must not keep the box from recording; health says that the witness is silent. */
  const witness = (): FileWitness | null => {
    if (config.witnessFolder === null) return null;
    try {
      const folder = config.witnessFolder;
      return openFileWitness({ folder, deviceId, logKey: publicKey, clock, store: writeFileDurably });
    } catch (error) {
      if ((error as { code?: string }).code !== 'witness_folder_missing') throw error;
      log('witness_folder_missing');
      return null;
    }
  };
  refuseOlderLog(audit, [witness()?.memory() ?? null]);
  if (audit.openings().length === 0) {
    const facts = { deviceId, generation: 1, previousSize: null, previousRoot: null };
    audit.append({ kind: 'log_opened', actor: 'box', facts });
  }
  let signed: RunningLog['signed'] = null;
  return {
    audit,
    get signed() {
      return signed;
    },
    signHead() {
      signed = { at: clock.now(), size: audit.size() };
      try {
        const asked = witness();
        return signHead(audit, privateKey, asked ? [asked] : []);
      } catch (error) {
        log('witness_failed', { why: (error as { code?: string }).code ?? (error as Error).message });
        return audit.checkpoint(privateKey);
      }
    },
  };
}
