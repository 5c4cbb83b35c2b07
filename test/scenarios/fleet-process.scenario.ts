/** A fleet as it is run: its own process, its own command line, and a box with its own enrolment and uplink. */
import { execFile } from 'node:child_process';
import { createHash, createPublicKey } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { signCheckpoint } from '@belkluis/shared/audit/checkpoint';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { silentLog } from '@belkluis/shared/base/log';
import type { Cosignature } from '@belkluis/shared/contract/cosignature';
import type { Health } from '@belkluis/shared/contract/health';
import test, { type ExecutionContext } from 'ava';
import BetterSqlite3 from 'better-sqlite3';
import { reportedSample } from '../../appliance/uplink/testing/sample.ts';
import { startUplink } from '../../appliance/uplink/uplink.ts';
import type { BoxRow } from '../../fleet/inventory/boxes.ts';
import { codeOf, comparedOf, newBox } from '../peers/enrolment.ts';
import { column, type FleetProgram, fleetFolder } from '../peers/fleet-program.ts';

const fleet = await fleetFolder();
const { folder, data } = fleet;
const rows = (query: string): unknown[] => column(fleet.database, query);
const verifier = resolve(import.meta.dirname, '../../scripts/belkluis-verify.mjs');
const running = new Set<FleetProgram>();
test.after.always(async () => {
  for (const one of running) await one.end('SIGKILL');
  fleet.remove();
});

async function startProcess(): Promise<FleetProgram> {
  const one = await fleet.start();
  running.add(one);
  return one;
}

const idOf = ({ json }: { readonly json: unknown }): string => (json as { id: string }).id;
const boxes = async (): Promise<readonly BoxRow[]> => (await fleet.run('boxes')).json as BoxRow[];

/** What `/healthz` answers, for whoever watches the machine. */
const health = () =>
  new Promise<number | undefined>((done, reject) => {
    const asked = request({
      host: '127.0.0.1',
      port: fleet.ports.enrolment,
      path: '/healthz',
      rejectUnauthorized: false,
    });
    asked.on('response', (response) => done(response.resume().statusCode)).on('error', reject);
    asked.end();
  });

/** What a program is told at the console's port. */
const toldAt = (path: string) =>
  new Promise<{ status: number | undefined; said: string }>((done, reject) => {
    const options = { host: '127.0.0.1', port: fleet.ports.console, path, rejectUnauthorized: false };
    request(options, async (answer) => done({ status: answer.statusCode, said: await text(answer) }))
      .on('error', reject)
      .end();
  });

async function until(holds: () => Promise<boolean> | boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (await holds()) return;
    await delay(20);
  }
  throw new Error(`never: ${what}`);
}

/** Numbers of messages that the fleet has of its box. */
const numbersKept = (): number[] =>
  rows('SELECT number FROM box_messages WHERE number NOTNULL ORDER BY number') as number[];

const outbox = join(folder, 'uplink.db');

/** What somebody has to see to. */
const alerts = () => rows('SELECT code FROM alerts WHERE cleared_at IS NULL ORDER BY code');

/** What health finds at the box. */
let found: Health['findings'] = [];

/** Numbers that the box has given, but for those that wait for their acknowledgement. */
function numbersAcknowledged(): number[] {
  const waiting = new Set(column(outbox, 'SELECT seq FROM outbox WHERE seq NOTNULL'));
  const [last] = column(outbox, 'SELECT seq FROM state') as [number];
  return Array.from({ length: last }, (_, at) => at + 1).filter((number) => !waiting.has(number));
}

/** Of a log with one event. */
const checkpointOf = ({ device }: ReturnType<typeof newBox>): string =>
  signCheckpoint({ origin: `box/${device.deviceId}/audit/1`, size: 1, root: Buffer.alloc(32, 7) }, device.privateKey);

const cosigned: Cosignature[] = [];

function newUplink(t: ExecutionContext, box: ReturnType<typeof newBox>) {
  const { device } = box;
  const { brokers } = box.fleet.credentials()!;
  const uplink = startUplink({
    path: outbox,
    boxId: device.deviceId,
    url: brokers[0]!,
    credentials: () => box.fleet.credentials()!,
    version: '0.5.0',
    policyVersion: () => null,
    tells: {
      reported: () => reportedSample,
      health: async () => ({ gauges: { cpu_percent: 7 }, findings: found }),
      checkpoint: () => ({ old: 0, proof: [], note: checkpointOf(box), hours: [] }),
      checkpointTold: () => {},
    },
    hears: {
      desired: () => {},
      command: () => ({ state: 'done' }),
      certificate: ({ chain }) => box.fleet.take(chain),
      cosignature: (answer) => void cosigned.push(answer),
      broadcast: () => {},
    },
    clock: systemClock,
    chance: systemChance,
    log: silentLog,
  });
  t.teardown(() => uplink.stop());
  return uplink;
}

