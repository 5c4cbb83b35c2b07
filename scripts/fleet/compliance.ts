/** Agreements, sub-processors, places, incidents and audit packs at the terminal of a fleet. */
import { createHash, createPublicKey, hash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { systemClock } from '@belkluis/shared/base/clock';
import { problemsOf } from '@belkluis/shared/base/problem';
import { dayAfter, dayBegins } from '@belkluis/shared/web/formats';
import type { Transfer } from '../../fleet/compliance/countries.ts';
import { type Incident, type Reach, severities } from '../../fleet/compliance/incidents.ts';
import type { Standing } from '../../fleet/compliance/standing.ts';
import { incidentText } from '../../fleet/compliance/tell-incident.ts';
import { words } from '../../fleet/compliance/words/words.ts';
import { auditPack } from '../../fleet/join-compliance.ts';
import type { Rooms } from '../../fleet/open-rooms.ts';
import { type Scope, wholeMsp } from '../../fleet/tenants/scope.ts';
import type { Command, Given, Result } from './given.ts';

const problem = problemsOf({
  usage: 'This is not understood.',
  date_invalid: 'Give a day such as 2027-12-31, or a moment such as 2027-12-31T14:00:00Z.',
  file_unreadable: 'The file cannot be read.',
});

export const complianceUsage = `  agreement list --msp ID                 customers, and whether there is an agreement with each
  agreement show CUSTOMER [--language nl] what holds, and the text as it would be sent now
  agreement send CUSTOMER [--language nl] prints the text to be signed, and remembers its SHA-256
  agreement sign CUSTOMER --by NAME [--on DATE] [--until DATE] [--scan FILE]
                                          what was sent is signed; with --scan alone a text of your own
  agreement end CUSTOMER                  from now on no box of theirs is paired, and no policy sent
  subprocessor add NAME --purpose TEXT --country NL --parent NL [--since DATE]
               [--mechanism adequacy|scc|bcr --document FILE --assessed DATE]
  subprocessor list | subprocessor end ID
  subprocessor told ID --customer ID [--on DATE]
                                          a customer whom no channel reaches was told otherwise, such as by letter
  location                                everything that the fleet connects to, and where it is
  trust [--reviewed]                      what anybody may know; --reviewed: you have looked, and it is true
  incident open TEXT --about TEXT --severity low|serious|critical [--found DATE] --all | --customer ID… --box ID…
  incident drill                          the same to every customer, as an exercise
  incident list | incident show ID | incident step ID --text TEXT | incident close ID
  order record AUTHORITY --reference TEXT --basis TEXT --text TEXT [--msp ID] [--on DATE]
  order answer ID --text TEXT [--given FILE] | order list
  tenant-data MSP --out FILE              all that the fleet has of an MSP, as lines of JSON
  audit-pack FILE [--msp ID]              a signed archive for auditors: belkluis-verify checks it
  audit-key                               the public key by which the fleet signs`;

const value = { type: 'string' } as const;

/** Options of these commands, as parseArgs takes them. */
export const complianceOptions = {
  language: value,
  by: value,
  on: value,
  until: value,
  scan: value,
  purpose: value,
  parent: value,
  since: value,
  mechanism: value,
  document: value,
  assessed: value,
  about: value,
  severity: value,
  found: value,
  text: value,
  reference: value,
  basis: value,
  given: value,
  out: value,
  box: { type: 'string', multiple: true },
  all: { type: 'boolean' },
  reviewed: { type: 'boolean' },
} as const;

const LANGUAGE = 'en';

/** Wall clock, ms; a day counts to its end. */
function momentOf(text: string | null): number | null {
  if (text === null) return null;
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text)
    ? Date.parse(`${text}T23:59:59Z`)
    : /^\d{4}-\d{2}-\d{2}T[0-9:.]+Z$/.test(text)
      ? Date.parse(text)
      : Number.NaN;
  if (Number.isNaN(at)) throw problem('date_invalid', text);
  return at;
}

