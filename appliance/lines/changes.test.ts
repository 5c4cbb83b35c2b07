import test from 'ava';
import { z } from 'zod';
import { changesOf, weakeningsIn } from './changes.ts';
import { linesSchema, type WrittenLines } from './schema.ts';
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

test('what is believed, told outside, or no longer asked of a source lowers a guard too', (t) => {
  const trunk = (identity: object) => ({
    trunks: [
      {
        ...carrier,
        identity: { send: 'none' as const, believe: false, history: { in: true, out: false }, ...identity },
      },
    ],
  });
  t.deepEqual(lowered(trunk({}), trunk({ believe: true })), ['sources']);
  t.deepEqual(lowered(trunk({ believe: true }), trunk({})), []);
  t.deepEqual(lowered(trunk({}), trunk({ send: 'Remote-Party-ID' })), ['disclosure']);
  t.deepEqual(lowered(trunk({ send: 'Remote-Party-ID' }), trunk({})), []);
  t.deepEqual(lowered(trunk({}), trunk({ history: { in: true, out: true } })), ['disclosure']);
  t.deepEqual(lowered(trunk({ history: { in: true, out: true } }), trunk({})), []);
  const passing = (out: string[]) => ({ trunks: [{ ...carrier, pass: { in: [], out } }] });
  t.deepEqual(lowered(passing([]), passing(['X-Queue'])), ['disclosure']);
  t.deepEqual(lowered(passing(['X-Queue']), passing([])), []);
  const source = { id: 'sbc', addresses: ['192.0.2.7'] };
  const asked = { siprec: { sources: [{ ...source, account: { user: 'sbc', password: 'a-long-password' } }] } };
  t.deepEqual(lowered(asked, { siprec: { sources: [source] } }), ['identity']);
  t.deepEqual(lowered({ siprec: { sources: [source] } }, asked), []);
});

/** Fields of which no change lowers a guard. A new field stands here, or in `changes.ts` with a test above. */
const neutral = [
  'schemaVersion',
  ...['country', 'international', 'national', 'shown'].map((field) => `numbering.${field}`),
  ...['host', 'port', 'domain', 'wayBack', 'optionsSeconds', 'localCallsWithoutIt'].map((field) => `pbx.${field}`),
  ...['id', 'host', 'port', 'domain', 'priority', 'weight', 'maxCalls', 'codecs', 'callerId', 'optionsSeconds'].map(
    (field) => `trunks.${field}`,
  ),
  // What the box shows there, how numbers are written, whom its calls ring, and what comes in.
  ...['user', 'authUser', 'password', 'register'].map((field) => `trunks.account.${field}`),
  ...['called', 'calling'].map((field) => `trunks.numbers.${field}`),
  ...['did', 'to', 'serial'].map((field) => `trunks.inbound.${field}`),
  ...['trunks.identity.history.in', 'trunks.pass.in'],
  // Without a password there is no user either.
  ...['id', 'account.user', 'direction', 'unmarked'].map((field) => `siprec.sources.${field}`),
  ...['siprec.maxSessions', 'siprec.alternative'],
];

test('each field of the lines is known to lower a guard, or known not to', (t) => {
  interface Node {
    readonly anyOf?: readonly Node[];
    readonly properties?: Readonly<Record<string, Node>>;
    readonly items?: Node;
  }
  const leavesOf = (node: Node, path: readonly string[]): string[] => {
    if (node.anyOf) return node.anyOf.flatMap((one) => leavesOf(one, path));
    if (node.items) return leavesOf(node.items, path);
    if (!node.properties) return [path.join('.')];
    return Object.entries(node.properties).flatMap(([name, one]) => leavesOf(one, [...path, name]));
  };
  const schema = z.toJSONSchema(linesSchema, { io: 'input', unrepresentable: 'any' }) as Node;
  const lowering = [
    ...['transport', 'ca', 'certificate', 'sources', 'plainUntil'].flatMap((field) => [
      `pbx.${field}`,
      `trunks.${field}`,
    ]),
    ...['pbx.plainPhones.user', 'pbx.plainPhones.until', 'trunks.clientCertificate'],
    ...['send', 'believe', 'history.out'].map((field) => `trunks.identity.${field}`),
    'trunks.pass.out',
    ...['addresses', 'certificate', 'plainUntil', 'account.password'].map((field) => `siprec.sources.${field}`),
  ];
  const known = new Set([...neutral, ...lowering]);
  const unknown = leavesOf(schema, []).filter((leaf) => !known.has(leaf) && !/^(?:outbound|callLogs)\./.test(leaf));
  t.deepEqual(
    [...new Set(unknown)].filter((leaf) => !['pbx', 'siprec'].includes(leaf)),
    [],
  );
});
