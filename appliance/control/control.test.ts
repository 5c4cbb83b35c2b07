import { once } from 'node:events';
import { mkdtempSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '@belkluis/shared/base/log';
import test from 'ava';
import { ask, askStatus } from './client.ts';
import { type SoundCounts, soundCounts } from './protocol.ts';
import { type CallAnswers, serveControl } from './server.ts';

const status = {
  registered: 2,
  pbx: null,
  calls: [],
  counters: { a: 1 },
  policy: null,
  announcementsMissing: [],
  rss: 5,
};
const sound = Object.fromEntries(soundCounts.map((name) => [name, 1])) as SoundCounts;
const vitals = { registered: 2, pbx: null, sound, unspoken: [], rss: 5 };
const bans = { bans: [], lastDay: { flood: 1 } };
const lifted: string[] = [];
const answers: CallAnswers = {
  status: () => status,
  vitals: () => vitals,
  'test call': () => ({ expected: true }),
  'steer recording': () => ({ became: 'no_such_call' as const }),
  'calls of phone': () => [],
  'sip bans': () => bans,
  'lift sip ban': ({ source }) => ({ lifted: lifted.push(source) > 1 }),
  calls: () => [],
  trace: () => null,
  registrations: () => [],
  trunks: () => ({ trunks: [], capped: [], countsLost: 0 }),
  'pbx phones': () => [],
  'probe phone': () => ({ phones: [], keying: null }),
  attempts: () => ({ attempts: [], strangers: [], handshakes: [], bans: [] }),
};
const path = () => join(mkdtempSync(join(tmpdir(), 'control-')), 's');

test('the desk learns how the call process is, and that it is not there', async (t) => {
  const socket = path();
  t.is(await askStatus(socket), null);
  const server = await serveControl(socket, answers, silentLog);
  t.deepEqual(await askStatus(socket), status);
  t.deepEqual(await ask(socket, { ask: 'vitals' }), vitals);
  t.deepEqual(await ask(socket, { ask: 'sip bans' }), bans);
  t.deepEqual(await ask(socket, { ask: 'lift sip ban', source: '192.0.2.66' }), { lifted: false });
  t.deepEqual(lifted, ['192.0.2.66']);
  t.is(statSync(socket).mode & 0o777, 0o600);
  t.is(await ask(socket, { ask: 'health' }), null, 'that is the desk’s to answer');
  await server.close();
  t.is(await askStatus(socket), null);
});

test('whoever asks for something else is hung up, and the next is served', async (t) => {
  const socket = path();
  const server = await serveControl(socket, answers, silentLog);
  // What the desk answers is as unknown to the call process as anything.
  for (const line of ['{"ask":"shutdown"}\n', '{"ask":"health"}\n', 'x\n', '{"ask":"lift sip ban"}\n']) {
    const stranger = connect(socket);
    stranger.on('error', () => {});
    stranger.write(line);
    stranger.resume();
    await once(stranger, 'close');
  }
  t.deepEqual(await askStatus(socket), status);
  await server.close();
});
