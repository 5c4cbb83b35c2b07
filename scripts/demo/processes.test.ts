/** How a fleet is run. */
import { readFileSync } from 'node:fs';
import test from 'ava';
import { FLEET_FLAGS } from './processes.ts';

test('wherever a fleet is run, Node has the same flags', (t) => {
  const root = new URL('../../', import.meta.url);
  const { scripts } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
    scripts: Record<string, string>;
  };
  for (const flag of FLEET_FLAGS) t.true(scripts.fleet!.includes(` ${flag} `), flag);
  const units = readFileSync(new URL('docs/operating.md', root), 'utf8').matchAll(/^.*\bfleet\/main\.ts.*$/gm);
  const lines = [...units].map(([line]) => line);
  t.true(lines.length > 0);
  for (const line of lines) t.true(line.includes(` ${FLEET_FLAGS[1]} `), line);
});
