/** Who may ask for which page: every route of the console by every role and scope, and no word that tells another's id from one that never was. */
import test from 'ava';
import { type Grant, type Role, roles } from '../access/rights.ts';
import { populate } from './testing/boxes.ts';
import { of, type TestConsole, testConsole } from './testing/console.ts';

const everybody: readonly Role[] = roles;
const runs: readonly Role[] = ['owner', 'operator'];
const looks: readonly Role[] = ['owner', 'auditor'];
/** Neither comes with being owner. */
const writes: readonly Role[] = ['policy_author'];
const signs: readonly Role[] = ['policy_signer'];

/** Roles that each route is for. A route that is missing here fails: decide who may ask for it, then add it. */
const rules: Readonly<Record<string, readonly Role[] | 'open' | 'half'>> = {
  'GET /assets/*': 'open',
  'GET /sign-in': 'open',
  'POST /sign-in': 'open',
  'GET /sign-in/code': 'open',
  'POST /sign-in/code': 'open',
  'POST /sign-in/passkey/options': 'open',
  'POST /sign-in/passkey': 'open',
  'POST /sign-out': 'open',
  'GET /invitation': 'open',
  'POST /invitation': 'open',
  'GET /enrol': 'half',
  'POST /enrol/add/app': everybody,
  'POST /enrol/add/passkey': everybody,
  'POST /enrol/app': 'half',
  'POST /enrol/app/code': 'half',
  'POST /enrol/passkey/options': 'half',
  'POST /enrol/passkey': 'half',
  'GET /': everybody,
  'GET /alerts': everybody,
  'GET /alerts.csv': everybody,
  'POST /alerts/acknowledge': runs,
  'GET /alerts/mutes': everybody,
  'POST /alerts/mutes': runs,
  'POST /alerts/mutes/:mute/end': runs,
  'GET /alerts/:alert': everybody,
  'POST /alerts/:alert/acknowledge': runs,
  'POST /alerts/:alert/unacknowledge': runs,
  'POST /alerts/:alert/assign': runs,
  'POST /alerts/:alert/mute': runs,
  'POST /alerts/:alert/close': runs,
  'GET /maintenance': everybody,
  'GET /maintenance/new': runs,
  'POST /maintenance': runs,
  'POST /maintenance/:window/remove': runs,
  'GET /channels': runs,
  'GET /channels/new': runs,
  'POST /channels': runs,
  'GET /channels/:channel': runs,
  'POST /channels/:channel': runs,
  'POST /channels/:channel/test': runs,
  'POST /channels/:channel/secret': runs,
  'POST /channels/:channel/deliveries/:delivery/retry': runs,
  'POST /channels/:channel/remove': runs,
  'GET /events': everybody,
  'GET /search': everybody,
  'GET /boxes': everybody,
  'GET /boxes.csv': everybody,
  'POST /boxes/views': everybody,
  'POST /boxes/views/:view/remove': everybody,
  'GET /boxes/act': runs,
  'POST /boxes/act/:what': runs,
  'GET /boxes/:box': everybody,
  'POST /boxes/:box/commands': runs,
  'GET /boxes/:box/edit': runs,
  'POST /boxes/:box/name': runs,
  'POST /boxes/:box/tags': runs,
  'POST /boxes/:box/site': runs,
  'GET /boxes/:box/revoke': runs,
  'POST /boxes/:box/revoke': runs,
  'GET /customers': everybody,
  'GET /customers/new': runs,
  'POST /customers': runs,
  'GET /customers/:customer': everybody,
  'GET /customers/:customer/edit': runs,
  'POST /customers/:customer': runs,
  'POST /customers/:customer/archive': runs,
  'POST /customers/:customer/restore': runs,
  'GET /customers/:customer/sites/new': runs,
  'POST /customers/:customer/sites': runs,
  'GET /sites': everybody,
  'GET /sites/:site': everybody,
  'GET /sites/:site/edit': runs,
  'POST /sites/:site': runs,
  'POST /sites/:site/archive': runs,
  'POST /sites/:site/restore': runs,
  'POST /sites/:site/claims': runs,
  'POST /sites/:site/claims/:claim/withdraw': runs,
  'GET /agreements': everybody,
  'GET /customers/:customer/agreement': everybody,
  'GET /customers/:customer/agreement/preview': runs,
  'POST /customers/:customer/agreement/send': runs,
  'GET /customers/:customer/agreement/:agreement/text': everybody,
  'POST /customers/:customer/agreement/sign': runs,
  'GET /customers/:customer/agreement/end': runs,
  'POST /customers/:customer/agreement/end': runs,
  'GET /subprocessors': everybody,
  'GET /customers/:customer/changes/:subprocessor': everybody,
  'POST /customers/:customer/changes/:subprocessor/read': runs,
  'POST /customers/:customer/changes/:subprocessor/object': ['owner'],
  'GET /incidents': everybody,
  'GET /incidents/:incident': everybody,
  'POST /incidents/:incident/read': runs,
  'GET /records': looks,
  'GET /records/key': looks,
  'POST /records/pack': looks,
  'POST /records/data': looks,
  'GET /trust': 'open',
  'GET /trust.json': 'open',
  'GET /location': 'open',
  'GET /location.json': 'open',
  'GET /boxes-send': 'open',
  'GET /policies': everybody,
  'GET /policies/boxes': everybody,
  'GET /policies/documents': everybody,
  'POST /policies/documents': writes,
  'GET /policies/level/:kind/:of': everybody,
  'GET /policies/level/:kind/:of/edit/:what': writes,
  'POST /policies/level/:kind/:of/edit/:what': writes,
  'GET /policies/preview': everybody,
  'POST /policies/preview': everybody,
  'POST /policies/sign': signs,
  'POST /policies/sign/now': signs,
  'GET /policies/keys': everybody,
  'POST /policies/keys/rotate': signs,
  'POST /policies/keys/retire': signs,
  'POST /proof/options': everybody,
  'GET /rollouts': everybody,
  'GET /rollouts/:rollout': everybody,
  'GET /rollouts/:rollout/boxes.csv': everybody,
  'POST /rollouts/:rollout/halt': signs,
  'POST /rollouts/:rollout/resume': signs,
  'POST /rollouts/:rollout/cancel': signs,
  'POST /rollouts/:rollout/retry': signs,
  'GET /witness': everybody,
  'GET /witness/:box': everybody,
  'GET /witness/:box/checkpoint': everybody,
  'GET /witness/:box/evidence/:digest': everybody,
  'POST /witness/:box/accept-loss': ['owner'],
  'GET /audit': looks,
  'GET /audit/checkpoint': looks,
  'GET /audit/:index{[0-9]{1,15}}/proof.json': looks,
  'GET /people': looks,
  'GET /people/invite': ['owner'],
  'POST /people/invite': ['owner'],
  'POST /people/invitations/:invitation/withdraw': ['owner'],
  'GET /people/:person': looks,
  'POST /people/:person/grants': ['owner'],
  'GET /people/:person/grants/:at/remove': ['owner'],
  'POST /people/:person/grants/:at/remove': ['owner'],
  'GET /people/:person/remove': ['owner'],
  'POST /people/:person/remove': ['owner'],
  'GET /tokens': runs,
  'GET /tokens/new': runs,
  'POST /tokens': runs,
  'POST /tokens/:token/end': runs,
  'GET /providers': ['owner'],
  'GET /providers/new': ['owner'],
  'POST /providers/new': ['owner'],
  'GET /providers/:provider': ['owner'],
  'POST /providers/:provider': ['owner'],
  'GET /providers/:provider/remove': ['owner'],
  'POST /providers/:provider/remove': ['owner'],
  'GET /sign-in/with/:provider': 'open',
  'GET /sign-in/with/:provider/back': 'open',
  'GET /sign-in/with/:provider/finish': 'open',
  'POST /invitation/with': 'open',
  'GET /account/providers': everybody,
  'GET /account/providers/:provider/connect': everybody,
  'POST /account/providers/:provider/connect': everybody,
  'GET /account/providers/:provider/disconnect': everybody,
  'POST /account/providers/:provider/disconnect': everybody,
  'GET /account': everybody,
  'POST /account/password': everybody,
  'GET /account/passkeys/:passkey/remove': everybody,
  'POST /account/passkeys/:passkey/remove': everybody,
  'GET /account/app/remove': everybody,
  'POST /account/app/remove': everybody,
  'POST /account/sessions/end': everybody,
  'POST /account/zone': everybody,
};

