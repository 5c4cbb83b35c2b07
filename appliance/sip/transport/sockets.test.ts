import { createHash, X509Certificate } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as tlsConnect } from 'node:tls';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { Counters } from '@belkluis/shared/base/counters';
import { silentLog } from '@belkluis/shared/base/log';
import test from 'ava';
import { openGuard } from '../defence/guard.ts';
import type { Session } from '../dialog/session.ts';
import { MAX_CONNECTIONS_PER_ADDRESS } from '../limits.ts';
import { onLoopback } from '../testing/agents.ts';
import { loopbackCertificate } from '../testing/certificate.ts';
import { rawTcp, rawUdp, requestText } from '../testing/raw-peer.ts';
import { userAgent } from '../user-agent.ts';
import type { Flow, ListenOn, TransportName } from './flow.ts';
import { sockets } from './sockets.ts';
import { connectionCount } from './stream-listener.ts';

const anybody = () => openGuard({ clock: systemClock, counters: new Counters() });

const OFFER = Buffer.from('v=0\r\no=offer\r\n');
const ANSWER = Buffer.from('v=0\r\no=answer\r\n');

const ways = (['UDP', 'TCP', 'TLS'] as const satisfies TransportName[]).flatMap((transport) =>
  (['127.0.0.1', '::1'] as const).map((address) => ({ transport, address })),
);
for (const { transport, address } of ways) {
  test(`${transport} at ${address}: two user agents call, re-INVITE, INFO, hang up, over real sockets`, async (t) => {
    const host = address === '::1' ? '[::1]' : address;
    const tls = transport === 'TLS' ? await loopbackCertificate() : undefined;
    const [a, b] = await Promise.all([onLoopback(transport, tls, address), onLoopback(transport, tls, address)]);
    const ended = new Promise<string>((resolve) => {
      b.agent.onInvite = (call) => {
        call.progress(180);
        const session = call.accept(ANSWER);
        session.onReinvite = ({ sdp, accept }) => accept(sdp!);
        session.onInfo = ({ respond }) => respond(200);
        session.onEnded = ({ by }) => resolve(by);
      };
    });
    const session = await new Promise<Session>((resolve, reject) => {
      const call = a.agent.invite({
        requestUri: `sip:b@${host}:${b.target.port}`,
        destination: b.target,
        from: `<sip:a@${host}>`,
        to: `<sip:b@${host}>`,
        sdp: OFFER,
      });
      call.onAnswered = resolve;
      call.onFailed = ({ status }) => reject(new Error(`failed: ${status}`));
    });
    t.deepEqual(session.remoteSdp, ANSWER);
    t.is(session.flow.remote.address, address);
    t.is(session.flow.secure, transport === 'TLS');
    const hold = Buffer.from('v=0\r\na=sendonly\r\n');
    const held = await session.reinvite(hold);
    t.true(held.ok && held.sdp?.equals(hold));
    t.is(await session.info('application/dtmf', Buffer.from('1')), 200);
    session.bye();
    t.is(await ended, 'remote');
    await Promise.all([a.agent.close(), b.agent.close()]);
  });
}

test('TLS: a certificate that nobody vouches for is refused before anything is sent', async (t) => {
  const tls = await loopbackCertificate();
  const { agent, target } = await onLoopback('TLS', tls);
  const asked = { method: 'OPTIONS', requestUri: 'sip:x@127.0.0.1', from: '<sip:a@b>', to: '<sip:x@b>' };
  const { tls: _, ...untrusted } = target;
  await t.throwsAsync(agent.request({ ...asked, destination: untrusted }), { code: 'unreachable' });
  t.is((await agent.request({ ...asked, destination: target })).status, 200);
  await t.throwsAsync(
    agent.request({ ...asked, destination: untrusted }),
    { code: 'unreachable' },
    'not even beside an open connection',
  );
  await agent.close();
});

