/** The back-to-back user agent with real sockets and real media workers; only the recorder behind its door is watched. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import test from 'ava';
import type { IncomingCall } from '../sip/dialog/incoming-call.ts';
import type { Session } from '../sip/dialog/session.ts';
import type { SipResponse } from '../sip/message/message.ts';
import { tagOf } from '../sip/message/name-addr.ts';
import { EMERGENCY_CALLS_PER_CALLER } from './limits.ts';
import { ADDRESS, DOMAIN, recorded, sdp, type TestBox, type TestPhone, testBox } from './testing/box.ts';
import { until } from './testing/person.ts';

interface Connected {
  readonly caller: Session;
  readonly callee: Session;
  readonly incoming: IncomingCall;
  readonly answer: SipResponse;
  /** What the callee is offered later, and answers with the same direction turned round. */
  readonly reoffers: string[];
}

const withCodecs = (port: number, formats: string, ...maps: string[]): Buffer =>
  Buffer.from(
    sdp(
      port,
      maps.map((map) => `a=${map}`),
    )
      .toString()
      .replace('RTP/AVP 8\r', `RTP/AVP ${formats}\r`),
  );

/** The same, of a fax in its place. */
const fax = (port: number): Buffer =>
  Buffer.from(
    sdp(port)
      .toString()
      .replace('m=audio', 'm=image')
      .replace('RTP/AVP 8', 'udptl t38')
      .replace(/a=rtpmap.*\r\n/, ''),
  );

/** `answers`: what the callee says to a later offer. */
async function connected(
  scene: TestBox,
  ports: { readonly anna: number; readonly ben: number } = { anna: 45_000, ben: 45_002 },
  answers?: (offer: string) => Buffer,
): Promise<Connected> {
  const [anna, ben] = [await scene.phone('anna'), await scene.phone('ben')];
  await ben.register();
  const reoffers: string[] = [];
  const { promise: incoming, resolve: rang } = Promise.withResolvers<IncomingCall>();
  const { promise: callee, resolve: took } = Promise.withResolvers<Session>();
  ben.agent.onInvite = (call) => {
    rang(call);
    const session = call.accept(sdp(ports.ben));
    session.onReinvite = (reoffer) => {
      const text = reoffer.sdp!.toString();
      reoffers.push(text);
      if (text.includes('m=image')) return reoffer.accept(fax(ports.ben));
      const turned = /a=sendonly/.test(text) ? ['a=recvonly'] : /a=inactive/.test(text) ? ['a=inactive'] : [];
      return reoffer.accept(answers ? answers(text) : sdp(ports.ben, turned));
    };
    took(session);
  };
  const outgoing = anna.dial('ben', sdp(ports.anna));
  const [caller, answer] = await new Promise<[Session, SipResponse]>((resolve, reject) => {
    outgoing.onAnswered = (session, response) => resolve([session, response]);
    outgoing.onFailed = ({ status, reason }) => reject(new Error(`${status} ${reason}`));
  });
  return { caller, callee: await callee, incoming: await incoming, answer, reoffers };
}

test('nothing that identifies one leg is seen on the other', async (t) => {
  const scene = await testBox([41_000, 41_199]);
  const { caller, callee, incoming, answer } = await connected(scene);
  const invite = incoming.invite.bytes.toString('latin1');
  const ofCaller = [
    answer.headers.get('Call-ID')!,
    tagOf(answer.headers.get('From'))!,
    tagOf(answer.headers.get('To'))!,
  ];
  for (const secret of [...ofCaller, 'm=audio 45000']) t.false(invite.includes(secret), secret);
  t.is(incoming.invite.headers.all('Via').length, 1);
  const told = answer.bytes.toString('latin1');
  const ofCallee = [incoming.invite.headers.get('Call-ID')!, tagOf(incoming.invite.headers.get('From'))!];
  for (const secret of [...ofCallee, 'm=audio 45002', String(callee.flow.local.port)])
    t.false(told.includes(secret), secret);
  caller.bye();
  await scene.close();
});

for (const [shape, offer] of [
  ['sendonly', sdp(45_000, ['a=sendonly'])],
  ['inactive', sdp(45_000, ['a=inactive'])],
  ['c=0.0.0.0', sdp(45_000, [], '0.0.0.0')],
] as const) {
  test(`hold by ${shape} reaches the other side, and resuming ends it`, async (t) => {
    const at = 41_200 + ['sendonly', 'inactive', 'c=0.0.0.0'].indexOf(shape) * 200;
    const scene = await testBox([at, at + 199]);
    const { caller, reoffers } = await connected(scene);
    const held = await caller.reinvite(offer);
    t.true(held.ok);
    t.regex(reoffers[0]!, shape === 'inactive' ? /a=inactive/ : /a=sendonly/);
    t.notRegex(reoffers[0]!, /0\.0\.0\.0/, 'in its modern form');
    t.regex(held.ok ? held.sdp!.toString() : '', shape === 'inactive' ? /a=inactive/ : /a=recvonly/);
    const resumed = await caller.reinvite(sdp(45_000));
    t.true(resumed.ok);
    t.notRegex(reoffers[1]!, /a=(sendonly|recvonly|inactive)/);
    caller.bye();
    await scene.close();
  });
}

