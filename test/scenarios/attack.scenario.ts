/** Somebody attacks the telephones while a call is recorded: nothing is learned, nobody is hurt, and a person sees it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect as tlsConnect } from 'node:tls';
import test from 'ava';
import { ask } from '../../appliance/control/client.ts';
import { answerChallenge } from '../../appliance/sip/digest/client.ts';
import { eventually, type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { belkluis } from '../peers/cli.ts';
import type { Heard } from '../peers/line.ts';
import type { PhoneCall } from '../peers/phone.ts';
import { rawUdp } from '../peers/raw.ts';
import { type Member, newMember } from '../peers/visitor.ts';

const DOMAIN = 'belkluis.test';
const root = join(import.meta.dirname, '../..');

let folder: string;
let box: ScenarioBox;
let admin: Member;
let call: { readonly ours: PhoneCall; readonly theirs: PhoneCall; readonly id: string };

interface Ban {
  readonly source: string;
  readonly why: string;
  readonly reach: string;
}
const bans = async (): Promise<readonly Ban[]> =>
  (await belkluis(box.config.data, 'sip', 'bans', 'list')).json.bans as Ban[];
const banOf = async (source: string) => (await bans()).find((ban) => ban.source === source);

test.before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'attack-'));
  box = await scenarioBox({
    phones: ['anna', 'bram', 'kees', '1042'].map((user) => ({ user, plain: user === '1042' })),
  });
  admin = await newMember(box, 'Iris Smit');
  const [anna, bram] = await Promise.all([box.phone('anna'), box.phone('bram')]);
  const { answered } = await anna.dial('bram');
  const [ours, theirs] = await Promise.all([answered, bram.nextCall()]);
  ours.line.speak();
  theirs.line.speak();
  const id = await box.until(({ calls }) => calls[0]?.recording, 'the call being recorded');
  call = { ours, theirs, id };
});
test.after.always(async () => {
  await box?.end();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** Runs a program of an attacker to its end; returns all that it said. */
async function attacker(command: string, ...args: readonly string[]): Promise<string> {
  const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const patience = setTimeout(() => child.kill('SIGKILL'), 30_000);
  const [said, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  clearTimeout(patience);
  return said + errors;
}

test.serial('svwar looks for extensions by every method: it finds none', async (t) => {
  const dictionary = join(folder, 'names');
  const names = [...Array.from({ length: 40 }, (_, index) => 1000 + index), 1042, 'anna', 'bram'];
  writeFileSync(dictionary, `${names.join('\n')}\n`);
  const { port } = box.target('UDP');
  const scan = ['-p', String(port), '-d', dictionary, '--domain', DOMAIN, '--force', '--maximumtime', '2', '127.0.0.1'];
  const asked = async () => (await box.status())!.counters['calls.challenged'] ?? 0;
  const before = await asked();
  const ports = [5160, 5161, 5162];
  const scans = ['REGISTER', 'INVITE', 'OPTIONS'].map((method, n) =>
    attacker('svwar', '-m', method, '-P', String(ports[n]), ...scan),
  );
  for (const said of await Promise.all(scans)) {
    t.notRegex(said, /\b(1042|anna|bram)\b/, said);
    t.notRegex(said, /Traceback|Usage: /, said);
  }
  const { json } = await belkluis(box.config.data, 'sip', 'bans', 'list');
  t.true((json.lastDay as Record<string, number>).scanner! > 0);
  // It came from where phones are registered: each scan is shut out by its port, and hurts none of them.
  t.deepEqual(
    (json.bans as Ban[]).map(({ source, why, reach }) => [source, why, reach]).sort(),
    ports.map((port) => [`127.0.0.1:${port}`, 'scanner', 'datagrams']),
  );
  t.true((await asked()) - before <= 10);
  const bram = await box.phone('bram');
  await bram.close();
});

const register = (user: string, from: string, n: number, more: readonly string[] = []) =>
  [
    `REGISTER sip:${DOMAIN} SIP/2.0`,
    `Via: SIP/2.0/TLS ${from}:5061;branch=z9hG4bK${from}x${n};rport`,
    'Max-Forwards: 70',
    `From: <sip:${user}@${DOMAIN}>;tag=f${n}`,
    `To: <sip:${user}@${DOMAIN}>`,
    `Call-ID: ${n}@${from}`,
    `CSeq: ${n} REGISTER`,
    `Contact: <sip:${user}@${from}>`,
    'User-Agent: Yealink SIP-T46S',
    ...more,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');

test.serial('a scan that hides what it is gets ten answers at most, the same for everybody', async (t) => {
  // From elsewhere, and from where phones are registered.
  const peers = await Promise.all(['127.0.1.10', '127.0.0.1'].map((from) => rawUdp(box.target('UDP'), from)));
  const [peer, inside] = peers as [Peer, Peer];
  for (const [{ send, close }, from, banned] of [
    [peer, '127.0.1.10', '127.0.1.10'],
    [inside, '127.0.0.1', `127.0.0.1:${inside.port}`],
  ] as const) {
    t.teardown(close);
    for (let n = 0; n < 30; n++) send(register(n === 3 ? '1042' : `guess${n}`, from, n));
    await eventually(() => banOf(banned), 'a ban');
    t.like(await banOf(banned), { why: 'names', reach: 'datagrams' });
  }
  const frank = await rawUdp(box.target('UDP'), '127.0.1.11');
  t.teardown(frank.close);
  frank.send(register('anna', '127.0.1.11', 1).replace('Yealink SIP-T46S', 'friendly-scanner'));
  await eventually(() => banOf('127.0.1.11'), 'a ban');
  t.like(await banOf('127.0.1.11'), { why: 'scanner', reach: 'datagrams' });
  for (const { answers } of peers) {
    const statuses = await answers().catch(() => null);
    t.true(
      statuses === null || (statuses.length <= 10 && statuses.every((status) => status === '401')),
      String(statuses),
    );
  }
});

type Peer = Awaited<ReturnType<typeof rawUdp>>;

/** Answers to challenges over one TLS connection, one after the other, until all were given or the box ends it. */
async function tryPasswords(from: string, tries: readonly { readonly user: string; readonly password: string }[]) {
  const { port, address: host, tls } = box.target('TLS');
  const socket = tlsConnect({ host, port, ca: tls!.ca!, ...{ localAddress: from } });
  const statuses: string[] = [];
  let received = '';
  let at = 0;
  let n = 0;
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    received += chunk;
    const [response, status] = /SIP\/2\.0 (\d{3}) [\s\S]*?\r\n\r\n/.exec(received) ?? [];
    if (!response || !status) return;
    received = '';
    statuses.push(status);
    const next = tries[at++];
    const [, challenge] = /WWW-Authenticate: (.*)\r\n/.exec(response) ?? [];
    if (!next || !challenge) return void socket.end();
    const { user, password } = next;
    const asked = { challenge, method: 'REGISTER', uri: `sip:${DOMAIN}`, user, cnonce: 'c', count: 1, password };
    socket.write(register(user, from, ++n, [`Authorization: ${answerChallenge(asked)!}`]));
  });
  await once(socket, 'secureConnect');
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write(register(tries[0]!.user, from, ++n));
  await closed;
  return { statuses, tried: Math.min(at, tries.length) };
}

