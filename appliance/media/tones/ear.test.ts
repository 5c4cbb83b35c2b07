import test from 'ava';
import type { CodecName } from '../codec.ts';
import { DIGITS } from '../dtmf.ts';
import { encodePcma, encodePcmu } from '../prompts/g711.ts';
import { G722Encoder } from '../prompts/g722.ts';
import { encodeOpus } from '../prompts/opus.ts';
import { levelAt, tone } from '../prompts/testing/sound.ts';
import { ToneDetector } from './detector.ts';
import { Ear } from './ear.ts';
import { silenceLike } from './silence.ts';
import { keySound, quiet, together } from './testing/keys.ts';

const cut = (bytes: Uint8Array, length = 160): Uint8Array[] =>
  Array.from({ length: Math.floor(bytes.length / length) }, (_, i) => bytes.subarray(i * length, (i + 1) * length));

const codecs = {
  PCMA: { rate: 8000, encode: (sound: Int16Array) => cut(encodePcma(sound)) },
  PCMU: { rate: 8000, encode: (sound: Int16Array) => cut(encodePcmu(sound)) },
  G722: { rate: 16_000, encode: (sound: Int16Array) => cut(new G722Encoder().encode(sound)) },
  opus: { rate: 48_000, encode: encodeOpus },
} as const;
const names = Object.keys(codecs) as (keyof typeof codecs)[];

function heard(ear: Ear, codec: CodecName, packets: readonly Uint8Array[]): Int16Array {
  return together(...packets.map((packet) => ear.hear(codec, packet)?.slice() ?? new Int16Array()));
}
function digitsIn(sound: Int16Array): string {
  let digits = '';
  const detector = new ToneDetector(({ digit }) => {
    digits += digit;
  });
  detector.push(sound);
  detector.flush();
  return digits;
}
const dialled = (rate: number) =>
  together(quiet(100, rate), ...[...DIGITS].flatMap((digit) => [keySound(digit, { rate, ms: 50 }), quiet(50, rate)]));

for (const name of names) {
  const { rate, encode } = codecs[name];

  test(`${name}: the shortest presses are heard, and sound is as loud as it was`, (t) => {
    t.is(digitsIn(heard(new Ear(), name, encode(dialled(rate)))), DIGITS);
    const sound = heard(new Ear(), name, encode(tone(1000, rate, 1, 8000))).subarray(800, 7200);
    const level = levelAt(1000, sound, 8000);
    t.true(Math.abs(level - 8000) < 500, `${level}`);
  });

  test(`${name}: silence in the place of digits is as long, is heard as silence, and speech goes on after it`, (t) => {
    const packets = encode(together(tone(400, rate, 0.5), dialled(rate), tone(400, rate, 0.5)));
    const [from, to] = [25, packets.length - 25];
    const silenced = packets.map((packet, i) => (i >= from && i < to ? silenceLike(name, packet) : packet));
    const ear = new Ear();
    const sounds = silenced.map((packet) => ear.hear(name, packet)!.slice());
    t.deepEqual(
      sounds.map(({ length }) => length),
      packets.map(() => 160),
    );
    // Opus decoders let the sound before fade away.
    const silence = together(...sounds.slice(from + 2, to - 1));
    t.true(silence.every((sample) => Math.abs(sample) < 64));
    const after = together(...sounds.slice(to + 5));
    t.true(levelAt(400, after.subarray(0, 2000), 8000) > 5000);
    t.is(digitsIn(together(...sounds)), '');
  });
}

test('a codec that changes, and comes back, is heard each time', (t) => {
  const ear = new Ear();
  for (const name of [...names, ...names]) {
    const { rate, encode } = codecs[name];
    t.is(
      digitsIn(heard(ear, name, encode(together(quiet(60, rate), keySound('7', { rate, ms: 80 }), quiet(60, rate))))),
      '7',
    );
  }
  t.is(ear.hear('CN', Uint8Array.of(40)), null);
});

test('hundreds of streams of Opus at once are each heard by themselves', (t) => {
  const { rate, encode } = codecs.opus;
  const pressed = (digit: string) =>
    encode(together(quiet(100, rate), keySound(digit, { rate, ms: 80 }), quiet(100, rate)));
  const streams = Array.from({ length: 400 }, (_, i) => ({
    ear: new Ear(),
    digit: DIGITS[i % 16]!,
    sounds: [] as Int16Array[],
  }));
  const packets = new Map([...DIGITS].map((digit) => [digit, pressed(digit)]));
  const unused = new Ear().hear('opus', packets.get('1')![0]!)!.slice();
  for (let i = 0; i < 14; i++)
    for (const { ear, digit, sounds } of streams) sounds.push(ear.hear('opus', packets.get(digit)![i]!)!.slice());
  for (const { digit, sounds } of streams) t.is(digitsIn(together(...sounds)), digit);
  // Whoever comes next hears nothing of it.
  for (const { ear } of streams) ear.close();
  for (let i = 0; i < 400; i++) t.deepEqual(new Ear().hear('opus', packets.get('1')![0]!), unused);
});

test('what is no Opus harms nobody', (t) => {
  const ear = new Ear();
  for (const packet of [[], [0xff], [3], [0xfb, 63, 1], Array(1500).fill(0x5a), Array(1501).fill(0)])
    t.notThrows(() => ear.hear('opus', Uint8Array.from(packet)));
  t.is(ear.hear('opus', Uint8Array.from([0xff, 0xff, 0xff])), null);
});

/** A first byte for each length of frame, and lengths in milliseconds (RFC 6716 3.1, table 2). */
const configs: [number, number][] = [
  ...[0, 4, 8].flatMap((first): [number, number][] => [10, 20, 40, 60].map((ms, i) => [first + i, ms])),
  ...[12, 14].flatMap((first): [number, number][] => [10, 20].map((ms, i) => [first + i, ms])),
  ...[16, 20, 24, 28].flatMap((first): [number, number][] => [2.5, 5, 10, 20].map((ms, i) => [first + i, ms])),
];

test('silence in the place of an Opus packet is as long, whatever frames it was made of', (t) => {
  const lengthOf = (packet: Uint8Array) => new Ear().hear('opus', packet)?.length;
  for (const [config, ms] of configs) {
    t.is(lengthOf(silenceLike('opus', Uint8Array.of(config << 3, 1, 2))), ms * 8, `${config}`);
    for (const two of [1, 2])
      t.is(lengthOf(silenceLike('opus', Uint8Array.of((config << 3) | two, 1, 2))), Math.min(ms * 16, 960));
    const count = Math.min(6, Math.floor(120 / ms));
    t.is(
      lengthOf(silenceLike('opus', Uint8Array.of((config << 3) | 3, count))),
      ms * 8 * count,
      `${config} x ${count}`,
    );
  }
  for (const broken of [[], [3], [3, 0], [0xfb, 63]]) t.is(lengthOf(silenceLike('opus', Uint8Array.from(broken))), 160);
});
