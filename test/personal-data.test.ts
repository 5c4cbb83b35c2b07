/**
 * Every column of every database of the box, and whether it traces a person (GDPR 4(1)). Who adds one says so here, and how it leaves;
 * pseudonyms, hashes and secrets of a person are personal too (recital 26).
 */
import { mkdtempSync, readdirSync } from 'node:fs';
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
import { openLinks } from '../appliance/provisioning/links.ts';
import { openVault } from '../appliance/vault/vault.ts';

type Kind = 'name' | 'number' | 'pseudonym' | 'secret' | 'hash' | 'words';

interface Table {
  /** Columns that trace somebody. */
  readonly personal?: Readonly<Record<string, Kind>>;
  /** When they leave: a column with the instant, or whose leaving takes them along. */
  readonly leaves?: string | { readonly with: string };
  /** What says something of the row alone. */
  readonly facts: string;
  /** Columns that look personal and are not: why. */
  readonly innocent?: Readonly<Record<string, string>>;
}

const databases: Readonly<Record<string, Readonly<Record<string, Table>>>> = {
  'access.db': {
    people: {
      personal: { id: 'pseudonym', name: 'name', name_key: 'name', password: 'hash', totp_secret: 'secret' },
      leaves: 'expires_at',
      facts: 'roles totp_step created_at seen_at expires_at',
    },
    sessions: {
      personal: { token_hash: 'hash', person: 'pseudonym' },
      leaves: 'expires_at',
      facts: 'stage started_at used_at failures expires_at',
    },
    setup_codes: {
      personal: { code_hash: 'hash', name: 'name', password: 'hash', totp_secret: 'secret' },
      leaves: 'expires_at',
      facts: 'roles created_at expires_at',
    },
  },
  'phones.db': {
    phones: {
      personal: { user: 'name', ha1: 'hash' },
      leaves: 'expires_at',
      facts: 'plain_until added_at seen_at expires_at',
    },
  },
  'networks.db': {
    bans: {
      personal: { source: 'pseudonym' },
      leaves: 'expires_at',
      facts: 'why reach times began_at expires_at',
    },
    homes: { personal: { network: 'pseudonym' }, leaves: 'expires_at', facts: 'written_at expires_at' },
  },
  'provisioning.db': {
    links: {
      personal: { token_hash: 'hash', user: 'name', mac: 'pseudonym' },
      leaves: 'expires_at',
      facts: 'vendor created_at expires_at',
    },
  },
  'toll.db': {
    used: {
      personal: { name: 'name' },
      leaves: 'expires_at',
      facts: 'day kind calls talk_ms begun_at expires_at',
    },
  },
  'audit.db': {
    bodies: { personal: { body: 'words', salt: 'hash' }, leaves: 'expires_at', facts: 'position expires_at' },
    // A leaf commits to its body under a salt: with the salt gone, no guess of the body can be tried against it.
    leaves: { personal: { hash: 'hash' }, leaves: { with: 'bodies' }, facts: 'position' },
    frontier: { facts: 'leaves', innocent: { hash: 'of a whole tree' } },
    nodes: { facts: 'level position', innocent: { hash: 'of two leaves at least' } },
    checkpoints: { facts: 'number size note' },
    cosignatures: { facts: 'number size line', innocent: { witness: 'the name of a machine' } },
    state: { facts: 'one checkpoints cosignatures', innocent: { signer: 'the key of the box' } },
  },
  'backup.db': {
    destinations: {
      facts:
        'listed generation log_size done_at last_at last_outcome last_recordings last_bytes drilled_at drill_outcome drill_seconds',
      innocent: { name: 'of a destination, from the configuration' },
    },
    contents: { personal: { recording: 'pseudonym' }, leaves: { with: 'recordings' }, facts: 'destination bytes' },
    known: { personal: { recording: 'pseudonym' }, leaves: { with: 'recordings' }, facts: 'destination' },
    snapshots: { facts: 'destination snapshot' },
  },
  'catalogue.db': {
    recordings: {
      personal: {
        id: 'pseudonym',
        call: 'pseudonym',
        caller: 'number',
        callee: 'number',
        content_root: 'hash',
        recipients: 'pseudonym',
      },
      leaves: 'evidence_expires_at',
      facts: `purpose purpose_name level may_open rule policy_version announced_at direction started_at ended_at end_reason codecs
        duration_ms bytes segments gaps lost expires_at traffic_expires_at evidence_expires_at locked_until lock_ground opened
        last_opened_at erased_at erase_reason erased_epoch`,
      innocent: { policy_hash: 'of a policy', announcement_hash: 'of what every caller hears' },
    },
    calls: {
      personal: { id: 'pseudonym', caller: 'number', callee: 'number', queue: 'number', recording: 'pseudonym' },
      leaves: 'expires_at',
      facts: 'direction via trunk started_at talk_ms status not_recorded purpose rule expires_at',
      innocent: { policy_hash: 'of a policy' },
    },
    waits: {
      personal: { queue: 'number' },
      leaves: 'expires_at',
      facts: 'hour calls answered total_ms longest_ms expires_at',
    },
    movements: {
      personal: { call: 'pseudonym', party: 'number' },
      leaves: { with: 'calls' },
      facts: 'number at did',
    },
    origins: {
      personal: { call: 'pseudonym', origin: 'pseudonym' },
      leaves: { with: 'calls' },
      facts: 'number how side',
    },
    party_parts: { personal: { part: 'number', party: 'number' }, leaves: { with: 'recordings' }, facts: '' },
    holds: {
      personal: {
        id: 'pseudonym',
        case_ref: 'pseudonym',
        reason: 'words',
        owner: 'name',
        placed_by: 'pseudonym',
        lift_asked_by: 'pseudonym',
        lift_reason: 'words',
        lifted_by: 'pseudonym',
      },
      leaves: 'expires_at',
      facts: 'placed_at review_at lift_asked_at lifted_at expires_at',
    },
    held: { personal: { recording: 'pseudonym', hold: 'pseudonym' }, leaves: { with: 'holds' }, facts: '' },
    restrictions: {
      personal: { recording: 'pseudonym', reason: 'words', placed_by: 'pseudonym' },
      leaves: 'expires_at',
      facts: 'ground placed_at expires_at',
    },
    certificates: {
      personal: { recording: 'pseudonym', certificate: 'words' },
      leaves: 'expires_at',
      facts: 'issued_at expires_at',
    },
    requests: {
      personal: { id: 'pseudonym', recording: 'pseudonym', case_ref: 'pseudonym', actor: 'pseudonym' },
      leaves: 'expires_at',
      facts: 'kind received_at outcome ground expires_at',
    },
    exceptions: {
      personal: {
        id: 'pseudonym',
        caller: 'number',
        callee: 'number',
        call: 'pseudonym',
        explained_by: 'pseudonym',
        explanation: 'words',
      },
      leaves: 'expires_at',
      facts: 'source started_at talk_ms cause purpose found_at explained_at expires_at',
    },
    purpose_usage: { facts: 'purpose erased ever_opened latest_opening_ms' },
    vault_state: { facts: 'value', innocent: { name: 'of a setting of the box' } },
  },
  'keystore-1.db': {
    entries: {
      personal: { name: 'pseudonym', sealed: 'secret' },
      leaves: { with: 'recordings' },
      facts: 'kind expires_at',
    },
    changed: { personal: { name: 'pseudonym' }, leaves: { with: 'recordings' }, facts: 'kind' },
    state: { facts: 'one in_force attempts successor' },
  },
};

