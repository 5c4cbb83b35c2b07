import { parseArgs } from 'node:util';
import { Problem } from '@belkluis/shared/base/problem';
import { auditExport, auditKey, auditProve, auditVerify, auditWitness } from './audit.ts';
import { backupRun, drillRun } from './backup.ts';
import { certificatesList, certificatesShow } from './certificates.ts';
import { type Command, dataFolder, type Options, problem, type Values } from './command.ts';
import { erase } from './erase.ts';
import { exportRecording } from './export.ts';
import { holdsAdd, holdsAskLift, holdsLift, holdsList, holdsRenew } from './holds.ts';
import { keysMake } from './keys.ts';
import { keystoreAdvance, keystoreSeal, keystoreShow } from './keystore.ts';
import { peopleInvite, peopleList, peopleRemove } from './people.ts';
import { phonesAdd, phonesList, phonesRemove } from './phones.ts';
import { policyApply, policyExample, policyShow, policySign, trustSet } from './policy.ts';
import { recordingsList } from './recordings.ts';
import { keysAnswer, restoreRun } from './restore.ts';
import { restrictAdd, restrictLift, restrictList } from './restrictions.ts';
import { retentionPreview, retentionReport } from './retention.ts';
import { scrub } from './scrub.ts';
import { timeConfirm, timeShow } from './time.ts';

const commands: readonly Command[] = [
  keysMake,
  keysAnswer,
  trustSet,
  policyExample,
  policySign,
  policyApply,
  policyShow,
  phonesAdd,
  phonesRemove,
  phonesList,
  peopleInvite,
  peopleList,
  peopleRemove,
  recordingsList,
  exportRecording,
  erase,
  certificatesList,
  certificatesShow,
  holdsAdd,
  holdsList,
  holdsRenew,
  holdsAskLift,
  holdsLift,
  restrictAdd,
  restrictLift,
  restrictList,
  retentionPreview,
  retentionReport,
  backupRun,
  restoreRun,
  drillRun,
  scrub,
  keystoreShow,
  keystoreAdvance,
  keystoreSeal,
  timeShow,
  timeConfirm,
  auditVerify,
  auditProve,
  auditExport,
  auditKey,
  auditWitness,
];

const common: Options = {
  data: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
};

function help(): string {
  const width = Math.max(...commands.map(({ usage }) => usage.length));
  return [
    'belkluis: the command line of a box',
    '',
    ...commands.map(({ usage, summary }) => `  ${usage.padEnd(width)}  ${summary}`),
    '',
    '  --data DIR   the data directory of the box (default: BELKLUIS_DATA, else var/box)',
    '  --json       one JSON object, for programs',
    '',
    'Exit codes: 0 done, 1 refused or tampered with, 2 not understood.',
  ].join('\n');
}

/** The command that the words name, wherever options stand between them. */
function find(args: readonly string[]): Command | undefined {
  const options = Object.assign({}, common, ...commands.map((command) => command.options)) as Options;
  const { positionals } = parseArgs({ args: [...args], options, allowPositionals: true, strict: false });
  return commands.find(({ name }) => name === positionals.slice(0, name.split(' ').length).join(' '));
}

function parse(command: Command, args: readonly string[]): { positionals: string[]; values: Values } {
  try {
    const options = { ...common, ...command.options };
    const { positionals, values } = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    return { positionals, values: values as Values };
  } catch (cause) {
    throw problem('usage', `${(cause as Error).message}. Usage: belkluis ${command.usage}`, cause);
  }
}

/** Runs one command; prints what it says. Returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const json = args.includes('--json');
  const command = find(args);
  if (!command) {
    const asked = args.length === 0 || args.includes('--help') || args.includes('-h');
    (asked ? process.stdout : process.stderr).write(`${help()}\n`);
    return asked ? 0 : 2;
  }
  try {
    const words = command.name.split(' ').length;
    const { positionals, values } = parse(command, args);
    if (values.help) {
      process.stdout.write(`belkluis ${command.usage}\n\n${command.summary}\n`);
      return 0;
    }
    const rest = positionals.slice(words);
    if (rest.length !== command.takes) throw problem('usage', `Usage: belkluis ${command.usage}`);
    const result = await command.run({ positionals: rest, values, data: dataFolder(values) });
    process.stdout.write(json ? `${JSON.stringify(result.json)}\n` : `${result.text}\n`);
    return result.exitCode ?? 0;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { code, advice, detail } = error;
    if (json) process.stdout.write(`${JSON.stringify({ error: code, advice, detail: detail ?? null })}\n`);
    else process.stderr.write(`${advice}${detail ? `\n  ${detail}` : ''}\n`);
    return code === 'usage' ? 2 : 1;
  }
}