/** The beginning of a day. */
const dayOf = (text: string | null): number | null => {
  const at = momentOf(text);
  return at === null || text!.includes('T') ? at : Date.parse(`${text}T00:00:00Z`);
};

const digestOfFile = (file: string): string => {
  try {
    return createHash('sha256').update(readFileSync(file)).digest('hex');
  } catch (cause) {
    throw problem('file_unreadable', file, cause);
  }
};

const shown = (value: unknown): Result => ({ json: value, text: JSON.stringify(value, null, 2) });
const argument = ({ argument: given }: Given, what: string): string => {
  if (given === null) throw problem('usage', `${what} is missing`);
  return given;
};

/** Whole, or not there. */
function putFile(path: string, write: (append: (bytes: string | Buffer) => void) => Promise<void>): Promise<void> {
  const file = openSync(`${path}.new`, 'w', 0o600);
  return write((bytes) => writeFileSync(file, bytes))
    .then(() => fsyncSync(file))
    .finally(() => closeSync(file))
    .then(() => renameSync(`${path}.new`, path));
}

const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
const said = (standing: Standing): string =>
  standing.is === 'valid'
    ? `valid${standing.until === null ? '' : ` until ${day(standing.until)}`}`
    : standing.is === 'expired'
      ? `expired on ${day(standing.until)}`
      : 'missing';

const ofCustomer = async (rooms: Rooms, customer: string): Promise<Scope> =>
  wholeMsp(await rooms.operator.mspOf(customer));

async function agreementList(rooms: Rooms, given: Given): Promise<Result> {
  const scope = wholeMsp(given.needed('msp'));
  const rows = [];
  for (let after: string | null = null; ; ) {
    const page = await rooms.compliance.agreements.list(scope, { after, limit: 200 });
    rows.push(...page.rows);
    if (page.next === null) break;
    after = page.next;
  }
  const older = await rooms.compliance.agreements.onOlderTerms(scope);
  const old = new Set(older.map(({ customer }) => customer));
  const lines = rows.map(
    ({ customer, name, standing }) =>
      `${customer}  ${said(standing)}${old.has(customer) ? ', with other annexes than hold now' : ''}  ${name}`,
  );
  return { json: { customers: rows, older }, text: lines.join('\n') };
}

async function agreementShow(rooms: Rooms, given: Given): Promise<Result> {
  const customer = argument(given, 'CUSTOMER');
  const scope = await ofCustomer(rooms, customer);
  const { agreements } = rooms.compliance;
  const all = await agreements.with(scope, customer);
  const language = given.option('language') ?? LANGUAGE;
  const { text, digest } = await agreements.preview(scope, customer, language);
  const help = all.standing.is === 'valid' ? '' : `\n\n${words[LANGUAGE].help}`;
  return {
    json: { ...all, text, digest },
    text: `Agreement: ${said(all.standing)}${help}\n\nSHA-256 ${digest}\n\n${text}`,
  };
}

/** A day by the clock of a place: its beginning, or its last moment. A moment is itself. */
function dayThere(text: string, zone: string, end: boolean): number {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return momentOf(text)!;
  const at = dayBegins(text, zone);
  if (at === null) throw problem('date_invalid', text);
  return end ? dayBegins(dayAfter(text), zone)! - 1 : at;
}

async function agreementSign(rooms: Rooms, given: Given, actor: string): Promise<Result> {
  const customer = argument(given, 'CUSTOMER');
  const scan = given.option('scan');
  const scope = await ofCustomer(rooms, customer);
  const zone = await rooms.compliance.zoneOf(scope.msp);
  const [on, until] = [given.option('on'), given.option('until')];
  const signed = await rooms.compliance.agreements.sign(
    scope,
    customer,
    {
      by: given.needed('by'),
      at: on === null ? systemClock.now() : dayThere(on, zone, false),
      until: until === null ? null : dayThere(until, zone, true),
      scan: scan === null ? null : digestOfFile(scan),
    },
    actor,
  );
  return { json: signed, text: `Signed: SHA-256 ${signed.digest}` };
}

