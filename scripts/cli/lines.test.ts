import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { linesApply, linesCheck, linesShow } from './lines.ts';
import { pbxRemove, pbxSet, pbxShow } from './pbx.ts';
import { cliBox } from './testing/cli-box.ts';
import { trunksAdd, trunksRemove } from './trunks.ts';

/** Somebody of the desk who proves it again for each act: a code counts once. */
async function scene() {
  const box = cliBox();
  let count = 0;
  const admin = async () => box.person(`Robert ${++count}`, 'admin');
  return { ...box, admin };
}

test('a trunk is added, shown without its password, edited and applied again; each change is in the log by who did it', async (t) => {
  const { data, run, events, at, admin } = await scene();
  const secret = join(data, 'secret.txt');
  writeFileSync(secret, 'hunter-2-hunter\n');
  const account = { user: 'box', 'password-file': secret };
  const dids = { did: ['+31201234567=10,11'] };
  const robert = await admin();
  await run(trunksAdd, { host: 'sip.example.net', ...account, ...dids, ...robert.as }, 'carrier');
  const shown = await run(linesShow);
  t.notRegex(JSON.stringify(shown), /hunter/);
  const file = join(data, 'edited.json');
  writeFileSync(file, shown.text.replace('"allow": []', '"allow": ["+31"]'));
  const checked = await run(linesCheck, {}, file);
  t.regex(checked.text, /outbound\.allow: – → \+31\nLowers a guard: More may be called/);
  await t.throwsAsync(run(linesApply, (await admin()).as, file), { code: 'reason_needed' });
  t.deepEqual(JSON.parse(readFileSync(at.lines, 'utf8')).outbound.allow, []);
  const dutch = await admin();
  await run(linesApply, { ...dutch.as, reason: 'we call customers' }, file);
  const kept = JSON.parse(readFileSync(at.lines, 'utf8'));
  t.is(kept.trunks[0].account.password, 'hunter-2-hunter');
  t.deepEqual(kept.outbound.allow, ['+31']);
  const again = async (values: object, id: string) => run(trunksAdd, { ...values, ...(await admin()).as }, id);
  await t.throwsAsync(again({ host: 'x.example.net' }, 'carrier'), { code: 'trunk_exists' });
  await t.throwsAsync(again({ host: 'x.example.net', transport: 'udp' }, 'other'), { code: 'lines_invalid' });
  const last = await admin();
  await run(trunksRemove, last.as, 'carrier');
  const changes = events().filter(({ kind }) => kind === 'lines_changed');
  const facts = { pbx: false, siprec: 0, weakens: [], reason: null };
  t.deepEqual(
    changes.map(({ actor, facts: told }) => [actor, told]),
    [
      [robert.id, { ...facts, trunks: ['carrier'] }],
      [dutch.id, { ...facts, trunks: ['carrier'], weakens: ['toll'], reason: 'we call customers' }],
      [last.id, { ...facts, trunks: [] }],
    ],
  );
});

test('nobody changes lines unnamed, nor whose role may not', async (t) => {
  const { run, person, at, events } = await scene();
  const dpo = await person('Anna', 'dpo');
  for (const [command, positionals] of [
    [trunksAdd, ['carrier']],
    [trunksRemove, ['carrier']],
    [pbxSet, ['pbx.example.net']],
    [pbxRemove, []],
  ] as const) {
    await t.throwsAsync(run(command, { host: '192.0.2.1' }, ...positionals), { code: 'usage' }, command.name);
  }
  await t.throwsAsync(run(pbxSet, { host: '192.0.2.1', ...dpo.as }, 'pbx.example.net'), { code: 'role_missing' });
  t.throws(() => readFileSync(at.lines));
  t.false(events().some(({ kind }) => kind === 'lines_changed'));
});

test('a PBX is set with its exceptions, for which somebody says why, shown while nobody answers for it, and removed', async (t) => {
  const { run, at, admin } = await scene();
  const told = { host: '192.0.2.10', 'plain-phone': ['202=2030-01-31', '*=2029-01-31'], 'no-local-calls': true };
  await t.throwsAsync(run(pbxSet, { ...told, ...(await admin()).as }, 'pbx.example.net'), { code: 'reason_needed' });
  await run(pbxSet, { ...told, ...(await admin()).as, reason: 'old firmware' }, 'pbx.example.net');
  t.like(JSON.parse(readFileSync(at.lines, 'utf8')).pbx, {
    domain: 'pbx.example.net',
    localCallsWithoutIt: false,
    wayBack: 'contact',
    plainPhones: [
      { user: '202', until: '2030-01-31T00:00:00.000Z' },
      { user: '*', until: '2029-01-31T00:00:00.000Z' },
    ],
  });
  t.is((await run(pbxShow)).exitCode, 1);
  await t.throwsAsync(run(pbxSet, { host: 'x', 'plain-phone': ['202'] }, 'pbx.example.net'), { code: 'usage' });
  await run(pbxRemove, (await admin()).as);
  t.is(JSON.parse(readFileSync(at.lines, 'utf8')).pbx, null);
  await t.throwsAsync(run(pbxRemove, (await admin()).as), { code: 'pbx_unknown' });
});
