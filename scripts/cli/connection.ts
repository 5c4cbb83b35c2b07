import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { CONFIG_PATH, readConfig } from '../../appliance/config.ts';
import { stepOf, type Tested, worst } from '../../appliance/connection/steps.ts';
import { targetIn } from '../../appliance/connection/target.ts';
import { type ConnectionTest, joinConnection } from '../../appliance/join-connection.ts';
import { en } from '../../appliance/web/i18n/en.ts';
import { formatsOf } from '../../appliance/web/i18n/formats.ts';
import { stepText } from '../../appliance/web/pages/step-text.ts';
import { type Box, withPhones } from './box.ts';
import { type Command, configOption, problem, type Result, readText, textOf, type Values } from './command.ts';

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

/** Runs one connection test with what the machine was told, and tells it in the desk's own words; 1 when a step failed. */
const testing = (
  values: Values,
  data: string,
  test: (connection: ConnectionTest, box: Box) => Promise<readonly Tested[]>,
): Promise<Result> => {
  const config = readConfig(textOf(values, 'config') ?? CONFIG_PATH);
  if (config.data !== data) throw problem('usage', `--config is of the box at ${config.data}, not of ${data}`);
  return withPhones(data, async (phones, box) => {
    const connection = joinConnection({
      config,
      exceptionOf: (user) => phones.find(user)?.plainUntil ?? null,
      clock: systemClock,
      chance: systemChance,
      append: box.log.append,
    });
    const tested = await test(connection, box);
    const outcome = worst(tested);
    return { json: { outcome, tested }, text: told(tested, config.timeZone), exitCode: outcome === 'failed' ? 1 : 0 };
  });
};

export const connectionTest: Command = {
  name: 'connection test',
  usage: 'connection test [TARGET] [--user USER --secret-file FILE] [--ca FILE] [--config FILE]',
  summary: 'tries what a call needs, of the box or towards another machine, and says what is wrong',
  options: {
    user: { type: 'string', means: 'also registers this account there, and takes it back at once' },
    'secret-file': { type: 'string', means: 'a file whose first line is its secret' },
    ca: { type: 'string', means: 'a PEM file of whom to believe besides the system' },
    ...configOption,
  },
  takes: 0,
  mayTake: 1,
  run({ positionals, values, data }) {
    const [target] = positionals;
    const account = accountOf(values);
    const ca = textOf(values, 'ca');
    const tried = target === undefined ? null : targetIn(target);
    const trust = { ...(account ? { account } : {}), ...(ca === undefined ? {} : { ca: readText(ca) }) };
    return testing(values, data, (connection, { at }) =>
      tried
        ? connection.to(tried, trust, 'cli')
        : connection.box(readFileSync(join(at.identity, 'certificate.pem'), 'utf8')),
    );
  },
};

export const trunksTest: Command = {
  name: 'trunks test',
  usage: 'trunks test ID [--config FILE]',
  summary: 'tries each server of a trunk: name, connection, certificate, SIP; 1 when something is wrong',
  options: configOption,
  takes: 1,
  run: ({ positionals, values, data }) =>
    testing(values, data, (connection) => connection.trunk(positionals[0]!, 'cli')),
};

export const pbxTest: Command = {
  name: 'pbx test',
  usage: 'pbx test [--config FILE]',
  summary: 'tries each server of the PBX: name, connection, certificate, SIP; 1 when something is wrong',
  options: configOption,
  takes: 0,
  run: ({ values, data }) => testing(values, data, (connection) => connection.pbx('cli')),
};

export const phonesTest: Command = {
  name: 'phones test',
  usage: 'phones test USER [--config FILE]',
  summary: 'asks a phone whether it is there and how it is encrypted; 1 when something is wrong',
  options: configOption,
  takes: 1,
  run: ({ positionals, values, data }) =>
    testing(values, data, (connection) => connection.phone(positionals[0]!, 'cli')),
};
