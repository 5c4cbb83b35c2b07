/** Keys that agree and keys that refuse, by every way in which phones press them: what is recorded of it, kept as evidence, and erased. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Consent } from '@belkluis/shared/policy/consent';
import test, { type ExecutionContext } from 'ava';
import { eventually, type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { didOf, OUTSIDE, outsideLine } from '../peers/outside-line.ts';
import type { Phone } from '../peers/phone.ts';
import {
  AFTER_HZ,
  BEFORE_HZ,
  called,
  heardBy,
  OTHER_HZ,
  pressByInfo,
  pressByTone,
  recordedTones,
  speak,
} from '../peers/talk.ts';
import { lengthOf } from '../peers/tones.ts';

/** How long a purpose waits for a key here, s: the shortest there is. */
const PATIENCE_S = 3;

let box: ScenarioBox;
let outside: Phone;

test.before(async () => {
  const users = ['asks-1', 'asks-2', 'quiet-1', 'quiet-2', 'desk', 'objects-1', 'objects-2', 'early-1', 'early-2'];
  box = await scenarioBox({
    plain: true,
    phones: users.map((user) => ({ user })),
    policy(draft) {
      const [purpose] = draft.purposes;
      const asks = {
        ...purpose!,
        id: 'asks',
        consent: { mode: 'opt-in', key: '1', refuseKey: '9', asks: 'everybody', patienceSeconds: PATIENCE_S } as const,
      };
      const offers = { ...purpose!, id: 'offers', consent: { mode: 'opt-out', key: '9', remember: true } as const };
      const start = 'automatic' as const;
      return {
        ...draft,
        purposes: [asks, offers],
        rules: [
          { id: 'asks', purpose: 'asks', from: ['asks*', 'quiet*'], start },
          { id: 'offers', purpose: 'offers', start },
        ],
      };
    },
  });
  outside = await outsideLine(box, ['desk']);
});
test.after.always(async () => {
  await box?.end();
  await outside?.close();
});

const recording = (from: string) =>
  box.until(({ calls }) => calls.find((call) => call.from === from)?.recording, `${from} being recorded`);
const evidenceOf = (id: string) =>
  box
    .vault(({ catalogue }) => catalogue.consents.of(id))
    .map(({ act, side, how, key }: Consent) => [act, side, how, key].join(' '))
    .sort();
const objections = (id: string) =>
  box
    .audit()
    .events.flatMap((event) => (event.kind === 'objection' && event.facts.recording === id ? [event.facts] : []));

/** Nobody can open it any more: no wrap, and the eraser's word. */
async function isErased(t: ExecutionContext, id: string): Promise<void> {
  await eventually(
    async () => box.vault(({ catalogue }) => (catalogue.get(id)?.erasedAt ?? null) !== null),
    'its erasure',
  );
  t.is(
    box.vault(({ keystore }) => keystore.get(id)),
    null,
  );
  t.is(objections(id).length, 1);
  t.true(box.audit().holds);
}

test('opt-in: nothing is recorded of what was said before both have pressed the key, and everything after it; who agreed how is kept', async (t) => {
  const [anna, bram] = await Promise.all([box.phone('asks-1'), box.phone('asks-2')]);
  const [annas, brams] = await called(anna, 'asks-2', bram);
  await Promise.all([speak(annas, BEFORE_HZ), speak(brams, OTHER_HZ)]);
  // The announcement is over when each hears the other.
  await eventually(async () => lengthOf(heardBy(annas.line), OTHER_HZ) > 200, 'the other one');
  await pressByInfo(annas, '1');
  await delay(500);
  t.true((await box.status())!.calls.every(({ from, recording }) => from !== 'asks-1' || recording === null));
  await speak(annas, AFTER_HZ);
  await delay(300);
  const before = Date.now();
  await pressByInfo(brams, '1');
  const id = await recording('asks-1');
  await delay(2000);
  annas.hangUp();
  await brams.ended;
  const kept = await box.recordingOf('asks-1', 'asks-2');
  t.true(kept.startedAt >= before);
  const [left, right] = await recordedTones(box, kept);
  t.is(lengthOf(left, BEFORE_HZ), 0, JSON.stringify(left));
  t.true(lengthOf(left, AFTER_HZ) > 1200 && lengthOf(right, OTHER_HZ) > 1200, JSON.stringify([left, right]));
  t.deepEqual(evidenceOf(id), ['agreed callee info 1', 'agreed caller info 1', 'told callee  ', 'told caller  ']);
});

