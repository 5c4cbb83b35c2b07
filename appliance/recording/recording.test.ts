import { createHash, randomBytes } from 'node:crypto';
import { seededChance, systemChance } from '@belkluis/shared/base/chance';
import test from 'ava';
import { decrypt, decryptSessionKeys, generateKey, type PrivateKey, readMessage } from 'openpgp';
import type { Frame, Gap } from '../media/frame.ts';
import { SEGMENT_US } from './limits.ts';
import { checkRecipients, type ListedRecipient, SESSION_ALGORITHM } from './recipients.ts';
import { Segmenter } from './segmenter.ts';
import { seal } from './seipd.ts';
import { RecordingSession } from './session.ts';
import { wrapSessionKey } from './wrap.ts';

const ID = 'ab'.repeat(16);
const seed = randomBytes(4).toString('hex');

/** Packets of one side, 20 ms apart, with jitter. Each payload is told by its own bytes. */
function packets(side: 0 | 1, count: number, change: (index: number) => Partial<Frame> = () => ({})): Frame[] {
  const chance = seededChance(`${seed} ${side}`);
  return Array.from({ length: count }, (_, index) => ({
    side,
    codec: 'PCMA' as const,
    arrivedUs: 7_000_000 + index * 20_000 + (chance.bytes(1)[0]! % 16) * 500,
    ssrc: 5 + side,
    sequence: (65_500 + index) & 0xffff,
    timestamp: (2 ** 32 - 1600 + index * 160) >>> 0,
    marker: false,
    payload: Buffer.alloc(160, createHash('md5').update(`${side} ${index}`).digest()),
    ...change(index),
  }));
}

const merged = (...sides: Frame[][]) => sides.flat().sort((a, b) => a.arrivedUs - b.arrivedUs);

function segmentsOf(frames: Frame[]) {
  const segmenter = new Segmenter(ID);
  return [...segmenter.push(frames, []), ...segmenter.flush()];
}

/** Blocks as they lie in a cluster: track, time inside the cluster, payload. Found by their element id and fixed sizes. */
function blocksIn(plain: Buffer, payloadLength = 160): { side: number; timeMs: number; payload: Buffer }[] {
  const marker = Buffer.concat([
    Buffer.from([0xa3]),
    Buffer.from([0x40 | ((payloadLength + 4) >> 8), (payloadLength + 4) & 255]),
  ]);
  const blocks = [];
  for (let at = plain.indexOf(marker); at >= 0; at = plain.indexOf(marker, at + 1)) {
    const start = at + marker.length;
    if (plain[start + 3] !== 0x80) continue;
    const payload = plain.subarray(start + 4, start + 4 + payloadLength);
    blocks.push({ side: (plain[start]! & 0x7f) - 1, timeMs: plain.readInt16BE(start + 1), payload });
  }
  return blocks;
}

test(`every payload is recorded as it was received, on its own side (seed ${seed})`, (t) => {
  const frames = merged(packets(0, 600), packets(1, 600));
  const expected = [0, 1].map((side) =>
    frames.filter((f) => f.side === side).map((f) => Buffer.from(f.payload).toString('hex')),
  );
  const segments = segmentsOf(frames);
  t.is(segments.length, 3);
  const blocks = segments.flatMap(({ plain }) => blocksIn(plain));
  for (const side of [0, 1]) {
    const recorded = blocks.filter((block) => block.side === side).map(({ payload }) => payload.toString('hex'));
    t.deepEqual(recorded, expected[side]);
  }
});

test(`both sides are placed within 20 ms of when they were spoken, whatever the jitter (seed ${seed})`, (t) => {
  const late = 60_000;
  const segments = segmentsOf(
    merged(
      packets(0, 500),
      packets(1, 500, (index) => ({ arrivedUs: 7_000_000 + late + index * 20_000 })),
    ),
  );
  const first = blocksIn(segments[0]!.plain);
  const start = (side: number) => first.find((block) => block.side === side)!.timeMs;
  t.true(Math.abs(start(1) - start(0) - late / 1000) <= 20, `${start(0)} ${start(1)}`);
});

