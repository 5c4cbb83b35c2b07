/** Every parser that strangers reach, and what must hold of it whatever it is given. Another one is another line of `targets`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededChance } from '@belkluis/shared/base/chance';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import { Problem } from '@belkluis/shared/base/problem';
import { userOf } from '../../appliance/calls/phones/authenticate.ts';
import { attempt } from '../../appliance/calls/siprec/body.ts';
import { MAX_PARTY, MAX_REMEMBERED } from '../../appliance/calls/siprec/limits.ts';
import { apply, type Metadata } from '../../appliance/calls/siprec/metadata/model.ts';
import { currentSessions, presentIn } from '../../appliance/calls/siprec/metadata/parties.ts';
import { readMetadata } from '../../appliance/calls/siprec/metadata/read.ts';
import { readClientHello } from '../../appliance/media/dtls/hello.ts';
import { readCertificate, readClientKeyExchange, readSignature } from '../../appliance/media/dtls/messages.ts';
import { DtmfDetector } from '../../appliance/media/dtmf.ts';
import { readRtcp } from '../../appliance/media/rtcp.ts';
import { readRtp } from '../../appliance/media/rtp.ts';
import { makeAnswer } from '../../appliance/media/sdp/answer.ts';
import { preferredCrypto } from '../../appliance/media/sdp/crypto.ts';
import { parseSdp, writeSdp } from '../../appliance/media/sdp/description.ts';
import { describeOffer } from '../../appliance/media/sdp/offer.ts';
import { newSrtpKey } from '../../appliance/media/srtp/key.ts';
import { SrtpOpener } from '../../appliance/media/srtp/opener.ts';
import { nonceIn } from '../../appliance/sip/defence/nonce-in.ts';
import { isScanner } from '../../appliance/sip/defence/scanners.ts';
import { sdpOf } from '../../appliance/sip/dialog/body.ts';
import { createDigestServer } from '../../appliance/sip/digest/server.ts';
import { checkRequest, checkResponse } from '../../appliance/sip/message/essentials.ts';
import { StreamFramer } from '../../appliance/sip/message/framer.ts';
import type { SipMessage, SipRequest } from '../../appliance/sip/message/message.ts';
import { parseMessage } from '../../appliance/sip/message/parse.ts';
import { writeResponse } from '../../appliance/sip/message/write.ts';
import { screen } from '../../appliance/sip/screen.ts';
import { clientKeyOf, mergeKeyOf, serverKeyOf } from '../../appliance/sip/transaction/keys.ts';
import { answerStun } from '../../appliance/sip/transport/stun.ts';
import { withSource } from '../../appliance/sip/transport/symmetric.ts';

export interface Target {
  /** Throws when something does not hold. May write into `data`. */
  readonly run: (data: Buffer) => void;
  /** What to begin with. */
  readonly seeds: () => readonly Buffer[];
  /** Words of the format. */
  readonly words: readonly string[];
  readonly maxLength: number;
}

const HERE = { address: '192.0.2.1', port: 5060 };

const must = (holds: boolean, what: string) => {
  if (!holds) throw new Error(what);
};

const digest = createDigestServer({ realm: 'box', clock: new ManualClock(), chance: seededChance('fuzz') });

/** Goes with a message where the stack would, up to the answer that it gets. */
function answerTo(received: SipRequest): void {
  const request = withSource(received, HERE);
  isScanner(request.headers.get('User-Agent'));
  const refusal = checkRequest(received) ?? screen(request, []);
  if (!refusal) {
    serverKeyOf(request, HERE.address);
    mergeKeyOf(request);
    userOf(request.headers.get('From'));
    const { is } = digest.verify(request, null, HERE.address);
    must(is !== 'ok', 'nobody is let in');
  }
  const response = writeResponse(request, { status: 400, ...refusal, toTag: 't' });
  const again = parseMessage(response.bytes);
  must(again.kind === 'response' && again.status === response.status, 'our answer is a response to everybody');
  must(again.kind === 'response' && again.headers.lines('Content-Length') === 1, 'and has one body');
}

function judge(message: SipMessage): void {
  sdpOf(message);
  if (message.kind === 'request') answerTo(message);
  else if (checkResponse(message)) clientKeyOf(message);
}

const vectors = (): Buffer[] => {
  const folder = join(import.meta.dirname, '../../test/vectors/sip');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sip'))
    .map((name) => readFileSync(join(folder, name)));
};

const recordingMetadata = (): Buffer[] => {
  const folder = join(import.meta.dirname, '../../test/vectors/siprec');
  return readdirSync(folder).flatMap((name) => {
    const text = readFileSync(join(folder, name), 'latin1');
    const [document] = /<(?:\w+:)?recording[\s>][\s\S]*<\/(?:\w+:)?recording>/.exec(text) ?? [];
    return document === undefined ? [] : [Buffer.from(document, 'latin1')];
  });
};

