import test from 'ava';
import type { Codec, CodecName } from '../codec.ts';
import { type Audio, audioAt, audioStreams } from './audio.ts';
import { parseSdp } from './description.ts';
import { answerDirection, type Direction } from './direction.ts';
import { commonPayloads, keepNumbers, rtpmapOf } from './payloads.ts';
import { audioOnly, browser, deskPhone, oldPhone, softphone } from './testing/phones.ts';

const read = (sdp: string, index = 0): Audio => audioAt(parseSdp(Buffer.from(sdp)), index)!;
const codecs = (audio: Audio) => audio.payloads.map(({ payloadType, codec }) => `${payloadType} ${rtpmapOf(codec)}`);

test('a desk phone', (t) => {
  const audio = read(deskPhone);
  t.deepEqual(audio.remote, { address: '192.168.1.21', rtp: 11_796, rtcp: 11_797 });
  t.deepEqual(codecs(audio), ['9 G722/8000', '8 PCMA/8000', '0 PCMU/8000', '101 telephone-event/8000']);
  t.is(audio.payloads[3]!.codec.fmtp, '0-15');
  t.like(audio, { direction: 'sendrecv', ptime: 20, label: null, secure: false, keyed: false, rtcpMux: false });
});

test('static payload types need no rtpmap, and comfort noise has two numbers', (t) => {
  t.deepEqual(codecs(read(oldPhone)), [
    '0 PCMU/8000',
    '8 PCMA/8000',
    '19 CN/8000',
    '13 CN/8000',
    '96 telephone-event/8000',
  ]);
});

test('a softphone: the address of its media, one port for RTCP, both clocks of digits', (t) => {
  const audio = read(softphone);
  t.deepEqual(audio.remote, { address: '203.0.113.9', rtp: 7078, rtcp: 7078 });
  t.deepEqual(codecs(audio), [
    '96 opus/48000/2',
    '9 G722/8000',
    '0 PCMU/8000',
    '8 PCMA/8000',
    '101 telephone-event/48000',
    '98 telephone-event/8000',
  ]);
  t.is(audio.payloads[0]!.codec.fmtp, 'useinbandfec=1; stereo=0');
  t.like(audio, { rtcpMux: true, label: '10' });
});

test('what we do not carry is no audio of ours', (t) => {
  t.like(audioStreams(parseSdp(Buffer.from(browser)))[0], { secure: true, crypto: [], dtls: null, remote: null });
  t.deepEqual(
    audioStreams(parseSdp(Buffer.from(softphone))).map(({ index }) => index),
    [0],
  );
});

test('a codec of the wrong clock or channels is another codec', (t) => {
  const sdp =
    'v=0\r\nm=audio 5000 RTP/AVP 96 97 98 99 100 8 8 200\r\na=rtpmap:96 PCMA/16000\r\na=rtpmap:97 opus/48000\r\n'.concat(
      'a=rtpmap:98 PCMU/8000/2\r\na=rtpmap:99 g722/16000\r\na=rtpmap:100 constructor/8000\r\na=rtpmap:8 iLBC/8000\r\n',
    );
  t.deepEqual(codecs(read(sdp)), ['99 G722/8000']);
});

test('RTCP has its own port where the phone says so', (t) => {
  t.is(read(audioOnly(['a=rtcp:6200 IN IP4 192.0.2.8'])).remote?.rtcp, 6200);
  t.is(read(audioOnly(['a=rtcp:99999'])).remote?.rtcp, 6001);
  t.is(read(audioOnly([], '192.0.2.7', 1, 65_535)).remote?.rtcp, 0);
});

test('direction: of the stream before that of the session, both ways by default', (t) => {
  const sdp = (session: string, media: string) =>
    `v=0\r\nc=IN IP4 192.0.2.1\r\n${session}m=audio 5000 RTP/AVP 8\r\n${media}`;
  t.is(read(sdp('', '')).direction, 'sendrecv');
  t.is(read(sdp('a=sendonly\r\n', '')).direction, 'sendonly');
  t.is(read(sdp('a=sendonly\r\n', 'a=inactive\r\n')).direction, 'inactive');
});

test('without an address nobody is sent to', (t) => {
  t.is(read(audioOnly([], '0.0.0.0')).direction, 'sendonly');
  t.is(read(audioOnly(['a=recvonly'], '0.0.0.0')).direction, 'inactive');
  for (const c of ['0.0.0.0', '::', 'a b', '', '<x>'])
    t.is(read(audioOnly([], c.replace(' ', '\t'))).remote?.rtp ?? null, c === 'a b' ? 6000 : null);
});

test('an answer never says more than the offer leaves', (t) => {
  const table: [Direction, Direction, Direction][] = [
    ['sendrecv', 'sendrecv', 'sendrecv'],
    ['sendonly', 'sendrecv', 'recvonly'],
    ['recvonly', 'sendrecv', 'sendonly'],
    ['inactive', 'sendrecv', 'inactive'],
    ['sendrecv', 'sendonly', 'sendonly'],
    ['sendonly', 'sendonly', 'inactive'],
  ];
  for (const [offered, wish, answer] of table) t.is(answerDirection(offered, wish), answer);
});

test('two numberings meet in the codecs that both have', (t) => {
  const offered = read(softphone).payloads;
  const taken = read(
    'v=0\r\nm=audio 5000 RTP/AVP 8 110 111 9\r\na=rtpmap:110 telephone-event/8000\r\na=fmtp:110 0-11\r\na=rtpmap:111 opus/48000/2\r\n',
  ).payloads;
  t.deepEqual(
    commonPayloads(offered, taken).map(({ payloadType, codec }) => [payloadType, rtpmapOf(codec), codec.fmtp]),
    [
      [8, 'PCMA/8000', null],
      [98, 'telephone-event/8000', '0-11'],
      [96, 'opus/48000/2', null],
      [9, 'G722/8000', null],
    ],
  );
});

test('a number that stood for one codec in a dialog never stands for another', (t) => {
  const codec = (name: CodecName, clockRate = 8000): Codec => ({
    name,
    clockRate,
    channels: name === 'opus' ? 2 : 1,
    fmtp: null,
  });
  const map = (payloadType: number, of: Codec) => ({ payloadType, codec: of });
  const known = new Map([
    [96, codec('telephone-event')],
    [97, codec('opus', 48_000)],
    [8, codec('PCMA')],
  ]);
  const offered = [
    map(96, codec('opus', 48_000)),
    map(101, codec('telephone-event')),
    map(97, codec('G722')),
    map(9, codec('PCMU')),
  ];
  t.deepEqual(
    keepNumbers(offered, known).map(({ payloadType, codec: { name } }) => `${payloadType} ${name}`),
    ['97 opus', '96 telephone-event', '98 G722', '9 PCMU'],
  );
  const twice = [map(8, codec('PCMA')), map(8, codec('PCMA'))];
  t.is(new Set(keepNumbers(twice, known).map(({ payloadType }) => payloadType)).size, 2, 'one number each');
  const full = new Map(Array.from({ length: 128 }, (_, number) => [number, codec('PCMU')]));
  t.deepEqual(keepNumbers([map(96, codec('G722'))], full), []);
});
