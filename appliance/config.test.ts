import test from 'ava';
import { checkConfig } from './config.ts';

const good = {
  data: '/var/lib/belkluis',
  domain: 'phones.example',
  address: '192.0.2.10',
  sip: { tls: 5061, plain: null, allowed: ['192.0.2.0/24', '2001:db8::7'] },
  dns: ['192.0.2.53'],
  ringSeconds: 60,
  media: { ports: [20000, 29999], workers: null },
  desk: { port: 8443, names: ['box.example'] },
  backup: {
    everyMinutes: 60,
    bytesPerSecond: null,
    destinations: [{ kind: 'directory', name: 'nas', country: 'NL', path: '/mnt/nas' }],
  },
  witnessFolder: '/var/lib/belkluis-witness',
  disk: { reserveBytes: 2 ** 30 },
  testCalls: true,
  tpm: null,
  timeZone: 'Europe/Amsterdam',
};

test('a complete configuration is taken as it is', (t) => {
  t.deepEqual(checkConfig(good), good as ReturnType<typeof checkConfig>);
});

test('an unencrypted listener cannot be opened without an end date', (t) => {
  const error = t.throws(() => checkConfig({ ...good, sip: { tls: 5061, plain: { udp: 5060 } } }));
  t.regex(error!.message, /sip\.plain\.until/);
});

test('backups need no word, and a destination without a country is refused', (t) => {
  const { backup, witnessFolder: _witness, disk: _disk, tpm: _tpm, ...plain } = good;
  t.like(checkConfig(plain), { backup: null, witnessFolder: null, disk: { reserveBytes: 2 ** 30 }, tpm: null });
  const nowhere = { ...backup, destinations: [{ kind: 'directory', name: 'nas', path: '/mnt/nas' }] };
  t.regex(t.throws(() => checkConfig({ ...good, backup: nowhere }))!.message, /country/);
});

test('each mistake names its field', (t) => {
  t.regex(t.throws(() => checkConfig({ ...good, address: 'box' }))!.message, /address/);
  t.regex(t.throws(() => checkConfig({ ...good, timeZone: 'Mars/Base' }))!.message, /timeZone/);
  t.regex(t.throws(() => checkConfig({ ...good, recordEverything: true }))!.message, /recordEverything/);
  t.regex(
    t.throws(() => checkConfig({ ...good, media: { ports: [20000, 20003], workers: null } }))!.message,
    /media\.ports/,
  );
});
