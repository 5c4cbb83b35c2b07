/** What programs ask with a token: each answer, each refusal, and what is never told. */
import test from 'ava';
import { TOKEN_BURST } from '../access/limits.ts';
import type { TokenWanted } from '../access/tokens.ts';
import type { PhoneCall } from '../control/protocol.ts';
import { MAX_API_BODY, REFUSAL_NOTED_EVERY_MS } from './limits.ts';
import { ORIGIN, signedIn } from './testing/browser.ts';
import { CALL } from './testing/tools.ts';

const AT = Date.UTC(2026, 10, 26, 12);
const OTHER = 'be11'.repeat(8);
const going: PhoneCall = { call: CALL, startedAt: AT, recording: 'on', resumesAt: null };
const resting: PhoneCall = { ...going, recording: 'paused', resumesAt: AT + 60_000 };

/** A desk with a token for 214 and 215 that pauses and resumes, and a program that has it. */
async function program(more: Partial<TokenWanted> = {}) {
  const box = await signedIn(['dpo', 'admin']);
  const wanted = {
    name: 'CRM',
    extensions: ['214', '215'],
    wishes: ['pause', 'resume'],
    expiresAt: box.clock.now() + 1e9,
  };
  const { token, text } = box.access.tokens.add({ ...wanted, ...more }, { ...box.person, roles: ['dpo'] });
  box.tools.world.ofPhone = [going];
  const ask = (path: string, init: RequestInit = {}, headers: Record<string, string> = {}) =>
    box.desk.request(`${ORIGIN}/api/v1/extensions/${path}`, {
      ...init,
      headers: { Authorization: `Bearer ${text}`, ...headers },
    });
  const wish = (path: string, body?: string) => ask(path, { method: 'POST', ...(body !== undefined && { body }) });
  return { ...box, token, text, ask, wish };
}

type Program = Awaited<ReturnType<typeof program>>;

/** A refusal as RFC 9457 has it, by its code. */
async function refusal(response: Response): Promise<[number, unknown]> {
  const body = (await response.json()) as Record<string, unknown>;
  const form = { type: 'about:blank', status: response.status };
  const right =
    response.headers.get('Content-Type') === 'application/problem+json' &&
    Object.entries(form).every(([name, value]) => body[name] === value) &&
    typeof body.title === 'string' &&
    typeof body.detail === 'string';
  return [response.status, right ? body.code : body];
}

test('a program pauses and resumes an extension’s call, on the way of a person’s wish, which is written down first', async (t) => {
  const { wish, tools, events, token } = await program();
  const response = await wish('214/pause');
  t.is(response.status, 200);
  t.deepEqual(await response.json(), {
    extension: '214',
    became: 'paused',
    call: CALL,
    startedAt: '2026-11-26T12:00:00.000Z',
    recording: 'on',
    resumesAt: null,
  });
  t.deepEqual(events.at(-1)?.facts, { call: CALL, wish: 'pause', token: 'CRM' });
  t.like(events.at(-1), { kind: 'steering_asked', actor: token.id });
  tools.world.ofPhone = [resting];
  tools.world.steered = 'already_so';
  const again = await wish('214/pause');
  t.is(again.status, 200, 'what is wanted twice is so');
  t.like(await again.json(), {
    became: 'already_so',
    recording: 'paused',
    resumesAt: '2026-11-26T12:01:00.000Z',
  });
});

test('it reads whether there is a call and whether that is recorded, and no number', async (t) => {
  const { ask, tools } = await program();
  tools.world.live = [{ id: CALL, from: '214', to: '+31687654321', startedAt: AT, recording: 'r', paused: true }];
  tools.world.ofPhone = [resting];
  const response = await ask('214');
  const text = await response.text();
  t.deepEqual(JSON.parse(text), {
    extension: '214',
    calls: [
      {
        call: CALL,
        startedAt: '2026-11-26T12:00:00.000Z',
        recording: 'paused',
        resumesAt: '2026-11-26T12:01:00.000Z',
      },
    ],
  });
  tools.world.ofPhone = [];
  t.deepEqual(await (await ask('214')).json(), { extension: '214', calls: [] });
});