test.serial('passwords are guessed over TLS: the address is shut out, the phone of that user goes on', async (t) => {
  const from = '127.0.1.20';
  const { port, address: host, tls } = box.target('TLS');
  const guesses = Array.from({ length: 100 }, (_, n) => ({ user: 'anna', password: `guess ${n}` }));
  const { tried: tries } = await tryPasswords(from, guesses);
  t.true(tries > 2 && tries < 30, `${tries} tries`);
  t.like(await banOf(from), { why: 'guesses', reach: 'all' });
  const again = tlsConnect({ host, port, ca: tls!.ca!, ...{ localAddress: from } });
  again.on('error', () => {});
  await new Promise((resolve) => again.once('close', resolve));
  const phone = await box.unregistered('anna');
  t.is(await phone.register(), 200, 'at home she is not locked out');
  t.is(await phone.register(0), 200);
});

test.serial('from a company’s own address a handful of passwords is tried, and the company goes on', async (t) => {
  const own = await box.phone('kees');
  const { secret } = box.phones.get('kees')!;
  const password = (n: number) => (n === 8 ? secret : `guess ${n}`);
  const guesses = Array.from({ length: 40 }, (_, n) => ({ user: 'kees', password: password(n) }));
  const { statuses, tried } = await tryPasswords('127.0.0.1', guesses);
  t.is(tried, guesses.length, 'nobody is shut out for the password of one phone');
  t.deepEqual([...new Set(statuses)], ['401'], 'the right one came too late');
  // The program that is made for this, over UDP, for a phone that may do without TLS.
  const dictionary = join(folder, 'passwords');
  const { secret: other } = box.phones.get('1042')!;
  const words = Array.from({ length: 40 }, (_, n) => (n === 8 ? other : `guess${n}`));
  writeFileSync(dictionary, `${words.join('\n')}\n`);
  const { port } = box.target('UDP');
  const said = await attacker('svcrack', '-u', '1042', '-p', String(port), '-d', dictionary, '-P', '5170', '127.0.0.1');
  t.false(said.includes(other), said);
  t.notRegex(said, /Traceback|Usage: /, said);
  const users = Array.from({ length: 40 }, (_, n) => ({ user: `user${n}`, password: 'guess' }));
  t.true((await tryPasswords('127.0.0.1', users)).tried <= 7, 'one user after another is another matter');
  t.is(await own.register(), 200, 'his phone');
  t.deepEqual(
    (await bans()).filter(({ source, why }) => source.startsWith('127.0.0.1') && why === 'guesses'),
    [],
  );
  await Promise.all([box.phone('anna'), box.phone('bram')].map(async (phone) => (await phone).close()));
  await own.close();
});

