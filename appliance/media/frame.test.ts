import test from 'ava';
import fc from 'fast-check';
import { type Frame, type Gap, packFrames, type TapCodec, unpackBatch, unpackFrames } from './frame.ts';

const codecs: TapCodec[] = ['PCMA', 'PCMU', 'G722', 'opus', 'CN'];
const side = fc.constantFrom<0 | 1>(0, 1);
const someFrame: fc.Arbitrary<Frame> = fc.record({
  side,
  codec: fc.constantFrom(...codecs),
  arrivedUs: fc.double({ min: 0, max: 2 ** 50, noNaN: true }),
  ssrc: fc.nat(0xffffffff),
  sequence: fc.nat(0xffff),
  timestamp: fc.nat(0xffffffff),
  marker: fc.boolean(),
  payload: fc.uint8Array({ maxLength: 1500 }),
});
const someGap: fc.Arbitrary<Gap> = fc.record({
  side,
  lost: fc.nat(0xffffffff),
  why: fc.constantFrom<Gap['why']>('queue_full', 'fax', 'paused', 'hold', 'digits'),
  fromUs: fc.double({ min: 0, max: 2 ** 50, noNaN: true }),
  toUs: fc.double({ min: 0, max: 2 ** 50, noNaN: true }),
});
const plain = (frames: readonly Frame[]) => frames.map((frame) => ({ ...frame, payload: [...frame.payload] }));

test('what is packed comes out, bit for bit and in order', (t) => {
  fc.assert(
    fc.property(fc.array(someFrame, { maxLength: 30 }), fc.array(someGap, { maxLength: 4 }), (frames, gaps) => {
      const batch = packFrames(frames, gaps);
      t.deepEqual(plain(unpackBatch(batch).frames), plain(frames));
      t.deepEqual(unpackBatch(batch).gaps, gaps);
    }),
    { numRuns: 50, verbose: true },
  );
});

test('any bytes can be unpacked without harm', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      unpackFrames(Uint8Array.from(bytes).buffer);
    }),
    { verbose: true },
  );
  t.pass();
});

test('a torn batch gives the frames before the tear', (t) => {
  const frames = [1, 2, 3].map(
    (sequence): Frame => ({
      side: 0,
      codec: 'PCMA',
      arrivedUs: 5,
      ssrc: 1,
      sequence,
      timestamp: 1,
      marker: false,
      payload: new Uint8Array(160),
    }),
  );
  const batch = packFrames(frames);
  t.deepEqual(
    unpackFrames(batch.slice(0, batch.byteLength - 1)).map(({ sequence }) => sequence),
    [1, 2],
  );
});
