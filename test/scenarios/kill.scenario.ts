/** Power cuts and crashes: what was said up to a segment ago is kept, and the phones can call again. */
import { appendFileSync } from 'node:fs';
import test from 'ava';
import { contentPath, openContent } from '../../appliance/vault/content.ts';
import { eventually, type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { stereo } from '../peers/ffmpeg.ts';
import { payloadsOf } from '../peers/payloads.ts';
import type { PhoneCall } from '../peers/phone.ts';
import { lengthOf, tonesIn } from '../peers/tones.ts';
import { tone } from '../peers/wav.ts';

const HERTZ = { caller: 700, callee: 1200 } as const;

/** One segment, and the time that a batch, a commit and a busy machine may take. */
const MOST_LOST_MS = 5000 + 1000;

let box: ScenarioBox;
let voices: { readonly caller: Buffer[]; readonly callee: Buffer[] };

test.before(async () => {
  box = await scenarioBox({ phones: ['anna', 'bram', 'carla', 'dirk'].map((user) => ({ user })) });
  const [caller, callee] = await Promise.all(
    [HERTZ.caller, HERTZ.callee].map((hertz) => payloadsOf('PCMA', { rate: 8000, samples: tone(hertz, 10, 8000) })),
  );
  voices = { caller: caller!, callee: callee! };
});
test.after.always(() => box?.end());

const on = (voice: Buffer[]) => (n: number) => voice[n % voice.length]!;

async function talking(caller: string, callee: string): Promise<{ ours: PhoneCall; theirs: PhoneCall; id: string }> {
  const [a, b] = await Promise.all([box.phone(caller), box.phone(callee)]);
  const { answered } = await a.dial(callee);
  const [ours, theirs] = await Promise.all([answered, b.nextCall()]);
  ours.line.speak(on(voices.caller));
  theirs.line.speak(on(voices.callee));
  const id = await box.until(({ calls }) => calls.find(({ from }) => from === caller)?.recording, 'a recording');
  return { ours, theirs, id };
}

const segments = async (id: string) => {
  const content = await box.vault(({ contentFolder }) => openContent(contentFolder, id));
  return content?.segments.length ?? 0;
};

/** Ends whichever way; only what is played counts. */
async function played(id: string): Promise<{ caller: number; callee: number }> {
  const { files } = await box.open(id);
  const [left, right] = await stereo(files[0]!);
  const frequencies = [HERTZ.caller, HERTZ.callee];
  return {
    caller: lengthOf(tonesIn(left.samples, frequencies, left.rate), HERTZ.caller),
    callee: lengthOf(tonesIn(right.samples, frequencies, right.rate), HERTZ.callee),
  };
}

test.serial('the desk is killed in a call: the call goes on, and is recorded whole', async (t) => {
  const { ours, theirs, id } = await talking('carla', 'dirk');
  const startedAt = performance.now();
  const heard = () => ours.line.heard.length;
  await ours.line.until(() => heard() > 80);
  await box.processes.desk.kill();
  const atKill = heard();
  await ours.line.until(() => heard() > atKill + 150);
  const spokenMs = performance.now() - startedAt;
  await box.restart('desk');
  ours.hangUp();
  await theirs.ended;
  const recording = await box.recordingOf('carla', 'dirk');
  t.like(recording.end, { reason: 'finished', gaps: 0, lost: 0 });
  const { caller, callee } = await played(id);
  t.true(caller > spokenMs - 300, `${caller} of ${spokenMs} ms`);
  t.true(callee > spokenMs - 300, `${callee} of ${spokenMs} ms`);
});

test.serial('the call process is killed in a call: all but a segment is kept, and phones can call again', async (t) => {
  const { ours, id } = await talking('anna', 'bram');
  const startedAt = performance.now();
  await eventually(async () => (await segments(id)) > 0, 'a sealed segment');
  // Just before the next one is due: the worst moment.
  const atSegment = ours.line.heard.length;
  await ours.line.until((heard) => heard.length > atSegment + 200);
  const spokenMs = performance.now() - startedAt;
  await box.processes.call.kill();
  t.is(await box.status(), null);

  await box.restart('call');
  const recording = await box.recordingOf('anna', 'bram');
  t.is(recording.end?.reason, 'interrupted');
  t.is(recording.erasedAt, null);
  const { caller, callee } = await played(id);
  t.true(caller > spokenMs - MOST_LOST_MS, `${caller} of ${spokenMs} ms`);
  t.true(callee > spokenMs - MOST_LOST_MS, `${callee} of ${spokenMs} ms`);
  t.true(caller > 4000);
  const { events, holds } = box.audit();
  t.true(holds, 'the audit log holds');
  t.true(
    events.some(({ kind, facts }) => kind === 'recording_recovered' && 'recording' in facts && facts.recording === id),
  );

  const again = await talking('anna', 'bram');
  t.not(again.id, id);
  again.ours.hangUp();
  await again.theirs.ended;
});

test.serial('a content file with a torn end is cut to its last whole segment', async (t) => {
  const { ours, theirs, id } = await talking('carla', 'dirk');
  await eventually(async () => (await segments(id)) > 0, 'a sealed segment');
  const before = box.vault(({ catalogue }) => catalogue.get(id));
  t.is(before?.end, null);
  await box.processes.call.kill();
  const path = box.vault(({ contentFolder }) => contentPath(contentFolder, id));
  appendFileSync(path, Buffer.from('SEG1 half a segment, and then the light went out'));
  await box.restart('call');
  const content = await box.vault(({ contentFolder }) => openContent(contentFolder, id));
  t.is(content?.ends, 'end');
  t.true((await played(id)).caller > 4000);
  ours.line.hush();
  theirs.line.hush();
});
