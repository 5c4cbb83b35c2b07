/** Transfers, Replaces and redirections through a box of the test's own: who talks to whom, who is told what, what is recorded. */
import test, { type ExecutionContext } from 'ava';
import type { ReferResult } from '../../sip/dialog/referrals.ts';
import { formatReplaces, type Replaces, replacesOf } from '../../sip/dialog/replaces.ts';
import type { Session } from '../../sip/dialog/session.ts';
import { tagOf } from '../../sip/message/name-addr.ts';
import { MAX_FAILURES_TOLD, MAX_REDIRECTIONS } from '../limits.ts';
import { DOMAIN, recorded, type TestBox, testBox } from '../testing/box.ts';
import { type OnRing, type Person, person, until } from '../testing/person.ts';

const uriOf = (user: string) => `sip:${user}@${DOMAIN}`;
const portIn = (sdp: string) => Number(/^m=audio (\d+)/m.exec(sdp)![1]);
const pairs = ({ records }: TestBox) => records.map(({ from, to, status }) => `${from} ${to} ${status}`);
/** Records as a person follows them: each by its two, with the calls that it came out of. */
const links = ({ records }: TestBox) => {
  const names = new Map(records.map(({ id, from, to }) => [id, `${from} ${to}`]));
  return records.map(({ from, to, origins = [] }) => {
    const came = origins.map(({ call, how, by }) => `${how} by the ${by} of ${names.get(call)}`);
    return [`${from} ${to}`, ...came].join(', ');
  });
};
/** What became of each transfer. */
const became = ({ transfers, records }: TestBox) =>
  transfers.map(({ call, how, by, to, status, reason, next }) => {
    const named = (id: string | null) => records.find((record) => record.id === id);
    const [from, onward] = [named(call), named(next)];
    return `${from?.from} ${from?.to}: ${how} by ${by} to ${to}, ${status} ${reason}${onward ? ` ${onward.from} ${onward.to}` : ''}`;
  });
const over = (box: TestBox) => until(() => box.calls() === 0, 'the end of all calls');
const told = async (referred: Promise<ReferResult>): Promise<number | null> => {
  const result = await referred;
  return result.ok ? result.outcome : result.status;
};
/** Whether what one side says reaches the other one. */
async function talk(t: ExecutionContext, from: Session, to: Session): Promise<void> {
  t.false(from.ended || to.ended, 'both are there');
  const heard: string[] = [];
  to.onInfo = ({ body, respond }) => {
    heard.push(body.toString());
    respond(200);
  };
  t.is(await from.info('application/dtmf-relay', Buffer.from('Signal=1')), 200);
  t.deepEqual(heard, ['Signal=1']);
}

let ports = 43_400;

async function scene(t: ExecutionContext, does: { readonly ben?: OnRing; readonly carol?: OnRing } = {}) {
  const box = await testBox([ports, ports + 59]);
  ports += 60;
  t.teardown(() => box.close());
  const [anna, ben, carol, dirk] = await Promise.all([
    person(box, 'anna'),
    person(box, 'ben', does.ben),
    person(box, 'carol', does.carol),
    person(box, 'dirk'),
  ]);
  return { box, anna, ben, carol, dirk };
}

/** Anna talks to Ben, and Ben to Carol by another call, of which he is the caller. */
async function twoCalls(anna: Person, ben: Person, carol: Person) {
  const hers = await anna.call('ben');
  const his = await ben.talks(0);
  const aside = await ben.call('carol');
  const carols = await carol.talks(0);
  return { hers, his, aside, carols };
}

test.serial(
  'a blind transfer: the target sees who is on the line and who sent it, the two talk, the transferor is told and let go',
  async (t) => {
    const { box, anna, ben, carol } = await scene(t);
    const hers = await anna.call('ben');
    const his = await ben.talks();
    t.is(await told(his.refer(uriOf('carol'))), 200);
    await until(() => his.ended, 'the end of the transferor');
    const { headers } = carol.rang[0]!.invite;
    t.regex(headers.get('From')!, /sip:anna@/);
    t.regex(headers.get('Referred-By')!, /sip:ben@/);
    const theirs = await carol.talks();
    await talk(t, hers, theirs);
    hers.bye();
    await until(() => theirs.ended, 'the end of the target');
    await over(box);
    t.deepEqual(pairs(box), ['anna ben 200', 'anna carol 200']);
    t.is(new Set(box.records.map(({ id }) => id)).size, 2);
    t.deepEqual(links(box), ['anna ben', 'anna carol, transferred by the callee of anna ben']);
    t.deepEqual(became(box), ['anna ben: transferred by callee to carol, 200 OK anna carol']);
  },
);

