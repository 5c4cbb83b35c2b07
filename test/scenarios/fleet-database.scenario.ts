/** The fleet's database as it is at work: several processes, TLS, a server that crashes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@belkluis/shared/base/clock';
import test from 'ava';
import { sql } from 'kysely';
import { loopbackCertificate } from '../../appliance/sip/testing/certificate.ts';
import { faultOf } from '../../fleet/db/faults.ts';
import { openDatabase } from '../../fleet/db/open.ts';
import { both } from '../../fleet/db/testing/databases.ts';
import { boxesOfTwo, migrations as inventory, presence } from '../../fleet/inventory/testing/boxes.ts';
import { openWriter } from '../../fleet/inventory/writer.ts';
import { Postgres } from '../peers/postgres.ts';

const folder = mkdtempSync(join(tmpdir(), 'fleet-tls-'));
const { key, cert } = await loopbackCertificate({ names: ['localhost'], addresses: [] });
const [keyFile, certificateFile] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
writeFileSync(keyFile, key);
writeFileSync(certificateFile, cert);
const server = await Postgres.start({ tls: { key: keyFile, certificate: certificateFile } });
test.after.always(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const owners = [{ name: 'owners-1', statements: ['CREATE TABLE owners (id text PRIMARY KEY)'] }];

const faultIn = (promise: Promise<unknown>) => promise.then(() => null, faultOf);

test.serial('over TLS the server must have the right name and be vouched for', async (t) => {
  const verified = `?sslmode=verify-full&sslrootcert=${certificateFile}`;
  const database = await openDatabase(server.tcpUrl('localhost', verified), { migrations: [] });
  const { rows } = await sql`SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()`.execute(database.kysely);
  t.deepEqual(rows, [{ ssl: true }]);
  await database.close();
  // By an address that its certificate does not carry, or without its authority.
  for (const url of [server.tcpUrl('127.0.0.1', verified), server.tcpUrl('localhost', '?sslmode=verify-full')])
    await t.throwsAsync(openDatabase(url, { migrations: [] }), { code: 'database_unreachable' });
});

test.serial('a server that crashes and comes back: what was committed is there, and the pool finds it', async (t) => {
  const lost: string[] = [];
  // What was opened above left no step behind.
  const database = await openDatabase(server.url, { migrations: owners, log: (event) => lost.push(event) });
  t.teardown(() => database.close());
  const db = database.kysely.$extendTables<{ owners: { id: string } }>();
  await db.insertInto('owners').values({ id: 'a' }).execute();
  const slow = faultIn(sql`SELECT pg_sleep(60)`.execute(db));
  await delay(50);
  await server.kill();
  t.is(await slow, 'unavailable');
  t.is(await faultIn(db.selectFrom('owners').selectAll().execute()), 'unavailable');
  t.true(lost.includes('database_connection_lost'));
  await server.start();
  t.deepEqual(await db.selectFrom('owners').selectAll().execute(), [{ id: 'a' }]);
});

test.serial('while the server is gone messages wait unacknowledged, and are stored once when it is back', async (t) => {
  const database = await openDatabase(server.urlOf('postgres'), { migrations: inventory, schema: 'waits' }).catch(
    () => null,
  );
  t.is(database, null, 'there is no such schema');
  const maker = await openDatabase(server.url, { migrations: owners });
  await sql`CREATE SCHEMA waits`.execute(maker.kysely);
  await maker.close();
  const { kysely, close } = await openDatabase(server.url, { migrations: inventory, schema: 'waits' });
  t.teardown(close);
  const { addBox, a, says, boxes } = await boxesOfTwo(kysely);
  const box = await addBox('one', a.sites[0]);
  const writer = openWriter({ database: kysely, clock: systemClock, log: () => {}, changed: () => {} });
  t.teardown(() => writer.close());
  // The product's timers do not keep a process alive; here nothing else does.
  const alive = setInterval(() => {}, 1000);
  t.teardown(() => clearInterval(alive));
  t.is(await writer.take(says('one', presence())), 'stored');
  await server.kill();
  let acknowledged = 0;
  const waiting = Array.from({ length: 600 }, async () => {
    const fate = await writer.take(says('one', { kind: 'other' }));
    acknowledged++;
    return fate;
  });
  await delay(1500);
  t.is(acknowledged, 0);
  await server.start();
  t.true((await Promise.all(waiting)).every((fate) => fate === 'stored' || fate === 'seen'));
  t.like(await boxes.get(a.scope, box), { missing: 0, restarts: 0, presence: { is: 'online' } });
});

for (const database of both) {
  test.serial(`${database.name}: processes that start at once migrate once`, async (t) => {
    const place = await database.place(t);
    const opener = fileURLToPath(new URL('../../fleet/db/testing/open-once.ts', import.meta.url));
    const codes = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const child = spawn(process.execPath, [opener, place.url, place.schema ?? ''], {
          stdio: ['ignore', 'ignore', 'pipe'],
        });
        const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
        return `${code}${said}`;
      }),
    );
    t.deepEqual(codes, ['0', '0', '0']);
  });
}
