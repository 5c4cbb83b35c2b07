/** An MSP with a real identity provider, and people who go there. */
import type { ExecutionContext } from 'ava';
import { both, type TestDatabase } from '../../../db/testing/databases.ts';
import type { Scope } from '../../../tenants/scope.ts';
import { msp, of } from '../../testing/msp.ts';
import { browse, outbound, realProvider, type Somebody } from './identity-provider.ts';

export const SECRET = 'a-client-secret-that-nobody-reads';
export const sqlite = both[0]!;

let addresses = 0;
/** Another one each time, where what is tested is not that tries are slowed. */
export const address = () => `2001:db8::${(++addresses).toString(16)}`;

export const eve = { sub: 'eve-17', email: 'Eve@a.example', email_verified: true, name: 'Eve' };
export const settings = (issuer: string, given: Record<string, unknown> = {}) => ({
  name: 'Directory of A',
  issuer,
  clientId: 'fleet',
  country: 'NL',
  trustsEmail: false,
  domains: ['a.example'],
  subjects: [],
  secondFactor: null,
  rules: [],
  ...given,
});

/** An MSP with a real provider, and a browser that goes there. */
export async function world(t: ExecutionContext, database: TestDatabase, given: Record<string, unknown> = {}) {
  const made = await msp(t, database, outbound);
  const { access, scope, anna } = made;
  const real = await realProvider(t);
  async function add(more: Record<string, unknown> = given, within: Scope = scope, clientId = 'fleet') {
    const provider = await access.providers.add(
      within,
      settings(real.issuer, { clientId, ...more }),
      SECRET,
      anna.person.id,
    );
    real.client(clientId, SECRET, provider.redirectUri);
    return provider;
  }
  const provider = await add();
  /** To the provider and back, as `who`. */
  async function goThrough(who: Somebody, how: { invitation?: string; session?: string } = {}, by = provider.id) {
    real.world.who = who;
    const { url, browser } = await access.oidc.begin(by, address(), how);
    return { query: await browse(url), browser };
  }
  async function signIn(who: Somebody, how: { invitation?: string; session?: string } = {}, by = provider.id) {
    const { query, browser } = await goThrough(who, how, by);
    return await access.oidc.finish(by, query, browser, address(), how.session ?? null);
  }
  const invite = async (email: string, within = scope) =>
    (await access.people.invite(within, { email, grants: [of('operator')] }, anna.person.id)).token;
  return { ...made, real, provider, add, goThrough, signIn, invite };
}
