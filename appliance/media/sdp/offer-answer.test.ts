/** Two phones with a box between them: what each is offered and answered. */
import { seededChance } from '@belkluis/shared/base/chance';
import test from 'ava';
import { newSrtpKey } from '../srtp/key.ts';
import { type AnsweredAudio, describeAnswer, makeAnswer } from './answer.ts';
import type { Audio } from './audio.ts';
import { preferredCrypto } from './crypto.ts';
import { parseSdp, type SessionDescription, writeSdp } from './description.ts';
import { legGeneration } from './generation.ts';
import { describeOffer, makeOffer } from './offer.ts';
import { nextDescription } from './origin.ts';
import { commonPayloads } from './payloads.ts';
import * as phone from './testing/phones.ts';

const ours = { address: '192.0.2.50', sessionId: '1234', version: 1 };
const key = newSrtpKey('AES_CM_128_HMAC_SHA1_80', seededChance('ours'));

function taken(sdp: string): { description: SessionDescription; media: Audio } {
  const described = describeOffer(Buffer.from(sdp));
  if (described.refusal) throw new Error(described.refusal.reason);
  return described;
}

const offerTo = (media: Audio, crypto: { tag: number; key: typeof key }[] | null = null) =>
  makeOffer({ ...ours, port: 30_000, codecs: media.payloads, direction: 'sendrecv', crypto });

const text = (description: SessionDescription): string => writeSdp(description).toString();

/** The answer that a phone gets whose offer is `sdp`, when all of its codecs are taken. */
function answered(sdp: string, part: Partial<Parameters<typeof makeAnswer>[0]['taken'][0]> = {}): string {
  const { description, media } = taken(sdp);
  const line = preferredCrypto(media.crypto);
  const crypto = line && { tag: line.tag, key };
  return text(
    makeAnswer({
      ...ours,
      offer: description,
      taken: [{ media, port: 30_000, codecs: media.payloads, crypto, ...part }],
    }),
  );
}

test('an offer to a phone is short and says what it must', (t) => {
  const offer = text(offerTo(taken(phone.softphone).media, [{ tag: 1, key }]));
  t.true(offer.length < 700, `${offer.length} bytes`);
  t.regex(
    offer,
    /^v=0\r\no=- 1234 1 IN IP4 192\.0\.2\.50\r\ns=-\r\nc=IN IP4 192\.0\.2\.50\r\nt=0 0\r\nm=audio 30000 RTP\/SAVP 96 9 0 8 101 98\r\n/,
  );
  t.true(offer.includes('a=fmtp:96 useinbandfec=1; stereo=0\r\n'));
  t.false(offer.includes('video'));
});

test('an answer has a section for each that was offered, in order, and only ours is on', (t) => {
  const answer = parseSdp(Buffer.from(answered(phone.softphone)));
  t.deepEqual(
    answer.media.map(({ media, port, proto }) => [media, port, proto]),
    [
      ['audio', 30_000, 'RTP/AVPF'],
      ['video', 0, 'RTP/AVPF'],
      ['application', 0, 'UDP/BFCP'],
    ],
  );
  t.true(answered(phone.softphone).includes('a=rtcp-mux\r\na=label:10\r\n'));
});

test('a phone that demands SRTP gets the tag back with a key of ours, in its profile', (t) => {
  const answer = answered(phone.secureDeskPhone);
  t.true(answer.includes('m=audio 30000 RTP/SAVP 9 8 0 101\r\n'));
  t.deepEqual(answer.match(/a=crypto:.*/g), [
    `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${Buffer.concat([key.masterKey, key.masterSalt]).toString('base64')}`,
  ]);
  t.false(answer.includes(phone.KEY_30));
});

test('SRTP that need not be is taken, and may be left', (t) => {
  const answer = answered(phone.optionalSecurePhone);
  t.true(answer.includes('m=audio 30000 RTP/AVP 9'));
  t.true(answer.includes('a=crypto:1 '));
  t.false(answered(phone.optionalSecurePhone, { crypto: null }).includes('crypto'));
});

test('of the same audio twice the protected one is taken', (t) => {
  const answer = parseSdp(Buffer.from(answered(phone.twoWays)));
  t.deepEqual(
    answer.media.map(({ port, proto }) => [port, proto]),
    [
      [0, 'RTP/AVP'],
      [30_000, 'RTP/SAVP'],
    ],
  );
});

test('where the protected one cannot be used, the plain one is', (t) => {
  const { media } = taken(phone.twoWays.replace('|2^31', '|2^31|0:0'));
  t.is(media.index, 0);
});

