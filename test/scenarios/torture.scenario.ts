/** Whatever is thrown at the box's SIP ports, it says what the RFC asks, and the calls of others do not notice. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { seededChance } from '@belkluis/shared/base/chance';
import test, { type ExecutionContext } from 'ava';
import { type ScenarioBox, scenarioBox } from '../peers/box.ts';
import type { Line } from '../peers/line.ts';
import type { PhoneCall } from '../peers/phone.ts';
import { rawStream, rawUdp } from '../peers/raw.ts';
import { ours } from '../vectors/sip/ours.ts';
import { type Expected, rfc4475 } from '../vectors/sip/rfc4475.ts';

/** Other people's messages lie beside the checkout on machines that have them; ours are in the tree. */
const theirFolder = join(import.meta.dirname, '../../../shared/vectors/sip-torture/rfc4475');
const ourFolder = join(import.meta.dirname, '../vectors/sip');

interface Vector {
  readonly name: string;
  readonly bytes: Buffer;
  readonly expected: Expected | 'anything';
}

/** What stands behind the message layer answers these, so the box says more than that layer's verdict. */
const byTheBox: Readonly<Record<string, Expected>> = { 'escaped-method': [405, 501] };

const ourVectors: readonly Vector[] = Object.entries(ours).map(([name, expected]) => ({
  name,
  bytes: readFileSync(join(ourFolder, `${name}.sip`)),
  expected: byTheBox[name] ?? expected,
}));

const theirVectors: readonly Vector[] = existsSync(theirFolder)
  ? Object.entries(rfc4475).map(([name, expected]) => ({
      name: `RFC 4475 ${name}`,
      // The box registers for one domain only; this message is about credentials, not about domains.
      bytes: Buffer.from(
        readFileSync(join(theirFolder, `${name}.dat`), 'latin1').replace(
          /^REGISTER sip:example\.com (?=[\s\S]*NoOneKnowsThisScheme)/,
          'REGISTER sip:belkluis.test ',
        ),
        'latin1',
      ),
      expected,
    }))
  : [];

/** What a message that is right in form is never told. */
const complaints = [400, 505, 513];

const isAnswerless = ({ bytes }: Vector) => /^(SIP\/|ACK )/.test(bytes.toString('latin1').trimStart());

let sendings = 0;

/** The vector as nobody has sent it before, or the box would take it for one that it has answered already. */
const afresh = ({ bytes }: Vector): Buffer =>
  Buffer.from(
    bytes
      .toString('latin1')
      .replace(/branch=z9hG4bK(?=[^\s;])/, `$&${++sendings}x`)
      .replace(/^(call-id|i)([ \t]*:[ \t]*)(?=\S)/im, `$&${sendings}x`),
    'latin1',
  );

/** Whether the statuses that came back are what was expected. */
function fits(vector: Vector, statuses: readonly string[]): boolean {
  const final = statuses.map(Number).filter((status) => status >= 200);
  if (vector.expected === 'anything') return true;
  if (vector.expected === 'silence') return final.length === 0;
  if (vector.expected !== 'valid') return final.some((status) => vector.expected.includes(status as never));
  return isAnswerless(vector) ? final.length === 0 : final.length > 0 && !complaints.includes(final[0]!);
}

/** A message as the end of a stream judges it. */
function overStream(vector: Vector): Vector {
  if (isAnswerless(vector)) return vector;
  const text = vector.bytes.toString('latin1');
  const length = /^(?:content-length|l)\s*:\s*(\d*)/im.exec(text)?.[1];
  // RFC 3261 20.14: without its length it is wrong in form.
  if (length === undefined) return { ...vector, expected: [400] };
  const end = /\r?\n\r?\n/.exec(text);
  const promised = (end ? end.index + end[0].length : text.length) + Number(length);
  // What is promised and does not come is taken from what follows: no two messages then stand where they were.
  return promised > text.length ? { ...vector, expected: 'anything' } : vector;
}

let box: ScenarioBox;
let call: { readonly ours: PhoneCall; readonly theirs: PhoneCall; readonly id: string };

