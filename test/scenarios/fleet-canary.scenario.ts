/**
 * A thousand calls on a box that a fleet manages: nothing of who called, of what was said, or of what opens it, stands in what the fleet was sent, in its
 * database, its journal, its folder or a copy of them. CANARY_CALLS=n places others than a thousand.
 */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { seededChance } from '@belkluis/shared/base/chance';
import { toPem } from '@belkluis/shared/contract/enrolment/pem';
import test from 'ava';
import BetterSqlite3 from 'better-sqlite3';
import { sql } from 'kysely';
import { readKey } from 'openpgp';
import { openEnrolmentStore } from '../../appliance/uplink/enrol/store.ts';
import { openDatabase } from '../../fleet/db/open.ts';
import { migrations } from '../../fleet/migrations.ts';
import { eventually, type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { column, type FleetProgram, fleetFolder } from '../peers/fleet-program.ts';
import { PACKET_LENGTH } from '../peers/line.ts';
import { hashNeedles, numbersIn, sealedToNeedles, textNeedles } from '../peers/marks.ts';
import { filesBelow, findInMeanwhile, type Needle, needlesOf } from '../peers/needles.ts';
import { Postgres } from '../peers/postgres.ts';
import { type LoadCall, sippLoad } from '../peers/sipp-load.ts';
import { type Member, newMember } from '../peers/visitor.ts';

const CALLS = Number(process.env.CANARY_CALLS ?? 1000);

/** New calls a second, and how long each lasts, ms: the announcement's second, and some of the recording. */
const [RATE, TALK_MS] = [60, 1800];

/** Calls in which somebody objects: placed besides, for their recordings do not count. */
const OBJECTED = 10;

/** As long as it is waited for calls that come to nothing, s: to a wrong secret the box says nothing more, and SIPp would try for half a minute. */
const WRONG_S = 5;

/** Between those of phones and of boxes in other files. A port rests after its call, so it is several times what talks at once. */
const MEDIA_PORTS: [number, number] = [12_800, 15_097];

/** Forty callers and forty callees, all with numbers of one block. */
const BLOCK = '316970155';
const numbers = Array.from({ length: 80 }, (_, n) => `${BLOCK}${String(n).padStart(2, '0')}`);
const [callers, callees] = [numbers.slice(0, 40), numbers.slice(40)];
const NOBODY = `${BLOCK}99`;

const marks = {
  name: 'Kanarievogel',
  domain: 'zangvogel.test',
  purpose: 'Gefloten klachten',
  because: 'Omdat een merel dit nooit eerder zong.',
  controller: 'Volière Nachtegaal',
  callId: 'kooi-van-het-gesprek',
  caseNumber: 'K-NACHTZWALUW-7',
};

const seed = `canary ${process.hrtime.bigint()}`;
const chance = seededChance(seed);
const frames = Array.from({ length: 12 }, () => chance.bytes(PACKET_LENGTH));

const MIGRATE = fileURLToPath(new URL('../../scripts/fleet-migrate.ts', import.meta.url));

const fleet = await fleetFolder();
const postgres = await Postgres.start();
const folder = mkdtempSync(join(tmpdir(), 'fleet-canary-'));
const backups = join(folder, 'backups');

let box: ScenarioBox;
let program: FleetProgram;
let anna: Member;
let needles: Needle[] = [];

test.before(async () => {
  program = await fleet.start({ tapped: true });
  box = await scenarioBox({
    phones: numbers.map((user) => ({ user, plain: true })),
    domain: marks.domain,
    allowed: ['127.0.0.1'],
    media: { ports: MEDIA_PORTS, workers: null },
    policy: (draft) => ({
      ...draft,
      controller: { ...draft.controller, name: marks.controller },
      purposes: draft.purposes.map((purpose) => ({ ...purpose, name: marks.purpose, rationale: marks.because })),
    }),
  });
  anna = await newMember(box, 'Anna');
  await anna.signIn();
  const fingerprints = await Promise.all(
    ['custodian', 'escrow'].map(async (of) =>
      (await readKey({ armoredKey: box.keys.files[`${of}.pub.asc`]! })).getFingerprint(),
    ),
  );
  needles = [
    ...textNeedles('number', BLOCK),
    ...textNeedles('national number', `0${BLOCK.slice(2)}`),
    ...Object.entries(marks).flatMap(([name, text]) => textNeedles(name, text)),
    ...numbers
      .slice(30, 50)
      .flatMap((number) => [...hashNeedles('number', number), ...hashNeedles('number', `+${number}`)]),
    ...fingerprints.flatMap((fingerprint, n) => sealedToNeedles(`recipient ${n}`, fingerprint)),
    ...frames.flatMap((frame, n) => needlesOf(`sound ${n}`, frame)),
  ];
});
test.after.always(async () => {
  await box?.end();
  await program?.end('SIGTERM');
  await postgres.stop();
  fleet.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** First column of what the fleet's database answers. */
const rows = (query: string): unknown[] => column(fleet.database, query);

const textOf = (html: string) => html.replaceAll(/<w?br>/g, '').replaceAll(/<[^>]*>/g, ' ');

/** All that leaves the fleet as a file: a backup of its database, what it hands to the tenant, and the copy that moves to PostgreSQL. Returns the folder. */
async function backup(name: string): Promise<string> {
  const into = join(backups, name);
  mkdirSync(into, { recursive: true });
  const database = new BetterSqlite3(fleet.database, { readonly: true });
  try {
    await database.backup(join(into, 'fleet.db'));
  } finally {
    database.close();
  }
  const [msp] = rows('SELECT id FROM msps') as [string];
  await fleet.command('tenant-data', msp, '--out', join(into, 'tenant-data.jsonl'));
  await fleet.command('audit-pack', join(into, 'audit-pack.tar'), '--msp', msp);
  await moved(join(into, 'fleet.db'), name, join(into, 'postgres.txt'));
  return into;
}

/** Moves the file of a fleet as `fleet:migrate` does, and writes down every row that PostgreSQL has then. */
async function moved(file: string, name: string, into: string): Promise<void> {
  const maker = await openDatabase(postgres.url, { migrations: [] });
  await sql`CREATE DATABASE ${sql.id(name)}`.execute(maker.kysely);
  await maker.close();
  const url = postgres.urlOf(name);
  await promisify(execFile)(process.execPath, [MIGRATE, file], { env: { ...process.env, DATABASE_URL: url } });
  const { kysely, close } = await openDatabase(url, { migrations });
  for (const table of await kysely.introspection.getTables()) {
    const { rows: all } = await sql<object>`SELECT * FROM ${sql.table(table.name)}`.execute(kysely);
    for (const row of all) appendFileSync(into, `${Object.values(row).join('\t')}\n`);
  }
  await close();
}

/** Everywhere that the fleet keeps something. */
const places = (backup: string) => [fleet.taps, fleet.data, fleet.journal, backup];

async function found(backup: string): Promise<{ files: number; hits: string[] }> {
  const journal = join(folder, 'journal-as-it-is');
  mkdirSync(journal, { recursive: true });
  writeFileSync(join(journal, 'journal'), readFileSync(fleet.journal));
  const where = places(backup).map((place) => (place === fleet.journal ? journal : place));
  const { files, hits } = await findInMeanwhile(where, needles);
  return { files, hits: [...hits, ...numbersIn(where)] };
}

test.serial('a person at the desk gives the code, compares what is shown, and confirms', async (t) => {
  const site = await fleet.site('Telefoondienst Noord', 'Bakkerij Visser', 'Utrecht');
  t.is((await anna.post('/fleet/begin', { url: fleet.url })).status, 303);
  const code = /<code>([0-9A-Z-]+)<\/code>/.exec((await anna.get('/fleet')).text)![1]!;
  await anna.post('/fleet/ask', {});
  t.is((await fleet.claim(code, site)).code, 0);
  await anna.post('/fleet/ask', {});
  const { text } = await anna.get('/fleet');
  t.regex(textOf(text), /Telefoondienst Noord wants to manage this box[\s\S]*Utrecht/);
  const field = (name: string) => new RegExp(`name="${name}" value="([^"]+)"`).exec(text)![1]!;
  const shown = { root: field('root'), policyKey: field('policyKey') };
  t.true(textOf(text).includes(shown.root) && textOf(text).includes(shown.policyKey));
  const decision = new URLSearchParams({ ...shown, code: anna.code() });
  for (const one of ['root', 'policyKey']) decision.append('compared', one);
  t.is((await anna.post('/fleet/confirm', decision)).status, 303);
  await eventually(async () => /Connected/.test(textOf((await anna.get('/fleet')).text)), 'a connection at the desk');
  await eventually(
    async () => /Log witnessed up to entry/.test(textOf((await anna.get('/fleet')).text).replaceAll(/\s+/g, ' ')),
    'a cosignature at the desk',
  );
  t.pass();
});

test.serial(`${CALLS} calls are recorded, some go wrong, some are objected to, opened, saved and erased`, async (t) => {
  t.timeout(300_000);
  t.log(seed);
  const sound = join(box.folder, 'sound.alaw');
  writeFileSync(sound, Buffer.concat(frames));
  const load = sippLoad({ box, sound, callId: marks.callId });
  const answering = await load.answer(callees);
  const call = (n: number): LoadCall => ({
    from: callers[n % callers.length]!,
    to: callees[(n * 7 + Math.floor(n / callers.length)) % callees.length]!,
    name: `${marks.name} ${n}`,
  });
  const recorded = async () => (await box.status())?.counters['calls.recorded'] ?? 0;
  const wrong = Array.from({ length: 20 }, (_, n) => n);
  /** All that count are over; one in which somebody objected may go on. */
  const enough = async () =>
    (await recorded()) >= CALLS && ((await box.status())?.calls.length ?? 0) <= OBJECTED && objected === OBJECTED;
  let isOver = false;
  let objected = 0;
  const objecting = (async () => {
    while (!isOver && objected < OBJECTED) {
      const live = (await box.status())?.calls.find(({ recording }) => recording);
      if (live && (await box.steer(live.id, 'object'))?.became === 'erased') objected++;
      await new Promise((done) => setTimeout(done, 200));
    }
  })();
  const all = load.call(
    Array.from({ length: CALLS + OBJECTED }, (_, n) => call(n)),
    RATE,
    TALK_MS,
    120,
    enough,
  );
  await Promise.all([
    load.call(
      wrong.map((n) => ({ ...call(n), to: NOBODY })),
      10,
      100,
      WRONG_S,
    ),
    load.call(
      wrong.map((n) => ({ ...call(n), secret: 'no-such-secret' })),
      10,
      100,
      WRONG_S,
    ),
    all,
  ]);
  isOver = true;
  await objecting;
  // On a machine that has too much to do, an announcement is cut off and its call not recorded.
  for (let tries = 0; tries < 3 && (await recorded()) < CALLS; tries++)
    await load.call(
      Array.from({ length: CALLS - (await recorded()) }, (_, n) => call(n)),
      RATE / 4,
      2 * TALK_MS,
    );
  await answering.stop();
  t.true((await recorded()) >= CALLS, `${await recorded()} recorded`);
  t.true(objected > 0);

  const finished = await eventually(async () => {
    const rows = box.recordings().filter(({ end, erasedAt }) => end && erasedAt === null);
    return rows.length >= 12 && rows;
  }, 'recordings that are over');
  const why = { why: 'complaint', case: marks.caseNumber };
  for (const { id } of finished.slice(0, 6)) {
    t.is((await anna.post(`/recordings/${id}/release`, why)).status, 200);
    t.is((await anna.post(`/recordings/${id}/export`, why)).status, 204);
  }
  for (const { id } of finished.slice(6, 12))
    t.is((await anna.post(`/recordings/${id}/erase`, { reason: 'request', case: marks.caseNumber })).status, 303);
  const kinds = box.audit().events.map(({ kind }) => kind);
  for (const kind of ['release', 'export', 'erased', 'objection'] as const) t.true(kinds.includes(kind), kind);
});

test.serial('the fleet has heard of it, and has none of it', async (t) => {
  t.timeout(120_000);
  const size = box.audit().events.length;
  const before = rows('SELECT count(*) FROM box_messages')[0] as number;
  // A new start tells everything: presence, report, health, the head of the log.
  await box.processes.desk.stop();
  await box.restart('desk');
  await eventually(async () => (rows('SELECT count(*) FROM box_messages')[0] as number) >= before + 4, 'it is told');
  await eventually(
    async () => (rows('SELECT max(size) FROM witness_logs')[0] as number) >= size,
    'the head of the log with all of it',
  );
  const heard = filesBelow(fleet.taps)
    .map((path) => readFileSync(path, 'latin1'))
    .join('\n');
  for (const level of ['up/presence', 'up/reported', 'up/health', 'up/audit', 'dn/cosig', 'POST /enrol/1/hello'])
    t.true(heard.includes(level), `${level} is in what was captured`);
  const { files, hits } = await found(await backup('honest'));
  t.true(files > 10, `${files} files`);
  t.deepEqual(hits, []);
});

/** Says `bytes` to the fleet's broker, with the box's own certificate. */
async function sayToBroker(bytes: Buffer): Promise<void> {
  const store = openEnrolmentStore(box.at.enrolmentDatabase);
  const kept = store.read();
  store.close();
  if (kept.at !== 'enrolled') throw new Error(kept.at);
  const { certificate, brokers } = kept;
  const socket = connect({
    host: '127.0.0.1',
    port: Number(new URL(brokers[0]!).port),
    key: certificate.key,
    cert: certificate.chain.map((der) => toPem('CERTIFICATE', der)).join(''),
    ca: toPem('CERTIFICATE', kept.fleet.root),
  });
  await once(socket, 'secureConnect');
  // It is no MQTT, so the connection is cut; by then it was read.
  socket.on('error', () => {});
  const closed = new Promise((done) => socket.once('close', done));
  socket.end(bytes);
  await closed;
}

test.serial('a mark that is planted in any of these places is found, whatever it is a mark of', async (t) => {
  t.timeout(120_000);
  const before = await found(join(backups, 'honest'));
  t.deepEqual(before.hits, []);
  const samples = needles.filter((_, n) => n % 7 === 0).map(({ bytes }) => bytes);
  const planted = Buffer.concat([
    ...samples,
    Buffer.from(' "+4930123456789" '),
    Buffer.from(' sip:anna@kantoor.example '),
  ]);
  const expected = new Set([
    ...needles.filter((_, n) => n % 7 === 0).map(({ name }) => name),
    '"+4930123456789"'.slice(1, -1),
    'sip:anna@kantoor.example',
  ]);

  await sayToBroker(planted);
  appendFileSync(fleet.journal, planted);
  writeFileSync(join(fleet.data, 'planted'), planted);
  const database = new BetterSqlite3(fleet.database);
  const [id] = rows('SELECT id FROM boxes') as [string];
  database
    .prepare('INSERT INTO box_events (box, id, at, heard_at, document) VALUES (?, ?, 1, 1, ?)')
    .run(id, 'planted', `${BLOCK}07 ${marks.name} "+4930123456789"`);
  database.close();

  const { hits } = await found(await backup('planted'));
  const inPlace = (place: string) => hits.filter((hit) => hit.startsWith(place));
  for (const place of [fleet.taps, join(fleet.data, 'planted'), join(folder, 'journal-as-it-is')]) {
    const names = inPlace(place).map((hit) => hit.slice(hit.indexOf(': ') + 2));
    t.deepEqual(
      [...expected].filter((name) => !names.includes(name)),
      [],
      place,
    );
  }
  const leaves = ['fleet.db', 'tenant-data.jsonl', 'postgres.txt'].map((name) => join(backups, 'planted', name));
  for (const place of [fleet.database, ...leaves]) {
    const names = inPlace(place).map((hit) => hit.slice(hit.indexOf(': ') + 2));
    for (const name of [`number ${BLOCK}`, `name ${marks.name}`, '+4930123456789'])
      t.true(names.includes(name), `${name} in ${place}`);
  }
});