const refusals: [string, number, string, string][] = [
  ['SRTP demanded without a key', 488, 'No Usable SRTP Key', phone.keylessPhone],
  [
    'SRTP demanded with a key that cannot be used',
    488,
    'No Usable SRTP Key',
    phone.secureDeskPhone.replaceAll('inline:', 'inline:AAAA'),
  ],
  ['a browser that names ICE candidates alone', 488, 'No Usable SRTP Key', phone.browser],
  ['a profile that nobody speaks', 488, 'No RTP Profile In Common', phone.deskPhone.replace('RTP/AVP', 'TCP/RTP/AVP')],
  [
    'no codec of ours',
    488,
    'No Codec In Common',
    'v=0\r\nm=audio 5000 RTP/AVP 18 101\r\na=rtpmap:101 telephone-event/8000\r\n',
  ],
  ['no audio', 488, 'No Audio Offered', 'v=0\r\nm=image 5000 udptl t38\r\n'],
  ['audio switched off', 488, 'No Audio Offered', 'v=0\r\nm=audio 0 RTP/AVP 8\r\n'],
  ['no media', 488, 'No Audio Offered', 'v=0\r\n'],
  ['nothing readable', 400, 'Bad Session Description', 'hello'],
];
for (const [what, status, reason, sdp] of refusals) {
  test(`refused: ${what}`, (t) => t.like(describeOffer(Buffer.from(sdp)).refusal, { status: status as 488, reason }));
}

test('a key that came in the clear counts as none; a fingerprint is no secret', (t) => {
  const inClear = (sdp: string) => describeOffer(Buffer.from(sdp), true);
  t.like(inClear(phone.secureDeskPhone).refusal, { status: 488, reason: 'SRTP Keys Without TLS' });
  t.regex(inClear(phone.secureDeskPhone).refusal!.advice!, /TLS/);
  t.like(inClear(phone.optionalSecurePhone), { media: { secure: false, crypto: [] } });
  t.like(inClear(phone.twoWays), { media: { secure: false, crypto: [] } });
  t.like(inClear(phone.keylessPhone).refusal, { status: 488, reason: 'No Usable SRTP Key' });
  t.regex(inClear(phone.keylessPhone).refusal!.advice!, /one key.*DTLS-SRTP/);
});

test('hold is answered in kind', (t) => {
  const answerTo = (more: string[], c?: string) => answered(phone.audioOnly(more, c));
  t.true(answerTo(['a=sendonly']).includes('a=recvonly\r\n'));
  t.true(answerTo(['a=inactive']).includes('a=inactive\r\n'));
  t.true(answerTo(['a=recvonly']).includes('a=sendonly\r\n'));
  t.true(answerTo([], '0.0.0.0').includes('a=recvonly\r\n'));
  t.notRegex(answerTo([]), /sendonly|recvonly|inactive/);
});

/** What a phone says to `offer`: its own key, its own numbers. */
const answerOf = (m: string, ...more: string[]) =>
  Buffer.from(
    `v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio ${m}\r\n${more.map((line) => `${line}\r\n`).join('')}`,
  );

test('an answer tells codecs, address and both keys', (t) => {
  const offer = offerTo(taken(phone.deskPhone).media, [
    { tag: 1, key: newSrtpKey('AEAD_AES_128_GCM', seededChance('gcm')) },
    { tag: 2, key },
  ]);
  const answer = describeAnswer(
    offer,
    answerOf(
      '7000 RTP/SAVP 8 97 3',
      'a=rtpmap:97 telephone-event/8000',
      `a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:${phone.KEY_30}`,
    ),
  ) as AnsweredAudio;
  t.deepEqual(answer.keys?.seal, key);
  t.is(answer.keys?.open.masterKey.toString('base64').slice(0, 20), phone.KEY_30.slice(0, 20));
  t.deepEqual(answer.media.remote, { address: '192.0.2.9', rtp: 7000, rtcp: 7001 });
  t.deepEqual(
    answer.media.payloads.map(({ payloadType, codec }) => [payloadType, codec.name]),
    [
      [8, 'PCMA'],
      [97, 'telephone-event'],
    ],
  );
});

