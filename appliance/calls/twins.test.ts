import { seededChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import type { LegStreams } from '../media/door.ts';
import type { Announcement } from './announcement.ts';
import { type Elsewhere, type Signs, type Twins, twins } from './twins.ts';

const announcement: Announcement = { prompt: { id: 'a', frames: {} }, hash: 'h' };
const HOUR_MS = 3_600_000;
const TICKS_PER_MS = 8;

/** Speakers, by the source that their phone calls itself. */
const [ANNA, BEN, CARL, MUSIC] = [1, 2, 3, 4];

/** A leg to the PBX: who is heard from it, who speaks to it, and since when not any more. */
function leg(clock: ManualClock, heard: number | null, sent: number | null) {
  /** `silentSince`: ms, when the last was heard. */
  const now = { heard, sent, lost: false, late: 0, silentSince: Number.POSITIVE_INFINITY };
  const point = (ssrc: number | null, until = Number.POSITIVE_INFINITY) =>
    ssrc === null ? null : { ssrc, timestamp: (Math.min(clock.monotonic() - now.late, until) * TICKS_PER_MS) >>> 0 };
  const streams = async (): Promise<LegStreams> => {
    if (now.lost) throw new Error('media_lost');
    return { heard: point(now.heard, now.silentSince), sent: point(now.sent) };
  };
  return { now, streams };
}
type Leg = ReturnType<typeof leg>;

/** Anna, who is 201, calls by way of the PBX. */
function scene() {
  const clock = new ManualClock();
  const table = twins(clock, seededChance('twins'));
  const name = table.name();
  const first = table.first(name, 'call', '201');
  const there = leg(clock, BEN!, ANNA!);
  const here = leg(clock, ANNA!, BEN!);
  /** Time, and what waits for answers of the media workers. */
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= 50) {
      clock.advance(Math.min(50, left));
      await new Promise(setImmediate);
    }
  };
  return { clock, table, name, first, there, here, pass };
}
const signs = (more: Partial<Signs>): Signs => ({ names: [], offer: null, user: null, ...more });
const secondOf = (table: Twins, more: Partial<Signs>) => table.find(signs(more))!.elsewhere()!;

/** A second call that waits, and what becomes of it. */
function wait(elsewhere: Elsewhere, { streams }: Leg) {
  const seen = { proven: [] as string[], told: null as Announcement | null, itself: 0, stop: () => {} };
  seen.stop = elsewhere({
    streams,
    proven(first, told) {
      seen.proven.push(first.call);
      seen.told = told;
    },
    not: () => seen.itself++,
  });
  return seen;
}

/** Two calls of somebody else prove by their speech that they are one. */
async function seenToRelay({ table, there, here, pass }: ReturnType<typeof scene>): Promise<void> {
  const first = table.first(table.name(), 'before', '205');
  first.answered(announcement, there.streams);
  first.recorded();
  const second = wait(table.perhaps('205')!, here);
  await pass(300);
  second.stop();
  first.ended();
}

test('a name decides, then our own port in what is offered; else only a call of the same user that still rings is the first', (t) => {
  const { table, name, first, there } = scene();
  const described = (address: string, port: number) =>
    Buffer.from(
      `v=0\r\no=- 1 1 IN IP4 ${address}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio ${port} RTP/AVP 8\r\n`,
    );
  const found = (more: Partial<Signs>) => table.find(signs(more))?.origin;
  const origin = { call: 'call', how: 'returned', by: 'caller' };
  first.offered(described('192.0.2.9', 16_100));
  t.like(found({ names: ['0'.repeat(32), name] }), origin);
  t.like(found({ offer: described('192.0.2.9', 16_100) }), origin);
  t.is(found({ offer: described('192.0.2.9', 16_102) }), undefined);
  t.is(found({ offer: described('192.0.2.8', 16_100) }), undefined);
  t.is(found({ offer: Buffer.from('v=0\r\n') }), undefined);
  t.like(found({ user: '201' }), origin);
  t.is(found({ user: '202' }), undefined);
  t.is(found({}), undefined, 'a withheld caller is nobody');
  first.answered(announcement, there.streams);
  t.is(found({ user: '201' }), undefined, 'an answered call may be any other');
  t.like(found({ names: [name] }), origin);
  t.like(found({ offer: described('192.0.2.9', 16_100) }), origin, 'a queue passes the offer on when it has answered');
  const later = table.first(table.name(), 'later', '202');
  later.offered(described('192.0.2.9', 16_100));
  t.is(found({ offer: described('192.0.2.9', 16_100) })?.call, 'later', 'a port that was given back');
  later.ended();
  first.ended();
  t.is(found({ names: [name], offer: described('192.0.2.9', 16_100), user: '201' }), undefined);
});

