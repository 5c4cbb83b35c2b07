import test from 'ava';
import { portsFor } from '../../media/testing/bench.ts';
import { sdpOf } from '../../sip/dialog/body.ts';
import type { SipResponse } from '../../sip/message/message.ts';
import { policy } from './testing/policy.ts';
import { portsOf as ports, scene, sections } from './testing/scene.ts';
import { vector, vendorsAtHand, vendorVector } from './testing/vectors.ts';

// One after the other: each starts a media worker of its own.

const metadata = (xml: string) => ({ type: 'application/rs-metadata+xml', body: xml });

/** The vector's body with every direction turned into another. */
const turned = (name: string, direction: string) => ({
  type: vector(name).headers.get('Content-Type')!,
  body: vector(name)
    .body.toString('latin1')
    .replace(/a=(sendonly|inactive)/g, `a=${direction}`),
});

const answers: Readonly<Record<string, readonly string[]>> = {
  rfc7865: ['1 recvonly', '2 recvonly'],
  'draft-nested': ['16777301 recvonly', '16777302 recvonly'],
  'prefixed-mixed': ['10 recvonly'],
  'three-streams': ['a_leg recvonly', 'b_leg recvonly', 'off'],
  'no-streams': ['0 recvonly', '1 recvonly'],
  conference: ['1 recvonly', '2 recvonly', '3 recvonly'],
  paused: ['1 inactive', '2 inactive'],
  'sdp-only': ['1 recvonly', '2 recvonly'],
  'bridge-near': ['null recvonly'],
};

const said = (response: SipResponse): string[] =>
  sections(sdpOf(response)!).map(({ port, label, direction }) => (port === 0 ? 'off' : `${label} ${direction}`));

test.serial('each dialect is answered 200 as a recording server does, stream by stream', async (t) => {
  const { siprec, source } = await scene(t, { decide: policy(), ports: portsFor(40) });
  const connection = await source();
  for (const [name, expected] of Object.entries(answers)) {
    const dialog = connection.dial(vector(name));
    const response = await dialog.invite();
    t.is(response.status, 200, name);
    t.regex(response.headers.get('Contact')!, /;\+sip\.srs$/, name);
    t.deepEqual(said(response), expected, name);
    t.true(siprec.calls.length > 0 && siprec.calls.every(({ recording }) => recording !== null), name);
    await dialog.bye();
  }
});

if (vendorsAtHand) {
  test.serial('messages of vendors are answered 200, each of their streams with its label', async (t) => {
    const { source } = await scene(t, { decide: policy() });
    const connection = await source();
    for (const path of [
      'bodies/cisco-cube.txt',
      'bodies/cisco-cube-paused.txt',
      'bodies/oracle-acme.txt',
      'full-invites/audiocodes_mediant_ve_7.20A.txt',
    ]) {
      const message = vendorVector(path);
      const response = await connection.dial(message).invite();
      t.is(response.status, 200, path);
      const labels = [
        ...sdpOf(message)!
          .toString()
          .matchAll(/^a=label:(\S+)/gm),
      ].map(([, label]) => label!);
      t.deepEqual(
        sections(sdpOf(response)!).map(({ label }) => label),
        labels,
        path,
      );
    }
  });
}

test.serial(
  'each party is recorded on its side, what is said in a pause nowhere, and a resumed session goes on',
  async (t) => {
    const { recordings, records, speak, source, until } = await scene(t, { decide: policy() });
    const dialog = (await source()).dial(vector('draft-nested'));
    const [desk, line] = ports(await dialog.invite());
    await speak([desk!], 1);
    await speak([line!], 2);
    t.deepEqual(said(await dialog.reinvite(turned('draft-nested', 'inactive'))), [
      '16777301 inactive',
      '16777302 inactive',
    ]);
    await speak([desk!, line!], 3);
    t.deepEqual(said(await dialog.reinvite(turned('draft-nested', 'sendonly'))), [
      '16777301 recvonly',
      '16777302 recvonly',
    ]);
    await speak([desk!], 4);
    t.is((await dialog.bye()).status, 200);
    await until(() => records.length === 1);
    t.is(recordings.length, 1, 'a pause is no end');
    const [{ request, frames, end }] = recordings as [(typeof recordings)[0]];
    t.is(end, 'finished');
    t.like(request.call, { from: '+31611112222', to: '2001' }, 'who called is what the extension says');
    t.deepEqual(
      frames.map(({ side, ssrc }) => `${side} ${ssrc}`),
      ['1 1', '0 2', '1 4'],
    );
    t.like(records[0], { status: 200, recording: '0', notRecorded: null, movements: [] });
  },
);

