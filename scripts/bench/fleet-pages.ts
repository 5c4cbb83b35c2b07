/**
 * `npm run bench:fleet-pages -- --boxes 50000 [--database postgres] [--storm]`: one MSP with so many boxes, each of which has said everything once and has a
 * day of health by the hour; WITH_HISTORY of them have all that is kept, ninety days packed (all of that for 50,000 boxes would be some 16 GB, of
 * which a page reads one box). How long the console's pages take, from request to answer within the process, what they ask, and what storing a message costs; one line of JSON.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as breath } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { silentLog } from '@belkluis/shared/base/log';
import { type GaugeName, type Gauges, gauges } from '@belkluis/shared/contract/gauges';
import { sql } from 'kysely';
import { openAlertRoom } from '../../fleet/alerts/room.ts';
import { idSource } from '../../fleet/db/ids.ts';
import { openDatabase } from '../../fleet/db/open.ts';
import { openBoxes } from '../../fleet/inventory/boxes.ts';
import { openGlance } from '../../fleet/inventory/glance.ts';
import type { Heard, Said } from '../../fleet/inventory/heard.ts';
import { HEALTH_STEPS } from '../../fleet/inventory/limits.ts';
import { openOverview } from '../../fleet/inventory/overview.ts';
import { beginOf, packPoints } from '../../fleet/inventory/points.ts';
import { storeBatch } from '../../fleet/inventory/store.ts';
import type { InventoryTables } from '../../fleet/inventory/tables.ts';
import { finding, health, presence, reported } from '../../fleet/inventory/testing/boxes.ts';
import { migrations } from '../../fleet/migrations.ts';
import { openTenants } from '../../fleet/tenants/tenants.ts';
import { Postgres } from '../../test/peers/postgres.ts';
import { benchConsole, p95Of } from './console-pages.ts';

const { values } = parseArgs({
  options: {
    boxes: { type: 'string', default: '50000' },
    database: { type: 'string', default: 'sqlite' },
    storm: { type: 'boolean', default: false },
  },
});
const count = Number(values.boxes);
const CUSTOMERS = 500;
const BATCH = 500;
/** Boxes with ninety days of health: pages show one at a time. */
const WITH_HISTORY = 500;
const ROUNDS = 40;

/** What the database takes on disk. */
async function megabytes(): Promise<number> {
  if (database.kind === 'sqlite') return Math.round(statSync(join(folder, 'fleet.db')).size / 1e6);
  const { rows } = await sql<{ size: number }>`SELECT pg_database_size(current_database()) AS size`.execute(
    database.kysely,
  );
  return Math.round(rows[0]!.size / 1e6);
}