test('an answer that cannot be trusted with the call is refused', (t) => {
  const secure = offerTo(taken(phone.deskPhone).media, [{ tag: 2, key }]);
  const plain = offerTo(taken(phone.deskPhone).media);
  const crypto = (tag: number, suite = 'AES_CM_128_HMAC_SHA1_80') => `a=crypto:${tag} ${suite} inline:${phone.KEY_30}`;
  t.is(describeAnswer(secure, answerOf('7000 RTP/SAVP 8')), 'no usable srtp key');
  t.is(describeAnswer(secure, answerOf('7000 RTP/AVP 8')), 'no usable srtp key');
  t.is(describeAnswer(secure, answerOf('7000 RTP/SAVP 8', crypto(1))), 'no usable srtp key');
  t.is(describeAnswer(secure, answerOf('7000 RTP/SAVP 8', crypto(2, 'AES_CM_128_HMAC_SHA1_32'))), 'no usable srtp key');
  t.is(describeAnswer(plain, answerOf('7000 RTP/AVP 8', crypto(2))), 'no usable srtp key');
  t.is(describeAnswer(plain, answerOf('0 RTP/AVP 8')), 'audio refused');
  t.is(describeAnswer(plain, Buffer.from('v=0\r\n')), 'audio refused');
  t.is(describeAnswer(plain, answerOf('7000 RTP/AVP 101 96', 'a=rtpmap:96 opus/48000/2')), 'no codec in common');
  t.is(describeAnswer(plain, Buffer.from('x')), 'malformed');
});

test('SRTP that we offered and did not demand may be left by the other side', (t) => {
  const { media } = taken(phone.deskPhone);
  const offer = makeOffer({
    ...ours,
    port: 30_000,
    codecs: media.payloads,
    direction: 'sendrecv',
    crypto: [{ tag: 1, key }],
    proto: 'RTP/AVP',
  });
  t.is((describeAnswer(offer, answerOf('7000 RTP/AVP 8')) as AnsweredAudio).keys, null);
  const kept = describeAnswer(
    offer,
    answerOf('7000 RTP/AVP 8', `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${phone.KEY_30}`),
  );
  t.deepEqual((kept as AnsweredAudio).keys?.seal, key);
});

test('through the box each phone keeps its own numbers', (t) => {
  const a = taken(phone.softphone);
  const offer = offerTo(a.media);
  const b = describeAnswer(offer, answerOf('7000 RTP/AVP 8 110', 'a=rtpmap:110 telephone-event/8000')) as AnsweredAudio;
  const codecs = commonPayloads(a.media.payloads, b.media.payloads);
  t.deepEqual(
    codecs.map(({ payloadType }) => payloadType),
    [8, 98],
  );
  const legB = legGeneration(a.media.payloads, b.media, null);
  t.deepEqual(
    legB.send.map(({ payloadType }) => payloadType),
    [8, 110],
  );
  // Under the number that we gave it, and under its own should it use that.
  t.deepEqual(
    legB.receive.map(({ payloadType }) => payloadType),
    [96, 9, 0, 8, 101, 98, 110],
  );
  t.like(legB, { maySend: true, mayReceive: true });
  const held = taken(phone.audioOnly(['a=sendonly'])).media;
  t.like(legGeneration([], held, null), { maySend: false, mayReceive: true });
});

test('a later offer keeps the places of an earlier one', (t) => {
  const { description, media } = taken(phone.softphone);
  const previous = makeAnswer({
    ...ours,
    offer: description,
    taken: [{ media, port: 30_000, codecs: media.payloads, crypto: null }],
  });
  const next = makeOffer({
    ...ours,
    version: 2,
    port: 30_000,
    codecs: media.payloads,
    direction: 'sendonly',
    crypto: null,
    previous,
  });
  t.deepEqual(
    next.media.map((section) => [section.media, section.port]),
    [
      ['audio', 30_000],
      ['video', 0],
      ['application', 0],
    ],
  );
  const second = { ...previous, media: [...previous.media].reverse() };
  t.deepEqual(
    makeOffer({
      ...ours,
      port: 30_000,
      codecs: media.payloads,
      direction: 'sendrecv',
      crypto: null,
      previous: second,
    }).media.map(({ port }) => port),
    [0, 0, 30_000],
  );
});

test('the version rises with each change, and only then', (t) => {
  const { media } = taken(phone.deskPhone);
  const say = (previous: SessionDescription | null, direction: 'sendrecv' | 'inactive') =>
    nextDescription(previous, (version) =>
      makeOffer({ ...ours, version, port: 30_000, codecs: media.payloads, direction, crypto: null, previous }),
    );
  const first = say(null, 'sendrecv');
  t.is(say(first, 'sendrecv'), first);
  const held = say(first, 'inactive');
  t.true(text(held).includes('o=- 1234 2 IN'));
  t.true(text(say(held, 'sendrecv')).includes('o=- 1234 3 IN'));
});
