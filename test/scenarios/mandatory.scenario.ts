/** Where a law demands the recording: a call that cannot be recorded is refused, with a reason and a sentence; one that is, nobody can end. */
import { spawnSync } from 'node:child_process';
import type { Language } from '@belkluis/shared/policy/fields';
import { mandatory } from '@belkluis/shared/policy/sample';
import { type Sentence, sentences } from '@belkluis/shared/policy/sentences';
import test, { type ExecutionContext } from 'ava';
import { decodePcma } from '../../appliance/media/prompts/g711.ts';
import { makePrompt } from '../../appliance/media/prompts/prompt.ts';
import { speak as speakText } from '../../appliance/policy/voice.ts';
import { replacesOf } from '../../appliance/sip/dialog/replaces.ts';
import { ANNOUNCEMENT_HZ, eventually, type ScenarioBox, scenarioBox } from '../peers/box.ts';
import type { Line } from '../peers/line.ts';
import { type PhoneCall, Refused } from '../peers/phone.ts';
import { called, heardBy, OTHER_HZ, pressByInfo, speak } from '../peers/talk.ts';
import { lengthOf } from '../peers/tones.ts';

let box: ScenarioBox;

test.before(async () => {
  const users = ['orders', 'broker', 'unheard', 'nobody', 'mediator', 'unheard-2', 'third', 'adviser', 'unheard-3'];
  const more = ['fourth', 'client', 'dealer', 'in-a-hurry', 'fifth'];
  box = await scenarioBox({
    phones: [...users, ...more].map((user) => ({ user })),
    policy(draft) {
      const [purpose] = draft.purposes;
      const { announcement } = purpose!;
      const outdated = { sha256: 'a'.repeat(64), textSha256: 'b'.repeat(64) };
      const mute = {
        ...announcement,
        said: announcement.said.map((said) => ({ ...said, language: 'nl' as const, wavs: [outdated] })),
      };
      const start = 'automatic' as const;
      return {
        ...draft,
        purposes: [
          mandatory({ ...purpose!, id: 'orders', pause: null }),
          mandatory({ ...purpose!, id: 'mute', announcement: mute }),
        ],
        rules: [
          { id: 'mute', purpose: 'mute', from: ['unheard*'], start },
          { id: 'orders', purpose: 'orders', start },
        ],
      };
    },
  });
});
test.after.always(() => box?.end());

/** What the box has said since the `from`th packet is this sentence, packet by packet, in this language and to its end. */
async function heardSaid(
  t: ExecutionContext,
  { line }: PhoneCall,
  from: number,
  sentence: Sentence,
  language: Language,
) {
  const { PCMA } = makePrompt('expected', await speakText(sentences[language][sentence], language)).frames;
  const expected = PCMA!.map((frame) => Buffer.from(frame).toString('base64'));
  const found = () => {
    const heard = line.heard.slice(from).map(({ payload }) => payload.toString('base64'));
    const first = heard.indexOf(expected.find((frame) => frame !== expected[0])!);
    let next = 0;
    for (const frame of heard.slice(Math.max(0, first - 1))) if (frame === expected[next]) next++;
    return next >= expected.length - 1;
  };
  await eventually(async () => found(), `“${sentence}” in ${language}, of ${expected.length} packets`);
  t.true(expected.length > 100);
}

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
    box.vault(({ catalogue }) => catalogue.callsBetween(Date.now() - 120_000, Date.now() + 60_000, 100));
  await eventually(
    async () => refused().some(({ caller, status }) => caller === 'unheard' && status === 503),
    'its record',
  );
  const { id: call } = refused().find(({ caller }) => caller === 'unheard')!;
  const told = await eventually(
    async () =>
      box.audit().events.find(({ kind, facts }) => kind === 'call_refused' && 'call' in facts && facts.call === call),
    'its line in the audit log',
  );
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

const recordingOf = (who: string) =>
  box.until(({ calls }) => calls.find(({ from }) => from === who)?.recording, `recording of ${who}`);

