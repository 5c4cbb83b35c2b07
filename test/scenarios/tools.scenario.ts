/** The person on site: a phone fetches its settings and registers, a call is traced, the connection is tried. Real processes, real phones. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import test from 'ava';
import { Baresip } from '../peers/baresip.ts';
import { eventually, type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { belkluis } from '../peers/cli.ts';
import { type Member, newMember } from '../peers/visitor.ts';

let box: ScenarioBox;
let anna: Member;
const folder = mkdtempSync(join(tmpdir(), 'tools-scenario-'));

const run = (...args: string[]) => belkluis(box.config.data, ...args);
const config = () => ['--config', box.configPath];

/** What a phone fetches: status and text. */
async function fetched(url: string): Promise<{ status: number; body: string }> {
  const outgoing = request(url, { ca: readFileSync(box.certificatePath) });
  outgoing.end();
  const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve).once('error', reject);
  });
  return { status: response.statusCode!, body: await text(response) };
}

test.before(async () => {
  box = await scenarioBox({ phones: [{ user: '31201234567' }, { user: 'bram' }, { user: 'plain', plain: true }] });
  anna = await newMember(box, 'Anna Visser');
});
test.after.always(async () => {
  rmSync(folder, { recursive: true, force: true });
  await box?.end();
});

test.serial(
  'a phone registers with the secret that it fetched, which nobody else has seen, and the next one voids it',
  async (t) => {
    const { code, json } = await run(
      'phones',
      'provision',
      '214',
      '--vendor',
      'yealink',
      '--mac',
      '00:15:65:aa:bb:cc',
      ...config(),
    );
    t.is(code, 0);
    const url = json.url as string;
    const token = url.split('/')[4]!;
    t.regex(token, /^[\w-]{43}$/);
    t.is((await fetched(`${url}y000000000066.cfg`)).status, 404);
    const settings = await fetched(`${url}001565aabbcc.cfg`);
    t.is(settings.status, 200);
    const of = (key: string) =>
      new RegExp(`^${key.replaceAll('.', '\\.')} = (.*)$`, 'm').exec(settings.body)?.[1] ?? '';
    t.deepEqual(
      await fetched(`${url}001565aabbcc.cfg`),
      await fetched(`${url.replace(token, 'A'.repeat(43))}001565aabbcc.cfg`),
    );
    t.is((await fetched(of('static.trusted_certificates.url'))).body, readFileSync(box.certificatePath, 'utf8'));

    const phone = await Baresip.start({
      user: of('account.1.user_name'),
      password: of('account.1.password'),
      domain: of('account.1.sip_server.1.address'),
      box: `${of('account.1.outbound_proxy.1.address')}:${of('account.1.outbound_proxy.1.port')}`,
      transport: 'tls',
      mediaEncryption: 'srtp-mand',
      codecs: 'PCMA',
      tone: 500,
      rate: 8000,
      caFile: box.certificatePath,
      folder: join(folder, 'fetched'),
    });
    try {
      await box.until(({ registered }) => registered === 1, 'a phone that fetched its settings');
    } finally {
      // A phone that goes on with a secret that counts no more is shut out, and all at this address with it.
      await phone.stop();
    }

    const again = await run('phones', 'provision', '214', '--vendor', 'generic', ...config());
    const second = JSON.parse((await fetched(again.json.url as string)).body) as { secret: string };
    t.not(second.secret, of('account.1.password'));
    const secrets = [of('account.1.password'), second.secret];
    for (const [user, secret, status] of [
      ['214', secrets[0]!, 401],
      ['214', secrets[1]!, 200],
    ] as const) {
      const one = await box.unregistered('bram', 'TLS', { user, secret });
      t.is(await one.register(), status);
      await one.close();
    }
    // Neither link nor secret is anywhere on the disk of the box, in its log least of all.
    const files = readdirSync(box.config.data, { recursive: true, encoding: 'utf8' }).map((name) =>
      join(box.config.data, name),
    );
    const contents = [box.logPath, ...files]
      .filter((path) => statSync(path).isFile())
      .map((path) => readFileSync(path));
    for (const needle of [token, (again.json.url as string).split('/')[4]!, ...secrets]) {
      t.false(
        contents.some((bytes) => bytes.includes(needle)),
        needle,
      );
    }
    const { events } = box.audit();
    t.deepEqual(
      events.flatMap(({ kind }) => (kind.startsWith('provision_') ? kind : [])),
      ['provision_offered', 'provision_fetched', 'provision_offered', 'provision_fetched'],
    );
  },
);

