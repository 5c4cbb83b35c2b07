import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { linesApply, linesShow } from './lines.ts';
import { pbxRemove, pbxSet, pbxShow } from './pbx.ts';
import { cliBox } from './testing/cli-box.ts';
import { trunksAdd, trunksRemove } from './trunks.ts';

test('a trunk is added, shown without its password, edited and applied again; each change is in the log without a number', async (t) => {
  const { data, run, events, at } = cliBox();
  const secret = join(data, 'secret.txt');
  writeFileSync(secret, 'hunter-2-hunter\n');
  const account = { user: 'box', 'password-file': secret };
  const dids = { did: ['+31201234567=10,11'] };
  await run(trunksAdd, { host: 'sip.example.net', ...account, ...dids }, 'carrier');
  const shown = await run(linesShow);
  t.notRegex(JSON.stringify(shown), /hunter/);
  const file = join(data, 'edited.json');
  writeFileSync(file, shown.text.replace('"allow": []', '"allow": ["+31"]'));
  await run(linesApply, {}, file);
  const kept = JSON.parse(readFileSync(at.lines, 'utf8'));
  t.is(kept.trunks[0].account.password, 'hunter-2-hunter');
  t.deepEqual(kept.outbound.allow, ['+31']);
  await t.throwsAsync(run(trunksAdd, { host: 'x.example.net' }, 'carrier'), { code: 'trunk_exists' });
  await t.throwsAsync(run(trunksAdd, { host: 'x.example.net', transport: 'udp' }, 'other'), {
    code: 'lines_invalid',
  });
  await run(trunksRemove, {}, 'carrier');
  const changes = events().filter(({ kind }) => kind === 'lines_changed');
  t.deepEqual(
    changes.map(({ facts }) => facts),
    [
      { trunks: ['carrier'], pbx: false, siprec: 0 },
      { trunks: ['carrier'], pbx: false, siprec: 0 },
      { trunks: [], pbx: false, siprec: 0 },
    ],
  );
});

test('a PBX is set with its exceptions, shown while nobody answers for it, and removed', async (t) => {
  const { run, at } = cliBox();
  const told = { host: '192.0.2.10', 'plain-phone': ['202=2030-01-31', '*=2029-01-31'], 'no-local-calls': true };
  await run(pbxSet, told, 'pbx.example.net');
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
  await run(pbxRemove);
  t.is(JSON.parse(readFileSync(at.lines, 'utf8')).pbx, null);
  await t.throwsAsync(run(pbxRemove), { code: 'pbx_unknown' });
});
