/** What a recording is bound to when it begins is never changed: held by the database, whoever writes to it. */
import test from 'ava';
import Database from 'better-sqlite3';
import { migrate } from '../db/migrations.ts';
import { openCatalogue } from './catalogue.ts';
import { migrations } from './catalogue-schema.ts';
import { newId, testCatalogue } from './testing/catalogue.ts';

test('neither purpose nor policy nor uses of a recording can be changed, before and after its erasure', (t) => {
  const { catalogue, path, add } = testCatalogue();
  const id = add();
  const before = catalogue.get(id);
  const other = new Database(path);
  const change = (column: string, value: unknown) =>
    other.prepare(`UPDATE recordings SET ${column} = ? WHERE id = ?`).run(value, id);
  const all: [string, unknown][] = [
    ['purpose', 'training'],
    ['purpose_name', 'Training'],
    ['level', 'standard'],
    ['rule', 'x'],
    ['policy_version', 2],
    ['policy_hash', 'x'],
    ['announcement_hash', 'x'],
    ['uses', '["ai_training"]'],
  ];
  for (const [column, value] of all) t.throws(() => change(column, value), { message: 'purpose_bound' }, column);
  t.deepEqual(catalogue.get(id), before);
  t.notThrows(() => change('expires_at', before!.expiresAt - 1));
  catalogue.markErased([{ id, reason: 'request' }], 1, 1);
  for (const [column, value] of all) t.throws(() => change(column, value), { message: 'purpose_bound' }, column);
  other.close();
});

test('recordings of before may be used for what the desk let one name then, never to teach a machine', (t) => {
  const { catalogue, path, add } = testCatalogue();
  const id = add({ uses: [] });
  t.deepEqual(catalogue.get(id)!.uses, []);
  catalogue.close();
  const old = new Database(path.replace('catalogue.db', 'old.db'));
  migrate(old, migrations.slice(0, 5));
  old.exec(`ATTACH '${path}' AS young`);
  const columns = (old.pragma('main.table_info(recordings)') as { name: string }[]).map(({ name }) => name).join(', ');
  old.exec(`INSERT INTO recordings (${columns}) SELECT ${columns} FROM young.recordings`);
  old.close();
  const migrated = openCatalogue(path.replace('catalogue.db', 'old.db'));
  t.deepEqual(migrated.get(id)!.uses, ['complaint', 'quality', 'evidence', 'supervision', 'data-subject']);
  t.is(migrated.get(newId()), null);
  migrated.close();
});
