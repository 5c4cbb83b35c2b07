/** What callers are told, prepared once in every codec that a phone may have agreed on. */
import type { Prompt } from '../door.ts';
import { problem } from '../problems.ts';
import { encodePcma, encodePcmu } from './g711.ts';
import { G722Encoder } from './g722.ts';
import { resample } from './resample.ts';
import { mono, readWav } from './wav.ts';

/** Turns mono sound at 48 kHz into Opus packets of 20 ms (960 samples). */
export type EncodeOpus = (samples: Int16Array) => readonly Uint8Array[];

const FRAMES_A_SECOND = 50;

/** About -50 dB of full scale: below it nobody hears a word. */
const AUDIBLE = 100;

/**
 * A prompt out of a WAV file, its last frame filled up with silence. Without `encodeOpus` it cannot be played to a phone that
 * agreed on Opus alone.
 *
 * @throws Problem `wav_malformed`, `wav_unsupported`, `wav_too_large`, and `wav_silent`: an announcement that nobody hears
 * would pass for one that was made.
 */
export function makePrompt(id: string, wav: Uint8Array, encodeOpus: EncodeOpus | null = null): Prompt {
  const file = readWav(wav);
  const sound = mono(file);
  if (!sound.some((sample) => Math.abs(sample) >= AUDIBLE)) throw problem('wav_silent');
  return promptOf(id, sound, file.sampleRate, encodeOpus);
}

/** A prompt out of samples. */
export function promptOf(id: string, sound: Int16Array, sampleRate: number, encodeOpus: EncodeOpus | null): Prompt {
  const at = (rate: number) => wholeFrames(resample(sound, sampleRate, rate), rate / FRAMES_A_SECOND);
  const narrow = at(8_000);
  const frames = {
    PCMA: cut(encodePcma(narrow), 160),
    PCMU: cut(encodePcmu(narrow), 160),
    G722: cut(new G722Encoder().encode(at(16_000)), 160),
  };
  return { id, frames: encodeOpus === null ? frames : { ...frames, opus: encodeOpus(at(48_000)) } };
}

function wholeFrames(samples: Int16Array, length: number): Int16Array {
  const whole = new Int16Array(Math.ceil(samples.length / length) * length);
  whole.set(samples);
  return whole;
}

const cut = (bytes: Uint8Array, length: number): Uint8Array[] =>
  Array.from({ length: bytes.length / length }, (_, index) => bytes.subarray(index * length, (index + 1) * length));