/** Routes of the console, as its router has them; what runs for every request is none. */
const routesOf = ({ app }: Pick<TestConsole, 'app'>): string[] => [
  ...new Set(app.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`)),
];

const NEVER = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

/** A path with ids of what is there, or of what never was. */
function pathOf(route: string, ids: Readonly<Record<string, string>>): string {
  return route
    .split(' ')[1]!
    .replace(/:(\w+)(\{[^}]*\}+)?/g, (_, name: string, pattern?: string) => ids[name] ?? (pattern ? '0' : NEVER));
}

async function populated(t: Parameters<typeof testConsole>[0]) {
  const made = await testConsole(t);
  const ids = await populate(made, [
    { customer: 'Bakkerij Visser', site: 'Utrecht', name: 'Oven' },
    { customer: 'Garage De Vries', site: 'Gent', name: 'Brug' },
  ]);
  const known = {
    customer: ids.get('Bakkerij Visser')!,
    site: ids.get('Bakkerij Visser, Utrecht')!,
    box: ids.get('Oven')!,
  };
  const others = {
    customer: ids.get('Garage De Vries')!,
    site: ids.get('Garage De Vries, Gent')!,
    box: ids.get('Brug')!,
  };
  return { ...made, known, others };
}

test('every route has a rule, and every rule a route', async (t) => {
  const shapes = (route: string) => route.replace(/:\w+/g, ':');
  t.deepEqual(
    routesOf(await testConsole(t))
      .map(shapes)
      .sort(),
    Object.keys(rules).map(shapes).sort(),
  );
});

for (const role of roles) {
  test(`a ${role} is refused exactly what the rules refuse`, async (t) => {
    const { join, known, log } = await populated(t);
    const { get, post, person } = await join(`${role}@noordkop.example`, [of(role)]);
    for (const [route, rule] of Object.entries(rules)) {
      if (typeof rule === 'string' || route === 'GET /events') continue;
      const at = pathOf(route, { ...known, person: person.id });
      // What one does to oneself, or ends one's session by, is for tests of its own.
      const allowed = rule.includes(role);
      if (allowed && /^POST \/(people|account)/.test(route)) continue;
      const before = (await log.head()).size;
      const response = await (route.startsWith('GET') ? get(at) : post(at, {}));
      t.is(response.status === 403, !allowed, `${route}: ${response.status}`);
      t.true(response.status < 500, `${route}: ${response.status}`);
      if (response.status === 403) t.is((await log.head()).size, before, `${route}: nothing was done`);
    }
  });
}

test('somebody of one customer meets nothing of another, as if it were not there, and nothing of the MSP as a whole', async (t) => {
  const { join, known, others, other, services } = await populated(t);
  const grants: readonly Grant[] = [
    of('operator', { customer: known.customer }),
    of('auditor', { customer: known.customer }),
  ];
  const { get, post, page } = await join('els@visser.example', grants);
  const strange = await services.tenants.createCustomer(other, 'Elders', 'operator');
  for (const [route, rule] of Object.entries(rules)) {
    if (typeof rule === 'string' || !/:(customer|site|box)/.test(route)) continue;
    const said = async (ids: Readonly<Record<string, string>>) => {
      const at = pathOf(route, ids);
      const answer = await (route.startsWith('GET')
        ? get(at)
        : post(at, { name: 'x', country: 'NL', timeZone: 'Europe/Amsterdam', code: 'x' }));
      return [answer.status, await answer.text(), [...answer.headers].filter(([name]) => name !== 'set-cookie')];
    };
    const [of, never] = [await said(others), await said({})];
    const expected = rule.includes('operator') || rule.includes('auditor') ? 404 : 403;
    t.is(of[0], expected, route);
    const bare = ([status, text, headers]: Awaited<ReturnType<typeof said>>) => [
      status,
      String(text).replaceAll(/href="[^"]*language=[^"]*"/g, ''),
      headers,
    ];
    t.deepEqual(bare(of), bare(never), route);
    if (/:customer/.test(route)) t.deepEqual(bare(await said({ customer: strange.id })), bare(never), route);
  }
  for (const path of ['/audit', '/people', '/audit/checkpoint', '/channels']) t.is((await get(path)).status, 403, path);
  t.is((await post('/customers', { name: 'Mijn klant' })).status, 403);
  const mixed = ['/', '/customers', '/sites', '/witness', '/policies', '/policies/preview', '/search?q=r', '/alerts'];
  for (const path of [...mixed, '/maintenance/new']) {
    const text = await page(path);
    t.false(text.includes('Garage De Vries') || text.includes('Gent') || text.includes('Brug'), path);
    t.true(path === '/search?q=r' || text.includes('Visser') || text.includes('Oven'), path);
  }
});
