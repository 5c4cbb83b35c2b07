/** An SBC that sends copies of calls (SIPREC): what is recorded of them, and of whom. */
import { join } from 'node:path';
import test from 'ava';
import { eventually, type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { stereo } from '../peers/ffmpeg.ts';
import { startSipp } from '../peers/sipp.ts';
import { lengthOf, type Stretch, tonesIn } from '../peers/tones.ts';
import type { Pcm } from '../peers/wav.ts';

const CALLER_HZ = 500;
const CALLEE_HZ = 900;

/** What of a stretch that was spoken for 2 s must be there, ms: the sender takes a moment to start. */
const ENOUGH_MS = 1200;

const sbc = {
  id: 'sbc',
  addresses: ['127.0.0.1'],
  plainUntil: new Date(Date.now() + 3600_000).toISOString(),
};

let box: ScenarioBox;

test.before(async () => {
  box = await scenarioBox({
    phones: [],
    plain: true,
    lines: { schemaVersion: 1, siprec: { sources: [sbc], maxSessions: 1 } },
    policy: (draft) => ({
      ...draft,
      purposes: draft.purposes.map((purpose) => ({ ...purpose, announcedBy: 'source' as const })),
      rules: [{ id: 'copies', purpose: 'complaints', via: 'siprec' }],
    }),
  });
});
test.after.always(() => box?.end());

const sipp = (scenario: string, port: number) =>
  startSipp({
    scenario,
    box: box.config.sip.plain!.tcp!,
    transport: 'tcp',
    folder: join(box.folder, 'sipp'),
    user: 'sbc',
    secret: 'none',
    domain: box.config.domain,
    keys: {
      caller_rtp: String(port),
      callee_rtp: String(port + 2),
      caller_hz: String(CALLER_HZ),
      callee_hz: String(CALLEE_HZ),
      // Of the two senders, which nobody ends: as long as the scenario takes.
      seconds: '12',
    },
  });

const tones = ({ samples, rate }: Pcm): Stretch[] => tonesIn(samples, [CALLER_HZ, CALLEE_HZ], rate);

const toneOf = (stretches: readonly Stretch[]) => [...new Set(stretches.map((stretch) => stretch.tone))];

test('each party on its side; nothing of a pause; after a transfer a recording of its own; no room is said with 503', async (t) => {
  const source = await sipp('siprec-source', 15_000);
  await box.until(({ calls }) => calls.some(({ recording }) => recording !== null), 'a copied call being recorded');
  const refused = await (await sipp('siprec-shed', 15_010)).ended;
  t.is(refused.code, 0, refused.errors);
  const { code, errors } = await source.ended;
  t.is(code, 0, errors);

  const first = await box.recordingOf('anna', '+31201234567');
  const second = await box.recordingOf('anna', 'carl');
  t.is(first.call, second.call, 'one call');
  for (const recording of [first, second]) {
    t.like(recording.end, { reason: 'finished', gaps: 0 });
    const { files } = await box.open(recording.id);
    const [left, right] = (await stereo(files[0]!)).map(tones) as [Stretch[], Stretch[]];
    t.deepEqual(toneOf(left), [CALLER_HZ], 'the caller alone on its side');
    t.deepEqual(toneOf(right), [CALLEE_HZ], 'the callee alone on its side');
    t.true(lengthOf(left, CALLER_HZ) > ENOUGH_MS, JSON.stringify(left));
    t.true(lengthOf(right, CALLEE_HZ) > ENOUGH_MS, JSON.stringify(right));
    if (recording !== first) continue;
    // The senders never stopped: what is silent was not taken.
    const gaps = [left, right].map((side) =>
      side.flatMap((one, at) => (at > 0 ? [one.fromMs - side[at - 1]!.toMs] : [])),
    );
    for (const gap of gaps) t.true(Math.max(...gap) > 2000, JSON.stringify(gaps));
  }

  const call = await eventually(async () => box.vault(({ catalogue }) => catalogue.call(first.call)), 'the call');
  const moved = box.vault(({ catalogue }) => catalogue.movementsOf(first.call));
  t.deepEqual(
    moved.map(({ party, did }) => `${party} ${did}`),
    ['+31201234567 left', 'carl joined'],
  );
  t.like(call, { caller: 'anna', callee: '+31201234567', direction: 'inbound', status: 200 });
});
