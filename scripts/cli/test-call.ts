import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { places, readConfig } from '../../appliance/config.ts';
import { testCall, untriedOf } from '../../appliance/keep-proof.ts';
import { loadLines } from '../../appliance/lines/store.ts';
import manifest from '../../appliance/package.json' with { type: 'json' };
import { testCallProblems } from '../../appliance/proof/problems.ts';
import { withVault } from './box.ts';
import { type Command, needed } from './command.ts';

/** What a test call is no proof of, lest anybody take it for one. */
const unprovenLines = {
  pbx: 'It did not go by the PBX: whether calls by that are recorded, it does not say.',
  trunks: 'It did not go by a trunk: whether calls with the outside are recorded, it does not say.',
  copies: 'Copied calls (SIPREC) come another way: of those it says nothing.',
} as const;

export const callsTest: Command = {
  name: 'calls test',
  usage: 'calls test --config FILE',
  summary: 'calls itself and opens what was recorded; 1 when that proves nothing',
  options: { config: { type: 'string', means: "the box's configuration" } },
  asksBox: () => false,
  takes: 0,
  async run({ values }) {
    const config = readConfig(needed(values, 'config'));
    const untried = untriedOf(loadLines(places(config.data).lines));
    const outcome = await withVault(config.data, (vault) =>
      testCall({ config, vault, clock: systemClock, chance: systemChance }, manifest.version),
    );
    if (outcome.proven) {
      const proven = `Recording is proven from one phone of the box itself to another: ${outcome.frames} frames were said, recorded, sealed, opened and found the same.`;
      const text = [proven, ...untried.map((line) => unprovenLines[line])].join('\n');
      return { json: { ...outcome, untried }, text };
    }
    const { fault, detail } = outcome;
    const text = `${testCallProblems[fault]}${detail === '' ? '' : ` (${detail})`}`;
    return { json: { ...outcome, untried }, text, exitCode: 1 };
  },
};