const say = (line: string) => process.stderr.write(`${line}\n`);
const folder = mkdtempSync(join(tmpdir(), 'bench-fleet-'));
const server = values.database === 'postgres' ? await Postgres.start() : null;
const database = await openDatabase(server?.url ?? join(folder, 'fleet.db'), { migrations });
const fleetConsole = await benchConsole(database.kysely);
try {
  const clock = { now: () => Date.now() };
  const options = { database: database.kysely, clock, append: async () => {} };
  const newId = idSource(clock, systemChance);
  const tenants = openTenants({ ...options, newId });
  const { scope } = fleetConsole;
  say(`Making ${count} boxes`);
  const sites: { customer: string; site: string }[] = [];
  for (let at = 0; at < CUSTOMERS; at++) {
    const { id } = await tenants.createCustomer(scope, `Customer ${at}`, 'bench');
    for (const name of ['North', 'South']) {
      const site = await tenants.createSite(scope, id, { name, country: 'NL', timeZone: 'Europe/Amsterdam' }, 'bench');
      sites.push({ customer: id, site: site.id });
    }
  }
  const db = database.kysely.$extendTables<InventoryTables>();
  const ids = Array.from({ length: count }, (_, at) => createHash('md5').update(`${at}`).digest('hex'));
  for (let begin = 0; begin < count; begin += BATCH) {
    const rows = ids.slice(begin, begin + BATCH).map((id, at) => ({
      id,
      msp: scope.msp,
      ...sites[(begin + at) % sites.length]!,
      name: `Box ${begin + at}`,
      name_key: `box ${begin + at}`,
      state: 'active' as const,
      urgency: 3,
      software: null,
      policy_state: null,
      policy_version: null,
      proven_at: null,
      disk_days: null,
      measured: 0,
      created_at: clock.now(),
      activated_at: clock.now(),
      revoked_at: null,
    }));
    await db.insertInto('boxes').values(rows).execute();
  }
  say('Each says something');
  const every: Gauges = Object.fromEntries(
    (Object.keys(gauges) as GaugeName[]).map((name) => [name, gauges[name].min + 1]),
  );
  let seq = 0;
  async function tell(what: (at: number) => Said): Promise<number> {
    seq++;
    const cpu = process.cpuUsage();
    for (let begin = 0; begin < count; begin += BATCH) {
      const now = clock.now();
      const batch = ids.slice(begin, begin + BATCH).map((box, at): Heard => {
        const about = { id: newId(), ts: now, heardAt: now, seq, numbered: true, skewMs: 0 };
        return { box, ...about, digest: 'd'.repeat(64), said: what(begin + at) };
      });
      await storeBatch(database.kysely, batch);
    }
    const { user, system } = process.cpuUsage(cpu);
    return (user + system) / count;
  }
  await tell((at) => presence({ is: at % 50 === 0 ? 'offline' : 'online' }));
  await tell((at) => reported({}, `v0.${at % 4}.0`));
  await tell((at) => finding('trunk_down', at % 100 === 0 ? 'bad' : 'ok'));
  const sick = (at: number) => health(clock.now(), at % 30 === 0 ? { disk_low: 'warn', trunk_down: 'bad' } : {}, every);
  await tell(sick);
  // The second time is what a fleet does all day: a sample in, nothing changes.
  const healthMicroseconds = await tell(sick);
  say('Ninety days of health');
  const now = clock.now();
  const coarse = HEALTH_STEPS.at(-1)!;
  const chunk = (box: string, { step, span }: Pick<(typeof HEALTH_STEPS)[number], 'step' | 'span'>, start: number) => {
    const between = step || 60_000;
    const points = Array.from({ length: span / between }, (_, at) => ({ at: start + at * between, gauges: every }));
    return { box, step, start_at: start, points: packPoints(start, points) };
  };
  const starts = ({ span, keep }: Pick<(typeof HEALTH_STEPS)[number], 'span' | 'keep'>) =>
    Array.from({ length: Math.ceil(keep / span) }, (_, at) => beginOf(now, span) - at * span);
  for (const box of ids.slice(0, WITH_HISTORY))
    for (const one of HEALTH_STEPS)
      await db
        .insertInto('health_chunks')
        .values(starts(one).map((start) => chunk(box, one, start)))
        .execute();
  const others = ids.slice(WITH_HISTORY);
  for (let begin = 0; begin < others.length; begin += BATCH)
    await db
      .insertInto('health_chunks')
      .values(others.slice(begin, begin + BATCH).map((box) => chunk(box, coarse, beginOf(now, coarse.span))))
      .execute();

  say('Alerts');
  const refuse = async () => {
    throw new Error('nothing is sent here');
  };
  const alerts = openAlertRoom({
    ...{ ...options, newId, clock: systemClock, chance: systemChance, log: silentLog },
    senders: { mail: null, webhook: refuse },
    mayStand: () => {},
  });
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const began = performance.now();
    await work();
    return Math.round(performance.now() - began);
  };
  /** The longest step, ms: so long others wait. */
  let longest = 0;
  const lookAtAll = async () => {
    for (let after: string | null = ''; after !== null; await breath()) {
      const from: string = after;
      longest = Math.max(
        longest,
        await timed(async () => {
          after = await alerts.watch.lookAtAll(from);
        }),
      );
    }
  };
  const alertsMs: Record<string, number> = { first: await timed(lookAtAll), again: await timed(lookAtAll) };
  if (values.storm) {
    // Every box at once: one line that leads everywhere has gone.
    const filter = { language: 'en', level: 'warn', within: 'all', codes: null, on: true } as const;
    const receiver = { kind: 'webhook', url: 'https://receiver.example', country: 'NL', name: 'Receiver' } as const;
    await alerts.channels.add(scope, { ...receiver, ...filter }, 'bench');
    await db.updateTable('box_presence').set({ present: 'offline', gone: 1, since: clock.now() }).execute();
    alertsMs.storm = await timed(lookAtAll);
    alertsMs.gather = await timed(alerts.tell.gather);
  }
  alertsMs.longest = longest;
  const place = { of: 'customer', customer: sites[0]!.customer } as const;
  const mute = { code: 'disk_low', level: 'bad', until: null, note: '' } as const;
  await alerts.list.muteCode(scope, place, mute, 'bench');
  const night = { zone: 'Europe/Amsterdam', days: [1, 2, 3, 4, 5, 6, 7], fromTime: '00:00', untilTime: '23:59' };
  const when = { ...night, fromDate: '2026-01-01', untilDate: null };
  await alerts.windows.plan(scope, { of: 'site', site: sites[2]!.site }, when, 'Bench', 'bench');
  const deepAlerts = (await alerts.list.list(scope, { limit: 200 })).next;

  const boxes = openBoxes(options);
  const overview = openOverview(options);
  const glance = openGlance(options);
  const dayAgo = () => clock.now() - 86_400_000;
  const told = await glance.told(scope, dayAgo());
  const one = <Item>(all: readonly Item[], round: number): Item => all[(round * 7919) % all.length]!;
  const deep = (await boxes.list(scope, { limit: 200 })).next;
  const pages: Record<string, (round: number) => Promise<unknown>> = {
    boxes: () => boxes.list(scope),
    boxesNext: () => boxes.list(scope, { after: deep }),
    boxesByName: () => boxes.list(scope, { order: 'name' }),
    boxesOfCustomer: (round) => boxes.list(scope, { customer: one(sites, round).customer }),
    boxesOfSite: (round) => boxes.list(scope, { site: one(sites, round).site }),
    boxesBySoftware: (round) => boxes.list(scope, { software: `v0.${round % 4}.0` }),
    searchName: (round) => boxes.list(scope, { search: `${(round * 7919) % count}` }),
    searchNothing: () => boxes.list(scope, { search: 'nobody has this' }),
    searchId: (round) => boxes.list(scope, { search: one(ids, round).slice(0, 12) }),
    box: (round) => boxes.get(scope, one(ids, round)),
    counts: () => boxes.counts(scope),
    customers: () => overview.customers(scope),
    glanceCustomers: async () => {
      const { rows } = await overview.customers(scope, { limit: 25 });
      return await glance.customers(
        scope,
        rows.map(({ id }) => id),
      );
    },
    glanceTold: () => glance.told(scope, dayAgo()),
    glanceProof: () => glance.proof(scope, dayAgo(), told),
    glanceRoom: () => glance.room(scope, 5, told),
    findingGroups: () => overview.findingGroups(scope),
    findings: () => overview.findings(scope),
    alertCounts: () => alerts.list.counts(scope),
    alertGroups: () => alerts.list.groups(scope),
    alerts: () => alerts.list.list(scope),
    alertsNext: () => alerts.list.list(scope, { after: deepAlerts }),
    alertsOfCode: () => alerts.list.list(scope, { code: 'disk_low', muted: false, acknowledged: false }),
    alertsOfCustomer: (round) => alerts.list.list(scope, { customer: one(sites, round).customer }),
    maintenance: () => alerts.windows.nowAndNext(scope),
    findingsOfCode: () => overview.findings(scope, { code: 'disk_low' }),
    healthDay: (round) =>
      overview.health(scope, one(ids.slice(0, WITH_HISTORY), round), { from: now - 86_000_000, until: now }),
    healthWeek: (round) =>
      overview.health(scope, one(ids.slice(0, WITH_HISTORY), round), { from: now - 6.9 * 86_400_000, until: now }),
    healthQuarter: (round) =>
      overview.health(scope, one(ids.slice(0, WITH_HISTORY), round), { from: now - 89 * 86_400_000, until: now }),
  };
  const p95: Record<string, number> = {};
  for (const [name, ask] of Object.entries(pages)) {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const begin = performance.now();
      await ask(round);
      times.push(performance.now() - begin);
    }
    p95[name] = p95Of(times);
  }
  say('Pages');
  const withHistory = (round: number) => one(ids.slice(0, WITH_HISTORY), round);
  const shown = await fleetConsole.measure(
    {
      overview: () => '/',
      boxes: () => '/boxes',
      boxesBad: () => '/boxes?state=bad',
      boxesOfCustomer: (round) => `/boxes?customer=${one(sites, round).customer}`,
      boxesFinding: () => '/boxes?finding=disk_forecast',
      boxesSearch: (round) => `/boxes?q=${(round * 7919) % count}`,
      boxesAct: () => '/boxes/act?what=sync&whom=whole&state=bad',
      box: (round) => `/boxes/${withHistory(round)}`,
      boxDay: (round) => `/boxes/${withHistory(round)}?range=day`,
      boxQuarter: (round) => `/boxes/${withHistory(round)}?range=quarter`,
      customers: () => '/customers',
      customersBad: () => '/customers?having=bad',
      customer: (round) => `/customers/${one(sites, round).customer}`,
      sites: () => '/sites',
      site: (round) => `/sites/${one(sites, round).site}`,
      alerts: () => '/alerts',
      maintenance: () => '/maintenance',
      policies: () => '/policies',
      rollouts: () => '/rollouts',
      documents: () => '/policies/documents',
      agreements: () => '/agreements',
      subprocessors: () => '/subprocessors',
      incidents: () => '/incidents',
      audit: () => '/audit',
      witness: () => '/witness',
      people: () => '/people',
      searchName: (round) => `/search?q=${(round * 7919) % count}`,
      searchBox: (round) => `/search?q=${encodeURIComponent(`Box ${(round * 7919) % count}`)}`,
      searchId: (round) => `/search?q=${one(ids, round).slice(0, 12)}`,
      searchNothing: () => '/search?q=nobody+has+this',
    },
    ROUNDS,
  );
  const result = {
    boxes: count,
    database: database.kind,
    healthMicroseconds: Math.round(healthMicroseconds),
    alertsMs,
    p95Ms: p95,
    pagesP95Ms: shown.p95,
    pagesBytes: shown.bytes,
    pagesAbsent: shown.absent,
    megabytes: await megabytes(),
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
} finally {
  await database.close();
  await server?.stop();
  rmSync(folder, { recursive: true });
}
