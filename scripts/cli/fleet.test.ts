/** What a person at the box does with a fleet that is not there: a code, no more. With a fleet: test/scenarios/fleet-enrolment. */

import { qrClaimCode, readClaimCode } from '@belkluis/shared/contract/enrolment/code';
import { samplePolicy } from '@belkluis/shared/policy/sample';
import test from 'ava';
import { fleetConfirm, fleetEnrol, fleetLeave, fleetRefuse, fleetStatus } from './fleet.ts';
import { cliBox } from './testing/cli-box.ts';

/** Nobody listens there. */
const NOBODY = 'https://127.0.0.1:9';

test('a code is made by a person who may, in the log without the code, and given up by one', async (t) => {
  const { run, person, events, sign } = cliBox();
  const admin = await person('Anna Visser', 'admin');
  await t.throwsAsync(run(fleetEnrol, admin.as, NOBODY), { code: 'trust_missing' });
  await sign(samplePolicy(new Date()));
  const [custodian, dpo, other] = [
    await person('Bert Bakker', 'custodian'),
    await person('Ingrid Bakker', 'dpo'),
    await person('Carla Bakker', 'admin'),
  ];
  await t.throwsAsync(run(fleetEnrol, custodian.as, NOBODY), { code: 'role_missing' });
  const { json, text } = (await run(fleetEnrol, dpo.as, NOBODY)) as {
    json: { code: string; qr: string };
    text: string;
  };
  const code = readClaimCode(json.code)!;
  t.is(json.qr, qrClaimCode(code));
  t.true(text.includes(json.code));
  t.like(events().at(-1), { kind: 'fleet_code_made', actor: dpo.id });
  t.false(JSON.stringify(events()).includes(code.slice(0, 12)));
  await t.throwsAsync(run(fleetStatus), { code: 'fleet_unreachable' });
  await run(fleetRefuse, other.as);
  t.like(events().at(-1), { kind: 'fleet_refused', actor: other.id });
  t.like((await run(fleetStatus)).json, { at: 'alone' });
});

test('what there is not cannot be confirmed, refused or left, and only an address is one', async (t) => {
  const { run, person, sign } = cliBox();
  await sign(samplePolicy(new Date()));
  const as = async () => (await person(`Person ${Math.random()}`, 'admin')).as;
  await t.throwsAsync(run(fleetConfirm, { ...(await as()), root: 'AB', 'policy-key': 'AB' }), {
    code: 'fleet_not_offered',
  });
  await t.throwsAsync(run(fleetConfirm, await as()), { code: 'usage' });
  await t.throwsAsync(run(fleetRefuse, await as()), { code: 'fleet_not_offered' });
  await t.throwsAsync(run(fleetLeave, await as()), { code: 'fleet_none' });
  for (const url of ['fleet.example', 'http://fleet.example', 'https://a:b@fleet.example', 'https://fleet.example/x']) {
    await t.throwsAsync(run(fleetEnrol, await as(), url), { code: 'fleet_url' }, url);
  }
});
