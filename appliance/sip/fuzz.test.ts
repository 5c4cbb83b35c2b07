import { randomInt } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import { BOB, pair } from './testing/agents.ts';
import { requestText } from './testing/raw-peer.ts';

const URI = `sip:bob@${BOB}`;
const METHODS = [
  ...['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS', 'UPDATE', 'INFO', 'REGISTER', 'NOTIFY', 'X'],
  ...['INVITE', 'PRACK', 'PRACK', 'UPDATE', 'REFER', 'SUBSCRIBE'],
];

/** `RSEQ` becomes the number of the last reliable response that came. */
const HEADERS = [
  'Require: 100rel',
  'Supported: 100rel, timer',
  'Allow: UPDATE',
  'RAck: RSEQ 1 INVITE',
  'RAck: RSEQ 2 INVITE',
  'RAck: 1',
  'Session-Expires: 90;refresher=uac',
  'Session-Expires: 91;refresher=uas',
  'Session-Expires: 3',
  'Session-Expires: ;;=',
  'Min-SE: 99999999',
  'Refer-To: <sip:c@box?Replaces=a%3Bto-tag%3D1%3Bfrom-tag%3D2>',
  'Refer-To: sip:c@box',
  'Refer-Sub: false',
  'Replaces: raw-call;to-tag=1;from-tag=raw',
  'Event: refer',
  'Event: refer;id=2',
  'Expires: 0',
  'Subscription-State: terminated',
];

const seldom = <Value>(arbitrary: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });

/** Any story of requests, some damaged, from a few phones, with time passing between. */
const story = fc.array(
  fc.record({
    method: fc.constantFrom(...METHODS),
    branch: fc.constantFrom('z9hG4bKa', 'z9hG4bKb', 'z9hG4bKd', 'z9hG4bKe', 'z9hG4bK', 'c'),
    inCall: fc.constantFrom(true, true, false),
    seq: fc.integer({ min: 0, max: 9 }),
    sdp: fc.boolean(),
    headers: fc.subarray(HEADERS, { maxLength: 4 }),
    source: fc.constantFrom('192.0.2.3', '192.0.2.4'),
    cut: seldom(fc.nat(400)),
    smudge: seldom(fc.tuple(fc.nat(400), fc.string({ maxLength: 3 }))),
    waitMs: fc.constantFrom(1, 100, 600, 40_000),
    answer: fc.constantFrom('accept', 'reject', 'ring', 'media', 'media, accept', 'bye', 'nothing'),
  }),
  { maxLength: 12 },
);

test('no story of requests makes a handler fail, leaves a timer behind, or answers an ACK', async (t) => {
  const seed = randomInt(2 ** 31);
  t.log(`seed ${seed}`);
  await fc.assert(
    fc.asyncProperty(story, fc.constantFrom('media', 'accept', 'nothing'), async (steps, first) => {
      const p = await pair();
      let answer: string = first;
      p.bob.onInvite = (call) => {
        if (answer === 'ring') call.progress(180);
        if (answer === 'reject') call.reject(486);
        if (answer === 'nothing') p.clock.after(20_000, () => call.reject(480));
        if (answer.startsWith('media')) call.progress(183, Buffer.from('v=1'));
        call.onReoffer = (reoffer) => reoffer.accept(Buffer.from('v=2'));
        if (!/accept|bye/.test(answer)) return void p.clock.after(30_000, () => call.reject(480));
        const session = call.accept(Buffer.from('v=0'));
        session.onReinvite = (reoffer) => reoffer.accept(Buffer.from('v=0'));
        session.onRefer = (refer) => {
          refer.accept();
          p.clock.after(1_000, () => refer.notify(180));
          p.clock.after(3_000, () => refer.notify(200));
        };
        p.clock.after(35_000, () => session.bye());
        if (answer === 'bye') session.bye();
      };
      let toTag = '';
      let rseq = '1';
      // Most of the doors are behind a call that stands or rings.
      if (first !== 'nothing') {
        const more = 'Supported: 100rel, timer\r\nAllow: UPDATE\r\nContent-Type: application/sdp';
        p.network.inject('192.0.2.3', BOB, requestText('INVITE', URI, { branch: 'z9hG4bKfirst', more, body: 'v=0' }));
        p.clock.advance(30);
        const said = p.network.sent.at(-1)!.text;
        rseq = /\r\nRSeq: (\d+)/.exec(said)?.[1] ?? rseq;
        toTag = /\r\nTo: [^\r]*tag=([^\r;]+)/.exec(said)![1]!;
      }
      for (const { method, branch, inCall, seq, sdp, headers, source, cut, smudge, waitMs, answer: next } of steps) {
        answer = next;
        let text = requestText(method, URI, {
          branch,
          seq,
          toTag: inCall ? toTag : '',
          more: [...headers, ...(sdp ? ['Content-Type: application/sdp'] : ['X: y'])]
            .join('\r\n')
            .replace('RSEQ', rseq),
          ...(sdp ? { body: 'v=0\r\n' } : {}),
        });
        if (smudge) text = text.slice(0, smudge[0]) + smudge[1] + text.slice(smudge[0] + 1);
        if (cut !== null) text = text.slice(0, cut);
        const before = p.network.sent.length;
        p.network.inject(source, BOB, text);
        p.clock.advance(waitMs);
        for (const { from, text: said } of p.network.sent.slice(before + 1)) {
          if (from !== BOB) continue;
          rseq = /\r\nRSeq: (\d+)/.exec(said)?.[1] ?? rseq;
          toTag = /\r\nTo: [^\r]*tag=([^\r;]+)/.exec(said)?.[1] ?? toTag;
          t.notRegex(said, /^SIP\/2\.0[\s\S]*\r\nCSeq: \d+ ACK\r\n/);
        }
      }
      p.clock.advance(700_000);
      t.is(p.counters.get('sip.handler_failed'), 0);
      t.is(p.clock.pending, 0);
      t.is(p.bob.dialogs, 0);
    }),
    { seed, numRuns: 500 },
  );
});
