import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { CONFIG_PATH, readConfig } from '../../appliance/config.ts';
import { stepOf, type Tested, worst } from '../../appliance/connection/steps.ts';
import { targetIn } from '../../appliance/connection/target.ts';
import { joinConnection } from '../../appliance/join-connection.ts';
import { en } from '../../appliance/web/i18n/en.ts';
import { formatsOf } from '../../appliance/web/i18n/formats.ts';
import { stepText } from '../../appliance/web/pages/step-text.ts';
import { withBox } from './box.ts';
import { type Command, configOption, problem, readText, textOf, type Values } from './command.ts';

/** Columns of the state, before what was found. */
const WIDTH = 12;

function accountOf(values: Values): { user: string; secret: string } | undefined {
  const [user, file] = [textOf(values, 'user'), textOf(values, 'secret-file')];
  if (user === undefined && file === undefined) return undefined;
  if (user === undefined || file === undefined) throw problem('usage', '--user and --secret-file come together');
  return { user, secret: readText(file).split('\n')[0]! };
}

function told(tested: readonly Tested[], timeZone: string): string {
  const f = formatsOf('en', timeZone);
  const { connection } = en;
  return tested
    .flatMap(({ about, steps }) => [
      about ?? connection.box,
      ...steps.map(
        (step) =>
          `  ${connection.states[step.state].padEnd(WIDTH)}${connection.stepNames[stepOf(step)]}: ${stepText(en, f, step)}`,
      ),
      '',
    ])
    .join('\n')
    .trimEnd();
}

export const connectionTest: Command = {
  name: 'connection test',
  usage: 'connection test [TARGET] [--user USER --secret-file FILE] [--ca FILE] [--config FILE]',
  summary: 'tries what a call needs, of the box or towards a PBX or trunk, and says what is wrong',
  options: {
    user: { type: 'string', means: 'also registers this account there, and takes it back at once' },
    'secret-file': { type: 'string', means: 'a file whose first line is its secret' },
    ca: { type: 'string', means: 'a PEM file of whom to believe besides the system' },
    ...configOption,
  },
  takes: 0,
  mayTake: 1,
  async run({ positionals, values, data }) {
    const [target] = positionals;
    const config = readConfig(textOf(values, 'config') ?? CONFIG_PATH);
    const account = accountOf(values);
    const ca = textOf(values, 'ca');
    const tried = target === undefined ? null : targetIn(target);
    return withBox(data, async ({ at, log }) => {
      const connection = joinConnection({ config, clock: systemClock, chance: systemChance, append: log.append });
      const trust = { ...(account ? { account } : {}), ...(ca === undefined ? {} : { ca: readText(ca) }) };
      const tested = tried
        ? await connection.to(tried, trust, 'cli')
        : await connection.box(readFileSync(join(at.identity, 'certificate.pem'), 'utf8'));
      return {
        json: { outcome: worst(tested), tested },
        text: told(tested, config.timeZone),
        exitCode: worst(tested) === 'failed' ? 1 : 0,
      };
    });
  },
};
