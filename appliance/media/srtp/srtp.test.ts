/** What a listener on the LAN, a lossy network and a phone that starts over can do to an SRTP stream. */
import { seededChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import fc from 'fast-check';
import { MAX_SSRCS, REPLAY_WINDOW, RESTART_WINDOW_MS, RESYNC_AFTER_MS, RESYNC_INTERVAL_MS } from '../limits.ts';
import { writeRtp } from '../rtp.ts';
import { type CryptoSuite, cryptoSuites, newSrtpKey, suiteOf } from './key.ts';
import { SrtpOpener } from './opener.ts';
import { SrtpSealer } from './sealer.ts';

const voice = (mark: number): Buffer => Buffer.alloc(160, mark);
const packet = (sequence: number, ssrc = 7): Buffer =>
  writeRtp({ payloadType: 8, sequence, timestamp: sequence * 160, ssrc }, voice(sequence & 0xff));

/** Both ends of one key, and packets already sealed, kept as a listener on the network would keep them. */
function wire(suite: CryptoSuite = 'AES_CM_128_HMAC_SHA1_80', seed = 'wire') {
  const key = newSrtpKey(suite, seededChance(seed));
  const clock = new ManualClock();
  const sealer = new SrtpSealer(key);
  const opener = new SrtpOpener(key, clock);
  const seal = (sequence: number, ssrc?: number) => Buffer.from(sealer.sealRtp(packet(sequence, ssrc)));
  return { key, clock, sealer, opener, seal };
}

/** Sends `count` packets with sequence numbers from `first` on; true when all were opened. */
function run({ opener, seal }: ReturnType<typeof wire>, first: number, count: number): boolean {
  for (let i = 0; i < count; i++) if (opener.openRtp(seal((first + i) & 0xffff)) === null) return false;
  return true;
}

const report = Buffer.from('80c9000700000007'.padEnd(64, '5a'), 'hex');

for (const suite of cryptoSuites) {
  test(`${suite}: what is sealed is hidden, opens to the same, and grows by its tag`, (t) => {
    const { opener, seal } = wire(suite);
    const sealed = seal(1);
    t.is(sealed.length, packet(1).length + suiteOf(suite).tag);
    t.deepEqual(sealed.subarray(0, 12), packet(1).subarray(0, 12));
    t.false(sealed.includes(voice(1).subarray(0, 8)));
    t.deepEqual(opener.openRtp(sealed), packet(1));
  });

  test(`${suite}: no bit can be changed, and trying changes nothing`, (t) => {
    const { opener, seal } = wire(suite);
    const sealed = seal(1);
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const forged = Buffer.from(sealed);
      forged[bit >> 3] = forged[bit >> 3]! ^ (1 << (bit & 7));
      t.is(opener.openRtp(forged), null, `bit ${bit}`);
    }
    t.deepEqual(opener.openRtp(sealed), packet(1));
    const { auth, replay, malformed } = opener.refused;
    t.is(auth + malformed, sealed.length * 8);
    t.is(replay, 0);
  });

  test(`${suite}: RTCP is hidden, opens to the same, once, and cannot be changed`, (t) => {
    const { opener, sealer } = wire(suite);
    const sealed = [1, 2].map(() => Buffer.from(sealer.sealRtcp(report)));
    t.notDeepEqual(sealed[0], sealed[1]);
    t.false(sealed[0]!.includes(Buffer.alloc(8, 0x5a)));
    for (let bit = 0; bit < sealed[0]!.length * 8; bit++) {
      const forged = Buffer.from(sealed[0]!);
      forged[bit >> 3] = forged[bit >> 3]! ^ (1 << (bit & 7));
      t.is(opener.openRtcp(forged), null, `bit ${bit}`);
    }
    t.deepEqual(opener.openRtcp(sealed[1]!), report);
    t.deepEqual(opener.openRtcp(sealed[0]!), report);
    t.is(opener.openRtcp(sealed[0]!), null);
    t.is(opener.refused.replay, 1);
  });

  test(`${suite}: header extension and contributing sources stay readable`, (t) => {
    const { opener, sealer } = wire(suite);
    const plain = Buffer.concat([
      Buffer.from([0x92, 8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7, 1, 1, 1, 1, 2, 2, 2, 2, 0xbe, 0xde, 0, 1, 3, 3, 3, 3]),
      voice(9),
    ]);
    const sealed = Buffer.from(sealer.sealRtp(plain));
    t.deepEqual(sealed.subarray(0, 28), plain.subarray(0, 28));
    t.deepEqual(opener.openRtp(sealed), plain);
  });

  test(`${suite}: short and torn packets are refused`, (t) => {
    const { opener, sealer, seal } = wire(suite);
    const sealed = seal(1);
    const sealedReport = Buffer.from(sealer.sealRtcp(report));
    for (let length = 0; length < sealed.length; length++) t.is(opener.openRtp(sealed.subarray(0, length)), null);
    for (let length = 0; length < sealedReport.length; length++)
      t.is(opener.openRtcp(sealedReport.subarray(0, length)), null);
    t.deepEqual(opener.openRtp(sealed), packet(1));
  });
}

