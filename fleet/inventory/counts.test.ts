/** What overviews count, beside a count that knows no index: after whatever happens to boxes. */
import { randomInt } from 'node:crypto';
import { seededChance } from '@belkluis/shared/base/chance';
import type { Gauges } from '@belkluis/shared/contract/gauges';
import type { Health } from '@belkluis/shared/contract/health';
import test, { type ExecutionContext } from 'ava';
import { both } from '../db/testing/databases.ts';
import type { Scope } from '../tenants/scope.ts';
import { openGlance } from './glance.ts';
import type { Said } from './heard.ts';
import { DAY_MS, HOUR_MS, OFFLINE_GRACE_MS } from './limits.ts';
import { settleGone } from './store.ts';
import type { InventoryTables } from './tables.ts';
import { boxesOfTwo, boxId, finding, health, migrations, presence, reported } from './testing/boxes.ts';
import { openTotals } from './totals.ts';
import { rankOf, urgencies, urgencyOf } from './urgency.ts';

const ACTS = 120;

for (const on of both) {
  test(`${on.name}: whatever happens to boxes, each count is what counting them one by one gives`, async (t) => {
    const seed = process.env.SEED ?? String(randomInt(2 ** 31));
    t.log(`seed ${seed}`);
    const chance = seededChance(seed);
    const below = (n: number) => chance.bytes(4).readUInt32BE() % n;
    const one = <Item>(all: readonly Item[]): Item => all[below(all.length)]!;
    const { kysely } = await on.fresh(t, migrations);
    const world = await boxesOfTwo(kysely);
    const { a, b, boxes, clock, identities, says, store } = world;
    clock.advance(1000 * DAY_MS);
    const names = Array.from({ length: 12 }, (_, at) => `box${at}`);
    const refused = async (work: Promise<unknown>) => {
      await work.catch((error: { code?: string }) => {
        if (!error.code || error.code.startsWith('SQLITE') || /^\d/.test(error.code)) throw error;
      });
    };
    const gauges = (): Gauges => ({
      ...(below(3) > 0 && { recorded_hours_ago: below(60) }),
      ...(below(3) === 0 && { disk_days_left: below(90) }),
    });
    const word = (): Said =>
      one([
        () => presence({ is: one(['online', 'offline'] as const), conn: below(5), software: `v0.${below(3)}.0` }),
        () => health(clock.now() - below(3) * HOUR_MS, one([{}, { disk_low: 'warn' }, { disk_low: 'bad' }]), gauges()),
        () => reported(one([{}, { applied: null }, { rejected: null }]), `v0.${below(3)}.0`),
        () => finding('trunk_down', one(['warn', 'bad']), below(2) === 0),
      ])();
    const acts: readonly (() => Promise<unknown>)[] = [
      () => boxes.add(a.scope, { id: boxId(one(names)), site: one(a.sites), name: one(names) }, 'anna'),
      () => identities.activate(boxId(one(names))),
      () => identities.activate(boxId(one(names))),
      () => boxes.move(a.scope, boxId(one(names)), one(a.sites), 'anna'),
      () => (below(3) === 0 ? boxes.revoke(a.scope, boxId(one(names)), 'anna') : Promise.resolve()),
      () => (below(4) === 0 ? boxes.remove(a.scope, boxId(one(names)), 'anna') : Promise.resolve()),
      () => boxes.add(b.scope, { id: boxId(`b${one(names)}`), site: one(b.sites), name: one(names) }, 'bea'),
      () => store(...names.slice(below(6)).map((name) => says(name, word()))),
      () => store(...names.slice(below(6)).map((name) => says(name, word()))),
      () => store(says(one(names), word())),
      async () => {
        clock.advance(OFFLINE_GRACE_MS);
        await settleGone(kysely, clock.now() - OFFLINE_GRACE_MS);
      },
    ];
    for (let act = 1; act <= ACTS; act++) {
      clock.advance(below(2 * HOUR_MS));
      await refused(one(acts)());
      if (act % 10 === 0) await compare(t, world, kysely);
    }
    t.true((await boxes.list(a.scope)).rows.length > 0);
  });
}

type World = Awaited<ReturnType<typeof boxesOfTwo>>;