test('who would transfer a call to where it could not be recorded hears so, and so does who stays; they talk on and are recorded', async (t) => {
  const [mediator, customer, third] = await Promise.all(
    ['mediator', 'unheard-2', 'third'].map((user) => box.phone(user)),
  );
  const [mediators, customers] = await called(mediator!, 'unheard-2', customer!);
  const id = await recordingOf('mediator');
  const before = [mediators, customers].map(({ line }) => line.heard.length);
  const asked = await mediators.session.refer(`sip:third@${box.config.domain}`);
  t.like(asked, { ok: false, status: 503 });
  for (const [at, call] of [mediators, customers].entries())
    await heardSaid(t, call, before[at]!, 'not transferred', 'nl');
  t.is(third!.ringing, 0);

  const from = mediators.line.heard.length;
  await speak(customers, OTHER_HZ);
  await eventually(async () => lengthOf(heardBy(mediators.line, from), OTHER_HZ) > 500, 'the call going on');
  t.is(await recordingOf('mediator'), id);
  mediators.hangUp();
  await customers.ended;
  t.like((await box.recordingOf('mediator', 'unheard-2')).end, { reason: 'finished' });
  const told = box.audit().events.flatMap(({ kind, facts }) => (kind === 'transfer_failed' ? [facts] : []));
  t.true(told.some((facts) => 'status' in facts && facts.status === 503));
});

test('who consults somebody first hears it in the call in which they consult', async (t) => {
  const [adviser, customer, fourth] = await Promise.all(
    ['adviser', 'unheard-3', 'fourth'].map((user) => box.phone(user)),
  );
  const [advisers, customers] = await called(adviser!, 'unheard-3', customer!);
  await recordingOf('adviser');
  const [aside, fourths] = await called(adviser!, 'fourth', fourth!);
  await box.until(({ calls }) => calls.find(({ to }) => to === 'fourth')?.recording, 'recording of the second call');
  const before = [customers, aside].map(({ line }) => line.heard.length);
  const silent = fourths.line.heard.length;
  const replaces = replacesOf(aside.session.dialogId);
  t.like(await advisers.session.refer(`sip:fourth@${box.config.domain}`, { replaces }), { ok: false, status: 503 });
  for (const [at, call] of [customers, aside].entries()) await heardSaid(t, call, before[at]!, 'not transferred', 'nl');
  const loud = fourths.line.heard.slice(silent).flatMap(({ payload }) => [...decodePcma(payload)]);
  t.true(
    loud.every((sample) => Math.abs(sample) < 1000),
    'whoever is consulted hears nothing of it',
  );
  t.false(aside.session.ended || advisers.session.ended);
  aside.hangUp();
  advisers.hangUp();
  await Promise.all([fourths.ended, customers.ended]);
});

test('a key that nobody may press does not cut the announcement: both hear it out, and are recorded', async (t) => {
  const [hasty, fifth] = await Promise.all([box.phone('in-a-hurry'), box.phone('fifth')]);
  const [hastys, fifths] = await called(hasty, 'fifth', fifth);
  await hastys.line.until((heard) => heard.length > 5);
  await pressByInfo(hastys, '*8');
  await recordingOf('in-a-hurry');
  await heardSaid(t, hastys, 0, 'the law keeps it', 'en');
  t.true(lengthOf(heardBy(hastys.line), ANNOUNCEMENT_HZ) > 800);
  t.false(hastys.session.ended);
  hastys.hangUp();
  await fifths.ended;
});

test.serial(
  'a recording that breaks off in the call: both hear why, to the end of the sentence, and then it ends',
  async (t) => {
    const [client, dealer] = await Promise.all([box.phone('client'), box.phone('dealer')]);
    const [clients, dealers] = await called(client, 'dealer', dealer);
    const reasons: (string | undefined)[] = [];
    const over = [clients, dealers].map(
      ({ session }) =>
        new Promise<void>((resolve) => {
          session.onEnded = ({ reason }) => {
            reasons.push(reason);
            resolve();
          };
        }),
    );
    await recordingOf('client');
    const before = [clients, dealers].map(({ line }) => line.heard.length);
    // No file of the process grows any more: as on a disk that fails.
    const limit = (bytes: string) => spawnSync('prlimit', ['--pid', `${box.processes.call.pid}`, `--fsize=${bytes}:`]);
    t.is(limit('1').status, 0);
    clients.line.speak();
    try {
      await Promise.all(over);
    } finally {
      limit('unlimited');
    }
    clients.line.hush();
    for (const [at, call] of [clients, dealers].entries())
      await heardSaid(t, call, before[at]!, 'must be recorded', 'en');
    t.deepEqual([...new Set(reasons)], ['SIP;cause=503;text="This call must be recorded, and cannot be"']);
  },
);