const MKI = Buffer.from('00000001', 'hex');

/** Where RFC 3711 3.1, 3.4 and RFC 7714 8, 9 put the identifier, by hand: before the tag, or last of all. */
function marked(suite: CryptoSuite, sealed: Buffer, tag = suiteOf(suite).tag): Buffer {
  const at = sealed.length - (suiteOf(suite).cipher === 'gcm' ? 0 : tag);
  return Buffer.concat([sealed.subarray(0, at), MKI, sealed.subarray(at)]);
}

for (const suite of cryptoSuites) {
  test(`${suite}: packets that name their key open and are made, and those that name another one or none are refused`, (t) => {
    const bare = newSrtpKey(suite, seededChance('mki'));
    const key = { ...bare, mki: MKI };
    const [sealer, opener, ours] = [new SrtpSealer(bare), new SrtpOpener(key), new SrtpSealer(key)];
    const [first, second, third] = [1, 2, 3].map((sequence) => Buffer.from(sealer.sealRtp(packet(sequence))));
    t.deepEqual(Buffer.from(ours.sealRtp(packet(1))), marked(suite, first!));
    t.deepEqual(opener.openRtp(marked(suite, first!)), packet(1));
    t.is(opener.openRtp(second!), null, 'names none');
    const other = marked(suite, second!);
    other[other.lastIndexOf(MKI) + 3]! ^= 2;
    t.is(opener.openRtp(other), null, 'names another');
    t.deepEqual(opener.openRtp(marked(suite, third!)), packet(3));
    const rtcp = Buffer.from(sealer.sealRtcp(report));
    t.deepEqual(Buffer.from(ours.sealRtcp(report)), marked(suite, rtcp, 10));
    t.is(opener.openRtcp(rtcp), null);
    t.deepEqual(opener.openRtcp(marked(suite, rtcp, 10)), report);
    t.is(opener.openRtcp(marked(suite, rtcp, 10)), null, 'a second time');
    for (let length = 0; length < 40; length++) {
      t.is(opener.openRtp(other.subarray(0, length)), null);
      t.is(opener.openRtcp(rtcp.subarray(0, length)), null);
    }
  });
}

test('a recorded packet cannot be played to us again, early or late', (t) => {
  const line = wire();
  const recorded = Array.from({ length: 400 }, (_, i) => line.seal(i));
  for (const sealed of recorded) t.not(line.opener.openRtp(sealed), null);
  for (const sealed of recorded) t.is(line.opener.openRtp(sealed), null);
  t.deepEqual(line.opener.refused, { auth: 0, replay: 400, malformed: 0, sources: 0 });
});

test('packets out of order are taken once each within the window, and not beyond', (t) => {
  const { opener, seal } = wire();
  const sealed = Array.from({ length: REPLAY_WINDOW + 1 }, (_, i) => seal(i));
  t.not(opener.openRtp(sealed[REPLAY_WINDOW]!), null);
  t.is(opener.openRtp(sealed[0]!), null);
  for (let i = REPLAY_WINDOW - 1; i > 0; i--) t.not(opener.openRtp(sealed[i]!), null, `${i}`);
  t.is(opener.refused.replay, 1);
});

test('a stream goes on over many sequence wraps, with loss and reordering', (t) => {
  fc.assert(
    fc.property(fc.nat(0xffff), fc.array(fc.nat(2000), { minLength: 200, maxLength: 300 }), (first, steps) => {
      const { opener, seal } = wire();
      let sequence = first;
      for (const step of steps) {
        const earlier = seal(sequence & 0xffff);
        const later = seal((sequence + 1) & 0xffff);
        if (opener.openRtp(later) === null || opener.openRtp(earlier) === null) return false;
        sequence += 2 + step;
      }
      return true;
    }),
    { numRuns: 30 },
  );
  t.pass();
});

test('the window holds whatever the order: each index at most once', (t) => {
  fc.assert(
    fc.property(fc.array(fc.nat(600), { maxLength: 400 }), (order) => {
      const { opener, seal } = wire();
      const sealed = Array.from({ length: 601 }, (_, i) => seal(i));
      const opened = new Set<number>();
      let highest = -1;
      for (const i of order) {
        const expected = !opened.has(i) && i > highest - REPLAY_WINDOW;
        if ((opener.openRtp(sealed[i]!) !== null) !== expected) return false;
        opened.add(i);
        highest = Math.max(highest, i);
      }
      return true;
    }),
    { numRuns: 60 },
  );
  t.pass();
});

test('a number is never sealed twice under one key, also when the stream starts over', (t) => {
  const { sealer } = wire();
  const spent = { code: 'srtp_index_spent' };
  sealer.sealRtp(packet(3));
  t.throws(() => sealer.sealRtp(packet(3)), spent);
  // Before the first packet of all there is no index: it would be that of a packet an hour on.
  t.throws(() => sealer.sealRtp(packet(65_500)), spent);
  for (let sequence = 4; sequence < 400; sequence++) sealer.sealRtp(packet(sequence));
  t.throws(() => sealer.sealRtp(packet(4)), spent);
});

