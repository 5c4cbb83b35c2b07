/**
 * Every column of every database of the box, laid beside what the data catalogue says of it (`appliance/privacy`): what it is, why it is
 * stored, whether it traces a person (GDPR 4(1)), and how it leaves then. Pseudonyms, hashes and secrets of a person are personal too.
 */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import Database from 'better-sqlite3';
import { openAccess } from '../appliance/access/access.ts';
import { openNetworks } from '../appliance/access/networks.ts';
import { openPhones } from '../appliance/access/phones.ts';
import { openAuditLog } from '../appliance/audit/log.ts';
import { openBackupState } from '../appliance/backup/state.ts';
import { openTollStore } from '../appliance/lines/toll-store.ts';
import {
  type Column,
  faultsOf,
  type RealColumn,
  type RealTable,
  type Table,
} from '../appliance/privacy/catalogue-model.ts';
import { allTold, catalogueText } from '../appliance/privacy/catalogue-text.ts';
import { databaseOf, databases } from '../appliance/privacy/data-catalogue.ts';
import { openPrivacy } from '../appliance/privacy/privacy.ts';
import { openLinks } from '../appliance/provisioning/links.ts';
import { openEnrolmentStore } from '../appliance/uplink/enrol/store.ts';
import { openStore as openUplink } from '../appliance/uplink/store.ts';
import { openVault } from '../appliance/vault/vault.ts';

interface RealDatabase {
  readonly file: string;
  readonly tables: readonly RealTable[];
}

/** Databases as the box makes them. */
function realDatabases(): readonly RealDatabase[] {
  const folder = mkdtempSync(join(tmpdir(), 'personal-data-'));
  const at = (name: string) => join(folder, name);
  const clock = new ManualClock();
  const opened = [
    openVault(at('vault')),
    openAuditLog({ path: at('audit.db'), deviceId: 'd', clock, chance: systemChance }),
    openAccess({ path: at('access.db'), clock, chance: systemChance, append: () => 0 }),
    openPhones(at('phones.db')),
    openPrivacy(at('privacy.db')),
    openNetworks(at('networks.db'), clock),
    openLinks(at('provisioning.db'), { clock, chance: systemChance }),
    openTollStore(at('toll.db'), clock),
    openEnrolmentStore(at('enrolment.db')),
    openBackupState(at('backup.db')),
    openUplink({ path: at('uplink.db'), boxId: '0'.repeat(32), clock, chance: systemChance }),
  ];
  for (const each of opened) each.close();
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.db'));
  return files.map((file) => {
    const database = new Database(at(file), { readonly: true });
    const tables = database
      .prepare(`SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
      .all() as { name: string; sql: string }[];
    // What is computed from others is told of, too.
    const described = tables.map((table) => {
      const columns = database.pragma(`table_xinfo(${table.name})`) as { name: string; notnull: number }[];
      return { ...table, columns: columns.map(({ name, notnull }): RealColumn => ({ name, notnull: notnull === 1 })) };
    });
    database.close();
    return { file: file.split('/').at(-1)!, tables: described };
  });
}

const real = realDatabases();
const others = Object.values(databases);

test('each database of the box is told of, and none that has gone', (t) => {
  t.is(new Set(real.map(({ file }) => databaseOf(file))).size, Object.keys(databases).length);
  t.true(real.every(({ file }) => databaseOf(file) !== null));
});

for (const { file, tables } of real) {
  test(`${file}: each column is personal or not, and what is personal leaves`, (t) => {
    t.deepEqual(faultsOf(databaseOf(file)!, tables, others), []);
  });
}

const calls = real.flatMap(({ tables }) => tables).filter(({ name }) => name === 'calls');
const told = databaseOf('catalogue.db')!.calls!;
/** What is said of calls, changed: what is found wrong with that. */
const faults = (change: (table: Table) => Table | undefined, tables: readonly RealTable[] = calls) => {
  const changed = change(told);
  return faultsOf(changed ? { calls: changed } : {}, tables, others);
};
const withColumn =
  (name: string, column: Column | undefined) =>
  (table: Table): Table => {
    const { [name]: _, ...columns } = table.columns;
    return { ...table, columns: column ? { ...columns, [name]: column } : columns };
  };

test('a column without an entry is found, as is an entry without a column, and a table without either', (t) => {
  t.deepEqual(
    faults((table) => table),
    [],
  );
  t.deepEqual(faults(withColumn('talk_ms', undefined)), ['calls: nothing is said of talk_ms']);
  t.regex(faults(withColumn('ring_ms', { kind: 'count', why: 'Nobody knows.' }))[0]!, /ring_ms .*no such column/);
  t.deepEqual(
    faults(() => undefined),
    ['calls: nothing is said of this table'],
  );
  t.regex(faults((table) => table, [])[0]!, /no such table/);
  t.regex(faults(withColumn('talk_ms', { kind: 'count', why: '' }))[0]!, /no sentence/);
});

test('a pseudonym, a number, an address or a hash of a person does not pass for something that traces nobody', (t) => {
  for (const [name, kind] of [
    ['caller', 'code'],
    ['id', 'digest'],
    ['queue', 'rest'],
    ['recording', 'digest'],
  ] as const)
    t.regex(faults(withColumn(name, { kind, why: 'It is only technical.' })).join(), /traces somebody by its name/);
  // Under a name that says nothing, its kind alone makes it personal, whatever else is said: then it has to leave.
  for (const kind of ['pseudonym', 'number', 'address', 'hash', 'secret', 'name', 'words'] as const) {
    const { leaves: _, ...stays } = { ...told, columns: { status: { kind, why: 'It is only technical.' } } };
    const tables = [{ ...calls[0]!, columns: [{ name: 'status', notnull: true }] }];
    t.deepEqual(
      faults(() => stays, tables),
      ['calls: is personal, and never leaves'],
      kind,
    );
  }
});

test('what is personal leaves at an instant that cannot be missing or before its time, or with something that does', (t) => {
  const leaving = (leaves: Table['leaves']) => faults((table) => ({ ...table, leaves: leaves! }));
  t.regex(leaving('talk_ms').join(), /may be missing/);
  t.regex(leaving('started_at').join(), /before its time/);
  t.regex(leaving({ with: 'movements' }).join(), /no instant of its own/);
  t.regex(leaving({ with: 'nothing' }).join(), /no instant of its own/);
  t.deepEqual(leaving({ with: 'recordings' }), []);
});

test('numbers of callers are traffic data with the days of that class, and nobody who runs the machine sees them', (t) => {
  const numbers = allTold().filter(({ kind }) => kind === 'number');
  t.true(numbers.length > 8);
  for (const { database, table, column, category, leaving, roles } of numbers) {
    const what = `${database} ${table} ${column}`;
    t.is(category, 'traffic', what);
    // Of recordings the row stays longer; a column of its own says when the numbers leave. An objection is nothing without its number.
    t.true(leaving === 'traffic' || ['recordings', 'objections'].includes(table), what);
    t.false(roles.includes('admin') && column !== 'queue', what);
  }
});

test('content is seen by who may open recordings, and by nobody who may see numbers alone', (t) => {
  for (const { category, kind, roles } of allTold())
    if (category === 'content' && kind === 'secret') t.deepEqual(roles, ['custodian', 'dpo']);
  t.true(allTold().some(({ category }) => category === 'content'));
});

test('docs/data-catalogue.md is what the catalogue says: `npm run docs:data` writes it anew', (t) => {
  t.is(readFileSync(join(import.meta.dirname, '../docs/data-catalogue.md'), 'utf8'), catalogueText());
});
