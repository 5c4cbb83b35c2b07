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

/** Two people at forms of one level, which both opened when nothing was written there. */
async function two(made: TestConsole) {
  const ada = await author(made);
  const sam = await made.join('sam@noordkop.example', [of('policy_author')]);
  const open = async (what: string) => formOn(await sam.page(`${ada.level}/edit/${what}`), `${ada.level}/edit/${what}`);
  const contents = async () => (await made.policies.levels.chain(made.scope, ada.ref))[0]!.content;
  /** Sam sends what he has; the form that comes back, and its page. */
  const sends = async (what: string, fields: Record<string, string | readonly string[]>) => {
    const answer = await sam.post(`${ada.level}/edit/${what}`, fields);
    const text = await answer.text();
    return {
      status: answer.status,
      text,
      form: answer.status === 409 ? formOn(text, `${ada.level}/edit/${what}`) : {},
    };
  };
  const writes = (what: string, fields: Record<string, string>) => ada.post(`${ada.level}/edit/${what}`, fields);
  return { ...ada, open, contents, sends, writes };
}

test('two write lists of the same level: the form comes back with the lines of both, and then both are kept', async (t) => {
  const made = await testConsole(t);
  const { open, contents, sends, writes } = await two(made);
  await writes('holidays', { after: '0', holidays: '2027-12-25 Christmas\n2027-12-31 Old' });
  const mine = await open('holidays');
  await writes('holidays', { after: '1', holidays: '2027-12-25 Christmas\n2027-12-26 Boxing Day' });
  const { status, text, form } = await sends('holidays', {
    ...mine,
    holidays: '2027-12-25 Christmas\r\n2027-12-31 Old\r\n2028-01-01 New Year',
  });
  t.is(status, 409);
  t.regex(text, /ada wrote version 2 meanwhile/);
  t.notRegex(text, /changed by both/);
  t.deepEqual(form.holidays, ['2027-12-25 Christmas\r\n2027-12-26 Boxing Day\r\n2028-01-01 New Year']);
  t.is((await sends('holidays', form)).status, 303);
  const dates = (await contents()).parts as { holidays: { date: string }[] };
  t.deepEqual(
    dates.holidays.map(({ date }) => date),
    ['2027-12-25', '2027-12-26', '2028-01-01'],
  );
  // The same day, named by both: one cannot see which is right.
  const again = await open('holidays');
  await writes('holidays', { after: '3', holidays: '2027-12-25 Kerst' });
  const other = await sends('holidays', { ...again, holidays: '2027-12-25 Noël' });
  t.deepEqual(other.form.holidays, ['2027-12-25 Noël']);
  t.regex(other.text, /1 field was changed by both.*ada wrote here:<\/span><pre class="text">2027-12-25 Kerst<\/pre>/s);
});

test('two write entries of the same level: neither loses an entry or a field; what both changed stands side by side', async (t) => {
  const made = await testConsole(t);
  const { open, contents, sends, writes } = await two(made);
  const mine = await open('terms');
  // Ada says something of one that is there, and of one that no form of Sam has.
  await writes('terms', { after: '0', 'terms-complaints-contentDays': '14', 'terms-complaints-evidenceDays': '400' });
  await writes('terms', {
    ...{ after: '1', 'terms-complaints-contentDays': '14', 'terms-complaints-evidenceDays': '400' },
    ...{ 'terms-_new-id': 'sales', 'terms-_new-contentDays': '20' },
  });
  const { status, text, form } = await sends('terms', {
    ...mine,
    ...{ 'terms-complaints-contentDays': '21', 'terms-complaints-trafficDays': '90' },
    ...{ 'terms-_new-id': 'sales', 'terms-_new-trafficDays': '60' },
  });
  t.is(status, 409);
  t.like(form, {
    'terms-complaints-contentDays': ['21'],
    'terms-complaints-trafficDays': ['90'],
    'terms-complaints-evidenceDays': ['400'],
    'terms-sales-contentDays': ['20'],
    'terms-sales-trafficDays': ['60'],
    'terms-_new-id': [''],
    'terms-_new-trafficDays': [''],
  });
  t.regex(text, /1 field was changed by both.*ada wrote here:<\/span><pre class="text">14<\/pre>/s);
  t.is((await sends('terms', form)).status, 303);
  t.deepEqual((await contents()).parts, {
    purposes: [
      { id: 'complaints', retention: { contentDays: 21, trafficDays: 90, evidenceDays: 400 } },
      { id: 'sales', retention: { contentDays: 20, trafficDays: 60 } },
    ],
  });
  // Ada takes out what Sam was changing: what he typed is told.
  const late = await open('terms');
  await writes('terms', { after: '3' });
  const gone = await sends('terms', { ...late, 'terms-sales-contentDays': '77', 'terms-complaints-contentDays': '33' });
  t.regex(gone.text, /ada took these out meanwhile.*<li><span>sales, What was said, days<\/span><span>77<\/span>/s);
  t.deepEqual(gone.form['terms-complaints-contentDays'], ['33']);
  t.deepEqual(gone.form['terms-complaints-trafficDays'], ['']);
});

test('two write other forms of the same level, or JSON: the other’s words are there to be read, in the moment of writing, too', async (t) => {
  const made = await testConsole(t);
  const { open, contents, sends, writes } = await two(made);
  const holidays = await open('holidays');
  await writes('limits', { after: '0', locks: 'keys' });
  const { form } = await sends('holidays', { ...holidays, holidays: '2027-12-25 Christmas' });
  t.is((await sends('holidays', form)).status, 303);
  t.deepEqual((await contents()).locks, ['keys']);
  const groups = await open('groups');
  const theirs = [{ id: 'desk', extensions: ['20'] }];
  await writes('groups', { after: '2', json: JSON.stringify(theirs) });
  const both = await sends('groups', { ...groups, json: '[{"id":"lab","extensions":["30"]}]' });
  t.deepEqual(both.form.json, ['[{"id":"lab","extensions":["30"]}]']);
  t.regex(both.text, /ada wrote here:<\/span><pre class="text">\[.*&quot;desk&quot;/s);

  // Between the look at the level and the writing.
  const { levels } = made.policies;
  const { write } = levels;
  const locks = await open('limits');
  Object.assign(levels, {
    write: async (...all: Parameters<typeof write>) => {
      Object.assign(levels, { write });
      await write(all[0], all[1], all[2], { ...(await contents()), locks: ['keys', 'rules'] }, 'fleet');
      return write(...all);
    },
  });
  const raced = await sends('limits', { ...locks, locks: 'keys\nholidays' });
  t.is(raced.status, 409);
  t.deepEqual(raced.form.locks, ['keys\r\nrules\r\nholidays']);
});
