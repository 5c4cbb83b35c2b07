/** The box's destinations, as its configuration names them, for the time of one command. */
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { stderrLog } from '@belkluis/shared/base/log';
import type { Config } from '../../appliance/config.ts';
import { type BackupKeeper, keepBackups } from '../../appliance/keep-backups.ts';
import { loadPolicy } from '../../appliance/policy/store.ts';
import type { Vault } from '../../appliance/vault/vault.ts';
import { type Box, withVault } from './box.ts';

/** Opens what a box keeps and where it keeps copies, gives both to `use`, and closes them. */
export function withKeeper<T>(
  config: Config,
  use: (keeper: BackupKeeper, vault: Vault, box: Box) => Promise<T>,
): Promise<T> {
  const work = async (vault: Vault, box: Box): Promise<T> => {
    const { at, device, log: audit } = box;
    const keeper = keepBackups({
      config,
      device,
      vault,
      audit,
      // Whoever backs up by hand is told what is wrong with a policy that cannot be trusted.
      policy: () => loadPolicy(at.policy),
      clock: systemClock,
      chance: systemChance,
      log: stderrLog('cli'),
    });
    try {
      return await use(keeper, vault, box);
    } finally {
      keeper.close();
    }
  };
  return withVault(config.data, work, { tpm: config.tpm });
}