test.serial('one stream may be paused alone', async (t) => {
  const { recordings, speak, source, until } = await scene(t, { decide: policy() });
  const dialog = (await source()).dial(vector('rfc7865'));
  const [mies, gijs] = ports(await dialog.invite());
  const { type, body } = turned('rfc7865', 'sendonly');
  await dialog.reinvite({ type, body: body.replace('a=sendonly', 'a=inactive') });
  await speak([mies!, gijs!], 5);
  await dialog.bye();
  await until(() => recordings[0]!.end !== null);
  t.deepEqual(
    recordings[0]!.frames.map(({ side }) => side),
    [1],
  );
});

test.serial(
  'a pause counts at once, also while a disk hangs that another recording of the session waits for',
  async (t) => {
    const { recordings, world, speak, source, until } = await scene(t, { decide: policy() });
    const dialog = (await source()).dial(vector('conference'));
    const [third, second, first] = ports(await dialog.invite());
    const { promise, resolve } = Promise.withResolvers<void>();
    world.stall = promise;
    const other = '<participant id="w"><nameID aor="sip:5004@sbc.example"/></participant>';
    const joined =
      '<participantsessionassoc participant_id="w" session_id="cs"><associate-time>2026-03-02T09:06:00Z</associate-time></participantsessionassoc>';
    const left =
      '<participantsessionassoc participant_id="y" session_id="cs"><disassociate-time>2026-03-02T09:06:00Z</disassociate-time></participantsessionassoc>';
    await dialog.update(metadata(`<recording><datamode>partial</datamode>${other}${joined}${left}</recording>`));
    const paused = dialog.reinvite(turned('conference', 'inactive'));
    await dialog.update({ type: 'text/plain', body: 'has it been read?' });
    await speak([first!, second!, third!], 9, 8);
    resolve();
    t.is((await paused).status, 200);
    await dialog.bye();
    await until(() => recordings.every(({ end }) => end !== null));
    t.deepEqual(
      recordings.flatMap(({ frames }) => frames),
      [],
    );
  },
);

test.serial(
  'a transfer told by an UPDATE ends one recording and begins another of the new parties, in one call',
  async (t) => {
    const { recordings, records, speak, source, until } = await scene(t, { decide: policy() });
    const dialog = (await source()).dial(vector('rfc7865'));
    const [mies, other] = ports(await dialog.invite());
    await speak([mies!, other!], 1);
    const update = vector('update-transfer');
    t.is((await dialog.update(metadata(update.body.toString()))).status, 200);
    await until(() => recordings.length === 2);
    await speak([mies!, other!], 2);
    await dialog.bye();
    await until(() => records.length === 1);
    t.deepEqual(
      recordings.map(({ request: { call }, frames, end }) => [call.from, call.to, frames.map(({ ssrc }) => ssrc), end]),
      [
        ['mies', '+31201234567', [1, 1], 'finished'],
        ['mies', 'teun', [2, 2], 'finished'],
      ],
    );
    const [first, second] = recordings;
    t.is(first!.request.call.id, second!.request.call.id);
    t.like(records[0], { from: 'mies', to: '+31201234567', recording: '1' });
    t.deepEqual(
      records[0]!.movements!.map(({ party, did }) => `${party} ${did}`),
      ['+31201234567 left', 'teun joined'],
    );
  },
);

test.serial('a conference is recorded in pairs, each party on a side of its own', async (t) => {
  const { recordings, speak, source, until } = await scene(t, { decide: policy() });
  const dialog = (await source()).dial(vector('conference'));
  const [third, second, first] = ports(await dialog.invite());
  await speak([first!], 1, 8);
  await speak([second!], 2, 8);
  await speak([third!], 3, 8);
  await dialog.bye();
  await until(() => recordings.every(({ end }) => end !== null));
  t.deepEqual(
    recordings.map(({ request: { call }, frames }) => [
      `${call.from} > ${call.to}`,
      ...frames.map(({ side, ssrc }) => `${side} ${ssrc}`),
    ]),
    [
      ['5001 > 5002', '0 1', '1 2'],
      ['5003 > 5001', '0 3'],
    ],
  );
});