test.serial(
  'a call of a real phone is one ladder of both legs, masked unless a DPO asks, and a capture that tshark reads',
  async (t) => {
    const caller = await box.baresip('31201234567', { tone: 500, rate: 8000, codecs: 'PCMA' });
    const callee = await box.phone('bram');
    await caller.dial('bram');
    const call = await callee.nextCall();
    await call.line.until((heard) => heard.length > 20);
    const { json: live } = await run('calls', 'list');
    t.like((live.calls as object[])[0], { state: 'answered', from: '•••67', to: '•••', transport: 'TLS' });
    call.hangUp();
    await caller.event('CALL_CLOSED');
    const id = await eventually(async () => {
      const { json } = await run('calls', 'list');
      const [newest] = json.calls as { id: string; state: string }[];
      return newest?.state === 'ended' && newest.id;
    }, 'the end of the call in the trace');

    const pcap = join(folder, 'masked.pcap');
    const traced = await run('calls', 'trace', id, '--pcap', pcap);
    t.is(traced.code, 0);
    const shown = JSON.stringify(traced.json);
    t.false(shown.includes('31201234567') || shown.includes('bram'));
    t.is((traced.json.peers as string[]).length, 2);
    const labels = (traced.json.steps as { label: string; peer: number; received: boolean }[]).map(
      ({ label, peer, received }) => `${received ? '<' : '>'}${peer} ${label}`,
    );
    for (const step of [
      '<0 INVITE',
      '>0 401 Unauthorized',
      '>1 INVITE',
      '<1 200 OK',
      '>0 200 OK',
      '<0 ACK',
      '<1 BYE',
      '>0 BYE',
    ]) {
      t.true(labels.includes(step), `${step} in ${labels.join(', ')}`);
    }
    const said = execFileSync('tshark', ['-r', pcap, '-T', 'fields', '-e', 'sip.Method', '-e', 'sip.Status-Code'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    t.is(
      said
        .trimEnd()
        .split('\n')
        .filter((line) => /[A-Z]|\d/.test(line)).length,
      labels.length,
    );
    const bytes = readFileSync(pcap).toString('latin1');
    t.false(/31201234567|bram/.test(bytes));
    t.regex(bytes, /inline:A+/);
    t.is((await run('calls', 'trace', id, '--pcap', pcap)).json.error, 'file_exists');
    t.is((await run('calls', 'trace', '0'.repeat(32))).json.error, 'call_unknown');

    t.is((await run('calls', 'trace', id, '--show-numbers')).json.error, 'usage');
    const credentials = join(folder, 'credentials');
    writeFileSync(credentials, anna.credentials());
    const open = await run('calls', 'trace', id, '--show-numbers', '--as', 'Anna Visser', '--credentials', credentials);
    t.like(open.json.call as object, { from: '31201234567', to: 'bram' });
    const viewed = box
      .audit()
      .events.flatMap(({ kind, actor, facts }) => (kind === 'trace_viewed' ? [[actor === 'cli', facts]] : []));
    t.deepEqual(viewed, [
      [true, { call: id, numbers: false }],
      [false, { call: id, numbers: true }],
    ]);
  },
);

test.serial('the desk shows the same call, and which phones are registered', async (t) => {
  await anna.signIn();
  const list = await anna.get('/calls');
  t.regex(list.text, /31201234567/);
  const id = /\/calls\/([0-9a-f]{32})/.exec(list.text)![1]!;
  const one = await anna.get(`/calls/${id}`);
  t.regex(one.text, /401 Unauthorized/);
  t.regex(one.text, /SRTP \(/);
  const phones = await anna.get('/phones');
  t.regex(phones.text, /TLS 127\.0\.0\.1:\d+/);
});

test.serial('the connection test passes at every door of the box, and names what is wrong elsewhere', async (t) => {
  const own = await run('connection', 'test', ...config());
  const tested = own.json.tested as { about: string | null; steps: { code: string }[] }[];
  t.deepEqual(
    tested.map(({ about, steps }) => [
      about?.split(' ')[0] ?? null,
      ...steps.map(({ code }) => code.replace(/^clock_.*/, 'clock')),
    ]),
    [
      ['TLS', 'connect_ok', 'tls_ok', 'options_ok'],
      ['UDP', 'options_ok'],
      ['TCP', 'connect_ok', 'options_ok'],
      [null, 'ports_ok', 'clock'],
    ],
  );
  // As another box that was given our address: its certificate is not known, so the account is not tried.
  const secretFile = join(folder, 'secret');
  writeFileSync(secretFile, `${box.phones.get('bram')!.secret}\n`);
  const target = `127.0.0.1:${box.config.sip.tls};transport=tls`;
  const steps = async (...more: string[]) => {
    const { code, json } = await run('connection', 'test', target, ...config(), ...more);
    return [code, ...(json.tested as typeof tested)[0]!.steps.map((step) => step.code)];
  };
  const account = ['--user', 'bram', '--secret-file', secretFile];
  t.deepEqual((await steps(...account)).slice(0, 6), [
    1,
    'name_address',
    'connect_ok',
    'tls_self_signed',
    'options_ok',
    'register_untrusted',
  ]);
  t.deepEqual((await steps('--ca', box.certificatePath, ...account)).slice(3, 6), [
    'tls_ok',
    'options_ok',
    'register_ok',
  ]);
  await anna.signIn();
  const page = await anna.post('/connection', { target: '127.0.0.1:1;transport=tcp', user: '', secret: '' });
  t.regex(page.text, /refuses the connection: the machine is there/);
});

/** What is said in a TLS handshake with the SIP port, and no more. */
const shake = (options: object): Promise<void> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: box.config.sip.tls, ...options });
    socket.once('close', () => resolve()).once('error', () => socket.destroy());
    socket.once('secureConnect', () => socket.destroy());
  });