/** All rows, with what the documents say. */
async function plainly(kysely: Parameters<typeof boxesOfTwo>[0]) {
  const db = kysely.$extendTables<InventoryTables>();
  const [healths, presences] = [
    new Map((await db.selectFrom('box_health').selectAll().execute()).map((row) => [row.box, row])),
    new Map((await db.selectFrom('box_presence').selectAll().execute()).map((row) => [row.box, row])),
  ];
  const findings = await db.selectFrom('box_findings').selectAll().execute();
  return (await db.selectFrom('boxes').selectAll().execute()).map((row) => {
    const kept = healths.get(row.id);
    const said = kept && (JSON.parse(kept.document) as Health);
    const hours = said?.gauges.recorded_hours_ago;
    const its = findings.filter(({ box }) => box === row.id);
    const worst = (['ok', 'warn', 'bad'] as const)[Math.max(0, ...its.map(({ level }) => level))]!;
    const heard = kept !== undefined || presences.has(row.id);
    const standing = { state: row.state, heard, gone: presences.get(row.id)?.gone === 1, worst };
    return {
      ...row,
      is: urgencyOf(standing),
      provenAt: hours === undefined ? null : (Math.floor(said!.until / HOUR_MS) - hours) * HOUR_MS,
      diskDays: said?.gauges.disk_days_left ?? null,
      hasMeasured: kept !== undefined,
      findings: its,
    };
  });
}

type Plain = Awaited<ReturnType<typeof plainly>>[number];

async function compare(t: ExecutionContext, world: World, kysely: Parameters<typeof boxesOfTwo>[0]): Promise<void> {
  const { a, b, boxes, overview, clock } = world;
  const glance = openGlance({ database: kysely });
  const all = await plainly(kysely);
  const since = clock.now() - DAY_MS;
  const scopes: readonly Scope[] = [
    a.scope,
    { msp: a.scope.msp, within: { customers: [a.customers[1]], sites: [a.sites[1]] } },
    b.scope,
  ];
  const tally = (some: readonly Plain[]) => ({
    urgency: Object.fromEntries(urgencies.map((name) => [name, some.filter(({ is }) => is === name).length])),
    policy: Object.fromEntries(
      (['none', 'applied', 'pending', 'rejected'] as const).map((name) => [
        name,
        some.filter(({ policy_state }) => policy_state === name).length,
      ]),
    ),
    software: some.filter(({ software }) => software !== null).length,
  });
  for (const scope of scopes) {
    const { within } = scope;
    const sees = ({ msp, customer, site }: Plain) =>
      msp === scope.msp && (within === 'all' || within.customers.includes(customer) || within.sites.includes(site));
    const seen = all.filter(sees);
    const same = (some: readonly Plain[], { urgency, policy, software }: Awaited<ReturnType<typeof boxes.counts>>) =>
      t.deepEqual({ urgency, policy, software: software.reduce((sum, { boxes }) => sum + boxes, 0) }, tally(some));
    same(seen, await boxes.counts(scope));
    for (const customer of a.customers)
      same(
        seen.filter((row) => row.customer === customer),
        await boxes.counts(scope, { customer }),
      );
    for (const site of a.sites)
      same(
        seen.filter((row) => row.site === site),
        await boxes.counts(scope, { site }),
      );
    const here = seen.filter(({ state }) => state !== 'revoked');
    const told = await glance.told(scope, since);
    const proof = await glance.proof(scope, since, told);
    t.like(proof, {
      boxes: here.length,
      late: here.filter(({ provenAt }) => provenAt !== null && provenAt < since).length,
      unknown: here.filter(({ provenAt }) => provenAt === null).length,
    });
    t.is(proof.doors.length, here.length);
    const short = here.filter(({ diskDays }) => diskDays !== null).length;
    const measured = here.filter(({ hasMeasured }) => hasMeasured).length;
    t.like(await glance.room(scope, 2, told), { short, roomy: measured - short, unknown: here.length - measured });
    const customers = await glance.customers(scope, a.customers);
    for (const [id, glanced] of customers) {
      const active = seen.filter(({ customer, state }) => customer === id && state === 'active');
      const least = (of: readonly (number | null)[]) =>
        of.filter((n) => n !== null).toSorted((x, y) => x - y)[0] ?? null;
      t.is(glanced.provenAt, least(active.map(({ provenAt }) => provenAt)));
      t.is(glanced.diskDays, least(active.map(({ diskDays }) => diskDays)));
      t.is(glanced.unproven, active.filter(({ provenAt, hasMeasured }) => provenAt === null && hasMeasured).length);
      t.deepEqual(glanced.policy, tally(active).policy);
      const acute = active.flatMap(({ findings }) => findings).filter(({ level }) => level > 0);
      t.is(
        glanced.findings.reduce((sum, one) => sum + one.boxes, 0),
        acute.length,
      );
    }
    for (const row of (await overview.customers(scope)).rows)
      t.deepEqual(row.counts as object, tally(seen.filter(({ customer }) => customer === row.id)).urgency);
    for (const [site, { boxes: count, urgency }] of await glance.sites(scope, a.sites)) {
      const its = seen.filter((row) => row.site === site);
      t.is(count, its.length);
      t.is(rankOf(urgency), Math.min(...its.map(({ is }) => rankOf(is))));
    }
  }
  t.deepEqual(await openTotals({ database: kysely }).byUrgency(), tally(all).urgency);
}
