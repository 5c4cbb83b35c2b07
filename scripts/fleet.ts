/**
 * Runs a fleet, and does at the terminal of its machine what its operator does: `npm run -s fleet -- serve`, `… msp add NAME`. Works on the database; a
 * fleet that runs notices. Exit codes: 0 done, 1 refused, 2 not understood.
 */
import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { systemClock } from '@belkluis/shared/base/clock';
import { Counters } from '@belkluis/shared/base/counters';
import { stderrLog } from '@belkluis/shared/base/log';
import { Problem, problemsOf } from '@belkluis/shared/base/problem';
import { roles } from '../fleet/access/rights.ts';
import { CONFIG_PATH, type Config, processNames, readConfig, siteOf } from '../fleet/config.ts';
import type { BoxRow } from '../fleet/inventory/boxes.ts';
import { joinBoxes } from '../fleet/join-boxes.ts';
import { joinExternal } from '../fleet/join-broker.ts';
import { joinMosquitto } from '../fleet/join-mosquitto.ts';
import { serve } from '../fleet/main.ts';
import { openRooms, type Rooms } from '../fleet/open-rooms.ts';
import { wholeMsp } from '../fleet/tenants/scope.ts';
import { complianceCommands, complianceOptions, complianceUsage } from './fleet/compliance.ts';
import type { Given, Result } from './fleet/given.ts';
import { policyCommands, policyOptions, policyUsage } from './fleet/policy.ts';
import { softwareCommands, softwareUsage } from './fleet/software.ts';

const problem = problemsOf({
  usage: 'This is not understood.',
  msp_unknown: 'There is no such MSP. `places` lists them with their ids.',
  key_unreadable: 'The key is not an Ed25519 public key in PEM. Give the one with which this MSP signs policies.',
});

const usage = `Usage: npm run -s fleet -- [--config FILE] [--json] COMMAND
  serve                                   runs the fleet until it is told to stop
  msp add NAME                            an MSP
  customer add NAME --msp ID              a customer of it
  site add NAME --customer ID [--country NL] [--time-zone Europe/Amsterdam]
  invite EMAIL --msp ID [--role owner]    somebody of an MSP: prints a link that is good once, for a week
  places                                  MSPs, customers and sites with their ids
  claim CODE --site ID [--policy-key FILE]
                                          a box that shows this code goes to this site, once a person at it confirms; there
                                          must be a signed agreement with the customer. It pins the MSP's key for
                                          policies, or this one
  boxes                                   all of them, most urgent first
  revoke BOX                              its certificates count no more, and it is disconnected
  broker-files                            writes what a Mosquitto beside the fleet is told, as the fleet does when it begins
  broker-forget PROCESS                   ends what a broker beside the fleet keeps for a process that is no more
${complianceUsage}
${policyUsage}
${softwareUsage}`;

/** As the log names who sits at the terminal. */
const ACTOR = 'operator';

