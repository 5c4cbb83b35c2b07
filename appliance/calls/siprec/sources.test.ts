import { X509Certificate } from 'node:crypto';
import test from 'ava';
import { writeCrypto } from '../../media/sdp/crypto.ts';
import type { SrtpKey } from '../../media/srtp/key.ts';
import { SrtpSealer } from '../../media/srtp/sealer.ts';
import { portsFor } from '../../media/testing/bench.ts';
import { testKey } from '../../media/testing/peer.ts';
import { sdpOf } from '../../sip/dialog/body.ts';
import { Headers } from '../../sip/message/headers.ts';
import { loopbackCertificate } from '../../sip/testing/certificate.ts';
import type { TlsMaterial } from '../../sip/transport/flow.ts';
import { policy } from './testing/policy.ts';
import { portsOf, sbc, scene } from './testing/scene.ts';
import { vector } from './testing/vectors.ts';

// One after the other: each starts a media worker of its own.

/** A vector's body whose streams are sealed with this key, or say that they are. */
const sealedBody = (key: SrtpKey | null) =>
  Buffer.from(
    vector('no-streams')
      .body.toString('latin1')
      .replaceAll('RTP/AVP', 'RTP/SAVP')
      .replace(/a=label/g, key ? `a=crypto:5 ${writeCrypto({ tag: 5, key }).slice(2)}\r\na=label` : 'a=label'),
    'latin1',
  );

test.serial('with no room to record a source is sent away, told when to come back or where to go', async (t) => {
  const { world, records, siprec, source } = await scene(t, { decide: policy() });
  const dial = async () => (await source()).dial(vector('rfc7865')).invite();
  world.unable = 'disk_reserve';
  const full = await dial();
  t.is(full.status, 503);
  t.true(Number(full.headers.get('Retry-After')) > 0);
  world.unable = null;
  world.refuse = 'recorder_unavailable';
  t.is((await dial()).status, 503);
  t.deepEqual(
    records.map(({ status, answeredAt, notRecorded }) => [status, answeredAt !== null, notRecorded]),
    [
      [503, true, 'disk_reserve'],
      [503, true, 'recorder_unavailable'],
    ],
  );
  t.is(siprec.calls.length, 0);
  world.refuse = null;
  t.is((await dial()).status, 200);

  const other = await scene(t, { decide: policy(), alternative: 'sip:srs2@box.example' });
  other.world.unable = 'disk_reserve';
  const moved = await (await other.source()).dial(vector('rfc7865')).invite();
  t.is(moved.status, 302);
  t.is(moved.headers.get('Contact'), '<sip:srs2@box.example>');
});

test.serial('strangers, and sources without what they must show, are refused', async (t) => {
  const foreign = { ...sbc, addresses: ['198.51.100.0/24', '2001:db8::/32'] };
  const certified = { ...sbc, certificate: 'ab'.repeat(32) };
  const strict = { ...sbc, plainUntil: '2020-01-01T00:00:00Z' };
  for (const sources of [[], [foreign], [certified], [strict]]) {
    const { siprec, records, source } = await scene(t, { decide: policy(), sources });
    t.is((await (await source()).dial(vector('rfc7865')).invite()).status, 403);
    t.is(siprec.calls.length + records.length, 0);
  }
  const network = { ...sbc, addresses: ['127.0.0.0/8'] };
  const { source } = await scene(t, { decide: policy(), sources: [network] });
  t.is((await (await source({ localAddress: '127.0.0.9' })).dial(vector('rfc7865')).invite()).status, 200);
});

test.serial('SRTP keys that others could read are not taken for protection', async (t) => {
  const { source } = await scene(t, { decide: policy() });
  const key = testKey('AES_CM_128_HMAC_SHA1_80', 3);
  t.is((await (await source()).dial(vector('no-streams'), sealedBody(key)).invite()).status, 488);
});

