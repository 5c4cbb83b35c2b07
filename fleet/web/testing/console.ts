/** A console with the fleet's real rooms behind it, on SQLite, and people at it. */
import { totpCode } from '@belkluis/shared/access/totp';
import { seededChance, systemChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import { visitor } from '@belkluis/shared/web/testing/visitor';
import type { ExecutionContext } from 'ava';
import { openAccess } from '../../access/access.ts';
import type { Outbound } from '../../access/oidc/outbound.ts';
import type { Grant, Role } from '../../access/rights.ts';
import { tenantEntry } from '../../audit/events.ts';
import { openFleetLog } from '../../audit/log.ts';
import { idSource } from '../../db/ids.ts';
import type { AnyTables } from '../../db/open.ts';
import { both } from '../../db/testing/databases.ts';
import { type BoxEvent, openBoxes } from '../../inventory/boxes.ts';
import { openOverview } from '../../inventory/overview.ts';
import { migrations } from '../../migrations.ts';
import type { TenantEvent } from '../../tenants/events.ts';
import { openMsps } from '../../tenants/msps.ts';
import { wholeMsp } from '../../tenants/scope.ts';
import { openTenants } from '../../tenants/tenants.ts';
import { createConsole } from '../app.ts';
import { loadAssets } from '../assets.ts';
import type { ConsoleServices } from '../services.ts';

export const ORIGIN = 'https://fleet.example';
export const PASSWORD = 'four words in a row';
const assets = loadAssets();

export const of = (role: Role, where: { customer?: string; site?: string } = {}): Grant => ({
  role,
  customer: where.customer ?? null,
  site: where.site ?? null,
});

/** Nobody is there. */
const nowhere: Outbound = async () => {
  throw new Error('there is no network in this test');
};

export async function testConsole(t: ExecutionContext, outbound = nowhere) {
  const { kysely } = await both[0]!.fresh(t, migrations);
  const clock = new ManualClock(Date.UTC(2026, 9, 9, 10, 0));
  const log = openFleetLog({ database: kysely, fleetId: 'f'.repeat(32), clock, chance: systemChance });
  const newId = idSource(clock, systemChance);
  const append = (event: TenantEvent | BoxEvent, transaction: AnyTables) => log.append(tenantEntry(event), transaction);
  const parts = { database: kysely, clock, newId, append };
  const access = openAccess({
    ...parts,
    chance: seededChance(newId()),
    site: { origin: ORIGIN, host: 'fleet.example' },
    hashCost: { memoryKiB: 64, passes: 1 },
    identity: { sealKey: Buffer.alloc(32), outbound, declare: () => () => {} },
    append: (event, transaction) => log.append(event, transaction),
  });
  const [msps, tenants] = [openMsps(parts), openTenants(parts)];
  const logged: { event: string; fields: object }[] = [];
  const services: ConsoleServices = {
    clock,
    log: (event, fields = {}) => {
      logged.push({ event, fields });
    },
    version: '1.4.2',
    region: 'NL',
    timeZone: 'Europe/Amsterdam',
    site: { origin: ORIGIN, host: 'fleet.example' },
    access,
    msps,
    tenants,
    boxes: openBoxes(parts),
    overview: openOverview(parts),
  };
  const app = createConsole(services, assets);
  const scope = wholeMsp((await msps.create('Noordkop ICT', 'operator')).id);
  const other = wholeMsp((await msps.create('Zuidrand Beheer', 'operator')).id);

  /** The code of an invitation, as its link has it. */
  const invite = async (email: string, grants: readonly Grant[], within = scope) =>
    (await access.people.invite(within, { email, grants }, 'operator')).token;

  /** Somebody with a password and an authenticator app, who has signed in and sits at a browser of their own. */
  const join = async (
    email: string,
    grants: readonly Grant[],
    within = scope,
    headers: Record<string, string> = {},
  ) => {
    const enrol = await access.people.accept(await invite(email, grants, within), email.split('@')[0]!, PASSWORD);
    const { secret } = await access.signIn.beginTotp(enrol);
    const session = await access.signIn.confirmTotp(enrol, totpCode(secret, clock.now()));
    const person = await access.signedIn(session);
    const at = visitor(app, ORIGIN, headers);
    at.cookies.set('__Host-session', session);
    return { ...at, session, person, code: () => totpCode(secret, clock.now()) };
  };
  return {
    app,
    services,
    kysely,
    clock,
    log,
    logged,
    newId,
    scope,
    other,
    invite,
    join,
    visitor: () => visitor(app, ORIGIN),
  };
}

export type TestConsole = Awaited<ReturnType<typeof testConsole>>;
