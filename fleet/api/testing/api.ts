/** The API with the fleet's real rooms behind it, and programs with tokens before it. Each answer is laid beside the document. */
import { generateKeyPairSync } from 'node:crypto';
import { totpCode } from '@belkluis/shared/access/totp';
import { seededChance, systemChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import type { ExecutionContext } from 'ava';
import { openAccess } from '../../access/access.ts';
import type { Grant } from '../../access/rights.ts';
import { type Act, byToken, acts as everyAct } from '../../access/rights.ts';
import { of, PASSWORD, site } from '../../access/testing/msp.ts';
import type { Senders } from '../../alerts/channels.ts';
import { openAlertRoom } from '../../alerts/room.ts';
import { tenantEntry } from '../../audit/events.ts';
import { openFleetLog } from '../../audit/log.ts';
import { openCommands } from '../../commands/commands.ts';
import { openCompliance } from '../../compliance/compliance.ts';
import { openLocations } from '../../compliance/locations.ts';
import { inNl, kept, provider } from '../../compliance/testing/face.ts';
import { idSource } from '../../db/ids.ts';
import type { AnyTables } from '../../db/open.ts';
import { both, type TestDatabase } from '../../db/testing/databases.ts';
import { problem as enrolmentProblem } from '../../enrolment/problems.ts';
import { type BoxEvent, openBoxes } from '../../inventory/boxes.ts';
import { openIdentities } from '../../inventory/identities.ts';
import { openOverview } from '../../inventory/overview.ts';
import { openTags } from '../../inventory/tags.ts';
import { migrations } from '../../migrations.ts';
import { openPolicies } from '../../policy/policies.ts';
import { memoryKeys } from '../../policy/testing/world.ts';
import type { TenantEvent } from '../../tenants/events.ts';
import { openMsps } from '../../tenants/msps.ts';
import { type Scope, wholeMsp } from '../../tenants/scope.ts';
import { openTenants } from '../../tenants/tenants.ts';
import { createApi } from '../app.ts';
import type { ApiServices } from '../services.ts';
import { checker, type Document } from './document.ts';

export { of };

interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Null: none; else one of its own. */
  readonly key?: string | null;
}

export interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a program reads.
  readonly json: any;
}

const everyToken = everyAct.filter(byToken);

