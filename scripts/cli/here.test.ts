import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { groups } from './commands.ts';
import { checkBox } from './here.ts';
import { cliBox } from './testing/cli-box.ts';

const script = fileURLToPath(new URL('../belkluis.ts', import.meta.url));
const folder = () => mkdtempSync(join(tmpdir(), 'no-box-'));

/** What the command line answers, as a program reads it. */
async function belkluis(...args: string[]): Promise<Record<string, unknown>> {
  const run = promisify(execFile)(process.execPath, [script, ...args, '--json']);
  const { stdout } = await run.catch((error: { stdout: string }) => error);
  return JSON.parse(stdout) as Record<string, unknown>;
}

for (const words of [
  ['policy', 'show'],
  ['policy', 'pending'],
  ['register'],
  ['notices', 'list'],
  ['recordings', 'list'],
  ['phones', 'list'],
]) {
  test(`where there is no box, ${words.join(' ')} says so and which directory it looked in, and leaves nothing there`, async (t) => {
    const data = folder();
    const answer = await belkluis(...words, '--data', data);
    t.is(answer.error, 'no_box');
    t.regex(String(answer.advice), /no box in this directory.*--data DIR/);
    t.true(String(answer.detail).startsWith(data));
    t.deepEqual(readdirSync(data), []);
    t.like(await belkluis(...words, '--data', join(data, 'not-there')), { error: 'no_box' });
  });
}

test('it names the directory that the configuration of this machine names', (t) => {
  const data = folder();
  const config = join(folder(), 'box.json');
  writeFileSync(
    config,
    JSON.stringify({
      data: '/srv/our-box',
      domain: 'calls.example',
      address: '192.0.2.10',
      sip: { tls: 5061, plain: null },
      ringSeconds: 60,
      media: { ports: [20_000, 29_999], workers: null },
      desk: { port: 8443, names: [] },
      timeZone: 'Europe/Amsterdam',
    }),
  );
  const { detail } = t.throws(() => checkBox(data, config), { code: 'no_box' }) as Error & { detail?: string };
  t.is(detail, `${data}; ${config} says: --data /srv/our-box`);
});

test('a box is one from its first step on, and what asks none needs none', async (t) => {
  const box = cliBox();
  t.notThrows(() => checkBox(box.data));
  t.like(await belkluis('policy', 'show', '--data', box.data), { policy: null });
  t.like(await belkluis('policy', 'example', '--data', folder()), { schemaVersion: 2 });
  const none = groups
    .flatMap(({ commands }) => commands)
    .filter((command) => command.asksBox?.({ positionals: [], values: { config: 'x' }, data: '' }) === false)
    .map(({ name }) => name);
  t.deepEqual(none.sort(), [
    'backup',
    'calls test',
    'data-catalogue',
    'drill',
    'keys answer',
    'keys make',
    'policy example',
    'policy sign',
    'restore',
    'scrub',
    'trust set',
  ]);
});