test('a fleet is set up, a box enrolled and heard; killed, it loses nothing; revoked, the box is out', async (t) => {
  const first = await startProcess();
  t.is(await health(), 200);
  const msp = idOf(await fleet.run('msp', 'add', 'Telefoondienst Noord'));
  const customer = idOf(await fleet.run('customer', 'add', 'Bakkerij Visser', '--msp', msp));
  const site = idOf(await fleet.run('site', 'add', 'Utrecht', '--customer', customer));

  const box = newBox(t);
  const { deviceId } = box.device;
  const code = codeOf(await box.fleet.begin(fleet.url, 'anna'));
  await box.fleet.ask();
  const refused = await fleet.claim(code, site);
  t.is(refused.code, 1);
  t.regex(refused.says, /There is no processing agreement/);
  const sent = (await fleet.run('agreement', 'send', customer, '--language', 'nl')).json as {
    text: string;
    digest: string;
  };
  t.is(createHash('sha256').update(sent.text).digest('hex'), sent.digest);
  for (const name of ['Bakkerij Visser', 'Telefoondienst Noord', 'Kabelwerk BV']) t.true(sent.text.includes(name));
  t.is((await fleet.run('agreement', 'sign', customer, '--by', 'V. Visser', '--until', '2099-12-31')).code, 0);
  t.is((await fleet.claim(code, site)).code, 0);
  const offered = await box.fleet.ask();
  t.like(offered, { at: 'offered', fleet: { msp: 'Telefoondienst Noord', site: 'Utrecht' } });
  t.is((await box.fleet.confirm('anna', comparedOf(offered))).at, 'enrolled');

  const uplink = newUplink(t, box);
  const isOnline = () => uplink.status().state === 'online';
  await until(isOnline, 'online');
  await uplink.sample();
  await until(async () => (await boxes())[0]?.heardAt != null, 'shown');
  t.like((await boxes())[0], { id: deviceId, site, state: 'active', urgency: 'ok', presence: { is: 'online' } });

  t.like(await toldAt('/readyz'), { status: 200, said: '{"ready":true,"waits":[]}' });
  t.like(await toldAt('/sign-in'), { status: 200 }, 'pages and programs share an address');
  const stranger = await toldAt('/api/v1/boxes');
  t.is(stranger.status, 401);
  t.like(JSON.parse(stranger.said), { code: 'token_missing' });
  t.like(JSON.parse((await toldAt('/api/v1/openapi.json')).said), { openapi: '3.1.1' });
  const counts = await (await fetch(`http://127.0.0.1:${fleet.ports.metrics}/metrics`)).text();
  t.regex(counts, /^belkluis_fleet_connected 1$/m);
  t.regex(counts, /^belkluis_fleet_boxes\{urgency="ok"\} 1$/m);
  t.notRegex(counts, new RegExp(`${deviceId}|Visser|Noord`));

  await until(() => cosigned.length > 0, 'the fleet cosigns its log');
  t.like(cosigned[0], { outcome: 'cosigned', size: 1 });

  // Another certificate, over the connection of the first; the first use of it ends the first.
  const before = box.fleet.credentials()!;
  uplink.requestCertificate(await box.fleet.request());
  await until(() => box.fleet.credentials()!.certificate !== before.certificate, 'a new certificate');
  uplink.reconnect();
  await until(isOnline, 'online by the new one');
  box.fleet.settled();
  const reasons = () => rows('SELECT reason FROM enrolment_certificates WHERE reason NOTNULL');
  await until(() => reasons().length > 0, 'the first is worth nothing');
  t.deepEqual(reasons(), ['superseded']);

  found = [{ code: 'disk_low', level: 'warn', times: 1 }];
  await uplink.sample();
  await until(() => alerts().length > 0, 'an alert');
  t.deepEqual(alerts(), ['disk_low']);

  // Says something all the time; is killed in the middle of it.
  let saying = true;
  let asked = 0;
  const speaking = (async () => {
    while (saying) {
      await uplink.sample();
      asked++;
      await delay(5);
    }
  })();
  await until(() => asked > 60, 'sixty samples');
  await first.end('SIGKILL');
  saying = false;
  await speaking;
  const acknowledged = numbersAcknowledged();
  t.true(acknowledged.length > 10);
  const kept = new Set(numbersKept());
  t.deepEqual(
    acknowledged.filter((number) => !kept.has(number)),
    [],
    'what was acknowledged is there',
  );

  // Nobody hears of what changes while no process runs.
  const file = new BetterSqlite3(fleet.database);
  file.prepare('UPDATE processing_agreements SET until_at = ?').run(Date.now() + 5 * 86_400_000);
  file.close();

  const second = await startProcess();
  await until(() => alerts().length > 1, 'the alert of what changed meanwhile');
  t.deepEqual(alerts(), ['agreement_ending', 'disk_low']);
  uplink.reconnect();
  await until(isOnline, 'online again');
  await until(() => uplink.status().queued === 0, 'all told');
  const numbers = numbersKept();
  t.is(new Set(numbers).size, numbers.length, 'each once');
  t.deepEqual(
    numbers,
    Array.from({ length: numbers.length }, (_, at) => at + 1),
    'none is missing',
  );
  t.true(numbers.length >= acknowledged.length);

  t.is((await fleet.run('revoke', deviceId)).code, 0);
  await until(() => !isOnline(), 'kicked');
  await until(() => alerts().length === 1, 'of a revoked box there is no alert');
  uplink.reconnect();
  await until(() => uplink.status().fault === 'refused', 'kept out');
  t.like((await boxes())[0], { id: deviceId, state: 'revoked', urgency: 'revoked' });
  t.deepEqual(rows('SELECT watched FROM witness_logs'), [0], 'nobody waits for its log');
  t.is(rows('SELECT note FROM log_checkpoints').length, 1, 'signed at the second start');
  await t.throwsAsync(box.fleet.renew(), { code: 'fleet_refused' });

  t.deepEqual(rows('SELECT kind FROM log_bodies ORDER BY position'), [
    ...[
      'terms_changed',
      'release_brought',
      'msp_created',
      'customer_created',
      'site_created',
      'agreement_sent',
      'agreement_signed',
    ],
    ...['claim_typed', 'claim_proven', 'certificate_issued', 'box_added', 'certificate_issued'],
    ...['certificates_revoked', 'box_revoked'],
  ]);

  // All that the fleet has of them, and the signed pack: no sound, no key that opens, no number, no name of who signed.
  const archive = join(folder, 'tenant.jsonl');
  t.is((await fleet.run('tenant-data', msp, '--out', archive)).code, 0);
  const all = readFileSync(archive, 'utf8');
  for (const part of [deviceId, '"health_raw"', '"box_reported"', 'Bakkerij Visser', sent.digest])
    t.true(all.includes(part));
  t.notRegex(all, /\+[1-9]\d{6,14}|"(?:tel|sips?):|-----BEGIN PGP|wV4D|hQ[EI]M/);
  const pack = join(folder, 'pack.tar');
  t.is((await fleet.run('audit-pack', pack)).code, 0);
  const fleetKey = join(folder, 'fleet-public.pem');
  const logKey = createPublicKey(readFileSync(join(data, 'ca', 'log-key.pem')));
  writeFileSync(fleetKey, logKey.export({ format: 'pem', type: 'spki' }));
  const checked = await promisify(execFile)(process.execPath, [verifier, pack, '--key', fleetKey, '--json']);
  t.like(JSON.parse(checked.stdout), { ok: true, agreements: 1, boxes: 1 });
  t.false(readFileSync(pack).includes('V. Visser'));
  t.is(await second.end('SIGTERM'), 0);
  t.regex(second.said(), /"fleet_stopped"/);
  for (const said of [first.said(), second.said()]) {
    for (const name of ['Noord', 'Visser', 'Utrecht', code]) t.false(said.includes(name), name);
    for (const line of said.trim().split('\n')) t.notThrows(() => JSON.parse(line), line);
  }
});

test('what is configured wrongly is said in a sentence, with exit code 2', async (t) => {
  const { code, stderr } = await fleet.serveWrongly({ hosts: [] });
  t.is(code, 2);
  t.regex(stderr, /Correct the field named here. \(hosts: /);
});
