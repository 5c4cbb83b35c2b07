import { spawnSync } from 'node:child_process';
import { seededChance } from '@belkluis/shared/base/chance';
import test from 'ava';
import { DIGITS } from '../dtmf.ts';
import { resample } from '../prompts/resample.ts';
import { mono, readWav } from '../prompts/wav.ts';
import { type Tone, ToneDetector } from './detector.ts';
import { type KeySound, keySound, newSeed, noisy, quiet, together } from './testing/keys.ts';

/** What is told of a sound that comes in packets of 20 ms, and how long the sound went on without an end. */
function told(sound: Int16Array, piece = 160): Tone[] {
  const tones: Tone[] = [];
  const detector = new ToneDetector((tone) => tones.push(tone));
  for (let at = 0; at < sound.length; at += piece) detector.push(sound.subarray(at, at + piece));
  detector.flush();
  return tones;
}
const digitsIn = (sound: Int16Array): string =>
  told(sound)
    .map(({ digit }) => digit)
    .join('');

/** Each key once, wherever it falls in the pieces that are looked at. */
function dialled(sound: KeySound, pauseMs = 30): Int16Array {
  const keys = [...DIGITS].flatMap((digit, i) => [keySound(digit, sound), quiet(pauseMs + i * 0.7)]);
  return together(quiet(20), ...keys, quiet(40));
}

test('each digit is told once at the shortest press and pause of Q.24, with its length', (t) => {
  t.is(digitsIn(dialled({ ms: 40 })), DIGITS);
  for (const ms of [40, 100, 1000]) {
    const [tone, ...more] = told(together(quiet(33), keySound('5', { ms }), quiet(100)));
    t.deepEqual(more, []);
    t.true(Math.abs(tone!.lengthMs - ms) <= 12, `${tone!.lengthMs} for ${ms}`);
    t.is(tone!.digit, '5');
  }
});

test('whatever the pieces it comes in', (t) => {
  for (const piece of [1, 80, 240, 480, 999]) t.is(told(dialled({}), piece).length, DIGITS.length, `${piece}`);
});

test('a key that is held sounds, from its beginning until it is told', (t) => {
  const tones: Tone[] = [];
  const detector = new ToneDetector((tone) => tones.push(tone));
  detector.push(quiet(100));
  t.is(detector.sounding, null);
  detector.push(keySound('3', { ms: 60 }));
  t.true(Math.abs(detector.sounding! - 60) < 8);
  detector.push(keySound('3', { ms: 20 }));
  t.deepEqual(tones, []);
  detector.push(quiet(60));
  t.is(detector.sounding, null);
  t.true(Math.abs(tones[0]!.agoMs - 25) < 12);
});

test('frequencies 1.5 % off are heard, those 3.5 % off are not', (t) => {
  for (const off of [-0.015, 0.015]) t.is(digitsIn(dialled({ off, ms: 50 })), DIGITS, `${off}`);
  for (const off of [-0.035, 0.035]) t.is(digitsIn(dialled({ off, ms: 50 })), '', `${off}`);
});

test('the loudest and the faintest presses are heard, and tones as unequal as lines make them', (t) => {
  for (const level of [16_000, 1260, 800]) t.is(digitsIn(dialled({ level })), DIGITS, `${level}`);
  t.is(digitsIn(dialled({ level: 200 })), '');
  for (const twist of [-8, 4]) t.is(digitsIn(dialled({ twist })), DIGITS, `${twist} dB`);
  for (const twist of [-14, 10]) t.is(digitsIn(dialled({ twist })), '', `${twist} dB`);
});

test('what is shorter than a press is none; a hole in a press makes no two of it, a pause of 30 ms does', (t) => {
  t.is(digitsIn(dialled({ ms: 23 })), '');
  for (let shift = 0; shift < 8; shift++) {
    const pressed = (pause: number) => together(quiet(shift), keySound('8'), quiet(pause), keySound('8'), quiet(60));
    t.is(digitsIn(pressed(10)), '8', `${shift}`);
    t.is(digitsIn(pressed(30)), '88', `${shift}`);
  }
  t.is(digitsIn(together(keySound('1'), keySound('2'), quiet(60))), '12');
});

test('noise 15 dB below takes no digit, and adds none; nor does noise alone', (t) => {
  const seed = newSeed();
  t.log(`seed ${seed}`);
  for (const dB of [30, 20, 15]) t.is(digitsIn(noisy(dialled({ ms: 50 }), dB, seed)), DIGITS, `${dB} dB`);
  for (const dB of [20, 10, 0]) t.is(digitsIn(noisy(quiet(60_000), dB, seed)), '', `${dB} dB`);
  // Far noisier than any phone may be: digits may be missed, but no other is told.
  for (const digit of DIGITS)
    t.regex(digitsIn(noisy(together(quiet(50), keySound(digit, { ms: 100 })), 8, seed)), new RegExp(`^[${digit}]*$`));
});

test('one of the two tones, a dial tone, ring-back and the beep are no digits', (t) => {
  const sines = (...hertz: number[]) =>
    Int16Array.from({ length: 16_000 }, (_, i) =>
      hertz.reduce((sum, one) => sum + 7000 * Math.sin((2 * Math.PI * one * i) / 8000), 0),
    );
  for (const hertz of [
    [697],
    [1477],
    [425],
    [350, 440],
    [440, 480],
    [480, 620],
    [1400],
    [770, 852],
    [1336, 1633],
    [950, 1400, 1800],
  ])
    t.is(digitsIn(sines(...hertz)), '', `${hertz}`);
});

/** Numbers said at random: every sound of a language, and what people say where digits are pressed. */
function speech(voice: string, seed: string): Int16Array {
  const chance = seededChance(seed + voice);
  const text = Array.from({ length: 40 }, () => chance.bytes(3).readUIntBE(0, 3)).join(', ');
  const { stdout } = spawnSync('espeak-ng', ['-v', voice, '-s', '170', '--stdout', text], { maxBuffer: 2 ** 28 });
  stdout.writeUInt32LE(0xffff_ffff, 40);
  const wav = readWav(stdout);
  return resample(mono(wav), wav.sampleRate, 8000);
}

test('minutes of speech press no key, in the clear and with noise', (t) => {
  const seed = newSeed();
  t.log(`seed ${seed}`);
  let seconds = 0;
  for (const voice of ['nl', 'en-gb', 'de+f2', 'fr-fr+f4', 'nl+m3']) {
    const said = speech(voice, seed);
    seconds += said.length / 8000;
    for (const sound of [said, noisy(said, 10, seed)]) t.is(digitsIn(sound), '', voice);
    const shouted = said.map((sample) => Math.max(-32_768, Math.min(32_767, 2 * sample)));
    t.is(digitsIn(shouted), '', voice);
  }
  t.log(`${Math.round(seconds / 60)} minutes`);
  t.true(seconds > 400);
});
