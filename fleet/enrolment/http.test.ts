/** The endpoint as somebody meets it who is no box. */
import { mkdtempSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { sourceOf } from '@belkluis/shared/access/quota';
import { systemChance } from '@belkluis/shared/base/chance';
import { silentLog } from '@belkluis/shared/base/log';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import { MAX_ENROLMENT_BYTES } from '@belkluis/shared/contract/enrolment/limits';
import test from 'ava';
import { openDatabase } from '../db/open.ts';
import { openCa } from './ca.ts';
import { openEnrolment } from './enrolment.ts';
import { serveEnrolment } from './http.ts';
import { SOURCE_BURST } from './limits.ts';
import { openEnrolmentStore } from './store.ts';
import { newRequest } from './testing/requests.ts';
import { migrations } from './testing/tenants.ts';

const folder = mkdtempSync(join(tmpdir(), 'enrol-http-'));
const clock = new ManualClock(Date.now());
const ca = await openCa({ folder, passphrase: null, hosts: ['127.0.0.1'], now: Date.now(), chance: systemChance });
const database = await openDatabase(`sqlite:${join(folder, 'fleet.db')}`, { migrations });
const store = openEnrolmentStore(database.kysely);
const enrolment = openEnrolment({
  store,
  ca,
  brokers: ['mqtts://127.0.0.1'],
  clock,
  chance: systemChance,
  agreementOf: () => 'valid',
  append: () => {},
});
const serving = await serveEnrolment({
  enrolment,
  certificate: await ca.server(Date.now()),
  address: '127.0.0.1',
  port: 0,
  clock,
  log: silentLog,
  healthy: async () => true,
});
const { port } = serving;
const { csr } = await newRequest();

test.after.always(async () => {
  await serving.close();
  await database.close();
});

const hello = {
  v: 1,
  box: 'a'.repeat(32),
  locator: 'b'.repeat(32),
  auditKey: `MCowBQYDK2VwAyEA${'A'.repeat(43)}=`,
  csr,
  nonce: 'c'.repeat(64),
};

/** Status and body of one request on a connection of its own. */
const ask = (path: string, body: string, headers: Record<string, string> = {}) =>
  new Promise<string>((resolve, reject) => {
    const asked = request({ port, host: '127.0.0.1', ca: ca.root, method: 'POST', path, headers, agent: false });
    asked.once('error', reject);
    asked.once('response', (response) => {
      let text = '';
      response.on('data', (part) => {
        text += String(part);
      });
      response.once('end', () => resolve(`${response.statusCode} ${text}`));
    });
    asked.end(body);
  });

// In order: they share what one source may ask.
test.serial('what is no message is refused alike, before anything is looked up', async (t) => {
  const refused = '400 {"kind":"refused","code":"malformed"}';
  for (const body of [
    '',
    '{',
    'null',
    '[]',
    JSON.stringify({ ...hello, more: 1 }),
    JSON.stringify({ ...hello, v: 2 }),
    JSON.stringify({ ...hello, box: 'A'.repeat(32) }),
    JSON.stringify({ ...hello, csr: 'MI' }),
  ]) {
    t.is(await ask('/enrol/1/hello', body), refused, body);
  }
  t.is(
    await ask('/enrol/1/proof', JSON.stringify({ v: 1, proof: 'd'.repeat(64), signature: `${'A'.repeat(86)}==` })),
    refused,
    'out of turn',
  );
  t.is(await ask('/enrol/2/hello', JSON.stringify(hello)), '404 {"kind":"refused","code":"malformed"}');
  const large = JSON.stringify({ ...hello, csr: 'M'.repeat(MAX_ENROLMENT_BYTES) });
  t.regex(await ask('/enrol/1/hello', large), /^413/);
});

test.serial('a box that nobody asked for is told to wait, whoever it is', async (t) => {
  t.is(await ask('/enrol/1/hello', JSON.stringify(hello)), '200 {"kind":"waiting","againSeconds":10}');
  t.true(await store.helloSeen(hello.locator, clock.now()));
});

test.serial('TLS before 1.3 is refused: its exporter does not name one session', async (t) => {
  const socket = connect({ port, host: '127.0.0.1', ca: ca.root, maxVersion: 'TLSv1.2' });
  const said = await new Promise<string | undefined>((resolve) => {
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    socket.once('secureConnect', () => resolve('connected'));
  });
  socket.destroy();
  t.regex(said ?? '', /PROTOCOL_VERSION|HANDSHAKE|ALERT/);
});

test.serial('who asks too often is told so, and others are not kept out', async (t) => {
  clock.advance(3600_000);
  const answers: string[] = [];
  for (let count = 0; count < SOURCE_BURST + 5; count++) answers.push(await ask('/enrol/1/hello', '{'));
  t.is(answers.filter((answer) => answer.startsWith('429')).length, 5);
  clock.advance(1000);
  t.regex(await ask('/enrol/1/hello', '{'), /^400/);
});

test('IPv6 is counted by the line, IPv4 by the address', (t) => {
  t.is(sourceOf('2001:db8:1:2:3::4'), sourceOf('2001:db8:1:2:ffff::1'));
  t.not(sourceOf('2001:db8:1:2::1'), sourceOf('2001:db8:1:3::1'));
  t.is(sourceOf('::ffff:192.0.2.7'), '192.0.2.7');
  t.is(sourceOf('fe80::1%eth0'), 'fe80:0:0:0::');
  t.is(sourceOf('::1'), '0:0:0:0::');
});
