import test from 'ava';
import fc from 'fast-check';
import { MAX_MEDIA_SECTIONS, MAX_SDP, MAX_SDP_LINE, MAX_SDP_LINES } from '../limits.ts';
import { audioStreams } from './audio.ts';
import { parseSdp, writeSdp } from './description.ts';
import { describeOffer } from './offer.ts';
import { originOf } from './origin.ts';
import { audioOnly, phones } from './testing/phones.ts';

for (const [name, sdp] of Object.entries(phones)) {
  test(`${name}: written as it was read, byte for byte`, (t) => {
    t.is(writeSdp(parseSdp(Buffer.from(sdp))).toString(), sdp);
    const torn = sdp.slice(0, -1);
    t.is(writeSdp(parseSdp(Buffer.from(torn))).toString('latin1'), torn);
  });
}

test('text outside ASCII survives', (t) => {
  const body = Buffer.from(audioOnly(['i=Café München', 'a=x:\u00ff\u0100']));
  t.deepEqual(writeSdp(parseSdp(body)), body);
});

const refused = (t: import('ava').ExecutionContext, body: string, code: string) =>
  t.throws(() => parseSdp(Buffer.from(body)), { code });

test('what is no session description is refused', (t) => {
  for (const body of ['', '\r\n', 'v=1\r\n', 'm=audio 1 RTP/AVP 0\r\n', '{"sdp":1}', ' v=0\r\n'])
    refused(t, body, 'sdp_malformed');
});

test('an m= line that is not whole is refused, whatever else is there', (t) => {
  for (const m of [
    'audio',
    'audio x RTP/AVP 0',
    'audio 70000 RTP/AVP 0',
    'audio -1 RTP/AVP 0',
    'audio 5000',
    '',
    'audio 1/x RTP/AVP 8',
  ])
    refused(t, `v=0\r\nm=${m}\r\n`, 'sdp_malformed');
});

test('control characters that others may take for a line end are refused', (t) => {
  refused(t, 'v=0\r\ns=a\rm=audio 1 RTP/AVP 8\r\n', 'sdp_malformed');
  refused(t, 'v=0\r\ns=a\0\r\n', 'sdp_malformed');
});

test('sizes have limits', (t) => {
  refused(t, `v=0\r\n${'a=x\r\n'.repeat(MAX_SDP)}`, 'sdp_too_large');
  refused(t, `v=0\r\n${'a=\n'.repeat(MAX_SDP_LINES)}`, 'sdp_too_large');
  refused(t, `v=0\r\na=${'x'.repeat(MAX_SDP_LINE)}\r\n`, 'sdp_too_large');
  refused(t, `v=0\r\n${'m=audio 0 RTP/AVP 0\r\n'.repeat(MAX_MEDIA_SECTIONS + 1)}`, 'sdp_too_large');
  refused(t, `v=0\r\nm=audio 1 RTP/AVP${' 1'.repeat(129)}\r\n`, 'sdp_too_large');
});

test('the version is found, however long its numbers', (t) => {
  const sdp = (o: string) => parseSdp(Buffer.from(`v=0\r\no=${o}\r\n`));
  t.deepEqual(originOf(sdp('a 18446744073709551615 18446744073709551616 IN IP4 h')), {
    sessionId: '18446744073709551615',
    version: 18446744073709551616n,
  });
  t.is(originOf(sdp('a b c IN IP4 h')), null);
});

/** Lines out of pieces that mean something, so that chance gets past the first check. */
const piece = fc.constantFrom(
  ...[
    'v=0',
    'o=- 1 2 IN IP4 1.2.3.4',
    'c=IN IP4 0.0.0.0',
    'c=IN',
    'm=audio 5 RTP/SAVP 8 101',
    'm=audio 9 RTP/AVP',
    'm=video 1 x y',
  ],
  ...[
    'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:',
    'a=rtpmap:8',
    'a=rtpmap:101 opus/48000/2',
    'a=fmtp:8 ',
    'a=sendonly',
    'a=rtcp:',
  ],
  ...['', '=', 'a=', 'a=ptime:x', 'a=label:'],
);
const line = fc.tuple(fc.oneof(piece, fc.string()), fc.constantFrom('\r\n', '\n')).map(([text, end]) => text + end);

test('any text is either refused by name or written back as it came', (t) => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), (parts) => {
      const body = Buffer.from(`v=0\r\n${parts.join('')}`);
      try {
        const description = parseSdp(body);
        audioStreams(description);
        return writeSdp(description).equals(body);
      } catch (problem) {
        return ['sdp_malformed', 'sdp_too_large'].includes((problem as { code: string }).code);
      }
    }),
    { numRuns: 500 },
  );
  t.pass();
});

test('any bytes get an answer', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const described = describeOffer(bytes);
      return described.refusal !== undefined && [400, 488].includes(described.refusal.status);
    }),
  );
  t.pass();
});
