/** A whole fleet, and boxes that attack it each in its own way: they are put out and told of, and a box beside them notices nothing. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { systemChance } from '@belkluis/shared/base/chance';
import { newUlid } from '@belkluis/shared/base/ulid';
import { MAX_HEALTH_BYTES } from '@belkluis/shared/contract/limits';
import { upMessages } from '@belkluis/shared/contract/messages';
import { BROADCAST_TOPIC, downFilter, upTopic } from '@belkluis/shared/contract/topics';
import test from 'ava';
import { PACKET_BURST } from '../../fleet/broker/limits.ts';
import type { InventoryTables } from '../../fleet/inventory/tables.ts';
import { type EnrolledBox, enrolBoxes } from '../peers/enrolled-boxes.ts';
import { type MqttBox, mqttBox, rawPublish } from '../peers/mqtt-box.ts';
import { wholeFleet } from '../peers/whole-fleet.ts';

const whole = await wholeFleet();
const fleet = await whole.start();
const { boxes } = await enrolBoxes(whole.rooms, 9, true);
test.after.always(() => whole.remove());
const db = whole.rooms.database.kysely.$extendTables<InventoryTables>();

const enter = ({ id, key, certificate, serial }: EnrolledBox, options = {}): Promise<MqttBox> =>
  mqttBox(
    { url: whole.brokerUrl, authority: whole.rooms.ca.root },
    id,
    { key, certificate, serialNumber: serial },
    options,
  );

/** What the fleet's log says of a box, in order: codes, each with the kind of message where it is one. */
const noticed = (box: EnrolledBox): string[] =>
  fleet
    .said()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; code?: string; box?: string; kind?: string | null })
    .filter((line) => line.code !== undefined && line.box === box.id)
    .map(({ code, kind }) => (kind ? `${code} ${kind}` : code!));

async function until(holds: () => Promise<boolean> | boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (await holds()) return;
    await delay(20);
  }
  throw new Error(`never: ${what}`);
}

const kept = async ({ id }: EnrolledBox): Promise<number> => {
  const row = await db
    .selectFrom('box_messages')
    .select(({ fn }) => fn.countAll<number>().as('all'))
    .where('box', '=', id)
    .executeTakeFirstOrThrow();
  return Number(row.all);
};

const about = (seq: number) => ({ id: newUlid(Date.now(), systemChance), ts: Date.now(), seq });
const health = (seq: number) => {
  const at = Date.now();
  const body = { from: at, until: at, samples: 1, gauges: { cpu_percent: 7 }, findings: [] };
  return upMessages.health.format({ ...about(seq), body });
};
const online = (boot: string, conn: number) =>
  upMessages.presence.format({
    ...about(0),
    body: { is: 'online', boot, conn, software: 'v0.5.0', policyVersion: null, reads: 1 },
  });

const [steady, flooding, large, foreign, garbled, copied, lying, early, other] = boxes as EnrolledBox[];

/** Resolves when it was put out. */
async function putOut({ closed }: MqttBox): Promise<void> {
  let isOut = false;
  void closed.then(() => {
    isOut = true;
  });
  await until(() => isOut, 'it is put out');
}

