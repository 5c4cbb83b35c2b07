/** The audit pack: made of the real rooms, checked by a verifier that shares no code with them. */
import { spawn } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, hash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { signCheckpoint } from '@belkluis/shared/audit/checkpoint';
import { rawPublicKey } from '@belkluis/shared/audit/note';
import { systemClock } from '@belkluis/shared/base/clock';
import { silentLog } from '@belkluis/shared/base/log';
import test from 'ava';
import type { AuditTables } from './audit/tables.ts';
import { checkConfig } from './config.ts';
import type { EnrolmentTables } from './enrolment/tables.ts';
import { auditPack, joinLocations } from './join-compliance.ts';
import { openRooms } from './open-rooms.ts';
import type { PolicyTables } from './policy/tables.ts';
import { wholeMsp } from './tenants/scope.ts';

const VERIFIER = fileURLToPath(new URL('../scripts/belkluis-verify.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'fleet-pack-'));
test.after.always(() => rmSync(folder, { recursive: true }));

const provider = { name: 'K', address: 'U', country: 'NL', parentCountry: 'NL', contact: 'p@k.example' };
const ports = { mqtt: 1, webSocket: null, enrolment: 2 };
const file = {
  ...{ data: join(folder, 'data'), hosts: ['127.0.0.1'], address: '127.0.0.1', region: 'NL', ports },
  compliance: { provider },
};

async function verify(path: string, ...more: string[]) {
  const child = spawn(process.execPath, [VERIFIER, path, ...more], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [says, exit] = await Promise.all([text(child.stdout), new Promise((done) => child.once('close', done))]);
  return { says, exit };
}

async function scene() {
  const rooms = await openRooms(checkConfig(file, {}), silentLog);
  const { msps, tenants, compliance, database } = rooms;
  const makeMsp = async (name: string) => {
    const { id } = await msps.create(name, 'operator');
    const scope = wholeMsp(id);
    const customer = await tenants.createCustomer(scope, 'Notaris Jansen', 'anna');
    const site = await tenants.createSite(
      scope,
      customer.id,
      { name: 'U', country: 'NL', timeZone: 'Europe/Amsterdam' },
      'anna',
    );
    await compliance.agreements.send(scope, customer.id, 'nl', 'anna');
    return { id, scope, customer: customer.id, site: site.id };
  };
  const [a, b] = [await makeMsp('A'), await makeMsp('B')];
  const key = generateKeyPairSync('ed25519');
  const box = '1'.repeat(32);
  const note = signCheckpoint({ origin: `box/${box}/audit/1`, size: 3, root: Buffer.alloc(32, 3) }, key.privateKey);
  const db = database.kysely.$extendTables<EnrolmentTables & AuditTables>();
  const spki = key.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  await rooms.boxes.add(a.scope, { id: box, site: a.site, name: 'one' }, 'anna');
  await db
    .insertInto('enrolment_claims')
    .values({
      ...{ id: 'claim', state: 'enrolled' as never, locator: 'l', proof_key: 'p', msp: a.id, site: a.site, box },
      ...{ msp_name: 'A', site_name: 'U', policy_key: 'k', typed_at: 1, expires_at: 2, tries: 0, tried_at: 0 },
      ...{ audit_key: spki, csr: null },
    })
    .execute();
  await db.insertInto('enrolment_boxes').values({ box, audit_key: spki, claim: 'claim', site: a.site }).execute();
  await db
    .insertInto('witness_logs')
    .values({ box, size: 3, note, heard_at: 1, watched: 1, silent: 0, accept_loss: 0 })
    .execute();
  const policyKey = await rooms.policies.keys.pinned(a.id, 'anna');
  const name = hash('sha256', Buffer.from(policyKey, 'base64'), 'hex');
  const envelope = { payloadType: 'p', payload: 'Vmlzc2Vy', signatures: [{ keyid: name, sig: 'c2ln' }] };
  const policy = {
    ...{ box, version: 1, msp: a.id, hash: 'a'.repeat(64), body: 'b', previous: 'c', foundation: 'd', rollout: null },
    ...{ ring: 0, envelope: JSON.stringify(envelope), state: 'applied' as const, why: null, signed_by: 'anna' },
    ...{ signed_at: 1, expires_at: 2, claimed_at: null, sent_at: null, answered_at: null },
  };
  await rooms.database.kysely.$extendTables<PolicyTables>().insertInto('policy_signed').values(policy).execute();
  const lock: unknown = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));
  const pem = join(folder, 'fleet-public.pem');
  const publicKey = createPublicKey(rooms.logKey);
  writeFileSync(pem, publicKey.export({ format: 'pem', type: 'spki' }));
  const pack = (msp: string | null) => auditPack({ rooms, msp, lock, clock: systemClock, actor: 'operator' });
  return { rooms, a, b, pack, pem, raw: rawPublicKey(publicKey) };
}

const ready = scene();
test.after.always(async () => (await ready).rooms.database.close());

const write = (name: string, bytes: Buffer): string => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};