function transferOf(given: Given): Transfer | null {
  const mechanism = given.option('mechanism');
  if (mechanism === null) return null;
  const document = digestOfFile(given.needed('document'));
  return { mechanism: mechanism as Transfer['mechanism'], document, assessed: given.needed('assessed') };
}

async function subprocessorAdd(rooms: Rooms, given: Given, actor: string): Promise<Result> {
  const one = await rooms.compliance.subprocessors.add(
    {
      name: argument(given, 'NAME'),
      purpose: given.needed('purpose'),
      country: given.needed('country'),
      parentCountry: given.needed('parent'),
      transfer: transferOf(given),
      since: dayOf(given.option('since')),
    },
    actor,
  );
  return {
    json: one,
    text: `${one.id}  begins on ${day(one.since)} at the earliest, and 30 days after the last customer was told; until then nothing of it may be used.`,
  };
}

const reachText = ({ concerned, reached, read, late, behind, slowestMs }: Reach): string =>
  `${concerned} customers concerned, ${reached} reached, ${read} have read it, ${late} not within the hour` +
  (behind === 0 ? '' : `, ${behind} not by the last step yet`) +
  (slowestMs === null ? '' : `; the last was reached after ${Math.ceil(slowestMs / 60_000)} min`);

async function incidentOpen(rooms: Rooms, given: Given, actor: string, drill: boolean): Promise<Result> {
  const severity = severities.find((one) => one === (given.option('severity') ?? (drill ? 'low' : null)));
  if (!severity) throw problem('usage', `--severity is one of ${severities.join(', ')}`);
  const everybody = drill || given.flag('all');
  const incident = await rooms.compliance.incidents.open(
    {
      ...{ drill, severity, foundAt: momentOf(given.option('found')) ?? systemClock.now() },
      what: given.argument ?? (drill ? 'Exercise: does a notice reach you?' : argument(given, 'TEXT')),
      about: given.option('about') ?? (drill ? '-' : given.needed('about')),
      concerns: everybody ? 'all' : { customers: given.all('customer'), boxes: given.all('box') },
    },
    actor,
  );
  const text = `${incident.id}\n\n${incidentText(LANGUAGE, incident)}\n\nA fleet that runs tells those concerned; incident show says who was reached.`;
  return { json: incident, text };
}

async function incidentShow(rooms: Rooms, given: Given): Promise<Result> {
  const id = argument(given, 'ID');
  const { incidents } = rooms.compliance;
  const reach = await incidents.reach(id);
  const incident = (await incidents.list()).find((one) => one.id === id)!;
  return { json: { incident, reach }, text: `${incidentText(LANGUAGE, incident)}\n\n${reachText(reach)}` };
}

const line = ({ id, drill, severity, openedAt, closedAt, what }: Incident): string =>
  `${id}  ${day(openedAt)}  ${drill ? 'drill' : severity}  ${closedAt === null ? 'open' : 'closed'}  ${what}`;

async function orderRecord(rooms: Rooms, given: Given, actor: string): Promise<Result> {
  const id = await rooms.compliance.orders.record(
    {
      authority: argument(given, 'AUTHORITY'),
      reference: given.needed('reference'),
      basis: given.needed('basis'),
      asked: given.needed('text'),
      about: given.option('msp'),
      receivedAt: dayOf(given.option('on')) ?? systemClock.now(),
    },
    actor,
  );
  return { json: { id }, text: id };
}

async function tenantData(rooms: Rooms, given: Given, actor: string): Promise<Result> {
  const msp = argument(given, 'MSP');
  const out = given.needed('out');
  let end = { rows: 0, digest: '' };
  await putFile(out, async (append) => {
    end = await rooms.compliance.exportTenant(msp, actor, append);
  });
  return { json: end, text: `${end.rows} rows in ${out}, SHA-256 of its lines ${end.digest}` };
}

