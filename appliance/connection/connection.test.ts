/** Each thing that can be wrong is made wrong on loopback, and named. */
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import test from 'ava';
import { systemDns } from '../sip/resolve/dns.ts';
import { dnsServer } from '../sip/resolve/testing/dns-server.ts';
import { onLoopback } from '../sip/testing/agents.ts';
import type { Target, TlsMaterial } from '../sip/transport/flow.ts';
import { tryPorts } from './ports.ts';
import { tryConnect, tryTls } from './reach.ts';
import { found, type Step, worst } from './steps.ts';
import { targetIn } from './target.ts';
import { type ConnectionParts, testBox, testConnection, testPeer } from './test-connection.ts';
import { type PhoneFacts, testedPhone } from './test-phone.ts';

const folder = mkdtempSync(join(tmpdir(), 'connection-'));
test.after.always(() => rmSync(folder, { recursive: true }));

/** A certificate for `names`, by itself or by `issuer`. */
function certificate(name: string, names: string, issuer?: string): TlsMaterial {
  const at = (end: string) => join(folder, `${name}.${end}`);
  const by =
    issuer === undefined ? [] : ['-CA', join(folder, `${issuer}.crt`), '-CAkey', join(folder, `${issuer}.key`)];
  const args = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '90',
    '-subj',
    `/CN=${name}`,
  ];
  execFileSync(
    'openssl',
    [...args, '-addext', `subjectAltName=${names}`, '-keyout', at('key'), '-out', at('crt'), ...by],
    { stdio: 'ignore' },
  );
  return { key: readFileSync(at('key'), 'utf8'), cert: readFileSync(at('crt'), 'utf8') };
}

const own = certificate('own', 'IP:127.0.0.1,DNS:localhost');
const stranger = certificate('stranger', 'DNS:elsewhere.example');
const authority = certificate('authority', 'DNS:authority.example');
const issued = certificate('issued', 'DNS:localhost', 'authority');

let dns: Awaited<ReturnType<typeof dnsServer>>;
test.before(async () => {
  dns = await dnsServer({ localhost: { addresses: ['127.0.0.1'] } });
});
test.after.always(() => dns.close());

const parts = (more: Partial<ConnectionParts> = {}): ConnectionParts => ({
  address: '127.0.0.1',
  dns: systemDns([dns.server]),
  clockKept: async () => true,
  clock: systemClock,
  chance: systemChance,
  ...more,
});

const codes = (steps: readonly Step[]) => steps.map(({ code }) => code);

/** A TLS port that does nothing more. */
async function tlsPort(material: TlsMaterial, options: object = {}): Promise<{ target: Target; close(): void }> {
  const server = createTlsServer({ ...material, ...options }, (socket) => socket.on('error', () => {}));
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { target: { transport: 'TLS', address: '127.0.0.1', port }, close: () => server.close() };
}

test('what somebody types names a machine, or is refused', (t) => {
  t.deepEqual(targetIn('PBX.example'), { host: 'pbx.example', port: null, transport: null });
  t.deepEqual(targetIn(' sips:pbx.example '), { host: 'pbx.example', port: null, transport: 'TLS' });
  t.deepEqual(targetIn('[2001:db8::1]:5070;transport=tcp'), { host: '2001:db8::1', port: 5070, transport: 'TCP' });
  for (const wrong of ['', 'a b', 'tel:+31201234567', 'x;transport=sctp', 'http://x/', `${'x'.repeat(400)}`]) {
    t.throws(() => targetIn(wrong), { code: 'target_wrong' }, wrong);
  }
});

test('a certificate that is wrong is wrong in words: its name, its issuer, its time, or that it is none', async (t) => {
  const now = Date.now();
  const trying = async (material: TlsMaterial, host: string, more: { ca?: string; now?: number } = {}) => {
    const { target, close } = await tlsPort(material);
    const step = await tryTls(target, { host, now, ...more });
    close();
    return step;
  };
  t.like(await trying(own, '127.0.0.1', { ca: own.cert }), { code: 'tls_ok', state: 'ok' });
  t.like(await trying(issued, 'localhost', { ca: authority.cert }), { code: 'tls_ok' });
  t.is((await trying(own, '127.0.0.1')).code, 'tls_self_signed');
  t.is((await trying(issued, 'localhost')).code, 'tls_unknown_issuer');
  t.deepEqual((await trying(stranger, 'localhost', { ca: stranger.cert })).values, {
    host: 'localhost',
    names: 'elsewhere.example',
  });
  t.is((await trying(own, '127.0.0.1', { ca: own.cert, now: now + 70 * 86_400_000 })).code, 'tls_ends_soon');
  t.is((await trying(own, '127.0.0.1', { ca: own.cert, now: now + 100 * 86_400_000 })).code, 'tls_ended');
  t.is((await trying(own, '127.0.0.1', { ca: own.cert, now: now - 86_400_000 })).code, 'tls_not_yet');
});

