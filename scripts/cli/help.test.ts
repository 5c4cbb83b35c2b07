import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { groups } from './commands.ts';
import { helpOn } from './help.ts';

const script = fileURLToPath(new URL('../belkluis.ts', import.meta.url));
const belkluis = async (...args: string[]) => (await promisify(execFile)(process.execPath, [script, ...args])).stdout;

/** Columns of a wide terminal. */
const WIDTH = 120;

test('the overview names every command once, with what it does beside it', async (t) => {
  const said = await belkluis('--help');
  t.is(await belkluis(), said);
  const lines = said.split('\n');
  t.deepEqual(
    lines.filter((line) => line.length > WIDTH),
    [],
  );
  const commands = groups.flatMap((group) => group.commands);
  t.is(new Set(commands.map(({ name }) => name)).size, commands.length);
  // One column: the summary begins where that of the longest name does.
  const column = 2 + Math.max(...commands.map(({ name }) => name.length)) + 2;
  for (const { name, summary } of commands) {
    t.is(lines.filter((line) => line.startsWith(`  ${name}  `) && line.slice(column) === summary).length, 1, name);
  }
  const headings = groups.map(({ title }) => lines.indexOf(title));
  t.true(headings.every((at) => lines[at - 1] === ''));
  t.deepEqual(
    headings,
    headings.toSorted((a, b) => a - b),
  );
});

test('the help on a command says how it is written, what it does, and what each option is for', async (t) => {
  const said = await belkluis('holds', 'ask-lift', '--help');
  t.regex(said, /^belkluis holds ask-lift ID --reason TEXT --as NAME \[--credentials FILE\]\n\nasks to lift a hold/);
  t.regex(said, /\n {2}--reason TEXT {7}why; the audit log keeps it\n/);
  t.regex(said, /\n {2}--data DIR {10}the data directory/);
  for (const command of groups.flatMap((group) => group.commands)) {
    const help = helpOn(command, {});
    for (const [name, { means }] of Object.entries(command.options)) {
      const line = help.split('\n').find((one) => one.startsWith(`  --${name}`));
      t.true(line?.endsWith(`  ${means}`), `${command.name} --${name}`);
      t.true(command.usage.includes(`--${name}`), `the usage of ${command.name} leaves --${name} out`);
    }
  }
});