const { values, positionals } = (() => {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        config: { type: 'string', default: process.env.BELKLUIS_FLEET_CONFIG ?? CONFIG_PATH },
        json: { type: 'boolean', default: false },
        msp: { type: 'string' },
        customer: { type: 'string', multiple: true },
        site: { type: 'string' },
        country: { type: 'string' },
        'time-zone': { type: 'string', default: 'Europe/Amsterdam' },
        role: { type: 'string', default: 'owner' },
        'policy-key': { type: 'string' },
        ...complianceOptions,
        ...policyOptions,
      },
    });
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${usage}\n`);
    process.exit(2);
  }
})();

const option = (name: string): string | null => {
  const value = (values as Readonly<Record<string, unknown>>)[name];
  const one = Array.isArray(value) ? value[0] : value;
  return typeof one === 'string' ? one : null;
};

const needed = (name: string): string => {
  const value = option(name);
  if (value === null) throw problem('usage', `--${name} is missing`);
  return value;
};

const made = (row: { readonly id: string }): Result => ({ json: row, text: row.id });

/** SPKI, base64. */
function policyKeyIn(file: string): string {
  try {
    const key = createPublicKey(readFileSync(file));
    if (key.asymmetricKeyType === 'ed25519') return key.export({ format: 'der', type: 'spki' }).toString('base64');
  } catch (cause) {
    throw problem('key_unreadable', file, cause);
  }
  throw problem('key_unreadable', file);
}

/** All rows of a list that comes in pages. */
async function allOf<Row>(page: (after: string | undefined) => Promise<{ rows: readonly Row[]; next: string | null }>) {
  const rows: Row[] = [];
  for (let after: string | undefined; ; ) {
    const { rows: some, next } = await page(after);
    rows.push(...some);
    if (next === null) return rows;
    after = next;
  }
}

/** Commands that stand in files of their own. */
const elsewhere = [...complianceCommands, ...policyCommands, ...softwareCommands];

const columns = ['box', 'name', 'state', 'there', 'health', 'urgency'] as const;

/** How long ago, in one unit. */
function age(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 120) return `${s} s`;
  if (s < 7200) return `${Math.floor(s / 60)} min`;
  return s < 172_800 ? `${Math.floor(s / 3600)} h` : `${Math.floor(s / 86_400)} d`;
}

function table(rows: readonly BoxRow[], now: number): string {
  const cells = rows.map(({ id, name, state, presence, heardAt, urgency }) => [
    ...[id, name, state, presence?.is ?? '-'],
    ...[heardAt === null ? '-' : age(now - heardAt), urgency],
  ]);
  const all = [columns as readonly string[], ...cells];
  const widths = columns.map((_, at) => Math.max(...all.map((row) => row[at]!.length)));
  return all
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

async function claim(rooms: Rooms, code: string): Promise<Result> {
  const { operator } = rooms;
  const place = await operator.place(needed('site'));
  const { msp, mspName, site, siteName } = place;
  const file = option('policy-key');
  const policyKey = file === null ? await rooms.policies.keys.pinned(msp, ACTOR) : policyKeyIn(file);
  const { claim } = await rooms.enrolment.typed(code, { msp, mspName, site, siteName, policyKey }, ACTOR);
  return { json: { claim }, text: `${claim}\nNow a person at the box compares the fingerprints and confirms.` };
}

async function allBoxes(rooms: Rooms): Promise<readonly BoxRow[]> {
  const lists = (await rooms.msps.list()).map(({ id }) => allOf((after) => rooms.boxes.list(wholeMsp(id), { after })));
  return (await Promise.all(lists)).flat();
}

async function allPlaces({ msps, tenants }: Rooms): Promise<Result> {
  const lines: string[] = [];
  const places: { kind: string; id: string; name: string }[] = [];
  const tell = (kind: string, depth: number, { id, name }: { readonly id: string; readonly name: string }) => {
    places.push({ kind, id, name });
    lines.push(`${'  '.repeat(depth)}${id}  ${name}`);
  };
  for (const msp of await msps.list()) {
    tell('msp', 0, msp);
    const scope = wholeMsp(msp.id);
    for (const customer of await allOf((after) => tenants.customers(scope, { after }))) {
      tell('customer', 1, customer);
      for (const site of await allOf((after) => tenants.sites(scope, { after, customer: customer.id })))
        tell('site', 2, site);
    }
  }
  return { json: places, text: lines.join('\n') };
}

/** The link holds a secret behind `#`, which no browser sends: it is in no log of a server and in no Referer. */
async function invite({ access, msps }: Rooms, config: Config, email: string): Promise<Result> {
  const msp = needed('msp');
  if (!(await msps.list()).some(({ id }) => id === msp)) throw problem('msp_unknown', msp);
  const role = roles.find((one) => one === values.role);
  if (role === undefined) throw problem('usage', `--role is one of ${roles.join(', ')}`);
  const grants = [{ role, customer: null, site: null }];
  const { id, token } = await access.people.invite(wholeMsp(msp), { email, grants }, ACTOR);
  const link = `${siteOf(config).origin}/invitation#${token}`;
  return { json: { id, link }, text: link };
}