test.serial(
  'a transfer that comes to nothing: the old call stands; when its sender has left, who waits is let go',
  async (t) => {
    const { box, anna, ben, carol } = await scene(t, { carol: 486 });
    const hers = await anna.call('ben');
    const his = await ben.talks();
    t.is(await told(his.refer(uriOf('carol'))), 486);
    await talk(t, hers, his);
    t.is(await told(his.refer(uriOf('nobody'))), 404, 'nobody whom Ben may not call');
    await talk(t, his, hers);
    const outcome = told(his.refer(uriOf('carol')));
    his.bye();
    await until(() => hers.ended, 'the end of the one who waited');
    t.is(await outcome, 486);
    await over(box);
    t.deepEqual(pairs(box), ['anna ben 200']);
    t.is(carol.rang.length, 2);
    const failed = (to: string, why: string) => `anna ben: transferred by callee to ${to}, ${why}`;
    t.deepEqual(
      became(box),
      [failed('carol', '486 Busy Here'), failed('nobody', '404 Not Found'), failed('carol', '486 Busy Here')],
      'each with its cause',
    );
  },
);

test.serial(
  'while it rings one may leave: a caller who gives up stops it, a transferor who leaves does not, and new offers are answered',
  async (t) => {
    const { box, anna, ben, carol, dirk } = await scene(t, { carol: 'ring' });
    const hers = await anna.call('ben');
    const his = await ben.talks();
    const first = his.refer(uriOf('carol'));
    await until(() => carol.rang[0], 'ringing');
    t.is(await told(hers.refer(uriOf('dirk'))), 491, 'one after the other');
    his.bye();
    await until(() => box.records.length === 1, 'the record of the pair that has ended');
    const held = await hers.reinvite(Buffer.from(`${hers.localSdp}a=sendonly\r\n`));
    t.true(held.ok && /^a=recvonly/m.test(held.sdp!.toString()), 'a hold while nobody is there');
    const theirs = carol.pickUp();
    t.is(await told(first), 200);
    await talk(t, theirs, hers);
    t.is(await told(theirs.refer(uriOf('dirk'))), 200, 'who was called may send on as well');
    await talk(t, hers, await dirk.talks());
    hers.bye();
    await over(box);
    t.deepEqual(pairs(box), ['anna ben 200', 'anna carol 200', 'anna dirk 200']);
  },
);

test.serial('who was put on hold for it is taken off hold', async (t) => {
  const { anna, ben, carol } = await scene(t);
  const hers = await anna.call('ben');
  const his = await ben.talks();
  t.true((await his.reinvite(Buffer.from(`${his.localSdp}a=sendonly\r\n`))).ok);
  t.regex(anna.offers[0]!, /^a=sendonly/m);
  t.is(await told(his.refer(uriOf('carol'))), 200);
  t.notRegex(anna.offers[1]!, /^a=(sendonly|recvonly|inactive)/m);
  await talk(t, hers, await carol.talks());
});

test.serial('who waits and hangs up stops the ringing, and the transferor is let go', async (t) => {
  const { box, anna, ben, carol } = await scene(t, { carol: 'ring' });
  const hers = await anna.call('ben');
  const his = await ben.talks();
  const outcome = told(his.refer(uriOf('carol')));
  await until(() => carol.rang[0], 'ringing');
  let cancelled = false;
  carol.rang[0]!.onCancelled = () => {
    cancelled = true;
  };
  hers.bye();
  t.is(await outcome, 487);
  await until(() => cancelled && his.ended, 'silence');
  await over(box);
  t.deepEqual(pairs(box), ['anna ben 200']);
});

