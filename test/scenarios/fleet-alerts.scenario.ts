/** Alerts on their way out: a real mail server, a real receiver of webhooks, and those who would have the fleet send elsewhere. */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { silentLog } from '@belkluis/shared/base/log';
import test, { type ExecutionContext } from 'ava';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { loopbackCertificate } from '../../appliance/sip/testing/certificate.ts';
import { openAlertRoom } from '../../fleet/alerts/room.ts';
import { type MailServer, openMail } from '../../fleet/alerts/send/mail.ts';
import { secretText } from '../../fleet/alerts/send/signature.ts';
import { openWebhooks, type WebhookOptions } from '../../fleet/alerts/send/webhook.ts';
import { guardEgress } from '../../fleet/compliance/egress.ts';
import { type Locations, openLocations } from '../../fleet/compliance/locations.ts';
import { face } from '../../fleet/compliance/testing/face.ts';
import { both } from '../../fleet/db/testing/databases.ts';
import { migrations } from '../../fleet/migrations.ts';
import { parseNet } from '../../shared/base/public-address.ts';

const { key, cert } = await loopbackCertificate({
  names: ['receiver.example', 'mail.example', 'localhost'],
  addresses: ['127.0.0.1'],
});
const loopback = ['127.0.0.0/8', '::1/128'].map((text) => parseNet(text)!);
const secret = secretText(new Uint8Array(32).fill(7));
const body = '{"type":"alerts.test"}';

interface Asked {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** One receiver for all tests; each path behaves in its own way. */
let connections = 0;
const asked: Asked[] = [];
const held = new Set<ServerResponse>();
const behave: Record<string, (answer: ServerResponse) => void> = {
  '/fine': (answer) => answer.writeHead(204).end(),
  '/broken': (answer) => answer.writeHead(500).end('no'),
  '/gone': (answer) => answer.writeHead(410).end(),
  '/elsewhere': (answer) => answer.writeHead(307, { location: '/fine' }).end(),
  '/slow': (answer) => held.add(answer),
  '/drips': (answer) => {
    answer.writeHead(200);
    const timer = setInterval(() => answer.write('.'), 20);
    answer.on('close', () => clearInterval(timer));
  },
  '/huge': (answer) => {
    answer.writeHead(200);
    const more = () => {
      while (answer.write(Buffer.alloc(64 * 1024)));
    };
    answer.on('drain', more);
    more();
  },
};
const receiver = createServer({ key, cert }, (request, answer) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const path = request.url!;
    asked.push({ path, headers: request.headers, body: Buffer.concat(chunks).toString() });
    behave[path]!(answer);
  });
});
receiver.on('connection', () => connections++);
receiver.listen(0, '127.0.0.1');
await once(receiver, 'listening');
const { port } = receiver.address() as AddressInfo;
test.after.always(() => {
  receiver.closeAllConnections();
  receiver.close();
});

const at = (path: string, host = 'receiver.example') => ({ url: `https://${host}:${port}${path}`, secrets: [secret] });
const leadsTo =
  (...addresses: string[]) =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
const sender = (more: Partial<WebhookOptions> = {}) =>
  openWebhooks({ clock: systemClock, allowed: loopback, authority: cert, lookup: leadsTo('127.0.0.1'), ...more });

test.serial('a receiver can tell by the signature who sent what, and when', async (t) => {
  await sender()('01ID', body, at('/fine'));
  const [one] = asked.splice(0);
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = one!.headers;
  const expected = createHmac('sha256', Buffer.alloc(32, 7)).update(`${id}.${timestamp}.${one!.body}`).digest('base64');
  t.deepEqual([id, signature, one!.body], ['01ID', `v1,${expected}`, body]);
  t.true(Math.abs(Number(timestamp) - Date.now() / 1000) < 60);
});

test.serial('what does not take it, redirects, dawdles or talks without end is a failure with a name', async (t) => {
  const send = sender({ patienceMs: 400 });
  for (const [path, code] of [
    ['/broken', 'webhook_refused'],
    ['/gone', 'webhook_gone'],
    ['/elsewhere', 'webhook_redirected'],
    ['/slow', 'webhook_slow'],
    ['/drips', 'webhook_slow'],
    ['/huge', 'webhook_answer_large'],
  ] as const)
    await t.throwsAsync(send('01ID', body, at(path)), { code }, path);
  t.deepEqual(
    asked
      .splice(0)
      .map(({ path }) => path)
      .filter((path) => path === '/fine'),
    [],
    'no redirect was followed',
  );
  for (const answer of held) answer.destroy();
  await t.throwsAsync(sender({ authority: null })('01ID', body, at('/fine')), { code: 'webhook_unreachable' });
  await t.throwsAsync(
    send('01ID', body, at('/fine', 'other.example')),
    { code: 'webhook_unreachable' },
    'not its name',
  );
  t.deepEqual(asked, []);
});