test.serial('a stream that is offered later is the other side of the same recording', async (t) => {
  const { recordings, speak, source, until } = await scene(t, { decide: policy() });
  const both = vector('rfc7865').body.toString('latin1');
  const one = both.replace(/m=audio 40002[\s\S]*?(?=\r\n--bnd7)/, '').replace(/\r\n\r\n\r\n--/g, '\r\n--');
  const dialog = (await source()).dial(vector('rfc7865'), Buffer.from(one, 'latin1'));
  const [mies] = ports(await dialog.invite());
  await speak([mies!], 1);
  const response = await dialog.reinvite(turned('rfc7865', 'sendonly'));
  t.deepEqual(said(response), ['1 recvonly', '2 recvonly']);
  t.is(ports(response)[0], mies);
  await speak([ports(response)[1]!], 2);
  await dialog.bye();
  await until(() => recordings[0]!.end !== null);
  t.is(recordings.length, 1);
  t.deepEqual(
    recordings[0]!.frames.map(({ side, ssrc }) => `${side} ${ssrc}`),
    ['0 1', '1 2'],
  );
});

test.serial('a re-INVITE that carries nothing but metadata is an update too, and is offered what stands', async (t) => {
  const { recordings, source, until } = await scene(t, { decide: policy() });
  const dialog = (await source()).dial(vector('rfc7865'));
  await dialog.invite();
  const response = await dialog.reinvite(metadata(vector('update-transfer').body.toString()), {
    type: 'application/sdp',
    body: sdpOf(vector('rfc7865'))!,
  });
  t.deepEqual(said(response), ['1 recvonly', '2 recvonly']);
  await until(() => recordings.length === 2);
  t.is(recordings[1]!.request.call.to, 'teun');
});

test.serial('another call in the same session is a call of its own', async (t) => {
  const { recordings, records, source, until } = await scene(t, { decide: policy() });
  const dialog = (await source()).dial(vector('rfc7865'));
  await dialog.invite();
  const next = vector('rfc7865')
    .body.toString('latin1')
    .replaceAll('c2Vzc2lvbi1vbmUAAAAAAA==', 'bmV4dAAAAAAAAAAAAAAAAA==');
  await dialog.reinvite({ type: vector('rfc7865').headers.get('Content-Type')!, body: next });
  await dialog.bye();
  await until(() => records.length === 2);
  t.deepEqual(
    records.map(({ recording }) => recording),
    ['0', '1'],
  );
  t.not(recordings[0]!.request.call.id, recordings[1]!.request.call.id);
});

test.serial(
  'who may not be recorded is not even listened to; when the party changes the server asks for the sound',
  async (t) => {
    const { recordings, records, speak, source, until } = await scene(t, { decide: policy([{ to: ['teun'] }]) });
    const dialog = (await source()).dial(vector('rfc7865'));
    const response = await dialog.invite();
    t.deepEqual(said(response), ['1 inactive', '2 inactive']);
    await speak(ports(response), 1);
    t.is((await dialog.update(metadata(vector('update-transfer').body.toString()))).status, 200);
    const asked = await dialog.request();
    t.is(asked.method, 'INVITE');
    t.regex(asked.headers.get('Contact')!, /;\+sip\.srs$/);
    const offered = sections(sdpOf(asked)!);
    t.deepEqual(offered, [
      { port: ports(response)[0]!, label: '1', direction: 'recvonly' },
      { port: ports(response)[1]!, label: '2', direction: 'recvonly' },
    ]);
    dialog.respond(asked, { type: 'application/sdp', body: sdpOf(vector('rfc7865'))! });
    await until(() => recordings.length === 1);
    await speak(ports(response), 2);
    await dialog.bye();
    await until(() => records.length === 1);
    t.deepEqual(
      recordings[0]!.frames.map(({ ssrc }) => ssrc),
      [2, 2],
    );
  },
);

test.serial('what the box would have to announce it does not record of others, and says why', async (t) => {
  const { recordings, records, source, until } = await scene(t, { decide: policy([{}], 'box') });
  const dialog = (await source()).dial(vector('rfc7865'));
  t.deepEqual(said(await dialog.invite()), ['1 inactive', '2 inactive']);
  await dialog.bye();
  await until(() => records.length === 1);
  t.is(recordings.length, 0);
  t.like(records[0], { recording: null, notRecorded: 'source_must_announce', status: 200 });
});

