/** Between a box and its fleet the network loses, doubles, delays, swallows and breaks, and both are killed: nothing is lost, nothing happens twice. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { seededChance, systemChance } from '@belkluis/shared/base/chance';
import { silentLog } from '@belkluis/shared/base/log';
import { newUlid } from '@belkluis/shared/base/ulid';
import { command } from '@belkluis/shared/contract/command';
import test from 'ava';
import { checkConfig } from '../../fleet/config.ts';
import type { InventoryTables } from '../../fleet/inventory/tables.ts';
import { openRooms } from '../../fleet/open-rooms.ts';
import { enrolBoxes } from '../peers/enrolled-boxes.ts';
import type { BoxSays, NetworkBoxTask } from '../peers/network-box.ts';
import type { FleetSays, FleetTold } from '../peers/network-fleet.ts';
import { FLEET_ADDRESS, Networks } from '../peers/networks.ts';

const PORT = 8883;
/** The box is asked to do something this often, ms; what it has not answered is asked again. */
const ASK_MS = 400;
const ASK_AGAIN_MS = 1500;
/** Longer than either side takes to find out that the other is gone: keep alive is 2 s. */
const LONG_MS = 3600;

const alive = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** A peer in a network of its own. */
function startIn<Says>(networks: Networks, host: 'box' | 'fleet', task: object, hear: (said: Says) => void) {
  const [program, ...args] = networks.on(host);
  const file = resolve(import.meta.dirname, `../peers/network-${host}.ts`);
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', file, JSON.stringify(task)];
  const child = spawn(program!, [...args, ...node], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  alive.add(child);
  child.once('exit', () => alive.delete(child));
  child.on('message', (said) => hear(said as Says));
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) throw new Error('it had ended by itself');
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

async function until(holds: () => Promise<boolean> | boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 1500; tries++) {
    if (await holds()) return;
    await delay(20);
  }
  throw new Error(`never: ${what}`);
}