test.serial('a pack of an MSP proves what concerns it, and holds nothing of another', async (t) => {
  const { a, b, pack, pem, rooms } = await ready;
  const bytes = await pack(a.id);
  const path = write('a.tar', bytes);
  const { exit, says } = await verify(path, '--key', pem, '--json');
  t.is(exit, 0, says);
  const facts = JSON.parse(says);
  t.like(facts, { ok: true, msp: a.id, agreements: 1, boxes: 1, policies: { signed: 1, keys: 1, proved: 1 } });
  t.true(facts.events >= 4);
  const all = bytes.toString('utf8');
  for (const other of [b.id, b.customer]) t.false(all.includes(other));
  t.true(all.includes(a.customer));
  t.false(all.includes('Jansen') || all.includes('Vmlzc2Vy'), 'no names, and nothing of what a policy says');
  const sbom = JSON.parse(/\{"bomFormat".*\}/.exec(all)![0]);
  const kysely = sbom.components.find(({ name }: { name: string }) => name === 'kysely');
  t.like(kysely, { version: '0.29.9', licenses: [{ expression: 'MIT' }], purl: 'pkg:npm/kysely@0.29.9' });
  t.false(
    sbom.components.some(({ name }: { name: string }) => name === 'ava'),
    'no tools',
  );
  t.like((await rooms.audit.about(a.id)).rows[0]!.event, { kind: 'audit_pack_made', actor: 'operator' });
});

