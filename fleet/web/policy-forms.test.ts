/** Forms of policies: how large they may be, and what becomes of them when two people write the same level. */
import test from 'ava';
import { MAX_LEVEL_BYTES } from '../policy/limits.ts';
import { MAX_BODY, MAX_POLICY_BODY, NAMES_TYPED } from './limits.ts';
import { of, type TestConsole, testConsole } from './testing/console.ts';
import { formOn } from './testing/forms.ts';
import { policyBoxes } from './testing/policies.ts';

/** Groups so that the level is as large as one may be, in small pieces: what grows most in a form. */
function largestGroups(): { readonly id: string; readonly extensions: readonly string[] }[] {
  const digits = Array.from({ length: 10 }, (_, at) => String(at));
  const groups = Array.from({ length: 1000 }, (_, at) => ({ id: `g${at}`, extensions: digits }));
  const size = (many: readonly object[]) => JSON.stringify({ parts: { groups: many } }).length;
  while (size(groups) > MAX_LEVEL_BYTES - 200) groups.pop();
  return groups;
}

async function author(made: TestConsole) {
  await policyBoxes(made);
  const at = await made.join('ada@noordkop.example', [of('policy_author')]);
  return { ...at, level: `/policies/level/msp/${made.scope.msp}`, ref: { kind: 'msp', of: made.scope.msp } as const };
}

test('a level as large as one may be is written by its form, and again; nobody else sends so much', async (t) => {
  const made = await testConsole(t);
  const { post, page, level, ref } = await author(made);
  const groups = largestGroups();
  const json = JSON.stringify(groups, null, 2).replaceAll('\n', '\r\n');
  t.true(new URLSearchParams({ json }).toString().length > 4 * MAX_BODY);
  t.is((await post(`${level}/edit/groups`, { after: '0', json })).status, 303);
  const again = formOn(await page(`${level}/edit/groups`), `${level}/edit/groups`);
  t.is((await post(`${level}/edit/groups`, again)).status, 303);
  const [{ content, version }] = (await made.policies.levels.chain(made.scope, ref)) as never as [
    { content: { parts: unknown }; version: number },
  ];
  t.is(version, 2);
  t.deepEqual(content.parts, { groups });
  t.is((await post(`${level}/edit/groups`, { after: '2', json: 'x'.repeat(MAX_POLICY_BODY) })).status, 413);
  t.is((await post('/customers', { name: 'x'.repeat(MAX_BODY) })).status, 413);
  const stranger = await made.visitor().post(`${level}/edit/groups`, { after: '2', json });
  t.is(stranger.status, 401);
});

test('a level is measured in bytes, not in characters', async (t) => {
  const made = await testConsole(t);
  const { post, level } = await author(made);
  const holidays = Array.from({ length: 400 }, (_, at) => {
    const date = new Date(Date.UTC(2027, 0, 1 + at)).toISOString().slice(0, 10);
    return `${date} ${'中'.repeat(60)}`;
  }).join('\n');
  t.true(holidays.length < MAX_LEVEL_BYTES);
  const answer = await post(`${level}/edit/holidays`, { after: '0', holidays });
  t.is(answer.status, 400);
  t.regex(await answer.text(), /more than 65536 bytes/);
});

test('boxes that are typed go in a body, not in an address; so many names and no more', async (t) => {
  const made = await testConsole(t);
  await policyBoxes(made);
  const { post, page } = await made.join('sam@noordkop.example', [of('policy_signer')]);
  t.regex(await page('/policies/preview'), /<form method="post" action="\/policies\/preview"/);
  const names = (count: number) => Array(count).fill('Oven').join('\r\n');
  const looked = await post('/policies/preview', { who: 'boxes', boxes: names(NAMES_TYPED) });
  t.is(looked.status, 200);
  t.regex(await looked.text(), /0 of 1 boxes would get|of 1 box/);
  const more = await post('/policies/preview', { who: 'boxes', boxes: names(NAMES_TYPED + 1) });
  t.is(more.status, 400);
  t.regex(await more.text(), /id="boxes-error">Give 500 names at most.*Oven\s+Oven/s);
  const long = await post('/policies/preview', { who: 'boxes', boxes: 'x'.repeat(2 * MAX_BODY) });
  t.regex(await long.text(), /id="boxes-error">Nothing here is called/);
  t.is((await post('/policies/preview', {})).status, 400);
});
