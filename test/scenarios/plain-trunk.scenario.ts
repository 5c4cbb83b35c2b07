/**
 * A carrier that knows its customer by the address alone and speaks UDP or TCP without encryption, as many do: an exception with an end. A
 * real one: kamailio. And help that is called for while nothing else goes.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { ask } from '../../appliance/control/client.ts';
import { checkLines, saveLines } from '../../appliance/lines/store.ts';
import { PORT_MIN_REST_MS } from '../../appliance/media/relay/limits.ts';
import type { SipRequest } from '../../appliance/sip/message/message.ts';
import { dnsServer } from '../../appliance/sip/resolve/testing/dns-server.ts';
import { freePort } from '../../scripts/demo/box.ts';
import { eventually, type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { Kamailio, ownAddress } from '../peers/kamailio.ts';
import { invitesOf, talked } from '../peers/outside.ts';
import { openPhone, type Phone, type PhoneCall, type Refused } from '../peers/phone.ts';
import { rawUdp } from '../peers/raw.ts';

/** How the carrier calls whom it has: the one as this country writes numbers, the other as the world does. */
const SUBSCRIBERS = ['0207654321', '+31206543210', '112', 'busy'];

let carrier: Kamailio;
let box: ScenarioBox;
let dns: Awaited<ReturnType<typeof dnsServer>>;
let silent: Socket;
/** Datagrams that the dead trunk got, by Call-ID. */
const unheard = new Map<string, number>();
const outside = new Map<string, { phone: Phone; seen: SipRequest[] }>();

async function subscriber(user: string) {
  const { domain, address, port } = carrier.options;
  const target = { transport: 'UDP' as const, address, port };
  const phone = await openPhone({ user, secret: `secret of ${user}`, domain, target, plainAudio: true });
  const seen = invitesOf(phone);
  if ((await phone.register()) !== 200) throw new Error(`${user} did not register`);
  outside.set(user, { phone, seen });
}

const trunks = () => ask(box.at.controlSocket, { ask: 'trunks' });
const trunk = async (id: string) => (await trunks())?.trunks.find((one) => one.id === id);

const plainUntil = new Date(Date.now() + 3_600_000).toISOString();
const overUdp = {
  id: 'udp',
  host: 'carrier.test',
  plainUntil,
  transport: 'udp',
  codecs: ['PCMA'],
  optionsSeconds: 1,
  numbers: { called: 'national', calling: 'international' },
  inbound: [{ did: '+31201110001', to: ['10'] }],
};
const overTcp = {
  ...overUdp,
  id: 'tcp',
  transport: 'tcp',
  numbers: { called: 'e164', calling: 'e164' },
  identity: { send: 'Remote-Party-ID', believe: true, history: { in: true, out: true } },
  inbound: [{ did: '+31201110002', to: ['10'] }],
};

async function tell(trunks: readonly object[], outbound: object = { allow: ['+31'] }) {
  const told = () => box.log().split('lines_in_force').length;
  const before = told();
  saveLines(box.at.lines, checkLines({ schemaVersion: 1, trunks, outbound }), () => {});
  await eventually(async () => told() > before, 'new lines in force');
}

test.before(async () => {
  const [udp, tcp] = [await freePort(), await freePort()];
  carrier = await Kamailio.start({
    domain: 'carrier.test',
    address: ownAddress(1),
    users: Object.fromEntries(SUBSCRIBERS.map((user) => [user, `secret of ${user}`])),
    route: `
  if ($rU == "112" && $proto == "tcp") { sl_send_reply("603", "Not For You"); exit; }
  if ($rU =~ "^\\+3120111000[12]$") {
    append_hf("P-Asserted-Identity: <sip:+31207654321@carrier.test;user=phone>\\r\\n");
    append_hf("Diversion: <sip:+31201119999@carrier.test>;reason=unconditional\\r\\n");
    if ($rU =~ "1$") { $du = "sip:127.0.0.1:${udp};transport=udp"; } else { $du = "sip:127.0.0.1:${tcp};transport=tcp"; $fs = "tcp:${ownAddress(1)}:5060"; }
    t_relay();
    exit;
  }`,
  });
  const { address, port } = carrier.options;
  dns = await dnsServer({
    '_sip._udp.carrier.test': { srv: [`10 1 ${port} sbc.carrier.test`] },
    '_sip._tcp.carrier.test': { srv: [`10 1 ${port} sbc.carrier.test`] },
    'sbc.carrier.test': { addresses: [address] },
  });
  silent = createSocket('udp4');
  silent.bind(0, ownAddress(3));
  await once(silent, 'listening');
  silent.on('message', (bytes) => {
    const [, callId] = /^INVITE .*\r\nCall-ID: ([^\r]*)\r\n/s.exec(bytes.toString()) ?? [];
    if (callId) unheard.set(callId, (unheard.get(callId) ?? 0) + 1);
  });
  const first = 13_000 + (process.pid % 60) * 32;
  box = await scenarioBox({
    dns: [dns.server],
    ports: { udp, tcp },
    plain: true,
    // Eight pairs of ports: room for three calls, and for one more that asks for help.
    media: { ports: [first, first + 16], workers: 1 },
    phones: [{ user: '10' }, { user: '11' }, { user: '12' }],
    policy: (draft) => ({ ...draft, rules: [{ id: 'all', purpose: 'complaints', start: 'automatic' }] }),
  });
  for (const user of SUBSCRIBERS) await subscriber(user);
});