test.serial(
  'the two INVITEs of a built-in bridge are one recording with two sides, which lasts as long as one of them',
  async (t) => {
    const { recordings, records, speak, source, until, siprec } = await scene(t, { decide: policy() });
    const connection = await source();
    const [near, far] = [connection.dial(vector('bridge-near')), connection.dial(vector('bridge-far'))];
    const [[nearPort], [farPort]] = [ports(await near.invite()), ports(await far.invite())];
    t.is(siprec.calls.length, 1);
    await speak([nearPort!], 1);
    await speak([farPort!], 2);
    await near.bye();
    await speak([farPort!], 2);
    t.is(records.length, 0);
    await far.bye();
    await until(() => records.length === 1);
    t.like(recordings[0]!.request.call, { from: '+31887770001', to: '6001' });
    t.deepEqual(
      recordings[0]!.frames.map(({ side, ssrc }) => `${side} ${ssrc}`),
      ['1 1', '0 2', '0 2'],
    );
    t.is(recordings.length, 1);
  },
);

test.serial('a source that leaves the offer to us is offered one stream to send, and answers in its ACK', async (t) => {
  const { recordings, speak, source, until } = await scene(t, { decide: policy() });
  const dialog = (await source()).dial(vector('bridge-near'), Buffer.alloc(0));
  const response = await dialog.invite();
  const [offered] = sections(sdpOf(response)!);
  t.is(offered!.direction, 'recvonly');
  dialog.ack({ type: 'application/sdp', body: sdpOf(vector('bridge-near'))! });
  // Answered when the ACK has been read: sound takes another way, and could be faster.
  t.is((await dialog.update({ type: 'text/plain', body: 'still there?' })).status, 200);
  await speak([offered!.port], 7);
  await dialog.bye();
  await until(() => recordings[0]!.end !== null);
  t.deepEqual(
    recordings[0]!.frames.map(({ side, ssrc }) => `${side} ${ssrc}`),
    ['1 7'],
  );
});

test.serial('a recorder that fails ends the session, so that its source can go elsewhere', async (t) => {
  const { records, siprec, source, until } = await scene(t, { decide: policy() });
  const dialog = (await source()).dial(vector('rfc7865'));
  await dialog.invite();
  t.false(siprec.recorderLost('another'));
  t.true(siprec.recorderLost('0'));
  const bye = await dialog.request();
  t.is(bye.method, 'BYE');
  t.regex(bye.headers.get('Reason')!, /cause=503/);
  dialog.respond(bye);
  await until(() => records.length === 1);
  t.is(siprec.calls.length, 0);
});

test.serial(
  'a source that died in a pause or fell silent is asked, and when it knows nothing any more the call is over',
  async (t) => {
    const { records, probe, speak, source, until } = await scene(t, { decide: policy(), silenceMs: 300 });
    const connection = await source();
    const dialog = connection.dial(vector('rfc7865'));
    const answer = await dialog.invite();
    probe();
    await speak(ports(answer), 1);
    await dialog.reinvite(turned('rfc7865', 'inactive'));
    probe();
    const asked = await dialog.request();
    t.is(asked.method, 'INVITE', 'not before the pause: it was speaking');
    t.deepEqual(
      sections(sdpOf(asked)!).map(({ direction }) => direction),
      ['inactive', 'inactive'],
    );
    dialog.respond(asked, undefined, '481 No Such Call');
    await until(() => records.length === 1);

    const silent = connection.dial(vector('rfc7865'));
    await silent.invite();
    // Told once it has been silent for a third of a second.
    const question = silent.request();
    const look = setInterval(probe, 50);
    t.is((await question).method, 'INVITE');
    clearInterval(look);
    silent.respond(await question, undefined, '481 No Such Call');
    await until(() => records.length === 2);
  },
);

test.serial('bad metadata is refused where it comes, and what was known before goes on', async (t) => {
  const { recordings, siprec, speak, source } = await scene(t, { decide: policy() });
  const connection = await source();
  const bad = Buffer.from(vector('rfc7865').body.toString('latin1').replace('</recording>', ''), 'latin1');
  t.is((await connection.dial(vector('rfc7865'), bad).invite()).status, 400);
  t.is(siprec.calls.length, 0);
  const dialog = connection.dial(vector('rfc7865'));
  const answer = await dialog.invite();
  const bomb = '<!DOCTYPE recording [<!ENTITY a "b">]><recording>&a;</recording>';
  t.is((await dialog.update(metadata(bomb))).status, 400);
  await speak(ports(answer), 1);
  t.is(siprec.calls[0]!.recording, '0');
  t.is(recordings.length, 1);
});