test('a fax passes from machine to machine as it is, nobody else puts a page in, and then they speak again', async (t) => {
  const scene = await testBox([43_200, 43_399]);
  const open = async (address = ADDRESS) => {
    const socket = createSocket('udp4').bind(0, address);
    await once(socket, 'listening');
    return socket;
  };
  const [anna, ben, stranger] = [await open(), await open(), await open('127.0.0.66')];
  const { caller, reoffers } = await connected(scene, { anna: anna.address().port, ben: ben.address().port });
  const portIn = (text: string) => Number(/m=(?:image|audio) (\d+)/.exec(text)?.[1]);
  const result = await caller.reinvite(fax(anna.address().port));
  t.true(result.ok);
  const towardsAnna = portIn(result.ok ? result.sdp!.toString() : '');
  const towardsBen = portIn(reoffers[0]!);
  // Neither RTP nor anything else that we know: the second looks like DTLS, the third like RTCP.
  const pages = [Buffer.from('0000066669'), Buffer.from([22, 254, 253, 1, 2]), Buffer.from([0x80, 200, 0, 1, 9, 9])];
  stranger.send(Buffer.from('advertisement'), towardsAnna, ADDRESS);
  const heard: Buffer[] = [];
  const three = new Promise<void>((resolve) => {
    ben.on('message', (page) => {
      if (heard.push(page) === 3) resolve();
    });
  });
  for (const page of pages) anna.send(page, towardsAnna, ADDRESS);
  await three;
  t.deepEqual(heard, pages);
  const back = once(anna, 'message');
  ben.send(pages[0]!, towardsBen, ADDRESS);
  t.deepEqual((await back)[0], pages[0]);
  t.true((await caller.reinvite(sdp(anna.address().port))).ok);
  t.regex(reoffers[1]!, /^m=audio/m);
  for (const socket of [anna, ben, stranger]) socket.close();
  caller.bye();
  await scene.close();
});

test('a phone that only moves to another port does not trouble the other side', async (t) => {
  const scene = await testBox([41_800, 41_999]);
  const { caller, reoffers } = await connected(scene);
  const moved = await caller.reinvite(sdp(45_010));
  t.true(moved.ok);
  t.deepEqual(reoffers, []);
  caller.bye();
  await scene.close();
});

test('another codec in the middle of a call reaches the other side, under numbers that stay; and only what both can is agreed', async (t) => {
  const scene = await testBox([44_600, 44_799]);
  const { caller, reoffers } = await connected(scene, undefined, (offer) =>
    Buffer.from(offer.includes(' 97') ? withCodecs(45_002, '8 97', 'rtpmap:97 G722/8000') : sdp(45_002)),
  );
  const changed = await caller.reinvite(withCodecs(45_000, '8 97 0', 'rtpmap:97 G722/8000'));
  t.true(changed.ok);
  t.regex(reoffers[0]!, /^m=audio \d+ RTP\/AVP 8 97 0\r\n/m);
  const answer = changed.ok ? changed.sdp!.toString() : '';
  t.regex(answer, /^m=audio \d+ RTP\/AVP 8 97\r\n/m);
  t.true(
    (await caller.reinvite(withCodecs(45_000, '97 96', 'rtpmap:97 telephone-event/8000', 'rtpmap:96 G722/8000'))).ok,
  );
  t.regex(reoffers[1]!, /^a=rtpmap:97 G722\/8000/m, 'what a number meant to the callee, it goes on to mean');
  caller.bye();
  await scene.close();
});

test('INFO and its answer pass through, hanging up ends the other side and the call is told once', async (t) => {
  const scene = await testBox([42_000, 42_199]);
  const { caller, callee } = await connected(scene);
  const heard: string[] = [];
  callee.onInfo = ({ contentType, body, respond }) => {
    heard.push(`${contentType} ${body}`);
    respond(200);
  };
  t.is(await caller.info('application/dtmf-relay', Buffer.from('Signal=5\r\n')), 200);
  t.deepEqual(heard, ['application/dtmf-relay Signal=5\r\n']);
  const ended = new Promise((resolve) => {
    callee.onEnded = resolve;
  });
  caller.bye();
  await ended;
  while (scene.calls() > 0) await new Promise((resume) => setImmediate(resume));
  t.is(scene.records.length, 1);
  t.like(scene.records[0], { from: 'anna', to: 'ben', status: 200, recording: null, notRecorded: 'no_rule' });
  await scene.close();
});

