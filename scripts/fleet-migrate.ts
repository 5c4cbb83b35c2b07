/**
 * Moves a fleet from SQLite to PostgreSQL: `DATABASE_URL=postgres://… npm run -s fleet:migrate -- FILE`. The URL holds a password, so it is
 * no argument, which everybody on the machine could read. Exit codes: 0 done, 1 refused, 2 not understood.
 */
import { existsSync } from 'node:fs';
import { Problem } from '@belkluis/shared/base/problem';
import { copyDatabase } from '../fleet/db/copy.ts';
import { openDatabase } from '../fleet/db/open.ts';
import { problem } from '../fleet/db/problems.ts';
import { parseDatabaseUrl } from '../fleet/db/url.ts';
import { migrations } from '../fleet/migrations.ts';

const say = (text: string) => process.stderr.write(`${text}\n`);

async function main(file: string, url: string): Promise<number> {
  const target = parseDatabaseUrl(url);
  const source = parseDatabaseUrl(file);
  if (source.kind !== 'sqlite' || target.kind !== 'postgres') throw problem('copy_direction');
  if (!existsSync(source.path)) throw problem('copy_source_missing', source.path);
  const from = await openDatabase(file, { migrations });
  try {
    const to = await openDatabase(url, { migrations });
    try {
      const copied = await copyDatabase(from, to, ({ table, rows }) => say(`${table}: ${rows} rows`));
      const rows = copied.reduce((sum, table) => sum + table.rows, 0);
      process.stdout.write(`${JSON.stringify({ tables: copied.length, rows })}\n`);
      say('All rows are there, read back and compared. Start the fleet with this DATABASE_URL, and put the file away.');
      return 0;
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

const [file, ...more] = process.argv.slice(2);
const url = process.env.DATABASE_URL;
if (file === undefined || more.length > 0 || url === undefined) {
  say('Usage: DATABASE_URL=postgres://USER:PASSWORD@HOST/NAME npm run -s fleet:migrate -- FILE');
  process.exitCode = 2;
} else {
  try {
    process.exitCode = await main(file, url);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}