test('opt-in: without a key from both the call goes on, and nothing of it is recorded', async (t) => {
  const [anna, bram] = await Promise.all([box.phone('quiet-1'), box.phone('quiet-2')]);
  const [annas, brams] = await called(anna, 'quiet-2', bram);
  await Promise.all([speak(annas, BEFORE_HZ), speak(brams, OTHER_HZ)]);
  await eventually(async () => lengthOf(heardBy(annas.line), OTHER_HZ) > 200, 'the other one');
  await pressByInfo(annas, '1');
  await delay(PATIENCE_S * 1000 + 500);
  const before = annas.line.heard.length;
  await pressByInfo(brams, '1');
  await annas.line.until((heard) => heard.length > before + 25);
  annas.hangUp();
  await brams.ended;
  t.like(await box.unrecorded('quiet-1', 'quiet-2'), { notRecorded: 'not_agreed', status: 200 });
  t.false(box.recordings().some(({ caller }) => caller === 'quiet-1'));
});

test('opt-out by a tone in the sound: what was recorded is erased at once, the call goes on; pressed once more, the number is not recorded again', async (t) => {
  const desk = await box.phone('desk');
  const [theirs, ours] = await called(outside, didOf(0), desk);
  await Promise.all([speak(theirs, BEFORE_HZ), speak(ours, OTHER_HZ)]);
  const id = await recording(OUTSIDE);
  await delay(1000);
  // Of who called it is no refusal when somebody here presses that key.
  await pressByInfo(ours, '9');
  await delay(300);
  t.is((await box.status())!.calls.find(({ from }) => from === OUTSIDE)?.recording, id);
  await pressByTone(theirs, '9');
  await box.until(({ calls }) => calls.some((call) => call.from === OUTSIDE && call.recording === null), 'its end');
  await isErased(t, id);
  t.like(objections(id)[0], { side: 'caller', how: 'tone' });
  await pressByTone(theirs, '9');
  await eventually(
    async () => box.audit().events.some(({ kind }) => kind === 'objection_kept'),
    'the number being kept',
  );
  const before = theirs.line.heard.length;
  await speak(ours, AFTER_HZ);
  await eventually(async () => lengthOf(heardBy(theirs.line, before), AFTER_HZ) > 300, 'the call going on');
  theirs.hangUp();
  await ours.ended;

  const [again] = await called(outside, didOf(0), desk);
  await delay(1000);
  again.hangUp();
  t.like(await box.unrecorded(OUTSIDE, didOf(0)), { notRecorded: 'objected' });
});

test('opt-out by an RTP event while the announcement is still being said: nothing is recorded at all', async (t) => {
  const codec = { codecs: 'PCMA', rate: 8000 };
  const [anna, bram] = await Promise.all([
    box.baresip('early-1', { ...codec, tone: BEFORE_HZ }),
    box.baresip('early-2', { ...codec, tone: OTHER_HZ }),
  ]);
  await anna.dial('early-2');
  await Promise.all([anna.event('CALL_ESTABLISHED'), bram.event('CALL_ESTABLISHED')]);
  await anna.command('sndcode', '9');
  await delay(2500);
  await anna.command('hangup');
  await bram.event('CALL_CLOSED');
  await Promise.all([anna.stop(), bram.stop()]);
  t.like(await box.unrecorded('early-1', 'early-2'), { notRecorded: 'objected', status: 200 });
  t.false(box.recordings().some(({ caller }) => caller === 'early-1'));
});

test('whoever is told of an objection by somebody in the call ends and erases its recording from outside, as by the key', async (t) => {
  const [anna, bram] = await Promise.all([box.phone('objects-1'), box.phone('objects-2')]);
  const [annas, brams] = await called(anna, 'objects-2', bram);
  await Promise.all([speak(annas, BEFORE_HZ), speak(brams, OTHER_HZ)]);
  const id = await recording('objects-1');
  await delay(500);
  const { id: call } = (await box.status())!.calls.find(({ from }) => from === 'objects-1')!;
  t.deepEqual(await box.steer(call, 'object'), { became: 'erased' });
  t.deepEqual(await box.steer(call, 'pause'), { became: 'not_recording' });
  await isErased(t, id);
  t.like(objections(id)[0], { how: 'api' });
  const before = brams.line.heard.length;
  await brams.line.until((heard) => heard.length > before + 25);
  annas.hangUp();
  await brams.ended;
});
