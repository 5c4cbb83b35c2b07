/** Where data may be, and that the process connects to nobody else. */
import { globSync, readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { codeOf } from '@belkluis/shared/base/testing/code-of';
import test from 'ava';
import { checkTransfer } from './countries.ts';
import { guardEgress } from './egress.ts';
import { countriesOf, type Declared, dialledBy, type LocationParts, locationsOf, openLocations } from './locations.ts';
import { termsOf } from './terms.ts';
import { inNl, kept } from './testing/face.ts';

const scc = { mechanism: 'scc', document: 'd'.repeat(64), assessed: '2026-10-01' } as const;
const declared = (purpose: Declared['purpose'], country: string, more: Partial<Declared> = {}): Declared => ({
  ...{ purpose, country, host: null, port: null, subprocessor: null, transfer: null },
  ...more,
});
const codeWith = (more: Partial<LocationParts>) => codeOf(() => locationsOf({ ...inNl, ...more }));

test('outside the EEA nothing is taken without mechanism, document and assessment; for the US not adequacy', (t) => {
  const code = (country: string, transfer: Parameters<typeof checkTransfer>[1]) =>
    codeOf(() => checkTransfer(country, transfer, null));
  for (const country of ['NL', 'DE', 'IS', 'NO', 'LI']) t.notThrows(() => checkTransfer(country, null, 'EEA'));
  t.is(code('US', null), 'transfer_blocked');
  t.is(code('GB', null), 'transfer_blocked');
  t.notThrows(() => checkTransfer('GB', { ...scc, mechanism: 'adequacy' }, null));
  t.notThrows(() => checkTransfer('US', scc, null));
  t.is(code('US', { ...scc, mechanism: 'adequacy' }), 'transfer_blocked', 'the DPF counts for nothing');
  t.is(code('US', { ...scc, document: '' }), 'transfer_blocked');
  t.is(code('US', { ...scc, assessed: 'soon' }), 'transfer_blocked');
  t.is(code('XX', scc), 'country_invalid');
});

test('a lock refuses what is elsewhere, whatever the papers say', (t) => {
  t.is(codeWith({ lock: 'NL', declared: [declared('backup', 'DE')] }), 'region_locked');
  t.is(codeWith({ lock: 'EEA', declared: [declared('backup', 'US', { transfer: scc })] }), 'region_locked');
  t.is(codeWith({ lock: 'NL', region: 'BE' }), 'region_locked');
  t.is(codeWith({ lock: 'NL', provider: 'DE' }), 'region_locked', 'whoever runs it reads it from there');
  t.is(codeWith({ lock: null, declared: [declared('backup', 'US')] }), 'transfer_blocked');
  t.notThrows(() => locationsOf({ ...inNl, lock: 'NL', declared: [declared('backup', 'NL')] }));
});

test('what the fleet would connect to and nobody has declared is refused; on its own machine it is where that is', (t) => {
  const dialled = [dialledBy('broker', 'mqtts://mq.example', 8883)];
  t.is(codeWith({ dialled }), 'destination_undeclared');
  const other = declared('broker', 'DE', { host: 'mq.example', port: 1 });
  t.is(codeWith({ dialled, declared: [other] }), 'destination_undeclared', 'at another port');
  t.is(codeWith({ dialled, declared: [{ ...other, purpose: 'mail', port: null }] }), 'destination_undeclared');
  const mq = declared('broker', 'DE', { host: 'MQ.example.', subprocessor: 'Wolk' });
  t.deepEqual(locationsOf({ ...inNl, dialled, declared: [mq, declared('backup', 'FI')] }).slice(1), [
    ...[{ purpose: 'broker', host: 'mq.example', port: 8883, country: 'DE', subprocessor: 'Wolk', dialled: true }],
    ...[{ purpose: 'backup', host: null, port: null, country: 'FI', subprocessor: null, dialled: false }],
  ] as never);
  t.like(locationsOf(inNl)[1], { purpose: 'database', country: 'NL' });
});

test('countries of annex 3 are those of the list', (t) => {
  const parts = { ...inNl, declared: [declared('backup', 'FI'), declared('recovery', 'DE')] };
  const locations = locationsOf(parts);
  const terms = termsOf({ kept, lock: 'EEA', keysEncrypted: false, locations, subprocessors: [] });
  t.deepEqual(countriesOf(terms.locations), ['DE', 'FI', 'NL']);
  t.deepEqual(countriesOf(terms.locations), countriesOf(locations));
});

async function listening(t: { teardown(end: () => void): void }) {
  const server = createServer((socket) => socket.on('error', () => {}).end());
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.teardown(() => server.close());
  return (server.address() as AddressInfo).port;
}

test.serial(
  'the process connects to what is in the list, by whatever library; else there is no connection',
  async (t) => {
    const [port, other] = [await listening(t), await listening(t)];
    const locations = openLocations({ ...inNl, dialled: [{ purpose: 'broker', host: '127.0.0.1', port }] });
    const refused: number[] = [];
    const end = guardEgress(locations, (target) => refused.push(target.port));
    t.teardown(end);
    const outcome = (open: () => ReturnType<typeof connect>) =>
      new Promise<string>((done) => {
        const socket = open();
        socket.once('connect', () => done('connected'));
        socket.once('error', (error) => done((error as { code?: string }).code ?? error.message));
      });
    t.is(await outcome(() => connect(port, '127.0.0.1')), 'connected');
    t.is(await outcome(() => connect({ port, host: '127.0.0.1' })), 'connected');
    t.is(await outcome(() => connect(other, '127.0.0.1')), 'destination_undeclared');
    t.is(await outcome(() => connect({ port: other, host: '127.0.0.1' })), 'destination_undeclared');
    t.is(await outcome(() => connectTls({ port: other, host: '127.0.0.1' })), 'destination_undeclared');
    t.is(await outcome(() => connectTls(other, '127.0.0.1')), 'destination_undeclared');
    t.is(await outcome(() => connect({ port, host: 'localhost' })), 'destination_undeclared', 'by another name');
    await t.throwsAsync(fetch(`http://127.0.0.1:${other}/`));
    t.true(refused.length >= 6 && refused.includes(other));

    // Somebody of an MSP adds a webhook: theirs alone to see, and gone when they take it out.
    const hook = { msp: 'A', purpose: 'webhook', host: '127.0.0.1', port: other } as const;
    t.is(
      codeOf(() => locations.declare({ ...hook, country: 'US' })),
      'region_locked',
    );
    const remove = locations.declare({ ...hook, country: 'DE' });
    t.is(await outcome(() => connect(other, '127.0.0.1')), 'connected');
    t.like(locations.list('A').at(-1), { purpose: 'webhook', country: 'DE' });
    for (const list of [locations.list(), locations.list('B')]) t.false(list.some(({ country }) => country === 'DE'));
    remove();
    t.is(await outcome(() => connect(other, '127.0.0.1')), 'destination_undeclared');
    end();
    t.is(await outcome(() => connect(other, '127.0.0.1')), 'connected', 'the gate is open again');
  },
);

test('nothing in the fleet goes past the gate: no datagrams, no other processes, no other resolver', (t) => {
  const past = /from ['"](?:node:)?(dgram|child_process|worker_threads|cluster|http2)['"]|process\.binding/;
  for (const file of globSync('fleet/**/*.ts', { cwd: new URL('../..', import.meta.url) })) {
    if (/\.test\.ts$|\/testing\//.test(file)) continue;
    t.notRegex(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'), past, file);
  }
});
