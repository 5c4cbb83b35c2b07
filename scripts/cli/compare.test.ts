import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@belkluis/shared/base/clock';
import { samplePolicy } from '@belkluis/shared/policy/sample';
import test from 'ava';
import { checkLines, saveLines } from '../../appliance/lines/store.ts';
import { appliedPolicies } from '../../appliance/policy/store.ts';
import { callsCompare } from './exceptions.ts';
import { noticesAcknowledge } from './notices.ts';
import { objectionsAdd } from './objections.ts';
import { cliBox } from './testing/cli-box.ts';

const HOUR = 3_600_000;

test('a call of somebody who objected is missed by nobody', async (t) => {
  const { at, data, apply, person, run, withVault } = cliBox();
  const draft = samplePolicy(new Date());
  await apply({ ...draft, rules: [{ id: 'sales', purpose: 'complaints', to: ['2*'], start: 'automatic' }] });
  const one = await person('Dora Bos', 'dpo');
  await run(noticesAcknowledge, { all: true, how: 'paper', ...one.as }, '201');
  const two = await person('Dirk Bos', 'dpo');
  await run(objectionsAdd, { case: 'AVG-3', ...two.as }, '+31612345678');

  const path = join(data, 'log');
  mkdirSync(path);
  const start = Math.round((systemClock.now() - 2 * HOUR) / 1000);
  writeFileSync(
    join(path, 'day.csv'),
    `start,from,to,seconds\n${start},0612345678,201,60\n${start},0687654321,201,60\n`,
  );
  const columns = { startedAt: 'start', caller: 'from', callee: 'to', duration: 'seconds' };
  const format = { kind: 'csv' as const, columns, time: 'unix' as const };
  saveLines(
    at.lines,
    checkLines({ schemaVersion: 1, callLogs: [{ id: 'pbx', place: { kind: 'directory', path }, format }] }),
    () => {},
  );
  const config = join(data, 'box.json');
  writeFileSync(
    config,
    JSON.stringify({
      ...{ data, domain: 'calls.example', address: '127.0.0.1', ringSeconds: 60, timeZone: 'Europe/Amsterdam' },
      ...{ sip: { tls: 5061, plain: null }, media: { ports: [20_000, 29_999], workers: null } },
      desk: { port: 8443, names: ['localhost'] },
    }),
  );
  // As on a box that kept no policies yet: a call of before is judged by what is in force now.
  for (const { path: kept } of appliedPolicies(at.policy)) rmSync(kept);
  t.like(await run(callsCompare, { config }), { exitCode: 1 });
  const missed = withVault(({ catalogue }) => catalogue.exceptions.list(10, 0).map(({ caller }) => caller));
  t.deepEqual(missed, ['0687654321']);
});