test.serial('no name and no way to write an address leads into the networks of the server', async (t) => {
  connections = 0;
  const refused = { code: 'webhook_address_refused' };
  const send = (more: Partial<WebhookOptions> = {}) => sender({ allowed: [], ...more });
  await t.throwsAsync(send()('01ID', body, at('/fine')), refused, 'a name of theirs that leads to 127.0.0.1');
  const mixed = leadsTo('1.1.1.1', '127.0.0.1');
  await t.throwsAsync(send({ lookup: mixed })('01ID', body, at('/fine')), refused, 'one address of several');
  // The system's own look-up.
  const { lookup: _, ...own } = { lookup: null, clock: systemClock, allowed: [], authority: cert };
  await t.throwsAsync(openWebhooks(own)('01ID', body, at('/fine', 'localhost')), refused);
  for (const host of [
    '127.0.0.1',
    '[::1]',
    '2130706433',
    '0x7f.1',
    '0',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '169.254.169.254',
  ])
    await t.throwsAsync(openWebhooks(own)('01ID', body, at('/fine', host)), refused, host);
  t.is(connections, 0);
  t.deepEqual(asked, []);
});

interface Mailed {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
  readonly secure: boolean;
  readonly user: string | undefined;
}

async function mailServer(t: ExecutionContext, options: SMTPServerOptions = {}) {
  const mails: Mailed[] = [];
  const server = new SMTPServer({
    ...{ key, cert, authMethods: ['PLAIN', 'LOGIN'], logger: false, disableReverseLookup: true },
    onAuth: ({ username, password }, _session, done) =>
      password === 'right' ? done(null, { user: username! }) : done(new Error('no')),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          text: Buffer.concat(chunks).toString(),
          secure: session.secure,
          user: session.user as string | undefined,
        });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => {});
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.teardown(() => new Promise<void>((done) => server.close(done)));
  const own: MailServer = {
    ...{ host: '127.0.0.1', port: (server.server.address() as AddressInfo).port, security: 'starttls' },
    ...{ login: { user: 'fleet', password: 'right' }, from: 'alerts@fleet.example', authority: cert },
  };
  return { mails, own };
}

const mail = { subject: 'Größe: 1 new', text: 'Box not heard\n.\nin Utrecht\n' };
const to = ['noc@msp.example', 'boss@msp.example'];

test.serial('mail is handed over within TLS, by STARTTLS or from the first byte', async (t) => {
  for (const secure of [false, true]) {
    const { mails, own } = await mailServer(t, { secure });
    await openMail({ ...own, security: secure ? 'tls' : 'starttls' })('01KB', mail, to);
    t.like(mails[0], { from: 'alerts@fleet.example', to, secure: true, user: 'fleet' });
    t.regex(mails[0]!.text, /^Message-ID: <01kb@fleet\.example>\r$/im);
    t.regex(mails[0]!.text, /^Auto-Submitted: auto-generated\r$/im);
    t.regex(mails[0]!.text, /^Subject: =\?UTF-8\?/im);
  }
});

test.serial('mail and webhooks leave for whom the list names, and for nobody else', async (t) => {
  const parts = { region: 'NL', regionTransfer: null, lock: 'EEA', declared: [], provider: 'NL' } as const;
  for (const secure of [false, true]) {
    const { mails, own } = await mailServer(t, { secure });
    // By a name, which the library looks up itself.
    const there = openMail({ ...own, host: 'localhost', security: secure ? 'tls' : 'starttls' });
    const listed = openLocations({ ...parts, dialled: [{ purpose: 'mail', host: 'localhost', port: own.port }] });
    const refused: number[] = [];
    const guarded = async (locations: Locations, work: () => Promise<unknown>) => {
      const end = guardEgress(locations, ({ port: to }) => refused.push(to));
      await work().finally(end);
    };
    await guarded(listed, () => there('01KB', mail, to));
    t.is(mails.length, 1);
    const nobody = openLocations({ ...parts, dialled: [] });
    await guarded(nobody, () => t.throwsAsync(there('01KC', mail, to), { code: 'mail_failed' }));
    t.is(mails.length, 1);
    await guarded(nobody, () => t.throwsAsync(sender()('01ID', body, at('/fine')), { code: 'webhook_not_declared' }));
    t.true(refused.includes(own.port) && refused.includes(port));
    t.deepEqual(asked.splice(0), []);
    const receiver = { purpose: 'webhook', host: 'receiver.example', port, country: 'NL' } as const;
    const declared = [{ ...receiver, subprocessor: null, transfer: null }];
    await guarded(openLocations({ ...parts, declared, dialled: [] }), () => sender()('01ID', body, at('/fine')));
    t.is(asked.splice(0).length, 1);
  }
});

