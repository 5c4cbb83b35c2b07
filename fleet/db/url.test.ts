import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeOf } from '@belkluis/shared/base/testing/code-of';
import test from 'ava';
import { parseDatabaseUrl } from './url.ts';

const plain = {
  kind: 'postgres',
  host: 'db.example',
  port: 5432,
  database: 'fleet',
  user: undefined,
  password: undefined,
};

test('a file is a path, with or without its scheme', (t) => {
  for (const [text, path] of [
    ['fleet.db', 'fleet.db'],
    ['/var/lib/fleet.db', '/var/lib/fleet.db'],
    ['sqlite:fleet.db', 'fleet.db'],
    ['sqlite:/var/lib/fleet.db', '/var/lib/fleet.db'],
    ['sqlite:///var/lib/fleet.db', '/var/lib/fleet.db'],
  ] as const)
    t.deepEqual(parseDatabaseUrl(text), { kind: 'sqlite', path });
});

test('a server elsewhere is asked who it is, unless somebody says otherwise; on this machine there is nobody between', (t) => {
  const ca = join(mkdtempSync(join(tmpdir(), 'ca-')), 'ca.pem');
  writeFileSync(ca, 'PEM');
  t.deepEqual(parseDatabaseUrl('postgres://db.example/fleet'), { ...plain, tls: { ca: undefined } });
  t.deepEqual(parseDatabaseUrl(`postgresql://db.example/fleet?sslmode=verify-full&sslrootcert=${ca}`), {
    ...plain,
    tls: { ca: 'PEM' },
  });
  t.deepEqual(parseDatabaseUrl('postgres://u:p%40ss@db.example:6000/fleet?sslmode=disable'), {
    ...plain,
    port: 6000,
    user: 'u',
    password: 'p@ss',
    tls: false,
  });
  for (const host of ['localhost', '127.0.0.1', '[::1]', '%2Frun%2Fpostgresql'])
    t.is((parseDatabaseUrl(`postgres://u@${host}/fleet`) as { tls: unknown }).tls, false);
});

test('what is not understood is refused, and no problem says the password', (t) => {
  for (const [text, code] of [
    ['', 'database_url'],
    ['sqlite:', 'database_url'],
    [':memory:', 'database_url'],
    ['sqlite:x.db?mode=ro', 'database_url'],
    ['mysql://u:geheim@h/x', 'database_url'],
    ['postgres://u:geheim@h', 'database_url'],
    ['postgres://u:geheim@h/x/y', 'database_url'],
    ['postgres://u:geheim@h:99999/x', 'database_url'],
    ['postgres://u:geheim%@h/x', 'database_url'],
    ['postgres://u:geheim@h/x?options=-c', 'database_url'],
    ['postgres://u:geheim@h/x?sslmode=require', 'database_url_tls'],
    ['postgres://u:geheim@h/x?sslmode=prefer', 'database_url_tls'],
    ['postgres://u:geheim@h/x?sslmode=disable&sslrootcert=/x', 'database_url_tls'],
    ['postgres://u:geheim@h/x?sslrootcert=/nowhere', 'database_ca'],
  ] as const) {
    t.is(
      codeOf(() => parseDatabaseUrl(text)),
      code,
      text,
    );
    const error = t.throws(() => parseDatabaseUrl(text), undefined, text)!;
    t.notRegex(`${error.message} ${(error.cause as Error)?.message}`, /geheim/);
  }
});
