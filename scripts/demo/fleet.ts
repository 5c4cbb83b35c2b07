/** A fleet to try things on: its process, an MSP with a customer and a site, and the demo box enrolled there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { silentLog } from '@belkluis/shared/base/log';
import { Problem } from '@belkluis/shared/base/problem';
import { places } from '../../appliance/config.ts';
import { joinFleet } from '../../appliance/join-fleet.ts';
import { policyFiles } from '../../appliance/policy/store.ts';
import type { Enrolment } from '../../appliance/uplink/enrol/enrol.ts';
import { makeFolder, writeFileDurably } from '../../appliance/vault/durable.ts';
import { readConfig, siteOf } from '../../fleet/config.ts';
import { openRooms, type Rooms } from '../../fleet/open-rooms.ts';
import { wholeMsp } from '../../fleet/tenants/scope.ts';
import { withBox } from '../cli/box.ts';
import { freePort, type PreparedBox } from './box.ts';
import { type RunningProcess, startProcess } from './processes.ts';

/** As logs name who made the demo: the person who tries it. */
const ACTOR = 'demo';

/** Whoever tries it runs this fleet; agreements and `/trust` name them. */
const provider = {
  ...{ name: 'Whoever tries this', address: 'This machine', country: 'NL', parentCountry: 'NL' },
  contact: 'owner@demo.example',
};

/** How long a box may take to come or to follow, ms: its desk looks every two seconds. */
const PATIENCE_MS = 30_000;

export interface DemoFleet {
  readonly configPath: string;
  readonly logPath: string;
  readonly process: RunningProcess;
  /** Where the console is. */
  readonly origin: string;
  /** Where boxes enrol. */
  readonly enrolment: string;
  /** Does what its operator does at the terminal of its machine: on its database, while it runs. */
  withRooms<T>(work: (rooms: Rooms) => Promise<T>): Promise<T>;
}

/** The fleet below `folder`: made the first time. */
export async function startFleet(folder: string, ports: { readonly console?: number } = {}): Promise<DemoFleet> {
  const configPath = join(folder, 'fleet.json');
  if (!existsSync(configPath)) {
    makeFolder(folder);
    const [mqtt, enrolment, console] = [await freePort(), await freePort(), ports.console ?? (await freePort())];
    const config = {
      data: join(folder, 'data'),
      hosts: ['127.0.0.1', 'localhost'],
      address: '127.0.0.1',
      ports: { mqtt, webSocket: null, enrolment, console },
      // Passkeys are bound to a name, never to an address.
      console: { origin: `https://localhost:${console}` },
      region: 'NL',
      compliance: { provider },
    };
    // Whole or not there: a start that is cut off here leaves nothing that the next cannot read.
    writeFileDurably(configPath, JSON.stringify(config, null, 2));
  }
  const config = readConfig(configPath, {});
  const logPath = join(folder, 'fleet.log');
  return {
    configPath,
    logPath,
    process: await startProcess('fleet', configPath, logPath),
    origin: siteOf(config).origin,
    enrolment: `https://127.0.0.1:${config.ports.enrolment}`,
    async withRooms(work) {
      const rooms = await openRooms(config, silentLog);
      try {
        return await work(rooms);
      } finally {
        await rooms.database.close();
      }
    },
  };
}

export interface DemoPlace {
  readonly msp: string;
  readonly customer: string;
  readonly site: string;
}

const MSP_NAME = 'Demo MSP';

/** An MSP, a customer that has signed its agreement, and a site: what of them an earlier start that was cut off has not made. */
export const makePlace = (fleet: DemoFleet): Promise<DemoPlace> =>
  fleet.withRooms(async ({ msps, tenants, compliance: { agreements } }) => {
    const known = (await msps.list()).find(({ name }) => name === MSP_NAME);
    const { id: msp } = known ?? (await msps.create(MSP_NAME, ACTOR));
    const scope = wholeMsp(msp);
    const [knownCustomer] = (await tenants.customers(scope)).rows;
    const { id: customer } = knownCustomer ?? (await tenants.createCustomer(scope, 'Demo customer', ACTOR));
    const [knownSite] = (await tenants.sites(scope, { customer })).rows;
    const fields = { name: 'Demo office', country: 'NL', timeZone: 'Europe/Amsterdam' };
    const { id: site } = knownSite ?? (await tenants.createSite(scope, customer, fields, ACTOR));
    const { standing } = await agreements.with(scope, customer);
    if (standing.is !== 'valid') {
      await agreements.send(scope, customer, 'en', ACTOR);
      const signed = { by: 'Whoever tries this', at: systemClock.now(), until: null, scan: null };
      await agreements.sign(scope, customer, signed, ACTOR);
    }
    return { msp, customer, site };
  });

export interface OwnersLink {
  readonly url: string;
  /** Wall clock, ms. */
  readonly expiresAt: number;
}

