/** The demo call: two phones register over TLS, one calls the other, and what happened is looked at from the outside. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { announcementsOf } from '@belkluis/shared/policy/words';
import { places } from '../../appliance/config.ts';
import { askStatus } from '../../appliance/control/client.ts';
import type { Status } from '../../appliance/control/protocol.ts';
import { decodePcma } from '../../appliance/media/prompts/g711.ts';
import { makePrompt } from '../../appliance/media/prompts/prompt.ts';
import { loadPolicy, policyFiles } from '../../appliance/policy/store.ts';
import { spoken } from '../../appliance/policy/voice.ts';
import { openProofPhone, type PhoneCall } from '../../appliance/proof/phone.ts';
import { openVault } from '../../appliance/vault/vault.ts';
import { openRecording, soundOf } from '../tools/open-recording.ts';
import type { PreparedBox, RunningBox } from './box.ts';
import { laidOut } from './laid-out.ts';
import { loudestOf } from './tone.ts';

export interface DemoCallPlan {
  /** What each phone says: WAV files. */
  readonly wavs: readonly [caller: Buffer, callee: Buffer];
  /** How long they talk after the announcement, s. */
  readonly talkSeconds: number;
  readonly say: (line: string) => void;
}

export interface DemoCallResult {
  readonly registered: number;
  /** Both phones heard the announcement, every sample of it. */
  readonly announced: boolean;
  readonly recording: string | null;
}

/** The announcement as a phone hears it in A-law: what the box must have played, made here once more. */
export async function announcementSamples(box: Pick<PreparedBox, 'config'>): Promise<Int16Array> {
  const { policy: folder } = places(box.config.data);
  const policy = loadPolicy(folder);
  const purpose = policy?.policy.purposes[0];
  if (!policy || !purpose) return new Int16Array(0);
  const frames: Uint8Array[] = [];
  for (const announcement of announcementsOf(policy.policy, purpose)) {
    const wav = await spoken(announcement, policyFiles(folder).wav);
    frames.push(...(makePrompt(announcement.language, wav).frames.PCMA ?? []));
  }
  return decodePcma(Buffer.concat(frames));
}

/** Whether `part` lies in `whole`, sample for sample. */
function contains(whole: Int16Array, part: Int16Array): boolean {
  if (part.length === 0) return false;
  const bytes = (samples: Int16Array) => Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  const [inside, wanted] = [bytes(whole), bytes(part)];
  for (let at = inside.indexOf(wanted); at >= 0; at = inside.indexOf(wanted, at + 1)) if (at % 2 === 0) return true;
  return false;
}

/** Resolves with the newest recording once it has ended; null after ten seconds without one. */
async function endedRecording(folder: string): Promise<string | null> {
  const vault = openVault(folder);
  try {
    for (let tries = 0; tries < 100; tries++) {
      const [newest] = vault.catalogue.search({}, 1, 0).recordings;
      if (newest?.end) return newest.id;
      await delay(100);
    }
    return null;
  } finally {
    vault.close();
  }
}

/** What the call process says of itself; on a machine with too much to do it is asked again. Null: it says nothing. */
async function statusOf(controlSocket: string): Promise<Status | null> {
  for (let tries = 0; tries < 5; tries++) {
    const status = await askStatus(controlSocket);
    if (status) return status;
  }
  return null;
}

export async function demoCall(box: RunningBox, plan: DemoCallPlan): Promise<DemoCallResult> {
  const { config, phones } = box;
  const at = places(config.data);
  const target = {
    transport: 'TLS' as const,
    address: config.address,
    port: config.sip.tls,
    tls: { ca: readFileSync(join(at.identity, 'certificate.pem'), 'utf8'), servername: config.domain },
  };
  const [first, second] = [...phones.values()];
  if (!first || !second) throw new Error('the demo needs two phones');
  const open = (phone: typeof first, wav: Buffer, from: number) =>
    openProofPhone({
      address: config.address,
      user: phone.user,
      secret: phone.secret,
      domain: config.domain,
      box: target,
      speak: makePrompt(phone.user, wav),
      ports: [from, from + 99],
    });
  const caller = await open(first, plan.wavs[0], 30_000);
  const callee = await open(second, plan.wavs[1], 30_100);
  try {
    await caller.register();
    await callee.register();
    const registered = (await statusOf(at.controlSocket))?.registered ?? 0;
    plan.say(`${first.user} and ${second.user} have registered over TLS.`);
    const answering = callee.answer();
    const calls: PhoneCall[] = [await caller.dial(second.user), await answering];
    plan.say(`${first.user} calls ${second.user}, with SRTP. Both hear the announcement, then talk.`);
    const announcement = await announcementSamples(box);
    await delay((announcement.length / 8000 + 1 + plan.talkSeconds) * 1000);
    calls[0]!.hangUp();
    await calls[1]!.ended;
    const announced = calls.every((call) => contains(laidOut(call.heard()), announcement));
    for (const call of calls) await call.close();
    return { registered, announced, recording: await endedRecording(at.vault) };
  } finally {
    await caller.close();
    await callee.close();
  }
}

export interface OpenedDemo {
  readonly segments: number;
  readonly opened: boolean;
  /** The tone found on each side, Hz; null: none that is clear. */
  readonly heard: { readonly left: number | null; readonly right: number | null };
}

/** Opens a recording with the custodian's key and looks for the tones that the phones spoke. */
export async function openDemo(box: RunningBox, recording: string, tones: readonly number[]): Promise<OpenedDemo> {
  const opened = await openRecording(places(box.config.data).vault, recording, box.custodian);
  const { rate, sides } = await soundOf(opened);
  const [left, right] = sides.map((side) => loudestOf(tones, side, rate)) as [number | null, number | null];
  return { segments: opened.segments.length, opened: opened.content.ends === 'end', heard: { left, right } };
}
