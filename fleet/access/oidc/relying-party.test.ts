/** How often a provider is asked what it is, and for its keys. */

import { generateKeyPairSync } from 'node:crypto';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import { codeIn } from '@belkluis/shared/base/testing/code-of';
import test from 'ava';
import { MAX_KNOWN, METADATA_LIFETIME_MS } from './limits.ts';
import { openRelyingParty, type Spoken } from './relying-party.ts';
import { checkSettings } from './settings.ts';
import { jwt } from './testing/identity-provider.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** The clock of the library, which reads the machine's. */
let ahead = 0;
const realNow = Date.now;
Date.now = () => realNow() + ahead;

function world() {
  const clock = new ManualClock();
  const asked = { metadata: 0, keys: 0 };
  const says = { kid: 'one', token: '', fails: false, token_endpoint: '/token' };
  const party = openRelyingParty({
    origin: 'https://fleet.example',
    clock,
    async outbound(url) {
      const { origin: issuer, pathname } = new URL(url);
      if (says.fails) throw new Error('away');
      if (pathname === '/token')
        return Response.json({ access_token: 'a', token_type: 'Bearer', id_token: says.token });
      if (pathname === '/keys') {
        asked.keys++;
        return Response.json({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: says.kid }] });
      }
      asked.metadata++;
      const at = (path: string) => new URL(path, issuer).href;
      return Response.json({
        issuer,
        authorization_endpoint: at('/authorize'),
        token_endpoint: at(says.token_endpoint),
        jwks_uri: at('/keys'),
      });
    },
  });
  const spoken = (id: string, version = 1): Spoken => ({
    ...{ id, version, clientSecret: 's', hosts: [`${id}.example:443`] },
    settings: checkSettings({
      ...{ name: id, issuer: `https://${id}.example`, clientId: 'fleet', country: 'NL', trustsEmail: false },
      ...{ domains: ['a.example'], subjects: [], secondFactor: null, rules: [] },
    }),
  });
  const begin = (id = 'idp', version = 1) => party.authorization(spoken(id, version), 'of a browser');
  /** Comes back with a token that is signed by a key of this name. */
  async function comeBack(kid: string): Promise<string> {
    const state = (await begin()).searchParams;
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: 'https://idp.example', aud: 'fleet', sub: 'eve', iat: now, exp: now + 60 };
    says.token = jwt({ alg: 'RS256', kid }, { ...claims, nonce: state.get('nonce') }, privateKey);
    const query = new URLSearchParams({ code: 'c', state: state.get('state')! });
    return await codeIn(party.claims(spoken('idp'), query, 'of a browser'));
  }
  return { party, clock, asked, says, begin, comeBack };
}

test.serial('a provider is asked what it is once an hour, by many at once and of each version', async (t) => {
  const { clock, asked, begin, party } = world();
  await Promise.all([begin(), begin(), begin()]);
  clock.advance(METADATA_LIFETIME_MS - 1);
  await begin();
  t.is(asked.metadata, 1);
  clock.advance(1);
  await begin();
  t.is(asked.metadata, 2);
  await begin('idp', 2);
  t.is(asked.metadata, 3);
  party.forget('idp');
  await begin('idp', 2);
  t.is(asked.metadata, 4);
});

test.serial('what could not be learned is asked again', async (t) => {
  const { asked, says, begin } = world();
  says.fails = true;
  t.deepEqual(await Promise.all([codeIn(begin()), codeIn(begin())]), ['provider_refused', 'provider_refused']);
  says.fails = false;
  says.token_endpoint = 'https://elsewhere.example/token';
  t.is(await codeIn(begin()), 'provider_moved');
  says.token_endpoint = '/token';
  t.is(await codeIn(begin()), 'none');
  t.is(asked.metadata, 2);
});

test.serial('no more providers are known than fit', async (t) => {
  const { asked, begin } = world();
  for (let one = 0; one <= MAX_KNOWN; one++) await begin(`idp${one}`);
  t.is(asked.metadata, MAX_KNOWN + 1);
  await begin(`idp${MAX_KNOWN}`);
  await begin('idp1');
  t.is(asked.metadata, MAX_KNOWN + 1);
  await begin('idp0');
  t.is(asked.metadata, MAX_KNOWN + 2, 'the one that was asked longest ago');
});

test.serial('a key that is not known is looked for, once a minute', async (t) => {
  const { asked, says, comeBack } = world();
  t.is(await comeBack('one'), 'none');
  t.is(await comeBack('one'), 'none');
  t.is(asked.keys, 1);
  says.kid = 'two';
  t.is(await comeBack('two'), 'provider_refused', 'they were fetched just now');
  t.is(asked.keys, 1);
  ahead += 61_000;
  t.is(await comeBack('two'), 'none');
  t.is(asked.keys, 2);
  for (let tried = 0; tried < 5; tried++) t.is(await comeBack('of nobody'), 'provider_refused');
  t.is(asked.keys, 2);
  ahead += 61_000;
  for (let tried = 0; tried < 5; tried++) t.is(await comeBack('of nobody'), 'provider_refused');
  t.is(asked.keys, 3);
  t.is(asked.metadata, 1);
});
