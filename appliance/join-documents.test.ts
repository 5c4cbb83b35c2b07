import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkDpia } from '@belkluis/shared/policy/documents/dpia';
import { wholePolicy } from '@belkluis/shared/policy/testing/any-policy';
import test from 'ava';
import Database from 'better-sqlite3';
import { countedOf } from './join-documents.ts';
import { openCatalogue } from './vault/catalogue.ts';
import { newRecording, sameDays } from './vault/testing/recordings.ts';

const DAY = 86_400_000;
const now = Date.parse('2026-11-25T12:00:00Z');
const [purpose] = wholePolicy.purposes;
/** One rule that names a number, one purpose that is kept for `contentDays`, and no assessment. */
const narrow = (contentDays: number) => ({
  ...wholePolicy,
  dpia: null,
  rules: [{ id: 'r', purpose: 'complaints', from: ['201'], start: 'automatic' as const }],
  purposes: [{ ...purpose!, retention: { ...purpose!.retention, contentDays } }],
});

/** A catalogue with `count` recordings that began on each of the last `days` days. */
function catalogueWith(count: number, days: number) {
  const path = join(mkdtempSync(join(tmpdir(), 'counted-')), 'catalogue.db');
  const catalogue = openCatalogue(path);
  catalogue.begin(newRecording('0'.repeat(32), now - 90 * DAY, sameDays(3000)));
  const raw = new Database(path);
  const columns = (raw.pragma('table_info(recordings)') as { name: string }[]).map(({ name }) => name);
  const values = columns.map((name) => {
    if (name === 'id') return `printf('%032x', n)`;
    if (name === 'started_at') return `${now - DAY / 2} - (n % ${days}) * ${DAY}`;
    return name;
  });
  raw
    .prepare(
      `WITH RECURSIVE many (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < ?)
       INSERT INTO recordings (${columns.join(', ')}) SELECT ${values.join(', ')} FROM many, recordings`,
    )
    .run(count * days);
  raw.close();
  return catalogue;
}

test('ten thousand recordings in a month are large scale, and one less is not; what is older does not count', (t) => {
  const recordings = (count: number, days: number, contentDays: number) => {
    const catalogue = catalogueWith(count, days);
    const counted = countedOf(catalogue, narrow(contentDays), now);
    catalogue.close();
    return { ...counted, required: checkDpia(narrow(contentDays), counted).required };
  };
  t.deepEqual(recordings(333, 30, 90), { recordings: 9_990, required: false });
  t.deepEqual(recordings(334, 30, 90), { recordings: 10_020, required: true });
  t.deepEqual(recordings(200, 60, 90), { recordings: 6_000, required: false });
  // Of an office that keeps recordings for a week only a week is there to be counted.
  t.deepEqual(recordings(334, 7, 7), { recordings: 10_020, required: true });
});
