/** The lines of the product after which something counts, found by their calls of `commitPoint`. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** A backup and a restore die at their own points in appliance/backup/crash.test.ts: each takes seconds, and a restore an empty box. */
const ELSEWHERE = /^(backup|restore)\./;

/** Names, sorted. @throws when one stands at two lines: a death there would not say where. */
export function commitPoints(): string[] {
  const found = globSync('{appliance,shared}/**/*.ts', { cwd: root, exclude: (path) => path.includes('node_modules') })
    .flatMap((path) => [...readFileSync(join(root, path), 'utf8').matchAll(/\bcommitPoint\(\s*'([^']+)'/g)])
    .map((match) => match[1]!)
    .filter((name) => !ELSEWHERE.test(name))
    .sort();
  const twice = found.find((name, index) => found[index + 1] === name);
  if (twice !== undefined) throw new Error(`two commit points are called ${twice}`);
  return found;
}