test.after.always(async () => {
  await box?.end();
  for (const { phone } of outside.values()) await phone.close();
  await carrier?.stop();
  dns?.close();
  silent?.close();
});

/** Whose sound a recording holds. */
async function sidesOf(id: string): Promise<number[]> {
  const { segments } = await box.open(id);
  return [...new Set(segments.flatMap(({ open }) => open.blocks).map(({ side }) => side))].sort();
}

for (const [settings, number, as, called, identity] of [
  [
    overUdp,
    '+31207654321',
    '0207654321',
    '+31201110001',
    /^P-Asserted-Identity: <sip:0031201110001@carrier\.test>\r$/m,
  ],
  [
    overTcp,
    '+31206543210',
    '+31206543210',
    '+31201110002',
    /^Remote-Party-ID: <sip:\+31201110002@carrier\.test>;party=calling;screen=yes;privacy=off\r$/m,
  ],
] as const) {
  const { id, transport } = settings;
  test.serial(
    `${transport}: known by its address, both ways, recorded, numbers and identities as agreed`,
    async (t) => {
      await tell([settings]);
      await eventually(async () => (await trunk(id))?.heardAt, 'an answer to OPTIONS');
      t.like(await trunk(id), { up: true, registration: null });
      const phone = await box.phone('10');
      const { phone: callee, seen } = outside.get(as)!;
      const out = await talked(box, await phone.dial(`020-${number.slice(5)}`), callee, '10', number);
      t.like(out, { direction: 'outbound', end: { reason: 'finished' } });
      t.deepEqual(await sidesOf(out.id), [0, 1]);
      const invite = seen.at(-1)!.bytes.toString();
      t.regex(invite, new RegExp(`^Via: SIP/2\\.0/${transport.toUpperCase()} 127\\.0\\.0\\.1`, 'm'));
      t.regex(invite, new RegExp(`^To: <sip:${as.replace('+', '\\+')}@carrier\\.test>\\r$`, 'm'));
      t.regex(invite, identity);
      t.regex(invite, /^m=audio \d+ RTP\/AVP 8( 101)?\r$/m);
      t.notRegex(
        invite,
        /a=crypto|a=fingerprint|Authorization|sip:10@|belkluis\.test/,
        'no keys, no password, nothing of the inside',
      );

      const into = invitesOf(phone);
      const { phone: caller } = outside.get('0207654321')!;
      const back = await talked(box, await caller.dial(called), phone, '+31207654321', called);
      t.like(back, { direction: 'inbound', end: { reason: 'finished' } });
      t.deepEqual(await sidesOf(back.id), [0, 1]);
      const rang = into[0]!.bytes.toString();
      t.regex(rang, /^From: <sip:0207654321@belkluis\.test>/m);
      t.regex(rang, /^P-Asserted-Identity: <sip:0207654321@belkluis\.test>\r$/m);
      t.regex(rang, /^Diversion: .*31201119999/m);
      t.regex(rang, /^m=audio \d+ RTP\/SAVP /m, 'the phone has no exception');
      await phone.close();
    },
  );
}

test.serial('a busy carrier that only the DNS knows is neither limited nor banned; another address is', async (t) => {
  await tell([overUdp]);
  await eventually(async () => (await trunk('udp'))?.heardAt, 'an answer to OPTIONS');
  const questions = async (from: string) => {
    const peer = await rawUdp(box.target('UDP'), from);
    const before = (await box.status())!.counters;
    for (let n = 0; n < 1200; n++) {
      const via = `SIP/2.0/UDP ${from}:${peer.port};branch=z9hG4bKbusy${n}`;
      const head = `OPTIONS sip:belkluis.test SIP/2.0\r\nVia: ${via}\r\nFrom: <sip:x@carrier.test>;tag=${n}\r\n`;
      peer.send(
        `${head}To: <sip:belkluis.test>\r\nCall-ID: ${n}@${from}\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n`,
      );
      if (n % 100 === 0) await delay(5);
    }
    await eventually(async () => {
      const answers = await peer.answers().catch(() => null);
      return answers === null || answers.length > 0;
    }, 'an end');
    peer.close();
    const { counters } = (await box.status())!;
    const more = (name: string) => (counters[name] ?? 0) - (before[name] ?? 0);
    return more('sip.flood.refused') + more('sip.flood.ignored') + more('sip.defence.unheard');
  };
  t.is(await questions(carrier.options.address), 0);
  t.true((await questions(ownAddress(9))) > 100);
  // Names that phones write lead to no question.
  const phone = await box.phone('10');
  const elsewhere = await phone.agent.request({
    method: 'REGISTER',
    requestUri: 'sip:belkluis.test',
    destination: box.target('TLS'),
    from: '<sip:10@belkluis.test>',
    to: '<sip:10@belkluis.test>',
    headers: [['Contact', '<sip:10@evil.test>']],
    credentials: { user: '10', password: box.phones.get('10')!.secret },
  });
  t.is(elsewhere.status, 200);
  const caller = await box.phone('11');
  await t.throwsAsync((await caller.dial('x@evil.test;maddr=evil.test?x=')).answered);
  t.deepEqual(
    dns.asked.filter((question) => question.includes('evil')),
    [],
  );
  await Promise.all([phone.close(), caller.close()]);
});

