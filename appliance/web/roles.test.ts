/** Who may ask for which page: every route of the desk by every role, and no word that tells an unknown id from a forbidden one. */
import test from 'ava';
import { type Role, roles } from '../access/roles.ts';
import { ID, sealed, signedIn } from './testing/browser.ts';

const everybody: readonly Role[] = roles;

/** Roles that each route is for. A route that is missing here fails: decide who may ask for it, then add it. */
const rules: Readonly<Record<string, readonly Role[] | 'open'>> = {
  'GET /assets/*': 'open',
  'GET /login': 'open',
  'POST /login': 'open',
  'GET /login/code': 'open',
  'POST /login/code': 'open',
  'POST /logout': 'open',
  'GET /set-up': 'open',
  'POST /set-up': 'open',
  'GET /set-up/code': 'open',
  'POST /set-up/code': 'open',
  'GET /licences': 'open',
  'GET /': everybody,
  'GET /account': everybody,
  'GET /health': everybody,
  'GET /recordings': ['custodian', 'dpo'],
  'GET /recordings/:id': ['custodian', 'dpo'],
  // The recording of these tests is opened by custodians: its purpose says so.
  'POST /recordings/:id/release': ['custodian'],
  'POST /recordings/:id/export': ['custodian'],
  // Refused to both, with the reason.
  'POST /recordings/:id/purpose': ['custodian', 'dpo'],
  'GET /recordings/:id/content': ['custodian'],
  'GET /recordings/:id/restrict': ['dpo'],
  'POST /recordings/:id/restrict': ['dpo'],
  'GET /recordings/:id/lift-restriction': ['dpo'],
  'POST /recordings/:id/lift-restriction': ['dpo'],
  'GET /recordings/:id/erase': ['dpo'],
  'POST /recordings/:id/erase': ['dpo'],
  'GET /exceptions': ['custodian', 'dpo'],
  'GET /exceptions/:id': ['dpo'],
  'POST /exceptions/:id': ['dpo'],
  'GET /holds': ['custodian', 'dpo'],
  'GET /holds/new': ['custodian', 'dpo'],
  'POST /holds': ['custodian', 'dpo'],
  'GET /holds/:id': ['custodian', 'dpo'],
  'POST /holds/:id/renew': ['custodian', 'dpo'],
  'GET /holds/:id/lift': ['custodian', 'dpo'],
  'POST /holds/:id/ask-lift': ['custodian', 'dpo'],
  'POST /holds/:id/lift': ['dpo'],
  'GET /erasures': ['custodian', 'dpo'],
  'GET /erasures/:recording': ['custodian', 'dpo'],
  'GET /erasures/:recording/certificate.json': ['custodian', 'dpo'],
  'GET /retention': ['custodian', 'dpo'],
  'GET /audit': ['dpo', 'admin'],
  'GET /provision/box.pem': 'open',
  'GET /provision/:token/:file': 'open',
  'GET /calls': everybody,
  'GET /calls/:id': everybody,
  'GET /calls/:id/signalling.pcap': everybody,
  'POST /api/calls/:id/:wish': ['custodian', 'dpo'],
  'GET /phones': ['dpo', 'admin'],
  'GET /phones/new': ['admin'],
  'POST /phones': ['admin'],
  'GET /phones/:user': ['dpo', 'admin'],
  'POST /phones/:user/provision': ['admin'],
  'POST /phones/:user/remove': ['admin'],
  'GET /connection': ['admin'],
  'POST /connection': ['admin'],
  'POST /connection/box': ['admin'],
  'POST /connection/known': ['admin'],
  'POST /phones/:user/test': ['admin'],
  'GET /registrations': ['dpo', 'admin'],
  // By a token, whoever sends it (api.test.ts).
  'GET /api/v1/extensions/:extension': 'open',
  'POST /api/v1/extensions/:extension/:wish': 'open',
  'GET /tokens': ['dpo', 'admin'],
  'GET /tokens/new': ['dpo', 'admin'],
  'POST /tokens': ['dpo', 'admin'],
  'POST /tokens/:id/revoke': ['dpo', 'admin'],
  'GET /trunks': ['dpo', 'admin'],
  'GET /trunks/new': ['admin'],
  'POST /trunks': ['admin'],
  'GET /trunks/:id': ['dpo', 'admin'],
  'POST /trunks/:id': ['admin'],
  'POST /trunks/:id/remove': ['admin'],
  'POST /trunks/:id/test': ['admin'],
  'GET /outbound': ['dpo', 'admin'],
  'POST /outbound': ['admin'],
  'GET /pbx': ['dpo', 'admin'],
  'POST /pbx': ['admin'],
  'POST /pbx/remove': ['admin'],
  'POST /pbx/test': ['admin'],
  'GET /lines/:draft': ['admin'],
  'POST /lines/:draft': ['admin'],
  'GET /policy': everybody,
  'GET /policy/purposes/:id': everybody,
  'GET /policy/changes': everybody,
  'POST /policy/changes': ['dpo'],
  'GET /policy/review': ['dpo'],
  'POST /policy/review': ['dpo'],
  'GET /policy/edit': ['dpo'],
  'POST /policy/edit/drop': ['dpo'],
  'GET /policy/edit/document/:part': ['dpo'],
  'POST /policy/edit/document/:part': ['dpo'],
  'GET /policy/edit/purposes/new': ['dpo'],
  'POST /policy/edit/purposes/new': ['dpo'],
  'GET /policy/edit/purposes/:id/:part': ['dpo'],
  'POST /policy/edit/purposes/:id/:part': ['dpo'],
  'POST /policy/edit/purposes/:id/remove': ['dpo'],
  'GET /policy/edit/purposes/:id/voice': ['dpo'],
  'POST /policy/edit/purposes/:id/voice': ['dpo'],
  'POST /policy/edit/purposes/:id/voice/box': ['dpo'],
  'GET /policy/edit/purposes/:id/voice/:language/:sentence': ['dpo'],
  'GET /policy/edit/entries/:list/:id': ['dpo'],
  'POST /policy/edit/entries/:list/:id': ['dpo'],
  'POST /policy/edit/entries/:list/:id/remove': ['dpo'],
  'POST /policy/edit/entries/rules/:id/:way{up|down}': ['dpo'],
  'GET /privacy': everybody,
  'GET /privacy/register': everybody,
  'GET /privacy/register.html': everybody,
  'GET /privacy/register.json': everybody,
  'GET /privacy/notice/callers': everybody,
  'GET /privacy/notice/callers.html': everybody,
  'GET /privacy/notice/staff': everybody,
  'POST /privacy/notice/staff': ['dpo', 'admin'],
  'GET /privacy/notice/staff/:file{[a-z0-9-]+\\.html}': everybody,
  'POST /privacy/notice/staff/withdraw': ['dpo', 'admin'],
  'GET /privacy/dpia': everybody,
  'GET /privacy/dpia.html': everybody,
  'GET /privacy/dpia.json': everybody,
  'GET /privacy/interests/:file{[a-z0-9-]+\\.html}': everybody,
  'GET /privacy/objections': ['dpo'],
  'POST /privacy/objections': ['dpo'],
  'POST /privacy/objections/:id/remove': ['dpo'],
  'GET /privacy/data': everybody,
  'GET /privacy/data.json': everybody,
  'GET /backups': ['dpo', 'admin'],
  'POST /backups/run': ['admin'],
  'POST /backups/drill': ['admin'],
  'GET /fleet': everybody,
  'POST /fleet/begin': ['dpo', 'admin'],
  'POST /fleet/ask': ['dpo', 'admin'],
  'POST /fleet/give-up': ['dpo', 'admin'],
  'POST /fleet/confirm': ['dpo', 'admin'],
  'POST /fleet/refuse': ['dpo', 'admin'],
  'GET /fleet/leave': ['dpo', 'admin'],
  'POST /fleet/leave': ['dpo', 'admin'],
  'GET /fleet/move': ['dpo', 'admin'],
  'POST /fleet/move': ['dpo', 'admin'],
  'GET /time': ['dpo', 'admin'],
  'POST /time/confirm': ['dpo', 'admin'],
};

