/** Calls to and from the outside world through a real carrier: kamailio, found by the DNS, registered with over TLS. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { ask } from '../../appliance/control/client.ts';
import { checkLines, saveLines } from '../../appliance/lines/store.ts';
import { replacesOf } from '../../appliance/sip/dialog/replaces.ts';
import type { SipRequest } from '../../appliance/sip/message/message.ts';
import { dnsServer } from '../../appliance/sip/resolve/testing/dns-server.ts';
import { eventually, type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { belkluis } from '../peers/cli.ts';
import { stereo } from '../peers/ffmpeg.ts';
import { Kamailio, ownAddress } from '../peers/kamailio.ts';
import { invitesOf, talked } from '../peers/outside.ts';
import { payloadsOf } from '../peers/payloads.ts';
import { openPhone, type Phone, type PhoneCall, type Refused } from '../peers/phone.ts';
import { tonesIn } from '../peers/tones.ts';
import { tone } from '../peers/wav.ts';

const OUTSIDE = '+31207654321';
const WITHHELD = '+31611111111';
const DID = '+31201112233';
const CALLER_ID = '+31201112200';
const PREMIUM = '+31900123456';

let carrier: Kamailio;
let box: ScenarioBox;
let dns: Awaited<ReturnType<typeof dnsServer>>;
let silent: Socket;
/** Call-IDs of INVITEs that reached the dead trunk. */
const unheard = new Set<string>();
const outside = new Map<string, { phone: Phone; seen: SipRequest[] }>();

/** A subscriber of the carrier. */
async function subscriber(user: string) {
  const { domain, address, tlsPort } = carrier.options;
  const tls = { ca: carrier.ca, servername: domain };
  const target = { transport: 'TLS' as const, address, port: tlsPort, tls };
  const phone = await openPhone({ user, secret: `secret of ${user}`, domain, target });
  const seen = invitesOf(phone);
  if ((await phone.register()) !== 200) throw new Error(`${user} did not register`);
  outside.set(user, { phone, seen });
}

const trunks = () => ask(box.at.controlSocket, { ask: 'trunks' });

/** Tells the box its lines, and waits until they are in force and its registration stands. */
async function tell(outbound: object, more: object = {}) {
  const spare = {
    id: 'carrier',
    host: 'carrier.test',
    ca: carrier.ca,
    account: { user: 'box', password: 'secret of box' },
    callerId: CALLER_ID,
    priority: 20,
    numbers: { called: 'e164', calling: 'e164' },
    inbound: [{ did: DID, to: ['10', '11'] }],
    ...more,
  };
  const { address, port } = silent.address();
  const dead = { id: 'dead', host: address, port, transport: 'udp', priority: 10, optionsSeconds: 0 };
  const plainUntil = new Date(Date.now() + 3_600_000).toISOString();
  const lines = checkLines({ schemaVersion: 1, trunks: [{ ...dead, plainUntil }, spare], outbound });
  const told = () => box.log().split('lines_in_force').length;
  const before = told();
  saveLines(box.at.lines, lines, () => {});
  await eventually(async () => told() > before, 'new lines in force');
  await eventually(async () => {
    const state = (await trunks())?.trunks.find(({ id }) => id === 'carrier');
    return state?.registration?.is === 'registered' && state.up;
  }, 'a registration at the carrier');
}