const SIP_WORDS = [
  ...[
    'INVITE',
    'REGISTER',
    'ACK',
    'OPTIONS',
    'SIP/2.0',
    '\r\n',
    '\r\n ',
    'sip:',
    'sips:',
    'tel:',
    '<sip:a@b>',
    ';tag=',
    '"',
    '\\',
  ],
  ...[
    'Via: SIP/2.0/UDP a;branch=z9hG4bK',
    'From: ',
    'To: ',
    'Call-ID: ',
    'CSeq: 1 INVITE',
    'Contact: *',
    'Content-Length: ',
  ],
  ...[
    'Max-Forwards: 70',
    'Authorization: Digest username="a", realm="box", nonce="1.2.3", uri="sip:b", response="0"',
    'Expires: 0',
  ],
  ...[
    'Content-Type: multipart/mixed;boundary=x',
    '--x',
    '--x--',
    'application/sdp',
    'Record-Route: <sip:r;lr>',
    'Require: ',
    '%00',
  ],
];

const OFFER = [
  'v=0',
  'o=- 1 1 IN IP4 192.0.2.1',
  's=-',
  'c=IN IP4 192.0.2.1',
  't=0 0',
  'm=audio 4000 RTP/SAVP 8 0 101',
  'a=rtpmap:8 PCMA/8000',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-15',
  'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA|2^31|1:1',
  'a=sendrecv',
  'a=ptime:20',
  '',
].join('\r\n');

const SDP_WORDS = [
  ...[
    'v=0',
    'o=',
    'c=IN IP4 0.0.0.0',
    'c=IN IP6 ::1',
    'm=audio 0 RTP/AVP 0',
    'm=video 1 RTP/AVP 96',
    'm=image 1 udptl t38',
  ],
  ...[
    'a=rtpmap:',
    'a=fmtp:',
    'a=crypto:',
    'a=sendonly',
    'a=inactive',
    'a=ptime:',
    'a=label:',
    'RTP/SAVPF',
    'opus/48000/2',
    'G722/8000',
  ],
  ...['AES_CM_128_HMAC_SHA1_32', 'AEAD_AES_256_GCM', 'inline:', '|2^20', '|1:4', 'UNENCRYPTED_SRTCP', '\r\n', '\n'],
];

const answerKey = newSrtpKey('AES_CM_128_HMAC_SHA1_80', seededChance('answer'));

function readSdp(data: Buffer): void {
  const offered = describeOffer(data);
  if (offered.refusal) return;
  const { description, media } = offered;
  must(writeSdp(description).equals(data), 'an unchanged description is the same bytes');
  const line = preferredCrypto(media.crypto);
  const { mki } = line?.key ?? {};
  const crypto = line && { tag: line.tag, key: { ...answerKey, ...(mki && { mki }) } };
  const taken = [{ media, port: 40_000, codecs: media.payloads, direction: 'sendrecv' as const, crypto }];
  const answer = writeSdp(makeAnswer({ offer: description, taken, address: HERE.address, sessionId: '1', version: 1 }));
  must(parseSdp(answer).media.length === description.media.length, 'an answer has a section for each of the offer');
}

const hex = (...texts: readonly string[]) => texts.map((text) => Buffer.from(text, 'hex'));

const openers = (['AES_CM_128_HMAC_SHA1_80', 'AEAD_AES_128_GCM'] as const).flatMap((suite) =>
  [undefined, Buffer.from([0])].map(
    (mki) => new SrtpOpener(newSrtpKey(suite, seededChance(suite), mki), new ManualClock()),
  ),
);

function readMedia(data: Buffer): void {
  const header = readRtp(data);
  if (header)
    must(header.payloadOffset <= header.payloadEnd && header.payloadEnd <= data.length, 'a payload within its packet');
  for (const opener of openers) {
    must(opener.openRtp(Buffer.from(data)) === null, 'nothing without the key is opened');
    must(opener.openRtcp(Buffer.from(data)) === null, 'nothing without the key is opened');
  }
}

