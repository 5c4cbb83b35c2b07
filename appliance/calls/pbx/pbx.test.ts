/** A phone, the box and a PBX on a network in memory: what each of them gets to see, and who gets nowhere. */
import { seededChance } from '@belkluis/shared/base/chance';
import { Counters } from '@belkluis/shared/base/counters';
import { silentLog } from '@belkluis/shared/base/log';
import test from 'ava';
import { type Pbx, pbxSchema } from '../../lines/pbx.ts';
import { openGuard } from '../../sip/defence/guard.ts';
import type { SipRequest, SipResponse } from '../../sip/message/message.ts';
import { parseNameAddr } from '../../sip/message/name-addr.ts';
import { parseUri } from '../../sip/message/uri.ts';
import { ALICE, BOB, type Pair, pair } from '../../sip/testing/agents.ts';
import type { Packet } from '../../sip/testing/wire.ts';
import type { UserAgent } from '../../sip/user-agent.ts';
import type { OutsideCall } from '../phones/phones.ts';
import type { Branch, Route } from '../route.ts';
import { openPbx, type PbxLine } from './pbx.ts';

const BOX = '192.0.2.9';
const STRANGER = '192.0.2.66';
const DOMAIN = 'pbx.test';
const door = { transport: 'UDP' as const, host: BOX, port: 5060 };
const until = '2030-01-01T00:00:00Z';
const toBox = { transport: 'UDP' as const, address: BOX, port: 5060 };

interface World extends Pair {
  readonly box: UserAgent;
  readonly line: PbxLine;
  /** Requests that reached the PBX. */
  readonly atPbx: SipRequest[];
  /** Contacts that the PBX has, by user. */
  readonly contacts: Map<string, string>;
}

/** Alice is phone 201; Bob is the PBX: it challenges each REGISTER once and grants an hour. */
async function world(told: Partial<Pbx> = {}, servers: readonly string[] = [BOB]): Promise<World> {
  const p = await pair('pbx');
  const box = p.join(BOX);
  await box.start();
  const atPbx: SipRequest[] = [];
  const contacts = new Map<string, string>();
  p.bob.onRequest = ({ request, respond }) => {
    if (request.method === 'OPTIONS') return respond({ status: 200 });
    atPbx.push(request);
    if (request.method !== 'REGISTER') return respond({ status: 202 });
    if (!request.headers.has('Authorization')) {
      return respond({
        status: 401,
        headers: [['WWW-Authenticate', `Digest realm="${DOMAIN}", nonce="n", qop="auth"`]],
      });
    }
    const user = parseUri(parseNameAddr(request.headers.get('To')!)!.uri)!.user!;
    const contact = parseNameAddr(request.headers.get('Contact') ?? '<sip:none@x>')!.uri;
    const gone = request.headers.get('Expires') === '0';
    if (gone) contacts.delete(user);
    else contacts.set(user, contact);
    const elsewhere: [string, string] = ['Contact', '<sip:201@elsewhere.test>;expires=3600'];
    return respond({
      status: 200,
      headers: gone ? [elsewhere] : [['Contact', `<${contact}>;expires=3600`], elsewhere],
    });
  };
  const pbx = pbxSchema.parse({
    host: BOB,
    transport: 'udp',
    domain: DOMAIN,
    plainUntil: until,
    plainPhones: [{ user: '*', until }],
    ...told,
  });
  const counters = new Counters();
  const line = await openPbx({
    pbx,
    guard: openGuard({ clock: p.clock, counters }),
    outside: {
      isEmergency: (dialled) => dialled === '112',
      call: async ({ as }) => ({ ok: true, route: helpFor(as) }),
    },
    privatePrefix: () => '*8',
    userAgent: box,
    doors: [door],
    locate: () => Promise.resolve(servers.map((server) => ({ transport: 'UDP', address: server, port: 5060 }))),
    secret: Buffer.alloc(32, 7),
    clock: p.clock,
    chance: seededChance('pbx'),
    counters,
    log: silentLog,
  });
  box.onFlowClosed = line.flowClosed;
  await turn(p, 100);
  return { ...p, box, line, atPbx, contacts };
}

