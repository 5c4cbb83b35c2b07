import { generateKeyPairSync } from 'node:crypto';
import { decide } from '@belkluis/shared/policy/decide';
import { signEnvelope } from '@belkluis/shared/policy/dsse';
import { samplePolicy, withRecipients } from '@belkluis/shared/policy/sample';
import { said } from '@belkluis/shared/policy/testing/said';
import { fc, testProp } from '@fast-check/ava';
import test from 'ava';
import { LOOK_BACK_MS, SETTLE_MS, TOLERANCE_MS } from './limits.ts';
import type { LoggedCall } from './logged-call.ts';
import { type KnownCall, reconcile, sameParty } from './match.ts';

const NOW = Date.UTC(2026, 10, 25, 12);
const HOUR = 3_600_000;
const draft = samplePolicy(new Date(NOW));
const policy = withRecipients(
  { ...draft, rules: [{ id: 'to-sales', purpose: 'complaints', to: ['2*'], start: 'automatic' }] },
  signEnvelope('t', Buffer.from('{}'), [generateKeyPairSync('ed25519')]),
);
const decided = ({ caller, callee, startedAt }: LoggedCall) =>
  decide(
    { policy, hash: '0'.repeat(64) },
    { id: '1', from: caller, to: callee, direction: 'inbound', at: startedAt },
    said,
  );
const run = (logged: readonly LoggedCall[], known: readonly KnownCall[]) =>
  reconcile({ logged, known, decide: decided, now: NOW });

const logged = (more: Partial<LoggedCall> = {}): LoggedCall => ({
  id: null,
  caller: '+31201234567',
  callee: '204',
  startedAt: NOW - 2 * HOUR,
  talkMs: 120_000,
  ...more,
});
const recording = { purpose: 'complaints', end: { reason: 'finished', durationMs: 110_000, gaps: 0 } };
const known = (more: Partial<KnownCall> = {}): KnownCall => ({
  id: 'k',
  caller: '0201234567',
  callee: '204',
  startedAt: NOW - 2 * HOUR + 40_000,
  talkMs: 115_000,
  notRecorded: null,
  recording,
  expiresAt: NOW + 30 * 24 * HOUR,
  ...more,
});
const causes = (log: readonly LoggedCall[], box: readonly KnownCall[]) =>
  run(log, box).exceptions.map(({ cause }) => cause);

test('a call that was recorded is no exception, whatever the PBX calls the number and however its clock goes', (t) => {
  t.deepEqual(run([logged()], [known()]), { checked: 1, matched: 1, exceptions: [] });
});

test('a copy for which there was no room is an exception, unless it came again and found some', (t) => {
  const away = known({ recording: null, notRecorded: 'no_room' });
  t.deepEqual(causes([logged()], [away]), ['no_room']);
  const later = known({ id: 'l', startedAt: away.startedAt + 35_000 });
  t.deepEqual(causes([logged()], [away, later]), []);
});

test('each way of not being recorded has its cause; what the policy chose is none', (t) => {
  const without = (notRecorded: string) => causes([logged()], [known({ recording: null, notRecorded })]);
  t.deepEqual(without('disk_reserve'), ['disk_reserve']);
  t.deepEqual(without('recorder_failed'), ['recorder_failed']);
  t.deepEqual(without('no_rule'), []);
  t.deepEqual(without('recorded_elsewhere'), [], 'a call that passed a PBX and came in again');
  const broken = { ...recording, end: { reason: 'broken', durationMs: 1000, gaps: 0 } };
  t.deepEqual(causes([logged()], [known({ recording: broken })]), ['broken']);
  const short = { ...recording, end: { reason: 'finished', durationMs: 30_000, gaps: 0 } };
  t.deepEqual(causes([logged()], [known({ recording: short })]), ['cut_short']);
  t.deepEqual(causes([logged()], [known({ recording: null, talkMs: null })]), ['not_answered_here']);
});

