/** What is agreed anew before the answer, with phones made by hand; by real SIP in test/scenarios/early.scenario.ts. */
import { seededChance } from '@belkluis/shared/base/chance';
import test from 'ava';
import type { MediaCall, MediaLeg } from '../media/door.ts';
import type { EarlyDialog } from '../sip/dialog/early-dialog.ts';
import type { IncomingCall } from '../sip/dialog/incoming-call.ts';
import { earlyTalk } from './early.ts';
import { Party } from './party.ts';

const chance = seededChance('early');
const KEY = 'WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz';
const crypto = (tag: number) => `a=crypto:${tag} AES_CM_128_HMAC_SHA1_80 inline:${KEY}`;

const party = (keying: 'sdes' | 'plain') => {
  const media = { fingerprint: '', rtpPort: 4000, rtcpPort: 4001, configure() {} } as unknown as MediaLeg;
  return new Party({ media, address: '127.0.0.1', chance, keying, mayBePlain: keying === 'plain' });
};

const says = (proto: string, codecs: string, ...more: string[]) =>
  Buffer.from(
    [
      'v=0',
      'o=- 1 1 IN IP4 127.0.0.1',
      's=-',
      'c=IN IP4 127.0.0.1',
      't=0 0',
      `m=audio 5000 ${proto} ${codecs}`,
      ...more,
      '',
    ].join('\r\n'),
  );

test('a caller with SRTP that took another codec before the answer is told nothing new by the answer', async (t) => {
  const [caller, callee] = [party('sdes'), party('plain')];
  let updated: Buffer | null = null;
  const incoming = {
    agreed: null as Buffer | null,
    mayUpdate: true,
    progress(_status: number, sdp: Buffer) {
      incoming.agreed = sdp;
    },
    async update(sdp: Buffer) {
      updated = sdp;
      const tag = Number(/a=crypto:(\d+) AES_CM/.exec(sdp.toString())?.[1]);
      return { ok: true, sdp: says('RTP/SAVP', '0', crypto(tag)), acknowledge() {} };
    },
  };
  const media = { join() {} } as unknown as MediaCall;
  const early = earlyTalk({ incoming: incoming as unknown as IncomingCall, caller, media });
  const fork = {} as EarlyDialog;

  t.is(caller.takeOffer(says('RTP/SAVP', '8 0', crypto(3))), null);
  callee.offerFrom(caller);
  t.true(callee.takeAnswer(says('RTP/AVP', '8')));
  early.onProgress(183, { party: callee, fork: () => fork });
  t.regex(incoming.agreed!.toString(), /RTP\/SAVP 8\r/);

  t.is(callee.takeOffer(says('RTP/AVP', '0')), null);
  t.regex((await early.withCaller(fork, callee))!.toString(), /RTP\/AVP 0\r/);
  t.is(caller.answerFor(callee)?.toString(), updated!.toString());
});

test('a phone that the caller does not hear changes nothing for it', async (t) => {
  const [caller, callee] = [party('plain'), party('plain')];
  const incoming = { agreed: null, mayUpdate: true, progress() {}, update: () => t.fail() } as unknown as IncomingCall;
  const early = earlyTalk({ incoming, caller, media: { join() {} } as unknown as MediaCall });
  caller.takeOffer(says('RTP/AVP', '8 0'));
  callee.offerFrom(caller);
  callee.takeAnswer(says('RTP/AVP', '8'));
  early.onProgress(183, { party: callee, fork: () => ({}) as EarlyDialog });
  callee.takeOffer(says('RTP/AVP', '0'));
  t.is(await early.withCaller({} as EarlyDialog, callee), null);
});