async function writePack(rooms: Rooms, given: Given, actor: string): Promise<Result> {
  const file = argument(given, 'FILE');
  const lock: unknown = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../package-lock.json'), 'utf8'));
  const msp = given.option('msp');
  const pack = await auditPack({ rooms, msp, lock, clock: systemClock, actor });
  await putFile(file, async (append) => append(pack));
  const digest = hash('sha256', pack, 'hex');
  return {
    json: { file, bytes: pack.length, digest },
    text: `${file}, SHA-256 ${digest}\nCheck it anywhere: node belkluis-verify.mjs ${file} --key fleet-public.pem (audit-key prints that key)`,
  };
}

const done = (json: object): Result => ({ json, text: 'Done.' });

export const complianceCommands: readonly Command[] = [
  { words: 'agreement list', run: agreementList },
  { words: 'agreement show', run: agreementShow },
  {
    words: 'agreement send',
    async run(rooms, given, actor) {
      const customer = argument(given, 'CUSTOMER');
      const scope = await ofCustomer(rooms, customer);
      const language = given.option('language') ?? LANGUAGE;
      const sent = await rooms.compliance.agreements.send(scope, customer, language, actor);
      return { json: sent, text: sent.text };
    },
  },
  { words: 'agreement sign', run: agreementSign },
  {
    words: 'agreement end',
    async run(rooms, given, actor) {
      const customer = argument(given, 'CUSTOMER');
      await rooms.compliance.agreements.end(await ofCustomer(rooms, customer), customer, actor);
      return done({ customer });
    },
  },
  { words: 'subprocessor add', run: subprocessorAdd },
  {
    words: 'subprocessor list',
    async run({ compliance }) {
      const all = await compliance.subprocessors.list();
      const notices = await Promise.all(all.map(({ id }) => compliance.subprocessors.noticesOf(id)));
      return shown(all.map((one, at) => ({ ...one, notices: notices[at] })));
    },
  },
  {
    words: 'subprocessor told',
    async run({ compliance }, given, actor) {
      const now = systemClock.now();
      const at = Math.min(momentOf(given.option('on')) ?? now, now);
      await compliance.subprocessors.told(given.needed('customer'), argument(given, 'ID'), at, actor);
      return done({});
    },
  },
  {
    words: 'subprocessor end',
    async run({ compliance }, given, actor) {
      await compliance.subprocessors.end(argument(given, 'ID'), actor);
      return done({});
    },
  },
  { words: 'location', run: async ({ compliance }) => shown(compliance.locations()) },
  {
    words: 'trust',
    async run({ compliance }, given, actor) {
      if (given.flag('reviewed')) await compliance.terms.review(actor);
      return shown(await compliance.trust());
    },
  },
  { words: 'incident open', run: (rooms, given, actor) => incidentOpen(rooms, given, actor, false) },
  { words: 'incident drill', run: (rooms, given, actor) => incidentOpen(rooms, given, actor, true) },
  { words: 'incident show', run: incidentShow },
  {
    words: 'incident list',
    async run({ compliance }) {
      const all = await compliance.incidents.list();
      return { json: all, text: all.map(line).join('\n') };
    },
  },
  {
    words: 'incident step',
    async run({ compliance }, given, actor) {
      await compliance.incidents.addStep(argument(given, 'ID'), given.needed('text'), actor);
      return done({});
    },
  },
  {
    words: 'incident close',
    async run({ compliance }, given, actor) {
      await compliance.incidents.close(argument(given, 'ID'), actor);
      return done({});
    },
  },
  { words: 'order record', run: orderRecord },
  {
    words: 'order answer',
    async run({ compliance }, given, actor) {
      const file = given.option('given');
      const digest = file === null ? null : digestOfFile(file);
      await compliance.orders.answer(argument(given, 'ID'), given.needed('text'), digest, actor);
      return done({ digest });
    },
  },
  { words: 'order list', run: async ({ compliance }) => shown(await compliance.orders.list()) },
  { words: 'tenant-data', run: tenantData },
  { words: 'audit-pack', run: writePack },
  {
    words: 'audit-key',
    async run({ logKey }) {
      const pem = createPublicKey(logKey).export({ format: 'pem', type: 'spki' }) as string;
      return { json: { key: pem }, text: pem.trimEnd() };
    },
  },
];