test('without a token that counts nothing is told, a person’s session included', async (t) => {
  const { ask, desk, cookies, text, token, access, clock, post, events, person } = await program();
  const session = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const before = events.length;
  const bare = await desk.request(`${ORIGIN}/api/v1/extensions/214`, {
    headers: { Cookie: session, Origin: ORIGIN, Accept: 'text/html' },
  });
  t.is(bare.headers.get('WWW-Authenticate'), 'Bearer realm="belkluis"');
  t.deepEqual(await refusal(bare), [401, 'token_refused']);
  t.deepEqual(await refusal(await post('/api/v1/extensions/214/pause', {})), [401, 'token_refused']);
  const wrong = await ask('214', {}, { Authorization: `Bearer ${text.slice(0, -1)}_` });
  t.is(wrong.headers.get('WWW-Authenticate'), 'Bearer realm="belkluis", error="invalid_token"');
  t.deepEqual(await refusal(wrong), [401, 'token_refused']);
  t.deepEqual(await refusal(await ask('214', {}, { Authorization: `Basic ${btoa(`x:${text}`)}` })), [
    401,
    'token_refused',
  ]);
  clock.advance(3_600_001);
  // In the address it would stand in logs and histories.
  const inAddress = await desk.request(`${ORIGIN}/api/v1/extensions/214?access_token=${text}`);
  t.deepEqual(await refusal(inAddress), [401, 'token_refused']);
  t.deepEqual(await refusal(await desk.request(`${ORIGIN}/api/v1/nothing`)), [401, 'token_refused']);
  t.is(events.length, before);
  t.is((await ask('214')).status, 200);
  access.tokens.revoke(token.id, person.name);
  t.deepEqual(await refusal(await ask('214')), [401, 'token_refused'], 'revoked at once');
});

test('a token is for its extensions and its wishes, and that somebody tried others is written down', async (t) => {
  const { ask, wish, events, token, world, clock } = await program();
  const last = () => [events.at(-1)?.kind, events.at(-1)?.facts];
  const facts = { token: token.id, name: 'CRM' };
  for (const extension of ['216', '21', '2145', '214 ']) {
    const [status] = await refusal(await ask(encodeURIComponent(extension)));
    t.is(status, extension === '214 ' ? 422 : 403, extension);
  }
  t.deepEqual(last(), ['token_refused', { ...facts, why: 'extension' }]);
  t.deepEqual(await refusal(await wish('216/pause')), [403, 'extension_not_allowed']);
  t.deepEqual(await refusal(await wish('214/object')), [403, 'wish_not_allowed']);
  t.deepEqual(last(), ['token_refused', { ...facts, why: 'wish' }]);
  t.deepEqual(await refusal(await wish('214/listen')), [404, 'not_here']);
  t.deepEqual(await refusal(await ask('214/pause')), [404, 'not_here'], 'a look changes nothing');
  t.deepEqual(await refusal(await ask('214', { method: 'DELETE' })), [404, 'not_here']);
  t.false(events.some(({ kind }) => kind === 'steering_asked'));
  const noted = () => events.filter(({ kind }) => kind === 'token_refused').length;
  t.is(noted(), 2, 'a program that asks all day does not fill the log');
  clock.advance(REFUSAL_NOTED_EVERY_MS);
  await wish('216/pause');
  t.is(noted(), 3);
  world.auditWorks = false;
  t.deepEqual(await refusal(await wish('214/object')), [503, 'audit_failed']);
});

test('a token for all extensions is for each', async (t) => {
  const { wish } = await program({ extensions: null });
  t.is((await wish('999/pause')).status, 200);
});

interface Case {
  /** How calls are then. */
  readonly calls?: Partial<Program['tools']['world']>;
  readonly auditWorks?: boolean;
  readonly path?: string;
  readonly body?: string;
  readonly told: [number, string];
}

const refusals: Readonly<Record<string, Case>> = {
  'no call': { calls: { ofPhone: [] }, told: [404, 'no_call'] },
  'a call that is over by then': { calls: { steered: 'no_such_call' }, told: [404, 'no_such_call'] },
  'a call that is another extension’s': { body: JSON.stringify({ call: OTHER }), told: [404, 'no_such_call'] },
  'a call that is not recorded': { calls: { steered: 'not_recording' }, told: [409, 'not_recording'] },
  'a purpose that lets nobody pause': { calls: { steered: 'pause_not_allowed' }, told: [409, 'pause_not_allowed'] },
  'a recording that the law requires': {
    calls: { steered: 'legal_retention' },
    path: '214/object',
    told: [409, 'recording_required'],
  },
  'a recording that has begun already': {
    calls: { steered: 'already_so' },
    path: '214/record',
    told: [409, 'already_so'],
  },
  'no call process': { calls: { running: false }, told: [503, 'calls_down'] },
  'no audit log': { auditWorks: false, told: [503, 'audit_failed'] },
  'a body that is no JSON': { body: 'call=1', told: [400, 'body_wrong'] },
  'a body with more in it': { body: '{"calls":"x"}', told: [400, 'body_wrong'] },
  'a body that names no call': { body: '{"call":"1"}', told: [400, 'body_wrong'] },
  'a body that is too large': { body: ' '.repeat(MAX_API_BODY + 1), told: [413, 'too_large'] },
  'a name that no phone has': { path: 'a%20b/pause', told: [422, 'phone_name'] },
};
for (const [what, { calls, auditWorks = true, path = '214/pause', body, told }] of Object.entries(refusals)) {
  test(`${what}: ${told.join(' ')}`, async (t) => {
    const { wish, tools, world } = await program({ wishes: ['pause', 'record', 'object'] });
    Object.assign(tools.world, calls);
    world.auditWorks = auditWorks;
    t.deepEqual(await refusal(await wish(path, body)), told);
  });
}