test('TLS: a flow knows its peer by the certificate that it holds; who shows none is let in, and has none', async (t) => {
  const [ours, trunk] = await Promise.all([loopbackCertificate(), loopbackCertificate()]);
  const shown = createHash('sha256').update(new X509Certificate(trunk.cert).raw).digest('hex');
  for (const requestCertificate of [true, false]) {
    const seen: (string | null)[] = [];
    const listen = [{ transport: 'TLS' as const, address: '127.0.0.1', port: 0, tls: ours, requestCertificate }];
    const events = {
      message: (_: unknown, { peerFingerprint }: Flow) => void seen.push(peerFingerprint),
      unusable: () => {},
      sent: () => {},
      closed: () => {},
    };
    const network = sockets({ listen, clock: systemClock, counters: new Counters(), guard: anybody() }, events);
    const [bound] = await network.start();
    const ask = async (shown: { key?: string; cert?: string }) => {
      const before = seen.length;
      const socket = tlsConnect({ host: '127.0.0.1', port: bound!.port, ca: ours.cert, ...shown });
      socket.write(requestText('OPTIONS', 'sip:x@127.0.0.1'));
      while (seen.length === before) await delay(5);
      socket.destroy();
    };
    await ask(trunk);
    await ask({});
    // A renewed certificate of ours changes nothing about what we ask for.
    network.renewTls(ours);
    await ask(trunk);
    const fingerprint = requestCertificate ? shown : null;
    t.deepEqual(seen, [fingerprint, null, fingerprint]);
    await network.close();
  }
});

test('UDP: keep-alives are swallowed, STUN is answered, rubbish changes nothing', async (t) => {
  const { agent, target, counters } = await onLoopback('UDP');
  const peer = await rawUdp(target);
  for (const noise of ['', '\0\0\0\0', '\r\n\r\n', 'hello', '\r\n\r\nINVITE', 'SIP/2.0 999999 x\r\n\r\n'])
    peer.send(Buffer.from(noise, 'latin1'));
  peer.send(Buffer.from('000100002112a442b7e7a701bc34d686fa87dfae', 'hex'));
  const stun = await peer.next();
  t.is(stun.readUInt16BE(0), 0x0101);
  t.is(stun.readUInt16BE(26) ^ 0x2112, peer.port);
  peer.send(requestText('OPTIONS', 'sip:x@127.0.0.1', { port: 9 }));
  t.regex(String(await peer.next()), /^SIP\/2.0 200 OK\r\n/, 'to the source, not to the port in the Via');
  t.is(counters.get('sip.udp.keepalive'), 3);
  peer.close();
  await agent.close();
});

test('UDP: a dual-stack socket answers IPv4 phones, and sends to them', async (t) => {
  const counters = new Counters();
  const make = (address: string) =>
    userAgent({
      listen: [{ transport: 'UDP', address, port: 0 }],
      clock: systemClock,
      chance: systemChance,
      counters,
      log: silentLog,
      advertised: () => ({ host: '127.0.0.1', port: 5060 }),
      serverName: 'test',
    });
  const dual = make('::');
  const port = await dual.start().then(
    ([bound]) => bound!.port,
    () => null,
  );
  if (port === null) return t.pass('this machine has no IPv6');
  const four = make('127.0.0.1');
  const fourPort = (await four.start())[0]!.port;
  const asked = { method: 'OPTIONS', requestUri: 'sip:x@127.0.0.1', from: '<sip:a@b>', to: '<sip:x@b>' };
  const at = (toPort: number) => ({ transport: 'UDP' as const, address: '127.0.0.1', port: toPort });
  t.is((await four.request({ ...asked, destination: at(port) })).status, 200);
  t.is((await dual.request({ ...asked, destination: at(fourPort) })).status, 200);
  return Promise.all([dual.close(), four.close()]).then(() => undefined);
});

test('UDP: a request of 60 kB is read whole', async (t) => {
  const { agent, target } = await onLoopback('UDP');
  const body = 'x'.repeat(60_000);
  const got = new Promise<number>((resolve) => {
    agent.onRequest = ({ request, respond }) => {
      respond({ status: 200 });
      resolve(request.body.length);
    };
  });
  const peer = await rawUdp(target);
  peer.send(requestText('MESSAGE', 'sip:x@127.0.0.1', { body, more: 'Content-Type: text/plain' }));
  t.is(await got, 60_000);
  peer.close();
  await agent.close();
});

