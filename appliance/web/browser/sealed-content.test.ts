import { createHash } from 'node:crypto';
import { writeFrameHeader, writeHeader } from '@belkluis/shared/release/content-file';
import test from 'ava';
import { readSealedContent } from './sealed-content.ts';

const ID = 'ab'.repeat(16);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

/** A content file of these sealed segments, in pieces. */
function file(segments: readonly string[], id = ID) {
  const pieces: Uint8Array[] = [writeHeader(id)];
  let previous = sha256(pieces[0]!);
  segments.forEach((text, number) => {
    const sealed = Buffer.from(text);
    const facts = { number, part: 0, startMs: number * 5000, durationMs: 5000, previous, sealedHash: sha256(sealed) };
    const frame = writeFrameHeader(facts, sealed.length);
    previous = sha256(frame);
    pieces.push(frame, sealed);
  });
  return { pieces, root: previous.toString('hex'), bytes: Buffer.concat(pieces) };
}

const three = file(['first', 'second', 'third']);
const expected = { id: ID, segments: 3, root: three.root };
const intact = ({ segments }: Awaited<ReturnType<typeof readSealedContent>>) =>
  segments.map((segment) => segment.intact);

test('a whole file is whole', async (t) => {
  const content = await readSealedContent(three.bytes, expected);
  t.deepEqual(intact(content), [true, true, true]);
  t.false(content.missing);
});

test('a changed segment keeps its place, and those after it still count', async (t) => {
  const bytes = Uint8Array.from(three.bytes);
  bytes[Buffer.from(bytes).indexOf('second')]! ^= 1;
  const content = await readSealedContent(bytes, expected);
  t.deepEqual(intact(content), [true, false, true]);
  t.false(content.missing);
});

const stranger = file(['zeroth', 'stranger', 'other']).pieces;

test('segments that were exchanged, left out, swapped, repeated or cut off are noticed', async (t) => {
  const [header, frame0, sealed0, frame1, sealed1, frame2, sealed2] = three.pieces as [Uint8Array, ...Uint8Array[]];
  const cases: Record<string, (Uint8Array | undefined)[]> = {
    exchanged: [header, frame0, sealed0, stranger[3], stranger[4], frame2, sealed2],
    'left out': [header, frame0, sealed0, frame2, sealed2],
    swapped: [header, frame0, sealed0, frame2, sealed2, frame1, sealed1],
    repeated: [header, frame0, sealed0, frame0, sealed0, frame1, sealed1],
    'cut off': [header, frame0, sealed0, frame1, sealed1],
    torn: [header, frame0, sealed0, frame1, sealed1, frame2],
  };
  for (const [name, pieces] of Object.entries(cases)) {
    const content = await readSealedContent(Buffer.concat(pieces as Uint8Array[]), expected);
    t.true(content.missing, name);
    t.true(intact(content).every(Boolean), name);
  }
});

test('the file of another recording is refused, also one that is whole in itself', async (t) => {
  await t.throwsAsync(readSealedContent(file(['first'], 'cd'.repeat(16)).bytes, expected), { message: 'not_content' });
  await t.throwsAsync(readSealedContent(new Uint8Array(7), expected), { message: 'not_content' });
  const other = file(['other', 'segments', 'here']);
  t.true((await readSealedContent(other.bytes, expected)).missing);
});