test('lost packets are counted, late ones put in their place, duplicates left out', (t) => {
  const frames = packets(0, 100, (index) => ({ arrivedUs: 7_000_000 + index * 20_000 }));
  const swapped = [
    ...frames.slice(0, 10),
    frames[11]!,
    frames[10]!,
    frames[12]!,
    frames[12]!,
    ...frames.slice(13, 50),
    ...frames.slice(53),
  ];
  const copies = swapped.map((frame) => ({ ...frame, payload: Buffer.from(frame.payload) }));
  const [segment] = segmentsOf(copies);
  t.is(segment!.lost, 3);
  const times = blocksIn(segment!.plain).map(({ timeMs }) => timeMs);
  t.is(times.length, 97);
  t.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
});

test('a sender that starts anew (SSRC or timestamp) goes on at the time of its arrival', (t) => {
  const jumped = packets(0, 200, (index) => ({
    arrivedUs: 7_000_000 + index * 20_000,
    ...(index < 100 ? {} : { ssrc: 99, timestamp: 12 + index * 160, sequence: index }),
  }));
  const times = segmentsOf(jumped).flatMap(({ plain }) => blocksIn(plain).map(({ timeMs }) => timeMs));
  t.deepEqual(
    times,
    Array.from({ length: 200 }, (_, index) => index * 20),
  );
});

test('a change of codec begins a new part with a header of its own', (t) => {
  const frames = packets(0, 100, (index) => ({ codec: index < 50 ? 'PCMA' : 'PCMU' }));
  const segments = segmentsOf(frames);
  t.deepEqual(
    segments.map(({ part, number }) => [number, part]),
    [
      [0, 0],
      [1, 1],
    ],
  );
  for (const { plain } of segments) t.is(plain.readUInt32BE(0), 0x1a45dfa3);
});

test('digits that were left out and comfort noise are not audio, but are not counted as lost either', (t) => {
  const frames = packets(0, 60, (index) => (index === 20 ? { codec: 'CN', payload: Buffer.alloc(1) } : {}));
  const segmenter = new Segmenter(ID);
  const times = { fromUs: frames[30]!.arrivedUs, toUs: frames[32]!.arrivedUs };
  // One more is missing than the digits were.
  const kept = frames.filter((_, index) => index < 30 || index > 33);
  segmenter.push(kept, [{ side: 0, why: 'digits', lost: 3, ...times }]);
  const [segment] = segmenter.flush();
  t.is(segment!.lost, 1);
  t.is(blocksIn(segment!.plain).length, 55);
});

test('after a pause the sound stands where it was said, nothing is lost, and the segment says from when to when', (t) => {
  const all = merged(packets(0, 400), packets(1, 400));
  const pause = { fromUs: 9_000_000, toUs: 12_000_000 };
  const kept = all.filter(({ arrivedUs }) => arrivedUs < pause.fromUs || arrivedUs >= pause.toUs);
  const segmenter = new Segmenter(ID);
  // The gap is told when it ends, while frames from before it still come.
  const early = kept.filter(({ arrivedUs }) => arrivedUs < 8_500_000);
  const gaps = ([0, 1] as const).map((side): Gap => ({ side, why: 'paused', lost: 0, ...pause }));
  const segments = [
    ...segmenter.push(early, []),
    ...segmenter.push(kept.slice(early.length), gaps),
    ...segmenter.flush(),
  ];
  t.is(
    segments.reduce((sum, { lost, dropped }) => sum + lost + dropped, 0),
    0,
  );
  const origin = kept[0]!.arrivedUs;
  let start = 0;
  for (const { plain, startMs } of segments) {
    for (const { side, timeMs, payload } of blocksIn(plain)) {
      const index = all.findIndex((frame) => frame.side === side && payload.equals(frame.payload));
      const said = (all[index]!.arrivedUs - origin) / 1000;
      t.true(Math.abs(startMs + timeMs - said) <= 9, `${startMs + timeMs} for ${said}`);
      start++;
    }
  }
  t.is(start, kept.length);
  const facts = segments.map(({ plain }) => JSON.parse(/\{"recording".*?\]\}/s.exec(plain.toString('latin1'))![0]));
  t.deepEqual(
    facts.flatMap(({ withheld }) => withheld),
    [0, 1].map((side) => ({
      side,
      why: 'paused',
      fromMs: Math.round((pause.fromUs - origin) / 1000),
      toMs: Math.round((pause.toUs - origin) / 1000),
    })),
  );
});

