/** Who can open, and what is let in: keys that are no good are named and never used, forged audio never reaches a recording. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededChance } from '@belkluis/shared/base/chance';
import type { Recipient } from '@belkluis/shared/policy/recipients';
import test from 'ava';
import { generateKey, readKey, readPrivateKey, revokeKey } from 'openpgp';
import { places } from '../../appliance/config.ts';
import { policyFiles } from '../../appliance/policy/store.ts';
import { type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { type Line, PACKET_LENGTH, rtpPacket } from '../peers/line.ts';
import { type Phone, type PhoneCall, Refused } from '../peers/phone.ts';
import { firstPerson } from '../peers/visitor.ts';

const YEAR_MS = 365 * 24 * 3600_000;

async function recipientOf(role: Recipient['role'], name: string, certificate: string): Promise<Recipient> {
  return { role, name, certificate, fingerprint: (await readKey({ armoredKey: certificate })).getFingerprint() };
}

/** A key that was good for a month, a year ago. */
async function expired(role: Recipient['role'], name: string): Promise<Recipient> {
  const { publicKey } = await generateKey({
    type: 'ecc',
    curve: 'curve25519Legacy',
    userIDs: [{ name }],
    date: new Date(Date.now() - YEAR_MS),
    keyExpirationTime: (30 * 24 * 3600_000) / 1000,
    format: 'armored',
  });
  return recipientOf(role, name, publicKey);
}

async function revoked(role: Recipient['role'], name: string): Promise<Recipient> {
  const made = await generateKey({ type: 'ecc', curve: 'curve25519Legacy', userIDs: [{ name }], format: 'armored' });
  const key = await readPrivateKey({ armoredKey: made.privateKey });
  const { publicKey } = await revokeKey({ key, format: 'armored' });
  return recipientOf(role, name, publicKey);
}

const two = [{ user: 'anna' }, { user: 'bram' }];

const boxes: ScenarioBox[] = [];
let box: ScenarioBox;
let withoutKeys: ScenarioBox;
let withoutPolicy: ScenarioBox;
let withOtherWav: ScenarioBox;
let lapsed: Recipient;
let withdrawn: Recipient;

test.before(async () => {
  let dead: readonly Recipient[];
  [lapsed, withdrawn, ...dead] = (await Promise.all([
    expired('custodian', 'Lapsed Lars'),
    revoked('custodian', 'Revoked Rita'),
    expired('custodian', 'Lapsed Lars'),
    revoked('escrow', 'Revoked escrow'),
  ])) as [Recipient, Recipient, ...Recipient[]];
  const starting = [
    scenarioBox({
      phones: [...two, ...['carla', 'dirk', 'eva', 'frans'].map((user) => ({ user, plain: user > 'e' }))],
      recipients: (made) => [...made, lapsed, withdrawn],
    }),
    scenarioBox({ phones: two, recipients: () => dead }),
    scenarioBox({ phones: two, policy: null }),
    scenarioBox({
      phones: two,
      beforeStart({ config }) {
        const folder = policyFiles(places(config.data).policy).wav;
        const [name] = readdirSync(folder);
        const wav = readFileSync(join(folder, name!));
        wav[wav.length - 1]! ^= 1;
        writeFileSync(join(folder, name!), wav);
      },
    }),
  ];
  for (const started of await Promise.allSettled(starting)) {
    if (started.status === 'fulfilled') boxes.push(started.value);
    else throw started.reason;
  }
  [box, withoutKeys, withoutPolicy, withOtherWav] = boxes as [ScenarioBox, ScenarioBox, ScenarioBox, ScenarioBox];
});
test.after.always(() => Promise.all(boxes.map((each) => each.end())));

interface Talk {
  readonly ours: PhoneCall;
  readonly theirs: PhoneCall;
}

async function connected(caller: Phone, callee: Phone): Promise<Talk> {
  const { answered } = await caller.dial(callee.user);
  const [ours, theirs] = await Promise.all([answered, callee.nextCall()]);
  return { ours, theirs };
}

async function hungUp({ ours, theirs }: Talk): Promise<void> {
  ours.hangUp();
  await theirs.ended;
}