test('while the first call is recorded the second is not; when it ends and the second stays, it is, once', async (t) => {
  const { clock, table, name, first, there, here, pass } = scene();
  const second = wait(secondOf(table, { names: [name] }), here);
  t.deepEqual(second.proven, ['call']);
  t.is(second.told, null, 'it hears what is played on the first');
  await pass(100);
  first.answered(announcement, there.streams);
  await pass(5_000);
  first.recorded();
  await pass(60_000);
  clock.advance(HOUR_MS);
  t.is(second.itself, 0);
  first.ended();
  await pass(1_000);
  t.is(second.itself, 0, 'the PBX needs a moment to hang up');
  await pass(1_000);
  t.is(second.itself, 1);
  await pass(10_000);
  t.is(second.itself, 1);
  t.is(clock.pending, 0);
});

test('a first call that is not answered, not recorded, or never done with its announcement is no reason to miss the second', async (t) => {
  const unanswered = scene();
  const one = wait(secondOf(unanswered.table, { names: [unanswered.name] }), unanswered.here);
  await unanswered.pass(3_500);
  t.is(one.itself, 1);
  const unrecorded = scene();
  const other = wait(secondOf(unrecorded.table, { user: '201' }), unrecorded.here);
  unrecorded.first.answered(null, unrecorded.there.streams);
  await unrecorded.pass(2_000);
  t.is(other.itself, 1);
  t.is(unrecorded.table.find(signs({ names: [unrecorded.name] }))!.elsewhere(), null, 'nor of a third');
  const onHold = scene();
  const third = wait(secondOf(onHold.table, { names: [onHold.name] }), onHold.here);
  onHold.first.answered(announcement, onHold.there.streams);
  await onHold.pass(80_000);
  t.is(third.itself, 0);
  await onHold.pass(20_000);
  t.is(third.itself, 1);
  for (const { clock } of [unanswered, unrecorded, onHold]) t.is(clock.pending, 0);
});

test('without any sign in the signalling the speech itself proves it, and who joined is told', async (t) => {
  const { clock, table, first, there, here, pass } = scene();
  t.is(table.perhaps('201'), null, 'a call that rings is found otherwise');
  first.answered(announcement, there.streams);
  first.recorded();
  t.is(table.perhaps('202'), null, 'nothing is compared with calls of others');
  // The PBX has not connected them yet.
  here.now.heard = null;
  const second = wait(table.perhaps('201')!, here);
  await pass(600);
  t.deepEqual(second.proven, []);
  Object.assign(here.now, { heard: ANNA, late: 120 });
  await pass(300);
  t.deepEqual(second.proven, ['call']);
  t.is(second.told, announcement);
  await pass(60_000);
  t.is(second.itself, 0);
  first.ended();
  await pass(2_000);
  t.is(second.itself, 1);
  t.is(clock.pending, 0);
});

test('the same speech late by seconds, one way alone, or from another source proves nothing: the call is recorded for itself at once', async (t) => {
  for (const change of [
    { heard: CARL },
    { sent: CARL },
    { heard: null },
    { sent: null },
    { late: 7_000 },
    { lost: true },
  ]) {
    const { clock, table, first, there, here, pass } = scene();
    first.answered(announcement, there.streams);
    first.recorded();
    await pass(8_000);
    Object.assign(here.now, change);
    const second = wait(table.perhaps('201')!, here);
    await pass(1_600);
    t.deepEqual([second.proven, second.itself], [[], 1], JSON.stringify(change));
    t.is(clock.pending, 0);
  }
});

test('a first call whose announcement is still played is waited for as long as it hears the second, and no longer', async (t) => {
  const { clock, table, first, there, here, pass } = scene();
  first.answered(announcement, there.streams);
  there.now.sent = null;
  const second = wait(table.perhaps('201')!, here);
  await pass(10_000);
  t.is(second.itself, 0);
  there.now.sent = ANNA!;
  first.recorded();
  await pass(300);
  t.deepEqual(second.proven, ['call']);
  second.stop();
  t.is(clock.pending, 0);

  const stranger = scene();
  stranger.first.answered(announcement, stranger.there.streams);
  const other = wait(stranger.table.perhaps('201')!, leg(stranger.clock, ANNA!, CARL!));
  await stranger.pass(1_600);
  t.is(other.itself, 1, 'another call is not made to wait for an announcement that is none of its business');

  const onHold = scene();
  onHold.first.answered(announcement, onHold.there.streams);
  onHold.there.now.sent = null;
  const third = wait(onHold.table.perhaps('201')!, onHold.here);
  await onHold.pass(91_000);
  t.is(third.itself, 1);
});

