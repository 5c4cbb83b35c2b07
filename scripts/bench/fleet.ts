/**
 * `npm run bench:fleet -- --boxes 5000 [--mqtt] [--database] [--seconds 60] [--profile FOLDER]`: a whole fleet process, and so many boxes with
 * certificates, wills and outboxes that say every ten seconds how they are. `--mqtt`: with a Mosquitto between them; `--database`: on PostgreSQL. One
 * line of JSON; what is being done goes to standard error.
 *
 * From saying to stored: the acknowledgement comes when it is stored (docs/decisions/0134). With Mosquitto it does not say that, so then a part of the
 * messages is looked for in the database, every 20 ms. Each that was measured is waited for before anything is stopped; one that never comes took longer
 * than all others. CPU and memory are those of the fleet process alone. What does not come to its end is null, and `failed` says how far it was.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type SqlBool, sql } from 'kysely';
import type { InventoryTables } from '../../fleet/inventory/tables.ts';
import { customersOwn } from '../../fleet/policy/testing/world.ts';
import { enrolBoxes } from '../../test/peers/enrolled-boxes.ts';
import { type FleetProcess, wholeFleet } from '../../test/peers/whole-fleet.ts';
import { keyOf, openSamples, partOf } from './fleet-samples.ts';
import type { Heard, Told, Total } from './fleet-terms.ts';

const { values } = parseArgs({
  options: {
    boxes: { type: 'string', default: '5000' },
    seconds: { type: 'string', default: '60' },
    mqtt: { type: 'boolean', default: false },
    database: { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
});
const count = Number(values.boxes);
const HEALTH_MS = 10_000;
const BOXES_OF_ONE_PROCESS = 2500;
const LOOK_MS = 20;
/** Clock ticks a second of /proc (sysconf(_SC_CLK_TCK)); Linux has had 100 for user space ever since. */
const TICKS = 100;
/** Nothing that is measured takes longer, ms. */
const PATIENCE_MS = 180_000;

const say = (line: string) => process.stderr.write(`${line}\n`);
const rounded = (value: number, digits = 1) => Number(value.toFixed(digits));

/** What did not come to its end. */
const failed: string[] = [];

/** How long it took until all of the boxes did it, s; null: never. */
async function until(doing: () => number | Promise<number>, what: string, wanted = count): Promise<number | null> {
  const began = performance.now();
  for (;;) {
    const done = await doing();
    const tookMs = performance.now() - began;
    if (done >= wanted) return rounded(tookMs / 1000);
    if (tookMs > PATIENCE_MS) {
      failed.push(`${what}: ${done} of ${wanted} after ${PATIENCE_MS / 1000} s`);
      return null;
    }
    await delay(LOOK_MS);
  }
}

/** User and system time of a process, s (proc(5)). */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

const residentKb = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]);

