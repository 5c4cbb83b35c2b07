/** What is pressed in a call: the other party gets it, and the recording, opened and decoded, has none of it, while all that is said around it is there. */
import test from 'ava';
import { ANNOUNCEMENT_HZ, type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { stereo } from '../peers/ffmpeg.ts';
import { dialled, KEYS, keysIn } from '../peers/keys.ts';
import { type LineCodecName, PACKET_MS } from '../peers/line.ts';
import { payloadsOf } from '../peers/payloads.ts';
import { lengthOf, tonesIn } from '../peers/tones.ts';
import { type Pcm, tone } from '../peers/wav.ts';

const RATE = 48_000;
const [BEFORE_HZ, AFTER_HZ, CALLEE_HZ] = [500, 620, 2100];
const known = [BEFORE_HZ, AFTER_HZ, CALLEE_HZ, ANNOUNCEMENT_HZ];
const SAID_MS = 1500;
const KEY_MS = 60;
/** What of a stretch may be missing: the margin before or after a key, and what codecs and windows take. */
const MAY_MISS_MS = 250 + 150;

const codecs = ['PCMA', 'PCMU', 'G722', 'opus'] as const satisfies readonly LineCodecName[];
const users = [...codecs, 'events', 'both'].flatMap((user) => [{ user: `${user}-1` }, { user: `${user}-2` }]);

let box: ScenarioBox;
test.before(async () => {
  box = await scenarioBox({ phones: users });
});
test.after.always(() => box?.end());

const joined = (...sounds: readonly Int16Array[]): Pcm => {
  const samples = new Int16Array(sounds.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const sound of sounds) {
    samples.set(sound, at);
    at += sound.length;
  }
  return { rate: RATE, samples };
};
const said = (hertz: number, ms: number) => tone(hertz, ms / 1000, RATE);
/** Said before and after, and what is between. */
const around = (between: Int16Array): Pcm => joined(said(BEFORE_HZ, SAID_MS), between, said(AFTER_HZ, SAID_MS));

/** Two phones talk; the first says `sound` once the recording runs, and may press keys between. */
async function talk(
  name: string,
  codec: LineCodecName,
  sound: Pcm,
  pressAt: (n: number) => string | null = () => null,
) {
  const options = { codec, keys: true };
  const [caller, callee] = await Promise.all([
    box.phone(`${name}-1`, 'TLS', options),
    box.phone(`${name}-2`, 'TLS', options),
  ]);
  const [voice, quiet, other] = await Promise.all([
    payloadsOf(codec, sound),
    payloadsOf(codec, joined(new Int16Array(RATE / 5))),
    payloadsOf(codec, joined(said(CALLEE_HZ, 10_000))),
  ]);
  const { answered } = await caller.dial(callee.user);
  const [ours, theirs] = await Promise.all([answered, callee.nextCall()]);
  theirs.line.speak((n) => other[n % other.length]!);
  ours.line.speak(() => quiet.at(-1)!);
  await box.until(({ calls }) => calls.find(({ from }) => from === caller.user)?.recording, 'the call being recorded');
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const heardBefore = theirs.line.heard.length;
  ours.line.speak((n) => {
    const key = pressAt(n);
    if (key !== null) ours.line.press(key);
    // A quarter of a second more, so that the end is behind the last margin.
    if (n === voice.length + 15) resolve();
    return voice[n] ?? quiet.at(-1)!;
  });
  await over;
  await theirs.line.until((all) => all.length >= heardBefore + voice.length + 10);
  const heard = theirs.line.heard.map(({ payload }) => payload);
  ours.hangUp();
  await theirs.ended;
  const { id, end } = await box.recordingOf(caller.user, callee.user);
  const { files } = await box.open(id);
  const [left, right] = await stereo(files[0]!);
  return { voice, heard, left, right, end, files };
}

const stretches = (pcm: Pcm) => tonesIn(pcm.samples, known, pcm.rate);

for (const codec of codecs) {
  test(`${codec}: sixteen keys pressed as tones reach the other party and are in no part of the recording; what is said before and after is`, async (t) => {
    const sound = around(dialled(KEYS, KEY_MS, RATE));
    t.is(keysIn(sound), KEYS, 'this test finds keys where they are');
    const { voice, heard, left, right, end, files } = await talk(codec, codec, sound);
    t.is(files.length, 1);
    t.like(end, { reason: 'finished', gaps: 0, lost: 0 });
    const arrived = new Set(heard.map((payload) => payload.toString('latin1')));
    t.true(
      voice.every((payload) => arrived.has(payload.toString('latin1'))),
      'every packet reached the other party',
    );
    t.is(keysIn(left), '');
    t.is(keysIn(right), '');
    const mine = stretches(left);
    for (const hertz of [BEFORE_HZ, AFTER_HZ]) {
      const length = lengthOf(mine, hertz);
      t.true(length >= SAID_MS - MAY_MISS_MS && length <= SAID_MS + 40, `${hertz}: ${JSON.stringify(mine)}`);
    }
    // The time is there, and the other side says what it said in it.
    const [before, after] = [BEFORE_HZ, AFTER_HZ].map((hertz) => mine.find((stretch) => stretch.tone === hertz)!);
    const keysMs = 2 * KEY_MS * KEYS.length;
    t.true(Math.abs(after!.fromMs - before!.toMs - keysMs - 500) < 200, JSON.stringify(mine));
    const theirs = stretches(right).filter((stretch) => stretch.tone === CALLEE_HZ);
    t.true(lengthOf(theirs, CALLEE_HZ) >= 2 * SAID_MS + keysMs - 200, JSON.stringify(theirs));
  });
}

test('keys pressed as events leave no trace in the recording, and nothing counts as lost', async (t) => {
  const sound = joined(said(BEFORE_HZ, 2 * SAID_MS));
  const { left, end, files } = await talk('events', 'PCMA', sound, (n) =>
    n % 10 === 5 && n < 100 ? `${(n - 5) / 10}` : null,
  );
  t.like(end, { reason: 'finished', gaps: 0, lost: 0 });
  t.is(files.length, 1);
  t.is(keysIn(left), '');
  t.true(lengthOf(stretches(left), BEFORE_HZ) >= 2 * SAID_MS - 150);
});

test('a phone that sends tones and events for each key: neither is in the recording', async (t) => {
  const keys = '4929';
  const first = SAID_MS / PACKET_MS;
  const each = (2 * KEY_MS) / PACKET_MS;
  const pressAt = (n: number) => {
    const key = (n - first) / each;
    return Number.isInteger(key) && key >= 0 && key < keys.length ? keys[key]! : null;
  };
  const { left, end } = await talk('both', 'PCMA', around(dialled(keys, KEY_MS, RATE)), pressAt);
  t.like(end, { reason: 'finished', gaps: 0, lost: 0 });
  t.is(keysIn(left), '');
  for (const hertz of [BEFORE_HZ, AFTER_HZ]) t.true(lengthOf(stretches(left), hertz) >= SAID_MS - MAY_MISS_MS);
});
