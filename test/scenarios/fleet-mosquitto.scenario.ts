/** What only a broker beside the fleet can do wrong: lists that it does not read, doors that it mixes up, sessions that it loses. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Counters } from '@belkluis/shared/base/counters';
import { silentLog } from '@belkluis/shared/base/log';
import { downFilter, downTopic, UP_FILTER, upTopic } from '@belkluis/shared/contract/topics';
import test from 'ava';
import { openExternal } from '../../fleet/broker/external/external.ts';
import { testAuthority } from '../../fleet/broker/testing/certificates.ts';
import { Mosquitto } from '../peers/mosquitto.ts';
import { type MqttBox, mqttBox, publishes, subscribes } from '../peers/mqtt-box.ts';

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
