/** Pages that follow: who is told of what, how often, and when it ends. */
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import type { Change } from '../inventory/heard.ts';
import { HEARTBEAT_MS, LIVE_PAUSE_MS, MAX_FOLLOWERS_PER_PERSON } from './limits.ts';
import { openLive } from './live.ts';
import { of, testConsole } from './testing/console.ts';

const change = (more: Partial<Change> = {}): Change => ({
  ...{ box: 'b', msp: 'm', customer: 'c', site: 's', before: 'ok', after: 'bad', raised: [], cleared: [] },
  ...more,
});
const whole = { msp: 'm', within: 'all' } as const;

test('a change is told to those in whose scope it is, once for many', (t) => {
  const clock = new ManualClock();
  const live = openLive(clock);
  const told: string[] = [];
  live.follow({ person: 'all', scope: whole, last: null }, () => told.push('all'));
  live.follow({ person: 'c', scope: { msp: 'm', within: { customers: ['c'], sites: [] } }, last: null }, () =>
    told.push('c'),
  );
  live.follow({ person: 's', scope: { msp: 'm', within: { customers: [], sites: ['other'] } }, last: null }, () =>
    told.push('s'),
  );
  live.follow({ person: 'x', scope: { msp: 'x', within: 'all' }, last: null }, () => told.push('x'));
  live.changed([change()]);
  t.deepEqual(told, ['all', 'c']);
  for (let at = 0; at < 50; at++) live.changed([change()]);
  t.deepEqual(told, ['all', 'c'], 'not again at once');
  clock.advance(LIVE_PAUSE_MS);
  t.deepEqual(told, ['all', 'c', 'all', 'c'], 'but what came meanwhile is not lost');
  live.changed([change({ site: 'other', customer: 'd' })]);
  clock.advance(LIVE_PAUSE_MS);
  t.deepEqual(told.slice(4).sort(), ['all', 's']);
});

test('who comes back is told at once when something was missed, also over a restart; one person has so many streams', (t) => {
  const clock = new ManualClock();
  const live = openLive(clock);
  const at = live.idOf('m');
  let told = 0;
  const follow = (last: string | null) => live.follow({ person: 'p', scope: whole, last }, () => told++);
  follow(at)?.();
  t.is(told, 0, 'nothing was missed');
  live.changed([change()]);
  follow(at)?.();
  t.is(told, 1);
  follow('before-the-restart-0')?.();
  t.is(told, 2);
  const ends = Array.from({ length: MAX_FOLLOWERS_PER_PERSON }, () => follow(null));
  t.true(ends.every((end) => end !== null));
  t.is(follow(null), null);
  for (const end of ends) end?.();
  t.is(live.followers(), 0);
});

test('a stream says what changed, and ends with its session, which it does not prolong', async (t) => {
  const { join, services, clock, scope } = await testConsole(t);
  const { send } = await join('maaike@noordkop.example', [of('owner')]);
  const answer = await send('/events', { headers: { Accept: 'text/event-stream' } });
  t.is(answer.headers.get('Content-Type'), 'text/event-stream');
  const reader = answer.body!.getReader();
  const next = async () => Buffer.from((await reader.read()).value ?? []).toString();
  t.regex(await next(), /^event: here/);
  services.live.changed([change({ msp: scope.msp })]);
  t.regex(await next(), /^event: changed\ndata: \nid: \w+-1\n\n$/);
  t.is(services.live.followers(), 1);
  // Heartbeats until the session, which nobody uses, is over.
  let beats = 0;
  const beating = (async () => {
    for (let said = await next(); said !== ''; said = await next()) beats += said.startsWith(': here') ? 1 : 0;
  })();
  for (let at = 0; at < 90 && services.live.followers() > 0; at++) {
    await new Promise((done) => setImmediate(done));
    clock.advance(HEARTBEAT_MS);
    await new Promise((done) => setTimeout(done, 5));
  }
  await beating;
  t.is(services.live.followers(), 0);
  t.true(beats > 60 && beats < 75, `${beats} heartbeats in half an hour`);
});

test('a page that fetches itself puts no end of a session off', async (t) => {
  const { join, clock } = await testConsole(t);
  const { send } = await join('maaike@noordkop.example', [of('owner')]);
  for (let at = 0; at < 29; at++) {
    clock.advance(60_000);
    t.is((await send('/', { headers: { 'Belkluis-Follows': '1' } })).status, 200);
  }
  clock.advance(120_000);
  t.is((await send('/', { headers: { 'Belkluis-Follows': '1' } })).status, 303);
});