test('a request that is too long for a packet goes over TCP where there is TCP, else in fragments; its dialog stays where it was', async (t) => {
  const at = async (transports: readonly TransportName[], port = 0) => {
    const agent = userAgent({
      listen: transports.map((transport) => ({ transport, address: '127.0.0.1', port })),
      clock: systemClock,
      chance: systemChance,
      counters: new Counters(),
      log: silentLog,
      advertised: ({ local }) => ({ host: '127.0.0.1', port: local.port }),
      serverName: 'test',
    });
    const [bound] = await agent.start();
    return { agent, port: bound!.port };
  };
  const caller = await at(['UDP', 'TCP']);
  for (const transports of [['TCP', 'UDP'], ['UDP']] as const) {
    // A port that is free for TCP is hardly ever taken for UDP.
    const free = await at(['TCP']);
    await free.agent.close();
    const { agent, port } = await at(transports, free.port);
    const seen: string[] = [];
    const over = new Promise<void>((resolve) => {
      agent.onInvite = (call) => {
        seen.push(
          `INVITE ${call.flow.transport} ${/ (UDP|TCP) /.exec(call.invite.headers.get('Via')!.replace('/', ' ').replace('/', ' '))?.[1]}`,
        );
        t.notRegex(call.invite.headers.get('Contact')!, /transport/);
        const session = call.accept(Buffer.alloc(3_000, 'y'));
        session.onInfo = ({ respond }) => {
          seen.push(`INFO ${session.flow.transport}`);
          respond(200);
        };
        session.onEnded = () => resolve();
      };
    });
    const session = await new Promise<Session>((resolve, reject) => {
      const call = caller.agent.invite({
        requestUri: `sip:b@127.0.0.1:${port}`,
        destination: { transport: 'UDP', address: '127.0.0.1', port },
        from: '<sip:a@127.0.0.1>',
        to: '<sip:b@127.0.0.1>',
        sdp: Buffer.alloc(2_000, 'x'),
      });
      call.onAnswered = resolve;
      call.onFailed = ({ status }) => reject(new Error(`failed: ${status}`));
    });
    t.is(session.remoteSdp?.length, 3_000);
    t.is(await session.info('text/plain', Buffer.from('short')), 200);
    session.bye();
    await over;
    const way = transports.length === 2 ? 'TCP' : 'UDP';
    t.deepEqual(seen, [`INVITE ${way} ${way}`, 'INFO UDP']);
    await agent.close();
  }
  await caller.agent.close();
});

test('a connection that breaks under a long request: it goes out again in fragments', async (t) => {
  const breaks = createServer((socket) => socket.once('data', () => socket.destroy()).on('error', () => {}));
  breaks.listen(0, '127.0.0.1');
  await once(breaks, 'listening');
  const { port } = breaks.address() as AddressInfo;
  const make = (listen: readonly ListenOn[]) =>
    userAgent({
      listen,
      clock: systemClock,
      chance: systemChance,
      counters: new Counters(),
      log: silentLog,
      advertised: ({ local }) => ({ host: '127.0.0.1', port: local.port }),
      serverName: 'test',
    });
  const address = '127.0.0.1';
  const callee = make([{ transport: 'UDP', address, port }]);
  const caller = make([
    { transport: 'UDP', address, port: 0 },
    { transport: 'TCP', address, port: 0 },
  ]);
  await Promise.all([callee.start(), caller.start()]);
  let got = 0;
  callee.onRequest = ({ request, respond }) => {
    got = request.body.length;
    respond({ status: 200 });
  };
  const response = await caller.request({
    method: 'MESSAGE',
    requestUri: 'sip:x@127.0.0.1',
    destination: { transport: 'UDP', address, port },
    from: '<sip:a@b>',
    to: '<sip:x@b>',
    body: Buffer.alloc(2_000, 'x'),
  });
  t.is(response.status, 200);
  t.is(got, 2_000);
  breaks.close();
  await Promise.all([caller.close(), callee.close()]);
});

test('TCP: ping gets pong, messages in pieces are put together, answers come back on the connection', async (t) => {
  const { agent, target } = await onLoopback('TCP');
  const peer = await rawTcp(target);
  peer.send('\r\n\r\n');
  t.is(String(await peer.next()), '\r\n');
  const text = requestText('OPTIONS', 'sip:x@127.0.0.1', { via: 'TCP', port: 9 });
  peer.send(text.slice(0, 50));
  setImmediate(() => peer.send(text.slice(50)));
  t.regex(String(await peer.next()), /^SIP\/2.0 200 OK\r\n/);
  peer.close();
  await agent.close();
});

test('TCP: a stream that cannot be framed is closed, and the listener goes on', async (t) => {
  const { agent, target } = await onLoopback('TCP');
  const peer = await rawTcp(target);
  peer.send('x'.repeat(200_000));
  await peer.closed;
  const other = await rawTcp(target);
  other.send(requestText('OPTIONS', 'sip:x@127.0.0.1', { via: 'TCP' }));
  t.regex(String(await other.next()), /^SIP\/2.0 200/);
  other.close();
  await agent.close();
});

