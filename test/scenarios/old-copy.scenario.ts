/** Somebody puts an old copy of the whole data directory back, to undo what was erased or logged since: the box refuses, and says why. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { startSoftwareTpm } from '../../appliance/vault/keystore/testing/swtpm.ts';
import { eventually, type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { belkluis } from '../peers/cli.ts';

const root = join(import.meta.dirname, '../..');

const stop = ({ processes }: ScenarioBox) => Promise.all([processes.call.stop(), processes.desk.stop()]);

/** Starts a process of the box that is expected to refuse. */
function start(name: 'call' | 'desk', { configPath }: ScenarioBox): { code: number | null; said: string } {
  const done = spawnSync(process.execPath, [join(root, `appliance/${name}.ts`), '--config', configPath], {
    encoding: 'utf8',
    timeout: 30_000,
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  return { code: done.status, said: done.stderr };
}

/** Copies the data directory, lets the box live on, and puts the copy back. Returns where the present one lies. */
async function putBack(box: ScenarioBox, live: () => Promise<void>): Promise<string> {
  const { data } = box.config;
  await stop(box);
  cpSync(data, `${data}.old`, { recursive: true });
  await box.restart('call');
  await box.restart('desk');
  await live();
  await stop(box);
  renameSync(data, `${data}.new`);
  renameSync(`${data}.old`, data);
  return `${data}.new`;
}

/** The present data directory is accepted again. */
async function runsAgain(t: ExecutionContext, box: ScenarioBox, present: string): Promise<void> {
  rmSync(box.config.data, { recursive: true });
  renameSync(present, box.config.data);
  await box.restart('call');
  await box.restart('desk');
  t.true(box.audit().holds);
}

test.serial('a witness outside the data directory remembers a longer log', async (t) => {
  const witnessFolder = mkdtempSync(join(tmpdir(), 'witness-'));
  const box = await scenarioBox({ phones: [{ user: 'anna' }], witnessFolder });
  try {
    const present = await putBack(box, async () => {
      await belkluis(box.config.data, 'phones', 'add', 'bram', '--domain', box.config.domain);
      // The next start of the desk signs the head, and the witness remembers it.
      await box.processes.desk.stop();
      await box.restart('desk');
      await eventually(async () => {
        const { json } = await belkluis(box.config.data, 'audit', 'witness', '--folder', witnessFolder);
        return (json.remembered as { size: number } | null)?.size === json.size;
      }, 'a witness that knows the newest head');
    });
    for (const name of ['call', 'desk'] as const) {
      const refused = start(name, box);
      t.is(refused.code, 2, name);
      t.regex(refused.said, /older than what a witness has seen/, name);
    }
    await runsAgain(t, box, present);
  } finally {
    await box.end();
    rmSync(witnessFolder, { recursive: true, force: true });
  }
});

test.serial('a TPM counts epochs: an old keystore with its old sealed key does not open', async (t) => {
  const tpm = await startSoftwareTpm();
  const box = await scenarioBox({ phones: [{ user: 'anna-de-vries' }, { user: 'bram-jansen' }], tpm: tpm.tcti });
  try {
    const id = await box.recordedCall('anna-de-vries', 'bram-jansen');
    t.like((await belkluis(box.config.data, 'keystore', 'show')).json, { epochKey: 'tpm' });
    const present = await putBack(box, async () => {
      const advanced = await belkluis(box.config.data, 'keystore', 'advance');
      t.is(advanced.code, 0, JSON.stringify(advanced));
    });
    for (const name of ['call', 'desk'] as const) {
      const refused = start(name, box);
      t.is(refused.code, 2, name);
      t.regex(refused.said, /This keystore is an old copy/, name);
    }
    await runsAgain(t, box, present);
    t.true((await box.open(id)).segments.length > 0, 'what was not erased opens in the present one');
  } finally {
    await box.end();
    await tpm.stop();
  }
});

test.serial('a restore that was cut off is no box', async (t) => {
  const box = await scenarioBox({ phones: [{ user: 'anna' }] });
  try {
    await stop(box);
    mkdirSync(join(box.config.data, 'restore'), { recursive: true });
    cpSync(box.configPath, join(box.config.data, 'restore', 'state.json'));
    for (const name of ['call', 'desk'] as const) {
      const refused = start(name, box);
      t.is(refused.code, 2, name);
      t.regex(refused.said, /belkluis restore/, name);
    }
  } finally {
    await box.end();
  }
});
