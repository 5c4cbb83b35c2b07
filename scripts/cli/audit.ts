import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { openAuditLog } from '../../appliance/audit/log.ts';
import { places } from '../../appliance/config.ts';
import { openDevice } from '../../appliance/identity/device.ts';
import type { Command } from './command.ts';

const explained = {
  leaf_changed: 'the event does not match what was committed to',
  leaf_missing: 'an event has been removed',
  frontier: 'events at the end have been removed or changed',
  checkpoint: 'the log is not the one that was signed',
};

export const auditVerify: Command = {
  name: 'audit verify',
  usage: 'audit verify',
  summary: 'checks every event, the tree and every signed checkpoint; 1 when tampered with',
  options: {},
  takes: 0,
  run({ data }) {
    const { identity, auditDatabase } = places(data);
    const { deviceId, publicKey } = openDevice(identity, systemChance);
    const log = openAuditLog({ path: auditDatabase, deviceId, clock: systemClock, chance: systemChance });
    const verdict = log.verify(publicKey);
    log.close();
    if (!verdict.ok) {
      const { index, what } = verdict;
      return { json: verdict, text: `TAMPERED WITH at event ${index}: ${explained[what]}.`, exitCode: 1 };
    }
    const { size, root, checkpoints } = verdict;
    return {
      json: { ok: true, size, root: root.toString('hex'), checkpoints },
      text: `${size} events and ${checkpoints} checkpoints hold. Root ${root.toString('hex')}`,
    };
  },
};
