import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Register } from '@belkluis/shared/policy/documents/register';
import { noticeVersion } from '@belkluis/shared/policy/documents/staff-notice';
import { documentWords } from '@belkluis/shared/policy/documents/words';
import { type PolicyDraft, samplePolicy } from '@belkluis/shared/policy/sample';
import test from 'ava';
import Database from 'better-sqlite3';
import type { Result } from './command.ts';
import { dpiaCheck, dpiaDraftCommand, liaDraft, noticeCallers, noticeStaff, registerShow } from './documents.ts';
import { noticesAcknowledge, noticesImport, noticesList, noticesWithdraw } from './notices.ts';
import { peopleRemove } from './people.ts';
import { phonesAdd, phonesRemove } from './phones.ts';
import { cliBox } from './testing/cli-box.ts';

const draft = samplePolicy(new Date());
const next = (before: Result, change: Partial<PolicyDraft>): PolicyDraft => {
  const { version, hash } = before.json as { version: number; hash: string };
  return { ...draft, version: version + 1, previousHash: hash, ...change };
};

interface Shown {
  readonly version: number | null;
  readonly versions: readonly { readonly version: number; readonly cause: string }[];
  readonly names: Readonly<Record<string, string | null>>;
  readonly register: Register;
}

test('each policy writes the register with it; a version of before stays to be read; whoever holds a role is named', async (t) => {
  const { apply, run, person, events } = cliBox();
  await person('R. Visser', 'dpo');
  const { id } = await person('K. Jansen', 'custodian');
  const first = await apply(draft);
  const [purpose] = draft.purposes;
  const second = await apply(
    next(first, { purposes: [{ ...purpose!, retention: { ...purpose!.retention, contentDays: 14 } }] }),
  );
  const shown = async (values = {}) => (await run(registerShow, values)).json as Shown;
  const contentDays = ({ register }: Shown) => register.rows[0]!.terms.find(({ of }) => of === 'content')!.length;
  t.is(contentDays(await shown()), 14);
  t.is(contentDays(await shown({ version: '1' })), 30);
  t.is((await shown()).register.policy!.hash, (second.json as { hash: string }).hash);
  t.is((await shown()).names[id], 'K. Jansen');
  t.is((await run(registerShow, { check: true })).exitCode, 0);
  const html = await run(registerShow, { html: true, language: 'nl' });
  t.regex(html.text, /<html lang="nl">[\s\S]*K\. Jansen[\s\S]*2 weken/);
  await t.throwsAsync(async () => run(registerShow, { version: '99' }), { code: 'register_unknown' });

  // Nobody holds the role any more, from the same act on.
  await run(peopleRemove, {}, 'K. Jansen');
  t.deepEqual((await shown()).register.holders[0], { role: 'custodian', people: [] });
  t.is((await run(registerShow, { check: true })).exitCode, 0);
  t.deepEqual(
    (await shown()).versions.map(({ cause }) => cause),
    ['policy', 'policy', 'roles'],
  );
  t.true((await run(registerShow, { version: '1' })).text.includes('somebody who has left'));
  // Before the policy itself, for each.
  t.deepEqual(
    events().flatMap(({ kind }) => (/^(register|policy)/.test(kind) ? [kind] : [])),
    ['register_recorded', 'policy_applied', 'register_recorded', 'policy_applied', 'register_recorded'],
  );
});

test('a policy whose register cannot be written does not come into force', async (t) => {
  const { apply, run, at } = cliBox();
  const first = await apply(draft);
  const raw = new Database(at.privacyDatabase);
  raw.exec(`CREATE TRIGGER full BEFORE INSERT ON registers BEGIN SELECT raise(ABORT, 'disk full'); END`);
  raw.close();
  await t.throwsAsync(apply(next(first, { purposes: [], rules: [] })));
  const { register } = (await run(registerShow)).json as Shown;
  t.is(register.policy!.version, 1);
  t.is((await run(registerShow, { check: true })).exitCode, 0);
});

test('a register that drifted is told, row by row, until a person has it written', async (t) => {
  const { apply, run, at, person } = cliBox();
  t.is((await run(registerShow, { check: true })).exitCode, 1);
  await apply(draft);
  await person('R. Visser', 'dpo');
  // Made past the box's own acts.
  const drifted = await run(registerShow, { check: true });
  t.deepEqual(drifted.json, { version: 1, drift: ['holders'] });
  t.is(drifted.exitCode, 1);
  t.regex(drifted.text, /not so any more:\n {2}holders$/);
  t.deepEqual((await run(registerShow, { record: true })).json, { version: 2 });
  t.is((await run(registerShow, { check: true })).exitCode, 0);
  t.deepEqual((await run(registerShow, { record: true })).json, { version: null });
  const raw = new Database(at.privacyDatabase);
  raw.exec(`UPDATE registers SET register = replace(register, 'Complaints', 'Weather')`);
  raw.close();
  t.deepEqual((await run(registerShow, { check: true })).json, { version: 2, drift: ['everything'] });
});

