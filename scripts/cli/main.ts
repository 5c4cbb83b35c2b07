import { parseArgs } from 'node:util';
import { Problem } from '@belkluis/shared/base/problem';
import { type Command, dataFolder, type Options, problem, type Values } from './command.ts';
import { groups } from './commands.ts';
import { helpOn, overview } from './help.ts';
import { checkBox } from './here.ts';

const commands = groups.flatMap((group) => group.commands);

const common: Options = {
  data: { type: 'string', means: 'the data directory of the box (default: BELKLUIS_DATA, else var/box)' },
  json: { type: 'boolean', means: 'one JSON object, for programs' },
  help: { type: 'boolean', short: 'h', means: 'how a command is used' },
};

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
    (asked ? process.stdout : process.stderr).write(`${overview(groups, common)}\n`);
    return asked ? 0 : 2;
  }
  try {
    const words = command.name.split(' ').length;
    const { positionals, values } = parse(command, args);
    if (values.help) {
      process.stdout.write(`${helpOn(command, common)}\n`);
      return 0;
    }
    const rest = positionals.slice(words);
    if (rest.length < command.takes || rest.length > (command.mayTake ?? command.takes))
      throw problem('usage', `Usage: belkluis ${command.usage}`);
    const invocation = { positionals: rest, values, data: dataFolder(values) };
    if (command.asksBox?.(invocation) ?? true) checkBox(invocation.data);
    const result = await command.run(invocation);
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