test.serial('a source that marks nothing is taken at its address, and nobody else is', async (t) => {
  const unmarked = { ...sbc, unmarked: true };
  const message = vector('sdp-only');
  const bare = message.headers.entries().map(([name, value]) => [name, value.replace(';+sip.src', '')] as const);
  const invite = { ...message, headers: Headers.of(bare) };
  const { source } = await scene(t, { decide: policy(), sources: [unmarked] });
  t.is((await (await source()).dial(invite).invite()).status, 200);
  t.is(
    (await (await source({ localAddress: '127.0.0.9' })).dial(invite).invite()).status,
    480,
    'a call like any other',
  );
});

test.serial(
  'more sessions than the lines say are sent away, and leave a record of who was to be recorded',
  async (t) => {
    const { records, source } = await scene(t, { decide: policy([{ from: ['mies'] }]), maxSessions: 1 });
    const connection = await source();
    t.is((await connection.dial(vector('rfc7865')).invite()).status, 200);
    t.is((await connection.dial(vector('rfc7865')).invite()).status, 503);
    t.is((await connection.dial(vector('conference')).invite()).status, 503);
    t.deepEqual(
      records.map(({ from, to, status, notRecorded }) => `${from} ${to} ${status} ${notRecorded}`),
      ['mies +31201234567 503 no_room', '5001 5002 503 no_rule', '5003 5001 503 no_rule'],
    );
    t.true(records.every(({ answeredAt, recording }) => answeredAt !== null && recording === null));
  },
);

test.serial('when ports run out a source is sent away, and nothing of it stays', async (t) => {
  const { siprec, records, source } = await scene(t, { decide: policy(), ports: portsFor(2) });
  const connection = await source();
  const first = connection.dial(vector('rfc7865'));
  t.is((await first.invite()).status, 200);
  t.is((await connection.dial(vector('rfc7865')).invite()).status, 503);
  t.is(siprec.calls.length, 1);
  t.deepEqual(
    records.map(({ status, notRecorded }) => [status, notRecorded]),
    [[503, 'no_room']],
  );
});

test.serial(
  'a source without an exception is known by its certificate, and its sound by SRTP keys that came over TLS',
  async (t) => {
    const [server, own, other] = [
      await loopbackCertificate(),
      await loopbackCertificate(),
      await loopbackCertificate(),
    ];
    const certificate = new X509Certificate(own.cert).fingerprint256.replaceAll(':', '').toLowerCase();
    const sources = [{ id: 'sbc', addresses: [], certificate, direction: 'inbound' as const, unmarked: false }];
    const { recordings, speak, source, until } = await scene(t, { decide: policy(), sources, tls: server });
    const key = testKey('AES_CM_128_HMAC_SHA1_80', 3);
    const dial = async (tls: TlsMaterial, body?: Buffer) => (await source({ tls })).dial(vector('no-streams'), body);

    t.is((await (await dial(other, sealedBody(key))).invite()).status, 403);
    t.is((await (await dial(own)).invite()).status, 488, 'sound in the clear');
    t.is((await (await dial(own, sealedBody(null))).invite()).status, 488, 'no key');
    // The second one names its key in each packet (RFC 3711 8.1), and hears in kind.
    for (const [call, sealing] of [key, { ...key, mki: Buffer.from([0, 1]) }].entries()) {
      const dialog = await dial(own, sealedBody(sealing));
      const response = await dialog.invite();
      const answer = sdpOf(response)!.toString();
      t.is(answer.match(/^m=audio \d+ RTP\/SAVP 8\r$/gm)?.length, 2);
      const offered = sealing.mki
        ? /^a=crypto:5 AES_CM_128_HMAC_SHA1_80 inline:[^|\r]+\|1:2\r$/gm
        : /^a=crypto:5 AES_CM_128_HMAC_SHA1_80 inline:[^|\r]+\r$/gm;
      t.is(answer.match(offered)?.length, 2, 'the tag that was offered');
      await speak(portsOf(response), 1, 8, new SrtpSealer(sealing));
      await dialog.bye();
      await until(() => recordings[call]!.end !== null);
      t.deepEqual(
        recordings[call]!.frames.map(({ side, ssrc }) => `${side} ${ssrc}`),
        ['0 1', '1 1'],
      );
    }
  },
);