test('notices are printed in each language, and only of a policy that is in force', async (t) => {
  const { apply, run } = cliBox();
  for (const command of [noticeCallers, noticeStaff, dpiaCheck, dpiaDraftCommand])
    await t.throwsAsync(async () => run(command), { code: 'no_policy' }, command.name);
  await apply(draft);
  for (const language of ['nl', 'en', 'de', 'fr'] as const) {
    const callers = await run(noticeCallers, { language, html: true });
    t.true(callers.text.includes(`<html lang="${language}">`) && callers.text.includes('Autoriteit Persoonsgegevens'));
    const staff = await run(noticeStaff, { language });
    t.true(staff.text.includes(noticeVersion(draft.purposes[0]!).slice(0, 12)));
    t.true((await run(dpiaDraftCommand, { language })).text.includes(documentWords[language].dpia.guard.mayOpen));
    t.true((await run(liaDraft, { language }, 'complaints')).text.includes('Weighing of interests: complaints'));
  }
  await t.throwsAsync(async () => run(noticeCallers, { language: 'xx' }), { code: 'usage' });
  await t.throwsAsync(async () => run(liaDraft, {}, 'unknown'), { code: 'purpose_unknown' });
});

test('an assessment that is owed is told with exit code 1; one that is there, with what is open', async (t) => {
  const { apply, run } = cliBox();
  const purposes = draft.purposes.map((purpose) => ({ ...purpose, uses: ['quality' as const, 'care' as const] }));
  const rules = [{ id: 'some', purpose: 'complaints', from: ['201'], start: 'automatic' as const }];
  const first = await apply({ ...draft, purposes, rules, dpia: null });
  const owed = await run(dpiaCheck);
  t.like(owed.json, { flag: 'DPIA_REQUIRED', required: true, done: false, threshold: 10_000 });
  t.is(owed.exitCode, 1);
  const measures = [{ measure: 'Staff are trained', field: null }];
  await apply(next(first, { purposes, rules, dpia: { ...draft.dpia!, measures } }));
  const done = await run(dpiaCheck);
  t.like(done.json, { flag: null, required: true, done: true });
  t.is(done.exitCode, 0);
  t.regex(done.text, /Open: Staff are trained/);
});

test('a signed list of people behind a PBX, who have no account here, is taken over; a phone that leaves takes its own along', async (t) => {
  const { apply, run, person, data } = cliBox();
  await apply(draft);
  await run(phonesAdd, { domain: 'box.test' }, '301');
  const { as } = await person('A. Beheer', 'admin');
  const list = join(data, 'list.csv');
  const version = noticeVersion(draft.purposes[0]!).slice(0, 12);
  writeFileSync(
    list,
    `extension,purpose,version,date\n201,*,${version},2026-01-05\n301,complaints,${version},2026-01-05\n`,
  );
  await run(noticesImport, as, list);
  const states = async () =>
    (
      (await run(noticesList)).json as { extensions: { extension: string; notices: { state: string }[] }[] }
    ).extensions.map(({ extension, notices }) => `${extension} ${notices[0]!.state}`);
  t.deepEqual(await states(), ['201 acknowledged', '301 acknowledged']);
  await run(phonesRemove, {}, '301');
  await run(phonesAdd, { domain: 'box.test' }, '301');
  t.deepEqual(await states(), ['201 acknowledged', '301 missing'], 'who gets the phone next has read nothing');
  t.is((await run(noticesList)).exitCode, 1);
});

test('noting takes somebody whose role may, and says for what', async (t) => {
  const { apply, run, person } = cliBox();
  await apply(draft);
  const custodian = await person('C. Bewaarder', 'custodian');
  const paper = { how: 'paper', all: true };
  await t.throwsAsync(run(noticesAcknowledge, { ...paper, ...custodian.as }, '201'), { code: 'role_missing' });
  const dpo = await person('D. Privacy', 'dpo');
  await t.throwsAsync(async () => run(noticesAcknowledge, { how: 'paper', ...dpo.as }, '201'), { code: 'usage' });
  await t.throwsAsync(async () => run(noticesAcknowledge, { all: true, how: 'desk', ...dpo.as }, '201'), {
    code: 'usage',
  });
  await run(noticesAcknowledge, { ...paper, ...dpo.as }, '201', '202');
  const other = await person('E. Privacy', 'dpo');
  await run(noticesWithdraw, other.as, '202');
  const { extensions } = (await run(noticesList)).json as { extensions: { extension: string }[] };
  t.deepEqual(
    extensions.map(({ extension }) => extension),
    ['201'],
  );
});
