import test from 'ava';
import { MAX_BODY_PARTS } from '../limits.ts';
import type { SipMessage } from '../message/message.ts';
import { writeRequest } from '../message/write.ts';
import { partsOf, sdpOf } from './body.ts';

const message = (contentType: string, body: string): SipMessage =>
  writeRequest({ method: 'INVITE', uri: 'sip:x', headers: [['Content-Type', contentType]], body: Buffer.from(body) });

test('a session description alone, in a multipart body, or nowhere', (t) => {
  t.is(String(sdpOf(message('application/sdp', 'v=0\r\n'))), 'v=0\r\n');
  t.is(String(sdpOf(message('Application/SDP ;charset=utf-8', 'v=0\r\n'))), 'v=0\r\n');
  t.is(sdpOf(message('text/plain', 'v=0\r\n')), null);
  t.is(sdpOf(message('application/sdp', '')), null);
});

test('recording clients: any order, quoted or bare boundary, bare line feeds, a space behind the boundary', (t) => {
  const xml = 'Content-Type: application/rs-metadata+xml\nContent-Disposition:recording-session\n\n<recording/>';
  const bodies: [string, string][] = [
    [
      'multipart/mixed;boundary=b',
      `--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\nm=audio\r\n--b\r\n${xml}\r\n--b--\r\n`,
    ],
    [
      'multipart/mixed; boundary="b"',
      `preamble\r\n--b \r\n${xml}\r\n--b \r\nContent-Type:application/sdp\r\n\r\nv=0\r\nm=audio\r\n--b--`,
    ],
    [
      'multipart/mixed;charset=utf-8; boundary=b',
      `--b\n${xml}\n--b\ncontent-type: application/sdp\n\nv=0\r\nm=audio\n--b--\n`,
    ],
    ['multipart/mixed;boundary=b', `--b\r\n${xml}\r\n--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\nm=audio`],
  ];
  for (const [type, body] of bodies) {
    const whole = message(type, body);
    t.is(String(sdpOf(whole)), 'v=0\r\nm=audio', body);
    const metadata = partsOf(whole).find(({ contentType }) => contentType === 'application/rs-metadata+xml')!;
    t.is(String(metadata.body), '<recording/>');
    t.is(metadata.headers.get('content-disposition'), 'recording-session');
  }
});

test('what looks like a boundary inside a line is none, and the number of parts is limited', (t) => {
  const whole = message('multipart/mixed;boundary=b', '--b\r\nContent-Type: text/plain\r\n\r\nx--b\r\n--b--');
  t.is(String(partsOf(whole)[0]!.body), 'x--b');
  t.is(partsOf(message('multipart/mixed;boundary=b', '--b\n\nx\n'.repeat(1000))).length, MAX_BODY_PARTS);
});