export async function testApi(t: ExecutionContext, database: TestDatabase = both[0]!) {
  const { kysely } = await database.fresh(t, migrations);
  const clock = new ManualClock(Date.UTC(2026, 9, 9, 10, 0));
  const log = openFleetLog({ database: kysely, fleetId: 'f'.repeat(32), clock, chance: systemChance });
  const newId = idSource(clock, systemChance);
  const append = (event: TenantEvent | BoxEvent, transaction: AnyTables) => log.append(tenantEntry(event), transaction);
  const parts = { database: kysely, clock, newId, append };
  const access = openAccess({
    ...parts,
    chance: seededChance(newId()),
    site,
    hashCost: { memoryKiB: 64, passes: 1 },
    identity: {
      sealKey: Buffer.alloc(32),
      outbound: () => Promise.reject(new Error('no network')),
      declare: () => () => {},
    },
    append: (event, transaction) => log.append(event, transaction),
  });
  const [msps, tenants, boxes] = [openMsps(parts), openTenants(parts), openBoxes(parts)];
  const identities = openIdentities(parts);
  const alerts = openAlertRoom({
    ...parts,
    chance: systemChance,
    log: () => {},
    senders: {} as Senders,
    mayStand: () => {},
    append: (event, transaction) => log.append(event, transaction),
  });
  const policies = openPolicies({
    ...parts,
    chance: systemChance,
    append: (event, transaction) => log.append(event, transaction),
    agreementOf: async () => ({ state: 'valid', until: null }),
    folder: memoryKeys(),
  });
  const compliance = openCompliance({
    ...{ ...parts, provider, kept, keysEncrypted: true, certifications: [], audits: [] },
    ...{ lock: inNl.lock, locations: openLocations(inNl), log: () => {}, timeZone: 'Europe/Amsterdam' },
    append: (event, transaction) => log.append(event, transaction),
  });
  const commands = openCommands({ ...parts, append: (event, transaction) => log.append(event, transaction) });
  const logged: { event: string; facts: object }[] = [];
  const claimed = new Map<string, { site: string; expiresAt: number }>();
  /** What claims fail with, and what everything does. */
  const broken: { with: Error | null; all: Error | null } = { with: null, all: null };
  const services: ApiServices = {
    ...{
      database: kysely,
      clock,
      tenants,
      boxes,
      policies,
      compliance,
      commands,
      version: '1.4.2',
      origin: site.origin,
    },
    access: {
      tokens: access.tokens,
      async allowToken(token, act) {
        if (broken.all) throw broken.all;
        return access.allowToken(token, act);
      },
      async bearer(token) {
        if (broken.all) throw broken.all;
        return access.bearer(token);
      },
    },
    log: (event, facts = {}) => {
      logged.push({ event, facts });
    },
    overview: openOverview(parts),
    tags: openTags(parts),
    async revoke(box, by) {
      const place = (await identities.place(box))!;
      await boxes.revoke(wholeMsp(place.msp), box, by);
    },
    claims: {
      async type(at, code) {
        if (broken.with) throw broken.with;
        const refused = ['code_unreadable', 'code_claimed', 'claim_wait', 'agreement_missing'] as const;
        const why = refused.find((one) => one === code);
        if (why) throw enrolmentProblem(why);
        const claim = newId();
        claimed.set(claim, { site: at, expiresAt: clock.now() + 60_000 });
        return { claim };
      },
      at: async (at) =>
        [...claimed]
          .filter(([, one]) => one.site === at)
          .map(([id, { expiresAt }]) => ({ id, state: 'typed' as const, box: null, expiresAt })),
      async withdraw(claim, at) {
        if (claimed.get(claim)?.site !== at) throw enrolmentProblem('claim_unknown');
        claimed.delete(claim);
      },
    },
    alerts,
    audit: log,
    witness: {
      memory: async () => ({ size: 3, note: 'a note', heardAt: clock.now() }),
      evidence: async () => [{ digest: 'd', why: 'fork', remembered: 'one', offered: 'other', foundAt: clock.now() }],
    },
  };
  const api = createApi(services);
  const served = await api.request('/api/v1/openapi.json');
  const document = (await served.json()) as Document;
  const check = checker(document);

  const scope = wholeMsp((await msps.create('A', 'operator')).id);
  const other = wholeMsp((await msps.create('B', 'operator')).id);
  let people = 0;

  /** A program with a token of somebody who may do all that a token can, unless it is said. */
  async function program(
    acts: readonly Act[] = everyToken,
    grants: readonly Grant[] = [of('owner'), of('policy_author')],
    within: Scope = scope,
  ) {
    const { token: invitation } = await access.people.invite(
      within,
      { email: `p${++people}@a.example`, grants },
      'operator',
    );
    const enrol = await access.people.accept(invitation, `Person ${people}`, PASSWORD);
    const { secret } = await access.signIn.beginTotp(enrol);
    const session = await access.signIn.confirmTotp(enrol, totpCode(secret, clock.now()));
    const person = await access.signedIn(session);
    const { id, token } = await access.tokens.make(person, { name: 'A program', acts, days: 30 });
    return { person, id, token, ask: asker(token) };
  }

  const asker =
    (token: string | null) =>
    async (method: string, path: string, { headers = {}, body, key }: Sent = {}): Promise<Told> => {
      const answer = await api.request(`/api/v1${path}`, {
        method,
        headers: {
          ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...(method === 'POST' && key !== null ? { 'Idempotency-Key': key ?? `key-of-a-test-${newId()}` } : {}),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await answer.text();
      const type = answer.headers.get('Content-Type');
      // What is not in the document has no answer in it either.
      if (answer.status !== 404 || check.knows(method, `/api/v1${path}`))
        t.deepEqual(
          check.faults(method, `/api/v1${path}`, answer.status, type, text),
          [],
          `${method} ${path}: ${text}`,
        );
      return { status: answer.status, headers: answer.headers, text, json: text === '' ? null : JSON.parse(text) };
    };

  async function addBox(name: string, at: string, within = scope): Promise<string> {
    const id = Buffer.from(name).toString('hex').padEnd(32, '0').slice(0, 32);
    await boxes.add(within, { id, site: at, name }, 'anna');
    await identities.activate(id);
    return id;
  }
  const { privateKey, publicKey: signer } = generateKeyPairSync('ed25519');
  const sign = () => log.checkpoint(privateKey);
  return {
    alerts,
    commands,
    policies,
    compliance,
    msps,
    api,
    services,
    access,
    kysely,
    clock,
    log,
    logged,
    newId,
    tenants,
    boxes,
    scope,
    other,
    program,
    asker,
    addBox,
    sign,
    signer,
    document,
    check,
    broken,
  };
}