test('a key that expired or was revoked is named by the health page, and nothing is sealed to it', async (t) => {
  const [anna, bram] = await Promise.all([box.phone('anna'), box.phone('bram')]);
  const talk = await connected(anna, bram);
  talk.ours.line.speak();
  talk.theirs.line.speak();
  const id = await box.until(({ calls }) => calls.find(({ from }) => from === 'anna')?.recording, 'a recording');
  const { heard } = talk.ours.line;
  await talk.ours.line.until(() => heard.length > 100);
  await hungUp(talk);
  const { recipients } = await box.recordingOf('anna', 'bram');
  t.is(recipients.length, 2);
  t.false(recipients.includes(lapsed.fingerprint));
  t.false(recipients.includes(withdrawn.fingerprint));
  const pkesk = box.vault(({ keystore }) => keystore.get(id))!.pkesk.toString('hex');
  for (const { certificate } of [lapsed, withdrawn]) {
    const key = await readKey({ armoredKey: certificate });
    for (const subkey of key.getKeyIDs()) t.false(pkesk.includes(subkey.toHex()));
  }
  t.true((await box.open(id)).segments.length > 0, 'whose key is good can open it');

  const page = await (await firstPerson(box)).get('/health');
  t.is(page.status, 200);
  t.regex(page.text, /Lapsed Lars/);
  t.regex(page.text, /Revoked Rita/);
});

test('with no key that is good the call goes on, unrecorded, and says why', async (t) => {
  const [anna, bram] = await Promise.all([withoutKeys.phone('anna'), withoutKeys.phone('bram')]);
  const talk = await connected(anna, bram);
  talk.ours.line.speak();
  talk.theirs.line.speak((n) => Buffer.alloc(PACKET_LENGTH, n % 3));
  // The announcement has ended when the other one is heard.
  await talk.ours.line.until((heard) => heard.some(({ payload }) => payload.every((byte) => byte === 1)));
  await withoutKeys.until(({ counters }) => counters['calls.not_recorded.no_recipient'] === 1, 'the refusal');
  await hungUp(talk);
  t.is((await withoutKeys.unrecorded('anna', 'bram')).notRecorded, 'no_recipient');
  t.deepEqual(withoutKeys.recordings(), []);
  const { events, holds } = withoutKeys.audit();
  t.true(holds);
  t.like(
    events.find(({ kind }) => kind === 'recording_refused'),
    { facts: { reason: 'no_recipient' } },
  );
  const page = await (await firstPerson(withoutKeys)).get('/health');
  t.regex(page.text, /Revoked escrow/);
});

test('without a policy calls connect at once, nothing is played or recorded', async (t) => {
  const [anna, bram] = await Promise.all([withoutPolicy.phone('anna'), withoutPolicy.phone('bram')]);
  const talk = await connected(anna, bram);
  const said = Buffer.alloc(PACKET_LENGTH, 0x2a);
  talk.ours.line.speak();
  talk.theirs.line.speak(() => said);
  await talk.ours.line.until((heard) => heard.length > 20);
  t.true(
    talk.ours.line.heard.every(({ payload }) => payload.equals(said)),
    'the first thing heard is the other one',
  );
  await hungUp(talk);
  t.is((await withoutPolicy.unrecorded('anna', 'bram')).notRecorded, 'no_policy');
  t.deepEqual(withoutPolicy.recordings(), []);
});

test('an announcement that is not the one the policy names is not played, so nothing is recorded', async (t) => {
  const [anna, bram] = await Promise.all([withOtherWav.phone('anna'), withOtherWav.phone('bram')]);
  const talk = await connected(anna, bram);
  talk.ours.line.speak();
  talk.theirs.line.speak(() => Buffer.alloc(PACKET_LENGTH, 0x2a));
  await talk.ours.line.until((heard) => heard.length > 75);
  await hungUp(talk);
  t.truthy((await withOtherWav.unrecorded('anna', 'bram')).notRecorded);
  t.deepEqual(withOtherWav.recordings(), []);
  t.regex(withOtherWav.log(), /wav_missing/, 'the log names the cause');
});

