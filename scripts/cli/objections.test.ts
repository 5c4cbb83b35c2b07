import test from 'ava';
import { objectionsAdd, objectionsList, objectionsRemove } from './objections.ts';
import { cliBox } from './testing/cli-box.ts';

test('the DPO keeps, sees and removes objections; nobody else does, and the log names no number', async (t) => {
  const { events, person, run, withVault } = cliBox();
  const admin = await person('Ada Admin', 'admin');
  await t.throwsAsync(run(objectionsAdd, admin.as, '+31612345678'), { code: 'role_missing' });
  const custodian = await person('Cor Custos', 'custodian');
  await t.throwsAsync(run(objectionsList, custodian.as), { code: 'role_missing' });
  const one = await person('Dora Bos', 'dpo');
  const added = await run(objectionsAdd, { case: 'AVG-3', purpose: 'complaints', ...one.as }, '+31 6 1234-5678');
  t.like(added.json, { number: '+31612345678', purpose: 'complaints' });
  t.true(withVault(({ catalogue }) => catalogue.objections.meets('+31612345678', 'complaints')));
  const two = await person('Dirk Bos', 'dpo');
  await t.throwsAsync(run(objectionsAdd, two.as, 'anonymous'), { code: 'number_withheld' });
  const three = await person('Dien Bos', 'dpo');
  const { objections } = (await run(objectionsList, three.as)).json as { objections: { id: string }[] };
  t.like(objections, [{ number: '+31612345678', how: 'cli', caseRef: 'AVG-3' }]);
  const four = await person('Daan Bos', 'dpo');
  await run(objectionsRemove, four.as, objections[0]!.id);
  t.false(withVault(({ catalogue }) => catalogue.objections.meets('+31612345678', 'complaints')));
  const kept = events().filter(({ kind }) => kind.startsWith('objection') || kind === 'search');
  t.like(kept, [
    { kind: 'objection_kept', actor: one.id, facts: { purpose: 'complaints', how: 'cli' } },
    { kind: 'search', actor: three.id, facts: { found: 1 } },
    { kind: 'objection_removed', actor: four.id },
  ]);
  t.false(JSON.stringify(events()).includes('12345678'));
});