test.serial('nobody registers for somebody else, and a Contact that points elsewhere leads nowhere else', async (t) => {
  const phone = await box.phone('1042', 'UDP', { plainAudio: true });
  const asked = (to: string, contact: string) =>
    phone.agent.request({
      method: 'REGISTER',
      requestUri: `sip:${DOMAIN}`,
      destination: box.target('UDP'),
      from: `<sip:1042@${DOMAIN}>`,
      to: `<sip:${to}@${DOMAIN}>`,
      headers: [['Contact', contact]],
      credentials: { user: '1042', password: box.phones.get('1042')!.secret },
    });
  const before = (await box.status())!.registered;
  t.is((await asked('anna', '<sip:x@127.0.1.66>')).status, 403);
  t.is((await box.status())!.registered, before);
  const many = Array.from({ length: 12 }, (_, index) => `<sip:${index}@127.0.1.66>`).join(', ');
  t.is((await asked('1042', many)).status, 403, 'too many phones on one account');
  const elsewhere = await rawUdp(box.target('UDP'), '127.0.1.66');
  t.teardown(elsewhere.close);
  t.is((await asked('1042', `<sip:1042@127.0.1.66:${elsewhere.port}>`)).status, 200);
  phone.onRing(486);
  const bram = await box.phone('bram');
  const { answered } = await bram.dial('1042');
  await t.throwsAsync(answered, { message: /486/ }, 'it rang where the REGISTER came from');
  t.deepEqual(await elsewhere.answers(), []);
});

/** What would start a line of its own, colour a terminal or run in a page, if a log took it as it came. */
const HOSTILE = [
  '\r{"event":"forged"}',
  '\x1b[31mforged',
  '<script>forged()</script>',
  '%0d%0aforged',
  '\u2028forged',
  '\x00forged',
];

test.serial('no header of no message gets into the log or among the counters, whatever it holds', async (t) => {
  const headers = register('forged', '127.0.2.1', 1).split('\r\n').slice(1, -3);
  let peers = 0;
  for (const hostile of HOSTILE) {
    for (let at = 0; at <= headers.length; at++) {
      const peer = await rawUdp(box.target('UDP'), `127.0.2.${(++peers % 250) + 1}`);
      const lines = headers.map((line, index) => (index === at ? `${line}${hostile}` : line));
      const start =
        at === headers.length ? `REGISTER sip:${hostile}@${DOMAIN} SIP/2.0` : `REGISTER sip:${DOMAIN} SIP/2.0`;
      const method = at === headers.length - 1 ? `X${hostile} sip:${DOMAIN} SIP/2.0` : start;
      for (const first of [start, method]) peer.send([first, ...lines, 'Content-Length: 0', '', ''].join('\r\n'));
      await peer.answers();
      peer.close();
    }
  }
  const log = box.log();
  for (const piece of ['forged', '\x1b', '\u2028']) t.false(log.includes(piece), log);
  for (const line of log.split('\n')) if (line.startsWith('{')) t.notThrows(() => JSON.parse(line), line);
  const { counters } = (await box.status())!;
  for (const name of Object.keys(counters)) t.regex(name, /^[a-zA-Z0-9_.-]+$/);
  t.is(counters['sip.handler_failed'] ?? 0, 0);
});

async function lift(source: string) {
  const credentials = join(folder, 'credentials');
  writeFileSync(credentials, admin.credentials());
  const person = ['--as', admin.name, '--credentials', credentials];
  return belkluis(box.config.data, 'sip', 'bans', 'lift', source, ...person);
}

test.serial('an admin sees who is banned, in health too, and lifts one ban, on the record', async (t) => {
  const listed = await bans();
  t.true(listed.length >= 3);
  await admin.signIn();
  t.regex((await admin.get('/health')).text, new RegExp(`${listed.length} addresses are banned`));
  t.like(await lift('127.0.1.20'), { code: 0, json: { lifted: true } });
  t.is(await banOf('127.0.1.20'), undefined);
  t.like(await lift('127.0.1.20'), { code: 1, json: { error: 'ban_unknown' } });
  t.like(
    box.audit().events.filter(({ kind }) => kind === 'sip_ban_lifted'),
    [{ facts: { source: '127.0.1.20' } }],
  );
});