test('of several calls the one that the wish fits is meant; of several that fit one is named', async (t) => {
  const { wish, tools, events } = await program({ wishes: ['pause', 'record'] });
  const aside: PhoneCall = { ...going, call: OTHER, recording: 'off' };
  const meant = () => events.at(-1)?.facts as { call?: string };
  tools.world.ofPhone = [aside, going];
  t.is((await wish('214/pause')).status, 200);
  t.is(meant().call, CALL);
  tools.world.steered = 'begun';
  t.is((await wish('214/record')).status, 200);
  t.is(meant().call, OTHER);
  tools.world.ofPhone = [going, { ...resting, call: OTHER }];
  const before = events.length;
  const several = await wish('214/pause');
  t.is(several.status, 409);
  t.like(await several.json(), { code: 'several_calls', calls: { 0: { call: CALL }, 1: { call: OTHER } } });
  t.is(events.length, before);
  t.is((await wish('214/pause', JSON.stringify({ call: OTHER }))).status, 200);
  t.is(meant().call, OTHER);
});

test('a program that asks too much, and one that guesses, are told when to come again', async (t) => {
  const { ask } = await program();
  const statuses = await Promise.all(Array.from({ length: TOKEN_BURST + 1 }, () => ask('214')));
  t.is(statuses.filter(({ status }) => status === 200).length, TOKEN_BURST);
  const late = statuses.find(({ status }) => status === 429)!;
  t.regex(late.headers.get('Retry-After') ?? '', /^[1-9]\d*$/);
  t.deepEqual(await refusal(late), [429, 'too_many']);
  const guesses = [];
  for (let n = 0; n < 8; n++) guesses.push(await ask('214', {}, { Authorization: 'Bearer guess' }));
  t.deepEqual([guesses[0]!.status, guesses.at(-1)!.status], [401, 429]);
  t.regex(guesses.at(-1)!.headers.get('Retry-After') ?? '', /^[1-9]\d*$/);
});

test('no page elsewhere reads or steers: no other origin is let in, and no cookie is set', async (t) => {
  const { ask, text } = await program();
  const cross = { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' };
  const preflight = await ask(
    '214/pause',
    { method: 'OPTIONS' },
    {
      ...cross,
      Authorization: '',
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'authorization',
    },
  );
  t.is(preflight.status, 401);
  const answers = [preflight, await ask('214', {}, cross), await ask('216', {}, cross)];
  for (const { headers } of answers) {
    t.deepEqual(
      [...headers.keys()].filter((name) => /^access-control|^set-cookie/.test(name)),
      [],
    );
    t.is(headers.get('Cache-Control'), 'no-store');
    t.is(headers.get('X-Content-Type-Options'), 'nosniff');
  }
  t.false(JSON.stringify(answers.map(({ headers }) => [...headers])).includes(text));
});

test('a token is in no log and no event, whatever goes wrong', async (t) => {
  const { ask, wish, text, events, services, world, tools } = await program();
  const lines: string[] = [];
  Object.assign(services, { log: (event: string, facts: object) => lines.push(JSON.stringify([event, facts])) });
  await wish('214/pause');
  await ask('216');
  tools.world.running = false;
  await wish('214/pause');
  world.auditWorks = false;
  await wish('214/object');
  t.deepEqual(lines, ['["api_failed",{"code":"calls_down"}]', '["api_failed",{"code":"audit_failed"}]']);
  const secret = text.slice(-43);
  t.false(JSON.stringify([events, lines]).includes(secret));
});
