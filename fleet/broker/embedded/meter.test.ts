import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import fc from 'fast-check';
import { rawPublish } from '../../../test/peers/mqtt-box.ts';
import { BYTE_BURST, CONNECT_BURST, MAX_PACKET_BYTES, PACKET_BURST, PACKETS_PER_SECOND } from '../limits.ts';
import { Allowance } from './allowance.ts';
import { Meter } from './meter.ts';

test('packets are counted alike, however the bytes are cut', (t) => {
  const lengths = fc.array(fc.oneof(fc.nat(3), fc.nat(200), fc.nat(20_000)), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(lengths, fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1 }), (payloads, cuts) => {
      const clock = new ManualClock();
      const allowance = new Allowance(clock);
      const meter = new Meter(allowance);
      const bytes = Buffer.concat(payloads.map((length) => rawPublish('t', Buffer.alloc(length), 1)));
      for (let at = 0, n = 0; at < bytes.length; n++) {
        const step = cuts[n % cuts.length]!;
        if (meter.pass(bytes.subarray(at, at + step)) !== 'ok') return false;
        at += step;
      }
      // Exactly so many are gone from what may be sent at once.
      return allowance.spend(PACKET_BURST - payloads.length, 0) && !allowance.spend(1, 0);
    }),
  );
  t.pass();
});

test('a packet that is too large is known by its header, at the byte', (t) => {
  const meter = () => new Meter(new Allowance(new ManualClock()));
  const whole = (bytes: number) => rawPublish('t', Buffer.alloc(bytes - 9), 1);
  t.is(whole(MAX_PACKET_BYTES).length, MAX_PACKET_BYTES);
  t.is(meter().pass(whole(MAX_PACKET_BYTES).subarray(0, 4)), 'ok');
  t.is(meter().pass(whole(MAX_PACKET_BYTES + 1).subarray(0, 4)), 'packet_large');
  t.is(meter().pass(Buffer.from([0x30, 128, 128, 128, 128, 1])), 'packet_malformed');
});

test('what was used up comes back with time, up to a burst and no further', (t) => {
  const clock = new ManualClock();
  const allowance = new Allowance(clock);
  t.true(allowance.spend(PACKET_BURST, 0));
  t.false(allowance.spend(1, 0));
  clock.advance(10_000);
  t.true(allowance.spend(10 * PACKETS_PER_SECOND, 0));
  t.false(allowance.spend(1, 0));
  clock.advance(86_400_000);
  t.false(allowance.spend(PACKET_BURST + 1, 0));
  t.false(allowance.spend(0, BYTE_BURST + 1));
  for (let n = 0; n < CONNECT_BURST; n++) t.true(allowance.connect());
  t.false(allowance.connect());
});