test.serial(
  'what a phone writes of itself and whom it calls is text at the desk, never markup, and in no log',
  async (t) => {
    const markup = '<img src=x onerror="forged()">';
    const stranger = await rawUdp(box.target('UDP'), '127.0.1.50');
    stranger.send(register('1042', '127.0.1.50', 1).replace('Yealink SIP-T46S', markup));
    stranger.close();
    const phone = await box.phone('bram');
    const { answered } = await phone.dial(
      encodeURIComponent(markup),
      (own) => Buffer.from(own.toString().replace(/^s=.*$/m, `s=${markup}\r\ni=${markup}`)),
      [
        ['Subject', markup],
        ['P-Preferred-Identity', `"${markup.replaceAll('"', '')}" <sip:bram@${DOMAIN}>`],
      ],
    );
    await t.throwsAsync(answered);
    const call = (await ask(box.at.controlSocket, { ask: 'calls' }))!.find(({ from }) => from === 'bram')!;
    const pages = await Promise.all(
      ['/calls', `/calls/${call.id}`, `/calls/${call.id}?numbers=yes`, '/registrations'].map((path) => admin.get(path)),
    );
    for (const { status, text } of pages) {
      t.is(status, 200);
      t.notRegex(text, /<img src=x/);
    }
    t.true(
      pages.some(({ text }) => text.includes('&lt;img src=x')),
      'it is shown',
    );
    t.notRegex(box.log(), /onerror|forged/);
    await phone.close();
  },
);

/** Since `start`: packets that never came, and the longest time without one, ms. */
function heardSince(start: number, heard: readonly Heard[]): { readonly missing: number; readonly gapMs: number } {
  const own = heard.filter(({ at }) => at > start);
  const numbers = own.map(({ sequence }) => sequence);
  const gaps = own.slice(1).map(({ at }, index) => at - own[index]!.at);
  return { missing: Math.max(...numbers) - Math.min(...numbers) + 1 - numbers.length, gapMs: Math.max(...gaps) };
}

test.serial(
  'a flood from addresses without number: the call loses nothing, and a registered phone gets through',
  async (t) => {
    const phone = await box.phone('1042', 'UDP', { plainAudio: true });
    const { port } = box.target('UDP');
    const flood = ['scripts/bench/flood.ts', '--port', String(port), '--seconds', '8', '--rate', '3000'];
    const before = (await box.status())!.counters;
    const start = performance.now();
    const running = attacker(process.execPath, ...flood.map((arg, index) => (index === 0 ? join(root, arg) : arg)));
    await new Promise((resume) => setTimeout(resume, 2000));
    const bram = await box.phone('bram');
    phone.onRing('answer');
    const { answered } = await phone.dial('bram');
    const second = await answered;
    second.hangUp();
    await bram.close();
    const { sent } = JSON.parse(await running) as { sent: number };
    t.true(sent > 15_000, `${sent} sent`);
    const after = (await box.status())!.counters;
    const unheard = (after['sip.defence.unheard'] ?? 0) - (before['sip.defence.unheard'] ?? 0);
    t.true(unheard > sent / 10, `${unheard} of ${sent} were not even read`);

    for (const line of [call.ours.line, call.theirs.line]) {
      const { missing, gapMs } = heardSince(start, line.heard);
      t.log(`longest gap ${gapMs.toFixed(1)} ms`);
      t.is(missing, 0);
    }
    call.ours.hangUp();
    await call.theirs.ended;
    const recording = await box.recordingOf('anna', 'bram');
    t.is(recording.id, call.id);
    t.like(recording.end, { reason: 'finished', gaps: 0, lost: 0 });
    t.is(after['sip.handler_failed'] ?? 0, 0, box.log());
  },
);

test.serial(
  'the call process is killed: who was banned still is, who was forgiven is not, phones come back',
  async (t) => {
    const [banned, forgiven] = ['127.0.1.40', '127.0.1.41'];
    for (const from of [banned, forgiven]) {
      const peer = await rawUdp(box.target('UDP'), from);
      peer.send(register('anna', from, 1).replace('Yealink SIP-T46S', 'friendly-scanner'));
      await eventually(() => banOf(from), 'a ban');
      peer.close();
    }
    const onDisk = (text: string) =>
      ['', '-wal'].some((more) => {
        const file = `${box.at.networksDatabase}${more}`;
        return existsSync(file) && readFileSync(file).includes(text);
      });
    await eventually(async () => onDisk(forgiven) && onDisk(banned), 'both on the disk');
    t.is(statSync(box.at.networksDatabase).mode & 0o777, 0o600);
    t.is((await lift(forgiven)).code, 0);
    await box.processes.call.kill();
    t.false(onDisk(forgiven), 'nothing of it is kept');
    await box.restart('call');
    t.like(await banOf(banned), { why: 'scanner', reach: 'datagrams' });
    t.is(await banOf(forgiven), undefined);
    await (await box.phone('anna')).close();
    t.is(await (await box.unregistered('1042', 'UDP', { plainAudio: true })).register(), 200);
  },
);
