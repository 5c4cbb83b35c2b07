import test from 'ava';
import { admits, destination, latchTo, openLatch } from './latch.ts';
import { LATCH_WINDOW_MS } from './relay/limits.ts';

const phone = { address: '192.0.2.10', port: 4000 };
const nat = { address: '198.51.100.7', port: 61000 };
const stranger = { address: '203.0.113.9', port: 7 };

test('before the first packet we send where the SDP says, and listen to anyone', (t) => {
  const latch = openLatch(phone);
  t.deepEqual(destination(latch), phone);
  t.true(admits(latch, nat, 0));
});

test('a phone behind NAT is answered where it was heard from', (t) => {
  const latch = latchTo(openLatch(phone), nat, 0);
  t.deepEqual(destination(latch), nat);
  t.true(admits(latch, nat, 10));
  t.false(admits(latch, stranger, 10));
});

test('a stranger who was first loses the latch to the signalled address, within the window only', (t) => {
  const latch = latchTo(openLatch(phone), stranger, 0);
  t.true(admits(latch, phone, LATCH_WINDOW_MS - 1));
  t.deepEqual(destination(latchTo(latch, phone, LATCH_WINDOW_MS - 1)), phone);
  t.false(admits(latch, phone, LATCH_WINDOW_MS));
});

test('once heard from the signalled address nobody else gets in, not even in the window', (t) => {
  const latch = latchTo(openLatch(phone), phone, 0);
  t.false(admits(latch, nat, 1));
  const returned = latchTo(latchTo(openLatch(phone), stranger, 0), phone, 5);
  t.false(admits(returned, stranger, 6));
});

test('the port counts as much as the address', (t) => {
  const latch = latchTo(openLatch(null), nat, 0);
  t.false(admits(latch, { ...nat, port: nat.port + 1 }, 0));
});

test('without SDP address and without packet there is nowhere to send', (t) => {
  t.is(destination(openLatch(null)), null);
});

test('a session refresh keeps sending to where the phone was heard, and listens anew', (t) => {
  const refreshed = openLatch(phone, latchTo(openLatch(phone), nat, 0));
  t.deepEqual(destination(refreshed), nat);
  t.true(admits(refreshed, stranger, 10));
  t.deepEqual(destination(openLatch(phone, refreshed)), nat);
});

test('a new address in the SDP is believed until a packet says otherwise', (t) => {
  const moved = openLatch(stranger, latchTo(openLatch(phone), nat, 0));
  t.deepEqual(destination(moved), stranger);
  t.is(destination(openLatch(null, latchTo(openLatch(phone), nat, 0))), null);
});

test('a phone behind NAT that moves to another port: what is still on its way from the old one does not keep the new one out', (t) => {
  const newPort = { ...phone, port: 4002 };
  const mapped = { ...nat, port: 61_002 };
  const trailing = latchTo(openLatch(newPort, latchTo(openLatch(phone), nat, 0)), nat, 5000);
  t.true(admits(trailing, mapped, 5000 + LATCH_WINDOW_MS - 1));
  const moved = latchTo(trailing, mapped, 5020);
  t.deepEqual(destination(moved), mapped);
  t.false(admits(moved, nat, 5030), 'and then it has moved');
  t.false(admits(trailing, mapped, 5000 + LATCH_WINDOW_MS), 'who goes on from there stays there');
});

test('packets after the first leave the latch as it is', (t) => {
  const latch = latchTo(openLatch(phone), nat, 0);
  t.is(latchTo(latch, { ...nat }, 500), latch);
});
