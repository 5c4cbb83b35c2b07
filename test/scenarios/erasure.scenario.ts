/** Erased because its subject asked: nothing on the box and nothing that backups keep opens it any more, and a certificate says so to anybody. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import Database from 'better-sqlite3';
import { contentPath } from '../../appliance/vault/content.ts';
import { eventually, type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { belkluis } from '../peers/cli.ts';
import { type Member, newMember } from '../peers/visitor.ts';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'erasure-'));
const backups = join(folder, 'backups');
const credentials = join(folder, 'credentials');

let box: ScenarioBox;
let anna: Member;
let bo: Member;
test.before(async () => {
  mkdirSync(backups);
  box = await scenarioBox({
    phones: [{ user: 'anna-de-vries' }, { user: 'bram-jansen' }],
    backup: {
      everyMinutes: 1440,
      bytesPerSecond: null,
      destinations: [{ kind: 'directory', name: 'disk', country: 'NL', path: backups }],
    },
  });
  anna = await newMember(box, 'Anna Visser');
  const invited = await belkluis(box.config.data, 'people', 'invite', '--role', 'dpo');
  bo = await newMember(box, 'Bo Smit', invited.json.code as string);
});
test.after.always(async () => {
  await box?.end();
  rmSync(folder, { recursive: true, force: true });
});

/** Acts on the command line as a person who proves who they are. */
async function as(person: Member, ...args: readonly string[]) {
  writeFileSync(credentials, person.credentials());
  return belkluis(box.config.data, ...args, '--as', person.name, '--credentials', credentials);
}

const filesBelow = (path: string): string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** Backs up when the desk's own first backup is over. */
const backUp = () =>
  eventually(async () => {
    const said = await belkluis(box.config.data, 'backup', '--config', box.configPath);
    return said.json.error === 'backup_running' ? null : said;
  }, 'a backup');

function verify(file: string, key: string): { code: number | null; verdict: string } {
  const done = spawnSync(process.execPath, [join(root, 'scripts/belkluis-verify.mjs'), file, '--key', key, '--json'], {
    encoding: 'utf8',
  });
  return { code: done.status, verdict: (JSON.parse(done.stdout) as { verdict: string }).verdict };
}

test.serial('a hold keeps it from being erased; one person asks to lift it, another does', async (t) => {
  const id = await box.recordedCall('anna-de-vries', 'bram-jansen');
  const review = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  const placed = await as(
    anna,
    'holds',
    'add',
    '--case',
    'K-1',
    '--reason',
    'a claim',
    '--owner',
    'Legal',
    '--review',
    review,
    '--recording',
    id,
  );
  t.is(placed.code, 0, JSON.stringify(placed.json));
  t.like(await as(bo, 'erase', id, '--reason', 'request', '--case', 'R-1'), {
    code: 1,
    json: { error: 'recording_held' },
  });
  t.true((await box.open(id)).segments.length > 0);
  const hold = placed.json.hold as string;
  t.like(await as(bo, 'holds', 'ask-lift', hold, '--reason', 'settled'), { code: 0 });
  t.like(await as(bo, 'holds', 'lift', hold), { code: 1, json: { error: 'same_person' } });
  t.like(await as(anna, 'holds', 'lift', hold), { code: 0 });
  const kinds = box.audit().events.map(({ kind }) => kind);
  for (const kind of ['hold_placed', 'erasure_refused', 'hold_lift_asked', 'hold_lifted'] as const)
    t.true(kinds.includes(kind), kind);
});

test.serial(
  'what was erased on request opens from nothing that is left, and anybody can check that it was',
  async (t) => {
    const id = await box.recordedCall('anna-de-vries', 'bram-jansen');
    const { pkesk } = box.vault(({ keystore }) => keystore.get(id)!);
    t.is((await backUp()).code, 0);
    const content = contentPath(
      box.vault(({ contentFolder }) => contentFolder),
      id,
    );
    const object = () => filesBelow(backups).find((path) => path.includes(id));
    t.truthy(object(), 'its content was backed up');
    const epoch = box.vault(({ keystore }) => keystore.epoch);
    const database = new Database(join(box.config.data, 'vault/keystore', `keystore-${epoch}.db`), { readonly: true });
    const sealed = database.prepare('SELECT sealed FROM entries WHERE name = ?').pluck().get(id) as Buffer;
    database.close();
    const holding = (path: string, bytes: Buffer) =>
      filesBelow(path).filter((file) => readFileSync(file).includes(bytes));
    t.not(holding(box.config.data, sealed).length, 0, 'its wraps lie there, under the key of the epoch');

    const erased = await as(bo, 'erase', id, '--reason', 'request', '--case', 'R-2');
    t.like(erased, { code: 0, json: { certified: true } }, JSON.stringify(erased.json));
    t.false(existsSync(content));
    t.is(
      box.vault(({ keystore }) => keystore.get(id)),
      null,
    );
    await t.throwsAsync(box.open(id));
    t.true(box.vault(({ keystore }) => keystore.epoch) > epoch, 'the key that it lay under is dead');
    t.deepEqual(holding(box.config.data, sealed), [], 'not even under the dead key');
    const wraps = pkesk.subarray(20, 60);
    t.deepEqual(holding(box.config.data, wraps), []);
    t.deepEqual(
      holding(backups, wraps),
      [],
      'a snapshot is sealed to the escrow key, and none is older than seven days',
    );
    t.is((await backUp()).code, 0);
    t.is(object(), undefined, 'its content has left the destination');

    const certificate = join(folder, 'certificate.json');
    t.like(await belkluis(box.config.data, 'certificates', 'show', id, '--out', certificate), { code: 0 });
    const key = join(folder, 'device.pem');
    writeFileSync(key, (await belkluis(box.config.data, 'audit', 'key')).json.pem as string);
    t.deepEqual(verify(certificate, key), { code: 0, verdict: 'ok' });
    const facts = JSON.parse((JSON.parse(readFileSync(certificate, 'utf8')) as { event: string }).event) as {
      facts: { recording: string; epochKey: string; unreadableHereAt: number; unreadableInBackupsBy: number };
    };
    t.like(facts.facts, { recording: id, epochKey: 'file' });
    t.true(facts.facts.unreadableInBackupsBy > facts.facts.unreadableHereAt);
    writeFileSync(
      certificate,
      readFileSync(certificate, 'utf8').replace(
        id,
        id.replace(/^./, (first) => (first === '0' ? '1' : '0')),
      ),
    );
    t.is(verify(certificate, key).code, 1, 'a certificate for another recording is none');
    t.deepEqual(verify(box.at.auditDatabase, key), { code: 0, verdict: 'ok' });
  },
);