test('a caller without offer gets ours and answers it in the ACK', async (t) => {
  const scene = await testBox([42_200, 42_399]);
  const [anna, ben] = [await scene.phone('anna'), await scene.phone('ben')];
  await ben.register();
  ben.agent.onInvite = (call) => void call.accept(sdp(45_002));
  const outgoing = anna.dial('ben', null);
  const session = await new Promise<Session>((resolve) => {
    outgoing.onAnswered = resolve;
  });
  t.regex(session.remoteSdp!.toString(), /m=audio \d+ RTP\/AVP 8/);
  session.acknowledge(sdp(45_000));
  session.bye();
  await scene.close();
});

test('what the callee plays before it answers is announced to the caller, by our own address', async (t) => {
  const scene = await testBox([42_800, 42_999]);
  const [anna, ben] = [await scene.phone('anna'), await scene.phone('ben')];
  await ben.register();
  const { promise: rings, resolve } = Promise.withResolvers<IncomingCall>();
  ben.agent.onInvite = (call) => {
    call.progress(183, sdp(45_002));
    resolve(call);
  };
  const outgoing = anna.dial('ben', sdp(45_000));
  const early = await new Promise<[number, Buffer | null]>((told) => {
    outgoing.onProgress = ({ status }, offered) => told([status, offered]);
  });
  t.is(early[0], 183);
  t.regex(early[1]!.toString(), /m=audio 42[89]\d\d RTP\/AVP 8/);
  const call = await rings;
  call.accept(sdp(45_002));
  const session = await new Promise<Session>((answered) => {
    outgoing.onAnswered = answered;
  });
  t.deepEqual(session.remoteSdp, early[1], 'the answer is the one that was given early');
  session.bye();
  await scene.close();
});

const refusedWith = (outgoing: ReturnType<TestPhone['dial']>) =>
  new Promise<number>((resolve) => {
    outgoing.onFailed = ({ status }) => resolve(status);
  });

test('a phone may not call as somebody else, nor where there is nobody, nor without an exception', async (t) => {
  const scene = await testBox([42_400, 42_599]);
  const anna = await scene.phone('anna');
  t.is(await refusedWith(anna.dial('ben', sdp(45_000), `<sip:ben@${DOMAIN}>`)), 403);
  t.is(await refusedWith(anna.dial('ben', sdp(45_000))), 480);
  t.is(await refusedWith(anna.dial('nobody', sdp(45_000))), 404);
  await scene.close();
  const strict = await testBox([42_600, 42_799], { plain: false });
  const phone = await strict.phone('anna');
  t.is((await phone.register()).status, 403);
  t.is(await refusedWith(phone.dial('ben', sdp(45_000))), 403);
  await strict.close();
});

test('a call whose purpose demands a recording is refused while nothing can be recorded; another goes on, unannounced', async (t) => {
  const scene = await testBox([43_000, 43_199]);
  const [anna, ben] = [await scene.phone('anna'), await scene.phone('ben')];
  await ben.register();
  let rang = 0;
  ben.agent.onInvite = (call) => {
    rang++;
    call.accept(sdp(45_002));
  };
  const dialled = (): Promise<number> =>
    new Promise((resolve) => {
      const outgoing = anna.dial('ben', sdp(45_000));
      outgoing.onFailed = ({ status }) => resolve(status);
      outgoing.onAnswered = (session) => {
        session.bye();
        resolve(200);
      };
    });
  scene.world.decide = () => recorded(true);
  scene.world.unable = 'disk_reserve';
  t.is(await dialled(), 503);
  t.is(rang, 0);
  const decidedAs = { purpose: 'complaints', rule: 'all-internal' };
  const as = { decidedAs, policyHash: '0'.repeat(64), via: 'phone', trunk: null, queue: null };
  t.like(scene.records[0], { status: 503, recording: null, notRecorded: 'disk_reserve', trafficDays: 30, ...as });
  scene.world.decide = () => recorded(false);
  t.is(await dialled(), 200);
  while (scene.calls() > 0) await new Promise((resume) => setTimeout(resume, 10));
  t.like(scene.records[1], { status: 200, notRecorded: 'disk_reserve', ...as });
  scene.world.decide = () => ({ record: false, reason: 'no_rule', trafficDays: 7, policyHash: 'e'.repeat(64) });
  t.is(await dialled(), 200);
  while (scene.calls() > 0) await new Promise((resume) => setTimeout(resume, 10));
  t.like(scene.records[2], { notRecorded: 'no_rule', decidedAs: null, policyHash: 'e'.repeat(64) });
  const decision = recorded(false);
  const served = decision.record ? decision.terms : undefined;
  scene.world.decide = () => ({ record: false, reason: 'not_sampled', trafficDays: 7, ...(served && { served }) });
  t.is(await dialled(), 200);
  while (scene.calls() > 0) await new Promise((resume) => setTimeout(resume, 10));
  t.like(scene.records[3], { notRecorded: 'not_sampled', decidedAs });
  await scene.close();
});