test.serial('without TLS, with another certificate or a wrong password nothing is sent', async (t) => {
  const plain = await mailServer(t, { hideSTARTTLS: true, disabledCommands: ['STARTTLS'], authOptional: true });
  const { mails, own } = await mailServer(t);
  const failed = { code: 'mail_failed' };
  await t.throwsAsync(openMail(plain.own)('01KB', mail, to), failed);
  await t.throwsAsync(openMail({ ...own, authority: null })('01KB', mail, to), failed);
  const wrong = openMail({ ...own, login: { user: 'fleet', password: 'wrong' } })('01KB', mail, to);
  t.false((await t.throwsAsync(wrong, failed))!.message.includes('wrong'), 'no password is told');
  await delay(50);
  t.deepEqual([...mails, ...plain.mails], []);
});

test.serial(
  'a drill reaches the channels of every MSP within the hour, and who was reached when is known',
  async (t) => {
    const { mails, own } = await mailServer(t);
    const { kysely } = await both[0]!.fresh(t, migrations);
    const { compliance, clock, newId, a, b } = await face(kysely);
    const { channels, notices, tell } = openAlertRoom({
      ...{ database: kysely, clock, newId, chance: systemChance, log: silentLog, mayStand: () => {} },
      senders: { mail: openMail(own), webhook: sender() },
      append: async () => {},
    });
    const shared = { level: 'bad', within: 'all', codes: null, on: true, name: 'On call' } as const;
    await channels.add(a.scope, { ...shared, kind: 'email', addresses: ['a@msp.example'], language: 'nl' }, 'anna');
    const { url } = at('/fine');
    await channels.add(a.scope, { ...shared, kind: 'webhook', url, country: 'NL', language: 'en' }, 'anna');
    await channels.add(b.scope, { ...shared, kind: 'email', addresses: ['b@other.example'], language: 'fr' }, 'bea');
    const drill = { drill: true, severity: 'low', what: 'Names were read', about: 'Names of staff' } as const;
    const { id } = await compliance.incidents.open({ ...drill, foundAt: clock.now(), concerns: 'all' }, 'operator');
    /** What the jobs do, minute by minute. */
    const minutes = async () => {
      for (let minute = 0; minute < 3; minute++) {
        await compliance.tellAll(notices.tell);
        clock.advance(30_000);
        await notices.pack();
        await tell.send();
        clock.advance(30_000);
      }
    };
    await minutes();
    t.deepEqual(mails.map(({ to: [first] }) => first).sort(), ['a@msp.example', 'b@other.example']);
    const textTo = (address: string) => mails.find(({ to: [first] }) => first === address)!.text;
    t.regex(textTo('a@msp.example'), /OEFENING/);
    t.regex(textTo('b@other.example'), /EXERCICE/);
    const [one, ...others] = asked.splice(0);
    t.like(JSON.parse(one!.body), { type: 'notice', data: { notice: { about: 'incident', drill: true } } });
    t.is(others.length, 0);
    t.like(await compliance.incidents.reach(id), { concerned: 4, reached: 4, late: 0, slowestMs: 30_000 });

    await compliance.incidents.addStep(id, 'Keys were changed.', 'operator');
    await compliance.incidents.close(id, 'operator');
    t.like(await compliance.incidents.reach(id), { behind: 4 });
    await minutes();
    t.like(await compliance.incidents.reach(id), { reached: 4, behind: 0, late: 0 });
    t.is(mails.length, 4);
    t.true(
      mails.slice(2).every(({ text }) => text.includes('Keys were changed.')),
      'what is new, to both',
    );
    t.is(asked.splice(0).length, 1);
  },
);