/** Packets of the other phone that never reached `line`, by their numbers. */
const missing = ({ heard }: Line): number => {
  const source = heard.at(-1)?.ssrc;
  const numbers = new Set(heard.filter(({ ssrc }) => ssrc === source).map(({ sequence }) => sequence));
  return Math.max(...numbers) - Math.min(...numbers) + 1 - numbers.size;
};

// One call goes on through all that follows.
test.before(async () => {
  const users = ['anna', 'bram', 'carla', 'dirk'];
  box = await scenarioBox({ phones: [...users.map((user) => ({ user })), { user: 'plain', plain: true }] });
  const [anna, bram] = await Promise.all([box.phone('anna'), box.phone('bram')]);
  const { answered } = await anna.dial('bram');
  const [ours, theirs] = await Promise.all([answered, bram.nextCall()]);
  ours.line.speak();
  theirs.line.speak();
  const id = await box.until(({ calls }) => calls[0]?.recording, 'the call being recorded');
  call = { ours, theirs, id };
});
test.after.always(() => box?.end());

test.serial.afterEach('the box goes on', async (t) => {
  const status = await box.status();
  t.true(status?.calls.some(({ recording }) => recording === call.id));
  t.is(status?.counters['sip.handler_failed'] ?? 0, 0, box.log());
});

for (const [title, vectors, from] of [
  ['RFC 4475', theirVectors, '127.0.0.4'],
  ['our own messages', ourVectors, '127.0.0.5'],
] as const) {
  test.serial(`${title} over UDP: the answers that the RFC asks for`, async (t) => {
    if (vectors.length === 0) t.log('not at hand');
    for (const vector of vectors) {
      const peer = await rawUdp(box.target('UDP'), from);
      t.teardown(peer.close);
      peer.send(afresh(vector));
      const statuses = await peer.answers();
      t.true(fits(vector, statuses), `${vector.name}: ${statuses}, not ${vector.expected}`);
      peer.close();
    }
    t.pass();
  });
}

test.serial('the same over TCP: never another answer, and the next connection is served', async (t) => {
  for (const [at, vector] of [...theirVectors, ...ourVectors].map(overStream).entries()) {
    const peer = await rawStream(box.target('TCP'), `127.0.0.${10 + (at % 4)}`);
    t.teardown(peer.close);
    peer.send(afresh(vector));
    const { statuses } = await peer.finish();
    // A stream may end within a message by its own account: then there is nothing to answer.
    const nothing = statuses.every((status) => Number(status) < 200);
    t.true(fits(vector, statuses) || nothing, `${vector.name}: ${statuses}, not ${vector.expected}`);
  }
  const next = await rawStream(box.target('TCP'), '127.0.0.14');
  t.deepEqual(await next.finish(), { statuses: [], served: true });
});

/** Rejects when the box has taken too long. */
const late = () => delay(5000, undefined, { ref: false }).then(() => Promise.reject(new Error('still open')));

const head = (more: string) =>
  [
    'INVITE sip:anna@belkluis.test SIP/2.0',
    'Via: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKlarge',
    'From: <sip:x@belkluis.test>;tag=1',
    'To: <sip:anna@belkluis.test>',
    'Call-ID: large',
    'CSeq: 1 INVITE',
    more,
  ].join('\r\n');

