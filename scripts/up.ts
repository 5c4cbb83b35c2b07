/** Starts a demo fleet and a demo box that it manages, and places a real call. `--once`: on a throw-away box, prints one JSON line and ends. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { places } from '../appliance/config.ts';
import { writeWav } from '../appliance/media/prompts/wav.ts';
import { loadPolicy } from '../appliance/policy/store.ts';
import { spoken } from '../appliance/policy/voice.ts';
import { makeFolder, writeFileDurably } from '../appliance/vault/durable.ts';
import { type BoxPlan, isMade, makeBox, type PreparedBox, prepareBox, reopenBox, startBox } from './demo/box.ts';
import { demoCall, openDemo } from './demo/call.ts';
import { comeIn, provenAfter, tracesOf } from './demo/console.ts';
import {
  type DemoFleet,
  type DemoPlace,
  enrolBox,
  inviteOwner,
  makePlace,
  type OwnersLink,
  pushPolicy,
  startFleet,
} from './demo/fleet.ts';
import { endLeftBehind } from './demo/processes.ts';
import { toneWav } from './demo/tone.ts';

const { values } = parseArgs({ options: { once: { type: 'boolean' }, folder: { type: 'string' } } });
const say = (line: string) => process.stderr.write(`${line}\n`);
const phones = [{ user: 'anna' }, { user: 'ben' }];
const tones = [440, 1000] as const;

/** `wanted` when nobody listens there, else null: any free one will do. */
const ifFree = (wanted: number): Promise<number | null> =>
  new Promise((resolve) => {
    const socket = createConnection(wanted, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(null);
    });
    socket.once('error', () => resolve(wanted));
  });

/** Nothing at the fleet may say these. */
const marked = [{ user: 'annaoosterhuis' }, { user: 'benlievense' }] as const;
const DOMAIN = 'lindenhoek.test';

/** The fleet shows what a call did for the box’s health within so long, s. */
const SHOWN_WITHIN_S = 10;

