import test from 'ava';
import { pressDigit } from '../dtmf.ts';
import { encodePcma } from '../prompts/g711.ts';
import { readRtp, writeRtp } from '../rtp.ts';
import { codec } from '../testing/peer.ts';
import { keySound, quiet, together } from '../tones/testing/keys.ts';
import { KeyListener } from './key-listener.ts';
import { DIGIT_END_WAIT_MS } from './limits.ts';

function setUp() {
  const told: string[] = [];
  const keys = new KeyListener((digit, durationMs, how) =>
    told.push(`${digit} ${how} ${Math.round(durationMs / 20) * 20}`),
  );
  const toneMs: (number | null)[] = [];
  const pcma = codec('PCMA');
  return {
    told,
    keys,
    toneMs,
    /** Sound in packets of 20 ms from `atMs` on. */
    sounds(sound: Int16Array, atMs: number, packetMs = 20) {
      const length = packetMs * 8;
      for (let at = 0; at + length <= sound.length; at += length) {
        const payload = encodePcma(sound.subarray(at, at + length));
        toneMs.push(keys.sound(pcma, payload, atMs + at / 8 + packetMs).toneMs);
      }
    },
    presses(digit: string, atMs: number, durationMs: number) {
      const timestamp = atMs * 8;
      for (const [i, packet] of pressDigit(digit, durationMs, 8000).entries()) {
        const fields = { payloadType: 101, sequence: atMs + i, timestamp, ssrc: 1, marker: packet.marker };
        const header = readRtp(writeRtp(fields, packet.payload))!;
        keys.event(header, packet.payload, 8000, atMs + packet.atMs);
      }
    },
  };
}
const key = (digit: string, ms: number) => together(quiet(40), keySound(digit, { ms }), quiet(100));

test('tones and events are told, each as what it is, with its length', (t) => {
  const { told, sounds, presses } = setUp();
  sounds(key('7', 100), 0);
  presses('#', 3000, 120);
  t.deepEqual(told, ['7 tone 100', '# event 120']);
});

test('a phone that sends both for each press is told of once for each', (t) => {
  const { told, sounds, presses } = setUp();
  for (const atMs of [0, 400, 800]) {
    presses('4', atMs + 40, 100);
    sounds(key('4', 100), atMs);
  }
  t.deepEqual(told, Array(3).fill('4 event 100'));
});

test('a tone that a phone lets through while its event is on the way does not cut the press in two', (t) => {
  const { told, sounds, keys } = setUp();
  const held = pressDigit('9', 2000, 8000);
  const packet = ({ payload, marker }: (typeof held)[number], i: number) => {
    const fields = { payloadType: 101, sequence: i, timestamp: 8000, ssrc: 1, marker };
    keys.event(readRtp(writeRtp(fields, payload))!, payload, 8000, 1000 + held[i]!.atMs);
  };
  held.slice(0, 2).forEach(packet);
  sounds(together(key('9', 60), key('9', 60)), 1100);
  t.deepEqual(told, []);
  held.forEach(packet);
  t.deepEqual(told, ['9 event 2000']);
});

test('how long a tone has sounded is known while it sounds, and once more when it is over', (t) => {
  const { toneMs, sounds } = setUp();
  sounds(key('5', 100), 0);
  const known = toneMs.flatMap((ms, i) => (ms === null ? [] : [[i, ms] as const]));
  // Packet 2 is the key's first.
  t.true(known[0]![0] <= 4 && known.at(-1)![0] >= 7, JSON.stringify(known));
  for (const [i, ms] of known) t.true(ms >= (Math.min(i, 7) - 1) * 20 - 7, `${i}: ${ms}`);
});

test('a key that goes down and up within one long packet is known too', (t) => {
  const { told, toneMs, sounds } = setUp();
  sounds(together(quiet(10), keySound('2', { ms: 50 }), quiet(60)), 0, 120);
  t.deepEqual(told, ['2 tone 60']);
  t.true(toneMs[0]! >= 110, `${toneMs[0]}`);
});

test('presses whose end never comes are told all the same', (t) => {
  const { told, sounds, keys } = setUp();
  sounds(together(quiet(40), keySound('3', { ms: 100 })), 0);
  keys.sweep(140 + DIGIT_END_WAIT_MS - 1);
  t.deepEqual(told, []);
  keys.sweep(140 + DIGIT_END_WAIT_MS);
  t.deepEqual(told, ['3 tone 100']);
  sounds(together(quiet(40), keySound('6', { ms: 100 })), 2000);
  keys.rest();
  t.deepEqual(told, ['3 tone 100', '6 tone 100']);
});
