/** What a command is: data in, something to print out. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { problemsOf } from '@belkluis/shared/base/problem';
import { CONFIG_PATH } from '../../appliance/config.ts';

export const problem = problemsOf({
  usage: 'This is not how the command is used.',
  no_box:
    'There is no box in this directory. Name the data directory of the box with --data DIR or in BELKLUIS_DATA: it is `data` in its configuration. A new box begins with `belkluis trust set`.',
  file_exists:
    'A file of this name is there already, and nothing is overwritten. Choose another folder, or move it away.',
  file_unreadable: 'The file cannot be read. Check its name.',
  passphrase_needed:
    'A passphrase is needed. Give a file that holds it with --passphrases FILE, or run this in a terminal.',
  passphrase_wrong: 'The passphrase does not open this key. Check which key it belongs to.',
  person_needed:
    'Somebody must stand for this. Name them with --as NAME, in a terminal, or give a file whose first two lines are password and code with --credentials FILE.',
  key_unusable: 'This is not a usable OpenPGP private key. Give the file that ends in .key.asc.',
  certificate_unusable: 'This is not a usable OpenPGP certificate. Export it with `gpg --armor --export`.',
  private_key_given:
    'This file holds a private key, which must never reach a box. Give the certificate: the file that ends in .pub.asc, or `gpg --armor --export`.',
  certificate_unknown:
    'There is no deletion certificate for this recording. One that was erased today is certified during the night.',
  role_missing: 'Your role may not do this. Ask somebody whose role may: `people` at the desk lists them.',
  calls_not_running:
    'The call process does not answer. Start it, or look into its log; bans are in its memory and end with it.',
  not_steered: 'The recording of this call was not changed.',
  ban_unknown: 'This address is not banned now. `belkluis sip bans list` shows all that are.',
  not_running:
    'The call process does not run, or does not answer. Calls are only known while it runs: look at its unit and its log.',
  desk_not_running: 'The desk process does not run, or does not answer. Start it, or look into its log.',
  call_unknown:
    'No call of this id is remembered. What calls said is kept for two hours, in memory only; `belkluis calls list` shows all.',
  not_json: 'The file is not JSON. Start from `belkluis policy example`.',
});

export interface Result {
  /** For programs (`--json`). */
  readonly json: object;
  /** For people. */
  readonly text: string;
  /** 1 when the answer is bad news: a log that was tampered with. */
  readonly exitCode?: 0 | 1;
}

/** An option, as `parseArgs` of node:util takes it. */
export interface Option {
  readonly type: 'string' | 'boolean';
  readonly multiple?: boolean;
  readonly short?: string;
  /** What it says, for whoever asks for help. */
  readonly means: string;
}

export interface Options {
  readonly [name: string]: Option;
}

export interface Values {
  readonly [option: string]: string | boolean | (string | boolean)[] | undefined;
}

export interface Invocation {
  readonly positionals: readonly string[];
  readonly values: Values;
  /** The box's data directory. */
  readonly data: string;
}

export interface Command {
  /** Words after `belkluis`. */
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  readonly options: Options;
  /** How many words follow the name. */
  readonly takes: number;
  /** At most, where that is more. */
  readonly mayTake?: number;
  /** Whether it is about the box at `data`; left out: always. Others ask none, name another one, or make the first of a new one. */
  asksBox?(invocation: Invocation): boolean;
  run(invocation: Invocation): Promise<Result> | Result;
}

/** Of commands that have to know what the machine was told at install. */
export const configOption: Options = {
  config: { type: 'string', means: `the configuration of the box (default: ${CONFIG_PATH})` },
};

/** An option's text; undefined when it was not given. */
export const textOf = (values: Values, name: string): string | undefined => {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
};

/** An option that must be given. @throws Problem `usage`. */
export function needed(values: Values, name: string): string {
  const value = textOf(values, name);
  if (value === undefined || value === '') throw problem('usage', `--${name} is missing`);
  return value;
}

/** An option that may be given several times. */
export const listOf = (values: Values, name: string): string[] => {
  const value = values[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
};

/** A day such as `2027-01-31`, or an instant: wall clock, ms. Undefined when the option was not given. @throws Problem `usage`. */
export function instantOf(values: Values, name: string): number | undefined {
  const value = textOf(values, name);
  if (value === undefined) return undefined;
  const at = Date.parse(value);
  if (!(at >= 0)) throw problem('usage', `--${name} is a date, such as 2027-01-31`);
  return at;
}

/** A file's bytes. @throws Problem `file_unreadable`. */
export function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw problem('file_unreadable', path, cause);
  }
}

/** A file's text. @throws Problem `file_unreadable`. */
export const readText = (path: string): string => readBytes(path).toString('utf8');

/** The whole path of something that is not there yet. @throws Problem `file_exists`. */
export function freshPath(path: string): string {
  const whole = resolve(path);
  if (existsSync(whole)) throw problem('file_exists', whole);
  return whole;
}

/** Where the box keeps its data: `--data`, else BELKLUIS_DATA, else `var/box` below the working directory. */
export const dataFolder = (values: Values): string =>
  resolve(textOf(values, 'data') ?? process.env.BELKLUIS_DATA ?? 'var/box');