for (const side of ['caller', 'callee'] as const) {
  test.serial(
    `an attended transfer by the ${side} of the second call: the two who remain talk, on one media call, and both calls of the transferor end`,
    async (t) => {
      const { box, anna, ben, carol } = await scene(t);
      const hers = await anna.call('ben');
      const his = await ben.talks(0);
      const [aside, carols] =
        side === 'caller'
          ? [await ben.call('carol'), await carol.talks(0)]
          : await carol.call('ben').then(async (session) => [await ben.talks(1), session] as const);
      const before = portIn((side === 'caller' ? carol.rang[0]!.sdp! : carols.remoteSdp!).toString());
      t.is(await told(his.refer(uriOf('carol'), { replaces: replacesOf(aside.dialogId) })), 200);
      await until(() => his.ended && aside.ended, 'the end of both calls of Ben');
      t.not(portIn(carol.offers[0]!), before, 'Carol is told of another port');
      await talk(t, hers, carols);
      await until(() => box.records.length === 2, 'the records of the pairs that have ended');
      carols.bye();
      await until(() => hers.ended, 'the end');
      await over(box);
      t.deepEqual(
        pairs(box).sort(),
        ['anna ben 200', 'anna carol 200', side === 'caller' ? 'ben carol 200' : 'carol ben 200'].sort(),
      );
      const second = side === 'caller' ? 'ben carol' : 'carol ben';
      const came = `attended by the callee of anna ben, attended by the ${side} of ${second}`;
      t.true(links(box).includes(`anna carol, ${came}`), JSON.stringify(links(box)));
      t.deepEqual(became(box), ['anna ben: attended by callee to carol, 200 OK anna carol']);
    },
  );
}

test.serial(
  'an attended transfer that the target does not agree to leaves both calls as they are; so does one with a dialog of somebody else',
  async (t) => {
    const { box, anna, ben, carol, dirk } = await scene(t);
    const { hers, his, aside, carols } = await twoCalls(anna, ben, carol);
    const stranger = await dirk.call('anna');
    const stolen: Replaces = replacesOf(aside.dialogId);
    t.is(await told(stranger.refer(uriOf('carol'), { replaces: stolen })), 403);
    t.is(await told(his.refer(uriOf('carol'), { replaces: { ...stolen, fromTag: 'other' } })), 481);
    carol.refuseOffers();
    t.is(await told(his.refer(uriOf('carol'), { replaces: stolen })), 488);
    await talk(t, hers, his);
    await talk(t, aside, carols);
    aside.bye();
    await until(() => carols.ended, 'the second call ends as ever');
    await until(() => box.calls() === 2, 'the other two calls, going on');
    t.deepEqual(
      box.transfers.map(({ how, status }) => [how, status]),
      [
        ['attended', 403],
        ['attended', 481],
        ['attended', 488],
      ],
    );
  },
);

test.serial(
  'the remaining party refuses what the target speaks: the target goes back into its call, at its old port',
  async (t) => {
    const { anna, ben, carol } = await scene(t);
    const { hers, his, aside, carols } = await twoCalls(anna, ben, carol);
    anna.refuseOffers();
    // A hold: there is something that Anna has to agree to.
    t.false((await his.reinvite(Buffer.from(`${his.localSdp}a=sendonly\r\n`))).ok);
    const status = await told(his.refer(uriOf('carol'), { replaces: replacesOf(aside.dialogId) }));
    await until(() => carol.offers.length === 2, 'the way back');
    t.is(status, 488);
    t.is(portIn(carol.offers[1]!), portIn(carol.rang[0]!.sdp!.toString()));
    await talk(t, carols, aside);
    await talk(t, hers, his);
  },
);

test.serial(
  'a transferor who hangs up both his calls at once takes nobody along; the target that hangs up ends its call alone',
  async (t) => {
    const { box, anna, ben, carol } = await scene(t);
    const { hers, his, aside, carols } = await twoCalls(anna, ben, carol);
    const outcome = his.refer(uriOf('carol'), { replaces: replacesOf(aside.dialogId) });
    await outcome;
    his.bye();
    aside.bye();
    t.is(await told(outcome), 200);
    await talk(t, hers, carols);
    hers.bye();
    await over(box);
  },
);

test.serial(
  'who waits hangs up while the target is being asked: the target stays where it was, at its old port',
  async (t) => {
    const { anna, ben, carol } = await scene(t);
    const { hers, his, aside, carols } = await twoCalls(anna, ben, carol);
    const answer = carol.keepWaiting();
    const outcome = told(his.refer(uriOf('carol'), { replaces: replacesOf(aside.dialogId) }));
    await until(() => carol.offers[0], 'the question');
    hers.bye();
    t.is(await outcome, 487);
    t.false(aside.ended || carols.ended);
    answer();
    await until(() => carol.offers[1], 'the way back');
    t.is(portIn(carol.offers[1]!), portIn(carol.rang[0]!.sdp!.toString()));
    await talk(t, carols, aside);
    await talk(t, aside, carols);
  },
);