test('of several calls of the same user the one with the same words is the first; one that ends is out', async (t) => {
  const { clock, table, first, there, here, pass } = scene();
  const held = table.first(table.name(), 'held', '201');
  held.answered(announcement, leg(clock, CARL!, null).streams);
  held.recorded();
  first.answered(announcement, there.streams);
  first.recorded();
  const second = wait(table.perhaps('201')!, here);
  held.ended();
  await pass(300);
  t.deepEqual(second.proven, ['call']);
  second.stop();
  t.is(clock.pending, 0);

  const lost = leg(clock, BEN!, ANNA!);
  lost.now.lost = true;
  const broken = table.first(table.name(), 'broken', '201');
  broken.answered(announcement, lost.streams);
  broken.recorded();
  const third = wait(table.perhaps('201')!, here);
  await pass(300);
  t.deepEqual(third.proven, ['call'], 'media that is lost is no obstacle for others');
  third.stop();
});

test('twins that the PBX parts are no twins any more: who speaks to somebody else is recorded', async (t) => {
  for (const by of ['name', 'speech'] as const) {
    const { clock, table, name, first, there, here, pass } = scene();
    first.answered(announcement, there.streams);
    first.recorded();
    const second = wait(by === 'name' ? secondOf(table, { names: [name] }) : table.perhaps('201')!, here);
    await pass(10_000);
    t.deepEqual([second.proven, second.itself], [['call'], 0]);
    // On hold: nothing comes from the PBX, although Anna goes on speaking.
    here.now.silentSince = clock.monotonic();
    await pass(30_000);
    t.is(second.itself, 0);
    Object.assign(here.now, { heard: MUSIC, silentSince: Number.POSITIVE_INFINITY });
    await pass(3_000);
    Object.assign(here.now, { heard: ANNA });
    await pass(10_000);
    t.is(second.itself, 0, 'a word in between from the PBX');
    Object.assign(here.now, { heard: CARL });
    Object.assign(there.now, { heard: MUSIC });
    await pass(7_000);
    t.is(second.itself, 1, by);
    t.is(clock.pending, 0);
  }
});

test('behind a PBX that makes new streams of what it passes on, a name is believed', async (t) => {
  const one = scene();
  const { table, name, first, there, here, pass } = one;
  // Other calls pass as they are.
  await seenToRelay(one);
  first.answered(announcement, there.streams);
  first.recorded();
  Object.assign(here.now, { heard: MUSIC });
  const second = wait(secondOf(table, { names: [name] }), here);
  await pass(120_000);
  t.is(second.itself, 0);
});

test('who rings out while another phone of the account calls past the box: where speech is seen to pass, that call is recorded', async (t) => {
  for (const relays of [false, true]) {
    const one = scene();
    const { clock, table, first, there, here, pass } = one;
    if (relays) await seenToRelay(one);
    const second = wait(secondOf(table, { user: '201' }), leg(clock, CARL!, MUSIC!));
    first.answered(announcement, there.streams);
    await pass(10_000);
    t.is(second.itself, 0, 'nothing to compare with while it is announced');
    first.recorded();
    await pass(7_000);
    t.is(second.itself, relays ? 1 : 0);
    second.stop();
    first.ended();

    const again = table.first(table.name(), 'again', '201');
    const genuine = wait(secondOf(table, { user: '201' }), here);
    again.answered(announcement, there.streams);
    again.recorded();
    await pass(20_000);
    t.is(genuine.itself, 0);
    genuine.stop();
    again.ended();
    t.is(clock.pending, 0);
  }
});

test('who hangs up in between leaves nothing that waits, at any moment', async (t) => {
  for (const at of [0, 200, 250, 260, 2_100]) {
    for (const by of ['name', 'speech'] as const) {
      const { clock, table, name, first, there, here, pass } = scene();
      if (by === 'speech') first.answered(announcement, there.streams);
      const second = wait(by === 'name' ? secondOf(table, { names: [name] }) : table.perhaps('201')!, here);
      await pass(at);
      // A look is on its way.
      clock.advance(250);
      second.stop();
      first.ended();
      await pass(10_000);
      t.is(second.itself, 0);
      t.is(clock.pending, 0, `${by} after ${at}`);
    }
  }
});
