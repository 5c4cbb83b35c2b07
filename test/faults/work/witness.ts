/** A head that is signed and remembered by a witness: no log that a crash leaves may be taken for an old copy. */
import { join } from 'node:path';
import { openFileWitness } from '../../../appliance/audit/file-witness.ts';
import { refuseOlderLog } from '../../../appliance/audit/guard.ts';
import { signHead } from '../../../appliance/audit/heads.ts';
import { makeFolder, writeFileDurably } from '../../../appliance/vault/durable.ts';
import type { Work, World } from '../world.ts';

const WORK = 'witness';

const open = ({ folder, keys, clock }: World) =>
  openFileWitness({
    folder: join(folder, 'witness'),
    deviceId: 'box',
    logKey: keys.publicKey,
    clock,
    store: writeFileDurably,
  });

export const witness: Work = {
  name: WORK,
  role: 'desk',
  weight: 2,
  run(world) {
    makeFolder(join(world.folder, 'witness'));
    world.say(WORK, 'about_to_ask');
    const note = signHead(world.audit, world.keys.privateKey, [open(world)]);
    world.say('audit', 'signed', { note });
    world.say(WORK, 'cosigned', { size: world.audit.lastCosigned()?.size ?? -1 });
  },
  check(world, journal) {
    if (journal.last(WORK, 'about_to_ask') === undefined) return [];
    const cosigned = journal.last(WORK, 'cosigned');
    const size = world.audit.lastCosigned()?.size ?? -1;
    const lost =
      cosigned && size < (cosigned.size as number) ? [`witness: the cosignature at ${cosigned.size} is lost`] : [];
    try {
      makeFolder(join(world.folder, 'witness'));
      refuseOlderLog(world.audit, [open(world).memory()]);
      return lost;
    } catch (error) {
      return [...lost, `witness: ${(error as Error).message}`];
    }
  },
};