test.serial(
  'a call that still rings can be transferred: the target is rung again for the one who remains',
  async (t) => {
    const { box, anna, ben, carol } = await scene(t, { carol: 'ring' });
    const hers = await anna.call('ben');
    const his = await ben.talks(0);
    const outgoing = ben.ringUp('carol');
    const failed = new Promise<number>((resolve) => {
      outgoing.onFailed = ({ status }) => resolve(status);
    });
    const named = await new Promise<Replaces>((resolve) => {
      outgoing.onProgress = ({ headers }, _sdp, { tag }) => {
        const fromTag = tagOf(headers.get('From'))!;
        resolve({ callId: headers.get('Call-ID')!, toTag: tag, fromTag, earlyOnly: false });
      };
    });
    const outcome = told(his.refer(uriOf('carol'), { replaces: named }));
    t.is(await failed, 487);
    await until(() => carol.rang[1], 'ringing again');
    const theirs = carol.pickUp();
    t.is(await outcome, 200);
    await talk(t, hers, theirs);
    hers.bye();
    await over(box);
    t.deepEqual(pairs(box), ['ben carol 487', 'anna ben 200', 'anna carol 200']);
  },
);

test.serial('another phone of the same account takes a call over; nobody else may (RFC 3891 3)', async (t) => {
  const { box, anna, ben, dirk } = await scene(t);
  const hers = await anna.call('ben');
  const desk = await ben.talks(0);
  const named = ({ dialogId }: Session, more = ''): readonly [string, string] => [
    'Replaces',
    `${formatReplaces(replacesOf(dialogId))}${more}`,
  ];
  const mobile = await person(box, 'ben');
  await t.throwsAsync(dirk.call('ben', [named(desk)]), { message: '403' });
  await t.throwsAsync(mobile.call('ben', [named(desk, ';early-only')]), { message: '486' });
  await t.throwsAsync(mobile.call('ben', [['Replaces', 'x;to-tag=1;from-tag=2']]), { message: '481' });
  await talk(t, hers, desk);
  const moved = await mobile.call('ben', [named(desk)]);
  await until(() => desk.ended, 'the end of the phone that was replaced');
  await talk(t, hers, moved);
  await talk(t, moved, hers);
  moved.bye();
  await over(box);
  t.deepEqual(pairs(box), ['anna ben 200', 'anna ben 200']);
  t.is(links(box)[1], 'anna ben, replaced by the callee of anna ben');
});

test.serial('a call that rings is picked up at another phone of the same account, by nobody else', async (t) => {
  const { box, anna, ben, dirk } = await scene(t, { ben: 'ring' });
  const calling = anna.call('ben');
  const { dialogId } = await until(() => ben.rang[0], 'ringing');
  const rings = ['Replaces', formatReplaces(replacesOf(dialogId))] as const;
  await t.throwsAsync(dirk.call('ben', [rings]), { message: '403' });
  const mobile = await person(box, 'ben');
  const picked = await mobile.call('ben', [rings]);
  await talk(t, await calling, picked);
  picked.bye();
  await over(box);
  t.deepEqual(pairs(box), ['anna ben 200']);
});

