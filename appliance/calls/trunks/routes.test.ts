/** Where calls go by trunks and come from them: routes alone, nobody rings. */
import { seededChance } from '@belkluis/shared/base/chance';
import { Counters } from '@belkluis/shared/base/counters';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import { type Lines, linesSchema } from '../../lines/schema.ts';
import type { IncomingCall } from '../../sip/dialog/incoming-call.ts';
import type { SipRequest } from '../../sip/message/message.ts';
import { parseMessage } from '../../sip/message/parse.ts';
import { avoided } from '../../sip/resolve/avoid.ts';
import { deafFlow } from '../../sip/testing/flow.ts';
import type { Target } from '../../sip/transport/flow.ts';
import type { History } from '../history.ts';
import type { Phones, Shown } from '../phones/phones.ts';
import type { Branch, Route, Routed } from '../route.ts';
import { inboundCalls } from './inbound.ts';
import { RESERVED_MS } from './limits.ts';
import { createMeter } from './meter.ts';
import { outboundCalls } from './outbound.ts';
import type { Trunk, Trunks } from './trunks.ts';

const FUTURE = '2099-01-01T00:00:00Z';
const caller = { keying: 'sdes', mayBePlain: false } as const;

function incoming(uri: string, to: string, ...more: string[]): IncomingCall {
  const head = [`INVITE ${uri} SIP/2.0`, 'Via: SIP/2.0/TLS 192.0.2.9;branch=z9hG4bKx', `To: <${to}>`, 'Call-ID: c'];
  const lines = [...head, 'From: <sip:+31201234567@carrier.test>;tag=1', 'CSeq: 1 INVITE', ...more];
  const invite = parseMessage(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`)) as SipRequest;
  return { invite, flow: deafFlow('TLS', '192.0.2.9'), onOver: () => {} } as unknown as IncomingCall;
}

function scene(given: object) {
  const lines: Lines = linesSchema.parse({ schemaVersion: 1, ...given });
  const clock = new ManualClock(Date.UTC(2026, 10, 25, 10));
  const counters = new Counters();
  const down = new Set<string>();
  const all = lines.trunks.map((settings, index): Trunk => {
    const transport = settings.plainUntil === undefined ? 'TLS' : 'UDP';
    const target: Target = { transport, address: `192.0.2.${index + 1}`, port: 5060 };
    return {
      settings,
      registration: null,
      get up() {
        return !down.has(settings.id);
      },
      heardAt: null,
      mayBePlain: settings.plainUntil !== undefined,
      targets: async () => [target],
      comesFrom: () => true,
      owns: () => true,
      flowClosed() {},
      doubt() {},
      stop() {},
      close() {},
    };
  });
  const trunks = { all, avoided: avoided(clock), owning: () => all } as unknown as Trunks;
  const meter = createMeter({
    rules: () => lines.outbound,
    store: { load: () => [], add() {} },
    timeZone: 'Europe/Amsterdam',
    clock,
    onCap() {},
    onStoreFailed() {},
  });
  const shown: Shown[] = [];
  const phones = {
    branchesOf(user: string, as: Shown) {
      shown.push(as);
      return user === 'away' ? [] : [{ requestUri: `sip:${user}@phone` } as Branch];
    },
  } as Partial<Phones> as Phones;
  const out = outboundCalls({ lines: () => lines, trunks, meter, clock, chance: seededChance('out'), counters });
  const bring = inboundCalls({ lines: () => lines, trunks, phones, meter, domain: 'box.test', counters });
  return {
    clock,
    meter,
    down,
    trunks,
    shown,
    out,
    call: (dialled: string, call: IncomingCall | null = null, history: History | null = null) =>
      out.call({ as: { from: '10', caller }, dialled, incoming: call, history }),
    bring: (uri: string, to: string, ...more: string[]) => bring.route(incoming(uri, to, ...more)) as Routed,
  };
}

const routeOf = (routed: Routed): Route => {
  if (!routed.ok) throw new Error(`refused with ${routed.refusal.status}`);
  return routed.route;
};
const refusalOf = (routed: Routed) => (routed.ok ? null : routed.refusal.status);
const rung = ({ stages }: Route) => stages.map(({ branches }) => branches.map(({ requestUri }) => requestUri));

const carrier = { id: 'carrier', host: 'carrier.test', priority: 10 };
const spare = { id: 'spare', host: '198.51.100.1', port: 5080, transport: 'udp', plainUntil: FUTURE, priority: 20 };
const dutch = { allow: ['+31'] };

test('a number goes to each trunk in its order and its form; one that is down comes last', async (t) => {
  const numbers = { called: 'national', calling: 'e164' };
  const s = scene({ trunks: [carrier, { ...spare, numbers, codecs: ['PCMA', 'PCMU'] }], outbound: dutch });
  const route = routeOf(await s.call('020 123 4567'));
  t.like(route, { from: '10', to: '+31201234567', direction: 'outbound', refusals: 'own', caller });
  t.deepEqual(rung(route), [['sip:+31201234567@carrier.test;user=phone'], ['sip:0201234567@198.51.100.1:5080']]);
  t.true(route.stages.every(({ next }) => next === 'unreachable'));
  const terms = route.stages.map(({ branches }) => branches[0]!.media);
  t.deepEqual(terms, [
    { keying: 'sdes', signalsFrom: '192.0.2.1', mayBePlain: false, inClear: false },
    { keying: 'plain', signalsFrom: '192.0.2.2', mayBePlain: true, inClear: true, codecs: ['PCMA', 'PCMU'] },
  ]);
  s.down.add('carrier');
  t.regex(rung(routeOf(await s.call('0201234567')))[0]![0]!, /198\.51/);
});

test('a call is known by its trunk, and one from outside by the number that was called; a number of one person is no queue', async (t) => {
  const inbound = [
    { did: '+31201110001', to: ['10', '11'] },
    { did: '+3120111*', to: ['10'] },
  ];
  const s = scene({ trunks: [{ ...carrier, inbound }, spare], outbound: dutch });
  const diverted = 'Diversion: <sip:+31209999999@carrier.test>;reason=unconditional';
  const group = routeOf(s.bring('sip:0201110001@box', 'sip:x@box', diverted));
  t.deepEqual(group.way, { via: 'trunk', trunk: 'carrier', queue: '+31201110001' });
  t.is(group.waitsIn, '+31201110001');
  const direct = routeOf(s.bring('sip:0201110002@box', 'sip:x@box'));
  t.deepEqual([direct.way?.queue, direct.waitsIn], ['+31201110002', undefined]);
  const out = routeOf(await s.call('020 123 4567'));
  t.is(out.way, undefined, 'the caller is a phone');
  t.deepEqual(
    out.stages.map(({ branches }) => branches[0]!.way),
    ['carrier', 'spare'].map((trunk) => ({ via: 'trunk', trunk, queue: null })),
  );
});

test('nothing goes out that is not allowed, and a full trunk takes nothing but emergencies', async (t) => {
  const s = scene({
    trunks: [{ ...carrier, maxCalls: 1 }],
    outbound: { ...dutch, perUser: { atOnce: 5, perDay: 9, minutesPerDay: 9 } },
  });
  t.is(refusalOf(await s.call('+441234567890')), 403);
  t.is(refusalOf(await s.call('anna')), 403);
  const route = routeOf(await s.call('0201234567'));
  const { watch } = route.stages[0]!.branches[0]!;
  watch!.tried();
  t.is(refusalOf(await s.call('0201234567')), 480);
  t.deepEqual(rung(routeOf(await s.call('112'))), [['sip:112@carrier.test']]);
  t.true(s.out.isEmergency('112'));
  watch!.failed({ status: 486, reason: 'Busy', contacts: [] });
  t.is(s.meter.carried('carrier'), 0, 'who is busy is no call');
  t.is(refusalOf(await s.call('0201234567')), null);
  t.is(refusalOf(await scene({}).call('0201234567')), 404, 'without a trunk there is no outside');
});

test('a call for help tries each trunk before any a second time, whatever it answers, at night and for who may call nobody', async (t) => {
  const night = { from: '00:00', until: '23:59', weekend: true, allow: [] };
  const s = scene({
    trunks: [carrier, spare],
    outbound: { allow: [], night, perUser: { atOnce: 1, perDay: 1, minutesPerDay: 1 } },
  });
  const servers = (settings: string) =>
    [1, 2, 3, 4, 5, 6, 7].map((n): Target => ({ transport: 'TLS', address: `${settings}.${n}`, port: 5061 }));
  for (const [index, trunk] of s.trunks.all.entries()) trunk.targets = async () => servers(`192.0.${index}`);
  const route = routeOf(await s.call('112'));
  t.true(route.emergency);
  const branches = route.stages.map(({ branches: [branch] }) => branch!);
  t.deepEqual(
    branches.slice(0, 3).map(({ destination }) => (destination as Target).address),
    ['192.0.0.1', '192.0.1.1', '192.0.0.2'],
  );
  t.true(route.stages.every(({ next }) => next === 'always'));
  const [first, second] = branches;
  first!.watch!.tried();
  first!.watch!.failed({ status: 404, reason: 'Not Found', contacts: [] });
  second!.watch!.tried();
  t.is(s.meter.carried('spare'), 1, 'it goes on');
  for (let n = 0; n < 3; n++) t.is(refusalOf(await s.call('112')), null);
  t.is(refusalOf(await s.call('0201234567')), 403);
});

test('a call counts until nobody speaks, also one that nobody dialled, and one that was never rung', async (t) => {
  const s = scene({ trunks: [carrier], outbound: { ...dutch, perUser: { atOnce: 1, perDay: 99, minutesPerDay: 9 } } });
  routeOf(await s.call('0201234567'));
  t.is(refusalOf(await s.call('0201234567')), 403);
  s.clock.advance(RESERVED_MS);
  const { watch } = routeOf(await s.call('0201234567')).stages[0]!.branches[0]!;
  watch!.tried();
  let ended = '';
  watch!.answered({ bye: (reason: string) => (ended = reason) } as never);
  s.clock.advance(RESERVED_MS);
  t.is(refusalOf(await s.call('0201234567')), 403);
  s.clock.advance(10 * 60_000);
  t.regex(ended, /minutes/);
  watch!.over();
  const given = incoming('sip:0201234567@box.test', 'sip:0201234567@box.test');
  t.is(refusalOf(await s.call('0201234567', given)), 403, 'the minutes are over');
  const dialled = scene({
    trunks: [carrier],
    outbound: { ...dutch, perUser: { atOnce: 1, perDay: 9, minutesPerDay: 9 } },
  });
  const first = incoming('sip:0201234567@box.test', 'sip:0201234567@box.test');
  routeOf(await dialled.call('0201234567', first));
  first.onOver();
  t.is(refusalOf(await dialled.call('0201234567')), null, 'its caller gave up before it rang');
});

test('who failed is passed over by the next call; who only says no is not', async (t) => {
  const s = scene({
    trunks: [carrier, spare],
    outbound: { ...dutch, perUser: { atOnce: 9, perDay: 99, minutesPerDay: 9 } },
  });
  const first = async () => routeOf(await s.call('0201234567')).stages[0]!.branches[0]!;
  const fails = async (failure: object) =>
    (await first()).watch!.failed({ reason: '', contacts: [], status: 0, ...failure });
  await fails({ status: 486 });
  t.regex((await first()).requestUri, /carrier/);
  await fails({ status: 487, why: 'cancelled' });
  t.regex((await first()).requestUri, /carrier/);
  await fails({ status: 408, why: 'timeout' });
  t.regex((await first()).requestUri, /198\.51/);
});

test('a caller who asks for it is not shown, but to who comes to help', async (t) => {
  const s = scene({ trunks: [{ ...carrier, callerId: '+31201112233' }], outbound: dutch });
  const hidden = incoming('sip:0201234567@box.test', 'sip:0201234567@box.test', 'Privacy: id');
  const to = async (number: string) => routeOf(await s.call(number, hidden)).stages[0]!.branches[0]!;
  t.regex((await to('0201234567')).from, /anonymous\.invalid/);
  t.regex((await to('112')).from, /\+31201112233/);
});

const dids = [
  { did: '+31201110001', to: ['10', '11'] },
  { did: '0201110002', to: ['10', 'away', '11'], serial: true },
  { did: '+3120111*', to: ['12'] },
];

test('a call that phones sent on goes out with its history where the trunk wants it, by numbers and never by names', async (t) => {
  const open = { send: 'none', history: { in: true, out: true } };
  const inbound = [{ did: '+31201112233', to: ['anna'] }];
  const trunks = [{ ...carrier, callerId: '+31201112200', inbound, identity: open }, spare];
  const s = scene({ trunks, outbound: dutch });
  const history: History = {
    diverted: ['ben', 'anna'],
    before: [['Diversion', '<sip:+31307654321@net>;reason=no-answer']],
  };
  const [shown, closed] = routeOf(await s.call('0201234567', null, history)).stages.map(({ branches }) =>
    branches[0]!.headers.filter(([name]) => name === 'Diversion' || name === 'History-Info'),
  );
  t.deepEqual(shown, [
    ['Diversion', '<sip:+31201112200@carrier.test>;reason=deflection;counter=1'],
    ['Diversion', '<sip:+31201112233@carrier.test>;reason=deflection;counter=1'],
    ['Diversion', '<sip:+31307654321@net>;reason=no-answer'],
    ['History-Info', '<sip:+31201112233@carrier.test>;index=1'],
    ['History-Info', '<sip:+31201112233@carrier.test?Reason=SIP%3Bcause%3D302>;index=1.1;rc=1'],
    ['History-Info', '<sip:+31201112200@carrier.test>;index=1.2;mp=1'],
    ['History-Info', '<sip:+31201112200@carrier.test?Reason=SIP%3Bcause%3D302>;index=1.2.1;rc=1.2'],
    ['History-Info', '<sip:+31201234567@carrier.test>;index=1.2.2;mp=1.2'],
  ]);
  t.deepEqual(closed, [], 'the default: a trunk is told nothing of it');
  const help = routeOf(await s.call('112', null, history)).stages[0]!.branches[0]!;
  t.false(help.headers.some(([name]) => name === 'Diversion'));
});

test('a called number rings its phones, together or one after the other; one that is nobody leads nowhere', (t) => {
  const s = scene({ trunks: [{ ...carrier, account: { user: 'box', password: 'x' }, inbound: dids }] });
  const called = (uri: string, to = uri) => routeOf(s.bring(uri, to));
  t.like(called('sip:+31201110001@box.test'), { from: '+31201234567', to: '+31201110001', direction: 'inbound' });
  t.deepEqual(rung(called('sip:0201110001@box.test;user=phone')), [['sip:10@phone', 'sip:11@phone']]);
  t.deepEqual(rung(called('tel:+31-20-111-0002')), [['sip:10@phone'], ['sip:11@phone']]);
  t.deepEqual(rung(called('sip:+31201119999@box.test')), [['sip:12@phone']]);
  t.deepEqual(rung(called('sip:box@192.0.2.1', 'sip:+31201110001@carrier.test')), [['sip:10@phone', 'sip:11@phone']]);
  t.is(refusalOf(s.bring('sip:+31209999999@box.test', 'sip:+31201110001@box.test')), 404, 'To alone is not believed');
  t.is(
    refusalOf(s.bring('sip:+442071234567@box.test', 'sip:+442071234567@box.test')),
    404,
    'and nothing goes out again',
  );
  t.is(s.shown[0]!.from, '<sip:0201234567@box.test>');
});