test('late packets around the wrap open under the counter that they were sealed with', (t) => {
  const { opener, seal } = wire();
  const sealed = [65_534, 0, 65_535, 1].map((sequence) => seal(sequence));
  for (const one of sealed) t.not(opener.openRtp(one), null);
});

test('sources are counted apart, so many and no more, and none is forgotten', (t) => {
  const { opener, seal, sealer, key } = wire();
  const first = seal(1, 1);
  t.not(opener.openRtp(first), null);
  for (let ssrc = 2; ssrc <= MAX_SSRCS; ssrc++) t.not(opener.openRtp(seal(1, ssrc)), null);
  t.throws(() => sealer.sealRtp(packet(1, MAX_SSRCS + 1)), { code: 'srtp_too_many_sources' });
  t.is(opener.openRtp(Buffer.from(new SrtpSealer(key).sealRtp(packet(1, MAX_SSRCS + 1)))), null);
  t.is(opener.refused.sources, 1);
  t.is(opener.openRtp(first), null);
  t.not(opener.openRtp(seal(2, 1)), null);
});

test('after losses over a wrap the stream is found again', (t) => {
  const line = wire();
  t.true(run(line, 1000, 10));
  // 40,000 packets never arrive: half the counter is not enough to guess right.
  for (let i = 1010; i < 41_010; i += 100) line.seal(i & 0xffff);
  const { opener, clock, seal } = line;
  for (let i = 41_010; i < 106_546; i += 100) seal(i & 0xffff);
  t.is(opener.openRtp(seal(41_020)), null);
  clock.advance(RESYNC_AFTER_MS);
  t.not(opener.openRtp(seal(41_021)), null);
  t.true(run(line, 41_022, 100));
});

test('forged packets between genuine ones do not disturb them', (t) => {
  const line = wire();
  const { opener, clock, seal } = line;
  for (let i = 0; i < 100; i++) {
    t.not(opener.openRtp(seal(i)), null);
    t.is(opener.openRtp(Buffer.concat([packet(i + 5), Buffer.alloc(10)])), null);
    clock.advance(20);
  }
  t.true(run(line, 100, 100));
});

test('forged packets cannot make us try other counters all the time', (t) => {
  const { key, clock, seal } = wire();
  for (let i = 0; i < 70_000; i += 100) seal(i & 0xffff);
  const late = new SrtpOpener(key, clock);
  t.is(late.openRtp(Buffer.concat([packet(1, 99), Buffer.alloc(10)])), null);
  // That trial was paid for; the next is due later, also for a genuine packet.
  t.is(late.openRtp(seal(5000)), null);
  clock.advance(RESYNC_INTERVAL_MS);
  t.not(late.openRtp(seal(5001)), null);
});

test('a stream that we join midway is found', (t) => {
  const line = wire();
  const { key, clock, seal } = line;
  for (let i = 0; i < 70_000; i += 100) seal(i & 0xffff);
  const late = new SrtpOpener(key, clock);
  const opened = late.openRtp(seal(70_000 & 0xffff));
  t.not(opened, null);
});

/** A peer that begins again at ROC 0 under its old key, after 70,000 packets. */
function restarted() {
  const line = wire();
  const { opener, seal, key } = line;
  const recorded = [];
  for (let i = 0; i < 70_000; i += 50) {
    const sealed = seal(i & 0xffff);
    recorded.push(sealed);
    opener.openRtp(sealed);
  }
  const again = new SrtpSealer(key);
  return { ...line, recorded, sealAgain: (sequence: number) => Buffer.from(again.sealRtp(packet(sequence))) };
}

test('a phone that starts its counter over after a re-INVITE is heard again', (t) => {
  const { opener, clock, sealAgain } = restarted();
  opener.renegotiated();
  t.is(opener.openRtp(sealAgain(20_000)), null);
  clock.advance(RESYNC_AFTER_MS);
  t.not(opener.openRtp(sealAgain(20_001)), null);
  t.not(opener.openRtp(sealAgain(20_002)), null);
});

test('without a re-INVITE, or long after one, old packets are not taken for a phone that starts over', (t) => {
  const { opener, clock, recorded } = restarted();
  opener.renegotiated();
  clock.advance(RESTART_WINDOW_MS);
  for (const sealed of recorded) {
    t.is(opener.openRtp(sealed), null);
    clock.advance(RESYNC_INTERVAL_MS);
  }
});

test('keys of a wrong length are refused by name', (t) => {
  const masterKey = Buffer.alloc(16);
  const wrong = { suite: 'AEAD_AES_128_GCM', masterKey, masterSalt: Buffer.alloc(14) } as const;
  t.throws(() => new SrtpOpener(wrong), { code: 'srtp_key_malformed' });
  t.throws(() => new SrtpSealer({ ...wrong, masterKey: Buffer.alloc(15) }), { code: 'srtp_key_malformed' });
});

test('any bytes can be opened without harm', (t) => {
  const lines = cryptoSuites.map((suite) => wire(suite));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      for (const { opener } of lines) {
        if (opener.openRtp(Buffer.from(bytes)) !== null || opener.openRtcp(Buffer.from(bytes)) !== null) return false;
      }
      return true;
    }),
  );
  t.pass();
});
