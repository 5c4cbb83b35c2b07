/** What has passed its day is gone at the desk's next look: key, content, names; the log says so. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import Database from 'better-sqlite3';
import { contentPath } from '../../appliance/vault/content.ts';
import { eventually, type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { belkluis } from '../peers/cli.ts';

let box: ScenarioBox;
test.before(async () => {
  box = await scenarioBox({
    phones: [{ user: 'anna-de-vries' }, { user: 'bram-jansen' }],
    policy: (draft) => ({
      ...draft,
      purposes: draft.purposes.map((purpose) => ({
        ...purpose,
        retention: { ...purpose.retention, contentDays: 1, trafficDays: 1, evidenceDays: 30 },
      })),
    }),
  });
});
test.after.always(() => box?.end());

test("yesterday's recording is erased, today's stays, and the log can prove it", async (t) => {
  const old = await box.recordedCall('anna-de-vries', 'bram-jansen');
  const fresh = await box.recordedCall('anna-de-vries', 'bram-jansen');
  const { expiresAt, startedAt, call } = box.vault(({ catalogue }) => catalogue.get(old)!);
  t.is(expiresAt - startedAt, 24 * 3600_000, 'the policy says one day');
  const path = (id: string) => box.vault(({ contentFolder }) => contentPath(contentFolder, id));
  const keystore = join(box.at.vault, 'keystore');
  const epoch = new Database(join(keystore, 'keystore-1.db'), { readonly: true });
  const sealed = epoch.prepare('SELECT sealed FROM entries WHERE name = ?').pluck().get(old) as Buffer;
  epoch.close();
  t.true(existsSync(path(old)));
  t.true((await box.open(old)).segments.length > 0);

  // Two processes share one clock, the machine's, which no test may turn: the row is made a day older instead.
  await box.processes.desk.stop();
  const database = new Database(join(box.at.vault, 'catalogue.db'));
  const dayBack = 25 * 3600_000;
  database
    .prepare(
      'UPDATE recordings SET announced_at = announced_at - @dayBack, started_at = started_at - @dayBack, expires_at = expires_at - @dayBack WHERE id = @old',
    )
    .run({ dayBack, old });
  database
    .prepare('UPDATE calls SET started_at = started_at - @dayBack, expires_at = expires_at - @dayBack WHERE id = @call')
    .run({ dayBack, call });
  database.close();
  await box.restart('desk');

  const row = await eventually(
    async () => box.vault(({ catalogue }) => [catalogue.get(old)!].find(({ erasedAt }) => erasedAt !== null)),
    'the erasure',
  );
  t.like(row, { eraseReason: 'expired', caller: null, callee: null });
  t.is(
    box.vault(({ keystore }) => keystore.get(old)),
    null,
  );
  t.false(existsSync(path(old)));
  await eventually(
    async () => box.vault(({ catalogue }) => catalogue.call(call)) === null,
    'the end of its traffic data',
  );

  t.true(existsSync(path(fresh)), "today's is still there");
  t.true((await box.open(fresh)).segments.length > 0);

  const { events, holds } = box.audit();
  t.true(holds);
  const purges = events.filter(({ kind }) => kind === 'purge');
  t.deepEqual(
    purges.map(({ facts }) => 'recording' in facts && facts.recording),
    [old],
  );
  t.true(events.some(({ kind }) => kind === 'purge_traffic'));

  t.like(
    await belkluis(
      box.config.data,
      'export',
      old,
      '--out',
      join(box.folder, 'x'),
      '--use',
      'complaint',
      '--reason',
      'late',
    ),
    {
      code: 1,
      json: { error: 'recording_erased' },
    },
  );

  await eventually(async () => {
    return readdirSync(keystore).every((name) => !readFileSync(join(keystore, name)).includes(sealed));
  }, 'a keystore without a byte of the erased key');
});