test.serial('the recording follows the call: each pair is decided, announced and recorded for itself', async (t) => {
  const { box, anna, ben, carol, dirk } = await scene(t);
  const { world, recordings } = box;
  const asked: string[] = [];
  const unrecorded = world.decide({ id: '1', from: 'anna', to: 'ben', direction: 'internal', at: 0 });
  world.decide = ({ from, to }) => {
    asked.push(`${from} ${to}`);
    return to === 'dirk' ? unrecorded : recorded(to === 'ben');
  };
  world.begin = { ok: true, recording: '' };
  world.announcement = { id: 'told', frames: { PCMA: [new Uint8Array(160)] } };
  const hers = await anna.call('ben');
  const his = await ben.talks();
  await until(() => recordings.length === 1, 'the first recording');
  t.is(await told(his.refer(uriOf('carol'))), 200);
  await until(() => recordings.length === 3, 'the second recording');
  const theirs = await carol.talks();
  world.unable = 'disk_reserve';
  t.is(
    await told(theirs.refer(uriOf('ben'))),
    503,
    'what must be recorded and cannot be is refused, and the call that stands goes on',
  );
  t.is(ben.rang.length, 1);
  world.unable = null;
  t.is(await told(theirs.refer(uriOf('dirk'))), 200);
  await until(() => recordings.length === 4, 'the end of the second recording');
  hers.bye();
  await over(box);
  t.true((await dirk.talks()).ended);
  t.deepEqual(recordings, ['begin anna ben', 'end anna ben finished', 'begin anna carol', 'end anna carol finished']);
  t.deepEqual([...new Set(asked)], ['anna ben', 'anna carol', 'anna dirk']);
  t.deepEqual(
    box.records.map(({ to, recording, notRecorded }) => [to, recording !== null, notRecorded]),
    [
      ['ben', true, null],
      ['ben', false, 'disk_reserve'],
      ['carol', true, null],
      ['dirk', false, 'no_rule'],
    ],
  );
});

test.serial(
  'a phone that is forwarded rings where it says, for its own user, as another purpose; told as that',
  async (t) => {
    const { box, anna, carol } = await scene(t, { ben: { sentOnTo: 'carol' } });
    const asked: string[] = [];
    const { decide } = box.world;
    box.world.decide = (call) => {
      asked.push(call.to);
      return decide(call);
    };
    const hers = await anna.call('ben');
    const theirs = await carol.talks();
    const { headers } = carol.rang[0]!.invite;
    t.regex(headers.get('From')!, /sip:anna@/);
    t.regex(headers.get('Diversion')!, /sip:ben@/);
    t.regex(
      headers.all('History-Info').join(),
      /<sip:ben@box\.test\?Reason=SIP%3Bcause%3D302>;index=1\.1;rc=1,<sip:carol@/,
    );
    await talk(t, hers, theirs);
    theirs.bye();
    await over(box);
    t.deepEqual(asked, ['ben', 'carol']);
    t.deepEqual(pairs(box), ['anna ben 302', 'anna carol 200']);
    t.deepEqual(links(box), ['anna ben', 'anna carol, forwarded by the callee of anna ben']);
    box.world.decide = ({ to }) =>
      to === 'carol' ? recorded(true) : decide({ id: '1', from: 'anna', to, direction: 'internal', at: 0 });
    box.world.unable = 'disk_reserve';
    await t.throwsAsync(anna.call('ben'), { message: '488' });
    await over(box);
    t.deepEqual(
      pairs(box).slice(2),
      ['anna carol 503', 'anna ben 488'],
      'whom the policy does not let talk is not joined',
    );
    t.is(new Set(box.records.map(({ id }) => id)).size, 4);
  },
);

test.serial('phones that are forwarded to each other: the caller is told, and nothing rings on', async (t) => {
  const { box, anna, ben, carol } = await scene(t, { ben: { sentOnTo: 'carol' }, carol: { sentOnTo: 'ben' } });
  await t.throwsAsync(anna.call('ben'), { message: '480' });
  t.is(ben.rang.length + carol.rang.length, 1 + MAX_REDIRECTIONS);
  const last = carol.rang.at(-1)!.invite.headers;
  t.deepEqual(
    last.all('Diversion').map((value) => /sip:(\w+)@/.exec(value)![1]),
    ['ben', 'carol', 'ben', 'carol', 'ben'],
    'the latest first',
  );
  await over(box);
  t.deepEqual(pairs(box), ['anna ben 480']);
});

test.serial('a phone that asks for the impossible again and again is told of so often and no more', async (t) => {
  const { box, anna, ben } = await scene(t);
  await anna.call('ben');
  const his = await ben.talks();
  for (let times = 0; times < MAX_FAILURES_TOLD + 5; times++) t.is(await told(his.refer(uriOf('nobody'))), 404);
  t.is(box.transfers.length, MAX_FAILURES_TOLD);
  t.is(box.counters.snapshot()['calls.transfers.failed'], MAX_FAILURES_TOLD + 5);
});

test.serial('a REFER outside of a call is refused', async (t) => {
  const { anna, box } = await scene(t);
  const refused = await anna.ask('REFER', [['Refer-To', `<${uriOf('carol')}>`]]);
  t.is(refused, 403);
  t.is(box.calls(), 0);
});