test.before(async () => {
  const users = Object.fromEntries(['box', OUTSIDE, WITHHELD, '112'].map((user) => [user, `secret of ${user}`]));
  carrier = await Kamailio.start({
    domain: 'carrier.test',
    address: ownAddress(1),
    users,
    authenticateCalls: true,
    route: `
  if ($fU == "${WITHHELD}") { append_hf("Privacy: id\\r\\n"); }
  if ($rU =~ "^\\+3120111") {
    append_hf("P-Asserted-Identity: <sip:$fU@carrier.test>\\r\\n");
    $var(did) = $rU;
    $rU = "box";
    if (!lookup("location")) { sl_send_reply("480","Box Not Registered"); exit; }
    $rU = $var(did);
    t_on_reply("ALIAS");
    t_relay();
    exit;
  }`,
  });
  dns = await dnsServer({
    'carrier.test': { naptr: ['10 10 s SIPS+D2T _sips._tcp.carrier.test'] },
    '_sips._tcp.carrier.test': {
      srv: [`10 1 ${carrier.options.tlsPort} gone.carrier.test`, `20 1 ${carrier.options.tlsPort} sbc.carrier.test`],
    },
    // Nobody listens there.
    'gone.carrier.test': { addresses: [ownAddress(2)] },
    'sbc.carrier.test': { addresses: [carrier.options.address] },
  });
  silent = createSocket('udp4');
  silent.bind(0, ownAddress(3));
  await once(silent, 'listening');
  silent.on('message', (bytes) => {
    const [, callId] = /^INVITE .*\r\nCall-ID: ([^\r]*)\r\n/s.exec(bytes.toString()) ?? [];
    if (callId) unheard.add(callId);
  });
  box = await scenarioBox({
    dns: [dns.server],
    phones: [{ user: '10' }, { user: '11' }, { user: 'plain', plain: true }],
    policy: (draft) => {
      const purpose = 'complaints';
      // Of the world outside only some numbers are recorded.
      const out = { id: 'out', purpose, direction: 'outbound' as const, to: ['+31207*'], start: 'automatic' as const };
      const [inbound, internal] = (['inbound', 'internal'] as const).map((direction) => ({
        id: direction,
        purpose,
        direction,
        start: 'automatic' as const,
      }));
      return { ...draft, rules: [out, inbound!, internal!] };
    },
  });
  for (const user of [OUTSIDE, WITHHELD, '112']) await subscriber(user);
  await tell({ allow: ['+31'], deny: ['+31900'], perUser: { atOnce: 2, perDay: 100, minutesPerDay: 600 } });
});

test.after.always(async () => {
  await box?.end();
  for (const { phone } of outside.values()) await phone.close();
  await carrier?.stop();
  dns?.close();
  silent?.close();
});

test.serial(
  'out: the first trunk is dead, so the second takes the call; the next call does not ask the first; both are recorded',
  async (t) => {
    const { phone: callee, seen } = outside.get(OUTSIDE)!;
    const phone = await box.phone('10');
    const row = await talked(box, await phone.dial('0207654321'), callee, '10', OUTSIDE);
    t.is((await box.recordingOf('10', OUTSIDE)).id, row.id);
    t.like(row, { direction: 'outbound' });
    t.is(row.end?.reason, 'finished');
    t.is(unheard.size, 1, 'the first trunk was asked');
    const [invite] = seen;
    t.regex(invite!.headers.get('From')!, /<sip:\+31201112200@carrier\.test>/);
    t.is(invite!.headers.get('P-Asserted-Identity'), `<sip:${CALLER_ID}@carrier.test>`);
    t.regex(invite!.headers.get('To')!, /<sip:\+31207654321@carrier\.test>/);
    t.notRegex(invite!.bytes.toString(), /sip:10@|belkluis\.test/, 'nothing of the inside');

    const started = performance.now();
    const second = await phone.dial('+31207654321');
    const [ours, theirs] = await Promise.all([second.answered, callee.nextCall()]);
    t.log(`the second call was answered after ${Math.round(performance.now() - started)} ms`);
    ours.hangUp();
    await theirs.ended;
    t.is(unheard.size, 1, 'who failed is not asked again');
    await phone.close();
  },
);

test.serial(
  'in: the phones of the number ring, see the caller as people here write it, and the call is recorded',
  async (t) => {
    const { phone: caller } = outside.get(OUTSIDE)!;
    const phone = await box.phone('11');
    const seen = invitesOf(phone);
    const row = await talked(box, await caller.dial(DID), phone, OUTSIDE, DID);
    t.like(row, { direction: 'inbound' });
    t.regex(seen[0]!.headers.get('From')!, /<sip:0207654321@belkluis\.test>/);
    t.notRegex(seen[0]!.bytes.toString(), /carrier\.test/, 'nothing of the trunk but the caller');

    const hidden = outside.get(WITHHELD)!.phone;
    const second = await hidden.dial(DID);
    const [ours, theirs] = await Promise.all([second.answered, phone.nextCall()]);
    await box.until(({ calls }) => calls.find(({ from }) => from === 'anonymous'), 'a withheld call');
    ours.hangUp();
    await theirs.ended;
    t.regex(seen[1]!.headers.get('From')!, /anonymous@anonymous\.invalid/);
    t.notRegex(seen[1]!.bytes.toString(), /611111111/);
    t.notRegex(box.log(), /611111111|7654321/, 'no number in the log');

    const nobody = await caller.dial('+31201119999');
    await t.throwsAsync(
      nobody.answered,
      { message: /404/ },
      'a number that is nobody here leads nowhere, and not out again',
    );
    await phone.close();
  },
);