/** Names that a column which traces somebody goes by. */
const TRACING =
  /^(id|user|owner|actor|person|part|party|caller|callee|contact|address|ip|recording|call|hold|device|witness|signer|body|salt|password|ha1)$|name|hash|secret|_ref$|_by$|token|^(lift_)?reason$/;

/** Said twice, so that a name counts as one of those of the row and not of a person: what these are is told by the table. */
const ABOUT_THE_PURPOSE = new Set(['purpose_name']);

interface Column {
  readonly name: string;
  readonly notnull: number;
}

function allTables() {
  const folder = mkdtempSync(join(tmpdir(), 'personal-data-'));
  const at = (name: string) => join(folder, name);
  const clock = new ManualClock();
  const opened = [
    openVault(at('vault')),
    openAuditLog({ path: at('audit.db'), deviceId: 'd', clock, chance: systemChance }),
    openAccess({ path: at('access.db'), clock, chance: systemChance, append: () => 0 }),
    openPhones(at('phones.db')),
    openNetworks(at('networks.db'), clock),
    openLinks(at('provisioning.db'), { clock, chance: systemChance }),
    openTollStore(at('toll.db'), clock),
    openBackupState(at('backup.db')),
  ];
  for (const each of opened) each.close();
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.db'));
  return files.flatMap((file) => {
    const database = new Database(at(file), { readonly: true });
    const tables = database
      .prepare(`SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
      .all() as { name: string; sql: string }[];
    const described = tables.map(({ name, sql }) => {
      const columns = database.pragma(`table_info(${name})`) as Column[];
      return { database: file.split('/').at(-1)!, name, sql, columns };
    });
    database.close();
    return described;
  });
}

const words = (text: string) => text.split(/\s+/).filter((word) => word !== '');
const tables = allTables();

test('every table is in the register, and the register names no table that has gone', (t) => {
  const found = tables.map(({ database, name }) => `${database} ${name}`).sort();
  const named = Object.entries(databases).flatMap(([database, its]) =>
    Object.keys(its).map((name) => `${database} ${name}`),
  );
  t.deepEqual(found, named.sort());
});

for (const { database, name, sql, columns } of tables) {
  test(`${database} ${name}: each column is personal or not, and what is personal leaves`, (t) => {
    const { personal = {}, innocent = {}, facts, leaves } = databases[database]![name]!;
    const named = [...Object.keys(personal), ...Object.keys(innocent), ...words(facts)];
    t.deepEqual(columns.map((column) => column.name).sort(), named.sort());
    t.deepEqual(
      words(facts).filter((fact) => TRACING.test(fact) && !ABOUT_THE_PURPOSE.has(fact)),
      [],
      'it is called a fact, and by its name it traces somebody',
    );
    if (Object.keys(personal).length === 0) {
      t.is(leaves, undefined);
      return;
    }
    if (typeof leaves === 'object') {
      const other = tables.find((table) => table.name === leaves.with)!;
      const its = databases[other.database]![other.name]!;
      t.is(typeof its.leaves, 'string', `${leaves.with} has an instant`);
      return;
    }
    const column = columns.find((one) => one.name === leaves);
    t.is(column?.notnull, 1, 'without an instant nothing is written');
    t.regex(
      sql,
      new RegExp(`${leaves} INTEGER NOT NULL CHECK \\(${leaves} >=? `),
      'an instant before its time is refused',
    );
  });
}
