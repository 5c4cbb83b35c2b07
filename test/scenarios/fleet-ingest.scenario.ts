/** What was acknowledged is kept, whenever the fleet's process is killed; and what was kept counts once. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { systemChance } from '@belkluis/shared/base/chance';
import { newUlid } from '@belkluis/shared/base/ulid';
import { upMessages } from '@belkluis/shared/contract/messages';
import { upTopic } from '@belkluis/shared/contract/topics';
import test from 'ava';
import { testAuthority } from '../../fleet/broker/testing/certificates.ts';
import type { FleetProcessTask, KeptLine } from '../peers/fleet-process.ts';
import { Mosquitto } from '../peers/mosquitto.ts';
import { type MqttBox, mqttBox, type Where } from '../peers/mqtt-box.ts';

const program = resolve(import.meta.dirname, '../peers/fleet-process.ts');
const boxes = await testAuthority('Boxes');
const fleet = await testAuthority('Fleet');
const server = await fleet.server();
const fleetKey = await fleet.box('_fleet');
const folder = mkdtempSync(join(tmpdir(), 'fleet-ingest-'));
const alive = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

/** One process of the fleet, and what it says. */
class Fleet {
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  readonly #gone: Promise<unknown>;

  constructor(task: FleetProcessTask) {
    const args = ['--disable-warning=ExperimentalWarning', program, JSON.stringify(task)];
    this.#child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    alive.add(this.#child);
    this.#gone = new Promise((done) => this.#child.once('exit', done));
    createInterface({ input: this.#child.stdout! }).on('line', (line) => this.#lines.push(line));
  }

  async says(beginning: string): Promise<string> {
    for (;;) {
      const found = this.#lines.find((line) => `${line} `.startsWith(`${beginning} `));
      if (found) return found;
      if (this.#child.exitCode !== null) throw new Error(`the fleet ended: ${this.#lines.join(', ')}`);
      await delay(5);
    }
  }

  get arrived(): number {
    return this.#lines.filter((line) => line.startsWith('arrived')).length;
  }

  /** As a power cut does. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#gone;
    alive.delete(this.#child);
  }
}

const kept = (file: string): number[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as KeptLine).seq);

const event = (seq: number) =>
  upMessages.event.format({
    id: newUlid(Date.now(), systemChance),
    ts: Date.now(),
    seq,
    body: { is: 'finding', code: 'trunk_down', level: 'bad', on: seq % 2 === 0 },
  });

/** Says something as a box with an outbox does: until it is acknowledged, over as many connections as that takes. */
function says(box: MqttBox, id: string, seq: number) {
  const bytes = event(seq);
  const said = { acknowledged: false, done: Promise.resolve() };
  said.done = (async () => {
    // mqtt.js sends again what it began to send, and gives back what it had not.
    while (!said.acknowledged) {
      const answer = box.client.publishAsync(upTopic('event', id), bytes, { qos: 1 });
      said.acknowledged = await answer.then(
        () => true,
        () => false,
      );
    }
  })();
  return said;
}

const enter = async (where: Where, id: string) =>
  mqttBox(where, id, await boxes.box(id), { clean: false, reconnectPeriod: 100 });

for (const moment of ['before', 'after'] as const) {
  test(`embedded: killed ${moment} a message is kept, the fleet gets it again, and it counts once`, async (t) => {
    const file = join(folder, `embedded-${moment}`);
    const id = randomBytes(16).toString('hex');
    const identity = { ...server, boxAuthority: boxes.certificate };
    const stop = moment === 'before' ? { stopBefore: 3 } : { stopAfter: 3 };
    const first = new Fleet({ file, embedded: { ...identity, port: 0 }, ...stop });
    const port = Number((await first.says('ready')).split(' ')[1]);
    const box = await enter({ url: `mqtts://localhost:${port}`, authority: fleet.certificate }, id);
    await says(box, id, 1).done;
    await says(box, id, 2).done;
    const third = says(box, id, 3);
    await first.says(moment === 'before' ? 'arrived 3' : 'kept 3');
    const fourth = says(box, id, 4);
    await first.says('kept 4');
    await delay(200);
    // The fourth is kept, and waits: acknowledgements go out in order.
    t.false(third.acknowledged);
    t.false(fourth.acknowledged);
    await first.kill();
    t.deepEqual(kept(file), moment === 'before' ? [1, 2, 4] : [1, 2, 3, 4]);
    const second = new Fleet({ file, embedded: { ...identity, port } });
    await second.says('ready');
    await Promise.all([third.done, fourth.done]);
    t.deepEqual(kept(file).toSorted(), [1, 2, 3, 4]);
    t.is(second.arrived, 2);
    box.client.end(true);
    await second.kill();
  });

  test(`Mosquitto: killed ${moment} a message is kept, the fleet gets it again, and it counts once`, async (t) => {
    const file = join(folder, `mosquitto-${moment}`);
    const id = randomBytes(16).toString('hex');
    const broker = await Mosquitto.start({ boxes, fleet, server, fleets: ['_fleet'] });
    const external = {
      url: `mqtts://localhost:${broker.fleetPort}`,
      identity: { ...fleetKey, authority: fleet.certificate },
    };
    const stop = moment === 'before' ? { stopBefore: 3 } : { stopAfter: 3 };
    const first = new Fleet({ file, external, ...stop });
    await first.says('ready');
    const box = await enter({ url: `mqtts://localhost:${broker.boxPort}`, authority: fleet.certificate }, id);
    for (const seq of [1, 2, 3, 4]) await says(box, id, seq).done;
    await first.says(moment === 'before' ? 'arrived 3' : 'kept 3');
    await first.says('kept 4');
    // Time for the acknowledgement of the fourth, which waits for nobody here.
    await delay(100);
    await first.kill();
    t.deepEqual(kept(file), moment === 'before' ? [1, 2, 4] : [1, 2, 3, 4]);
    // Said while the fleet is away.
    await says(box, id, 5).done;
    const second = new Fleet({ file, external });
    await second.says('ready');
    await second.says('arrived 3');
    await second.says('kept 5');
    t.deepEqual(kept(file).toSorted(), [1, 2, 3, 4, 5]);
    t.is(second.arrived, 2);
    box.client.end(true);
    await second.kill();
    await broker.remove();
  });
}

test('killed at any moment, again and again, the fleet has all that was acknowledged, each once', async (t) => {
  const file = join(folder, 'often');
  const identity = { ...server, boxAuthority: boxes.certificate };
  let process_ = new Fleet({ file, embedded: { ...identity, port: 0 } });
  const port = Number((await process_.says('ready')).split(' ')[1]);
  const id = randomBytes(16).toString('hex');
  const box = await enter({ url: `mqtts://localhost:${port}`, authority: fleet.certificate }, id);
  const all: Promise<void>[] = [];
  const acknowledged: number[] = [];
  let seq = 0;
  let saying = true;
  const speaking = (async () => {
    while (saying) {
      const own = ++seq;
      all.push(says(box, id, own).done.then(() => void acknowledged.push(own)));
      await delay(2);
    }
  })();
  for (let round = 0; round < 4; round++) {
    const heard = process_.arrived;
    while (process_.arrived < heard + 20) await delay(1);
    await process_.kill();
    // What was acknowledged up to now was kept before.
    const there = new Set(kept(file));
    t.deepEqual(
      acknowledged.filter((one) => !there.has(one)),
      [],
    );
    process_ = new Fleet({ file, embedded: { ...identity, port } });
    await process_.says('ready');
  }
  saying = false;
  await speaking;
  await Promise.all(all);
  const there = kept(file);
  t.is(there.length, seq);
  t.is(new Set(there).size, seq);
  box.client.end(true);
  await process_.kill();
});