test.serial(
  'a thief gets no premium number, no third call at once, and the owner hears of it; an emergency call goes',
  async (t) => {
    const phone = await box.phone('10');
    const status = async (number: string) => {
      const { answered } = await phone.dial(number);
      return answered.then(
        (call) => {
          call.hangUp();
          return 200;
        },
        (error: Refused) => error.status,
      );
    };
    t.is(await status(PREMIUM), 403);
    t.is(await status('0900123456'), 403);
    t.is(await status('0088112345678'), 403);
    const { phone: callee } = outside.get(OUTSIDE)!;
    const calls = [];
    for (let n = 0; n < 2; n++) {
      const { answered } = await phone.dial('0207654321');
      const [ours] = await Promise.all([answered, callee.nextCall()]);
      calls.push(ours);
    }
    t.is(await status('0207654321'), 403);
    t.is(await status('112'), 200, 'an emergency goes at any time');
    await eventually(async () => (await trunks())?.trunks.find(({ id }) => id === 'carrier')?.calls === 2, 'two calls');
    for (const call of calls) call.hangUp();
    await eventually(async () => (await trunks())?.trunks.every((trunk) => trunk.calls === 0), 'an end of both calls');
    t.is(await status('0207654321'), 200, 'there is room again');
    const told = box.audit().events.filter(({ kind }) => kind === 'toll_cap_reached');
    t.is(told.length, 1);
    t.like(told[0]!.facts, { cap: 'user_at_once', phone: '10', trunk: null });
    t.true((told[0]!.facts as { calls: number }).calls >= 2);
    t.deepEqual((await trunks())?.capped, [{ cap: 'user_at_once', kind: 'user', name: '10' }]);
    await phone.close();
  },
);

const FIRST_HZ = 500;
const SECOND_HZ = 900;
const OUTSIDE_HZ = 1400;

/** What was promised: the recording has ended by so long after somebody answered who may not be recorded, ms. */
const STOPS_WITHIN_MS = 1000;

test.serial(
  'a real phone transfers to somebody outside whom no purpose records: the recording stops within a second, and the log says so',
  async (t) => {
    const { phone: away } = outside.get(WITHHELD)!;
    const [first, second] = await Promise.all([
      box.baresip('10', { codecs: 'PCMA', rate: 8000, tone: FIRST_HZ }),
      box.baresip('11', { codecs: 'PCMA', rate: 8000, tone: SECOND_HZ }),
    ]);
    await first.dial('11');
    const recording = await box.until(
      ({ calls }) => calls.find(({ from, to }) => from === '10' && to === '11')?.recording,
      'a recording of the two inside',
    );
    await delay(1500);
    await second.command('transfer', `sip:${WITHHELD.replace('+31', '0')}@${box.config.domain}`);
    const theirs = await away.nextCall();
    const answeredAt = Date.now();
    const voice = await payloadsOf('PCMA', { rate: 8000, samples: tone(OUTSIDE_HZ, 10, 8000) });
    theirs.line.speak((n) => voice[n % voice.length]!);
    await second.event('CALL_CLOSED');
    await theirs.line.until((heard) => heard.length > 100);
    t.is((await box.status())?.calls.find(({ to }) => to === WITHHELD)?.recording, null);
    await first.command('hangup');
    await theirs.ended;
    const onward = await box.unrecorded('10', WITHHELD);
    t.like(onward, { notRecorded: 'no_rule', direction: 'outbound' });
    await Promise.all([first.stop(), second.stop()]);

    const row = box.vault(({ catalogue }) => catalogue.get(recording))!;
    t.is(row.end?.reason, 'finished');
    const after = row.end!.endedAt - answeredAt;
    t.true(after < STOPS_WITHIN_MS, `${after} ms after the answer`);
    const heard = (await box.open(recording)).files.map(async (file) =>
      (await stereo(file)).map(({ samples, rate }) => tonesIn(samples, [FIRST_HZ, SECOND_HZ, OUTSIDE_HZ], rate)),
    );
    const sides = (await Promise.all(heard)).flat(2).map((stretch) => stretch.tone);
    t.deepEqual([...new Set(sides)].sort(), [FIRST_HZ, SECOND_HZ].sort(), 'nothing of whoever came');
    const told = box.audit().events.filter(({ kind }) => kind === 'call_transferred');
    t.is(told.length, 1);
    t.like(told[0], { facts: { call: row.call, how: 'transferred', side: 'callee', recording } });
    t.true(told[0]!.at - answeredAt < STOPS_WITHIN_MS);
    t.like(
      box.vault(({ catalogue }) => catalogue.linksOf(onward.id)),
      [{ way: 'from', call: row.call, recording }],
      'its call leads back to the one that was recorded',
    );
  },
);

