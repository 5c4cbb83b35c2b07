/** An SBC that sends copies of calls (SIPREC): what is recorded of them, and of whom. */
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { eventually, type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { oneSide, stereo } from '../peers/ffmpeg.ts';
import { startSipp } from '../peers/sipp.ts';
import { mediaPorts } from '../peers/sipp-phones.ts';
import { copied, SippScript as Script, type SippScript, sdp } from '../peers/sipp-script.ts';
import { lengthOf, type Stretch, tonesIn } from '../peers/tones.ts';
import type { Pcm } from '../peers/wav.ts';

const CALLER_HZ = 500;
const CALLEE_HZ = 900;

/** What of a stretch that was spoken for 2 s must be there, ms: the sender takes a moment to start. */
const ENOUGH_MS = 1200;

const plainUntil = new Date(Date.now() + 3600_000).toISOString();
const sbc = { id: 'sbc', addresses: ['127.0.0.1'], plainUntil };
const account = { user: 'copies', password: 'copied-calls-secret' };
const proves = { id: 'proves', addresses: ['127.0.0.5'], plainUntil, account, direction: 'outbound' as const };

const mediaPort = mediaPorts(15_100);

let box: ScenarioBox;

test.before(async () => {
  box = await scenarioBox({
    phones: [],
    plain: true,
    lines: { schemaVersion: 1, siprec: { sources: [sbc, proves], maxSessions: 1 } },
    policy: (draft) => ({
      ...draft,
      purposes: draft.purposes.map((purpose) => ({
        ...purpose,
        announcement: { ...purpose.announcement, by: 'source' as const },
      })),
      rules: [{ id: 'copies', purpose: 'complaints', via: 'siprec', start: 'automatic' }],
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

test.serial(
  'each party on its side; nothing of a pause; after a transfer a recording of its own; no room is said with 503',
  async (t) => {
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

    const away = box.vault(({ catalogue }) => catalogue.unrecordedCalls(10));
    t.deepEqual(
      away.map(({ caller, callee, status, notRecorded }) => [caller, callee, status, notRecorded]),
      [['anna', '+31201234567', 503, 'no_room']],
      'lost-call detection and health know of it',
    );
    const call = await eventually(async () => box.vault(({ catalogue }) => catalogue.call(first.call)), 'the call');
    const moved = box.vault(({ catalogue }) => catalogue.movementsOf(first.call));
    t.deepEqual(
      moved.map(({ party, did }) => `${party} ${did}`),
      ['+31201234567 left', 'carl joined'],
    );
    t.like(call, { caller: 'anna', callee: '+31201234567', direction: 'outbound', status: 200 });
  },
);

/** What SIPp says of one copied call, and its recording: from whom to whom, which way, and its sound. */
async function copiedCall(t: ExecutionContext, user: string, script: SippScript) {
  const source = await startSipp({
    scenario: user,
    script,
    to: 'srs',
    box: box.config.sip.plain!.tcp!,
    transport: 'tcp',
    from: '127.0.0.5',
    folder: join(box.folder, 'sipp'),
    user: account.user,
    secret: account.password,
    domain: box.config.domain,
  });
  const before = box.recordings().length;
  const { code, errors, messages } = await source.ended;
  t.is(code, 0, `${errors}\n${messages}`);
  const [recording] = await eventually(async () => {
    const rows = box.recordings();
    return rows.length > before && rows[0]!.end !== null && rows;
  }, `a recording of ${user}`);
  const { files } = await box.open(recording!.id);
  const call = box.vault(({ catalogue }) => catalogue.call(recording!.call));
  return { parties: `${recording!.caller} ${recording!.callee} ${call?.direction}`, file: files[0]! };
}

const audio = (port: number, label: string) =>
  `m=audio ${port} RTP/AVP 8\na=rtpmap:8 PCMA/8000\na=label:${label}\na=sendonly`;
const marked = { headers: ['Require: siprec'] };

test.serial(
  'a source that answers with its password: three streams, of which the mixed one is not taken twice',
  async (t) => {
    const [one, two, mixed] = [mediaPort(), mediaPort(), mediaPort()];
    const metadata = `<recording xmlns="urn:ietf:params:xml:ns:recording:1"><datamode>complete</datamode>
<session session_id="s3"/>
<participant participant_id="p1"><nameID aor="sip:301@sbc.example"/></participant>
<participant participant_id="p2"><nameID aor="sip:302@sbc.example"/></participant>
<stream stream_id="t1" session_id="s3"><label>a_leg</label></stream>
<stream stream_id="t2" session_id="s3"><label>b_leg</label></stream>
<stream stream_id="t3" session_id="s3"><label>conf</label></stream>
<participantsessionassoc participant_id="p1" session_id="s3"/>
<participantsessionassoc participant_id="p2" session_id="s3"/>
<participantstreamassoc participant_id="p1"><send>t1</send><send>t3</send></participantstreamassoc>
<participantstreamassoc participant_id="p2"><send>t2</send><send>t3</send></participantstreamassoc>
</recording>`;
    const first = sdp({ port: one, version: 1, attributes: ['label:a_leg', 'sendonly'] });
    const body = copied(`${first}\n${audio(two, 'b_leg')}\n${audio(mixed, 'conf')}`, metadata);
    const script = new Script('caller')
      .calls(body, { ...marked, streams: 2, expected: 'm=audio ([0-9]+) .*m=audio ([0-9]+) .*m=audio 0 ' })
      .says({ hz: CALLER_HZ, seconds: 2, from: one, ssrc: 1 })
      .says({ hz: CALLEE_HZ, seconds: 2, from: two, ssrc: 2, stream: 2 })
      .pause(2500)
      .hangsUp();
    const { parties, file } = await copiedCall(t, 'three', script);
    t.is(parties, '301 302 internal');
    const sides = await stereo(file);
    t.deepEqual(
      sides.map((side) => toneOf(tones(side))),
      [[CALLER_HZ], [CALLEE_HZ]],
    );
  },
);

test.serial(
  'one stream of both, without a word of who speaks: recorded, under the names of source and server',
  async (t) => {
    const port = mediaPort();
    const script = new Script('caller')
      .calls(copied(sdp({ port, version: 1, attributes: ['label:1', 'sendonly'] }), null), marked)
      .says({ hz: CALLER_HZ, seconds: 2, from: port, ssrc: 1 })
      .pause(2500)
      .hangsUp();
    const { parties, file } = await copiedCall(t, 'mixed', script);
    t.is(parties, 'copies srs outbound');
    t.deepEqual(toneOf(tones(await oneSide(file, 0))), [CALLER_HZ]);
  },
);
