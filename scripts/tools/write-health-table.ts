/** Writes the table of codes into `docs/operating.md`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { healthTable } from './health-table.ts';

const path = new URL('../../docs/operating.md', import.meta.url);
const table = /\| check \| code \|[\s\S]*?(?=\n\n)/;
writeFileSync(
  path,
  readFileSync(path, 'utf8').replace(table, () => healthTable()),
);