/** Lets time pass, and what waits for promises come to its turn. */
async function turn({ clock }: Pair, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 20) {
    clock.advance(Math.min(20, left));
    await new Promise(setImmediate);
  }
}

interface Ask {
  readonly from?: UserAgent;
  readonly user?: string;
  readonly uri?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly seq?: number;
}
const address = (user: string) => `<sip:${user}@${DOMAIN}>`;

async function ask(w: World, method: string, { from = w.alice, user = '201', uri, headers = [], seq = 1 }: Ask = {}) {
  const asking = from.request({
    method,
    requestUri: uri ?? (method === 'REGISTER' ? `sip:${DOMAIN}` : `sip:202@${DOMAIN}`),
    destination: toBox,
    from: address(user),
    to: address(method === 'REGISTER' ? user : '202'),
    headers,
    credentials: { user, password: 'secret' },
    callId: `${method}-${user}`,
    seq,
  });
  const [response] = await Promise.all([asking.catch(() => null), turn(w, 200)]);
  return response;
}
const CONTACT = `"Anna" <sip:201-0x55@${ALICE}:5060;ob>;+sip.instance="<urn:uuid:1>";reg-id=1`;
const register = (w: World, more: Ask = {}, expires = 3600): Promise<SipResponse | null> =>
  ask(w, 'REGISTER', {
    headers: [
      ['Contact', CONTACT],
      ['Expires', String(expires)],
    ],
    ...more,
  });
const contactsOf = (response: SipResponse | null) => response?.headers.all('Contact') ?? [];
const sentTo = (w: World, to: string, method: string): Packet[] =>
  w.network.sent.filter((packet) => packet.to === to && packet.line.startsWith(method));

test('a phone registers with the PBX’s own challenge; the PBX sees the box in its Contact, the phone finds its own', async (t) => {
  const w = await world();
  const response = await register(w);
  t.is(response?.status, 200);
  const [asked, answered] = w.atPbx;
  t.false(asked!.headers.has('Authorization'));
  t.regex(answered!.headers.get('Authorization')!, /uri="sip:pbx\.test"/);
  const contact = parseNameAddr(answered!.headers.get('Contact')!)!;
  t.regex(contact.uri, new RegExp(`^sip:[0-9a-f]{32}@${BOX.replaceAll('.', '\\.')}:5060$`));
  t.false(contact.params.has('reg-id'), 'the PBX does not see the phone’s connection');
  t.is(contact.params.get('+sip.instance'), '<urn:uuid:1>');
  const [own, other] = contactsOf(response).map((text) => parseNameAddr(text)!);
  t.is(own!.uri, `sip:201-0x55@${ALICE}:5060;ob`);
  t.is(own!.params.get('expires'), '300', 'over UDP');
  t.is(own!.params.get('reg-id'), '1');
  t.is(other!.uri, 'sip:201@elsewhere.test');
  t.is(w.line.registered, 1);
  await register(w, { seq: 11 });
  t.is(parseNameAddr(w.atPbx.at(-1)!.headers.get('Contact')!)!.uri, contact.uri, 'one phone is one contact');
  await register(w, { seq: 21 }, 0);
  t.is(w.line.registered, 0);
});

test('with Path the Contact stays the phone’s, and the way back is ours (RFC 3327)', async (t) => {
  const w = await world({ wayBack: 'path' });
  t.is((await register(w))?.status, 200);
  const { headers } = w.atPbx.at(-1)!;
  t.is(headers.get('Contact'), CONTACT);
  const path = headers.get('Path')!;
  t.regex(path, /^<sip:[0-9a-f]{32}@192\.0\.2\.9:5060;lr>$/);
  t.is(w.line.registered, 1);
  const response = await askAsPbx(w, 'NOTIFY', `sip:201-0x55@${ALICE}:5060;ob`, [['Route', path]]);
  t.is(response?.status, 200);
  t.is(sentTo(w, ALICE, 'NOTIFY')[0]!.line, `NOTIFY sip:201-0x55@${ALICE}:5060;ob SIP/2.0`);
});

