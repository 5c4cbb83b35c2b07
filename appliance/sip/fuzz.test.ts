import { randomInt } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import { BOB, pair } from './testing/agents.ts';
import { requestText } from './testing/raw-peer.ts';

const URI = `sip:bob@${BOB}`;
const METHODS = ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS', 'UPDATE', 'INFO', 'REGISTER', 'NOTIFY', 'X'];

/** Any story of requests, some damaged, from a few phones, with time passing between. */
const story = fc.array(
  fc.record({
    method: fc.constantFrom(...METHODS),
    branch: fc.constantFrom('z9hG4bKa', 'z9hG4bKb', 'z9hG4bK', 'c'),
    inCall: fc.boolean(),
    seq: fc.integer({ min: 0, max: 3 }),
    sdp: fc.boolean(),
    source: fc.constantFrom('192.0.2.3', '192.0.2.4'),
    cut: fc.option(fc.nat(400), { freq: 4 }),
    smudge: fc.option(fc.tuple(fc.nat(400), fc.string({ maxLength: 3 })), { freq: 4 }),
    waitMs: fc.constantFrom(1, 100, 600, 40_000),
    answer: fc.constantFrom('accept', 'reject', 'ring', 'bye', 'nothing'),
  }),
  { maxLength: 12 },
);

test('no story of requests makes a handler fail, leaves a timer behind, or answers an ACK', async (t) => {
  const seed = randomInt(2 ** 31);
  t.log(`seed ${seed}`);
  await fc.assert(
    fc.asyncProperty(story, async (steps) => {
      const p = await pair();
      let answer = 'nothing';
      p.bob.onInvite = (call) => {
        if (answer === 'ring') call.progress(180);
        if (answer === 'reject') call.reject(486);
        if (answer === 'nothing') p.clock.after(20_000, () => call.reject(480));
        if (answer !== 'accept' && answer !== 'bye') return void p.clock.after(30_000, () => call.reject(480));
        const session = call.accept(Buffer.from('v=0'));
        session.onReinvite = (reoffer) => reoffer.accept(Buffer.from('v=0'));
        p.clock.after(35_000, () => session.bye());
        if (answer === 'bye') session.bye();
      };
      let toTag = '';
      for (const { method, branch, inCall, seq, sdp, source, cut, smudge, waitMs, answer: next } of steps) {
        answer = next;
        let text = requestText(method, URI, {
          branch,
          seq,
          toTag: inCall ? toTag : '',
          ...(sdp ? { more: 'Content-Type: application/sdp', body: 'v=0\r\n' } : {}),
        });
        if (smudge) text = text.slice(0, smudge[0]) + smudge[1] + text.slice(smudge[0] + 1);
        if (cut !== null) text = text.slice(0, cut);
        const before = p.network.sent.length;
        p.network.inject(source, BOB, text);
        p.clock.advance(waitMs);
        for (const { from, text: said } of p.network.sent.slice(before + 1)) {
          if (from !== BOB) continue;
          toTag = /\r\nTo: [^\r]*tag=([^\r;]+)/.exec(said)?.[1] ?? toTag;
          t.notRegex(said, /^SIP\/2\.0[\s\S]*\r\nCSeq: \d+ ACK\r\n/);
        }
      }
      p.clock.advance(200_000);
      t.is(p.counters.get('sip.handler_failed'), 0);
      t.is(p.clock.pending, 0);
      t.is(p.bob.dialogs, 0);
    }),
    { seed, numRuns: 500 },
  );
});
