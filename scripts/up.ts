/** Starts a demo box and places a real call on it. `--once`: on a throw-away box, prints one JSON line and ends. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { places } from '../appliance/config.ts';
import { writeWav } from '../appliance/media/prompts/wav.ts';
import { loadPolicy } from '../appliance/policy/store.ts';
import { spoken } from '../appliance/policy/voice.ts';
import { makeFolder } from '../appliance/vault/durable.ts';
import { type BoxPlan, type PreparedBox, prepareBox, reopenBox, startBox } from './demo/box.ts';
import { demoCall, openDemo } from './demo/call.ts';
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

async function once(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'belkluis-once-'));
  try {
    const box = await startBox(await prepareBox({ folder, phones }));
    try {
      const wavs = tones.map((tone) => writeWav({ sampleRate: 8000, channels: [toneWav(tone, 5)] })) as [
        Buffer,
        Buffer,
      ];
      const { registered, announced, recording } = await demoCall(box, { wavs, talkSeconds: 11, say });
      const found = recording
        ? await openDemo(box, recording, tones)
        : { segments: 0, opened: false, heard: { left: null, right: null } };
      process.stdout.write(`${JSON.stringify({ registered, announced, recorded: recording !== null, ...found })}\n`);
      const right = registered === 2 && announced && found.opened;
      return right && found.heard.left === tones[0] && found.heard.right === tones[1] ? 0 : 1;
    } finally {
      await box.stop();
    }
  } finally {
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

/** A demo box of an earlier version has a policy that this one does not accept: it would record nothing. */
function checkVersion({ folder, config }: PreparedBox): void {
  try {
    loadPolicy(places(config.data).policy);
  } catch {
    say(`The demo box in ${folder} was made by another version. Remove that folder and run this again.`);
    process.exit(1);
  }
}

async function stay(folder: string): Promise<void> {
  const desk = await ifFree(8443);
  const tls = await ifFree(5061);
  const fresh = !existsSync(join(folder, 'box.json'));
  say(fresh ? `Making demo keys, a policy and two phones in ${folder}` : `Using the demo box in ${folder}`);
  const ports = { ...(desk === null ? {} : { desk }), ...(tls === null ? {} : { tls }) };
  const prepared = fresh ? await prepareBox({ folder, phones, ports, ...keeping(folder) }) : reopenBox(folder);
  checkVersion(prepared);
  const box = await startBox(prepared);
  const sentence = (text: string) => spoken({ language: 'en', text, wav: null }, folder);
  const wavs: [Buffer, Buffer] = [
    await sentence('Hello Ben, this is Anna. The parcel that I ordered on Monday has not come. Can you find it?'),
    await sentence('Good morning Anna. I see it here. It left our house yesterday and comes to you before noon.'),
  ];
  const { recording } = await demoCall(box, { wavs, talkSeconds: 14, say });
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
      `  Phones          TLS to ${config.address}:${config.sip.tls}, domain ${config.domain}, SRTP mandatory;`,
      `                  accounts in ${join(box.folder, 'keys', 'phones.json')}`,
      `  Log             ${box.logPath}`,
      `  Backups         ${join(box.folder, 'backup')}, sealed to the escrow key`,
      '',
      'These keys are for trying out: on a real box the private ones never come near it.',
      'Ctrl-C ends the box.',
    ].join('\n'),
  );
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  await box.stop();
}

if (values.once) process.exit(await once());
await stay(values.folder ?? join(import.meta.dirname, '..', 'var', 'demo'));
process.exit(0);
