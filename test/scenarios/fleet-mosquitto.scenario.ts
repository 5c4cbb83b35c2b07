/** What only a broker beside the fleet can do wrong: lists that it does not read, doors that it mixes up, sessions that it loses. */
import { randomBytes } from 'node:crypto';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { Counters } from '@belkluis/shared/base/counters';
import { silentLog } from '@belkluis/shared/base/log';
import { toPem } from '@belkluis/shared/contract/enrolment/pem';
import { downFilter, downTopic, UP_FILTER, upTopic } from '@belkluis/shared/contract/topics';
import test, { type ExecutionContext } from 'ava';
import BetterSqlite3 from 'better-sqlite3';
import { reportedSample } from '../../appliance/uplink/testing/sample.ts';
import { startUplink } from '../../appliance/uplink/uplink.ts';
import { openExternal } from '../../fleet/broker/external/external.ts';
import { testAuthority } from '../../fleet/broker/testing/certificates.ts';
import type { EnrolmentTables } from '../../fleet/enrolment/tables.ts';
import { newRequest } from '../../fleet/enrolment/testing/requests.ts';
import type { InventoryTables } from '../../fleet/inventory/tables.ts';
import { joinBoxes } from '../../fleet/join-boxes.ts';
import { type EnrolledBox, enrolBoxes } from '../peers/enrolled-boxes.ts';
import { Mosquitto } from '../peers/mosquitto.ts';
import { type MqttBox, mqttBox, publishes, subscribes } from '../peers/mqtt-box.ts';
import { watchPeers } from '../peers/sockets.ts';
import { type WholeFleet, wholeFleet } from '../peers/whole-fleet.ts';

const boxes = await testAuthority('Boxes');
const fleet = await testAuthority('Fleet');
const names = ['_fleet', '_fleet-2'];
const keys = await Promise.all(names.map((name) => fleet.box(name)));
const newId = () => randomBytes(16).toString('hex');

let peer: Mosquitto;
test.before(async () => {
  peer = await Mosquitto.start({ boxes, fleet, server: await fleet.server(), fleets: names });
});
test.after.always(() => peer?.remove());

const door = (port: number) => ({ url: `mqtts://localhost:${port}`, authority: fleet.certificate });
const enter = async (id: string, options = {}): Promise<MqttBox> =>
  mqttBox(door(peer.boxPort), id, await boxes.box(id), options);

async function fleetProcess(n: number) {
  const heard: string[] = [];
  const broker = openExternal({
    url: door(peer.fleetPort).url,
    identity: { ...keys[n]!, authority: fleet.certificate },
    counters: new Counters(),
    log: silentLog,
  });
  broker.onMessage(UP_FILTER, ({ payload }) => void heard.push(payload.toString()));
  await broker.start();
  const hears = async (text: string) => {
    while (!heard.includes(text)) await delay(5);
  };
  return { broker, heard, hears };
}

test.serial('a revoked certificate is out once the list is read and the box is kicked; others stay', async (t) => {
  const { broker } = await fleetProcess(0);
  const [id, other] = [newId(), newId()];
  const issued = await boxes.box(id);
  const box = await mqttBox(door(peer.boxPort), id, issued);
  const bystander = await enter(other);
  await peer.revoke([{ serial: issued.serialNumber, revokedAt: Date.now() }]);
  // Mosquitto looks at the list when somebody connects, not before.
  t.true(box.client.connected);
  await broker.kick(id);
  await box.closed;
  await t.throwsAsync(mqttBox(door(peer.boxPort), id, issued));
  t.true(bystander.client.connected);
  t.true(await publishes(bystander, upTopic('health', other), 'here'));
  const renewed = await enter(id);
  for (const one of [renewed, bystander]) one.client.end();
  await peer.revoke([]);
  await broker.close();
});

test.serial('a box does not get in by the door of the fleet, where it could take any id', async (t) => {
  const id = newId();
  await t.throwsAsync(mqttBox(door(peer.fleetPort), id, await boxes.box(id)));
  await t.throwsAsync(mqttBox(door(peer.fleetPort), '_fleet', await boxes.box('_fleet')));
});

test.serial('several processes of a fleet hear each message, and publish', async (t) => {
  const processes = await Promise.all([fleetProcess(0), fleetProcess(1)]);
  const id = newId();
  const box = await enter(id);
  await subscribes(box, downFilter(id));
  t.true(await publishes(box, upTopic('health', id), 'to both'));
  for (const [n, { broker, hears }] of processes.entries()) {
    await hears('to both');
    await broker.publish(downTopic('certificate', id), Buffer.from(`${n}`), { qos: 1, retain: false });
  }
  await box.hears(({ text }) => text === '1');
  box.client.end();
  await Promise.all(processes.map(({ broker }) => broker.close()));
});