test('a port without TLS, one with an old TLS, and one where nothing is are told apart', async (t) => {
  const plain = createServer((socket) =>
    socket
      .on('error', () => {})
      .resume()
      .end('SIP/2.0 400 Bad Request\r\n\r\n'),
  );
  plain.listen(0, '127.0.0.1');
  await once(plain, 'listening');
  const target: Target = { transport: 'TLS', address: '127.0.0.1', port: (plain.address() as AddressInfo).port };
  t.is((await tryConnect(target)).code, 'connect_ok');
  t.is((await tryTls(target, { host: 'localhost', now: Date.now() })).code, 'tls_none');
  plain.close();
  await once(plain, 'close');
  t.is((await tryConnect(target)).code, 'connect_refused');
  const old = await tlsPort(own, { maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' });
  t.is((await tryTls(old.target, { host: 'localhost', now: Date.now() })).code, 'tls_too_old');
  old.close();
});

test('a SIP server that is well is well from its name to its registrar, and a wrong secret is told', async (t) => {
  const { agent, target } = await onLoopback('TLS', own);
  t.teardown(() => agent.close());
  const nonce = 'n';
  agent.onRequest = ({ request, respond }) => {
    const proof = request.headers.get('Authorization');
    if (!proof) return respond({ status: 401, headers: [['WWW-Authenticate', `Digest realm="r", nonce="${nonce}"`]] });
    if (proof.includes('username="wrong"'))
      return respond({ status: 401, headers: [['WWW-Authenticate', `Digest realm="r", nonce="${nonce}"`]] });
    return respond({ status: proof.includes('username="gone"') ? 404 : 200 });
  };
  const tried = targetIn(`localhost:${target.port};transport=tls`);
  const account = (user: string) => ({ account: { user, secret: 's' }, ca: own.cert });
  const steps = async (user: string) => (await testConnection(parts(), tried, account(user)))[0]!.steps;
  t.deepEqual(codes(await steps('anna')), ['name_ok', 'connect_ok', 'tls_ok', 'options_ok', 'register_ok', 'clock_ok']);
  t.is(codes(await steps('wrong')).at(-2), 'register_credentials');
  t.is(codes(await steps('gone')).at(-2), 'register_unknown');
  // Whoever did not prove who it is gets no answer to its challenge.
  const untrusted = (await testConnection(parts(), tried, { account: { user: 'anna', secret: 's' } }))[0]!;
  t.deepEqual(codes(untrusted.steps).slice(2, 5), ['tls_self_signed', 'options_ok', 'register_untrusted']);
  t.is(worst([untrusted]), 'failed');
});

test('a name that is not there, a server that is silent, one that refuses, and a clock that is off', async (t) => {
  const [unknown] = await testConnection(parts(), targetIn('x.test'));
  t.deepEqual(codes(unknown!.steps), ['name_unknown']);
  const [noDns] = await testConnection(parts({ dns: systemDns(['127.0.0.1:9']) }), targetIn('x.test'));
  t.deepEqual(codes(noDns!.steps), ['name_no_dns']);
  const silent = createSocket('udp4');
  silent.bind(0, '127.0.0.1');
  await once(silent, 'listening');
  const [quiet] = await testConnection(
    parts({ clockKept: async () => false }),
    targetIn(`127.0.0.1:${silent.address().port};transport=udp`),
  );
  silent.close();
  t.deepEqual(codes(quiet!.steps), ['name_address', 'options_silent', 'clock_unkept']);
  const { agent, target } = await onLoopback('UDP');
  t.teardown(() => agent.close());
  agent.onRequest = ({ respond }) => respond({ status: 500 });
  const late = { ...systemClock, now: () => Date.now() };
  const [fine] = await testConnection(parts({ clock: late }), targetIn(`127.0.0.1:${target.port};transport=udp`));
  t.deepEqual(codes(fine!.steps), ['name_address', 'options_ok', 'clock_ok']);
});

test('the ports of calls are tried: free, taken, or on an address that is not ours', async (t) => {
  const taken = createSocket('udp4');
  taken.bind({ address: '127.0.0.1', port: 0, exclusive: true });
  await once(taken, 'listening');
  const { port } = taken.address();
  t.is((await tryPorts('127.0.0.1', [port, port])).code, 'ports_all_taken');
  taken.close();
  await once(taken, 'close');
  t.is((await tryPorts('127.0.0.1', [port, port])).code, 'ports_ok');
  t.is((await tryPorts('192.0.2.77', [20_000, 20_100])).code, 'ports_not_ours');
});

test('the box is tried at each of its own doors', async (t) => {
  const { agent, target } = await onLoopback('TLS', own);
  t.teardown(() => agent.close());
  const listeners = [
    { transport: 'TLS' as const, port: target.port },
    { transport: 'TCP' as const, port: 1 },
  ];
  const tested = await testBox(parts(), { listeners, certificate: own.cert, mediaPorts: [21_000, 21_063] });
  t.deepEqual(
    tested.map(({ about, steps }) => [about, ...codes(steps)]),
    [
      [`TLS 127.0.0.1:${target.port}`, 'connect_ok', 'tls_ok', 'options_ok'],
      ['TCP 127.0.0.1:1', 'connect_refused'],
      [null, 'ports_ok', 'clock_ok'],
    ],
  );
});

test('of a line each server is tried for itself, by the certificate that was named and over TLS alone without an exception', async (t) => {
  const { agent, target } = await onLoopback('TLS', own);
  const other = await tlsPort(stranger);
  t.teardown(() => {
    other.close();
    return agent.close();
  });
  agent.onRequest = ({ respond }) => respond({ status: 200 });
  const names = await dnsServer({
    '_sips._tcp.carrier.test': {
      srv: [`1 1 ${target.port} a.carrier.test`, `2 1 ${other.target.port} a.carrier.test`],
    },
    '_sip._udp.carrier.test': { srv: ['1 1 5060 a.carrier.test'] },
    'a.carrier.test': { addresses: ['127.0.0.1', '::1'] },
  });
  t.teardown(() => names.close());
  const { fingerprint256 } = new X509Certificate(own.cert);
  const certificate = fingerprint256.replaceAll(':', '').toLowerCase();
  const peer = { host: 'carrier.test', domain: 'carrier.test', secure: true, certificate };
  const stands = found('register_stands', 'ok', { until: 1 });
  const tested = await testPeer(parts({ dns: systemDns([names.server]) }), peer, [stands]);
  t.deepEqual(
    tested.map(({ about, steps }) => [about, ...codes(steps)]),
    [
      ['carrier.test', 'name_ok', 'register_stands', 'clock_ok'],
      [`TLS 127.0.0.1:${target.port}`, 'connect_ok', 'tls_ok', 'options_ok'],
      [`TLS 127.0.0.1:${other.target.port}`, 'connect_ok', 'tls_other_certificate', 'options_silent'],
    ],
  );
  t.is(worst(tested), 'failed');
  const gone = await testPeer(parts({ dns: systemDns([names.server]) }), { ...peer, host: 'nowhere.test' }, []);
  t.deepEqual(codes(gone[0]!.steps), ['name_unknown']);
});

test('a phone is judged by its exception: where it is, whether it answers, how it is keyed', (t) => {
  const remote = { address: '192.0.2.10', port: 5061 };
  const phone = { transport: 'TLS' as const, remote, expiresInS: 300, said: { status: 200, ms: 9 } };
  const facts = { user: '214', phones: [phone], keying: 'sdes' as const, plainUntil: 0, lastTry: null, now: 1000 };
  const all = (more: Partial<PhoneFacts>) => testedPhone({ ...facts, ...more }).map(({ steps }) => codes(steps));
  t.deepEqual(all({}), [
    ['sound_keyed', 'exception_none'],
    ['phone_registered', 'transport_tls', 'options_ok'],
  ]);
  t.is(worst(testedPhone(facts)), 'ok');
  const plain = { ...phone, transport: 'UDP' as const, said: null };
  t.deepEqual(all({ phones: [plain], keying: 'plain', plainUntil: 2000 }), [
    ['sound_plain', 'exception_runs'],
    ['phone_registered', 'transport_excepted', 'options_phone_silent'],
  ]);
  const over = testedPhone({ ...facts, phones: [plain], keying: 'plain', plainUntil: 999 });
  t.deepEqual(
    over.flatMap(({ steps }) => steps.filter(({ state }) => state === 'failed').map(({ code }) => code)),
    ['sound_plain', 'transport_plain', 'options_phone_silent'],
  );
  t.deepEqual(all({ phones: [], lastTry: { outcome: 'wrong_secret', at: 5 } })[0]![0], 'phone_refused');
  t.deepEqual(all({ phones: [], lastTry: { outcome: 'ok', at: 5 } })[0]![0], 'phone_gone');
  t.deepEqual(all({ phones: [], lastTry: { outcome: 'removed', at: 5 } })[0]![0], 'phone_left');
  t.deepEqual(all({ phones: [], lastTry: null })[0]![0], 'phone_missing');
  t.deepEqual(all({ phones: null, keying: null })[0], ['phone_unknown', 'sound_unseen', 'exception_none']);
});
