import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '@belkluis/shared/base/clock';
import { readConfig } from '../../appliance/config.ts';
import { type ContentSource, scrub as pass, type ScrubReport } from '../../appliance/vault/scrub.ts';
import type { Vault } from '../../appliance/vault/vault.ts';
import { type Box, withVault } from './box.ts';
import { type Command, problem, textOf } from './command.ts';
import { withKeeper } from './with-keeper.ts';

/** What is read when nobody says otherwise, MB a second: a tenth of a slow disk. */
const DEFAULT_MB_PER_SECOND = 10;

export const scrub: Command = {
  name: 'scrub',
  usage: 'scrub [--config FILE] [--mb-per-second N]',
  summary: 'reads every sealed file, and mends the damaged ones from a backup; 1 when any stays damaged',
  options: {
    config: { type: 'string', means: "the box's configuration: what is damaged is mended from its destinations" },
    'mb-per-second': { type: 'string', means: `most that is read; ${DEFAULT_MB_PER_SECOND} when it is not given` },
  },
  asksBox: ({ values }) => values.config === undefined,
  takes: 0,
  async run({ values, data }) {
    const rate = Number(textOf(values, 'mb-per-second') ?? DEFAULT_MB_PER_SECOND);
    if (!(rate > 0)) throw problem('usage', '--mb-per-second is a number above 0');
    const file = textOf(values, 'config');
    const read = (vault: Vault, { log }: Box, sources: readonly ContentSource[]): Promise<ScrubReport> =>
      pass({ ...vault, append: log.append, clock: systemClock, sleep, bytesPerSecond: rate * 1e6, sources });
    const report =
      file === undefined
        ? await withVault(data, (vault, box) => read(vault, box, []))
        : await withKeeper(readConfig(file), ({ contentSources }, vault, box) => read(vault, box, contentSources));
    const { checked, rotten, missing, repaired } = report;
    const damaged = rotten - repaired;
    return {
      json: report,
      text: `${checked} sealed files read: ${damaged === 0 ? 'all whole' : `${damaged} damaged, ${missing} of them gone`}${repaired > 0 ? `, ${repaired} repaired` : ''}.`,
      exitCode: damaged > 0 ? 1 : 0,
    };
  },
};
