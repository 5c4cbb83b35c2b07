import test from 'ava';
import fc from 'fast-check';
import { decodePcma, decodePcmu } from './g711.ts';
import { G722Decoder } from './g722.ts';
import { makePrompt } from './prompt.ts';
import { resample } from './resample.ts';
import { levelAt, mix, signalToNoise, tone } from './testing/sound.ts';
import { mono, readWav, writeWav } from './wav.ts';

test('WAV: what is written is read back', (t) => {
  const stereo = { sampleRate: 8000, channels: [tone(440, 8000, 0.1), tone(1000, 8000, 0.1)] };
  t.deepEqual(readWav(writeWav(stereo)), stereo);
  const single = { sampleRate: 44_100, channels: [Int16Array.of(1, -2, 32_767, -32_768)] };
  t.deepEqual(readWav(writeWav(single)), single);
  t.deepEqual(
    mono({ sampleRate: 8000, channels: [Int16Array.of(100, -32_768), Int16Array.of(200, -32_768)] }),
    Int16Array.of(150, -32_768),
  );
});

const good = writeWav({ sampleRate: 16_000, channels: [tone(440, 16_000, 0.1)] });
const patched = (at: number, value: number): Buffer => {
  const file = Buffer.from(good);
  file.writeUInt16LE(value, at);
  return file;
};

test('WAV: chunks that we do not know are passed over, and a piped length is forgiven', (t) => {
  const list = Buffer.concat([Buffer.from('LIST\x03\0\0\0abc\0', 'latin1')]);
  t.deepEqual(readWav(Buffer.concat([good.subarray(0, 12), list, good.subarray(12)])), readWav(good));
  const piped = Buffer.from(good);
  piped.writeUInt32LE(0xffff_ffff, 40);
  t.deepEqual(readWav(piped), readWav(good));
});

test('WAV: others are refused by name', (t) => {
  const cases: [Uint8Array, string][] = [
    [Buffer.alloc(0), 'wav_malformed'],
    [Buffer.from('ID3 not a wav file at all'), 'wav_malformed'],
    [good.subarray(0, 36), 'wav_malformed'],
    [good.subarray(0, 1000), 'wav_malformed'],
    [patched(20, 6), 'wav_unsupported'],
    [patched(22, 3), 'wav_unsupported'],
    [patched(34, 24), 'wav_unsupported'],
    [patched(24, 1000), 'wav_unsupported'],
    [writeWav({ sampleRate: 8000, channels: [new Int16Array(8000)] }), 'wav_silent'],
    [writeWav({ sampleRate: 8000, channels: [new Int16Array()] }), 'wav_silent'],
  ];
  for (const [file, code] of cases) t.throws(() => makePrompt('p', file), { code });
});

test('WAV: any bytes are read or refused by name', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(60), (bytes, at) => {
      const file = Buffer.concat([good.subarray(0, at), Buffer.from(bytes)]);
      try {
        readWav(file);
        return true;
      } catch (problem) {
        return ['wav_malformed', 'wav_unsupported'].includes((problem as { code: string }).code);
      }
    }),
  );
  t.pass();
});

for (const [from, to] of [
  [8000, 16_000],
  [16_000, 8000],
  [44_100, 8000],
  [22_050, 48_000],
  [48_000, 16_000],
] as const) {
  test(`${from} to ${to} Hz: the same sound at another rate`, (t) => {
    const make = (rate: number) => mix(tone(400, rate, 0.5, 8000), tone(2100, rate, 0.5, 5000));
    const ratio = signalToNoise(make(to), resample(make(from), from, to), 0);
    t.true(ratio > 50, `${ratio} dB`);
  });
}

test('what a lower rate cannot hold is removed, not folded into what people hear', (t) => {
  const low = resample(mix(tone(1000, 48_000, 0.5), tone(6500, 48_000, 0.5)), 48_000, 8000);
  t.true(levelAt(1500, low, 8000) < 10);
  t.true(levelAt(1000, low, 8000) > 9900);
});

test('a prompt says the same in every codec, in frames of 20 ms', (t) => {
  const file = writeWav({ sampleRate: 44_100, channels: [tone(700, 44_100, 0.333), tone(700, 44_100, 0.333)] });
  const asked: number[] = [];
  const { id, frames } = makePrompt('greeting', file, (samples) => {
    asked.push(samples.length);
    return [Uint8Array.of(1)];
  });
  t.is(id, 'greeting');
  t.deepEqual(asked, [17 * 960]);
  t.deepEqual(frames.opus, [Uint8Array.of(1)]);
  for (const name of ['PCMA', 'PCMU', 'G722'] as const) {
    t.is(frames[name]?.length, 17, name);
    t.true(frames[name]?.every((frame) => frame.length === 160));
  }
  const join = (name: 'PCMA' | 'PCMU' | 'G722') => Buffer.concat(frames[name]!);
  const heard = [
    [decodePcma(join('PCMA')), 8000],
    [decodePcmu(join('PCMU')), 8000],
    [new G722Decoder().decode(join('G722')), 16_000],
  ] as const;
  for (const [sound, rate] of heard) {
    const level = levelAt(700, sound.subarray(0, Math.floor(rate * 0.333)), rate);
    t.true(Math.abs(level - 10_000) < 300, `${level}`);
  }
});

test('without an Opus encoder a prompt has no Opus frames', (t) => t.false('opus' in makePrompt('p', good).frames));
