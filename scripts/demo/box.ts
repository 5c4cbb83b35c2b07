/** A box to try things on: its data directory with demo keys, policy and phones, and its two processes. */
import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import type { Recipient } from '@belkluis/shared/policy/recipients';
import { type PolicyDraft, samplePolicy } from '@belkluis/shared/policy/sample';
import { readKey } from 'openpgp';
import { openAccess } from '../../appliance/access/access.ts';
import { openPhones } from '../../appliance/access/phones.ts';
import { type Config, places } from '../../appliance/config.ts';
import { openDevice } from '../../appliance/identity/device.ts';
import { joinRegister, placesOf } from '../../appliance/join-documents.ts';
import type { WrittenLines } from '../../appliance/lines/schema.ts';
import { checkLines, saveLines } from '../../appliance/lines/store.ts';
import { applyApproved, loadPolicy, policyFiles } from '../../appliance/policy/store.ts';
import type { VerifiedPolicy } from '../../appliance/policy/verify.ts';
import { createNotices } from '../../appliance/privacy/notices.ts';
import { openPrivacy } from '../../appliance/privacy/privacy.ts';
import { makeFolder, writeFileDurably } from '../../appliance/vault/durable.ts';
import { type MadeKeys, makeKeys } from '../cli/keys.ts';
import { signPolicy } from '../cli/policy.ts';
import type { PrivateKeyFile } from '../tools/open-recording.ts';
import { type RunningProcess, startProcess } from './processes.ts';

export interface DemoPhone {
  readonly user: string;
  readonly secret: string;
}

export interface BoxPlan {
  /** A folder of this box's own. */
  readonly folder: string;
  /** Accounts to make; `plain` ones may do without TLS and SRTP for a day. */
  readonly phones: readonly { readonly user: string; readonly plain?: boolean; readonly secret?: string }[];
  /** Null: no policy at all. Default: the sample, which records every call between phones. */
  readonly policy?: ((draft: PolicyDraft) => PolicyDraft) | null;
  /** Certificates in place of the made custodian's and escrow's. */
  readonly recipients?: (made: readonly Recipient[]) => readonly Recipient[];
  /** Ports; any that are free when left out. */
  readonly ports?: { readonly tls?: number; readonly desk?: number; readonly udp?: number; readonly tcp?: number };
  /** Addresses that the box neither limits nor bans. */
  readonly allowed?: readonly string[];
  readonly media?: Config['media'];
  readonly domain?: string;
  /** Where it listens. Default: 127.0.0.1. */
  readonly address?: string;
  readonly ringSeconds?: number;
  readonly dns?: Config['dns'];
  readonly backup?: Config['backup'];
  readonly witnessFolder?: string;
  readonly reserveBytes?: number;
  readonly tpm?: string;
  /** Whether it calls itself once a day. Default: no, for a test counts its calls. */
  readonly testCalls?: boolean;
  /** PBX, trunks, SIPREC sources. Default: none. */
  readonly lines?: WrittenLines;
  /** Extensions without an account here whose people know that they are recorded: users of a PBX. Phones know it by themselves. */
  readonly staff?: readonly string[];
  /** Phones whose people have not acknowledged the notice. */
  readonly unacknowledged?: readonly string[];
  /** Opens UDP and TCP without TLS, though no phone needs them. */
  readonly plain?: boolean;
}

export interface PreparedBox {
  readonly folder: string;
  readonly configPath: string;
  readonly config: Config;
  readonly keys: MadeKeys;
  readonly phones: ReadonlyMap<string, DemoPhone>;
  readonly logPath: string;
  readonly custodian: PrivateKeyFile;
}

const DAY_MS = 24 * 3600_000;