interface Told {
  readonly attempts: readonly { outcome: string; count: number; transport: string }[];
  readonly strangers: readonly { user: string; outcome: string }[];
  readonly handshakes: readonly { fault: string; address: string }[];
}

test.serial('why a phone does not register is told to whoever keeps it, and to nobody else', async (t) => {
  const outcomes = async (user: string) => {
    const { json } = await run('phones', 'trace', user);
    return (json as unknown as Told).attempts.map(({ outcome, transport }) => `${outcome} ${transport}`);
  };
  const tried = async (user: string, transport: 'TLS' | 'UDP', more: object = {}) => {
    const phone = await box.unregistered(user, transport, more);
    const status = await phone.register();
    await phone.close();
    return status;
  };
  const { secret } = box.phones.get('bram')!;
  // What a stranger hears is the same for a number that there is and one that there is not.
  t.is(await tried('bram', 'TLS', { secret: 'wrong' }), 401);
  t.is(await tried('nobody-here', 'TLS', { secret: 'wrong' }), 401);
  t.is((await outcomes('bram'))[0], 'wrong_secret TLS');
  t.is((await outcomes('nobody-here'))[0], 'unknown_number TLS');
  t.is(await tried('bram', 'UDP', { secret }), 403);
  t.is((await outcomes('bram'))[0], 'plain UDP');
  t.is(await tried('bram', 'TLS', { secret }), 200);
  t.is((await outcomes('bram'))[0], 'ok TLS');

  // A phone that trusts somebody else says so in an alert (OpenSSL), or hangs up without a word (Node); one with an old TLS does not get that far.
  await promisify(execFile)('openssl', [
    's_client',
    '-verify_return_error',
    '-connect',
    `127.0.0.1:${box.config.sip.tls}`,
  ]).catch(() => {});
  await shake({});
  await shake({ maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0', rejectUnauthorized: false });
  const told = await eventually(async () => {
    const { json } = await run('phones', 'trace');
    const all = json as unknown as Told;
    return all.handshakes.length === 3 && all;
  }, 'three handshakes that failed');
  t.deepEqual(told.handshakes.map(({ fault }) => fault).sort(), ['broke_off', 'old_tls', 'untrusted']);
  t.deepEqual(
    told.strangers.map(({ user, outcome }) => `${user} ${outcome}`),
    ['nobody-here unknown_number'],
  );

  const page = await anna.get('/phones/bram');
  t.regex(page.text, /came without TLS, and has no exception/);
  t.regex(
    (await anna.get('/registrations')).text,
    /nobody-here[\s\S]*no such phone here[\s\S]*does not trust the certificate/,
  );
  const onDisk = readdirSync(box.config.data, { recursive: true, encoding: 'utf8' })
    .map((name) => join(box.config.data, name))
    .filter((path) => statSync(path).isFile() && readFileSync(path).includes('nobody-here'));
  t.deepEqual(onDisk, []);
  t.false(readFileSync(box.logPath, 'utf8').includes('nobody-here'));
});

// The phone that called before is there still.
test.serial('a phone of the box is tested over its own connection, and a line as the box reaches it', async (t) => {
  const stepsOf = async (...args: string[]) => {
    const { code, json } = await run(...args, ...config());
    const tested = json.tested as { about: string | null; steps: { code: string }[] }[];
    return [code, ...tested.map(({ steps }) => steps.map((step) => step.code))];
  };
  t.deepEqual(await stepsOf('phones', 'test', '31201234567'), [
    0,
    ['sound_keyed', 'exception_none'],
    ['phone_registered', 'transport_tls', 'options_ok'],
  ]);
  const page = await anna.post('/connection/known', { known: 'phone 31201234567' });
  t.regex(page.text, /It is registered from TLS 127\.0\.0\.1:\d+[\s\S]*It answers SIP: 200/);
  t.is((await stepsOf('phones', 'test', 'plain'))[0], 1);
  t.is((await run('phones', 'test', 'nobody-here', ...config())).json.error, 'phone_unknown');

  // Told at the desk by the same person, who says why; the call process follows within a second.
  const sent = await anna.post('/trunks', {
    id: 'carrier',
    host: '127.0.0.1',
    port: '1',
    transport: 'tcp',
    plainUntil: new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10),
    called: 'e164',
    calling: 'e164',
    send: 'P-Asserted-Identity',
    maxCalls: '10',
    priority: '10',
    weight: '100',
    optionsSeconds: '60',
  });
  await anna.post(sent.location!, { reason: 'a trial' });
  await eventually(
    async () => /carrier[\s\S]*Answers|Does not answer/.test((await anna.get('/trunks')).text),
    'a trunk',
  );
  t.deepEqual((await stepsOf('trunks', 'test', 'carrier'))[2], ['connect_refused']);
  const page2 = await anna.post('/trunks/carrier/test', {});
  t.regex(page2.text, /refuses the connection: the machine is there/);
  t.like(
    box.audit().events.findLast(({ kind }) => kind === 'lines_changed'),
    { facts: { trunks: ['carrier'], weakens: ['plain'], reason: 'a trial' } },
  );
});