test.serial('a pack of the whole fleet has its whole log; tar reads it', async (t) => {
  const { pack, pem } = await ready;
  const path = write('all.tar', await pack(null));
  const { exit, says } = await verify(path, '--key', pem, '--json');
  t.is(exit, 0, says);
  t.like(JSON.parse(says), { agreements: 2, msp: null });
  const tar = spawn('tar', ['-tf', path], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.deepEqual((await text(tar.stdout)).trim().split('\n').slice(-2), ['sbom.json', 'pack.sig']);
});

test.serial('a policy that no key of its MSP has signed is found, though the pack is signed', async (t) => {
  const { a, pack, pem, rooms } = await ready;
  const db = rooms.database.kysely.$extendTables<PolicyTables>();
  const row = await db.selectFrom('policy_signed').selectAll().executeTakeFirstOrThrow();
  const foreign = row.envelope.replace(/[0-9a-f]{64}/, 'e'.repeat(64));
  await db
    .insertInto('policy_signed')
    .values({ ...row, version: 2, envelope: foreign })
    .execute();
  const { exit, says } = await verify(write('foreign.tar', await pack(a.id)), '--key', pem);
  t.is(exit, 1);
  t.regex(says, /policy 2 of box 1{32} is signed by no key of its MSP/);
  await db.deleteFrom('policy_signed').where('version', '=', 2).execute();
});

test.serial('any byte that is changed is found, and so is another key, a cut and an addition', async (t) => {
  const { a, pack, pem } = await ready;
  const bytes = await pack(a.id);
  const signature = bytes.lastIndexOf('pack.sig');
  t.is(signature % 512, 0);
  // Each check is a process of its own: some bytes of each kind.
  const head = [0, 124, 300, 512];
  const tail = [0, 124, 257, 400, 512, 560, 700].map((at) => signature + at);
  const within = [1, 2, 3, 4].map((n) => Math.floor((signature * n) / 5));
  const places = [...head, ...tail, ...within, signature - 1, bytes.length - 700, bytes.length - 1];
  const outcomes = await Promise.all(
    places.map(async (at) => {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1;
      return [at, (await verify(write(`changed-${at}.tar`, changed), '--key', pem)).exit] as const;
    }),
  );
  t.deepEqual(
    outcomes.filter(([, exit]) => exit !== 1),
    [],
  );
  const spoiled = {
    cut: bytes.subarray(0, bytes.length - 512),
    half: bytes.subarray(0, Math.floor(bytes.length / 2)),
    more: Buffer.concat([bytes, Buffer.alloc(512)]),
  };
  for (const [name, other] of Object.entries(spoiled))
    t.is((await verify(write(name, other), '--key', pem)).exit, 1, name);
  const other = generateKeyPairSync('ed25519').publicKey.export({ format: 'pem', type: 'spki' }) as string;
  t.is((await verify(write('a.tar', bytes), '--key', write('other.pem', Buffer.from(other)))).exit, 1);
});

test.serial('where webhooks lead is in the agreement, whichever process draws it up', async (t) => {
  const { a, b, rooms } = await ready;
  const hook = { kind: 'webhook', url: 'https://hooks.example/x', country: 'FI', name: 'H', language: 'en' } as const;
  await rooms.alerts.channels.add(a.scope, { ...hook, level: 'warn', within: 'all', codes: null, on: true }, 'anna');
  // As the command line does, which tells nobody of alerts.
  const beside = await openRooms(checkConfig(file, {}), silentLog);
  t.teardown(() => beside.database.close());
  const text = async (of: typeof a) => (await beside.compliance.agreements.preview(of.scope, of.customer, 'en')).text;
  t.regex(await text(a), /Notices to systems of the processor: Finland/);
  t.notRegex(await text(b), /Finland/);
});

test('what a configuration makes the fleet connect to has to be declared, where the lock lets it be', (t) => {
  const environment = { DATABASE_URL: 'postgres://u:p@db.example/fleet', MQTT_URL: 'mqtts://mq.example' };
  const mqtt = { process: 'fleet', folder: '/mosquitto' };
  const places = (compliance: object) => joinLocations(checkConfig({ ...file, mqtt, compliance }, environment)).list();
  const destinations = [
    { purpose: 'database', host: 'db.example', country: 'DE' },
    { purpose: 'broker', host: 'mq.example', port: 8883, country: 'NL' },
  ];
  t.throws(() => places({}), { code: 'destination_undeclared', message: /database: db\.example:5432/ });
  t.throws(() => places({ destinations: destinations.slice(0, 1) }), { message: /broker: mq\.example:8883/ });
  t.throws(() => places({ destinations, regionLock: 'NL' }), { code: 'region_locked' });
  t.deepEqual(
    places({ destinations }).map(({ purpose, country }) => `${purpose} ${country}`),
    ['server NL', 'database DE', 'broker NL'],
  );
  const mail = { host: 'smtp.example', port: 465, security: 'tls', from: 'fleet@k.example' };
  const withMail = (compliance: object) => joinLocations(checkConfig({ ...file, mail, compliance }, {})).list();
  t.throws(() => withMail({}), { message: /mail: smtp\.example:465/ });
  const smtp = { purpose: 'mail', host: 'smtp.example', country: 'BE' };
  t.like(withMail({ destinations: [smtp] })[2], { purpose: 'mail', port: 465, country: 'BE' });
  t.throws(() => checkConfig({ ...file, compliance: { destinations: [{ purpose: 'database' }] } }, {}), {
    code: 'config_invalid',
  });
});