test('nobody whom the PBX has not registered gets further than its REGISTER, and all hear the same', async (t) => {
  const w = await world();
  const before = () => w.atPbx.length;
  for (const user of ['201', 'nobody']) {
    const response = await ask(w, 'MESSAGE', { user });
    t.is(`${response?.status} ${response?.reason}`, '403 Register First');
  }
  t.is(before(), 0);
  await register(w);
  const registered = before();
  t.is((await ask(w, 'MESSAGE'))?.status, 202);
  t.is((await ask(w, 'MESSAGE', { user: '202' }))?.status, 403, 'nobody speaks as somebody else');
  const stranger = w.join(STRANGER);
  await stranger.start();
  t.is((await ask(w, 'MESSAGE', { from: stranger }))?.status, 403, 'nor from elsewhere');
  t.is((await ask(w, 'NOTIFY', { from: stranger, uri: w.contacts.get('201')! }))?.status, 403, 'nor as the PBX');
  t.is(before(), registered + 1);
  t.is(sentTo(w, ALICE, 'NOTIFY').length, 0);
});

async function askAsPbx(w: World, method: string, uri: string, headers: readonly (readonly [string, string])[] = []) {
  w.alice.onRequest = ({ respond }) => respond({ status: 200 });
  const asking = w.bob.request({
    method,
    requestUri: uri,
    destination: toBox,
    from: address('pbx'),
    to: address('201'),
    headers,
  });
  const [response] = await Promise.all([asking.catch(() => null), turn(w, 200)]);
  return response;
}

test('what the PBX sends to a contact reaches that phone by its own URI; a contact that has gone is told at once', async (t) => {
  const w = await world();
  await register(w);
  const token = w.contacts.get('201')!;
  const body = ['Event', 'message-summary'] as const;
  t.is((await askAsPbx(w, 'NOTIFY', token, [body]))?.status, 200);
  const [notify] = sentTo(w, ALICE, 'NOTIFY');
  t.is(notify!.line, `NOTIFY sip:201-0x55@${ALICE}:5060;ob SIP/2.0`);
  t.true(notify!.text.includes('\r\nEvent: message-summary\r\n'));
  await register(w, { seq: 11 }, 0);
  t.is((await askAsPbx(w, 'NOTIFY', token))?.status, 480);
  t.is((await askAsPbx(w, 'OPTIONS', token))?.status, 480, 'the box does not answer for a phone');
});

test('a subscription lives in a dialog through the box: NOTIFY comes by our Route, and nothing else does', async (t) => {
  const w = await world();
  await register(w);
  await ask(w, 'SUBSCRIBE', {
    headers: [
      ['Contact', `<sip:201@${ALICE}>`],
      ['Event', 'dialog'],
    ],
  });
  const [route] = w.atPbx.at(-1)!.headers.all('Record-Route');
  t.is((await askAsPbx(w, 'NOTIFY', `sip:201@${ALICE}`, [['Route', route!]]))?.status, 200);
  t.is(sentTo(w, ALICE, 'NOTIFY')[0]!.line, `NOTIFY sip:201@${ALICE} SIP/2.0`);
  const forged = route!.replace(/sip:[0-9a-f]{4}/, 'sip:0000');
  t.is((await askAsPbx(w, 'NOTIFY', `sip:201@${ALICE}`, [['Route', forged]]))?.status, 480);
  t.is((await askAsPbx(w, 'NOTIFY', `sip:201@${ALICE}`))?.status, 480, 'the box is no way to whatever address');
});