/** Packets of a telephone-event stream: two bytes of timing, then the four of the event. */
function readDigits(data: Buffer): void {
  let told = 0;
  const detector = new DtmfDetector((digit, durationMs) => {
    told++;
    must(/^[0-9*#A-D]$/.test(digit) && durationMs >= 0, 'a digit and how long it was pressed');
  });
  let packets = 0;
  for (let at = 0; at + 6 <= data.length; at += 6) {
    const packet = Buffer.from('806500010000000000000001', 'hex');
    packet.writeUInt16BE(packets++, 2);
    packet.writeUInt16BE(data.readUInt16BE(at), 6);
    detector.packet(readRtp(packet)!, data.subarray(at + 2, at + 6), 8000);
  }
  detector.flush();
  must(told <= packets, 'no digit out of nothing');
}

/** Three updates out of one input, as a source that sends one after the other. */
function readRecordingMetadata(data: Buffer): void {
  let known: Metadata | null = null;
  const third = Math.ceil(data.length / 3) || 1;
  for (const part of [data, data.subarray(0, third), data.subarray(third)]) {
    const update = attempt(() => readMetadata(part));
    if (update instanceof Problem) continue;
    const next = attempt(() => apply(known, update));
    if (next instanceof Problem) continue;
    known = next;
    must(known.participants.length <= MAX_REMEMBERED && known.uses.length <= MAX_REMEMBERED, 'memory has an end');
    for (const session of [null, ...currentSessions(known)])
      for (const { party } of presentIn(known, session)) must(party.length <= MAX_PARTY, 'a party of a bounded length');
  }
}

/** What a stranger may send to a leg that waits for a handshake. */
function readHandshake(data: Buffer): void {
  for (const read of [readClientHello, readCertificate, readSignature, readClientKeyExchange]) {
    try {
      read(data);
    } catch (error) {
      must(error instanceof Problem, 'what is no handshake is told as one of the known problems');
    }
  }
}

const kinds = (framed: readonly { readonly kind: string }[]) => framed.map(({ kind }) => kind).join(' ');

export const targets = {
  datagram: {
    run(data) {
      nonceIn(data);
      const message = parseMessage(data);
      if (message.kind !== 'unusable') judge(message);
      else if (message.answerable) answerTo(message.answerable.request);
    },
    seeds: vectors,
    words: SIP_WORDS,
    maxLength: 8_000,
  },
  stream: {
    run(data) {
      const whole = new StreamFramer().push(data);
      const framer = new StreamFramer();
      const step = 1 + (data[0] ?? 0);
      const pieces = [];
      for (let at = 0; at < data.length; at += step) pieces.push(...framer.push(data.subarray(at, at + step)));
      must(kinds(whole) === kinds(pieces), 'a stream says the same in pieces');
      for (const framed of whole) if (framed.kind === 'request' || framed.kind === 'response') judge(framed);
    },
    seeds: () => [Buffer.concat(vectors().slice(0, 6)), Buffer.from('\r\n\r\n\r\n'), ...vectors()],
    words: SIP_WORDS,
    maxLength: 66_000,
  },
  sdp: {
    run: readSdp,
    seeds: () => [Buffer.from(OFFER), Buffer.from(OFFER.replaceAll('\r', ''))],
    words: SDP_WORDS,
    maxLength: 8_000,
  },
  media: {
    run: readMedia,
    seeds: () => hex('806500010000000000000001ffff', 'b1e50001000000000000000100000002be00000101020304aa01'),
    words: [],
    maxLength: 1_600,
  },
  rtcp: {
    run: (data) => void readRtcp(data),
    seeds: () =>
      hex(
        '80c90001000000018 1ca0002'.replace(' ', ''),
        '81c800060000000100000000000000000000000000000000000000008 1ca000300000001010361620000'.replace(' ', ''),
      ),
    words: [],
    maxLength: 1_600,
  },
  stun: {
    run(data) {
      const answer = answerStun(data, HERE);
      must(answer === null || answer.length <= data.length + 64, 'an answer that is no amplification');
    },
    seeds: () =>
      hex('000100002112a442b7e7a701bc34d686fa87dfae', '000100082112a442b7e7a701bc34d686fa87dfae802200046162630a'),
    words: [],
    maxLength: 1_600,
  },
  metadata: {
    run: readRecordingMetadata,
    seeds: () => recordingMetadata(),
    words: [
      ...['<recording xmlns="urn:ietf:params:xml:ns:recording:1">', '</recording>', '<participant participant_id="a">'],
      ...[
        '<nameID aor="sip:a@b">',
        '<participantsessionassoc ',
        ' session_id="',
        '<stream stream_id="',
        '<label>1</label>',
      ],
      ...[
        '<send>',
        '<recv>',
        '<associate-time>',
        '<![CDATA[',
        '<!DOCTYPE',
        '&amp;',
        '&x;',
        '&#0;',
        '<datamode>partial</datamode>',
      ],
    ],
    maxLength: 20_000,
  },
  handshake: {
    run: readHandshake,
    seeds: () =>
      hex(
        'fefd' +
          '00'.repeat(32) +
          '0000' +
          '0004c02bc02f' +
          '0100' +
          '0012000a00040002001700170000000e000500020007' +
          '00',
      ),
    words: [],
    maxLength: 2_000,
  },
  digits: { run: readDigits, seeds: () => hex('00000a0a00a000000a8a0320'), words: [], maxLength: 600 },
} as const satisfies Record<string, Target>;
