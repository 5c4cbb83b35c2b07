/** The box's eraser for the time of one command, beside the desk's. */
import { existsSync } from 'node:fs';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { type AuditLog, openAuditLog } from '../../appliance/audit/log.ts';
import { places } from '../../appliance/config.ts';
import { openDevice } from '../../appliance/identity/device.ts';
import { joinEraser } from '../../appliance/join-eraser.ts';
import { loadPolicy } from '../../appliance/policy/store.ts';
import type { Eraser } from '../../appliance/vault/eraser.ts';
import { openTimeKeeper, type TimeKeeper } from '../../appliance/vault/time-keeper.ts';
import { systemTimeSource } from '../../appliance/vault/time-source.ts';
import { openVault, type Vault } from '../../appliance/vault/vault.ts';

export interface Opened {
  readonly vault: Vault;
  readonly audit: AuditLog;
  readonly eraser: Eraser;
  readonly time: TimeKeeper;
}

/** Opens vault, audit log and eraser of the box at `data`, and closes them after `work`. */
export async function withEraser<T>(data: string, work: (opened: Opened) => Promise<T> | T): Promise<T> {
  const { identity, auditDatabase, vault: folder, policy: policyFolder, backupDatabase } = places(data);
  const { deviceId, privateKey } = openDevice(identity, systemChance);
  const audit = openAuditLog({ path: auditDatabase, deviceId, clock: systemClock, chance: systemChance });
  const vault = openVault(folder);
  const policy = () => {
    try {
      return loadPolicy(policyFolder);
    } catch {
      // A policy that cannot be trusted gives no terms.
      return null;
    }
  };
  // What is configured is not known here; a box that ever made a backup has this file.
  const backedUp = existsSync(backupDatabase);
  const clock = systemClock;
  const time = openTimeKeeper({
    state: vault.catalogue.state,
    clock,
    append: audit.append,
    sources: [systemTimeSource(clock)],
  });
  const parts = {
    vault,
    audit,
    acts: audit,
    signHead: () => audit.checkpoint(privateKey),
    clock,
    chance: systemChance,
    policy: () => policy()?.policy ?? null,
    backedUp,
    time,
  };
  try {
    return await work({ vault, audit, time, eraser: joinEraser(parts) });
  } finally {
    vault.close();
    audit.close();
  }
}
