import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '@belkluis/shared/base/clock';
import { scrub as pass } from '../../appliance/vault/scrub.ts';
import { type Command, problem, textOf } from './command.ts';
import { withEraser } from './with-eraser.ts';

/** What is read when nobody says otherwise, bytes a second: a tenth of a slow disk. */
const DEFAULT_MB_PER_SECOND = 10;

export const scrub: Command = {
  name: 'scrub',
  usage: 'scrub [--mb-per-second N]',
  summary: 'reads every sealed file and tells which are damaged; 1 when any is',
  options: { 'mb-per-second': { type: 'string' } },
  takes: 0,
  run({ values, data }) {
    const rate = Number(textOf(values, 'mb-per-second') ?? DEFAULT_MB_PER_SECOND);
    if (!(rate > 0)) throw problem('usage', '--mb-per-second is a number above 0');
    return withEraser(data, async ({ vault, audit }) => {
      const report = await pass({
        ...vault,
        append: audit.append,
        clock: systemClock,
        sleep,
        bytesPerSecond: rate * 1e6,
        sources: [],
      });
      const { checked, rotten, missing, repaired } = report;
      const damaged = rotten - repaired;
      return {
        json: report,
        text: `${checked} sealed files read: ${damaged === 0 ? 'all whole' : `${damaged} damaged, ${missing} of them gone`}${repaired > 0 ? `, ${repaired} repaired` : ''}.`,
        exitCode: damaged > 0 ? 1 : 0,
      };
    });
  },
};
