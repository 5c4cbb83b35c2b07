/** The box's eraser for the time of one command, beside the desk's. */
import { existsSync } from 'node:fs';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { joinEraser } from '../../appliance/join-eraser.ts';
import type { Eraser } from '../../appliance/vault/eraser.ts';
import { openTimeKeeper, type TimeKeeper } from '../../appliance/vault/time-keeper.ts';
import { systemTimeSource } from '../../appliance/vault/time-source.ts';
import { withVault } from './box.ts';

export interface Opened {
  readonly eraser: Eraser;
  readonly time: TimeKeeper;
}

/** Opens the eraser of the box at `data`, and closes what it needs after `work`. */
export const withEraser = <T>(data: string, work: (opened: Opened) => Promise<T> | T): Promise<T> =>
  withVault(data, (vault, { at, device: { privateKey }, log: audit, policy }) => {
    const clock = systemClock;
    const time = openTimeKeeper({
      state: vault.catalogue.state,
      clock,
      append: audit.append,
      sources: [systemTimeSource(clock)],
    });
    const eraser = joinEraser({
      vault,
      audit,
      acts: audit,
      signHead: () => audit.checkpoint(privateKey),
      clock,
      chance: systemChance,
      policy: () => policy()?.policy ?? null,
      // What is configured is not known here; a box that ever made a backup has this file.
      backedUp: existsSync(at.backupDatabase),
      time,
    });
    return work({ time, eraser });
  });
