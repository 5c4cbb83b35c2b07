/** The architecture as a test: which room may import which. A room may always import itself. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, posix, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** Packages that more than one room may use freely: Node's own, and the schema library. */
const everywhere = ['zod'];

/** Room -> rooms and packages it may import. A room is the longest key that a file's path starts with. */
const mayImport: Record<string, readonly string[]> = {
  'shared/base': [],
  'shared/audit': ['shared/base'],
  'shared/access': ['shared/base', '@node-rs/argon2', 'otpauth'],
  'shared/policy': ['shared/base'],
  'shared/release': ['shared/base'],
  'shared/contract': ['shared/base'],
  'shared/web': ['shared/base', 'shared/policy/documents/document.ts', 'hono', 'qr'],

  'appliance/sip': ['shared/base'],
  'appliance/media': ['shared/base', 'opusscript'],
  // Of the lines only what they are; who keeps them is the root's business.
  'appliance/calls': [
    'appliance/sip',
    'appliance/media',
    'appliance/policy',
    'appliance/lines/schema.ts',
    'appliance/lines/trunk.ts',
    'appliance/lines/outbound.ts',
    'appliance/lines/pbx.ts',
    'appliance/lines/siprec.ts',
    'shared/base',
    'shared/policy',
  ],
  'appliance/lines': ['appliance/vault/durable.ts', 'appliance/db', 'shared/base', 'better-sqlite3'],
  // Of the vault only how one number is written in several ways.
  'appliance/reconcile': [
    'appliance/lines/call-log.ts',
    'appliance/vault/party-forms.ts',
    'shared/base',
    'shared/policy',
    'csv-parse',
  ],
  // One more: XML.
  'appliance/calls/siprec': [
    'appliance/calls/recorder.ts',
    'appliance/calls/decided.ts',
    'appliance/calls/party.ts',
    'appliance/lines/siprec.ts',
    'appliance/sip',
    'appliance/media',
    'shared/base',
    'shared/policy',
    'saxes',
  ],
  'appliance/recording': [
    'appliance/media/frame.ts',
    'shared/base',
    'shared/policy/consent.ts',
    'shared/release',
    'openpgp',
  ],
  // Its phones are peers of the box, built on the same SIP and media; of recording it has what a custodian has.
  'appliance/proof': [
    'appliance/sip',
    'appliance/media',
    'appliance/recording/recipients.ts',
    'shared/base',
    'shared/policy',
    'shared/release',
    'openpgp',
  ],
  'appliance/drafts': ['shared/base'],
  'appliance/db': ['shared/base', 'better-sqlite3'],
  'appliance/vault': ['appliance/db', 'shared/base', 'shared/policy', 'shared/release', 'better-sqlite3'],
  'appliance/audit': ['appliance/db', 'shared/base', 'shared/audit', 'shared/policy/retention.ts', 'better-sqlite3'],
  // Of recording the seal alone, so that the canary is made and opened as recordings are.
  'appliance/backup': [
    'appliance/vault',
    'appliance/db',
    'appliance/recording/seipd.ts',
    'appliance/recording/wrap.ts',
    'appliance/recording/recipients.ts',
    'shared/base',
    'shared/audit',
    'shared/policy',
    'shared/release',
    'better-sqlite3',
    'openpgp',
    'ssh2',
    '@aws-sdk/client-s3',
  ],
  'appliance/policy': ['shared/base', 'shared/policy', 'shared/audit/event.ts'],
  'appliance/access': ['appliance/db', 'shared/access', 'shared/base', 'shared/policy', 'better-sqlite3'],
  // Of access only what each role may do.
  'appliance/privacy': [
    'appliance/access/roles.ts',
    'appliance/db',
    'shared/base',
    'shared/audit',
    'shared/policy',
    'better-sqlite3',
    'csv-parse',
  ],
  'appliance/uplink/enrol': [
    'appliance/db',
    'shared/base',
    'shared/contract',
    'shared/audit/event.ts',
    '@peculiar/x509',
    'reflect-metadata',
  ],
  'appliance/connection': ['appliance/sip', 'shared/base'],
  'appliance/provisioning': ['appliance/db', 'shared/base', 'better-sqlite3'],
  'appliance/identity': ['shared/base', '@peculiar/x509', 'reflect-metadata'],
  'appliance/control': ['shared/base'],
  'appliance/trace': ['appliance/sip', 'appliance/media/sdp', 'shared/base'],
  'appliance/health': ['shared/base', 'shared/contract', 'systeminformation'],
  'appliance/uplink': ['appliance/db', 'shared/base', 'shared/contract', 'better-sqlite3', 'mqtt'],
  'appliance/web': [
    'appliance/access',
    'appliance/health',
    'appliance/control/protocol.ts',
    'appliance/trace',
    'shared/contract',
    'appliance/connection',
    'appliance/provisioning',
    // Of the lines what they are and what changes in them; who keeps them is the root's business.
    'appliance/lines/schema.ts',
    'appliance/lines/trunk.ts',
    'appliance/lines/pbx.ts',
    'appliance/lines/changes.ts',
    'appliance/lines/secrets.ts',
    'appliance/lines/call-log.ts',
    // What enrolment says of itself.
    'appliance/uplink/enrol/enrol.ts',
    'shared/access',
    'shared/base',
    'shared/audit',
    'shared/policy',
    'shared/release',
    'shared/web',
    'hono',
    '@hono/node-server',
    'openpgp',
  ],

  'fleet/migrations.ts': ['*'],
  'fleet/main.ts': ['*'],
  'fleet/open-rooms.ts': ['*'],
  'fleet/open-senders.ts': ['*'],
  'fleet/declare-webhooks.ts': ['*'],
  'fleet/join-alerts.ts': ['*'],
  'fleet/join-api.ts': ['*'],
  'fleet/join-boxes.ts': ['*'],
  'fleet/join-compliance.ts': ['*'],
  'fleet/join-commands.ts': ['*'],
  'fleet/join-console.ts': ['*'],
  'fleet/join-broker.ts': ['*'],
  'fleet/join-ingest.ts': ['*'],
  'fleet/join-jobs.ts': ['*'],
  'fleet/join-mosquitto.ts': ['*'],
  'fleet/join-policies.ts': ['*'],
  'fleet/join-software.ts': ['*'],
  'fleet/join-witness.ts': ['*'],
  'fleet/every.ts': ['shared/base'],
  'fleet/config.ts': ['fleet/compliance/configuration.ts', 'shared/base'],
  'fleet/db': ['shared/base', 'better-sqlite3', 'kysely', 'pg'],
  'fleet/tenants': ['fleet/db', 'shared/base', 'kysely'],
  'fleet/access': [
    'fleet/db',
    'fleet/tenants/events.ts',
    'fleet/tenants/fields.ts',
    'fleet/tenants/scope.ts',
    'fleet/tenants/tables.ts',
    'shared/access',
    'shared/base',
    '@simplewebauthn/server',
    'kysely',
  ],
  // The protocol is a library's; what is believed of it is this room's.
  'fleet/access/oidc': [
    'fleet/access',
    'fleet/db',
    'fleet/tenants/fields.ts',
    'fleet/tenants/scope.ts',
    'shared/base',
    'openid-client',
    'kysely',
  ],
  // Of the rooms their doors' shapes, and the words that answers are made of.
  'fleet/api': [
    'fleet/access',
    'fleet/alerts/alerts.ts',
    'fleet/alerts/channels.ts',
    'fleet/alerts/codes.ts',
    'fleet/alerts/limits.ts',
    'fleet/alerts/room.ts',
    'fleet/alerts/windows.ts',
    'fleet/audit/log.ts',
    'fleet/audit/witness.ts',
    'fleet/commands/commands.ts',
    'fleet/commands/tables.ts',
    'fleet/compliance/agreements.ts',
    'fleet/compliance/change-notices.ts',
    'fleet/compliance/compliance.ts',
    'fleet/compliance/countries.ts',
    'fleet/compliance/locations.ts',
    'fleet/compliance/subprocessors.ts',
    'fleet/compliance/trust.ts',
    'fleet/db',
    'fleet/enrolment/claim.ts',
    'fleet/enrolment/enrolment.ts',
    'fleet/inventory/boxes.ts',
    'fleet/inventory/limits.ts',
    'fleet/inventory/overview.ts',
    'fleet/inventory/tags.ts',
    'fleet/inventory/urgency.ts',
    'fleet/policy/content.ts',
    'fleet/policy/levels.ts',
    'fleet/policy/policies.ts',
    'fleet/policy/rollouts.ts',
    'fleet/policy/standing.ts',
    'fleet/policy/tables.ts',
    'fleet/tenants/scope.ts',
    'fleet/tenants/tenants.ts',
    'shared/access/quota.ts',
    'shared/audit/proof.ts',
    'shared/base',
    'shared/contract',
    'hono',
    '@hono/node-server',
    'kysely',
  ],
  'fleet/audit': ['fleet/db', 'shared/base', 'shared/audit', 'kysely'],
  // Of the tenants what somebody may see, and what customers are called.
  'fleet/compliance': [
    'fleet/db',
    'fleet/tenants/events.ts',
    'fleet/tenants/scope.ts',
    'fleet/tenants/tables.ts',
    'shared/audit',
    'shared/base',
    'shared/policy/documents/document.ts',
    'shared/policy/fields.ts',
    'kysely',
  ],
  // Of the tenants what somebody may see, and whom a box belongs to.
  'fleet/inventory': [
    'fleet/db',
    'fleet/tenants/scope.ts',
    'fleet/tenants/tables.ts',
    'fleet/tenants/fields.ts',
    'fleet/tenants/events.ts',
    'shared/base',
    'shared/contract',
    'kysely',
  ],
  // Of other rooms the tables: alerts are read from what is stored of boxes, customers and people, and stand beside it.
  'fleet/alerts': [
    'fleet/access/tables.ts',
    'fleet/db',
    'fleet/inventory/tables.ts',
    'fleet/tenants/scope.ts',
    'fleet/tenants/tables.ts',
    'fleet/tenants/fields.ts',
    'fleet/tenants/events.ts',
    'shared/base',
    'shared/contract',
    'kysely',
    'nodemailer',
  ],
  // Of boxes what they report, and whose they are.
  'fleet/policy': [
    'fleet/db',
    'fleet/tenants/scope.ts',
    'fleet/tenants/tables.ts',
    'fleet/tenants/events.ts',
    'fleet/inventory/tables.ts',
    'shared/base',
    'shared/contract',
    'shared/policy',
    'kysely',
  ],
  // Of boxes whose they are, and whether they are there.
  'fleet/software': [
    'fleet/db',
    'fleet/inventory/limits.ts',
    'fleet/tenants/events.ts',
    'shared/base',
    'kysely',
    'semver',
  ],
  'fleet/commands': [
    'fleet/db',
    'fleet/tenants/scope.ts',
    'fleet/tenants/events.ts',
    'fleet/inventory/tables.ts',
    'shared/base',
    'shared/contract',
    'kysely',
  ],
  'fleet/views': [
    'fleet/db',
    'fleet/tenants/events.ts',
    'fleet/tenants/fields.ts',
    'fleet/tenants/scope.ts',
    'shared/base',
  ],
  'fleet/enrolment': [
    'fleet/db',
    'shared/access/quota.ts',
    'shared/base',
    'shared/contract',
    '@peculiar/x509',
    'reflect-metadata',
    'hono',
    '@hono/node-server',
    'kysely',
  ],
  'fleet/web': [
    'fleet/access',
    'fleet/tenants',
    'fleet/inventory',
    'fleet/audit',
    'fleet/alerts',
    'fleet/commands',
    'fleet/software',
    'fleet/views',
    'fleet/compliance/compliance.ts',
    'fleet/compliance',
    'fleet/policy',
    'fleet/enrolment/claim.ts',
    'fleet/enrolment/enrolment.ts',
    'fleet/enrolment/problems.ts',
    'fleet/db/page.ts',
    'fleet/db/problems.ts',
    'fleet/policy',
    'shared/access',
    'shared/base',
    'shared/contract',
    'shared/policy',
    'shared/web',
    'hono',
    '@hono/node-server',
    '@simplewebauthn/server',
  ],
  'fleet/ingest': ['shared/base', 'shared/contract'],
  'fleet/broker': [
    'shared/base',
    'shared/contract',
    'aedes',
    'aedes-persistence',
    'mqtt',
    'ws',
    '@peculiar/x509',
    'reflect-metadata',
  ],

  // The composition roots: the only files that know everything.
  'appliance/call.ts': ['*'],
  'appliance/desk.ts': ['*'],
  'appliance/sealer.ts': ['*'],
  // What a root joins, where it would not fit into the root itself.
  'appliance/recorder.ts': ['*'],
  'appliance/open-log.ts': ['*'],
  'appliance/watch-log.ts': ['*'],
  'appliance/keep-vault.ts': ['*'],
  'appliance/keep-proof.ts': ['*'],
  'appliance/keep-reconciliation.ts': ['*'],
  'appliance/join-desk.ts': ['*'],
  'appliance/join-policy.ts': ['*'],
  'appliance/join-control.ts': ['*'],
  'appliance/join-phones.ts': ['*'],
  'appliance/join-fleet.ts': ['*'],
  'appliance/join-fleet-pages.ts': ['*'],
  'appliance/keep-fleet.ts': ['*'],
  'appliance/join-uplink.ts': ['*'],
  'appliance/join-witness.ts': ['*'],
  'appliance/keep-uplink.ts': ['*'],
  'appliance/remember-fleet.ts': ['*'],
  'appliance/join-tools.ts': ['*'],
  'appliance/join-documents.ts': ['*'],
  'appliance/join-acknowledgements.ts': ['*'],
  'appliance/join-connection.ts': ['*'],
  'appliance/every.ts': ['shared/base'],
  'appliance/join-eraser.ts': ['*'],
  'appliance/join-objections.ts': ['*'],
  'appliance/join-peers.ts': ['*'],
  'appliance/join-pbx.ts': ['*'],
  'appliance/follow-file.ts': [],
  'appliance/run-process.ts': ['shared/base', 'appliance/config.ts'],
  'appliance/follow-policy.ts': ['*'],
  'appliance/speak-sentences.ts': ['*'],
  'appliance/unspoken.ts': ['appliance/policy/voice.ts', 'appliance/media/prompts', 'shared/policy'],
  'appliance/join-trunks.ts': ['*'],
  'appliance/join-lines.ts': ['*'],
  'appliance/join-policy-pages.ts': ['*'],
  'appliance/join-privacy-pages.ts': ['*'],
  'appliance/join-line-pages.ts': ['*'],
  'appliance/follow-lines.ts': ['*'],
  'appliance/gather-health.ts': ['*'],
  'appliance/keep-health.ts': ['*'],
  'appliance/keep-backups.ts': ['*'],
  'appliance/config.ts': ['shared/base'],
};