test('a phone without TLS and without an exception is not even asked for its password', async (t) => {
  for (const plainPhones of [[], [{ user: '202', until }], [{ user: '201', until: '2020-01-01T00:00:00Z' }]]) {
    const w = await world({ plainPhones });
    const response = await register(w);
    t.is(`${response?.status} ${response?.reason}`, '403 TLS Required');
    t.is(w.atPbx.length, 0);
  }
  const w = await world({ plainUntil: '2020-01-01T00:00:00Z' });
  t.is((await register(w))?.status, 503, 'nothing is sent to a PBX whose exception is over');
  t.is(sentTo(w, BOB, 'REGISTER').length, 0);
});

test('while the PBX is gone who was registered stays so, by the same flow alone; nobody new comes and nobody is thrown out', async (t) => {
  const w = await world();
  await register(w);
  w.network.lose = ({ to }) => to === BOB;
  await turn(w, 60_000);
  t.false(w.line.up);
  const kept = await register(w, { seq: 11 });
  t.is(kept?.status, 200);
  t.is(parseNameAddr(contactsOf(kept)[0]!)!.params.get('expires'), '60');
  t.is((await register(w, { seq: 12 }, 0))?.status, 503, 'whoever says so: nobody can be authenticated');
  t.is((await register(w, { seq: 11 }))?.status, 503, 'out of order');
  t.is((await register(w, { user: '202' }))?.status, 503);
  const stranger = w.join(STRANGER);
  await stranger.start();
  t.is((await register(w, { from: stranger, seq: 13 }))?.status, 503);
  t.is(w.line.registered, 1);
  w.network.lose = () => false;
  await turn(w, 10_000);
  t.true(w.line.up);
  t.is((await register(w, { seq: 20 }))?.status, 200);
  await turn(w, 400_000);
  t.is(w.line.registered, 0, 'a phone that refreshes no more is forgotten');
});

test('a PBX of two servers, of which one is silent: the other one is asked', async (t) => {
  const w = await world({}, ['192.0.2.99', BOB]);
  await turn(w, 10_000);
  t.true(w.line.up);
  t.is((await register(w))?.status, 200);
});

/** Where calls are sent that come in from `from`; null: refused. */
/** What the box's own trunks say to 112. */
const helpFor = (as: OutsideCall['as']): Route => {
  const branch = { requestUri: 'sip:112@carrier.test' } as Branch;
  const stages = [{ branches: [branch], next: 'always' as const }];
  return { ...as, to: '112', direction: 'outbound', emergency: true, stages, refusals: 'own' };
};

async function routeOf(
  w: World,
  from: UserAgent,
  uri: string,
  headers: readonly (readonly [string, string])[] = [],
  as = '201',
) {
  let routed: Route | number | null = null;
  w.box.onInvite = async (incoming) => {
    const result = w.line.claims(incoming.invite, incoming.flow) ? await w.line.route(incoming) : null;
    routed = result?.ok ? result.route : (result?.refusal.status ?? null);
    incoming.reject(480);
  };
  from.invite({ requestUri: uri, destination: toBox, from: address(as), to: `<${uri}>`, sdp: null, headers });
  await turn(w, 200);
  return routed as Route | number | null;
}