const dead = () => {
  const { address, port } = silent.address();
  return {
    ...overUdp,
    id: 'dead',
    host: address,
    port,
    priority: 1,
    optionsSeconds: 0,
    numbers: undefined,
    inbound: [],
  };
};

test.serial(
  '112 goes on a full box, at night, from a phone that may call nobody, and although the first trunk is dead and the second refuses',
  async (t) => {
    const refusing = { ...overTcp, id: 'refusing', priority: 2 };
    const night = { from: '00:00', until: '23:59', weekend: true, allow: [] };
    const perUser = { atOnce: 1, perDay: 1, minutesPerDay: 1 };
    await tell([dead(), refusing, { ...overUdp, priority: 3 }], { allow: [], night, perUser });
    const phone = await box.phone('10');
    const refusal = async (number: string) =>
      (await t.throwsAsync<Refused>((await phone.dial(number)).answered, undefined, number)).status;
    t.is(await refusal('0207654321'), 403);
    // The house talks to itself until nothing is left.
    const [eleven, twelve] = [await box.phone('11'), await box.phone('12')];
    const house: PhoneCall[] = [];
    for (let n = 0; n < 3; n++) {
      const { answered } = await eleven.dial('12');
      const [stood] = await Promise.all([answered, twelve.nextCall()]);
      house.push(stood);
    }
    t.is(await refusal('12'), 503);
    const { phone: help, seen } = outside.get('112')!;
    const call = await phone.dial('112');
    const [ours, theirs] = await Promise.all([call.answered, help.nextCall()]);
    t.regex(seen.at(-1)!.headers.get('From')!, /0031201110001/, 'whoever comes can call back');
    t.is(unheard.size, 1, 'the first trunk was asked');
    ours.hangUp();
    await theirs.ended;
    // Later than that the transaction would have gone on sending.
    await delay(4000);
    t.true([...unheard.values()].every((times) => times <= 4));
    for (const stood of house) stood.hangUp();
    await box.until(({ calls }) => calls.length === 0, 'the end of all calls');
    await Promise.all([phone.close(), eleven.close(), twelve.close()]);
  },
);

test.serial(
  'what a thief has used up stays used up, when the box is killed and when somebody takes its counts away, who is told of',
  async (t) => {
    await tell([overUdp], { allow: ['+31'], perUser: { atOnce: 2, perDay: 2, minutesPerDay: 60 } });
    const status = async (phone: Phone) => {
      // This box has few ports, and each rests between two calls.
      await delay(PORT_MIN_REST_MS + 100);
      const { answered } = await phone.dial('0207654321');
      return answered.then(
        (call) => {
          call.hangUp();
          return 200;
        },
        (error: Refused) => error.status,
      );
    };
    const seen = async () => {
      const [thief, other] = [await box.phone('12'), await box.phone('11')];
      await eventually(async () => (await trunk('udp'))?.heardAt, 'an answer to OPTIONS');
      const both = [await status(thief), await status(other)];
      await Promise.all([thief.close(), other.close()]);
      return both;
    };
    const alarms = () => box.audit().events.filter(({ kind }) => kind === 'toll_counts_lost');
    t.deepEqual([await seen(), (await seen())[0]], [[200, 200], 200]);
    const stolen = await box.phone('12');
    t.is(await status(stolen), 403);
    await stolen.close();
    await box.processes.call.kill();
    await box.restart('call');
    t.is((await seen())[0], 403);
    t.deepEqual(alarms(), []);
    await box.processes.call.kill();
    for (const more of ['', '-wal', '-shm']) rmSync(`${box.at.tollDatabase}${more}`, { force: true });
    await box.restart('call');
    t.deepEqual(await seen(), [403, 403]);
    t.deepEqual(
      alarms()
        .map(({ facts }) => (facts as { phone: string }).phone)
        .sort(),
      ['11', '12'],
    );
    t.is((await trunks())?.countsLost, 2);
  },
);

test.serial('a carrier that is gone is seen within seconds, and that it is back', async (t) => {
  await tell([overUdp]);
  await eventually(async () => (await trunk('udp'))?.up, 'a carrier');
  await carrier.kill();
  await eventually(async () => (await trunk('udp'))?.up === false, 'that it is gone');
  const phone = await box.phone('10');
  await t.throwsAsync((await phone.dial('0207654321')).answered, { message: /^408/ });
  await carrier.start();
  await eventually(async () => (await trunk('udp'))?.up, 'that it is back');
  t.pass();
  await phone.close();
});
