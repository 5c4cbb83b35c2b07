import test from 'ava';
import fc from 'fast-check';
import { DIGITS, DtmfDetector, pressDigit } from './dtmf.ts';
import { type RtpHeader, readRtp, writeRtp } from './rtp.ts';

interface Sent {
  readonly header: RtpHeader;
  readonly payload: Buffer;
}

/** The packets of a press as a phone sends them, numbered from `sequence`. */
const press = (
  digit: string,
  timestamp: number,
  { sequence = 1, ssrc = 7, durationMs = 120, clockRate = 8000 } = {},
): Sent[] =>
  pressDigit(digit, durationMs, clockRate).map(({ payload, marker }, i) => ({
    header: readRtp(writeRtp({ payloadType: 101, sequence: sequence + i, timestamp, ssrc, marker }, payload))!,
    payload,
  }));

function heard(packets: readonly Sent[], clockRate = 8000, flush = false): [string, number][] {
  const digits: [string, number][] = [];
  const detector = new DtmfDetector((digit, durationMs) => digits.push([digit, durationMs]));
  for (const { header, payload } of packets) detector.packet(header, payload, clockRate);
  if (flush) detector.flush();
  return digits;
}

const withoutEnd = (packets: Sent[]) => packets.filter(({ payload }) => (payload[1]! & 0x80) === 0);

test('every digit is told once, with its length', (t) => {
  for (const [i, digit] of [...DIGITS].entries()) t.deepEqual(heard(press(digit, i * 5000)), [[digit, 120]]);
});

test('one packet of a press is enough, whichever it is', (t) => {
  const packets = press('5', 1000);
  for (const packet of packets)
    t.deepEqual(
      heard([packet], 8000, true).map(([digit]) => digit),
      ['5'],
    );
});

test('a press whose end was lost is told when the next begins, or when the call is over', (t) => {
  const lost = withoutEnd(press('1', 1000));
  t.deepEqual(heard(lost), []);
  t.deepEqual(
    heard([...lost, ...press('1', 9000, { sequence: 20 })]).map(([digit]) => digit),
    ['1', '1'],
  );
  t.deepEqual(
    heard(lost, 8000, true).map(([digit]) => digit),
    ['1'],
  );
});

test('the same digit twice is two presses, its repeated end is one', (t) => {
  t.deepEqual(heard([...press('9', 1000), ...press('9', 4000, { sequence: 20 })]).length, 2);
});

test('late and doubled packets of a press do not press again', (t) => {
  const [first, second] = [press('1', 1000), press('2', 6000, { sequence: 20 })];
  t.deepEqual(
    heard([...first, ...second, ...first, ...second]).map(([digit]) => digit),
    ['1', '2'],
  );
  t.deepEqual(
    heard([...withoutEnd(first), ...second, ...first]).map(([digit]) => digit),
    ['1', '2'],
  );
});

test('another source presses for itself', (t) => {
  t.is(heard([...press('1', 1000), ...press('1', 1000, { ssrc: 8 })]).length, 2);
});

test('the clock of the event counts, not that of the voice', (t) => {
  t.deepEqual(heard(press('4', 1000, { durationMs: 100, clockRate: 48_000 }), 48_000), [['4', 100]]);
});

test('a press longer than its duration can say is one press', (t) => {
  const event = (timestamp: number, duration: number, sequence: number, end: boolean, marker: boolean): Sent => {
    const payload = Buffer.from([3, end ? 0x8a : 0x0a, duration >> 8, duration & 0xff]);
    return { header: readRtp(writeRtp({ payloadType: 101, sequence, timestamp, ssrc: 7, marker }, payload))!, payload };
  };
  const segments = [
    event(100, 65_535, 1, false, true),
    event(100 + 65_535, 800, 2, false, false),
    event(100 + 65_535, 1600, 3, true, false),
  ];
  t.deepEqual(heard(segments), [['3', Math.round((65_535 + 1600) / 8)]]);
  t.is(heard([...segments, segments[0]!, segments[1]!], 8000, true).length, 1);
});

test('tones that are no digits, and torn packets, are ignored', (t) => {
  const header = press('1', 1000)[0]!.header;
  t.deepEqual(
    heard(
      [[16, 0x8a, 0, 160], [36, 0x8a, 0, 160], [255, 0x8a, 0, 1], [1, 0x8a, 0], []].map((bytes) => ({
        header,
        payload: Buffer.from(bytes),
      })),
    ),
    [],
  );
});

test('no loss or order invents a digit, and none that came is told more often than it was pressed', (t) => {
  const all = [...'159#'].flatMap((digit, i) => press(digit, 1000 + i * 8000, { sequence: 1 + i * 10 }));
  fc.assert(
    fc.property(fc.shuffledSubarray(all), (packets) => {
      const digits = heard(packets, 8000, true).map(([digit]) => digit);
      return new Set(digits).size === digits.length && digits.every((digit) => '159#'.includes(digit));
    }),
  );
  t.pass();
});

test('what cannot be pressed has no packets', (t) => {
  for (const digit of ['', 'x', '12', 'a']) t.deepEqual(pressDigit(digit, 100, 8000), []);
  t.deepEqual(
    pressDigit('1', 100, 8000).map(({ marker }) => marker),
    [true, false, false, false],
  );
});