test('a phone without exception cannot do without SRTP, nor without TLS', async (t) => {
  const anna = await box.unregistered('anna', 'TLS', { plainAudio: true });
  const { answered } = await anna.dial('bram');
  const refused = await t.throwsAsync(answered, { instanceOf: Refused });
  t.is(refused?.status, 488);
  t.regex(refused!.warning!, /^399 belkluis "Turn SRTP on/);
  for (const transport of ['UDP', 'TCP'] as const) {
    const plain = await box.unregistered('anna', transport);
    t.is(await plain.register(), 403, transport);
  }
});

/** The key of SDES as some phones offer it whatever they register over. */
const CRYPTO = `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${Buffer.alloc(30, 7).toString('base64')}\r\n`;

test('keys that everybody can read are no protection: over UDP SRTP by SDES gets 488, and where it is optional it is left out', async (t) => {
  const demanding = await box.unregistered('eva', 'UDP');
  const { answered } = await demanding.dial('frans');
  const refused = await t.throwsAsync(answered, { instanceOf: Refused });
  t.is(refused?.message, '488 SRTP Keys Without TLS');
  t.regex(refused!.warning!, /^399 belkluis ".*Register over TLS/);

  const [eva, frans] = await Promise.all([
    box.phone('eva', 'UDP', { plainAudio: true }),
    box.phone('frans', 'UDP', { plainAudio: true }),
  ]);
  const optional = await eva.dial('frans', (own) => Buffer.concat([own, Buffer.from(CRYPTO)]));
  const [ours, theirs] = await Promise.all([optional.answered, frans.nextCall()]);
  for (const said of [ours.said[0]!, theirs.said[0]!]) {
    t.regex(said, /^m=audio \d+ RTP\/AVP /m);
    t.notRegex(said, /a=crypto/);
  }
  await hungUp({ ours, theirs });
  await Promise.all([eva.close(), frans.close()]);
});

/** Sends packets to where the box takes `line`'s audio, from an address that nobody was told of. */
async function stranger(line: Line, packets: readonly Buffer[]): Promise<void> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.2');
  await once(socket, 'listening');
  const { port, address } = line.remote!;
  for (const packet of packets) await new Promise((sent) => socket.send(packet, port, address, sent));
  socket.close();
}

for (const [caller, callee, transport] of [
  ['carla', 'dirk', 'TLS'],
  ['eva', 'frans', 'UDP'],
] as const) {
  const secure = transport === 'TLS';
  test(`forged audio reaches neither ear nor recording, ${secure ? 'with SRTP' : 'and without it only from the phone itself'}`, async (t) => {
    const seed = `forged ${process.hrtime.bigint()}`;
    t.log(seed);
    const chance = seededChance(seed);
    const [genuine, forged] = [chance.bytes(PACKET_LENGTH), chance.bytes(PACKET_LENGTH)];
    const more = { plainAudio: !secure };
    const [a, b] = await Promise.all([box.phone(caller, transport, more), box.phone(callee, transport, more)]);
    const talk = await connected(a, b);
    const { ours, theirs } = talk;
    ours.line.speak(() => genuine);
    theirs.line.speak();
    const id = await box.until(({ calls }) => calls.find(({ from }) => from === caller)?.recording, 'a recording');
    for (let round = 0; round < 10; round++) {
      const heardBefore = theirs.line.heard.length;
      // The true source's numbers go on from about here, so that nothing but the signature and the address speak against it.
      const next = heardBefore + 60 + round;
      const packet = rtpPacket(ours.line.ssrc, next, forged);
      const tagged = Buffer.concat([packet, chance.bytes(10)]);
      await stranger(ours.line, [packet, tagged, rtpPacket(chance.bytes(4).readUInt32BE(), next, forged)]);
      // Heard on the way and sent again: genuine, but not from where it was spoken, or not for the first time.
      const captured = ours.line.lastSent!;
      await stranger(ours.line, [captured]);
      const altered = Buffer.from(captured);
      altered[40]! ^= 1;
      altered.writeUInt16BE(altered.readUInt16BE(2) + 40, 2);
      if (secure) for (const bytes of [tagged, packet, captured, altered]) ours.line.sendRaw(bytes);
      await theirs.line.until((heard) => heard.length > heardBefore + 5);
    }
    await hungUp(talk);
    await box.recordingOf(caller, callee);
    const { segments } = await box.open(id);
    const kept = segments.flatMap(({ open }) => open.blocks).filter(({ side }) => side === 0);
    t.true(kept.length > 50, `${kept.length} packets kept`);
    t.true(
      kept.every(({ payload }) => genuine.equals(payload)),
      'only what was really said is kept',
    );
    const source = theirs.line.heard.at(-1)!.ssrc;
    const heard = theirs.line.heard.filter(({ ssrc, payload }) => ssrc === source || payload.equals(forged));
    t.true(
      heard.every(({ payload }) => payload.equals(genuine)),
      'only what was really said is heard',
    );
    const numbers = theirs.line.heard.map(({ ssrc, sequence }) => `${ssrc} ${sequence}`);
    t.is(new Set(numbers).size, numbers.length, 'nothing was heard twice');
  });
}
