import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { openCatalogue } from '../catalogue.ts';
import { generateCatalogue } from './generate.ts';

test('a generated catalogue is the same for the same seed, and as much of it has expired as was asked for', (t) => {
  const now = Date.UTC(2026, 10, 25);
  const make = (seed: number) => {
    const path = join(mkdtempSync(join(tmpdir(), 'generate-')), 'catalogue.db');
    const generated = generateCatalogue(path, { recordings: 2000, seed, now, expired: 70, calls: true });
    const catalogue = openCatalogue(path);
    const expired = catalogue.expired(now, 1000).map(({ id }) => id);
    const all = catalogue.search({}, 3000, 0).recordings;
    return { generated, expired, all, calls: all.filter(({ call }) => catalogue.call(call) !== null).length };
  };
  const [first, again, other] = [make(1), make(1), make(2)];
  t.deepEqual(again, first);
  t.notDeepEqual(other.expired, first.expired);
  t.is(first.all.length, 2000);
  t.is(first.calls, 2000);
  t.is(first.expired.length, 70);
  t.deepEqual([...first.generated.expired].sort(), [...first.expired].sort());
});