test('calls: to the PBX with the caller’s own answer to its challenge; from it to the phone; who is inside is internal', async (t) => {
  const w = await world();
  t.is(await routeOf(w, w.alice, `sip:202@${DOMAIN}`), 403);
  await register(w);
  const out = (await routeOf(w, w.alice, `sip:0201234567@${DOMAIN}`, [
    ['Proxy-Authorization', 'Digest username="201"'],
    ['X-Account', '42'],
    ['Alert-Info', '<urn:alert:x>'],
  ])) as Route;
  t.like(out, { from: '201', to: '0201234567', direction: 'outbound', refusals: 'as they came' });
  const [branch] = out.stages[0]!.branches;
  t.is(branch!.requestUri, `sip:0201234567@${DOMAIN}`);
  t.deepEqual(branch!.destination, { transport: 'UDP', address: BOB, port: 5060 });
  t.deepEqual(branch!.headers.slice(0, 3), [
    ['Proxy-Authorization', 'Digest username="201"'],
    ['Alert-Info', '<urn:alert:x>'],
    ['X-Account', '42'],
  ]);
  t.is(await routeOf(w, w.alice, `sip:202@${DOMAIN}`, [], '202'), 403, 'nobody calls as somebody else');

  const token = w.contacts.get('201')!;
  const into = (await routeOf(w, w.bob, token, [], '0612345678')) as Route;
  t.like(into, { from: '0612345678', to: '201', direction: 'inbound' });
  t.is(into.stages[0]!.branches[0]!.requestUri, `sip:201-0x55@${ALICE}:5060;ob`);
  const inside = (await routeOf(w, w.bob, token, [], '201')) as Route;
  t.is(inside.direction, 'internal');
  const withheld = (await routeOf(w, w.bob, token, [['Privacy', 'id']], '0612345678')) as Route;
  t.is(withheld.from, 'anonymous');
  for (const headers of [[['Privacy', 'id']], [['Remote-Party-ID', '<sip:0612345678@x>;privacy=full']]] as const) {
    const asserted = ['P-Asserted-Identity', '<sip:0612345678@pbx.test>'] as const;
    const hidden = (await routeOf(w, w.bob, token, [...headers, asserted], '0612345678')) as Route;
    t.is(hidden.from, 'anonymous');
    const { from, contactUser } = hidden.stages[0]!.branches[0]!;
    t.deepEqual([from, contactUser], ['"Anonymous" <sip:anonymous@anonymous.invalid>', 'anonymous']);
    t.notRegex(JSON.stringify(hidden.stages[0]!.branches[0]!.headers), /612345678/);
  }
  t.is(await routeOf(w, w.bob, token.replace(/sip:..../, 'sip:0000')), 480);
  const stranger = w.join(STRANGER);
  await stranger.start();
  t.is(await routeOf(w, stranger, token), null, 'the PBX’s contact is of no use to others');
  t.is(await routeOf(w, stranger, `sip:201@${DOMAIN}`), 403);
});

test('what was called first from outside is read from the way that a call came, unless it keeps that to itself', async (t) => {
  const w = await world();
  await register(w);
  const token = w.contacts.get('201')!;
  const wayOf = async (headers: readonly (readonly [string, string])[], as = '0612345678') =>
    ((await routeOf(w, w.bob, token, headers, as)) as Route).way;
  const through = (queue: string | null) => ({ via: 'pbx' as const, trunk: null, queue });
  t.deepEqual(await wayOf([]), through(null));
  const diversions = [
    ['Diversion', '<sip:250@pbx.test>;reason=no-answer'],
    ['Diversion', '<sip:support@pbx.test>;reason=deflection'],
  ] as const;
  t.deepEqual(await wayOf(diversions), through('support'), 'the latest comes first');
  const history = ['History-Info', '<sip:+31201112233@pbx.test>;index=1, <sip:201@pbx.test>;index=1.1'] as const;
  t.deepEqual(await wayOf([history, ...diversions]), through('+31201112233'));
  for (const hidden of [
    [['Diversion', '<sip:250@pbx.test>;privacy=full']],
    [history, ['Privacy', 'history']],
    [['History-Info', '<sip:250@pbx.test?Privacy=history>;index=1']],
    [['Diversion', '<sip:anonymous@anonymous.invalid>']],
    [['Diversion', '<sip:201@pbx.test>']],
  ] as const)
    t.deepEqual(await wayOf(hidden), through(null), JSON.stringify(hidden));
  t.deepEqual(await wayOf(diversions, '201'), through(null), 'of this house');
});