test('TCP: who closes is missed, once; a call goes on over the connection that its phone opens next', async (t) => {
  const { agent, target } = await onLoopback('TCP');
  const gone: string[] = [];
  const closed = new Promise<void>((resolve) => {
    agent.onFlowClosed = ({ id }) => {
      gone.push(id);
      resolve();
    };
  });
  let session: Session | undefined;
  agent.onInvite = (call) => {
    session = call.accept(ANSWER);
  };
  const uri = 'sip:x@127.0.0.1';
  const first = await rawTcp(target);
  first.send(requestText('INVITE', uri, { via: 'TCP', more: 'Content-Type: application/sdp', body: 'v=0' }));
  const toTag = /\r\nTo: [^\r]*tag=([^\r;]+)/.exec(String(await first.next()))![1]!;
  first.send(requestText('ACK', uri, { via: 'TCP', toTag, branch: 'z9hG4bKack' }));
  first.send(requestText('OPTIONS', uri, { via: 'TCP', toTag, branch: 'z9hG4bKo', seq: 2 }));
  await first.next();
  const before = session!.flow.id;
  first.close();
  await closed;
  t.deepEqual(gone, [before]);
  t.false(session!.ended, 'a lost connection is not the end of a call');
  const second = await rawTcp(target);
  second.send(requestText('OPTIONS', uri, { via: 'TCP', toTag, branch: 'z9hG4bKo2', seq: 3 }));
  t.regex(String(await second.next()), /^SIP\/2.0 200/);
  session!.bye();
  t.regex(String(await second.next()), /^BYE sip:raw@127.0.0.1:5099 SIP\/2.0\r\n/);
  second.close();
  await agent.close();
});

test('one connection serves requests that are made at the same time', async (t) => {
  const { agent, target } = await onLoopback('TCP');
  const client = await onLoopback('TCP');
  const flows = new Set<string>();
  agent.onRequest = ({ flow, respond }) => {
    flows.add(flow.id);
    respond({ status: 200 });
  };
  const asked = {
    method: 'MESSAGE',
    requestUri: 'sip:x@127.0.0.1',
    from: '<sip:a@b>',
    to: '<sip:x@b>',
    destination: target,
  };
  await Promise.all([client.agent.request(asked), client.agent.request(asked)]);
  await client.agent.request(asked);
  t.is(flows.size, 1);
  await Promise.all([agent.close(), client.agent.close()]);
});

test('nobody there: unreachable, and not after a timeout', async (t) => {
  const { agent, target } = await onLoopback('TCP');
  const { target: dead, agent: closing } = await onLoopback('TCP');
  await closing.close();
  const asked = { method: 'OPTIONS', requestUri: 'sip:x@127.0.0.1', from: '<sip:a@b>', to: '<sip:x@b>' };
  await t.throwsAsync(agent.request({ ...asked, destination: dead }), { code: 'unreachable' });
  t.is((await agent.request({ ...asked, destination: target })).status, 200);
  await agent.close();
});

test('a port in use, and TLS without a certificate, say what to do', async (t) => {
  const { agent, target } = await onLoopback('TCP');
  const events = { message() {}, unusable() {}, sent() {}, closed() {} };
  const start = (listen: Parameters<typeof sockets>[0]['listen']) =>
    sockets({ listen, clock: systemClock, counters: new Counters(), guard: anybody() }, events).start();
  await t.throwsAsync(start([{ transport: 'TCP', address: '127.0.0.1', port: target.port }]), {
    code: 'cannot_listen',
  });
  await t.throwsAsync(start([{ transport: 'TLS', address: '127.0.0.1', port: 0 }]), { code: 'tls_material_missing' });
  const tls = { key: 'no', cert: 'pem' };
  await t.throwsAsync(start([{ transport: 'TLS', address: '127.0.0.1', port: 0, tls }]), {
    code: 'tls_material_unusable',
  });
  await agent.close();
});

test('connections of one address are limited, and counted down when they close', (t) => {
  const count = connectionCount();
  const socket = (remoteAddress: string) => Object.assign(new EventEmitter(), { remoteAddress }) as unknown as Socket;
  const held = Array.from({ length: MAX_CONNECTIONS_PER_ADDRESS }, () => socket('192.0.2.1'));
  t.true(held.every((one) => count.admit(one)));
  t.false(count.admit(socket('::ffff:192.0.2.1')), 'the mapped form is the same address');
  t.true(count.admit(socket('192.0.2.2')));
  held[0]!.emit('close');
  t.true(count.admit(socket('192.0.2.1')));
});
