/** What people of the organisation press during a call, or dial before it: pauses, private calls, recordings that begin by hand. */
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { eventually, type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { belkluis } from '../peers/cli.ts';
import { didOf, OUTSIDE, outsideLine } from '../peers/outside-line.ts';
import type { Phone } from '../peers/phone.ts';
import { AFTER_HZ, BEFORE_HZ, called, heardBy, OTHER_HZ, pressByInfo, recordedTones, speak } from '../peers/talk.ts';
import { lengthOf } from '../peers/tones.ts';

/** How long a pause lasts here when nobody ends it, s: the shortest there is. */
const PAUSE_S = 10;

let box: ScenarioBox;
let outside: Phone;

test.before(async () => {
  const users = [
    'card',
    'card-2',
    'forgets',
    'forgets-2',
    'private',
    'dials',
    'dials-2',
    'hand',
    'hand-2',
    'strict',
    'strict-2',
    'moves',
    'moves-2',
    'moves-3',
  ];
  box = await scenarioBox({
    plain: true,
    phones: users.map((user) => ({ user })),
    policy(draft) {
      const [purpose] = draft.purposes;
      const start = 'automatic' as const;
      return {
        ...draft,
        purposes: [
          { ...purpose!, pause: { resumeSeconds: PAUSE_S } },
          { ...purpose!, id: 'strict', pause: null },
        ],
        rules: [
          { id: 'hand', purpose: 'complaints', from: ['hand'], start: 'manual' },
          { id: 'strict', purpose: 'strict', from: ['strict'], start },
          { id: 'rest', purpose: 'complaints', start },
        ],
      };
    },
  });
  outside = await outsideLine(box, ['private']);
});
test.after.always(async () => {
  await box?.end();
  await outside?.close();
});

const live = async (from: string) => (await box.status())!.calls.find((call) => call.from === from);
const recording = (from: string) =>
  box.until(({ calls }) => calls.find((call) => call.from === from)?.recording, `${from} being recorded`);
const paused = (from: string, is: boolean) =>
  box.until(({ calls }) => calls.some((call) => call.from === from && call.paused === is), `${from} paused: ${is}`);
const steered = (recording: string) =>
  box
    .audit()
    .events.flatMap(({ kind, facts }) =>
      kind === 'recording_steered' && 'recording' in facts && facts.recording === recording
        ? [`${facts.did} by ${facts.by}`]
        : [],
    );

test('what is said during a pause is not recorded; the same keys end it, and both are in the log', async (t) => {
  const [anna, bram] = await Promise.all([box.phone('card'), box.phone('card-2')]);
  const [annas, brams] = await called(anna, 'card-2', bram);
  await Promise.all([speak(annas, BEFORE_HZ), speak(brams, BEFORE_HZ)]);
  const id = await recording('card');
  await delay(1000);
  annas.line.hush();
  brams.line.hush();
  await delay(500);
  await pressByInfo(brams, '*7');
  await paused('card', true);
  const before = brams.line.heard.length;
  await Promise.all([speak(annas, AFTER_HZ), speak(brams, AFTER_HZ)]);
  await eventually(
    async () => lengthOf(heardBy(brams.line, before), AFTER_HZ) > 1000,
    'the other one during the pause',
  );
  annas.line.hush();
  brams.line.hush();
  await delay(600);
  await pressByInfo(brams, '*7');
  await paused('card', false);
  await Promise.all([speak(annas, OTHER_HZ), speak(brams, OTHER_HZ)]);
  await delay(1500);
  annas.hangUp();
  await brams.ended;
  for (const side of await recordedTones(box, await box.recordingOf('card', 'card-2'))) {
    t.true(lengthOf(side, BEFORE_HZ) > 500 && lengthOf(side, OTHER_HZ) > 500, JSON.stringify(side));
    t.is(lengthOf(side, AFTER_HZ), 0, JSON.stringify(side));
  }
  t.deepEqual(steered(id), ['paused by callee', 'resumed by callee']);
});

test('a pause that nobody ends ends by itself; from outside it is steered as well, by whoever may', async (t) => {
  const [anna, bram] = await Promise.all([box.phone('forgets'), box.phone('forgets-2')]);
  const [annas, brams] = await called(anna, 'forgets-2', bram);
  await Promise.all([speak(annas, BEFORE_HZ), speak(brams, OTHER_HZ)]);
  const id = await recording('forgets');
  const { id: call } = (await live('forgets'))!;
  t.deepEqual(await box.steer(call, 'pause'), { became: 'paused' });
  t.deepEqual(await box.steer(call, 'pause'), { became: 'already_so' });
  t.deepEqual(await box.steer(call, 'resume'), { became: 'resumed' });
  await box.steer(call, 'pause');
  const at = Date.now();
  const refused = await belkluis(box.config.data, 'calls', 'pause', call);
  t.not(refused.code, 0, 'the command line asks who that is');
  await paused('forgets', false);
  t.true(Date.now() - at > (PAUSE_S - 2) * 1000);
  annas.hangUp();
  await brams.ended;
  t.deepEqual(steered(id), ['paused by api', 'resumed by api', 'paused by api', 'resumed by time']);
  t.deepEqual(await box.steer(call, 'pause'), { became: 'no_such_call' });
});

test('a pause is of one recording: whoever is talked to next is recorded from the start', async (t) => {
  const [anna, bram, carla] = await Promise.all([box.phone('moves'), box.phone('moves-2'), box.phone('moves-3')]);
  const [annas, brams] = await called(anna, 'moves-2', bram);
  await speak(annas, BEFORE_HZ);
  await recording('moves');
  await pressByInfo(brams, '*7');
  await paused('moves', true);
  const referred = await brams.session.refer(`sip:moves-3@${box.config.domain}`);
  t.is(referred.ok && (await referred.outcome), 200);
  const carlas = await carla.nextCall();
  await speak(carlas, OTHER_HZ);
  await box.until(({ calls }) => calls.some(({ to, recording }) => to === 'moves-3' && recording !== null), 'the next');
  await speak(annas, AFTER_HZ);
  await delay(1200);
  annas.hangUp();
  await carlas.ended;
  const [left, right] = await recordedTones(box, await box.recordingOf('moves', 'moves-3'));
  t.true(lengthOf(left, AFTER_HZ) > 600 && lengthOf(right, OTHER_HZ) > 600, JSON.stringify([left, right]));
});

test('where a purpose lets nobody pause, it goes on, and that somebody tried is in the log', async (t) => {
  const [anna, bram] = await Promise.all([box.phone('strict'), box.phone('strict-2')]);
  const [annas, brams] = await called(anna, 'strict-2', bram);
  const id = await recording('strict');
  await pressByInfo(annas, '*7');
  await eventually(async () => steered(id).includes('pause_refused by caller'), 'the refusal');
  t.like(await live('strict'), { recording: id, paused: false });
  annas.hangUp();
  await brams.ended;
});

test('private: who is here erases what was recorded so far; who is outside presses that in vain', async (t) => {
  const phone = await box.phone('private');
  const [theirs, ours] = await called(outside, didOf(0), phone);
  await Promise.all([speak(theirs, BEFORE_HZ), speak(ours, OTHER_HZ)]);
  const id = await recording(OUTSIDE);
  await delay(500);
  await pressByInfo(theirs, '*8');
  await delay(500);
  t.is((await live(OUTSIDE))?.recording, id);
  await pressByInfo(ours, '*8');
  await eventually(
    async () => box.vault(({ catalogue }) => (catalogue.get(id)?.erasedAt ?? null) !== null),
    'its erasure',
  );
  const before = theirs.line.heard.length;
  await theirs.line.until((heard) => heard.length > before + 25);
  t.is((await live(OUTSIDE))?.recording, null);
  theirs.hangUp();
  await ours.ended;
});

test('private, dialled before the number: it rings there, and the call is not recorded', async (t) => {
  const [anna, bram] = await Promise.all([box.phone('dials'), box.phone('dials-2')]);
  const [annas, brams] = await called(anna, '*8dials-2', bram);
  await Promise.all([speak(annas, BEFORE_HZ), speak(brams, OTHER_HZ)]);
  await eventually(async () => lengthOf(heardBy(annas.line), OTHER_HZ) > 300, 'the other one');
  annas.hangUp();
  await brams.ended;
  t.like(await box.unrecorded('dials', 'dials-2'), { notRecorded: 'private' });
});

test('begun by hand: nothing is said or recorded until somebody here presses for it; then it is announced first', async (t) => {
  const [anna, bram] = await Promise.all([box.phone('hand'), box.phone('hand-2')]);
  const [annas, brams] = await called(anna, 'hand-2', bram);
  await Promise.all([speak(annas, BEFORE_HZ), speak(brams, BEFORE_HZ)]);
  await eventually(async () => lengthOf(heardBy(annas.line), BEFORE_HZ) > 500, 'the other one');
  t.is((await live('hand'))?.recording, null);
  await pressByInfo(annas, '*3');
  await Promise.all([speak(annas, AFTER_HZ), speak(brams, AFTER_HZ)]);
  await recording('hand');
  await delay(1200);
  annas.hangUp();
  await brams.ended;
  const kept = await box.recordingOf('hand', 'hand-2');
  for (const side of await recordedTones(box, kept)) {
    t.true(lengthOf(side, AFTER_HZ) > 600, JSON.stringify(side));
    t.is(lengthOf(side, BEFORE_HZ), 0, JSON.stringify(side));
  }
});