/** Static, side-effect, re-export and dynamic imports of a module, as written. */
function importsOf(source: string): string[] {
  const found: string[] = [];
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '');
  for (const match of code.matchAll(/^\s*(?:import|export)\b[^'"`;]*?from\s*['"]([^'"]+)['"]/gm)) found.push(match[1]!);
  for (const match of code.matchAll(/^\s*import\s*['"]([^'"]+)['"]/gm)) found.push(match[1]!);
  for (const match of code.matchAll(/\bimport\s*\(\s*(?:['"`]([^'"`]+)['"`])?/g)) found.push(match[1] ?? '(computed)');
  for (const match of code.matchAll(/\bnew\s+(?:URL|Worker)\(\s*['"](\.[^'"]+\.ts)['"]/g)) found.push(match[1]!);
  return found;
}

const roomOf = (path: string): string | undefined =>
  Object.keys(mayImport)
    .filter((room) => path === room || path.startsWith(`${room}/`))
    .sort((a, b) => b.length - a.length)[0];

/** `shared/base/clock` or `appliance/sip/stack.ts` for our own code, the package's name for others', null for Node's own. */
function resolveImport(file: string, specifier: string): string | null {
  if (specifier.startsWith('node:')) return null;
  if (specifier.startsWith('.')) return posix.join(posix.dirname(file), specifier);
  const own = specifier.match(/^@belkluis\/(shared|appliance|fleet)\/(.+)$/);
  if (own) return `${own[1]}/${own[2]}.ts`;
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]!;
}

const isTest = (path: string) => /\.(test|scenario)\.ts$|(^|\/)testing\//.test(path);
const files = globSync('{appliance,fleet,shared}/**/*.ts', {
  cwd: root,
  exclude: (path) => path.includes('node_modules'),
}).sort();
const product = files.filter((path) => !isTest(path));

for (const file of product) {
  test(`${file} imports only what its room may`, (t) => {
    const room = roomOf(file);
    if (room === undefined) return t.fail('This folder is not in the table: decide what it may import, then add it.');
    const allowed = mayImport[room]!;
    for (const specifier of importsOf(readFileSync(resolve(root, file), 'utf8'))) {
      const target = resolveImport(file, specifier);
      if (target === null || allowed.includes('*') || everywhere.includes(target)) continue;
      const inside = (owner: string) => target === owner || target.startsWith(`${owner}/`);
      const self = inside(room);
      t.true(self || allowed.some(inside), `${file} imports ${specifier}, which ${room} may not`);
    }
    return t.pass();
  });
}

test('the table names no room that has gone', (t) => {
  for (const room of Object.keys(mayImport)) {
    const exists = product.some((path) => path === room || path.startsWith(`${room}/`));
    t.true(exists, `${room} is in the table but has no file`);
  }
});

test('no source file is longer than 500 lines', (t) => {
  for (const path of files) {
    const lines = readFileSync(resolve(root, path), 'utf8').split('\n').length;
    t.true(lines <= 500, `${path} has ${lines} lines: it holds more than one idea`);
  }
});

test('only the durable writers touch files for writing', (t) => {
  const writers =
    /\b(writeFile|writeFileSync|appendFile|appendFileSync|createWriteStream|writeSync|ftruncateSync|truncateSync)\b/;
  // The SFTP client writes on a server, not here.
  const sftp = 'appliance/backup/destinations/sftp.ts';
  const allowed = ['appliance/vault/durable.ts', 'appliance/identity/', 'appliance/policy/', sftp];
  for (const path of product.filter((path) => path.startsWith('appliance/'))) {
    if (allowed.some((prefix) => path.startsWith(prefix))) continue;
    t.notRegex(readFileSync(resolve(root, path), 'utf8'), writers, `${path} writes files itself: use vault/durable.ts`);
  }
});

test('only vault/purge.ts erases recordings', (t) => {
  for (const path of product.filter((path) => path.startsWith('appliance/'))) {
    // The control socket of a process that died is no recording, and a file on a backup server is a copy.
    const others = ['appliance/control/server.ts', 'appliance/backup/destinations/sftp.ts'];
    if (['appliance/vault/purge.ts', 'appliance/vault/durable.ts', ...others].includes(path)) continue;
    const source = readFileSync(resolve(root, path), 'utf8');
    t.notRegex(
      source,
      /\b(unlink|unlinkSync|rmSync|rm)\(/,
      `${path} removes files: erasure goes through vault/purge.ts`,
    );
  }
});

test('html is escaped: only shared/web calls raw()', (t) => {
  for (const path of product.filter((path) => !path.startsWith('shared/web/'))) {
    t.notRegex(readFileSync(resolve(root, path), 'utf8'), /(?<!\b(sql|CompiledQuery)\.)\braw\(/, `${path} calls raw()`);
  }
});

test('SQL is never put together from text: only fleet/db runs text, its own', (t) => {
  for (const path of product.filter((path) => path.startsWith('fleet/') && !path.startsWith('fleet/db/'))) {
    t.notRegex(
      readFileSync(resolve(root, path), 'utf8'),
      /\b(sql|CompiledQuery)\.(raw|lit)\(/,
      `${path} runs text as SQL`,
    );
  }
  t.pass();
});
