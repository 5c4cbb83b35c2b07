/**
 * What people of the organisation press during a call, or dial before it, and what programs ask with a token: pauses, private calls,
 * recordings that begin by hand.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { eventually, type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { belkluis } from '../peers/cli.ts';
import { didOf, OUTSIDE, outsideLine } from '../peers/outside-line.ts';
import type { Phone } from '../peers/phone.ts';
import { programAt } from '../peers/program.ts';
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
    'crm',
    'crm-2',
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
  outside = await outsideLine(box, ['private', 'crm']);
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
  // The phone may know it before the box has heard its answer.
  await box.until(({ calls }) => calls.every(({ id }) => id !== call), 'its end');
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

test('a program pauses an extension’s call by its token, also one that came in by another number: what is said meanwhile is not recorded', async (t) => {
  const desk = `https://127.0.0.1:${box.config.desk.port}`;
  const certificate = readFileSync(box.certificatePath, 'utf8');
  const made = await belkluis(
    box.config.data,
    ...['tokens', 'add', 'CRM', '--extension', 'crm', '--wish', 'pause', '--wish', 'resume'],
  );
  t.is(made.code, 0, made.errors);
  const token = made.json.token as string;
  const crm = programAt(desk, certificate, token);
  t.like(await crm.post('crm/pause'), { status: 404, json: { code: 'no_call' } });
  // A real phone of an extension that speaks all the time, called from outside by a number that is not its own.
  await box.baresip('crm', { tone: OTHER_HZ, codecs: 'PCMA/8000/1', rate: 8000 });
  const theirs = await (await outside.dial(didOf(1))).answered;
  await speak(theirs, BEFORE_HZ);
  const id = await box.until(
    ({ calls }) => calls.find((call) => call.to === didOf(1))?.recording,
    'the call of the CRM being recorded',
  );
  const call = (await box.status())!.calls.find(({ recording }) => recording === id)!.id;
  t.like(await crm.get('crm'), { status: 200, json: { calls: { 0: { call, recording: 'on', resumesAt: null } } } });
  await delay(1500);
  theirs.line.hush();
  await delay(500);
  const before = Date.now();
  const paused = await crm.post('crm/pause');
  t.like(paused, { status: 200, json: { extension: 'crm', call, became: 'paused', recording: 'paused' } });
  const resumesAt = Date.parse(paused.json.resumesAt as string);
  t.true(resumesAt >= before + PAUSE_S * 1000 && resumesAt <= Date.now() + PAUSE_S * 1000);
  t.like(await crm.post('crm/pause'), { status: 200, json: { became: 'already_so', recording: 'paused' } });
  await speak(theirs, AFTER_HZ);
  await delay(2000);
  t.false(JSON.stringify([paused.json, await crm.get('crm')]).includes(OUTSIDE), 'a program learns no number');
  theirs.line.hush();
  await delay(600);
  t.like(await crm.post('crm/resume'), { status: 200, json: { became: 'resumed', recording: 'on', resumesAt: null } });
  await speak(theirs, OTHER_HZ);
  await delay(1500);
  // Nobody else's call, nothing else, and not once it is revoked.
  t.like(await crm.post('crm-2/pause'), { status: 403, json: { code: 'extension_not_allowed' } });
  t.like(await crm.post('crm/object'), { status: 403, json: { code: 'wish_not_allowed' } });
  t.is((await belkluis(box.config.data, 'tokens', 'revoke', 'CRM')).code, 0);
  t.like(await crm.post('crm/pause'), { status: 401, json: { code: 'token_refused' } });
  theirs.hangUp();
  const [caller, callee] = await recordedTones(box, await box.recordingOf(OUTSIDE, didOf(1)));
  const told = JSON.stringify([caller, callee]);
  t.is(lengthOf(caller, AFTER_HZ), 0, told);
  t.true(lengthOf(caller, BEFORE_HZ) > 500 && lengthOf(caller, OTHER_HZ) > 500, told);
  // The extension spoke all the time, and there is a hole in what is kept of it.
  const kept = callee.filter(({ tone }) => tone === OTHER_HZ);
  const hole = kept.some((stretch, at) => at > 0 && stretch.fromMs - kept[at - 1]!.toMs > 2000);
  t.true(hole, told);
  t.deepEqual(steered(id), ['paused by api', 'resumed by api']);
  const asked = box.audit().events.filter(({ kind, facts }) => kind === 'steering_asked' && 'token' in facts);
  t.deepEqual(
    asked.map(({ facts }) => facts),
    ['pause', 'pause', 'resume'].map((wish) => ({ call, wish, token: 'CRM' })),
  );
  t.false(JSON.stringify(box.audit().events).includes(token.slice(-43)) || box.log().includes(token.slice(-43)));
});
