/** G.711 and G.722 against themselves, against known numbers, and against ffmpeg where it is installed. */
import { spawnSync } from 'node:child_process';
import test from 'ava';
import fc from 'fast-check';
import { decodePcma, decodePcmu, encodePcma, encodePcmu } from './g711.ts';
import { G722Decoder, G722Encoder } from './g722.ts';
import { levelAt, mix, signalToNoise, tone } from './testing/sound.ts';

const allBytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const allSamples = Int16Array.from({ length: 65_536 }, (_, i) => i - 32_768);

test('G.711: known codes', (t) => {
  t.deepEqual([...encodePcma(Int16Array.of(0, -1, 32_767, -32_768, 1000))], [0xd5, 0x55, 0xaa, 0x2a, 0xfa]);
  t.deepEqual([...encodePcmu(Int16Array.of(0, -1, 32_767, -32_768, 1000))], [0xff, 0x7f, 0x80, 0x00, 0xce]);
  t.deepEqual([...decodePcma(Uint8Array.of(0xd5, 0x55, 0xaa, 0x2a))], [8, -8, 32_256, -32_256]);
  t.deepEqual([...decodePcmu(Uint8Array.of(0xff, 0x80, 0x00))], [0, 32_124, -32_124]);
});

for (const [name, encode, decode] of [
  ['A-law', encodePcma, decodePcma],
  ['mu-law', encodePcmu, decodePcmu],
] as const) {
  test(`G.711 ${name}: what is decoded encodes to the same code`, (t) => {
    const again = encode(decode(allBytes));
    // Mu-law has two zeros.
    for (const byte of allBytes) t.true(again[byte] === byte || (name === 'mu-law' && byte === 0x7f));
  });

  test(`G.711 ${name}: no sample is off by more than half its step`, (t) => {
    const heard = decode(encode(allSamples));
    for (const [i, sample] of allSamples.entries())
      t.true(
        Math.abs(sample - heard[i]!) <= Math.max(16, Math.abs(sample) / 31 + 8) || Math.abs(sample) > 32_124,
        `${sample}`,
      );
  });
}

const speech = mix(tone(300, 16_000, 1, 6000), tone(1200, 16_000, 1, 4000), tone(5200, 16_000, 1, 1500));

/** The filters of encoder and decoder together hold a sound back for so many samples. */
const DELAY = 22;

test('G.722: both bands come through', (t) => {
  const heard = new G722Decoder().decode(new G722Encoder().encode(speech));
  const ratio = signalToNoise(speech, heard, DELAY);
  t.true(ratio > 20, `${ratio} dB`);
  for (const [hertz, level] of [
    [300, 6000],
    [1200, 4000],
    [5200, 1500],
  ] as const) {
    const heardLevel = levelAt(hertz, heard, 16_000);
    t.true(Math.abs(heardLevel - level) < level / 10, `${hertz} Hz: ${heardLevel} for ${level}`);
  }
});

test('G.722: a stream in pieces is the stream in one', (t) => {
  const encoder = new G722Encoder();
  const decoder = new G722Decoder();
  const pieces: Uint8Array[] = [];
  const heard: number[] = [];
  for (let at = 0; at < speech.length; at += 320) {
    const piece = encoder.encode(speech.subarray(at, at + 320));
    pieces.push(piece);
    heard.push(...decoder.decode(piece));
  }
  const whole = new G722Encoder().encode(speech);
  t.deepEqual(Buffer.concat(pieces), Buffer.from(whole));
  t.deepEqual(Int16Array.from(heard), new G722Decoder().decode(whole));
});

test('G.722: silence stays silent, and the loudest sound does not overflow', (t) => {
  const quiet = new G722Decoder().decode(new G722Encoder().encode(new Int16Array(1600)));
  t.true(quiet.every((sample) => Math.abs(sample) <= 8));
  const loud = tone(700, 16_000, 0.5, 32_000);
  t.true(signalToNoise(loud, new G722Decoder().decode(new G722Encoder().encode(loud)), DELAY) > 20);
});

test('G.722: any samples can be encoded, any bytes decoded, the same each time', (t) => {
  fc.assert(
    fc.property(fc.int16Array({ maxLength: 400 }), fc.uint8Array({ maxLength: 400 }), (samples, bytes) => {
      const encode = () => Buffer.from(new G722Encoder().encode(samples));
      return encode().equals(encode()) && new G722Decoder().decode(bytes).length === 2 * bytes.length;
    }),
  );
  t.pass();
});

const ffmpeg = (from: string[], to: string[], input: Uint8Array): Buffer | null => {
  const { status, stdout } = spawnSync('ffmpeg', ['-v', 'error', ...from, '-i', 'pipe:0', ...to, 'pipe:1'], { input });
  return status === 0 ? stdout : null;
};
const pcm = (samples: Int16Array) => Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
const samplesOf = (bytes: Buffer) => Int16Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readInt16LE(2 * i));
const raw = (rate: number) => ['-f', 's16le', '-ar', `${rate}`, '-ac', '1'];

test('G.722: ffmpeg hears what we encode exactly as we do', (t) => {
  const code = new G722Encoder().encode(speech);
  const theirs = samplesOf(ffmpeg(['-f', 'g722'], raw(16_000), code)!);
  const ours = new G722Decoder().decode(code);
  t.deepEqual(theirs, ours.subarray(0, theirs.length));
  t.true(theirs.length >= ours.length - 640);
});

test('G.722: we hear what ffmpeg encodes', (t) => {
  const heard = new G722Decoder().decode(ffmpeg(raw(16_000), ['-f', 'g722'], pcm(speech))!);
  t.true(signalToNoise(speech, heard, DELAY) > 20);
});

test('G.711: the same as ffmpeg for every code', (t) => {
  for (const [format, decode] of [
    ['alaw', decodePcma],
    ['mulaw', decodePcmu],
  ] as const)
    t.deepEqual(samplesOf(ffmpeg(['-f', format, '-ar', '8000'], raw(8000), allBytes)!), decode(allBytes));
});