// What was started ends with this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const profile = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];
const whole = await wholeFleet({
  mosquitto: values.mqtt,
  postgres: values.database,
  command: [process.execPath, ...profile],
});
const children: ChildProcess[] = [];
try {
  say(`Enrolling ${count} boxes`);
  const { boxes, scope, customer } = await enrolBoxes(whole.rooms, count, true);
  const { agreements } = whole.rooms.compliance;
  await agreements.send(scope, customer, 'nl', 'bench');
  await agreements.sign(scope, customer, { by: 'Customer', at: Date.now(), until: null, scan: null }, 'bench');
  const { policies } = whole.rooms;
  const own = customersOwn();
  await policies.documents.bring(scope, own.envelope, 'bench');
  let fleet: FleetProcess = await whole.start();
  await delay(3000);
  const emptyKb = residentKb(fleet.pid);

  const heard: Heard[] = [];
  const totals: Total[] = [];
  const tookMs: number[] = [];
  const db = whole.rooms.database.kysely.$extendTables<InventoryTables>();
  const samples = openSamples(async (some) => {
    const keys = sql.join(some.map(([box, id]) => sql`(${box}, ${id})`));
    const rows = await db
      .selectFrom('box_messages')
      .select(['box', 'id'])
      .where(sql<SqlBool>`(box, id) IN (VALUES ${keys})`)
      .execute();
    return new Set(rows.map(({ box, id }) => keyOf(box, id)));
  });
  for (let begin = 0; begin < count; begin += BOXES_OF_ONE_PROCESS) {
    const child = fork(join(import.meta.dirname, 'fleet-boxes.ts'), [], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
    });
    const at = children.push(child) - 1;
    child.once('exit', (code) => {
      if (code !== 0) failed.push(`boxes ended with ${code}`);
    });
    child.on('message', (message: Heard) => {
      heard[at] = message;
      // One by one: there may be more than a call takes arguments.
      for (const ms of message.tookMs) tookMs.push(ms);
      samples.add(message.samples);
      totals.push(...(message.totals ?? []));
    });
  }
  const tell = (told: Told) => {
    for (const child of children) if (child.connected) child.send(told);
  };
  const sum = (key: 'connected' | 'wanted' | 'measured') => heard.reduce((all, one) => all + one[key], 0);
  const connected = () => sum('connected');

  say('They connect');
  const about = {
    url: whole.brokerUrl,
    authority: whole.rooms.ca.root,
    healthMs: HEALTH_MS,
    policyHash: own.hash,
  };
  for (const [at, child] of children.entries()) {
    const own = boxes.slice(at * BOXES_OF_ONE_PROCESS, (at + 1) * BOXES_OF_ONE_PROCESS);
    child.send({ go: { ...about, boxes: own } } satisfies Told);
  }
  const cpuBefore = cpuSeconds(fleet.pid);
  const connectSeconds = await until(connected, 'connected');
  const connectMs = ((cpuSeconds(fleet.pid) - cpuBefore) / count) * 1000;
  await delay(2 * HEALTH_MS);
  const kbPerBox = (residentKb(fleet.pid) - emptyKb) / count;

  say(`They speak, ${values.seconds} s`);
  tell({ measure: true });
  const [cpuFrom, from] = [cpuSeconds(fleet.pid), performance.now()];
  while (performance.now() - from < Number(values.seconds) * 1000) {
    await delay(LOOK_MS);
    if (values.mqtt) await samples.look();
  }
  const cpuPercent = ((cpuSeconds(fleet.pid) - cpuFrom) / (performance.now() - from)) * 100_000;
  tell({ measure: false });
  await until(
    () => heard.filter(({ isMeasured }) => isMeasured).length,
    'processes of boxes measured',
    children.length,
  );
  const measured = sum('measured');
  await until(() => tookMs.length, 'acknowledged', measured);
  const lookAgain = async () => {
    await samples.look();
    return samples.found();
  };
  if (values.mqtt) await until(lookAgain, 'stored', samples.said());

  say(values.mqtt ? 'The broker is started anew' : 'The fleet is killed, and started anew');
  if (whole.mosquitto) {
    await whole.mosquitto.stop();
    await whole.mosquitto.start();
  } else {
    // A profile is written by who ends in order.
    await fleet.end(values.profile === undefined ? 'SIGKILL' : 'SIGTERM');
    fleet = await whole.start();
  }
  await until(() => count - connected(), 'noticed', 1);
  const reconnectSeconds = await until(connected, 'back');

  // Nothing is signed for a box that the fleet has heard nothing of.
  const heardOf = async () => {
    const { boxes: many } = await db
      .selectFrom('box_reported')
      .select(({ fn }) => fn.countAll<number>().as('boxes'))
      .executeTakeFirstOrThrow();
    return Number(many);
  };
  await until(heardOf, 'reported');

  say('A policy for all of them');
  tell({ count: true });
  await delay(1000);
  const msp = { kind: 'msp', of: scope.msp } as const;
  const holidays = { parts: { holidays: [{ date: '2026-12-25', name: 'Christmas' }] } };
  await policies.levels.write(scope, msp, 0, holidays, 'bench');
  const choice = { all: true } as const;
  const { token } = await policies.preview(scope, choice);
  const signing = performance.now();
  const signed = await policies
    .sign(scope, { choice, token, title: 'Holidays', leaveOut: true }, 'bench')
    .catch((error: Error) => void failed.push(`signed: ${error.message}`));
  const hasIt = signed ? await until(() => sum('wanted'), 'have the policy') : null;
  const policySeconds = hasIt === null ? null : rounded((performance.now() - signing) / 1000);

  say('They fall silent');
  tell({ quiet: true });
  await until(() => totals.length, 'told what they said');
  const kept = new Map<string, { messages: number; numbers: number }>();
  // What Mosquitto has acknowledged may still be on its way.
  for (let tries = 0; tries < 50; tries++) {
    const rows = await db
      .selectFrom('box_messages')
      .select(({ fn }) => [
        'box',
        fn.count<number>('id').as('messages'),
        fn.count<number>('number').distinct().as('numbers'),
      ])
      .where('number', 'is not', null)
      .groupBy('box')
      .execute();
    for (const { box, messages, numbers } of rows)
      kept.set(box, { messages: Number(messages), numbers: Number(numbers) });
    if (totals.every(([box, said]) => kept.get(box)?.numbers === said)) break;
    await delay(200);
  }
  let [said, lost, twice] = [0, 0, 0];
  for (const [box, own] of totals) {
    const { messages = 0, numbers = 0 } = kept.get(box) ?? {};
    said += own;
    lost += own - numbers;
    twice += messages - numbers;
  }
  const [storedMs, wanted] = values.mqtt ? [samples.tookMs(), samples.said()] : [tookMs, measured];
  const part = (share: number) => {
    const ms = partOf(storedMs, wanted, share);
    return ms === null ? null : rounded(ms);
  };
  const code = await fleet.end('SIGTERM');
  if (code !== 0) failed.push(`the fleet ended with ${code}`);
  process.stdout.write(
    `${JSON.stringify({
      boxes: count,
      broker: values.mqtt ? 'mosquitto' : 'embedded',
      database: whole.rooms.database.kind,
      messages: said,
      lost,
      twice,
      publishToStoredP50Ms: part(0.5),
      publishToStoredP99Ms: part(0.99),
      publishToStoredMaxMs: part(1),
      cpuPercent: rounded(cpuPercent),
      kbPerBox: rounded(kbPerBox),
      connectSeconds,
      connectCpuMs: rounded(connectMs, 2),
      reconnectSeconds,
      policySeconds,
      failed,
    })}\n`,
  );
} finally {
  for (const child of children) child.removeAllListeners('exit').kill('SIGKILL');
  await whole.remove();
}