/** Places that `user` calls from as long as the test lasts: each answered, or the status it was refused with. */
const caller = async (scene: TestBox, user: string) => {
  const phone = await scene.phone(user);
  return (to: string, offer = sdp(45_000)): Promise<Session | number> =>
    new Promise((resolve) => {
      const outgoing = phone.dial(to, offer);
      outgoing.onAnswered = resolve;
      outgoing.onFailed = ({ status }) => resolve(status);
    });
};

const answers = async (scene: TestBox, ...users: string[]) => {
  for (const user of users) {
    const phone = await scene.phone(user);
    await phone.register();
    phone.agent.onInvite = (call) => void call.accept(sdp(45_002));
  }
};

for (const [what, ports, maxCalls] of [
  ['no more calls', [44_800, 44_999], 2],
  ['no more ports', [44_400, 44_415], 100],
] as const) {
  test.serial(`a box that takes ${what} takes calls for help, though not without end from one phone`, async (t) => {
    const scene = await testBox(ports, { maxCalls, help: 'dirk' });
    await answers(scene, 'ben', 'dirk');
    const [anna, carol] = [await caller(scene, 'anna'), await caller(scene, 'carol')];
    let stood = 0;
    let told: Session | number;
    do told = await anna('ben');
    while (typeof told !== 'number' && ++stood < 10);
    t.is(told, 503);
    t.is(stood, what === 'no more calls' ? 2 : 3);
    t.not(typeof (await carol('112')), 'number');
    t.is(await carol('ben'), 503);
    if (what === 'no more calls') {
      for (let n = 1; n < EMERGENCY_CALLS_PER_CALLER; n++) t.not(typeof (await carol('112')), 'number');
      t.is(await carol('112'), 503);
      t.not(typeof (await anna('112')), 'number', 'others still get through');
    }
    await scene.close();
  });
}

test.serial(
  'a call for help goes without TLS, without SRTP and with keys that others can read; nothing else does',
  async (t) => {
    const scene = await testBox([43_600, 43_799], { plain: false, help: 'dirk' });
    await answers(scene, 'dirk');
    const anna = await caller(scene, 'anna');
    t.is(await anna('dirk'), 403);
    t.not(typeof (await anna('112')), 'number');
    const key = `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${Buffer.alloc(30, 7).toString('base64')}`;
    const secure = Buffer.from(sdp(45_000, [key]).toString().replace('RTP/AVP', 'RTP/SAVP'));
    t.not(typeof (await anna('112', secure)), 'number');
    await scene.close();
  },
);

test.serial('no purpose keeps a call for help from going, nor ends it, for want of a recording', async (t) => {
  const scene = await testBox([43_800, 43_999], { help: 'dirk' });
  await answers(scene, 'ben', 'dirk');
  const anna = await caller(scene, 'anna');
  scene.world.decide = () => recorded(true);
  scene.world.unable = 'disk_reserve';
  t.is(await anna('ben'), 503);
  const first = (await anna('112')) as Session;
  t.false(first.ended);
  first.bye();
  while (scene.calls() > 0) await new Promise((resume) => setTimeout(resume, 10));
  t.like(scene.records.at(-1), { to: '112', status: 200, recording: null, notRecorded: 'disk_reserve' });
  // Without an announcement nothing may be recorded either.
  scene.world.unable = null;
  t.is(await anna('ben'), 503);
  t.like(scene.records.at(-1), { to: 'ben', status: 503, notRecorded: 'announcement_missing' });
  // All looks well, and is not: the announcement cannot be played, and this purpose ends the call.
  scene.world.announcement = { id: 'unplayable', frames: {} };
  const [bens, helps] = [(await anna('ben')) as Session, (await anna('112')) as Session];
  await until(() => bens.ended, 'the end of the call that must be recorded');
  await until(() => scene.counters.snapshot()['calls.not_recorded.announcement_unplayable'] === 2, 'both looked at');
  t.false(helps.ended);
  await scene.close();
});
