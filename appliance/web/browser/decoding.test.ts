import { readSegment } from '@belkluis/shared/release/matroska';
import { fc, testProp } from '@fast-check/ava';
import test from 'ava';
import { cluster, matroskaHeader, sealedFacts } from '../../recording/matroska.ts';
import { decodeALaw, decodeMuLaw } from './g711.ts';
import { createG722Decoder } from './g722.ts';
import { decodeParts } from './sound.ts';
import { toWav } from './wav.ts';

test('G.711 codes have the values of the tables in the standard', (t) => {
  t.deepEqual([...decodeALaw(Uint8Array.of(0x00, 0x55, 0xd5, 0x2a, 0xaa))], [-5504, -8, 8, -32256, 32256]);
  t.deepEqual([...decodeMuLaw(Uint8Array.of(0x00, 0x80, 0x7f, 0xff, 0x20))], [-32124, 32124, 0, 0, -7932]);
});

// Two tones and noise, encoded and decoded by ffmpeg 5.1.
const g722 = 'b4108c2084a0a02020a4293b960a8e971baea825a5a9359c180e993634aa2568aa2efa9912d6d82eb4ea68ad6a1f9a19';
const samples = [
  0, -1, -1, 0, 0, -1, 0, 1, -1, -2, 2, 4, 2, 0, -24, -62, 7, 77, 6, -183, -123, 264, 731, 1140, 1651, 2784, 5026, 8235,
  12069, 14748, 14855, 12315, 7968, 3302, 850, -784, -4744, -10034, -12479, -11346, -8748, -5994, -5293, -4891, -1858,
  2915, 6856, 10665, 12686, 14855, 17223, 17359, 15548, 15453, 11122, 6410, 4133, 861, -3215, -3897, -4153, -12576,
  -10927, -6859, -7457, -3191, 4732, -2969, 4355, 12201, 8048, 12642, 25382, 12027, 11665, 22060, 8707, 4137, 17629,
  2081, -6341, 8940, -7727, -17561, 1001, -9724, -17008, -3097, -4019, -9497, 10026, 10846, -5797, 14670, 17138, 9547,
];

test('G.722 gives the samples of another decoder, whatever the lengths of the packets', (t) => {
  const bytes = Buffer.from(g722, 'hex');
  t.deepEqual([...createG722Decoder()(bytes)], samples);
  const decode = createG722Decoder();
  t.deepEqual(
    [bytes.subarray(0, 7), bytes.subarray(7, 8), bytes.subarray(8)].flatMap((part) => [...decode(part)]),
    samples,
  );
});

const facts = { recording: 'a'.repeat(32), number: 3, part: 1, startMs: 15_000, lost: 0, dropped: 4 };
const blocks = [
  { side: 0 as const, timeMs: 15_000, payload: Uint8Array.of(1, 2, 3) },
  { side: 1 as const, timeMs: 19_980, payload: new Uint8Array(200).fill(7) },
];

test('what the recorder writes is read back: codecs, facts, times and payloads', (t) => {
  const plain = Buffer.concat([matroskaHeader(['G722', 'opus']), sealedFacts(facts), cluster(15_000, blocks)]);
  const read = readSegment(plain);
  t.deepEqual(read.codecs, ['G722', 'opus']);
  t.deepEqual(read.facts, facts);
  t.deepEqual(
    read.blocks.map(({ side, timeMs, payload }) => ({ side, timeMs, payload: Uint8Array.from(payload) })),
    blocks,
  );
  t.is(readSegment(Buffer.concat([sealedFacts(facts), cluster(15_000, blocks)])).codecs, null);
});

testProp(
  'nothing inside a seal makes the reader throw',
  [fc.uint8Array({ maxLength: 300 }), fc.nat(200)],
  (t, bytes, at) => {
    const plain = Buffer.concat([matroskaHeader(['PCMA', 'PCMU']), sealedFacts(facts), cluster(0, blocks)]);
    plain.set(bytes.subarray(0, plain.length - at), at);
    t.notThrows(() => readSegment(plain));
    t.notThrows(() => readSegment(bytes));
  },
);

test('both sides lie on one clock: sound where it was spoken, silence where there was none', async (t) => {
  const loud = new Uint8Array(160).fill(0xaa);
  const part = {
    codecs: ['PCMA', 'PCMA'] as const,
    blocks: [
      { side: 0 as const, timeMs: 0, payload: loud },
      { side: 0 as const, timeMs: 21, payload: loud },
      { side: 1 as const, timeMs: 100, payload: loud },
    ],
  };
  const { rate, sides } = await decodeParts([part], 200);
  t.is(rate, 8000);
  const where = (line: Int16Array) => [line.indexOf(32256), line.lastIndexOf(32256), line.length];
  t.deepEqual(where(sides[0]), [0, 319, 1600], 'a rounded millisecond makes no click');
  t.deepEqual(where(sides[1]), [800, 959, 1600]);
});

test('a wideband part raises the rate for both, and nothing outside its time is written', async (t) => {
  const part = {
    codecs: ['G722', 'PCMU'] as const,
    blocks: [
      { side: 0 as const, timeMs: 0, payload: new Uint8Array(160).fill(0x12) },
      { side: 1 as const, timeMs: 20, payload: new Uint8Array(160) },
      { side: 1 as const, timeMs: 5000, payload: new Uint8Array(160) },
    ],
  };
  const { rate, sides } = await decodeParts([part], 40);
  t.is(rate, 16_000);
  t.is(sides[1].length, 640);
  t.deepEqual([sides[1][319], sides[1][321], sides[1][639]], [0, -32124, -32124]);
});

test('the WAV file has the caller left and the callee right', async (t) => {
  const wav = toWav({ rate: 8000, sides: [Int16Array.of(1, 2), Int16Array.of(-1, -2)] });
  const bytes = Buffer.from(await wav.arrayBuffer());
  t.is(bytes.length, 52);
  t.is(bytes.subarray(0, 4).toString(), 'RIFF');
  t.deepEqual(
    [44, 46, 48, 50].map((at) => bytes.readInt16LE(at)),
    [1, -1, 2, -2],
  );
});
