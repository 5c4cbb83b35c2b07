import { readFileSync } from 'node:fs';
import { healthCodes } from '@belkluis/shared/contract/health-codes';
import test from 'ava';
import { healthTable } from './health-table.ts';

test('the manual lists every code with its level and what to do, as the desk says it (`npm run docs:health`)', (t) => {
  const manual = readFileSync(new URL('../../docs/operating.md', import.meta.url), 'utf8');
  t.true(manual.includes(`\n${healthTable()}\n`));
  for (const code of Object.keys(healthCodes)) t.is(healthTable().split(`\`${code}\``).length, 2, code);
});
