/** Letting the desk sign: by a data protection officer alone, in the log first, and taken back. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { samplePolicy } from '@belkluis/shared/policy/sample';
import test from 'ava';
import { readDeskKey } from '../../appliance/identity/desk-key.ts';
import { loadTrust, policyFiles } from '../../appliance/policy/store.ts';
import { cliBox } from './testing/cli-box.ts';
import { trustDeskCommand } from './trust.ts';

const owners = (folder: string) => loadTrust(folder).policyKeys.map(({ of }) => of);

test('a DPO lets the desk sign and takes it back; an administrator cannot, and the customer’s keys stay', async (t) => {
  const { run, at, person, events, sign } = cliBox();
  await sign(samplePolicy(new Date()));
  const before = loadTrust(at.policy);
  const admin = await person('Anna Visser', 'admin');
  await t.throwsAsync(run(trustDeskCommand, admin.as), { code: 'role_missing' });
  t.is(readDeskKey(at.identity), null);
  const dpo = await person('Ingrid Bakker', 'dpo');
  const { json } = await run(trustDeskCommand, dpo.as);
  t.deepEqual(owners(at.policy), ['customer', 'desk']);
  t.like(events().at(-1), { kind: 'desk_key_trusted', actor: dpo.id, facts: json });
  t.is(statSync(join(at.identity, 'policy-key.pem')).mode & 0o777, 0o600);
  t.notRegex(readFileSync(policyFiles(at.policy).trust, 'utf8'), /PRIVATE/);
  const again = await person('Robert Visser', 'dpo');
  await run(trustDeskCommand, { ...again.as, off: true });
  t.deepEqual(owners(at.policy), ['customer', 'former'], 'what it signed is still read');
  t.true(loadTrust(at.policy).keyringKey.equals(before.keyringKey));
});

test('a box that believes nobody yet lets no desk sign', async (t) => {
  const { run, person } = cliBox();
  const dpo = await person('Ingrid Bakker', 'dpo');
  await t.throwsAsync(run(trustDeskCommand, dpo.as), { code: 'trust_missing' });
});
