/** What somebody reads who does not know the command line yet: every command by its name, or one with all that it takes. */
import type { Command, Options } from './command.ts';

/** Commands that a person looks for in the same place. */
export interface CommandGroup {
  readonly title: string;
  readonly commands: readonly Command[];
}

/** Two columns, the second aligned to the longest of the first. */
const columns = (rows: readonly (readonly [string, string])[], width: number): string[] =>
  rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);

const widest = (rows: readonly (readonly [string, string])[]): number => Math.max(...rows.map(([left]) => left.length));

/** How the option is written; what stands for its value is taken from `usage`. */
function written(name: string, { type }: Options[string], usage: string): string {
  if (type === 'boolean') return `--${name}`;
  const [, value = 'TEXT'] = new RegExp(`--${name} ([^\\s\\])]+)`).exec(usage) ?? [];
  return `--${name} ${value}`;
}

const rowsOf = (options: Options, usage: string): (readonly [string, string])[] =>
  Object.entries(options).map(([name, option]) => [written(name, option, usage), option.means]);

/** How the options of every command are written. */
const COMMON_USAGE = '--data DIR';

/** All commands, a line each under the heading of their group. */
export function overview(groups: readonly CommandGroup[], common: Options): string {
  const width = widest(groups.flatMap(({ commands }) => commands.map(({ name }) => [name, ''] as const)));
  return [
    'belkluis: the command line of a box',
    ...groups.flatMap(({ title, commands }) => [
      '',
      title,
      ...columns(
        commands.map(({ name, summary }) => [name, summary]),
        width,
      ),
    ]),
    '',
    'Every command takes',
    ...columns(rowsOf(common, COMMON_USAGE), width),
    '',
    'How one is used: belkluis COMMAND --help',
    'Exit codes: 0 done, 1 refused or tampered with, 2 not understood.',
  ].join('\n');
}

/** One command: how it is written, what it does, what each option says. */
export function helpOn({ usage, summary, options }: Command, common: Options): string {
  const [own, shared] = [rowsOf(options, usage), rowsOf(common, COMMON_USAGE)];
  const width = widest([...own, ...shared]);
  return [
    `belkluis ${usage}`,
    '',
    summary,
    ...(own.length === 0 ? [] : ['', ...columns(own, width)]),
    '',
    ...columns(shared, width),
  ].join('\n');
}
