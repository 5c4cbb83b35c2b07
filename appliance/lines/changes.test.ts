import test from 'ava';
import { changesOf, weakeningsIn } from './changes.ts';
import type { WrittenLines } from './schema.ts';
import { checkLines } from './store.ts';

type Told = Omit<WrittenLines, 'schemaVersion'>;
const lines = (told: Told) => checkLines({ schemaVersion: 1, ...told });
const changes = (before: Told, after: Told) => changesOf(lines(before), lines(after));
const lowered = (before: Told, after: Told) => weakeningsIn(changes(before, after));
const carrier = { id: 'carrier', host: 'sip.example.net' };
const account = { user: 'box', password: 'hunter-2-hunter' };

test('a change is told by its field; a password is never in it, nor what an authority is', (t) => {
  const ca = '-----BEGIN CERTIFICATE-----\nAAAA';
  const told = changes({ trunks: [carrier] }, { trunks: [{ ...carrier, host: 'b.example.net', account, ca }] });
  t.deepEqual(
    told.map(({ path, before, after }) => [path.join('.'), before.join(), after.join()]),
    [
      ['trunks.carrier.host', 'sip.example.net', 'b.example.net'],
      ['trunks.carrier.ca', '', told[1]!.after.join()],
      ['trunks.carrier.account.user', '', 'box'],
      ['trunks.carrier.account.password', '', '(kept on the box)'],
      ['trunks.carrier.account.register', '', 'true'],
    ],
  );
  t.regex(told[1]!.after.join(), /^PEM, SHA-256 [0-9a-f]{16}…$/);
  t.notRegex(JSON.stringify(told), /hunter|BEGIN/);
  const other = changes(
    { trunks: [{ ...carrier, account }] },
    { trunks: [{ ...carrier, account: { ...account, password: 'x' } }] },
  );
  t.is(other.length, 1, 'another password is a change');
  t.deepEqual(changes({ trunks: [carrier] }, { trunks: [carrier] }), []);
});

test('of a list what is new and what has gone; a line that goes lowers nothing', (t) => {
  const plain = {
    ...carrier,
    plainUntil: '2027-01-31T00:00:00Z',
    inbound: [{ did: '+31201234567', to: ['10', '11'] }],
  };
  const [numbers] = changes(
    { trunks: [plain] },
    { trunks: [{ ...plain, inbound: [{ did: '+3120*', to: ['10'], serial: true }] }] },
  );
  t.like(numbers, { before: ['+31201234567=10,11'], after: ['+3120*=10 serial'], weakens: null });
  t.deepEqual(lowered({ trunks: [{ ...plain, clientCertificate: 'a'.repeat(64) }] }, {}), []);
  t.like(changes({ trunks: [plain] }, {}), [{ path: ['trunks', 'carrier'], after: [] }]);
  const pbx = { host: '192.0.2.9', domain: 'pbx.test' };
  t.like(changes({ pbx }, {}), [{ path: ['pbx', 'domain'], after: [] }]);
  t.deepEqual(
    [...changes({}, { trunks: [carrier] }), ...changes({}, { pbx })].map(({ path }) => path.join('.')),
    ['trunks.carrier', 'trunks.carrier.host', 'pbx.host', 'pbx.domain'],
    'what goes without saying is not said',
  );
});

test('whatever lowers a guard is named by what it lowers, and what raises one is not', (t) => {
  const until = (day: string) => ({ ...carrier, plainUntil: `2027-${day}T00:00:00Z` });
  t.deepEqual(lowered({ trunks: [carrier] }, { trunks: [until('01-31')] }), ['plain']);
  t.deepEqual(lowered({ trunks: [until('01-31')] }, { trunks: [until('02-28')] }), ['plain']);
  t.deepEqual(lowered({ trunks: [until('01-31')] }, { trunks: [until('01-30')] }), []);
  t.deepEqual(lowered({}, { trunks: [{ ...until('01-31'), transport: 'udp' }] }), ['plain'], 'a new trunk too');
  const pinned = { ...carrier, certificate: 'a'.repeat(64) };
  t.deepEqual(lowered({ trunks: [pinned] }, { trunks: [carrier] }), ['identity']);
  t.deepEqual(lowered({ trunks: [carrier] }, { trunks: [pinned] }), []);
  const from = (...sources: string[]) => ({ trunks: [{ ...carrier, sources }] });
  t.deepEqual(lowered(from('192.0.2.1'), from('192.0.2.1', '192.0.2.2')), ['sources']);
  t.deepEqual(lowered(from(), from('192.0.2.1')), []);
  t.deepEqual(lowered({}, from('0.0.0.0/0')), ['sources']);
  t.deepEqual(lowered({ outbound: { allow: ['+31'] } }, { outbound: { allow: ['+31', '+32'] } }), ['toll']);
  t.deepEqual(lowered({ outbound: { allow: ['+31'] } }, { outbound: {} }), []);
  t.deepEqual(lowered({ outbound: { deny: ['+31900'] } }, { outbound: {} }), ['toll']);
  t.deepEqual(lowered({}, { outbound: { deny: ['+31900'] } }), []);
  const caps = (perDay: number) => ({ outbound: { perUser: { atOnce: 2, perDay, minutesPerDay: 600 } } });
  t.deepEqual(lowered(caps(10), caps(20)), ['toll']);
  t.deepEqual(lowered(caps(20), caps(10)), []);
  const night = { from: '19:00', until: '07:00', weekend: true, allow: [] };
  t.deepEqual(lowered({}, { outbound: { night } }), []);
  t.deepEqual(lowered({ outbound: { night } }, {}), ['toll']);
  t.deepEqual(lowered({ outbound: { night } }, { outbound: { night: { ...night, weekend: false } } }), ['toll']);
  t.deepEqual(lowered({ outbound: { emergency: ['112', '144'] } }, { outbound: { emergency: ['112'] } }), [
    'emergency',
  ]);
  const pbx = (day: string) => ({
    pbx: { host: '192.0.2.9', domain: 'pbx.test', plainPhones: [{ user: '202', until: `2027-${day}T00:00:00Z` }] },
  });
  t.deepEqual(lowered(pbx('01-31'), pbx('02-28')), ['plain']);
  t.deepEqual(lowered(pbx('02-28'), pbx('01-31')), []);
});
