/** What leaves the box opens without us: GnuPG decrypts it, ffmpeg plays it, and both sides are where they were said. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { belkluis } from '../peers/cli.ts';
import { stereo } from '../peers/ffmpeg.ts';
import { type Gnupg, gnupg } from '../peers/gnupg.ts';
import { type Line, type LineCodecName, lineCodecs, PACKET_MS } from '../peers/line.ts';
import { payloadsOf } from '../peers/payloads.ts';
import { type Pcm, tone } from '../peers/wav.ts';

const codecs = Object.keys(lineCodecs) as LineCodecName[];

/** Packets from the start of one burst to that of the next: no multiple of a segment, nor of the other side's. */
const PERIOD = { caller: 37, callee: 43 } as const;
const BURST_PACKETS = 5;
/** How long they speak, packets: more than one segment. */
const SPEECH_PACKETS = 330;
/** How far a burst may be from where it was said, beside the other side, ms. */
const TOLERANCE_MS = 20;

let box: ScenarioBox;
let gpg: Gnupg;

test.before(async () => {
  box = await scenarioBox({ phones: codecs.flatMap((codec) => [{ user: `${codec}-1` }, { user: `${codec}-2` }]) });
  gpg = gnupg();
  await gpg.import(box.custodian.armored);
});
test.after.always(async () => {
  gpg?.close();
  await box?.end();
});

/** Silence and bursts of a tone. */
function bursts(hertz: number, period: number): Pcm {
  const rate = 48_000;
  const perPacket = (rate * PACKET_MS) / 1000;
  const samples = tone(hertz, (SPEECH_PACKETS * PACKET_MS) / 1000, rate);
  return {
    rate,
    samples: samples.map((sample, at) => (Math.floor(at / perPacket) % period < BURST_PACKETS ? sample : 0)),
  };
}

/** Where a burst begins after at least as much silence, ms. */
function onsets({ samples, rate }: Pcm): number[] {
  const found: number[] = [];
  const quietFor = (PACKET_MS * BURST_PACKETS * rate) / 1000;
  let lastLoud = Number.NEGATIVE_INFINITY;
  samples.forEach((sample, at) => {
    if (Math.abs(sample) < 4000) return;
    if (at - lastLoud > quietFor) found.push((at * 1000) / rate);
    lastLoud = at;
  });
  return found;
}

/** A phone that is silent until it is told to say `said`, on one media clock; tells when each burst was due, ms. */
function voice(line: Line, said: readonly Buffer[], silence: Buffer, period: number) {
  let wanted = false;
  let from: number | null = null;
  /** What packet 0 would have been sent at: of the packet that was sent with the least delay. */
  let clockStart = Number.POSITIVE_INFINITY;
  const { promise: over, resolve } = Promise.withResolvers<readonly number[]>();
  line.speak((n) => {
    clockStart = Math.min(clockStart, performance.now() - n * PACKET_MS);
    if (wanted) from ??= n;
    if (from === null) return silence;
    const first = from;
    if (n - first >= said.length) {
      line.hush();
      const bursts = Array.from({ length: Math.ceil(said.length / period) }, (_, burst) => first + burst * period);
      resolve(bursts.map((packet) => clockStart + packet * PACKET_MS));
    }
    return said[n - first] ?? silence;
  });
  return {
    speakUp(): Promise<readonly number[]> {
      wanted = true;
      return over;
    },
  };
}

/** For each onset, how far it is from the nearest one expected. */
const worstMiss = (found: readonly number[], expected: readonly number[]): number =>
  Math.max(...found.map((at) => Math.min(...expected.map((when) => Math.abs(when - at)))));

for (const codec of codecs) {
  test(`${codec}: gpg opens each segment, ffmpeg plays them, both sides on one clock`, async (t) => {
    const [caller, callee] = await Promise.all([
      box.phone(`${codec}-1`, 'TLS', { codec }),
      box.phone(`${codec}-2`, 'TLS', { codec }),
    ]);
    const [left, right] = await Promise.all([
      payloadsOf(codec, bursts(600, PERIOD.caller)),
      payloadsOf(codec, bursts(1100, PERIOD.callee)),
    ]);
    const silence = left[PERIOD.caller - 1]!;
    const { answered } = await caller.dial(callee.user);
    const [ours, theirs] = await Promise.all([answered, callee.nextCall()]);
    const leftVoice = voice(ours.line, left, silence, PERIOD.caller);
    const rightVoice = voice(theirs.line, right, silence, PERIOD.callee);
    const id = await box.until(
      ({ calls }) => calls.find(({ from }) => from === caller.user)?.recording,
      'the call being recorded',
    );
    const [sentLeft, sentRight] = await Promise.all([leftVoice.speakUp(), rightVoice.speakUp()]);
    ours.hangUp();
    await theirs.ended;
    await box.recordingOf(caller.user, callee.user);

    const out = join(box.folder, `export-${codec}`);
    const exported = await belkluis(
      box.config.data,
      'export',
      id,
      '--out',
      out,
      '--use',
      'complaint',
      '--reason',
      'a complaint',
    );
    t.is(exported.code, 0, exported.errors);
    const { files, complete } = exported.json as unknown as { files: string[]; complete: boolean };
    t.true(complete);
    t.true(files.length >= 2, 'more than one segment');
    t.true(
      files.every((name) => name.startsWith('part-0/')),
      'one codec, one part',
    );
    const { events, holds } = box.audit();
    t.true(holds);
    t.true(events.some(({ kind, facts }) => kind === 'export' && 'recording' in facts && facts.recording === id));
    const opened: Buffer[] = [];
    for (const name of files) opened.push(await gpg.decrypt(join(out, name), box.custodian.passphrase));
    const joined = Buffer.concat(opened);
    t.false(readFileSync(join(out, files[0]!)).includes(opened[0]!.subarray(0, 64)), 'sealed is not plain');

    const sides = await stereo(joined);
    const heard = sides.map(onsets) as [number[], number[]];
    t.true(heard[0].length >= sentLeft.length - 1, `${heard[0].length} of ${sentLeft.length}`);
    t.true(heard[1].length >= sentRight.length - 1, `${heard[1].length} of ${sentRight.length}`);
    // One offset between our clock and the recording's, of the caller's first burst, must fit all of both sides.
    const offset = sentLeft[0]! - heard[0][0]!;
    const expected = (sent: readonly number[]) => sent.map((when) => when - offset);
    t.true(worstMiss(heard[0], expected(sentLeft)) <= TOLERANCE_MS, `caller: ${heard[0]} for ${expected(sentLeft)}`);
    t.true(worstMiss(heard[1], expected(sentRight)) <= TOLERANCE_MS, `callee: ${heard[1]} for ${expected(sentRight)}`);

    const torn = await stereo(joined.subarray(0, Math.floor(joined.length * 0.8)));
    t.true(onsets(torn[0]).length >= heard[0].length / 2, 'what a power cut leaves still plays');
  });
}

test('an export is written down first, overwrites nothing, and knows what is not there', async (t) => {
  const target = (out: string) => [
    'export',
    '0'.repeat(32),
    '--out',
    out,
    '--use',
    'complaint',
    '--reason',
    'a complaint',
  ];
  const overwriting = await belkluis(box.config.data, ...target(box.folder));
  t.like(overwriting, { code: 1, json: { error: 'file_exists' } });
  const unknown = await belkluis(box.config.data, ...target(join(box.folder, 'unknown')));
  t.like(unknown, { code: 1, json: { error: 'recording_unknown' } });
  t.false(existsSync(join(box.folder, 'unknown')));
});
