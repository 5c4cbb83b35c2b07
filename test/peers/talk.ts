/** Two who talk in tones, and what they press. */
import { setTimeout as delay } from 'node:timers/promises';
import { decodePcma } from '../../appliance/media/prompts/g711.ts';
import { keySound, quiet, together } from '../../appliance/media/tones/testing/keys.ts';
import type { Recording } from '../../appliance/vault/catalogue.ts';
import { ANNOUNCEMENT_HZ, type ScenarioBox } from './box.ts';
import { stereo } from './ffmpeg.ts';
import type { Line } from './line.ts';
import { payloadsOf } from './payloads.ts';
import type { Phone, PhoneCall } from './phone.ts';
import { type Stretch, tonesIn } from './tones.ts';
import { tone } from './wav.ts';

/** What is said, each as a tone of its own. */
export const BEFORE_HZ = 500;
export const AFTER_HZ = 900;
export const OTHER_HZ = 1150;
export const BEEP_HZ = 1400;
export const RING_BACK_HZ = 425;
const known = [BEFORE_HZ, AFTER_HZ, OTHER_HZ, BEEP_HZ, RING_BACK_HZ, ANNOUNCEMENT_HZ];

const voices = new Map<number, Promise<readonly Buffer[]>>();

/** Speaks on in one tone. */
export async function speak({ line }: Pick<PhoneCall, 'line'>, hertz: number): Promise<void> {
  const voice = voices.get(hertz) ?? payloadsOf('PCMA', { rate: 8000, samples: tone(hertz, 10, 8000) });
  voices.set(hertz, voice);
  const said = await voice;
  line.speak((n) => said[n % said.length]!);
}

/** Presses keys as phones do that send INFO. */
export async function pressByInfo({ session }: PhoneCall, keys: string): Promise<void> {
  for (const key of keys) {
    await session.info('application/dtmf-relay', Buffer.from(`Signal=${key}\r\nDuration=160\r\n`));
    await delay(100);
  }
}

/** Presses a key as a phone does that has nothing but its tones; silent before and after. */
export async function pressByTone({ line }: PhoneCall, key: string): Promise<void> {
  const said = await payloadsOf('PCMA', {
    rate: 8000,
    samples: together(quiet(200), keySound(key, { ms: 200 }), quiet(200)),
  });
  const silence = Buffer.alloc(160, 0xd5);
  line.speak((n) => said[n] ?? silence);
  await delay(800);
}

/** What a phone heard, as tones, since its `from`th packet. */
export function heardBy({ heard }: Line, from = 0): Stretch[] {
  const sound = heard.slice(from).flatMap(({ payload }) => [...decodePcma(payload)]);
  return tonesIn(Int16Array.from(sound), known, 8000);
}

/** Called and answered. */
export async function called(from: Phone, number: string, to: Phone): Promise<readonly [PhoneCall, PhoneCall]> {
  const { answered } = await from.dial(number);
  return Promise.all([answered, to.nextCall()]);
}

/** The tones on each side of a recording. */
export async function recordedTones(box: ScenarioBox, { id }: Pick<Recording, 'id'>): Promise<[Stretch[], Stretch[]]> {
  const all: [Stretch[], Stretch[]] = [[], []];
  for (const file of (await box.open(id)).files) {
    for (const [side, { samples, rate }] of (await stereo(file)).entries())
      all[side]?.push(...tonesIn(samples, known, rate));
  }
  return all;
}
