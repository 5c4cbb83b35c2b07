import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { readConfig } from '../../appliance/config.ts';
import { testCall } from '../../appliance/keep-proof.ts';
import manifest from '../../appliance/package.json' with { type: 'json' };
import { testCallProblems } from '../../appliance/proof/problems.ts';
import { withVault } from './box.ts';
import { type Command, needed } from './command.ts';

export const callsTest: Command = {
  name: 'calls test',
  usage: 'calls test --config FILE',
  summary: 'calls itself and opens what was recorded; 1 when that proves nothing',
  options: { config: { type: 'string', means: "the box's configuration" } },
  takes: 0,
  async run({ values }) {
    const config = readConfig(needed(values, 'config'));
    const outcome = await withVault(config.data, (vault) =>
      testCall({ config, vault, clock: systemClock, chance: systemChance }, manifest.version),
    );
    if (outcome.proven) {
      const text = `Recording is proven: ${outcome.frames} frames were said, recorded, sealed, opened and found the same.`;
      return { json: outcome, text };
    }
    const { fault, detail } = outcome;
    const text = `${testCallProblems[fault]}${detail === '' ? '' : ` (${detail})`}`;
    return { json: outcome, text, exitCode: 1 };
  },
};
