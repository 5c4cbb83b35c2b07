/** Where a law demands the recording: a call that cannot be recorded is refused, with a reason and a sentence; one that is, nobody can end. */
import { mandatory } from '@belkluis/shared/policy/sample';
import test, { type ExecutionContext } from 'ava';
import { decodePcma } from '../../appliance/media/prompts/g711.ts';
import { ANNOUNCEMENT_HZ, eventually, type ScenarioBox, scenarioBox } from '../peers/box.ts';
import type { Line } from '../peers/line.ts';
import { Refused } from '../peers/phone.ts';
import { called, heardBy, OTHER_HZ, pressByInfo, speak } from '../peers/talk.ts';
import { lengthOf } from '../peers/tones.ts';

let box: ScenarioBox;

test.before(async () => {
  const users = ['orders', 'broker', 'unheard', 'nobody', 'secret', 'secret-2'];
  box = await scenarioBox({
    phones: users.map((user) => ({ user })),
    policy(draft) {
      const [purpose] = draft.purposes;
      const { announcement } = purpose!;
      const outdated = { sha256: 'a'.repeat(64), textSha256: 'b'.repeat(64) };
      const mute = { ...announcement, said: announcement.said.map((said) => ({ ...said, wavs: [outdated] })) };
      const start = 'automatic' as const;
      return {
        ...draft,
        purposes: [
          mandatory({ ...purpose!, id: 'orders', pause: null }),
          mandatory({ ...purpose!, id: 'mute', announcement: mute }),
        ],
        rules: [
          { id: 'mute', purpose: 'mute', from: ['unheard'], start },
          { id: 'orders', purpose: 'orders', start },
        ],
      };
    },
  });
});
test.after.always(() => box?.end());

/** A voice of the box: something is said that is no tone of ours. */
function heardSentence(t: ExecutionContext, { heard }: Line): void {
  const sound = heard.flatMap(({ payload }) => [...decodePcma(payload)]);
  const loud = sound.filter((sample) => Math.abs(sample) > 1000).length;
  t.true(loud > 2000, `${loud} loud samples`);
}

test('a call whose announcement cannot be said is refused before anybody rings: the caller hears why, and its phone is told', async (t) => {
  const [caller, callee] = await Promise.all([box.phone('unheard'), box.phone('nobody')]);
  callee.onRing('ring');
  const { answered, progress, line } = await caller.dial('nobody');
  const refusal = await t.throwsAsync(answered, { instanceOf: Refused });
  t.is(refusal?.status, 503);
  t.regex(refusal?.why ?? '', /^SIP;cause=503;text="This call must be recorded, and cannot be"$/);
  t.is(callee.ringing, 0);
  t.true(progress.includes(183));
  heardSentence(t, line);
  const refused = () =>
    box.vault(({ catalogue }) => catalogue.callsBetween(Date.now() - 60_000, Date.now() + 60_000, 100));
  await eventually(
    async () => refused().some(({ caller, status }) => caller === 'unheard' && status === 503),
    'its record',
  );
  const told = await eventually(
    async () => box.audit().events.find(({ kind }) => kind === 'call_refused'),
    'its line in the audit log',
  );
  const { id: call } = refused().find(({ caller }) => caller === 'unheard')!;
  t.deepEqual(told.facts, { call, purpose: 'mute', reason: 'announcement_missing', status: 503 });
});

test('nobody can make it a private call: not by dialling, not by a key; who tries hears so, and the recording goes on', async (t) => {
  const [anna, bram] = await Promise.all([box.phone('orders'), box.phone('broker')]);
  const dialled = await anna.dial('*8broker');
  const refusal = await t.throwsAsync(dialled.answered, { instanceOf: Refused });
  t.is(refusal?.status, 403);
  heardSentence(t, dialled.line);

  const [annas, brams] = await called(anna, 'broker', bram);
  await speak(annas, OTHER_HZ);
  const id = await box.until(({ calls }) => calls.find(({ from }) => from === 'orders')?.recording, 'recording');
  const [said, before] = [annas.line.heard.length, brams.line.heard.length];
  await pressByInfo(annas, '*8');
  await annas.line.until((heard) => heard.length > said + 50);
  heardSentence(t, { ...annas.line, heard: annas.line.heard.slice(said) });
  const { id: call } = (await box.status())!.calls.find(({ from }) => from === 'orders')!;
  t.deepEqual(await box.steer(call, 'object'), { became: 'legal_retention' });
  await eventually(async () => lengthOf(heardBy(brams.line, before), OTHER_HZ) > 500, 'the call going on');
  t.is((await box.status())!.calls.find(({ from }) => from === 'orders')?.recording, id);
  annas.hangUp();
  await brams.ended;
  const kept = await box.recordingOf('orders', 'broker');
  t.is(kept.erasedAt ?? null, null);
  t.true(kept.end!.durationMs > 500);
  t.true(lengthOf(heardBy(annas.line), ANNOUNCEMENT_HZ) > 800);
  const refusals = box.audit().events.filter(({ kind }) => kind === 'erasure_refused');
  t.true(refusals.length > 0);
});
