/** A console with the fleet's real rooms behind it, on SQLite, and people at it. */
import { generateKeyPairSync } from 'node:crypto';
import { totpCode } from '@belkluis/shared/access/totp';
import { rawPublicKey } from '@belkluis/shared/audit/note';
import { seededChance, systemChance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { silentLog } from '@belkluis/shared/base/log';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import { visitor } from '@belkluis/shared/web/testing/visitor';
import type { ExecutionContext } from 'ava';
import { openAccess } from '../../access/access.ts';
import type { Outbound } from '../../access/oidc/outbound.ts';
import type { Grant, Role } from '../../access/rights.ts';
import { openAlertRoom } from '../../alerts/room.ts';
import { enrolmentEntry, tenantEntry } from '../../audit/events.ts';
import { openFleetLog } from '../../audit/log.ts';
import { openBoxWitness } from '../../audit/witness.ts';
import { openCommands } from '../../commands/commands.ts';
import { openCompliance } from '../../compliance/compliance.ts';
import { openLocations } from '../../compliance/locations.ts';
import { idSource } from '../../db/ids.ts';
import type { AnyTables } from '../../db/open.ts';
import { both } from '../../db/testing/databases.ts';
import type { FleetCa } from '../../enrolment/ca.ts';
import { openEnrolment } from '../../enrolment/enrolment.ts';
import { openEnrolmentStore } from '../../enrolment/store.ts';
import { type BoxEvent, openBoxes } from '../../inventory/boxes.ts';
import { openGlance } from '../../inventory/glance.ts';
import { openIdentities } from '../../inventory/identities.ts';
import { openOverview } from '../../inventory/overview.ts';
import { openTags } from '../../inventory/tags.ts';
import { migrations } from '../../migrations.ts';
import { openPolicies } from '../../policy/policies.ts';
import { memoryKeys } from '../../policy/testing/world.ts';
import { openSoftware } from '../../software/software.ts';
import type { TenantEvent } from '../../tenants/events.ts';
import { openMsps } from '../../tenants/msps.ts';
import { wholeMsp } from '../../tenants/scope.ts';
import { openTenants } from '../../tenants/tenants.ts';
import { openViews } from '../../views/views.ts';
import { createConsole } from '../app.ts';
import { loadAssets } from '../assets.ts';
import { openLive } from '../live.ts';
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

/** On a database of the test, with a clock that the test turns. */
export async function testConsole(t: ExecutionContext, outbound = nowhere) {
  const { kysely } = await both[0]!.fresh(t, migrations);
  return await consoleOn(kysely, new ManualClock(Date.UTC(2026, 9, 9, 10, 0)), ORIGIN, outbound);
}

export async function consoleOn<Time extends Clock>(
  kysely: AnyTables,
  clock: Time,
  origin: string,
  outbound = nowhere,
) {
  const site = { origin, host: new URL(origin).hostname };
  const log = openFleetLog({ database: kysely, fleetId: 'f'.repeat(32), clock, chance: systemChance });
  const newId = idSource(clock, systemChance);
  const append = (event: TenantEvent | BoxEvent, transaction: AnyTables) => log.append(tenantEntry(event), transaction);
  const parts = { database: kysely, clock, newId, append };
  const access = openAccess({
    ...parts,
    chance: seededChance(newId()),
    site,
    hashCost: { memoryKiB: 64, passes: 1 },
    identity: { sealKey: Buffer.alloc(32, 7), outbound, declare: () => () => {} },
    append: (event, transaction) => log.append(event, transaction),
  });
  const [msps, tenants] = [openMsps(parts), openTenants(parts)];
  const logKey = generateKeyPairSync('ed25519');
  const boxKey = generateKeyPairSync('ed25519');
  /** `agreement`: as it is with every customer; null: as it was signed. */
  const works: { agreement: 'valid' | 'missing' | 'expired' | null; policyKey: string } = {
    agreement: 'valid',
    policyKey: logKey.publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
  };
  const witness = openBoxWitness({
    database: kysely,
    clock,
    witness: { name: 'fleet.example/witness', privateKey: logKey.privateKey },
    logKeyOf: async () => boxKey.publicKey,
    append: log.append,
    raise: async () => {},
  });
  const enrolmentStore = openEnrolmentStore(kysely);
  const enrolment = openEnrolment({
    store: enrolmentStore,
    ca: { root: '' } as FleetCa,
    brokers: [],
    clock,
    chance: systemChance,
    agreementOf: async () => works.agreement ?? 'missing',
    append: (event) => log.append(enrolmentEntry(event)),
  });
  const alerts = openAlertRoom({
    ...{ database: kysely, clock, newId, chance: systemChance, log: silentLog },
    senders: { webhook: async () => {}, mail: async () => {} },
    mayStand: () => {},
    append: (event, transaction) => log.append(event, transaction),
  });
  const boxes = openBoxes(parts);
  const commands = openCommands({ ...parts, append: (event, transaction) => log.append(event, transaction) });
  const locations = openLocations({
    ...{ region: 'NL', regionTransfer: null, lock: 'EEA', declared: [], provider: 'NL' },
    dialled: [{ purpose: 'database', host: '/', port: 0 }],
  });
  const compliance = openCompliance({
    ...{ database: kysely, clock, newId, locations, lock: 'EEA', certifications: [], audits: [], keysEncrypted: true },
    ...{ log: silentLog, timeZone: 'Europe/Amsterdam' },
    kept: { staff: 395, boxes: 90, counts: 90, log: 730, address: 1 },
    provider: {
      ...{ name: 'Kabelwerk BV', address: 'Kanaalweg 1, Utrecht', country: 'NL', parentCountry: 'NL' },
      contact: 'privacy@kabelwerk.example',
    },
    append: (event, transaction) => log.append(event, transaction),
  });
  const policies = openPolicies({
    ...{ database: kysely, clock, newId, chance: systemChance, folder: memoryKeys() },
    append: (event, transaction) => log.append(event, transaction),
    agreementOf: async () => ({ state: works.agreement ?? 'valid', until: null }),
  });
  const software = openSoftware({
    ...{ database: kysely, clock },
    append: (event, transaction) => log.append(event, transaction),
  });
  const standing = (is: 'valid' | 'missing' | 'expired') =>
    is === 'missing' ? { is } : { is, until: Date.UTC(2026, 11, 31) };
  const logged: { event: string; fields: object }[] = [];
  const services: ConsoleServices = {
    clock,
    log: (event, fields = {}) => {
      logged.push({ event, fields });
    },
    version: '1.4.2',
    region: 'NL',
    timeZone: 'Europe/Amsterdam',
    site,
    access,
    msps,
    tenants,
    boxes,
    tags: openTags(parts),
    views: openViews({ ...parts, append: (event, transaction) => log.append(event, transaction) }),
    overview: openOverview(parts),
    glance: openGlance(parts),
    enrolment,
    alerts,
    compliance: {
      ...compliance,
      agreements: {
        ...compliance.agreements,
        async with(scope, customer) {
          const { agreement: is } = works;
          if (is === null) return await compliance.agreements.with(scope, customer);
          await tenants.customer(scope, customer);
          return { agreements: [], standing: standing(is), push: { may: is === 'valid', stopsAt: null } };
        },
        async standings(scope, customers) {
          const own = await compliance.agreements.standings(scope, customers);
          const { agreement: is } = works;
          return is === null ? own : new Map([...own.keys()].map((customer) => [customer, standing(is)]));
        },
        agreementOf: async (site) => works.agreement ?? (await compliance.agreements.agreementOf(site)),
      },
    },
    auditPack: async (msp, actor) => Buffer.from(`${msp} ${actor}`),
    policies,
    policyKeyOf: async () => works.policyKey,
    commands,
    software,
    policyOf: policies.standing.box,
    async revoke(box, by) {
      const place = await openIdentities({ database: kysely, clock }).place(box);
      if (place) await boxes.revoke(wholeMsp(place.msp), box, by);
    },
    audit: log,
    logKey: rawPublicKey(logKey.publicKey).toString('base64'),
    witness,
    ends: () => ({ root: Date.UTC(2046, 8, 11), boxes: Date.UTC(2031, 1, 3) }),
    live: openLive(clock),
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
    const at = visitor(app, origin, headers);
    at.cookies.set('__Host-session', session);
    return { ...at, session, person, code: () => totpCode(secret, clock.now()) };
  };
  return {
    app,
    services,
    works,
    logKey,
    boxKey,
    enrolmentStore,
    alerts,
    commands,
    policies,
    software,
    witness,
    kysely,
    clock,
    log,
    logged,
    newId,
    scope,
    other,
    invite,
    join,
    visitor: () => visitor(app, origin),
  };
}

export type TestConsole = Awaited<ReturnType<typeof testConsole>>;
