/** Who hears the announcement, and when: each as its purpose says, and nothing is recorded that was said before. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { PolicyDraft } from '@belkluis/shared/policy/sample';
import { announcementsOf } from '@belkluis/shared/policy/words';
import test, { type ExecutionContext } from 'ava';
import { policyWav } from '../../scripts/cli/policy-wav.ts';
import { ANNOUNCEMENT_HZ, eventually, type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { didOf, OUTSIDE, outsideLine } from '../peers/outside-line.ts';
import type { Phone, PhoneCall } from '../peers/phone.ts';
import {
  AFTER_HZ,
  BEEP_HZ,
  BEFORE_HZ,
  called,
  heardBy,
  OTHER_HZ,
  RING_BACK_HZ,
  recordedTones,
  speak,
} from '../peers/talk.ts';
import { lengthOf } from '../peers/tones.ts';
import { tone, toWav } from '../peers/wav.ts';

type Purpose = PolicyDraft['purposes'][number];

let box: ScenarioBox;
let outside: Phone;
/** Whose calls from outside are told how. */
const told = ['early', 'first', 'after', 'beeps', 'sends-on'];

/** A file that says what an older policy said. */
const outdated = { sha256: 'a'.repeat(64), textSha256: 'b'.repeat(64) };

/** What a person speaks when the policy is in force already. */
const lateWav = toWav({ rate: 16_000, samples: tone(ANNOUNCEMENT_HZ, 0.5, 16_000) });

test.before(async () => {
  box = await scenarioBox({
    plain: true,
    phones: [...told, 'calls-out', 'mute-1', 'mute-2', 'late-1', 'late-2'].map((user) => ({ user })),
    policy(draft) {
      const [whole] = draft.purposes as [Purpose];
      const purpose = (id: string, announcement: Partial<Purpose['announcement']>): Purpose => ({
        ...whole,
        id,
        // Who does not hear it has to hear a tone in the Netherlands; but for one test later than any call of these.
        announcement: { ...whole.announcement, staffHear: false, staffBeepSeconds: 120, ...announcement },
      });
      const spoken = purpose('late', {});
      const { textSha256 } = announcementsOf(draft, spoken)[0]!;
      const late = { sha256: createHash('sha256').update(lateWav).digest('hex'), textSha256 };
      const start = 'automatic' as const;
      const to = (index: number) => ({ direction: 'inbound' as const, to: [didOf(index)], start });
      return {
        ...draft,
        purposes: [
          purpose('early', { callerHears: 'early-media' }),
          purpose('first', { callerHears: 'answered-first' }),
          purpose('after', {}),
          purpose('beeps', { staffBeepSeconds: 5 }),
          purpose('mute', { said: [{ language: 'en', purpose: 'to settle complaints', wavs: [outdated] }] }),
          purpose('late', { said: spoken.announcement.said.map((one) => ({ ...one, wavs: [late] })) }),
        ],
        rules: [
          { id: 'early', purpose: 'early', ...to(0) },
          { id: 'first', purpose: 'first', ...to(1) },
          { id: 'beeps', purpose: 'beeps', ...to(3) },
          { id: 'mute', purpose: 'mute', from: ['mute*'], start },
          { id: 'late', purpose: 'late', from: ['late*'], start },
          { id: 'rest', purpose: 'after', start },
        ],
      };
    },
  });
  outside = await outsideLine(box, told);
});
test.after.always(async () => {
  await box?.end();
  await outside?.close();
});

const recording = (from: string, to: string) =>
  box.until(({ calls }) => calls.find((call) => call.from === from && call.to === to)?.recording, `${from} to ${to}`);
const missing = async (purpose: string) =>
  (await box.status())!.announcementsMissing.filter((one) => one.purpose === purpose);
const announced = ({ line }: Pick<PhoneCall, 'line'>) => lengthOf(heardBy(line), ANNOUNCEMENT_HZ);

/** Both speak from the first moment; the recording has both and begins after the announcement. */
async function recordedAfter(t: ExecutionContext, [theirs, ours]: readonly [PhoneCall, PhoneCall], number: string) {
  await Promise.all([speak(theirs, BEFORE_HZ), speak(ours, OTHER_HZ)]);
  await recording(OUTSIDE, number);
  await delay(1500);
  theirs.hangUp();
  await ours.ended;
  const kept = await box.recordingOf(OUTSIDE, number);
  const [left, right] = await recordedTones(box, kept);
  t.true(lengthOf(left, BEFORE_HZ) > 900 && lengthOf(right, OTHER_HZ) > 900, JSON.stringify([left, right]));
  t.is(lengthOf(left, ANNOUNCEMENT_HZ) + lengthOf(right, ANNOUNCEMENT_HZ), 0);
  return kept;
}

test('by early media: the caller hears it to its end before anybody rings, and nobody else has to', async (t) => {
  const phone = await box.phone('early');
  phone.onRing('ring');
  const { answered, progress, line } = await outside.dial(didOf(0));
  await phone.rings();
  t.is(progress[0], 183);
  t.true(announced({ line }) > 800, 'before it rang');
  // A phone that has heard media from us plays no tone of its own.
  await eventually(async () => lengthOf(heardBy(line), RING_BACK_HZ) > 300, 'the ring-back');
  await phone.pickUp();
  const pair = await Promise.all([answered, phone.nextCall()]);
  const kept = await recordedAfter(t, pair, didOf(0));
  t.is(announced(pair[1]), 0, 'who answers has acknowledged a notice');
  t.true(announced(pair[0]) < 1300, 'once is enough');
  t.true(kept.announcedAt < kept.startedAt - 300, 'it was told while it had not rung yet');
});

