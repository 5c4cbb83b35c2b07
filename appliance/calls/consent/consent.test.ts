/** What is asked, answered and kept in a call, with phones of ours and a recorder that is watched. */
import type { Purpose } from '@belkluis/shared/policy/purpose';
import { said } from '@belkluis/shared/policy/testing/said';
import test, { type ExecutionContext } from 'ava';
import type { Session } from '../../sip/dialog/session.ts';
import { recorded, testBox } from '../testing/box.ts';
import { person, until } from '../testing/person.ts';

let ports = 46_200;

const optIn = (purpose: Purpose): Purpose => ({
  ...purpose,
  consent: { mode: 'opt-in', key: '1', refuseKey: '9', asks: 'everybody', patienceSeconds: 30 },
});
const optOut = (purpose: Purpose): Purpose => ({ ...purpose, consent: { mode: 'opt-out', key: '9', remember: false } });

async function scene(t: ExecutionContext, change: (purpose: Purpose) => Purpose, mandatory = false) {
  const box = await testBox([ports, ports + 39]);
  ports += 40;
  t.teardown(() => box.close());
  const [anna, ben, carol] = await Promise.all([person(box, 'anna'), person(box, 'ben'), person(box, 'carol')]);
  const { world } = box;
  world.decide = () => recorded(mandatory, change);
  world.begin = { ok: true, recording: '' };
  world.announcement = { id: 'told', frames: { PCMA: [new Uint8Array(160)] } };
  world.keys = { private: '*8', pause: '*7', start: '*3' };
  /** What reached the other phone by INFO. */
  const passed: string[] = [];
  const talk = async () => {
    const hers = await anna.call('ben');
    const his = await ben.talks();
    for (const session of [hers, his])
      session.onInfo = ({ body, respond }) => {
        passed.push(body.toString());
        respond(200);
      };
    return { hers, his };
  };
  return { box, world, anna, ben, carol, talk, passed };
}

const press = (session: Session, key: string) => session.info('application/dtmf-relay', Buffer.from(`Signal=${key}`));
const begun = (box: { readonly recordings: readonly string[] }, count: number) =>
  until(() => box.recordings.length === count, `${count} things that happened to recordings`);

test.serial('a key that answers is kept as evidence and reaches nobody else; other keys do', async (t) => {
  const { box, talk, passed } = await scene(t, optIn);
  const { hers, his } = await talk();
  t.is(await press(hers, '1'), 200);
  t.is(await press(his, '5'), 200);
  t.deepEqual(box.recordings, []);
  t.is(await press(his, '1'), 200);
  await begun(box, 1);
  t.deepEqual(passed, ['Signal=5']);
  const agreed = box.consents.filter(({ act }) => act === 'agreed');
  t.deepEqual(
    agreed.map(({ side, how, key, promptHash }) => [side, how, key, promptHash]),
    [
      ['caller', 'info', '1', 'told'],
      ['callee', 'info', '1', 'told'],
    ],
  );
  t.is(await press(hers, '9'), 200);
  await begun(box, 2);
  t.deepEqual(box.recordings, ['begin anna ben', 'object anna ben']);
  t.like(box.consents.at(-1), { act: 'withdrawn', side: 'caller', how: 'info', key: '9', mode: 'opt-in' });
  hers.bye();
  await until(() => box.records.length === 1, 'its record');
  t.false(
    box.recordings.some((what) => what.startsWith('end')),
    'what was erased has no end',
  );
});

test.serial(
  'whoever refuses while the recording is being made is not recorded: it is erased before a word is in it',
  async (t) => {
    const { box, world, talk } = await scene(t, optOut);
    const { promise, resolve: go } = Promise.withResolvers<void>();
    let asked = false;
    world.stall = () => {
      asked = true;
      return promise;
    };
    const { hers } = await talk();
    await until(() => asked, 'the recording being made');
    await press(hers, '9');
    go();
    await begun(box, 2);
    t.deepEqual(box.recordings, ['begin anna ben', 'object anna ben']);
    t.is(box.counters.snapshot()['calls.recorded'] ?? 0, 0, 'no tap was opened');
  },
);

test.serial(
  'what somebody refused stays refused when they come to talk to others in the same call, and what they agreed to agreed',
  async (t) => {
    for (const [change, keys, then] of [
      [optOut, '9', ['begin anna ben', 'object anna ben']],
      [optIn, '1', ['begin anna ben', 'end anna ben finished', 'begin anna carol']],
    ] as const) {
      const { box, carol, talk } = await scene(t, change);
      const { hers, his } = await talk();
      if (change === optIn) await press(his, '1');
      else await begun(box, 1);
      await press(hers, keys);
      await begun(box, change === optIn ? 1 : 2);
      const referred = await his.refer('sip:carol@box.test');
      t.is(referred.ok && (await referred.outcome), 200);
      const carols = await carol.talks();
      // Carol is asked for herself.
      if (change === optIn) await press(carols, '1');
      await until(() => box.live().some(({ facts }) => facts.to === 'carol'), 'the new pair');
      const refusals = () => box.counters.snapshot()['calls.not_recorded.objected'] ?? 0;
      await until(
        () => box.recordings.length === then.length && refusals() === (change === optOut ? 2 : 0),
        'the outcome',
      );
      t.deepEqual(box.recordings, then);
      hers.bye();
      await until(() => box.records.some(({ to }) => to === 'carol'), 'its record');
      if (change === optOut) t.like(box.records.at(-1), { to: 'carol', recording: null, notRecorded: 'objected' });
    }
  },
);

test.serial('a call that must be recorded, and all at once is not, ends for both with the reason', async (t) => {
  const { box, talk } = await scene(t, (purpose) => purpose, true);
  const { hers, his } = await talk();
  await begun(box, 1);
  const reasons: (string | undefined)[] = [];
  for (const session of [hers, his]) session.onEnded = ({ reason }) => void reasons.push(reason);
  box.loseAll();
  await until(() => hers.ended && his.ended, 'its end');
  t.deepEqual([...new Set(reasons)], ['SIP;cause=503;text="This call must be recorded, and cannot be"']);
  await begun(box, 2);
  t.deepEqual(box.recordings, ['begin anna ben', 'end anna ben broken']);
});

test.serial(
  'where somebody has not acknowledged the notice, a call goes on unrecorded, or, if it must be recorded, not at all',
  async (t) => {
    const { box, world, anna, ben } = await scene(t, (purpose) => purpose);
    const unaware = { ...said, acknowledged: () => false };
    world.decide = () => recorded(false, undefined, unaware);
    (await anna.call('ben')).bye();
    await until(() => box.records.length === 1, 'its record');
    t.like(box.records[0], { status: 200, notRecorded: 'not_acknowledged' });
    world.decide = () => recorded(true, undefined, unaware);
    await t.throwsAsync(anna.call('ben'), { message: '403' });
    t.is(ben.rang.length, 1);
  },
);
