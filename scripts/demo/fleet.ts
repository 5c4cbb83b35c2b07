/** A fleet to try things on: its process, an MSP with a customer and a site, and the demo box enrolled there. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { silentLog } from '@belkluis/shared/base/log';
import { places } from '../../appliance/config.ts';
import { joinFleet } from '../../appliance/join-fleet.ts';
import { policyFiles } from '../../appliance/policy/store.ts';
import { makeFolder } from '../../appliance/vault/durable.ts';
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
    writeFileSync(configPath, JSON.stringify(config, null, 2));
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
  /** Where its first owner makes an account of their own. */
  readonly invitation: string;
}

/** An MSP, a customer that has signed its agreement, and a site. */
export const makePlace = (fleet: DemoFleet): Promise<DemoPlace> =>
  fleet.withRooms(async ({ msps, tenants, compliance, access }) => {
    const { id: msp } = await msps.create('Demo MSP', ACTOR);
    const scope = wholeMsp(msp);
    const { id: customer } = await tenants.createCustomer(scope, 'Demo customer', ACTOR);
    const fields = { name: 'Demo office', country: 'NL', timeZone: 'Europe/Amsterdam' };
    const { id: site } = await tenants.createSite(scope, customer, fields, ACTOR);
    await compliance.agreements.send(scope, customer, 'en', ACTOR);
    const signed = { by: 'Whoever tries this', at: systemClock.now(), until: null, scan: null };
    await compliance.agreements.sign(scope, customer, signed, ACTOR);
    const grants = (['owner', 'policy_author', 'policy_signer'] as const).map((role) => ({
      ...{ role, customer: null, site: null },
    }));
    const { token } = await access.people.invite(scope, { email: provider.contact, grants }, ACTOR);
    return { msp, customer, site, invitation: `${fleet.origin}/invitation#${token}` };
  });

/** Resolves with what `look` gives once it is something. @throws Error naming `what` when it never is. */
async function eventually<T>(look: () => Promise<T | null>, what: string, { logPath }: DemoFleet): Promise<T> {
  for (const until = systemClock.monotonic() + PATIENCE_MS; systemClock.monotonic() < until; await delay(200)) {
    const seen = await look();
    if (seen !== null) return seen;
  }
  throw new Error(`never: ${what}; the fleet’s log: ${logPath}`);
}

/**
 * Enrols a box that runs: its code is typed at the site, and both fingerprints are compared and confirmed, as two people do. Returns its id.
 * @throws Error when the box does not come online.
 */
export async function enrolBox(
  box: Pick<PreparedBox, 'config'>,
  fleet: DemoFleet,
  { msp, site }: DemoPlace,
): Promise<string> {
  const id = await withBox(box.config.data, async ({ at, device, log }) => {
    const own = joinFleet({
      ...{ at, device, clock: systemClock, chance: systemChance },
      append: (entry) => log.append(entry),
    });
    try {
      const offering = await own.begin(fleet.enrolment, ACTOR);
      if (offering.at !== 'offering') throw new Error('the demo box is in a fleet already');
      // The fleet knows the box by its code from now on.
      await own.ask();
      await fleet.withRooms(async ({ operator, enrolment, policies }) => {
        const { mspName, siteName } = await operator.place(site);
        const policyKey = await policies.keys.pinned(msp, ACTOR);
        await enrolment.typed(offering.code, { msp, mspName, site, siteName, policyKey }, ACTOR);
      });
      const offered = await own.ask();
      if (offered.at !== 'offered') throw new Error('the demo fleet did not prove that it knows the code');
      await own.confirm(ACTOR, offered.fleet);
    } finally {
      own.close();
    }
    return device.deviceId;
  });
  await fleet.withRooms(({ identities, boxes, policies }) =>
    eventually(
      async () => {
        if (!(await identities.place(id))) return null;
        const { presence } = await boxes.get(wholeMsp(msp), id);
        const { reported } = await policies.standing.box(wholeMsp(msp), id);
        return presence?.is === 'online' && reported ? true : null;
      },
      'the box is online',
      fleet,
    ),
  );
  return id;
}

/**
 * Signs a policy at the fleet that is the customer's own but for one line, which records less, and waits until it is in force at the box.
 * @throws Error when it does not come into force.
 */
export const pushPolicy = (box: PreparedBox, fleet: DemoFleet, { msp }: DemoPlace, id: string): Promise<number> =>
  fleet.withRooms(async ({ policies }) => {
    const scope = wholeMsp(msp);
    const ref = { kind: 'msp', of: msp } as const;
    await policies.documents.bring(
      scope,
      readFileSync(policyFiles(places(box.config.data).policy).current, 'utf8'),
      ACTOR,
    );
    const quiet = { id: 'council', why: 'works-council', extensions: ['council'] };
    await policies.levels.write(scope, ref, 0, { parts: { neverRecord: [quiet] } }, ACTOR);
    const choice = { all: true };
    const { token } = await policies.preview(scope, choice);
    await policies.sign(scope, { choice, token, title: 'The works council is never recorded' }, ACTOR);
    return eventually(
      async () => {
        const { state, desired } = await policies.standing.box(scope, id);
        return state === 'applied' && desired ? desired.version : null;
      },
      'the policy of the fleet is in force',
      fleet,
    );
  });
