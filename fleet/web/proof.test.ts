/** What an open session may not do alone: a stolen cookie, or a browser that nobody sits at. */
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import test from 'ava';
import { Authenticator } from '../access/testing/authenticator.ts';
import { ORIGIN, of, testConsole } from './testing/console.ts';

const here = { origin: ORIGIN, verifies: true };

/** What is in an attribute of a page. */
const unescaped = (text: string): string => text.replaceAll('&quot;', '"').replaceAll('&amp;', '&');

async function world(t: Parameters<typeof testConsole>[0]) {
  const made = await testConsole(t);
  const owner = await made.join('maaike@noordkop.example', [of('owner')]);
  const other = await made.join('piet@noordkop.example', [of('operator'), of('auditor')]);
  const grants = JSON.stringify(other.person.grants);
  const their = `/people/${other.person.id}`;
  /** Each with what its form shows again, and with what the log says once it is done. */
  const acts: readonly {
    readonly path: string;
    readonly fields: Record<string, string>;
    readonly kept?: RegExp;
    readonly does?: string;
  }[] = [
    {
      path: '/people/invite',
      fields: { email: 'els@visser.example', role: 'auditor', place: '' },
      kept: /value="els@visser\.example".*value="auditor" checked/s,
      does: 'person_invited',
    },
    {
      path: '/tokens',
      fields: { name: 'PSA', acts: 'see boxes', days: '31' },
      kept: /value="PSA".*value="see boxes" checked.*value="31"/s,
      does: 'token_made',
    },
    {
      path: `${their}/grants`,
      fields: { role: 'owner', place: '' },
      kept: /value="owner" selected/,
      does: 'rights_changed',
    },
    { path: `${their}/grants/0/remove`, fields: { was: grants }, kept: /name="was" value="[^"]+"/ },
    { path: `${their}/remove`, fields: {}, does: 'person_removed' },
    {
      path: '/providers/new',
      fields: {
        ...{
          name: 'Directory',
          issuer: 'https://login.example',
          clientId: 'fleet',
          clientSecret: 'a-secret-of-theirs',
        },
        ...{ country: 'NL', domains: 'noordkop.example' },
      },
      kept: /value="https:\/\/login\.example".*value="a-secret-of-theirs".*>noordkop\.example</s,
    },
    { path: '/account/app/remove', fields: {} },
    { path: `/account/passkeys/${'A'.repeat(43)}/remove`, fields: {} },
    { path: '/enrol/add/passkey', fields: {} },
  ];
  return { ...made, owner, other, acts };
}

test('a session alone changes nothing of who comes in and what they may; what was typed stays', async (t) => {
  const { owner, acts, log, clock } = await world(t);
  const { post } = owner;
  for (const { path, fields, kept } of acts) {
    const before = (await log.head()).size;
    const none = await post(path, fields);
    t.is(none.status, 400, path);
    t.regex(await none.text(), /id="code-error"/, path);
    t.is((await log.head()).size, before, `${path}: nothing was done, and nothing counted as a try`);
  }
  const { path, fields } = acts[0]!;
  t.is((await post(path, { ...fields, code: owner.code() })).status, 400, 'the code that signed in');
  clock.advance(30_000);
  for (const { path, fields, kept } of acts.slice(0, 2))
    t.regex(await (await post(path, { ...fields, passkey: '{' })).text(), kept!, path);
  for (const { path, fields, kept, does } of acts.filter(({ does }) => does)) {
    if (kept) t.regex(await (await post(path, fields)).text(), kept, path);
    clock.advance(30_000);
    t.true([200, 303].includes((await post(path, { ...fields, code: owner.code() })).status), path);
    const { rows } = await log.about(owner.person.msp);
    t.true(
      rows.some(({ event }) => event.kind === does),
      `${path}: ${does}`,
    );
  }
});

test('a factor is added by who has one: no proof, no challenge and no secret', async (t) => {
  const { join, clock, services } = await testConsole(t);
  const { page, post, send, code, cookies } = await join('maaike@noordkop.example', [of('owner')]);
  const json = { Origin: ORIGIN, 'Content-Type': 'application/json', Accept: 'application/json' };
  const asked = (path: string, body: unknown = {}) =>
    send(path, { method: 'POST', body: JSON.stringify(body), headers: json });
  t.is((await asked('/enrol/passkey/options')).status, 403);
  t.is((await post('/enrol/app', {})).headers.get('Location'), '/enrol?add=app');
  t.regex(await page('/enrol'), /href="\/enrol\?add=passkey"/);
  t.notRegex(await page('/enrol'), /add=app/, 'there is one');

  const key = new Authenticator('maaike');
  const toProve = (await (await asked('/proof/options')).json()) as PublicKeyCredentialRequestOptionsJSON;
  const stolen = { rp: { id: 'fleet.example', name: '' }, challenge: toProve.challenge };
  const made = key.create(stolen as unknown as PublicKeyCredentialCreationOptionsJSON, here);
  t.is((await asked('/enrol/passkey', made)).status, 400, 'a challenge to prove with makes no passkey');

  clock.advance(30_000);
  const shown = await (await post('/enrol/add/passkey', { code: code() })).text();
  const options = JSON.parse(unescaped(/ options="([^"]+)"/.exec(shown)![1]!));
  t.is((await asked('/enrol/passkey', key.create(options, here))).status, 200);

  // From here on the passkey proves, too.
  const challenge = (await (await asked('/proof/options')).json()) as PublicKeyCredentialRequestOptionsJSON;
  const passkey = JSON.stringify(key.get(challenge, here));
  t.is((await post('/account/app/remove', { passkey })).status, 303);
  t.is(
    (await post('/people/invite', { email: 'els@visser.example', role: 'auditor', place: '', passkey })).status,
    400,
  );
  t.regex(await page('/enrol'), /href="\/enrol\?add=app"/);
  const alone = await post('/enrol/add/app', {});
  t.is(alone.status, 400);
  t.notRegex(await alone.text(), /otpauth:/, 'no secret without a proof');
  const session = cookies.get('__Host-session')!;
  t.false(await services.access.own.hasApp(session));
});