test.serial(
  'a caller from outside is passed on after asking inside: three recordings, each of its own two, and the last is linked to both',
  async (t) => {
    const { phone: client } = outside.get(OUTSIDE)!;
    const since = Date.now();
    // This baresip cannot transfer so: who asks is a phone of ours.
    const secretary = await box.phone('11');
    const speak = async ({ line }: PhoneCall, hz: number) => {
      const voice = await payloadsOf('PCMA', { rate: 8000, samples: tone(hz, 10, 8000) });
      line.speak((n) => voice[n % voice.length]!);
    };
    const recorded = (from: string, to: string) =>
      box.until(
        ({ calls }) => calls.find((call) => call.from === from && call.to === to)?.recording,
        `a recording of ${from} and ${to}`,
      );
    const { answered } = await client.dial(DID);
    const [clients, hers] = await Promise.all([answered, secretary.nextCall()]);
    await Promise.all([speak(clients, OUTSIDE_HZ), speak(hers, FIRST_HZ)]);
    const first = await recorded(OUTSIDE, DID);
    await delay(1500);

    // The number would have rung there too.
    const expert = await box.baresip('10', { codecs: 'PCMA', rate: 8000, tone: SECOND_HZ });
    const aside = await (await secretary.dial('10')).answered;
    await speak(aside, FIRST_HZ);
    const second = await recorded('11', '10');
    await delay(1500);

    const asked = await hers.session.refer(`sip:10@${box.config.domain}`, {
      replaces: replacesOf(aside.session.dialogId),
    });
    t.is(asked.ok && (await asked.outcome), 200);
    await Promise.all([hers.ended, aside.ended]);
    const third = await recorded(OUTSIDE, '10');
    await delay(1500);
    t.is((await trunks())?.trunks.find(({ id }) => id === 'carrier')?.calls, 1);
    clients.hangUp();
    await expert.event('CALL_CLOSED');
    const last = await eventually(
      async () => box.vault(({ catalogue }) => catalogue.get(third)),
      'the recording of the client and the expert',
    );
    await eventually(async () => box.vault(({ catalogue }) => catalogue.call(last.call)), 'its call');
    t.is(box.vault(({ catalogue }) => catalogue.call(last.call))?.direction, 'inbound');
    t.is(box.recordings().filter(({ startedAt }) => startedAt > since).length, 3);

    const voices = async (recording: string) => {
      const sides: Set<number>[] = [new Set(), new Set()];
      for (const file of (await box.open(recording)).files)
        for (const [side, { samples, rate }] of (await stereo(file)).entries())
          for (const { tone: hz } of tonesIn(samples, [FIRST_HZ, SECOND_HZ, OUTSIDE_HZ], rate)) sides[side]!.add(hz);
      return sides.map((side) => [...side]);
    };
    t.deepEqual(await voices(first), [[OUTSIDE_HZ], [FIRST_HZ]]);
    t.deepEqual(await voices(second), [[FIRST_HZ], [SECOND_HZ]]);
    t.deepEqual(await voices(third), [[OUTSIDE_HZ], [SECOND_HZ]]);
    const links = box.vault(({ catalogue }) => catalogue.linksOf(last.call));
    t.deepEqual(
      links.map(({ way, how, side, recording }) => [way, how, side, recording]),
      [
        ['from', 'attended', 'callee', first],
        ['from', 'attended', 'caller', second],
      ],
    );
    await Promise.all([secretary.close(), expert.stop()]);
  },
);