test.serial(
  'a fleet that its broker does not know by name says so, and one that does not reach it waits',
  async (t) => {
    const open = (url: string, issued = keys[0]!) =>
      openExternal({
        url,
        identity: { ...issued, authority: fleet.certificate },
        counters: new Counters(),
        log: silentLog,
      });
    const unknown = open(door(peer.fleetPort).url, await fleet.box('_fleet-unknown'));
    unknown.onMessage(UP_FILTER, () => {});
    t.like(await t.throwsAsync(unknown.start()), { code: 'broker_refused' });
    await unknown.close();
    const misnamed = await fleet.box('flotilla');
    t.like(
      t.throws(() => open(door(peer.fleetPort).url, misnamed)),
      { code: 'fleet_name_invalid' },
    );
    const nowhere = open('mqtts://localhost:1');
    const starting = t.throwsAsync(nowhere.start());
    t.like(await t.throwsAsync(nowhere.kick(newId())), { code: 'kick_failed' });
    await nowhere.close();
    t.like(await starting, { code: 'broker_closed' });
  },
);

test.serial('the broker is started anew: fleet and box find each other again, and what waited is there', async (t) => {
  const first = await fleetProcess(0);
  const id = newId();
  const box = await enter(id, { clean: false, reconnectPeriod: 100 });
  await subscribes(box, downFilter(id));
  await first.broker.close();
  // Said while the fleet is away, and kept over the restart of the broker, which ends in order.
  await box.client.publishAsync(upTopic('audit', id), 'waited', { qos: 1 });
  await peer.stop();
  await peer.start();
  const second = await fleetProcess(0);
  await second.hears('waited');
  await peer.stop();
  await peer.start();
  await box.client.publishAsync(upTopic('audit', id), 'after', { qos: 1 });
  await second.hears('after');
  await second.broker.publish(downTopic('certificate', id), Buffer.from('to the box'), { qos: 1, retain: false });
  await box.hears(({ text }) => text === 'to the box');
  t.deepEqual(second.heard, ['waited', 'after']);
  box.client.end(true);
  await second.broker.close();
});

async function until(holds: () => Promise<boolean> | boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 1500; tries++) {
    if (await holds()) return;
    await delay(20);
  }
  throw new Error(`never: ${what}`);
}

/** The box's own uplink, with its outbox in a file. */
function uplinkOf(fleet: WholeFleet, box: EnrolledBox, chain: () => Pick<EnrolledBox, 'key' | 'certificate'>) {
  const path = join(fleet.folder, `${box.id}.db`);
  const answered: string[] = [];
  const uplink = startUplink({
    path,
    boxId: box.id,
    url: fleet.brokerUrl,
    credentials: () => ({ ...chain(), authority: fleet.rooms.ca.root }),
    version: '0.5.0',
    policyVersion: () => null,
    tells: {
      reported: () => reportedSample,
      health: async () => ({ gauges: { cpu_percent: 7 }, findings: [] }),
      checkpoint: () => null,
      checkpointTold: () => {},
    },
    hears: {
      desired: () => {},
      command: () => ({ state: 'done' }),
      certificate: (answer) => void answered.push(answer.chain.map((der) => toPem('CERTIFICATE', der)).join('')),
      cosignature: () => {},
      broadcast: () => {},
    },
    clock: systemClock,
    chance: systemChance,
    log: silentLog,
  });
  const isOnline = () => uplink.status().state === 'online';
  /** The last number that it has given. */
  const last = (): number => {
    const file = new BetterSqlite3(path, { readonly: true });
    try {
      return file.prepare('SELECT seq FROM state').pluck().get() as number;
    } finally {
      file.close();
    }
  };
  return { uplink, answered, isOnline, last, online: () => until(isOnline, 'online') };
}

