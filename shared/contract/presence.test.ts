import test from 'ava';
import { type Presence, presenceAfter } from './presence.ts';

const online: Presence = {
  is: 'online',
  boot: 'a'.repeat(32),
  conn: 7,
  software: 'v0.4.0',
  policyVersion: 1,
  reads: 1,
};
const will: Presence = { ...online, is: 'offline' };

test('a box is away when the connection that is up says goodbye', (t) => {
  t.is(presenceAfter(null, will).is, 'offline');
  t.is(presenceAfter(online, will).is, 'offline');
  t.is(presenceAfter(online, { ...online, is: 'sleep' }).is, 'sleep');
  t.is(presenceAfter(will, online).is, 'online');
});

test('the late will of an old connection leaves a box where it is', (t) => {
  const again = { ...online, conn: 8 };
  t.is(presenceAfter(again, will).is, 'online');
  // Restarted, or put back from a backup with an older count: another boot is another connection.
  const restarted = { ...online, boot: 'b'.repeat(32) };
  t.is(presenceAfter(restarted, will).is, 'online');
  t.is(presenceAfter({ ...restarted, conn: 3 }, will).is, 'online');
});