/** By what the MSP's first owner makes an account of their own, in place of any before it; null: somebody has made one. */
export const inviteOwner = (fleet: DemoFleet, { msp }: DemoPlace): Promise<OwnersLink | null> =>
  fleet.withRooms(async ({ access: { people } }) => {
    const scope = wholeMsp(msp);
    if ((await people.list(scope)).length > 0) return null;
    for (const { id } of await people.invitations(scope)) await people.withdraw(scope, id, ACTOR);
    const grants = (['owner', 'policy_author', 'policy_signer'] as const).map((role) => ({
      ...{ role, customer: null, site: null },
    }));
    const { token } = await people.invite(scope, { email: provider.contact, grants }, ACTOR);
    const [{ expiresAt } = { expiresAt: 0 }] = await people.invitations(scope);
    return { url: `${fleet.origin}/invitation#${token}`, expiresAt };
  });

/**
 * Resolves with what `look` gives once it is something. A refusal may pass: the box's desk takes the same steps meanwhile.
 * @throws Error naming `what` when it never is, because of the last refusal.
 */
async function eventually<T>(look: () => Promise<T | null>, what: string, { logPath }: DemoFleet): Promise<T> {
  let cause: Problem | undefined;
  for (const until = systemClock.monotonic() + PATIENCE_MS; systemClock.monotonic() < until; await delay(200)) {
    try {
      const seen = await look();
      if (seen !== null) return seen;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      cause = error;
    }
  }
  throw new Error(`never: ${what}; the fleet’s log: ${logPath}`, { cause });
}

/** The next step of a box on its way into the fleet, and of the people on both sides. True: it is in. */
async function stepIn(own: Enrolment, fleet: DemoFleet, { msp, site }: DemoPlace): Promise<true | null> {
  const status = own.status();
  if (status.at === 'enrolled') return true;
  if (status.at === 'alone') await own.begin(fleet.enrolment, ACTOR);
  // The fleet knows the box by its code from the first time on that it asks.
  else if (status.at !== 'offered') await own.ask();
  else await own.confirm(ACTOR, status.fleet);
  const after = own.status();
  if (status.at === 'offering' && after.at === 'offering')
    await fleet.withRooms(async ({ operator, enrolment, policies }) => {
      const { mspName, siteName } = await operator.place(site);
      const policyKey = await policies.keys.pinned(msp, ACTOR);
      await enrolment.typed(after.code, { msp, mspName, site, siteName, policyKey }, ACTOR);
    });
  return null;
}

/**
 * Enrols a box that runs, from wherever an earlier start has left it: its code is typed at the site, and both fingerprints are compared and confirmed, as
 * two people do. Returns its id.
 * @throws Error when the box does not come online.
 */
export async function enrolBox(box: Pick<PreparedBox, 'config'>, fleet: DemoFleet, place: DemoPlace): Promise<string> {
  const id = await withBox(box.config.data, async ({ at, device, log }) => {
    const own = joinFleet({
      ...{ at, device, clock: systemClock, chance: systemChance },
      append: (entry) => log.append(entry),
    });
    try {
      await eventually(() => stepIn(own, fleet, place), 'the box is enrolled', fleet);
    } finally {
      own.close();
    }
    return device.deviceId;
  });
  const scope = wholeMsp(place.msp);
  await fleet.withRooms(({ identities, boxes, policies }) =>
    eventually(
      async () => {
        if (!(await identities.place(id))) return null;
        const { presence } = await boxes.get(scope, id);
        const { reported } = await policies.standing.box(scope, id);
        return presence?.is === 'online' && reported ? true : null;
      },
      'the box is online',
      fleet,
    ),
  );
  return id;
}

/**
 * Signs a policy at the fleet that is the customer's own but for one line, which records less, unless one was signed for this box before, and waits until it
 * is in force at the box.
 * @throws Error when it does not come into force.
 */
export const pushPolicy = (box: PreparedBox, fleet: DemoFleet, { msp }: DemoPlace, id: string): Promise<number> =>
  fleet.withRooms(async ({ policies }) => {
    const scope = wholeMsp(msp);
    if ((await policies.standing.box(scope, id)).desired === null) {
      const own = readFileSync(policyFiles(places(box.config.data).policy).current, 'utf8');
      await policies.documents.bring(scope, own, ACTOR);
      const ref = { kind: 'msp', of: msp } as const;
      const { version } = (await policies.levels.chain(scope, ref)).at(-1)!;
      const quiet = { id: 'council', why: 'works-council', extensions: ['council'] };
      if (version === 0) await policies.levels.write(scope, ref, 0, { parts: { neverRecord: [quiet] } }, ACTOR);
      const choice = { all: true };
      const { token } = await policies.preview(scope, choice);
      await policies.sign(scope, { choice, token, title: 'The works council is never recorded' }, ACTOR);
    }
    return eventually(
      async () => {
        const { state, desired } = await policies.standing.box(scope, id);
        return state === 'applied' && desired ? desired.version : null;
      },
      'the policy of the fleet is in force',
      fleet,
    );
  });