test('a call that went past the box is found where the policy wanted it, and only there', (t) => {
  const [exception] = run([logged()], []).exceptions;
  t.like(exception, { cause: 'not_seen', call: null, purpose: 'complaints' });
  t.is(exception?.expiresAt, NOW - 2 * HOUR + 30 * 24 * HOUR);
  t.deepEqual(causes([logged({ callee: '304' })], []), []);
});

test('calls too young, too old or too short to say anything about are left', (t) => {
  const young = logged({ startedAt: NOW - 130_000 - SETTLE_MS + 20_000, talkMs: 120_000 });
  const old = logged({ startedAt: NOW - LOOK_BACK_MS - 1 });
  t.is(run([young, old, logged({ talkMs: 5000 })], []).checked, 0);
});

test('one call of the box stands for one call of the log', (t) => {
  t.deepEqual(causes([logged(), logged({ startedAt: NOW - 2 * HOUR + 60_000 })], [known()]), ['not_seen']);
});

test('of calls that began in one minute the one that was talked in as long is meant, and not one that nobody answered', (t) => {
  const minute = NOW - 2 * HOUR;
  const log = logged({ startedAt: minute + 50_000, talkMs: 120_000 });
  const rang = known({ id: 'rang', startedAt: minute, recording: null, talkMs: null });
  const short = known({ id: 'short', startedAt: minute, recording: null, notRecorded: 'disk_reserve', talkMs: 3000 });
  const talked = known({ id: 'talked', startedAt: minute, talkMs: 118_000 });
  for (const box of [
    [rang, short, talked],
    [talked, short, rang],
  ])
    t.deepEqual(causes([log], box), []);
  t.deepEqual(causes([log], [rang, short]), ['disk_reserve']);
  const apart = (ms: number) => causes([logged({ startedAt: minute + ms })], [talked]);
  for (const near of [-TOLERANCE_MS, 59_999 + TOLERANCE_MS]) t.deepEqual(apart(near), [], `${near}`);
  for (const far of [-TOLERANCE_MS - 1, 60_000 + TOLERANCE_MS]) t.deepEqual(apart(far), ['not_seen'], `${far}`);
});

test('a number that its caller withholds is not taken out of the log of a PBX, which has it', (t) => {
  const { exceptions } = run(
    [logged({ caller: '0688776655' })],
    [known({ caller: 'anonymous', recording: null, notRecorded: 'disk_reserve' })],
  );
  t.is(exceptions[0]?.cause, 'disk_reserve');
  t.notRegex(JSON.stringify(exceptions), /88776655/);
});

test('parties: one number written differently, never two extensions that resemble each other', (t) => {
  t.true(sameParty('0031 20 123 4567', '020-1234567'));
  t.true(sameParty('Anna', 'anna'));
  t.true(sameParty('anonymous', '0201234567'));
  t.false(sameParty('204', '2041'));
  t.false(sameParty('ann', 'anna'));
  t.false(sameParty('0201234567', '0201234568'));
});

const minutes = fc.uniqueArray(fc.integer({ min: 30, max: 4000 }), { minLength: 1, maxLength: 40 });

testProp(
  'whatever calls were kept back from the box are the ones that are found',
  [
    minutes,
    fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
    fc.integer({ min: -TOLERANCE_MS / 2, max: TOLERANCE_MS / 2 }),
  ],
  (t, starts, lost, drift) => {
    // A party of its own for each call: which of two like calls was lost nobody could tell.
    const log = starts.map((minute, place) =>
      logged({ startedAt: NOW - minute * 60_000, caller: `0201${100_000 + place}` }),
    );
    const box = log.flatMap(({ caller, startedAt }, place) =>
      lost[place] ? [] : [known({ id: String(place), caller: `+31${caller.slice(1)}`, startedAt: startedAt + drift })],
    );
    const found = run(log, box).exceptions.map(({ logged: { caller } }) => caller);
    t.deepEqual(
      found.sort(),
      log
        .filter((_, place) => lost[place])
        .map(({ caller }) => caller)
        .sort(),
    );
  },
);