test('in a call that the box has answered: the caller hears it, then a tone that it rings, then who answers', async (t) => {
  const phone = await box.phone('first');
  phone.onRing('ring');
  const { answered } = await outside.dial(didOf(1));
  const theirs = await answered;
  await speak(theirs, BEFORE_HZ);
  t.is(phone.ringing, 0);
  await phone.rings();
  t.true(announced(theirs) > 800, 'before it rang');
  await eventually(async () => lengthOf(heardBy(theirs.line), RING_BACK_HZ) > 300, 'the ring-back');
  await phone.pickUp();
  await recordedAfter(t, [theirs, await phone.nextCall()], didOf(1));

  phone.onRing(486);
  const busy = await (await outside.dial(didOf(1))).answered;
  await busy.ended;
});

test('who is called outside hears it after answering, and who calls from here need not', async (t) => {
  const phone = await box.phone('calls-out');
  const [ours, theirs] = await called(phone, OUTSIDE, outside);
  await Promise.all([speak(ours, OTHER_HZ), speak(theirs, BEFORE_HZ)]);
  await recording('calls-out', OUTSIDE);
  t.true(announced(theirs) > 800);
  t.is(announced(ours), 0);
  ours.hangUp();
  await theirs.ended;
});

test('people here hear a short tone while they are recorded, and nobody else does', async (t) => {
  const phone = await box.phone('beeps');
  const [theirs, ours] = await called(outside, didOf(3), phone);
  await Promise.all([speak(theirs, BEFORE_HZ), speak(ours, OTHER_HZ)]);
  await recording(OUTSIDE, didOf(3));
  await delay(5600);
  const beeps = lengthOf(heardBy(ours.line), BEEP_HZ);
  t.true(beeps > 100 && beeps < 400, `${beeps} ms of tone`);
  t.is(lengthOf(heardBy(theirs.line), BEEP_HZ), 0);
  theirs.hangUp();
  await ours.ended;
});

test('what cannot be said of one purpose is not recorded, and is told; other purposes are recorded', async (t) => {
  const [anna, bram] = await Promise.all([box.phone('mute-1'), box.phone('mute-2')]);
  const [annas, brams] = await called(anna, 'mute-2', bram);
  await delay(500);
  annas.hangUp();
  await brams.ended;
  t.like(await box.unrecorded('mute-1', 'mute-2'), { notRecorded: 'announcement_missing', status: 200 });
  t.deepEqual(await missing('mute'), [{ purpose: 'mute', why: 'wav_outdated' }]);
});

test('a WAV that comes late is heard from then on, without a restart', async (t) => {
  const [anna, bram] = await Promise.all([box.phone('late-1'), box.phone('late-2')]);
  const [silent, other] = await called(anna, 'late-2', bram);
  silent.hangUp();
  await other.ended;
  t.like(await box.unrecorded('late-1', 'late-2'), { notRecorded: 'announcement_missing' });
  t.deepEqual(await missing('late'), [{ purpose: 'late', why: 'wav_missing' }]);
  const file = join(box.folder, 'late.wav');
  writeFileSync(file, lateWav);
  const { json } = await policyWav.run({ positionals: [file], values: {}, data: box.config.data });
  t.like(json, { bound: ['late'] });
  await box.until(
    ({ announcementsMissing: left }) => left.every(({ purpose }) => purpose !== 'late') || null,
    'the WAV',
  );
  const [theirs, ours] = await called(anna, 'late-2', bram);
  await Promise.all([speak(theirs, BEFORE_HZ), speak(ours, OTHER_HZ)]);
  await recording('late-1', 'late-2');
  theirs.hangUp();
  await ours.ended;
});

test('with the last one here out of it, a call between two outside is recorded no more', async (t) => {
  const phone = await box.phone('sends-on');
  const [theirs, ours] = await called(outside, didOf(4), phone);
  await Promise.all([speak(theirs, BEFORE_HZ), speak(ours, OTHER_HZ)]);
  const id = await recording(OUTSIDE, didOf(4));
  await delay(1000);
  const referred = await ours.session.refer(`sip:${OUTSIDE}@${box.config.domain}`);
  t.is(referred.ok && (await referred.outcome), 200);
  const others = await outside.nextCall();
  const at = Date.now();
  await Promise.all([speak(theirs, AFTER_HZ), speak(others, AFTER_HZ)]);
  await delay(1500);
  const { end } = await eventually(
    async () => box.vault(({ catalogue }) => catalogue.get(id)?.end && catalogue.get(id)),
    'the end of the recording',
  );
  t.true(end!.endedAt < at + 1000, 'within a second');
  theirs.hangUp();
  await others.ended;
  const [left, right] = await recordedTones(box, { id });
  t.is(lengthOf(left, AFTER_HZ) + lengthOf(right, AFTER_HZ), 0, JSON.stringify([left, right]));
  t.like(await box.unrecorded(OUTSIDE, OUTSIDE), { notRecorded: 'nobody_of_ours' });
});