async function run(rooms: Rooms, config: Config, command: string, argument: string | undefined): Promise<Result> {
  const given = (what: string): string => {
    if (argument === undefined) throw problem('usage', `${what} is missing`);
    return argument;
  };
  switch (command) {
    case 'msp add':
      return made(await rooms.msps.create(given('NAME'), ACTOR));
    case 'customer add':
      return made(await rooms.tenants.createCustomer(wholeMsp(needed('msp')), given('NAME'), ACTOR));
    case 'site add': {
      const customer = needed('customer');
      const fields = { name: given('NAME'), country: values.country ?? 'NL', timeZone: values['time-zone'] };
      return made(
        await rooms.tenants.createSite(wholeMsp(await rooms.operator.mspOf(customer)), customer, fields, ACTOR),
      );
    }
    case 'invite':
      return invite(rooms, config, given('EMAIL'));
    case 'places':
      return allPlaces(rooms);
    case 'claim':
      return claim(rooms, given('CODE'));
    case 'boxes': {
      const rows = await allBoxes(rooms);
      return { json: rows, text: table(rows, systemClock.now()) };
    }
    case 'revoke': {
      const box = given('BOX');
      await joinBoxes(rooms, systemClock).revoke(box, ACTOR);
      return { json: { box }, text: `${box} is revoked. A fleet that runs disconnects it within seconds.` };
    }
    case 'broker-files': {
      const mosquitto = joinMosquitto(config, rooms, systemClock);
      const changed = await mosquitto.write();
      const { folder } = mosquitto;
      return { json: { folder, changed }, text: `${folder}: ${changed ? 'written' : 'as it was'}` };
    }
    case 'broker-forget': {
      const name = given('PROCESS');
      if (config.mqttUrl === null || !processNames.some((one) => one === name))
        throw problem('usage', 'MQTT_URL, and fleet, fleet-2, …');
      const log = stderrLog('fleet-terminal');
      const { broker } = await joinExternal({ config, rooms, clock: systemClock, counters: new Counters(), log });
      // As it disconnects a box: whoever comes by this name, and clean, ends what was kept for it.
      await broker.kick(name).finally(() => broker.close());
      return { json: { process: name }, text: `${name} is forgotten.` };
    }
    default: {
      const other = elsewhere.find(({ words }) => words === command);
      if (!other) throw problem('usage');
      const all = values as Readonly<Record<string, unknown>>;
      const given: Given = {
        ...{ argument: argument ?? null, needed, option },
        all: (name) => [all[name] ?? []].flat() as string[],
        flag: (name) => all[name] === true,
      };
      return other.run(rooms, given, ACTOR);
    }
  }
}

async function main(): Promise<number> {
  const two = positionals.slice(0, 2).join(' ');
  const pairs = ['msp add', 'customer add', 'site add', ...elsewhere.map(({ words }) => words)];
  const words = pairs.includes(two) ? 2 : 1;
  const command = positionals.slice(0, words).join(' ');
  if (positionals.length > words + 1 || positionals.length === 0) throw problem('usage');
  const config = readConfig(values.config, process.env);
  const rooms = await openRooms(config, stderrLog('fleet-terminal'));
  try {
    const { json, text } = await run(rooms, config, command, positionals[words]);
    process.stdout.write(values.json ? `${JSON.stringify(json)}\n` : `${text}\n`);
    return 0;
  } finally {
    await rooms.database.close();
  }
}

if (positionals[0] === 'serve') await serve(values.config);
else {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    process.stderr.write(`${error.message}\n`);
    if (error.code === 'usage') process.stderr.write(`${usage}\n`);
    process.exitCode = error.code === 'usage' ? 2 : 1;
  }
}
