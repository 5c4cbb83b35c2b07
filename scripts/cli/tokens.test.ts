import test from 'ava';
import { withAccess } from './box.ts';
import { cliBox } from './testing/cli-box.ts';
import { tokensAdd, tokensList, tokensRevoke } from './tokens.ts';

test('tokens are made, listed and revoked from the command line, and told once', async (t) => {
  const { run, events, data } = cliBox();
  const more = { extension: ['214', '215'], wish: ['pause', 'resume'], until: '2099-01-01' };
  await t.throwsAsync(run(tokensAdd, more, 'CRM'), { code: 'token_end' });
  const { until: _, ...usual } = more;
  const added = await run(tokensAdd, usual, 'CRM');
  const { token, id } = added.json as { token: string; id: string };
  t.regex(token, /^belkluis_[0-9a-f]{16}_[\w-]{43}$/);
  t.true(added.text.includes(token));
  const find = () => withAccess(data, (access) => access.tokens.find(token));
  t.like(await find(), { id, extensions: ['214', '215'], wishes: ['pause', 'resume'], madeBy: 'cli' });
  const listed = await run(tokensList, {});
  t.regex(listed.text, /^CRM {2}214, 215 {2}pause, resume {2}last used \d{4}-\d\d-\d\d {2}ends \d{4}-\d\d-\d\d$/);
  await t.throwsAsync(run(tokensRevoke, {}, 'ERP'), { code: 'token_unknown' });
  await run(tokensRevoke, {}, 'crm');
  t.is(await find(), null);
  t.is((await run(tokensList, {})).text, 'No program has a token.');
  const kept = events().filter(({ kind }) => kind.startsWith('token'));
  t.like(kept, [
    { kind: 'token_added', actor: 'cli', facts: { token: id, name: 'CRM' } },
    { kind: 'token_revoked', actor: 'cli', facts: { token: id, name: 'CRM' } },
  ]);
  t.false(JSON.stringify([listed, events()]).includes(token.slice(-43)));
});

test('what a program may erase, a person stands for who may do so themselves', async (t) => {
  const { run, person, events } = cliBox();
  const wanted = { all: true, wish: ['object'] };
  await t.throwsAsync(run(tokensAdd, wanted, 'CRM'), { code: 'token_right' });
  const admin = await person('Ada Admin', 'admin');
  await t.throwsAsync(run(tokensAdd, { ...wanted, ...admin.as }, 'CRM'), { code: 'token_right' });
  const custodian = await person('Cor Custos', 'custodian');
  await t.throwsAsync(run(tokensAdd, { ...wanted, ...custodian.as }, 'CRM'), { code: 'role_missing' });
  const dpo = await person('Dora Bos', 'dpo');
  t.like((await run(tokensAdd, { ...wanted, ...dpo.as }, 'CRM')).json, { extensions: null, madeBy: dpo.id });
  t.like(events().at(-1), { kind: 'token_added', actor: dpo.id, facts: { extensions: null, wishes: ['object'] } });
});

test('whose calls, and what, is said whole', async (t) => {
  const { run } = cliBox();
  for (const wrong of [
    { wish: ['pause'] },
    { wish: ['pause'], all: true, extension: ['214'] },
    { wish: ['listen'], all: true },
  ])
    await t.throwsAsync(run(tokensAdd, wrong, 'CRM'), { code: 'usage' });
  await t.throwsAsync(run(tokensAdd, { all: true, wish: [] }, 'CRM'), { code: 'token_wishes' });
});