/** What hostile boxes do; each ends with what the log must say of it. */
const attacks: Readonly<Record<string, () => Promise<readonly [EnrolledBox, ...string[]]>>> = {
  async flood() {
    const box = await enter(flooding!);
    const ping = Buffer.from([0xc0, 0]);
    box.client.stream.write(Buffer.concat(Array.from({ length: PACKET_BURST + 100 }, () => ping)));
    await putOut(box);
    return [flooding!, 'flood'];
  },
  async 'a megabyte'() {
    const box = await enter(large!);
    box.client.stream.write(rawPublish(upTopic('audit', large!.id), randomBytes(1_000_000), 1));
    await putOut(box);
    return [large!, 'packet_large'];
  },
  async 'topics of others'() {
    const topics = [
      ...['#', '+/+/up/#', '$SYS/broker/clients', `f1/${steady!.id}/up/health`, `f1/${foreign!.id}/dn/desired`],
      ...[BROADCAST_TOPIC, `f1/${foreign!.id}/up/health/#`, `$share/g/${downFilter(steady!.id)}`],
    ];
    for (const topic of topics) {
      const box = await enter(foreign!);
      box.client.stream.write(rawPublish(topic, health(1), 1));
      await putOut(box);
    }
    // What names a topic that is none is no MQTT; either way it ended, and is told once.
    await until(() => noticed(foreign!).includes('topic_foreign'), 'told');
    return [foreign!, ...noticed(foreign!)];
  },
  async 'messages that are none'() {
    const box = await enter(garbled!);
    const topic = upTopic('health', garbled!.id);
    const whole_ = JSON.parse(health(1).toString());
    const bodies = [
      '{',
      JSON.stringify({ ...whole_, number: '+31201234567' }),
      JSON.stringify({ ...whole_, ts: 'now' }),
      Buffer.alloc(MAX_HEALTH_BYTES + 1, 0x20),
      Buffer.from([0xff, 0xfe]),
    ];
    // Acknowledged: they would never be better.
    for (const body of bodies) await box.client.publishAsync(topic, body, { qos: 1 });
    box.client.end(true);
    const codes = ['not_json', 'unknown_field', 'malformed', 'oversize', 'not_utf8'];
    return [garbled!, ...codes.map((code) => `${code} health`)];
  },
  async 'a copied certificate'() {
    const [mine, theirs] = ['a'.repeat(32), 'b'.repeat(32)];
    for (const [at, boot] of [mine, theirs, mine, theirs, mine].entries()) {
      const box = await enter(copied!);
      await box.client.publishAsync(upTopic('presence', copied!.id), online(boot, at + 1), { qos: 1 });
    }
    return [copied!, 'clone_suspected presence', 'clone_suspected'];
  },
  async 'the same id for two messages, and a number given twice'() {
    const box = await enter(lying!);
    const topic = upTopic('health', lying!.id);
    const first = health(1);
    const said = (bytes: Buffer) => box.client.publishAsync(topic, bytes, { qos: 1 });
    await said(first);
    await said(first);
    const { id } = JSON.parse(first.toString()) as { id: string };
    await said(Buffer.from(JSON.stringify({ ...JSON.parse(health(2).toString()), id })));
    await said(health(1));
    box.client.end(true);
    return [lying!, 'changed health', 'number_taken health'];
  },
  async 'messages of another time'() {
    const box = await enter(early!);
    const topic = upTopic('health', early!.id);
    for (const days of [-9, 2]) {
      const { v, id, seq, body } = JSON.parse(health(1).toString());
      const ts = Date.now() + days * 86_400_000;
      await box.client.publishAsync(topic, JSON.stringify({ v, id, ts, seq, body }), { qos: 1 });
    }
    box.client.end(true);
    return [early!, 'from_past health', 'from_future health'];
  },
  async 'the id of another'() {
    const { key, certificate, serial } = other!;
    const where = { url: whole.brokerUrl, authority: whole.rooms.ca.root };
    await mqttBox(where, steady!.id, { key, certificate, serialNumber: serial }).catch(() => {});
    return [other!, 'identity_mismatch'];
  },
};

test('each is put out or refused, and told of by its id; the box beside them is heard whole, on one connection', async (t) => {
  const calm = await enter(steady!);
  let closed = false;
  void calm.closed.then(() => {
    closed = true;
  });
  let [said, going] = [0, true];
  const speaking = (async () => {
    for (; going; await delay(5))
      await calm.client.publishAsync(upTopic('health', steady!.id), health(++said), { qos: 1 });
  })();
  await until(() => said > 0, 'it speaks');
  for (const [name, attack] of Object.entries(attacks)) {
    const before = said;
    const [box, ...codes] = await attack();
    await until(() => codes.every((code) => noticed(box).includes(code)), `${name}: ${codes}`);
    t.deepEqual(noticed(box).sort(), codes.sort(), `${name}: each told once, and nothing else`);
    await until(() => said > before, `${name}: the other is heard`);
  }
  going = false;
  await speaking;
  t.false(closed, 'it was never disconnected');
  t.deepEqual(noticed(steady!), []);
  t.is(await kept(steady!), said, 'all that it said is there, and nothing in its name');
  const counts = await Promise.all([flooding, large, foreign, garbled, early].map((box) => kept(box!)));
  t.deepEqual(counts, [0, 0, 0, 0, 0]);
  t.is(await kept(lying!), 2, 'the first, and the one that took its number');
  t.false(fleet.said().includes('31201234567'), 'and nobody wrote down what they said');
  t.is(await fleet.end('SIGTERM'), 0);
});
