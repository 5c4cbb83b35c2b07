/** Passphrases: made here, asked for in a terminal, or read from a file. Never an argument: everybody on the machine can read those. */
import { randomInt } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { problem, readText } from './command.ts';

const consonants = 'bdfghjklmnprstvz';
const vowels = 'aeiou';

/** Words in a passphrase, each of 5 letters: 16³ × 5² possibilities a word, 100 bits in all. */
const WORDS = 6;

const letter = (from: string): string => from[randomInt(from.length)]!;

/** Six words that can be said, written down and typed. */
export const newPassphrase = (): string =>
  Array.from({ length: WORDS }, () => [consonants, vowels, consonants, vowels, consonants].map(letter).join('')).join(
    ' ',
  );

/** A line `name: passphrase` of a file, as `keys make` writes it; or the file's only line. */
function fromFile(path: string, name: string): string {
  const lines = readText(path)
    .split('\n')
    .filter((line) => line.trim() !== '');
  const named = lines.find((line) => line.startsWith(`${name}: `));
  if (named) return named.slice(name.length + 2).trim();
  if (lines.length === 1) return lines[0]!.trim();
  throw problem('passphrase_needed', `${path} has no line for ${name}`);
}

/** Asks in the terminal, showing nothing of the answer. */
export function askSecret(question: string): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  process.stderr.write(`${question}: `);
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true });
  return new Promise((resolve) => {
    terminal.question('', (answer) => {
      terminal.close();
      process.stderr.write('\n');
      resolve(answer);
    });
  });
}

/** The passphrase of the key called `name`. @throws Problem `passphrase_needed`, `file_unreadable`. */
export async function passphraseOf(name: string, file: string | undefined): Promise<string> {
  if (file !== undefined) return fromFile(file, name);
  if (!process.stdin.isTTY) throw problem('passphrase_needed', name);
  return askSecret(`Passphrase of ${name}`);
}