/** A TCP port of loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function recipient(role: Recipient['role'], certificate: string): Promise<Recipient> {
  const key = await readKey({ armoredKey: certificate });
  return { role, name: key.getUserIDs()[0]!, fingerprint: key.getFingerprint(), certificate };
}

/** Signs a policy with the box's demo keyring and puts it in force at once, whatever it changes: the demo's owner stands for it. */
export async function applyDemoPolicy(
  box: Pick<PreparedBox, 'config' | 'keys'>,
  draft: PolicyDraft,
  recipients?: BoxPlan['recipients'],
): Promise<void> {
  const { files, passphrases } = box.keys;
  const keyring = createPrivateKey({ key: files['keyring.pem']!, passphrase: passphrases.keyring });
  const made = [
    await recipient('custodian', files['custodian.pub.asc']!),
    await recipient('escrow', files['escrow.pub.asc']!),
  ];
  const { identity, policy, privacyDatabase, accessDatabase } = places(box.config.data);
  const { deviceId } = openDevice(identity, systemChance);
  const register = (next: VerifiedPolicy) => {
    const privacy = openPrivacy(privacyDatabase);
    const access = openAccess({ path: accessDatabase, clock: systemClock, chance: systemChance, append: () => {} });
    const parts = {
      privacy,
      access,
      deviceId,
      clock: systemClock,
      policy: () => null,
      destinations: placesOf(box.config),
    };
    joinRegister({ ...parts, append: () => {} }).recordNext(next);
    access.close();
    privacy.close();
  };
  applyApproved(policy, JSON.stringify(signPolicy(draft, recipients?.(made) ?? made, keyring)), {
    deviceId,
    now: systemClock.now(),
    approvedBy: { person: 'demo', name: 'Demo', reason: 'Whoever tries the box stands for its policy.' },
    recordRegister: register,
    beforeChange: () => {},
    writeFile: writeFileDurably,
  });
}

/** Has these extensions acknowledge the notice of every purpose of the policy in force, as people do on paper. */
export function acknowledgeNotices(box: Pick<PreparedBox, 'config'>, extensions: readonly string[]): void {
  const { policy, privacyDatabase } = places(box.config.data);
  const privacy = openPrivacy(privacyDatabase);
  const { acknowledgements } = privacy;
  const parts = { acknowledgements, policy: () => loadPolicy(policy)!.policy, appendAll: () => {}, clock: systemClock };
  const at = systemClock.now();
  createNotices(parts).acknowledge(
    extensions.map((extension) => ({ extension, purpose: null, version: null, at })),
    'paper',
    'demo',
  );
  privacy.close();
}

/** Makes everything that a box needs before its first start. The private keys lie in `folder/keys`, beside the box's data. */
export async function prepareBox(plan: BoxPlan): Promise<PreparedBox> {
  const { folder, ports = {} } = plan;
  const data = join(folder, 'box');
  const keyFolder = join(folder, 'keys');
  makeFolder(data);
  makeFolder(keyFolder);
  const anyPlain = plan.plain ?? plan.phones.some(({ plain }) => plain);
  const until = new Date(systemClock.now() + DAY_MS).toISOString();
  const config: Config = {
    data,
    domain: plan.domain ?? 'belkluis.test',
    address: plan.address ?? '127.0.0.1',
    sip: {
      tls: ports.tls ?? (await freePort()),
      plain: anyPlain ? { udp: ports.udp ?? (await freePort()), tcp: ports.tcp ?? (await freePort()), until } : null,
      allowed: [...(plan.allowed ?? [])],
    },
    ringSeconds: plan.ringSeconds ?? 60,
    dns: plan.dns ?? [],
    media: plan.media ?? { ports: [20_000, 29_999], workers: null },
    desk: { port: ports.desk ?? (await freePort()), names: ['localhost'] },
    timeZone: 'Europe/Amsterdam',
    backup: plan.backup ?? null,
    witnessFolder: plan.witnessFolder ?? null,
    disk: { reserveBytes: plan.reserveBytes ?? 64 * 1024 ** 2 },
    tpm: plan.tpm ?? null,
    testCalls: plan.testCalls ?? false,
  };
  const configPath = join(folder, 'box.json');
  writeFileSync(configPath, JSON.stringify(config, null, 2));
  if (plan.lines) saveLines(places(data).lines, checkLines(plan.lines), () => {});
  const keys = await makeKeys('Demo');
  for (const [name, content] of Object.entries(keys.files)) writeFileDurably(join(keyFolder, name), content);
  const passphrases = Object.entries(keys.passphrases).map(([name, words]) => `${name}: ${words}\n`);
  writeFileDurably(join(keyFolder, 'passphrases.txt'), passphrases.join(''));
  const { policy: policyFolder, phonesDatabase } = places(data);
  makeFolder(policyFolder);
  const keyringPem = keys.files['keyring.pub.pem']!;
  writeFileDurably(
    policyFiles(policyFolder).trust,
    JSON.stringify({ policyKeys: [{ key: keyringPem, of: 'customer' }], keyringKey: keyringPem }),
  );
  if (plan.policy !== null) {
    const sample = samplePolicy(new Date(systemClock.now()));
    await applyDemoPolicy({ config, keys }, plan.policy?.(sample) ?? sample, plan.recipients);
  }
  const accounts = openPhones(phonesDatabase);
  const phones = new Map<string, DemoPhone>();
  for (const { user, plain, secret } of plan.phones) {
    const account = { user, realm: config.domain, now: systemClock.now(), chance: systemChance };
    const chosen = secret === undefined ? {} : { secret };
    const made = accounts.add({ ...account, ...chosen, plainUntil: plain ? systemClock.now() + DAY_MS : 0 });
    phones.set(user, { user, secret: made });
  }
  accounts.close();
  const staff = [...phones.keys(), ...(plan.staff ?? [])].filter((user) => !plan.unacknowledged?.includes(user));
  if (plan.policy !== null) acknowledgeNotices({ config }, staff);
  writeFileDurably(join(keyFolder, 'phones.json'), JSON.stringify([...phones.values()]));
  const custodian = { armored: keys.files['custodian.key.asc']!, passphrase: keys.passphrases.custodian };
  return { folder, configPath, config, keys, phones, logPath: join(folder, 'box.log'), custodian };
}