test.serial('nobody is transferred to where the transferor may not call: 403, and nothing goes out', async (t) => {
  const unheardBefore = unheard.size;
  const [real, ours] = await Promise.all([
    box.baresip('11', { codecs: 'PCMA', rate: 8000, tone: SECOND_HZ }),
    box.phone('10'),
  ]);
  const { answered } = await ours.dial('11');
  const call = await answered;
  call.line.speak();
  const { id } = await box.until(({ calls }) => calls.find(({ from, to }) => from === '10' && to === '11'), 'the call');
  for (const number of [PREMIUM, '0900123456', '0088112345678'])
    t.like(await call.session.refer(`sip:${number}@${box.config.domain}`), { ok: false, status: 403 }, number);
  await real.command('transfer', `sip:${PREMIUM}@${box.config.domain}`);
  t.regex((await real.event('TRANSFER_FAILED')).param!, /403/);
  await call.ended;
  const { json } = await belkluis(box.config.data, 'calls', 'trace', id);
  const { peers, steps } = json as { peers: string[]; steps: { label: string }[] };
  t.is(peers.length, 2, 'two phones and nobody else');
  t.is(steps.filter(({ label }) => label === 'REFER').length, 4);
  t.is(unheard.size, unheardBefore);
  const failed = box.audit().events.filter(({ kind }) => kind === 'transfer_failed');
  t.deepEqual(
    failed.map(({ facts }) => 'status' in facts && facts.status),
    [403, 403, 403, 403],
  );
  await Promise.all([real.stop(), ours.close()]);
});

test.serial('whoever set it up sees at the command line where the carrier is, and how', async (t) => {
  const { data } = box.config;
  const tried = await belkluis(data, 'trunks', 'test', 'carrier', '--config', box.configPath);
  const { address, tlsPort } = carrier.options;
  const tested = tried.json.tested as { about: string | null; steps: { code: string; state: string }[] }[];
  t.deepEqual(
    tested.slice(1).map(({ about, steps }) => [about, ...steps.map(({ code, state }) => `${code} ${state}`)]),
    [
      [`TLS ${ownAddress(2)}:${tlsPort}`, 'connect_refused warn'],
      [`TLS ${address}:${tlsPort}`, 'connect_ok ok', 'tls_ends_soon warn', 'options_ok ok'],
    ],
  );
  t.deepEqual(
    tested[0]!.steps.slice(0, 2).map(({ code }) => code),
    ['name_ok', 'register_stands'],
  );
  t.is(tried.code, 0, 'one server is enough');
  const listed = await belkluis(data, 'trunks', 'list');
  t.regex(JSON.stringify(listed.json), /"registered"/);
  t.notRegex(JSON.stringify(listed.json), /secret of/);
});

test.serial(
  'other forms of numbers are in force within a second, and a stranger cannot pass for the carrier',
  async (t) => {
    await tell(
      { allow: ['+31'] },
      { id: 'carrier', numbers: { called: 'national', calling: 'national' }, callerId: '+31201112299' },
    );
    const phone = await box.phone('10');
    const { answered } = await phone.dial('+31207654321');
    // The carrier knows its subscribers by E.164 alone.
    const error = await t.throwsAsync<Refused>(answered);
    t.is(error.status, 404);
    await phone.close();

    const { tls } = box.target('TLS');
    const stranger = await openPhone({
      user: OUTSIDE,
      secret: 'x',
      domain: 'belkluis.test',
      target: { ...box.target('TLS'), tls: tls! },
    });
    const refused = await t.throwsAsync<Refused>((await stranger.dial(DID)).answered);
    t.is(refused.status, 401, 'from another address it is a phone that does not say who it is');
    await stranger.close();
  },
);