test('a call that comes in again is known by its Session-ID; the phones of a site call each other without the PBX', async (t) => {
  const w = await world();
  await register(w);
  const carol = w.join(STRANGER);
  await carol.start();
  await register(w, { from: carol, user: '202', headers: [['Contact', `<sip:202@${STRANGER}>`]] });
  const out = (await routeOf(w, w.alice, `sip:202@${DOMAIN}`)) as Route;
  t.is(out.direction, 'internal');
  const [session] = out.stages[0]!.branches[0]!.headers.filter(([name]) => name === 'Session-ID');
  const first = out.twin && 'first' in out.twin ? out.twin.first('call') : null;
  const again = (await routeOf(w, w.bob, w.contacts.get('202')!, [session!])) as Route;
  t.truthy(again.twin && 'second' in again.twin && again.twin.second());
  const hidden = (await routeOf(w, w.bob, w.contacts.get('202')!, [session!, ['Privacy', 'id']])) as Route;
  t.like(hidden, { from: 'anonymous', direction: 'internal' });
  first!.ended();
  const other = (await routeOf(w, w.bob, w.contacts.get('202')!, [session!])) as Route;
  t.is(other.twin && 'second' in other.twin ? other.twin.second() : undefined, null);

  t.deepEqual(
    out.stages.map(({ next, branches }) => [next, branches[0]!.requestUri]),
    [
      ['unreachable', `sip:202@${DOMAIN}`],
      ['failed', `sip:202@${STRANGER}`],
    ],
  );
  w.network.lose = ({ to }) => to === BOB;
  await turn(w, 60_000);
  const local = (await routeOf(w, w.alice, `sip:202@${DOMAIN}`)) as Route;
  t.deepEqual(
    local.stages.map(({ branches }) => branches[0]!.requestUri),
    [`sip:202@${STRANGER}`],
  );
  t.is(await routeOf(w, w.alice, `sip:0201234567@${DOMAIN}`), 503);
});

test('what makes a call private is not the PBX’s: it is told the number alone, in both places; a code of the PBX’s own stays', async (t) => {
  const w = await world();
  await register(w);
  const toPbx = async (user: string) => {
    const route = (await routeOf(w, w.alice, `sip:${user}@${DOMAIN}`)) as Route;
    const [{ requestUri, to }] = route.stages[0]!.branches as [Branch];
    return [route.to, requestUri, to, route.isPrivate ?? false, route.emergency ?? false];
  };
  const uri = (user: string) => `sip:${user}@${DOMAIN}`;
  t.deepEqual(await toPbx('*80201234567'), ['0201234567', uri('0201234567'), `<${uri('0201234567')}>`, true, false]);
  t.deepEqual(await toPbx('*8112'), ['112', uri('112'), `<${uri('112')}>`, true, true]);
  for (const code of ['*8', '*72202', '0*8'])
    t.deepEqual(await toPbx(code), [code, uri(code), `<${uri(code)}>`, false, false]);
});

test('a call for help goes to the PBX first, and by the box’s own trunk when that is gone', async (t) => {
  const w = await world({ localCallsWithoutIt: false });
  await register(w);
  const places = ({ stages }: Route) => stages.map(({ next, branches: [branch] }) => [branch!.requestUri, next]);
  const there = (await routeOf(w, w.alice, `sip:112@${DOMAIN}`)) as Route;
  t.deepEqual(places(there), [
    [`sip:112@${DOMAIN}`, 'unreachable'],
    ['sip:112@carrier.test', 'always'],
  ]);
  t.true(there.emergency);
  w.network.lose = ({ to }) => to === BOB;
  await turn(w, 60_000);
  const gone = (await routeOf(w, w.alice, `sip:112@${DOMAIN}`)) as Route;
  t.deepEqual(places(gone), [['sip:112@carrier.test', 'always']]);
  t.is(await routeOf(w, w.alice, `sip:0201234567@${DOMAIN}`), 503);
});