/** While it is there, what lies beside it is half made, and nothing has used it yet. */
const markOf = (folder: string): string => join(folder, 'unfinished');

/** Whether a whole box lies in this folder. */
export const isMade = (folder: string): boolean => existsSync(join(folder, 'box.json')) && !existsSync(markOf(folder));

/**
 * As `prepareBox`, in a folder where an earlier start may have been cut off: what that left half made is made anew.
 * @throws Error when what it would make is there, and no such start has left it.
 */
export async function makeBox(plan: BoxPlan): Promise<PreparedBox> {
  const mark = markOf(plan.folder);
  const parts = ['box', 'keys'].map((name) => join(plan.folder, name));
  if (existsSync(mark)) {
    for (const part of parts) rmSync(part, { recursive: true, force: true });
  } else {
    const there = parts.find((part) => existsSync(part));
    if (there !== undefined) throw new Error(`${there} is there, without a demo box that it belongs to: move it away`);
    makeFolder(plan.folder);
    writeFileDurably(mark, '');
  }
  const made = await prepareBox(plan);
  rmSync(mark);
  return made;
}

/** The box of an earlier `prepareBox` in the same folder. */
export function reopenBox(folder: string): PreparedBox {
  const configPath = join(folder, 'box.json');
  const config = JSON.parse(readFileSync(configPath, 'utf8')) as Config;
  const read = (name: string) => readFileSync(join(folder, 'keys', name), 'utf8');
  const names = [
    'keyring.pem',
    'keyring.pub.pem',
    'custodian.key.asc',
    'custodian.pub.asc',
    'escrow.key.asc',
    'escrow.pub.asc',
  ];
  const files = Object.fromEntries(names.map((name) => [name, read(name)]));
  const passphrases = Object.fromEntries(
    read('passphrases.txt')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  ) as MadeKeys['passphrases'];
  const custodian = { armored: files['custodian.key.asc']!, passphrase: passphrases.custodian };
  const logPath = join(folder, 'box.log');
  const phones = new Map((JSON.parse(read('phones.json')) as DemoPhone[]).map((phone) => [phone.user, phone]));
  return { folder, configPath, config, keys: { files, passphrases }, phones, logPath, custodian };
}

export interface RunningBox extends PreparedBox {
  readonly call: RunningProcess;
  readonly desk: RunningProcess;
  /** Ends both processes. */
  stop(): Promise<void>;
}

/** Starts both processes of a prepared box. */
export async function startBox(prepared: PreparedBox): Promise<RunningBox> {
  mkdirSync(prepared.folder, { recursive: true });
  const call = await startProcess('call', prepared.configPath, prepared.logPath);
  try {
    const desk = await startProcess('desk', prepared.configPath, prepared.logPath);
    return {
      ...prepared,
      call,
      desk,
      async stop() {
        await Promise.all([call.stop(), desk.stop()]);
      },
    };
  } catch (error) {
    await call.stop();
    throw error;
  }
}
