import test, { type ExecutionContext } from 'ava';
import { type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { stereo } from '../peers/ffmpeg.ts';
import { type Heard, PACKET_LENGTH } from '../peers/line.ts';
import { rawStream } from '../peers/raw.ts';
import { asWritten, mediaPorts, sippPhones } from '../peers/sipp-phones.ts';
import { SippScript as Script, type SippScript, sdp } from '../peers/sipp-script.ts';
import { lengthOf, tonesIn } from '../peers/tones.ts';

const CALLER_HZ = 500;
const CALLEE_HZ = 900;

const boxes: ScenarioBox[] = [];
let four: ScenarioBox;
let six: ScenarioBox;
/** Below those of boxes and phones, and beside those of other files. */
const mediaPort = mediaPorts(11_600 + (process.pid % 10) * 40);

test.before(async () => {
  const phones = ['anna', 'bram', 'cara', 'dirk'].map((user) => ({ user, plain: true }));
  for (const address of ['127.0.0.1', '::1']) boxes.push(await scenarioBox({ phones, address }));
  [four, six] = boxes as [ScenarioBox, ScenarioBox];
});
test.after.always(() => Promise.all(boxes.map((box) => box.end())));

/** anna calls bram; both speak for some seconds after the announcement. Returns all that anna's SIPp saw. */
async function call(t: ExecutionContext, box: ScenarioBox, headers: readonly string[] = []): Promise<string> {
  const says = (hz: number, from: number) => ({ hz, seconds: 4, from, ssrc: hz });
  const [ours, theirs] = [mediaPort(), mediaPort()];
  const callee = new Script('callee')
    .isCalled(sdp({ port: theirs, version: 1 }))
    .says(says(CALLEE_HZ, theirs))
    .isHungUp();
  const caller: SippScript = new Script('caller')
    .calls(sdp({ port: ours, version: 1 }), { headers })
    .says(says(CALLER_HZ, ours))
    .pause(4500)
    .hangsUp();
  const { calls, isCalled } = sippPhones(() => box);
  const called = await isCalled('bram', callee);
  const calling = await calls('anna', 'bram', caller);
  const [messages] = await Promise.all([asWritten(t, calling), asWritten(t, called)]);
  const recording = await box.recordingOf('anna', 'bram');
  const { files } = await box.open(recording.id);
  for (const [side, hz] of [CALLER_HZ, CALLEE_HZ].entries()) {
    const { samples, rate } = (await stereo(files[0]!))[side]!;
    const heard = tonesIn(samples, [CALLER_HZ, CALLEE_HZ], rate);
    t.deepEqual([...new Set(heard.map((stretch) => stretch.tone))], [hz]);
    t.true(lengthOf(heard, hz) > 1500, JSON.stringify(heard));
  }
  return messages;
}

test('a call over IPv6 is a call, and recorded', async (t) => {
  const messages = await call(t, six);
  t.regex(messages, /^c=IN IP6 ::1/m);
});

test('an INVITE of several kilobytes over UDP, as phones without TCP send it, is a call like another', async (t) => {
  const long = Array.from({ length: 12 }, (_, n) => `X-Vendor-${n}: ${'x'.repeat(500)}`);
  const messages = await call(t, four, long);
  const sizes = [...messages.matchAll(/sent \((\d+) bytes/g)].map(([, size]) => Number(size));
  t.true(Math.max(...sizes) > 6000);
  t.notRegex(messages.slice(messages.indexOf('SIP/2.0 200')), /X-Vendor/, 'nothing of it on the other leg');
});

test('a connection that only pings is kept and answered (RFC 5626 4.4.1), over TCP and TLS', async (t) => {
  for (const transport of ['TCP', 'TLS'] as const) {
    const stream = await rawStream(four.target(transport), '127.0.0.1');
    for (let pings = 1; pings <= 3; pings++) {
      stream.send('\r\n\r\n');
      t.is(await stream.received('\r\n'.repeat(pings)), '\r\n'.repeat(pings), transport);
    }
    t.true((await stream.finish()).served, 'and then serves');
  }
});

test('a phone whose SRTP names its key in each packet (RFC 3711 8.1) is heard, hears, and is recorded, as caller and as callee', async (t) => {
  const cara = await four.phone('cara', 'TLS', { mki: true });
  const dirk = await four.phone('dirk');
  const says = (mark: number) => () => Buffer.alloc(PACKET_LENGTH, mark);
  const [hers, his] = [0x21, 0x42];
  for (const [caller, callee, to] of [
    [cara, dirk, 'dirk'],
    [dirk, cara, 'cara'],
  ] as const) {
    const { answered } = await caller.dial(to);
    const [ours, theirs] = await Promise.all([answered, callee.nextCall()]);
    const [caras, dirks] = caller === cara ? [ours, theirs] : [theirs, ours];
    caras.line.speak(says(hers));
    dirks.line.speak(says(his));
    const hears = (mark: number, count: number) => (heard: readonly Heard[]) =>
      heard.filter(({ payload }) => payload.equals(says(mark)())).length > count;
    await Promise.all([caras.line.until(hears(his, 100)), dirks.line.until(hears(hers, 100))]);
    // Who was offered it is answered in kind; the box of itself offers none.
    t.is(/a=crypto:.*\|1:4\r/.test(caras.said[0]!), caller === cara);
    ours.hangUp();
    await theirs.ended;
    const recording = await four.recordingOf(caller === cara ? 'cara' : 'dirk', to);
    const { segments } = await four.open(recording.id);
    const blocks = segments.flatMap(({ open }) => open.blocks);
    for (const [side, mark] of (caller === cara ? [hers, his] : [his, hers]).entries())
      t.true(blocks.filter((block) => block.side === side && says(mark)().equals(block.payload)).length > 50);
  }
});