/** Somebody whom no configuration names. */
async function listening(t: ExecutionContext) {
  let visits = 0;
  const server = createServer((socket) => {
    visits++;
    socket.on('error', () => {}).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.teardown(() => server.close());
  return { port: (server.address() as AddressInfo).port, visits: () => visits };
}

/** A module that connects to somebody when it is told to, as code might that is added to the fleet later. */
const laterCode = (port: number): string =>
  `data:text/javascript,${encodeURIComponent(`import { connect } from 'node:net'; import { connect as tls } from 'node:tls';
    process.on('SIGUSR2', () => {
      for (const open of [connect, tls]) open({ host: '127.0.0.1', port: ${port} }).on('error', () => {});
    });`)}`;

test.serial(
  'two whole processes, one Mosquitto, one PostgreSQL: a new box is taken in, killed processes lose nothing, a revoked box is out',
  async (t) => {
    const stranger = await listening(t);
    const command = [process.execPath, '--import', laterCode(stranger.port)];
    const whole = await wholeFleet({ mosquitto: true, postgres: 'tcp', command });
    t.teardown(() => whole.remove());
    const { rooms, mosquitto } = whole;
    const db = rooms.database.kysely.$extendTables<EnrolmentTables & InventoryTables>();
    const [enrolled, first, second] = await Promise.all([
      enrolBoxes(rooms, 1, false),
      whole.start('fleet'),
      whole.start('fleet-2'),
    ]);
    const [box] = enrolled.boxes as [EnrolledBox];
    let credentials: Pick<EnrolledBox, 'key' | 'certificate'> = box;
    const { uplink, answered, isOnline, last, online } = uplinkOf(whole, box, () => credentials);
    t.teardown(() => uplink.stop());
    const list = () => rooms.boxes.list(enrolled.scope);
    const numbers = async () => {
      const rows = await db.selectFrom('box_messages').select('number').where('number', 'is not', null).execute();
      return rows.map(({ number }) => number!).sort((a, b) => a - b);
    };
    const logged = async (kind: string) =>
      (await rooms.audit.about(enrolled.scope.msp)).rows.filter(({ event }) => event.kind === kind).length;

    // Nobody told the inventory about it: its first word does.
    await online();
    await until(async () => (await list()).rows[0]?.state === 'active', 'in the inventory');
    await until(async () => (await list()).rows[0]?.presence?.is === 'online', 'shown');
    t.is(await logged('box_added'), 1, 'by one of the two');

    // By a new certificate; when it is used, the one before is over, though the broker does not tell which is used.
    const { csr, key } = await newRequest();
    uplink.requestCertificate(csr);
    await until(() => answered.length > 0, 'a certificate');
    credentials = { key: key.export({ format: 'pem', type: 'pkcs8' }) as string, certificate: answered[0]! };
    uplink.reconnect();
    const reasons = () =>
      db.selectFrom('enrolment_certificates').select(['serial', 'reason']).where('reason', 'is not', null).execute();
    await until(async () => (await reasons()).length > 0, 'the first is worth nothing');
    t.deepEqual(await reasons(), [{ serial: box.serial, reason: 'superseded' }]);
    t.is(answered.length, 1, 'answered by one of the two');

    // Says something all the time. One process is killed, then the other, then the first comes back alone.
    let saying = true;
    const speaking = (async () => {
      for (; saying; await delay(5)) await uplink.sample();
    })();
    const more = async (by: number) => {
      const before = (await numbers()).length;
      await until(async () => (await numbers()).length >= before + by, `${by} more`);
    };
    await more(30);
    await first.end('SIGKILL');
    await more(30);
    await second.end('SIGKILL');
    await delay(300);
    const third = await whole.start('fleet');
    const watched = watchPeers(third.pid);
    process.kill(third.pid, 'SIGUSR2');
    await more(30);
    saying = false;
    await speaking;
    await until(() => uplink.status().queued === 0, 'all told');
    // Mosquitto has them by then, and the fleet what it has come to.
    await until(async () => (await numbers()).at(-1) === last(), 'all there');
    const kept = await numbers();
    t.deepEqual(
      kept,
      kept.map((_, at) => at + 1),
      'each once, none is missing',
    );

    // Revoked: refused by ingest until Mosquitto has read the list, and by Mosquitto from then on.
    await joinBoxes(rooms, systemClock).revoke(box.id, 'anna');
    await until(() => !isOnline(), 'kicked');
    const count = kept.length;
    uplink.reconnect();
    await until(isOnline, 'Mosquitto has not read the list');
    await uplink.sample();
    await until(() => !isOnline(), 'kicked again');
    t.is((await numbers()).length, count, 'and nothing of it was kept');
    await mosquitto!.reload();
    uplink.reconnect();
    await until(() => uplink.status().fault === 'untrusted', 'its certificate is none any more');
    t.false(isOnline());

    // Whom it was connected to is who is in the list, and the list names nobody else; what was not declared never got there.
    t.deepEqual(
      await watched.end(),
      rooms.compliance
        .locations()
        .filter(({ dialled }) => dialled)
        .map(({ host, port }) => `tcp ${host}:${port}`)
        .sort(),
    );
    t.is((await watched.end()).length, 2, 'PostgreSQL and Mosquitto');
    t.is(stranger.visits(), 0);
    t.regex(third.said(), new RegExp(`"destination_refused".*"port":${stranger.port}`));
    t.is(await third.end('SIGTERM'), 0);
  },
);