/** Routes of the desk, as its router has them; what runs for every request is none. */
async function routesOf(): Promise<string[]> {
  const { desk } = await signedIn(['dpo']);
  const all = desk.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`);
  return [...new Set(all)];
}

test('every route has a rule, and every rule a route', async (t) => {
  t.deepEqual((await routesOf()).sort(), Object.keys(rules).sort());
});

for (const role of roles) {
  test(`a ${role} is refused exactly what the rules refuse`, async (t) => {
    // Reading leaves everything as it is, so one visitor reads all; who acts has a desk of their own each time.
    const reader = await signedIn([role]);
    reader.recordings.push(sealed());
    for (const route of await routesOf()) {
      const rule = rules[route];
      if (rule === undefined || rule === 'open') continue;
      const [method, path] = route.split(' ') as [string, string];
      const { recordings, get, post, events } = method === 'GET' ? reader : await signedIn([role]);
      if (method !== 'GET') recordings.push(sealed());
      const at = path.replace(/:\w+/, ID);
      const before = events.length;
      const response = await (method === 'GET' ? get(at) : post(at, {}));
      t.is(response.status === 403, !rule.includes(role), `${route}: ${response.status}`);
      if (response.status === 403) t.is(events.length, before, 'nothing was done');
    }
  });

  test(`a ${role} cannot tell an id that they may not see from one that never was`, async (t) => {
    const { recordings, get, post } = await signedIn([role]);
    recordings.push(sealed());
    for (const [route, rule] of Object.entries(rules)) {
      if (rule === 'open' || rule.includes(role) || !route.includes(':')) continue;
      const [method, path] = route.split(' ') as [string, string];
      const answers = await Promise.all(
        [ID, 'f'.repeat(32), 'no id'].map(async (id) => {
          const at = path.replace(/:\w+/, encodeURIComponent(id));
          const response = await (method === 'GET' ? get(at) : post(at, { why: 'evidence' }));
          const text = (await response.text()).replaceAll(encodeURIComponent(id), '');
          return [response.status, text, [...response.headers].filter(([name]) => name !== 'set-cookie')];
        }),
      );
      t.is(answers[0]![0], 403, route);
      t.deepEqual(answers[0], answers[1], route);
      t.deepEqual(answers[0], answers[2], route);
    }
  });
}