test('whatever the network does and whoever is killed: all is told once, a command is done once, the last policy arrives', async (t) => {
  const seed = process.env.NETWORK_SEED ?? systemChance.bytes(4).toString('hex');
  t.log(`NETWORK_SEED=${seed}`);
  const chance = seededChance(seed);
  const part = () => chance.bytes(2).readUInt16BE() / 65_536;
  const folder = mkdtempSync(join(tmpdir(), 'fleet-network-'));
  const networks = new Networks();
  t.teardown(() => {
    networks.remove();
    rmSync(folder, { recursive: true, force: true });
  });
  const file = {
    ...{ data: join(folder, 'data'), hosts: [FLEET_ADDRESS], address: FLEET_ADDRESS, region: 'NL' },
    ports: { mqtt: PORT, webSocket: null, enrolment: 8443 },
  };
  const rooms = await openRooms(checkConfig(file, {}), silentLog);
  t.teardown(() => rooms.database.close());
  const [own] = (await enrolBoxes(rooms, 1, true)).boxes;
  const db = rooms.database.kysely.$extendTables<InventoryTables>();

  const asked = new Map<string, string>();
  const answers = new Map<string, string>();
  const applied: number[] = [];
  let [did, version] = [0, 1];
  let status: Extract<BoxSays, { online: boolean }> = { online: false, queued: 0, fault: null };
  let isReady = false;
  const policy = () => ({
    payloadType: 'application/vnd.belkluis.policy+json;version=1',
    payload: Buffer.alloc(400, version).toString('base64'),
    signatures: [{ keyid: 'a'.repeat(64), sig: Buffer.alloc(64).toString('base64') }],
  });
  const tell = (told: FleetTold) => {
    if (isReady) fleet.send(told, () => {});
  };
  const want = () => tell({ want: { version, policy: policy() } });

  const startFleet = () =>
    startIn<FleetSays>(networks, 'fleet', file, (said) => {
      if ('ready' in said) {
        isReady = true;
        want();
      } else answers.set(said.answered.command, said.answered.state);
    });
  const startBox = () => {
    const { id: boxId, key, certificate } = own!;
    const url = `mqtts://${FLEET_ADDRESS}:${PORT}`;
    const task = { path: join(folder, 'uplink.db'), boxId, url, key, certificate, authority: rooms.ca.root };
    const known = applied.at(-1) ?? 0;
    return startIn<BoxSays>(networks, 'box', { ...task, version: known } satisfies NetworkBoxTask, (said) => {
      if ('did' in said) did++;
      else if ('applied' in said) applied.push(said.applied);
      else status = said;
    });
  };
  let fleet = startFleet();
  let box = startBox();
  t.teardown(() => {
    for (const child of [fleet, box]) child.kill('SIGKILL');
  });
  const online = () => until(() => status.online, 'online');
  const topicOf = (id: string) => command.topic(own!.id, id);
  const ask = (id: string) => tell({ say: { topic: topicOf(id), bytes: asked.get(id)! } });
  const isOpen = (id: string) => !['done', 'failed', 'refused'].includes(answers.get(id) ?? '');
  const asking = setInterval(() => {
    const ts = Date.now();
    const id = newUlid(ts, systemChance);
    const body = { op: 'test_call' as const, expiresAt: ts + 600_000 };
    asked.set(id, command.format({ id, ts, seq: asked.size, body }).toString('base64'));
    ask(id);
    // Whoever asks does not know whether it was heard.
    if (part() < 0.3) ask(id);
  }, ASK_MS);
  const askingAgain = setInterval(() => {
    if (status.online) for (const id of asked.keys()) if (isOpen(id)) ask(id);
  }, ASK_AGAIN_MS);
  t.teardown(() => {
    clearInterval(asking);
    clearInterval(askingAgain);
  });
  const numbersKept = async () => {
    const rows = await db.selectFrom('box_messages').select('number').where('number', 'is not', null).execute();
    return rows.map(({ number }) => number!).sort((a, b) => a - b);
  };

  await online();
  const trials: Readonly<Record<string, () => Promise<void>>> = {
    async 'the wire is pulled'() {
      networks.cut();
      await until(() => !status.online, 'the box notices');
      await delay(part() * 500);
    },
    async 'what the fleet says is swallowed'() {
      networks.swallow('fleet');
      await until(() => !status.online, 'the box notices');
    },
    async 'all is swallowed, longer than either waits'() {
      networks.swallow('box', 'fleet');
      await delay(LONG_MS);
    },
    async 'all is swallowed for moments'() {
      for (let n = 0; n < 4; n++) {
        networks.swallow('box', 'fleet');
        await delay(50 + part() * 300);
        networks.heal();
        networks.spoil();
        await delay(50 + part() * 300);
      }
    },
    async 'the fleet is killed'() {
      isReady = false;
      await kill(fleet);
      fleet = startFleet();
      await until(() => isReady, 'it is there again');
    },
    async 'the box is killed'() {
      await kill(box);
      status = { ...status, online: false };
      await delay(part() * 300);
      box = startBox();
    },
    async 'the fleet is killed behind a network that swallows'() {
      networks.swallow('box', 'fleet');
      isReady = false;
      await kill(fleet);
      await delay(part() * 500);
      fleet = startFleet();
      await until(() => isReady, 'it is there again');
    },
  };
  const order = Object.keys(trials)
    .map((name) => [part(), name] as const)
    .sort(([a], [b]) => a - b);
  for (const [, name] of order) {
    networks.spoil();
    version++;
    want();
    await delay(100 + part() * 300);
    t.log(name);
    await trials[name]!();
    networks.heal();
    await online();
  }

  clearInterval(asking);
  box.send('quiet');
  await until(() => [...asked.keys()].every((id) => !isOpen(id)), 'every command is answered');
  await until(() => status.queued === 0, 'all is told');
  // A policy that was wanted while the box was there is told when it comes next.
  await kill(box);
  box = startBox();
  await until(() => applied.at(-1) === version, 'the last policy');

  const numbers = await numbersKept();
  t.true(numbers.length > 200, `${numbers.length} messages`);
  t.deepEqual(
    numbers.filter((number, at) => number !== at + 1),
    [],
    'each number is there once, none is missing',
  );
  const [sequence] = await db.selectFrom('box_sequences').selectAll().execute();
  t.like(sequence, { gaps: '[]', forgotten: 0, restarts: 0 });
  const states = [...answers.values()];
  const interrupted = states.filter((state) => state === 'failed').length;
  const done = states.filter((state) => state === 'done').length;
  t.is(done + interrupted, asked.size, 'every command was done, or cut off by the death of the box');
  t.true(did >= done && did <= done + interrupted, `${did} done of ${done} and ${interrupted}`);
  t.true(interrupted <= 3, `${interrupted}`);
  t.deepEqual(
    applied,
    [...new Set(applied)].sort((a, b) => a - b),
    'no policy twice, none after a newer one',
  );
});