test.serial('too large, cut off, and nonsense', async (t) => {
  const tcp = box.target('TCP');
  for (const more of [`Subject: ${'x'.repeat(70_000)}`, 'Content-Length: 999999999\r\n\r\n']) {
    const large = await rawStream(tcp, '127.0.0.20');
    t.teardown(large.close);
    large.send(head(more));
    await t.notThrowsAsync(Promise.race([large.gone, late()]), more.slice(0, 30));
  }

  const datagram = await rawUdp(box.target('UDP'), '127.0.0.20');
  t.teardown(datagram.close);
  datagram.send(head(`Subject: ${'x'.repeat(60_000)}\r\nContent-Length: 0\r\n\r\n`));
  const said = await datagram.answers();
  t.true(
    said.every((status) => status.startsWith('4')),
    `${said}`,
  );

  for (const half of [head('Content-Length: 4\r\n\r\nab'), head('Con'), 'INV']) {
    const cut = await rawStream(tcp, '127.0.0.20');
    cut.send(half);
    cut.close();
  }

  const seed = `noise ${process.hrtime.bigint()}`;
  t.log(seed);
  const chance = seededChance(seed);
  const noise = await rawUdp(box.target('UDP'), '127.0.0.21');
  t.teardown(noise.close);
  for (let n = 0; n < 200; n++) noise.send(chance.bytes(1 + (chance.bytes(2).readUInt16BE() % 1400)));
  t.deepEqual(await noise.answers(), []);
  for (const target of [tcp, box.target('TLS')]) {
    const stream = await rawStream(target, '127.0.0.21');
    t.teardown(stream.close);
    stream.send(chance.bytes(5000));
    const { statuses } = await stream.finish();
    t.deepEqual(statuses, []);
  }
  const next = await rawStream(tcp, '127.0.0.22');
  t.deepEqual(await next.finish(), { statuses: [], served: true });
});

const register = (n: number, port: number) =>
  [
    'REGISTER sip:belkluis.test SIP/2.0',
    `Via: SIP/2.0/UDP 127.0.0.2:${port};branch=z9hG4bKflood${n};rport`,
    'Max-Forwards: 70',
    `From: <sip:anna@belkluis.test>;tag=f${n}`,
    'To: <sip:anna@belkluis.test>',
    `Call-ID: flood-${n}`,
    'CSeq: 1 REGISTER',
    `Contact: <sip:anna@127.0.0.2:${port}>`,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');

const FLOOD = 6000;

test.serial('one address floods the registrar: it is shut out, others register and call', async (t) => {
  const flooder = await rawUdp(box.target('UDP'), '127.0.0.2');
  t.teardown(flooder.close);
  /** Requests that were read and left alone, or not even read. */
  const unanswered = (counters: Record<string, number>) =>
    (counters['sip.flood.ignored'] ?? 0) + (counters['sip.defence.unheard'] ?? 0);
  const before = unanswered((await box.status())!.counters);
  const flood = (async () => {
    for (let n = 0; n < FLOOD; n++) {
      flooder.send(register(n, flooder.port));
      if (n % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  const [carla, dirk] = await Promise.all([box.phone('carla'), box.phone('dirk')]);
  const { answered } = await carla.dial('dirk');
  const [a, b] = await Promise.all([answered, dirk.nextCall()]);
  b.line.speak();
  await a.line.until((heard) => heard.length > 50);
  await flood;
  const ignored = await box.until(({ counters }) => {
    const more = unanswered(counters) - before;
    return more > FLOOD / 2 && more;
  }, 'a flood that is ignored');
  t.true(ignored > FLOOD / 2);
  t.is((await box.phone('plain', 'UDP', { plainAudio: true })).user, 'plain', 'another address is served over UDP');
  a.hangUp();
  await b.ended;
  flooder.close();
});

test.serial('the call that went on all the time lost nothing', async (t: ExecutionContext) => {
  const { ours: mine, theirs, id } = call;
  const { heard } = mine.line;
  await mine.line.until(() => heard.length > 150);
  t.is(missing(mine.line), 0);
  t.is(missing(theirs.line), 0);
  mine.hangUp();
  await theirs.ended;
  const recording = await box.recordingOf('anna', 'bram');
  t.is(recording.id, id);
  t.like(recording.end, { reason: 'finished', gaps: 0, lost: 0 });
  // For afterEach: a call of its own.
  const [carla, dirk] = await Promise.all([box.phone('carla'), box.phone('dirk')]);
  const { answered } = await carla.dial('dirk');
  const [a, b] = await Promise.all([answered, dirk.nextCall()]);
  a.line.speak();
  b.line.speak();
  call = { ours: a, theirs: b, id: await box.until(({ calls }) => calls[0]?.recording, 'the next call') };
});
