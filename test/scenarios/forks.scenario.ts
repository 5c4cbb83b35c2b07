import test from 'ava';
import { type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { stereo } from '../peers/ffmpeg.ts';
import { payloadsOf } from '../peers/payloads.ts';
import { asWritten, mediaPorts, sippPhones } from '../peers/sipp-phones.ts';
import { SippScript as Script, sdp } from '../peers/sipp-script.ts';
import { lengthOf, tonesIn } from '../peers/tones.ts';
import { tone } from '../peers/wav.ts';

const CALLER_HZ = 500;
const ANSWERING_HZ = 900;
const OTHER_HZ = 1400;

let box: ScenarioBox;
/** Below those of boxes and phones, and beside those of changes.scenario.ts. */
const mediaPort = mediaPorts(8020 + (process.pid % 90) * 40);

test.before(async () => {
  const plain = ['forks', 'forwards', 'glares', 'glared'].map((user) => ({ user, plain: true }));
  const others = ['caller', 'sent-on', 'elsewhere'].map((user) => ({ user }));
  box = await scenarioBox({ phones: [...plain, ...others] });
});
test.after.always(() => box?.end());

const { calls, isCalled } = sippPhones(() => box);

test('forks behind one phone, each with its tag and its sound: who answers is heard and recorded, although the other one talks on', async (t) => {
  const [first, second] = [mediaPort(), mediaPort()];
  const says = (hz: number, from: number) => ({ hz, seconds: 6, from, ssrc: hz });
  const bodies = [sdp({ port: first, version: 1 }), sdp({ port: second, version: 2 })] as const;
  const script = new Script('callee')
    .isCalled(bodies[1], {
      early: [
        { status: 183, tag: 'one', body: bodies[0], wait: 300 },
        { status: 183, tag: 'two', body: bodies[1], wait: 300 },
      ],
      tag: 'two',
    })
    .says(says(OTHER_HZ, first))
    .says(says(ANSWERING_HZ, second))
    .pause(5000)
    .hangsUp();
  const forks = await isCalled('forks', script);
  const caller = await box.phone('caller');
  const { answered, progress } = await caller.dial('forks');
  const call = await answered;
  const voice = await payloadsOf('PCMA', { rate: 8000, samples: tone(CALLER_HZ, 10, 8000) });
  call.line.speak((n) => voice[n % voice.length]!);
  t.true(progress.includes(183), 'what is there before the answer is passed on');
  await Promise.all([asWritten(t, forks), call.ended]);

  const recording = await box.recordingOf('caller', 'forks');
  const { files } = await box.open(recording.id);
  const [, right] = await stereo(files[0]!);
  const heard = tonesIn(right.samples, [CALLER_HZ, ANSWERING_HZ, OTHER_HZ], right.rate);
  t.true(lengthOf(heard, ANSWERING_HZ) > 1500, JSON.stringify(heard));
  t.is(lengthOf(heard, OTHER_HZ), 0, JSON.stringify(heard));
});

test('a phone that sends the call on (302): the next one is rung and recorded under its own name', async (t) => {
  const forwards = await isCalled('forwards', new Script('callee').refuses(302, ['Contact: <sip:elsewhere@[domain]>']));
  const [caller, elsewhere] = await Promise.all([box.phone('sent-on'), box.phone('elsewhere')]);
  const { answered } = await caller.dial('forwards');
  const [ours, theirs] = await Promise.all([answered, elsewhere.nextCall()]);
  ours.line.speak();
  theirs.line.speak();
  await box.until(({ calls }) => calls.find(({ from }) => from === 'sent-on')?.recording, 'a recording');
  ours.hangUp();
  await Promise.all([theirs.ended, asWritten(t, forwards)]);
  t.truthy(await box.recordingOf('sent-on', 'elsewhere'));
});

test('both ends offer anew at the same moment: 491, and both come through after it', async (t) => {
  const [ours, theirs] = [mediaPort(), mediaPort()];
  const callee = new Script('callee')
    .isCalled(sdp({ port: theirs, version: 1 }))
    // The box's offer is here, and ours goes out before it is answered.
    .hearsOffer()
    .beginsOffer(sdp({ port: theirs + 2, version: 2 }))
    .isRefused(491)
    .refusesOffer(491)
    .answers(sdp({ port: theirs, version: 2, attributes: ['recvonly'] }), 'a=sendonly')
    .offers(sdp({ port: theirs + 2, version: 3, attributes: ['recvonly'] }))
    .isHungUp();
  const glared = await isCalled('glared', callee);
  const script = new Script('caller')
    .calls(sdp({ port: ours, version: 1 }))
    .pause(500)
    .offers(sdp({ port: ours, version: 2, attributes: ['sendonly'] }), 'a=recvonly')
    .pause(1000)
    .hangsUp();
  await Promise.all([asWritten(t, await calls('glares', 'glared', script)), asWritten(t, glared)]);
});
