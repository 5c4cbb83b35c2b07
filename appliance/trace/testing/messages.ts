/** A call as a trace sees it: messages of two legs, with secrets, numbers and names wherever phones put them. */
import type { Flow } from '../../sip/transport/flow.ts';

/** What must be in no trace at all. */
export const secrets = [
  'WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz',
  'a8f5f167f44f4964e6c998dee827110c',
  'hunter2',
  '0a4f113b',
  'MIKEYMIKEY',
  'ICEPASSWORD',
  'Signal=7',
  'see you at six',
];

/** What names somebody: in no masked trace. */
export const names = ['0687654321', '31612345678', '2147', '5599', 'Jansen', 'Pietersen', 'Zilver'];

export const flowTo = (address: string, port: number, transport: Flow['transport'] = 'TLS'): Flow => ({
  id: `${transport} ${address}:${port}`,
  transport,
  secure: transport === 'TLS',
  peerFingerprint: null,
  local: { address: '192.0.2.1', port: 5061 },
  remote: { address, port },
  open: true,
  send() {},
});

export const callerFlow = flowTo('192.0.2.10', 5061);
export const calleeFlow = flowTo('192.0.2.20', 40_000, 'UDP');

export interface Spoken {
  readonly callId: string;
  readonly cseq: string;
  readonly from?: string;
  readonly to?: string;
  readonly headers?: readonly string[];
  readonly type?: string;
  readonly body?: string;
}

export function message(startLine: string, spoken: Spoken): Buffer {
  const { callId, cseq, headers = [], type, body = '' } = spoken;
  const { from = '"Jan Jansen" <sip:2147@box.test>;tag=1', to = '<sip:0687654321@box.test>' } = spoken;
  const lines = [
    startLine,
    `Via: SIP/2.0/TLS 192.0.2.10:5061;branch=z9hG4bK${cseq.replace(' ', '')}`,
    'Max-Forwards: 70',
    `From: ${from}`,
    `To: ${to}`,
    `Call-ID: ${callId}`,
    `CSeq: ${cseq}`,
    ...headers,
    ...(type === undefined ? [] : [`Content-Type: ${type}`]),
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

export const offer = [
  'v=0',
  'o=jansen 1 1 IN IP4 192.0.2.10',
  's=Call of Jansen',
  'p=+31 6 12345678',
  'c=IN IP4 192.0.2.10',
  't=0 0',
  'k=clear:hunter2',
  'm=audio 4000 RTP/SAVP 8 9 101',
  'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4',
  'a=key-mgmt:mikey MIKEYMIKEY',
  'a=ice-pwd:ICEPASSWORD',
  'a=rtpmap:101 telephone-event/8000',
  'a=ssrc:1 cname:jansen@pietersen',
  '',
].join('\r\n');

/** Everything that could name somebody, in one INVITE. */
export const invite = message('INVITE sip:0687654321:hunter2@box.test;tgrp=Zilver?Subject=5599 SIP/2.0', {
  callId: 'caller-2147@192.0.2.10',
  cseq: '1 INVITE',
  headers: [
    'Contact: <sip:2147@192.0.2.10:5061;transport=tls>;+sip.instance="<urn:uuid:Zilver>"',
    'P-Asserted-Identity: "Piet Pietersen" <sip:+31612345678@box.test>, <tel:+31-6-12345678>',
    'Diversion: <sip:5599@box.test>;reason=unconditional;x=Zilver',
    'Remote-Party-ID: Zilver <sip:2147@box.test>;party=calling',
    'Authorization: Digest username="2147", realm="box.test", nonce="n", uri="sip:0687654321@box.test", response="a8f5f167f44f4964e6c998dee827110c", cnonce="0a4f113b", qop=auth, nc=00000001',
    'Subject: Jansen about 5599',
    'X-Account: 5599',
    'X-Auth-Token: hunter2',
    'User-to-User: 5599;encoding=hex',
    'Reason: SIP;cause=200;text="call of 0687654321"',
  ],
  type: 'application/sdp',
  body: offer,
});

const caller = (startLine: string, cseq: string, more: Partial<Spoken> = {}) =>
  message(startLine, { callId: 'caller-2147@192.0.2.10', cseq, ...more });
const callee = (startLine: string, cseq: string, more: Partial<Spoken> = {}) =>
  message(startLine, { callId: 'callee', cseq, from: '<sip:2147@box.test>;tag=b', ...more });

export type Step = readonly ['received' | 'sent', Buffer, Flow, ('caller' | 'callee')?];

/** A call that is challenged, rings, is answered, has a key pressed in it and ends: both legs, in the order of the box. */
export const call: readonly Step[] = [
  ['received', caller('INVITE sip:0687654321@box.test SIP/2.0', '1 INVITE'), callerFlow],
  [
    'sent',
    caller('SIP/2.0 401 Unauthorized', '1 INVITE', {
      headers: ['WWW-Authenticate: Digest realm="box.test", nonce="n"'],
    }),
    callerFlow,
  ],
  ['received', caller('ACK sip:0687654321@box.test SIP/2.0', '1 ACK'), callerFlow],
  ['received', Buffer.from(invite.toString().replace('1 INVITE', '2 INVITE')), callerFlow],
  [
    'sent',
    callee('INVITE sip:5599@192.0.2.20 SIP/2.0', '1 INVITE', { type: 'application/sdp', body: offer }),
    calleeFlow,
  ],
  [
    'sent',
    callee('INVITE sip:5599@192.0.2.20 SIP/2.0', '1 INVITE', { type: 'application/sdp', body: offer }),
    calleeFlow,
  ],
  ['received', callee('SIP/2.0 180 Ringing', '1 INVITE'), calleeFlow],
  ['sent', caller('SIP/2.0 180 Ringing', '2 INVITE'), callerFlow],
  ['received', callee('SIP/2.0 200 OK', '1 INVITE', { type: 'application/sdp', body: offer }), calleeFlow],
  ['sent', callee('ACK sip:5599@192.0.2.20 SIP/2.0', '1 ACK'), calleeFlow],
  ['sent', caller('SIP/2.0 200 OK', '2 INVITE', { type: 'application/sdp', body: offer }), callerFlow],
  ['received', caller('ACK sip:5599@192.0.2.1 SIP/2.0', '2 ACK'), callerFlow],
  [
    'received',
    caller('INFO sip:5599@192.0.2.1 SIP/2.0', '3 INFO', {
      type: 'application/dtmf-relay',
      body: 'Signal=7\r\nDuration=160\r\n',
    }),
    callerFlow,
  ],
  [
    'received',
    caller('MESSAGE sip:5599@192.0.2.1 SIP/2.0', '4 MESSAGE', { type: 'text/plain', body: 'see you at six' }),
    callerFlow,
  ],
  ['received', caller('BYE sip:5599@192.0.2.1 SIP/2.0', '5 BYE'), callerFlow],
  ['sent', caller('SIP/2.0 200 OK', '5 BYE'), callerFlow],
];