test('a segment is no longer than it may be, and what waits is not forgotten', (t) => {
  for (const { durationMs } of segmentsOf(packets(0, 1000))) t.true(durationMs <= SEGMENT_US / 1000 + 40);
  const segmenter = new Segmenter(ID);
  segmenter.push(packets(0, 10), []);
  t.true(segmenter.hasFrames);
  t.is(segmenter.flush().length, 1);
  t.false(segmenter.hasFrames);
});

async function keyPair(options: object = {}) {
  const made = await generateKey({
    type: 'ecc',
    curve: 'curve25519Legacy',
    userIDs: [{ name: 'C' }],
    format: 'object',
    ...options,
  });
  return made as unknown as { privateKey: PrivateKey; publicKey: PrivateKey; revocationCertificate: string };
}

const listed = (
  key: { armor(): string; getFingerprint(): string },
  role: 'custodian' | 'escrow' = 'custodian',
): ListedRecipient => ({
  role,
  name: 'C',
  fingerprint: key.getFingerprint(),
  certificate: key.armor(),
});

test('what is sealed opens with either key, and PKESK ‖ segment is an ordinary message', async (t) => {
  const pairs = [await keyPair(), await keyPair()];
  const now = new Date();
  const { valid } = await checkRecipients(
    pairs.map(({ publicKey }) => listed(publicKey)),
    now,
  );
  const sealed: Buffer[] = [];
  const sessionKey = randomBytes(32);
  const wraps = await wrapSessionKey(sessionKey, valid, now);
  const session = new RecordingSession(ID, sessionKey, systemChance, (_segment, bytes) => sealed.push(bytes));
  const spoken = packets(0, 300, (index) => ({ arrivedUs: 7_000_000 + index * 20_000 }));
  session.take(spoken, []);
  session.flush();
  session.wipe();
  t.true(sessionKey.equals(Buffer.alloc(32)), 'the session key is gone');
  t.true(
    spoken.every(({ payload }) => payload.every((byte) => byte === 0)),
    'no audio stays in the batches',
  );
  t.is(sealed.length, 2);
  for (const { privateKey } of pairs) {
    const message = await readMessage({ binaryMessage: Buffer.concat([wraps, sealed[1]!]) });
    const { data } = await decrypt({ message, decryptionKeys: privateKey, format: 'binary' });
    t.is(blocksIn(Buffer.from(data as Uint8Array)).length, 50);
  }
  const [key] = await decryptSessionKeys({
    message: await readMessage({ binaryMessage: wraps }),
    decryptionKeys: pairs[0]!.privateKey,
  });
  t.is(key?.algorithm, SESSION_ALGORITHM);
  t.is(sealed[0]![0], 0xc0 | 18, 'a SEIPD packet');
  t.is(sealed[0]![6], 1, 'of version 1');
});

test('a segment with one changed bit does not open', async (t) => {
  const key = randomBytes(32);
  const sealed = seal(Buffer.from('said in confidence'), key, systemChance);
  const open = async (bytes: Buffer) => {
    const message = await readMessage({ binaryMessage: bytes });
    const { data } = await decrypt({
      message,
      sessionKeys: { data: key, algorithm: SESSION_ALGORITHM },
      format: 'binary',
    });
    return Buffer.from(data as Uint8Array).toString();
  };
  t.is(await open(sealed), 'said in confidence');
  t.false(sealed.includes('confidence'));
  for (const at of [10, 30, sealed.length - 1]) {
    const changed = Buffer.from(sealed);
    changed[at]! ^= 1;
    await t.throwsAsync(open(changed));
  }
});

test('an expired, revoked, weak, exchanged or unreadable key is named and not used', async (t) => {
  const good = await keyPair();
  const brief = await keyPair({ keyExpirationTime: 60 });
  const other = await keyPair();
  const now = new Date();
  const later = new Date(now.getTime() + 120_000);
  const list = [
    listed(good.publicKey),
    listed(brief.publicKey),
    { ...listed(good.publicKey), fingerprint: other.publicKey.getFingerprint() },
    { ...listed(good.publicKey), certificate: 'nonsense' },
  ];
  t.is((await checkRecipients(list.slice(0, 2), now)).valid.length, 2);
  const { valid, faulty } = await checkRecipients(list, later);
  t.deepEqual(
    valid.map(({ fingerprint }) => fingerprint),
    [good.publicKey.getFingerprint()],
  );
  t.deepEqual(
    faulty.map(({ fault }) => fault),
    ['expired', 'other_key', 'unreadable'],
  );
});