async function once(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'belkluis-once-'));
  const ends: (() => Promise<void>)[] = [];
  try {
    const fleet = await startFleet(join(folder, 'fleet'));
    ends.unshift(fleet.process.stop);
    const box = await startBox(await prepareBox({ folder, phones: marked, domain: DOMAIN }));
    ends.unshift(box.stop);
    const place = await makePlace(fleet);
    const id = await enrolBox(box, fleet, place);
    say('The box is enrolled at the fleet.');
    const policy = await pushPolicy(box, fleet, place, id);
    say(`Policy ${policy}, which the fleet signed, is in force.`);
    const wavs = tones.map((tone) => writeWav({ sampleRate: 8000, channels: [toneWav(tone, 5)] })) as [Buffer, Buffer];
    const { registered, announced, recording } = await demoCall(box, { wavs, talkSeconds: 11, say });
    const looking = await comeIn(fleet, (await inviteOwner(fleet, place))!);
    const shownAfterS = await provenAfter(looking, id);
    const pages = [await looking.page('/'), await looking.page(`/boxes/${id}`)];
    const marks = [...marked.map(({ user }) => user), DOMAIN];
    const traces = tracesOf(
      marks,
      fleet,
      pages.map(({ text }) => text),
    );
    const found = recording
      ? await openDemo(box, recording, tones)
      : { segments: 0, opened: false, heard: { left: null, right: null } };
    const shown = { pages: pages.map(({ status }) => status), shownAfterS, traces };
    const told = { registered, announced, recorded: recording !== null, ...found, fleet: { policy, ...shown } };
    process.stdout.write(`${JSON.stringify(told)}\n`);
    const recorded = registered === 2 && announced && found.opened;
    const heard = found.heard.left === tones[0] && found.heard.right === tones[1];
    const seen = shownAfterS !== null && shownAfterS <= SHOWN_WITHIN_S && pages.every(({ status }) => status === 200);
    return recorded && heard && seen && traces === 0 ? 0 : 1;
  } finally {
    for (const end of ends) await end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Backups and a witness in folders beside the box's data, as another disk would be. */
function keeping(folder: string): Pick<BoxPlan, 'backup' | 'witnessFolder'> {
  const [backup, witnessFolder] = [join(folder, 'backup'), join(folder, 'witness')];
  for (const path of [backup, witnessFolder]) makeFolder(path);
  const destination = { kind: 'directory', name: 'demo', country: 'NL', path: backup } as const;
  return { backup: { everyMinutes: 60, bytesPerSecond: null, destinations: [destination] }, witnessFolder };
}

/** The demo box that was made here. One of an earlier version may lack something, or have a policy that this one does not accept: it would record nothing. */
function reopened(folder: string): PreparedBox {
  try {
    const box = reopenBox(folder);
    loadPolicy(places(box.config.data).policy);
    return box;
  } catch {
    say(`The demo box in ${folder} was made by another version. Remove that folder and run this again.`);
    process.exit(1);
  }
}

/** The box in its fleet, with a policy of the fleet in force: once, and from where an earlier start was cut off. */
async function joined(box: PreparedBox, fleet: DemoFleet, folder: string): Promise<DemoPlace> {
  const done = join(folder, 'place.json');
  if (existsSync(done)) return JSON.parse(readFileSync(done, 'utf8')) as DemoPlace;
  const place = await makePlace(fleet);
  const id = await enrolBox(box, fleet, place);
  say('The box is enrolled at the fleet, which a demo MSP uses.');
  const version = await pushPolicy(box, fleet, place, id);
  say(`Policy ${version}, which the fleet signed, is in force at the box.`);
  writeFileDurably(done, JSON.stringify(place));
  return place;
}

/** How its first owner gets into the console: by a link, for as long as nobody has used one. */
const invited = (link: OwnersLink | null): string[] =>
  link
    ? [
        `  Invitation      ${link.url}`,
        `                  (its owner’s; good once, until ${new Date(link.expiresAt).toISOString()}, or until this starts again.`,
        '                  The console shows this box, and nothing of who called)',
      ]
    : ['  Login there     the one that you made before'];

/** Starts demo box and fleet in `folder`, made the first time, and says where to look. What it starts, `ends` ends. */
async function stay(folder: string, ends: (() => Promise<void>)[]): Promise<void> {
  for (const path of [join(folder, 'box.json'), join(folder, 'fleet', 'fleet.json')])
    await endLeftBehind(path, 'scripts/up.ts');
  const desk = await ifFree(8443);
  const tls = await ifFree(5061);
  const fresh = !isMade(folder);
  say(fresh ? `Making demo keys, a policy and two phones in ${folder}` : `Using the demo box in ${folder}`);
  const ports = { ...(desk === null ? {} : { desk }), ...(tls === null ? {} : { tls }) };
  const prepared = fresh ? await makeBox({ folder, phones, ports, ...keeping(folder) }) : reopened(folder);
  const fleetFolder = join(folder, 'fleet');
  const consolePort = await ifFree(9443);
  const fleet = await startFleet(fleetFolder, consolePort === null ? {} : { console: consolePort });
  ends.push(fleet.process.stop);
  const box = await startBox(prepared);
  ends.push(box.stop);
  const place = await joined(prepared, fleet, fleetFolder);
  const sentence = (text: string) => spoken({ language: 'en', text, wav: null }, folder);
  const wavs: [Buffer, Buffer] = [
    await sentence('Hello Ben, this is Anna. The parcel that I ordered on Monday has not come. Can you find it?'),
    await sentence('Good morning Anna. I see it here. It left our house yesterday and comes to you before noon.'),
  ];
  const { recording } = await demoCall(box, { wavs, talkSeconds: 14, say });
  const link = await inviteOwner(fleet, place);
  const { url, setUpCode, fingerprint } = box.desk.ready;
  const { config, keys } = box;
  say(
    [
      '',
      recording ? 'The call has been recorded. Hear it at the desk:' : 'The call was NOT recorded; the desk says why:',
      '',
      `  Desk            ${String(url)}`,
      `  Certificate     ${String(fingerprint)}  (the browser warns; compare it)`,
      setUpCode
        ? `  Set-up code     ${String(setUpCode)}  (make your login with it)`
        : '  Login           the one that you made before',
      `  Private key     ${join(box.folder, 'keys', 'custodian.key.asc')}`,
      `  Its passphrase  ${keys.passphrases.custodian}`,
      '',
      `  Fleet console   ${fleet.origin}  (its certificate is of ${join(fleetFolder, 'data', 'ca', 'root.pem')})`,
      ...invited(link),
      '',
      `  Phones          TLS to ${config.address}:${config.sip.tls}, domain ${config.domain}, SRTP mandatory;`,
      `                  accounts in ${join(box.folder, 'keys', 'phones.json')}`,
      `  Logs            ${box.logPath}, ${fleet.logPath}`,
      `  Backups         ${join(box.folder, 'backup')}, sealed to the escrow key`,
      '',
      'These keys are for trying out: on a real box the private ones never come near it.',
      'Ctrl-C ends the box and its fleet.',
    ].join('\n'),
  );
}

if (values.once) process.exit(await once());
const ends: (() => Promise<void>)[] = [];
const end = async (code: number) => {
  await Promise.all(ends.map((one) => one()));
  process.exit(code);
};
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end(0));
try {
  await stay(resolve(values.folder ?? join(import.meta.dirname, '..', 'var', 'demo')), ends);
} catch (error) {
  say(error instanceof Error ? `${error.message}${error.cause ? ` (${String(error.cause)})` : ''}` : String(error));
  await end(1);
}
