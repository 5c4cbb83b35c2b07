/** An MSP with an owner who has signed in, on any database, with the fleet's real log beside it. */
import { generateKeyPairSync } from 'node:crypto';
import { totpCode } from '@belkluis/shared/access/totp';
import { seededChance, systemChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import type { ExecutionContext } from 'ava';
import { openFleetLog } from '../../audit/log.ts';
import { auditMigrations } from '../../audit/tables.ts';
import { idSource } from '../../db/ids.ts';
import type { AnyTables } from '../../db/open.ts';
import type { TestDatabase } from '../../db/testing/databases.ts';
import { openMsps } from '../../tenants/msps.ts';
import { wholeMsp } from '../../tenants/scope.ts';
import { tenantMigrations } from '../../tenants/tables.ts';
import { openAccess } from '../access.ts';
import type { AccessEvent } from '../events.ts';
import type { Outbound } from '../oidc/outbound.ts';
import type { Declare } from '../oidc/providers.ts';
import { oidcMigrations } from '../oidc/tables.ts';
import type { Grant, Role } from '../rights.ts';
import { accessMigrations } from '../tables.ts';

export const PASSWORD = 'four words in a row';
export const ADDRESS = '192.0.2.7';
export const site = { origin: 'https://fleet.example', host: 'fleet.example' };
const fleetMigrations = [...tenantMigrations, ...accessMigrations, ...oidcMigrations, ...auditMigrations];

export const of = (role: Role, where: { customer?: string; site?: string } = {}): Grant => ({
  role,
  customer: where.customer ?? null,
  site: where.site ?? null,
});

/** Nobody is there. */
const nowhere: Outbound = async () => {
  throw new Error('there is no network in this test');
};

export function accessOn(database: AnyTables, clock: ManualClock, outbound = nowhere) {
  const log = openFleetLog({ database, fleetId: 'f'.repeat(32), clock, chance: systemChance });
  const events: AccessEvent[] = [];
  const works = { audit: true };
  const newId = idSource(clock, systemChance);
  /** What the fleet says that it connects to. */
  const declared = new Set<{ readonly place: string }>();
  const places = () => [...declared].map(({ place }) => place);
  const declare: Declare = ({ msp, host, port, country }) => {
    if (country === 'ZZ') throw new Error('nothing may be there');
    const one = { place: `${msp} ${host}:${port} ${country}` };
    declared.add(one);
    return () => void declared.delete(one);
  };
  const access = openAccess({
    database,
    clock,
    chance: seededChance(newId()),
    newId,
    site,
    hashCost: { memoryKiB: 64, passes: 1 },
    identity: { sealKey: Buffer.alloc(32, 7), outbound, declare },
    append: async (event, transaction) => {
      if (!works.audit) throw new Error('the log takes nothing');
      await log.append(event, transaction);
      events.push(event);
    },
  });
  return { access, places, log, events, works, newId };
}

export async function msp(t: ExecutionContext, on: TestDatabase, outbound = nowhere) {
  const { kysely } = await on.fresh(t, fleetMigrations);
  const clock = new ManualClock();
  const made = accessOn(kysely, clock, outbound);
  const { access, newId } = made;
  const msps = openMsps({ database: kysely, clock, newId, append: async () => {} });
  const scope = wholeMsp((await msps.create('A', 'operator')).id);
  const other = wholeMsp((await msps.create('B', 'operator')).id);

  /** Invited, accepted, enrolled: a whole session, and how to sign in again. */
  const join = async (email: string, grants: readonly Grant[], within = scope) => {
    const { token } = await access.people.invite(within, { email, grants }, 'operator');
    const enrol = await access.people.accept(token, email.split('@')[0]!, PASSWORD);
    const { secret } = await access.signIn.beginTotp(enrol);
    const session = await access.signIn.confirmTotp(enrol, totpCode(secret, clock.now()));
    const person = await access.signedIn(session);
    const code = () => totpCode(secret, clock.now());
    const signIn = async () => {
      clock.advance(30_000);
      const first = await access.signIn.enterPassword(email, PASSWORD, ADDRESS);
      return await access.signIn.enterCode(first.session, code(), ADDRESS);
    };
    return { session, person, code, signIn };
  };
  const anna = await join('anna@a.example', [of('owner')]);
  const verified = async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    await made.log.checkpoint(privateKey);
    return (await made.log.verify(publicKey)).ok;
  };
  return { ...made, msps, kysely, clock, scope, other, join, anna, verified };
}
