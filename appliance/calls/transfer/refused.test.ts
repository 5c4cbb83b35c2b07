/** Transfers and take-overs to where a call must be recorded and cannot be: what stands goes on, and whoever is in it is told. */
import test, { type ExecutionContext } from 'ava';
import { formatReplaces, replacesOf } from '../../sip/dialog/replaces.ts';
import type { Session } from '../../sip/dialog/session.ts';
import { DOMAIN, recorded, testBox } from '../testing/box.ts';
import { type OnRing, person, until } from '../testing/person.ts';

/** Whether what one side says reaches the other one. */
async function talk(t: ExecutionContext, from: Session, to: Session): Promise<void> {
  to.onInfo = ({ respond }) => respond(200);
  t.is(await from.info('application/dtmf-relay', Buffer.from('Signal=1')), 200);
  t.false(from.ended || to.ended);
}

async function scene(t: ExecutionContext, ports: number, whenCarolRings: OnRing) {
  const box = await testBox([ports, ports + 59]);
  t.teardown(() => box.close());
  const [anna, ben, carol] = await Promise.all([
    person(box, 'anna'),
    person(box, 'ben'),
    person(box, 'carol', whenCarolRings),
  ]);
  box.world.announcement = { id: 'told', frames: { PCMA: [new Uint8Array(160)] } };
  return { box, anna, ben, carol };
}
const over = (box: { calls(): number }) => until(() => box.calls() === 0, 'the end of all calls');

test.serial(
  'while the target rings the recorder fails: two who must be recorded are not put together, whoever is left hears why',
  async (t) => {
    const { box, anna, ben, carol } = await scene(t, 47_600, 'ring');
    const { world } = box;
    world.decide = ({ to }) => recorded(to === 'carol');
    const hers = await anna.call('ben');
    const his = await ben.talks();
    const reasons: (string | undefined)[] = [];
    hers.onEnded = ({ reason }) => void reasons.push(reason);
    for (const stays of [true, false]) {
      const asked = await his.refer(`sip:carol@${DOMAIN}`);
      const outcome = asked.ok ? asked.outcome : asked.status;
      await until(() => carol.rang[stays ? 0 : 1], 'ringing');
      if (!stays) his.bye();
      world.unable = 'disk_reserve';
      const carols = carol.pickUp();
      t.is(await outcome, 503);
      await until(() => carols.ended, 'the end of whoever was rung');
      if (stays) await talk(t, hers, his);
      world.unable = null;
    }
    await over(box);
    t.deepEqual(box.sentences, ['not transferred', 'not transferred', 'must be recorded']);
    t.deepEqual(reasons, ['SIP;cause=503;text="This call must be recorded, and cannot be"']);
    t.deepEqual(
      box.records.map(({ from, to, status }) => `${from} ${to} ${status}`),
      ['anna carol 503', 'anna ben 200', 'anna carol 503'],
    );
  },
);

test.serial(
  'who would take a call over that could not be recorded any more is refused, and the call goes on',
  async (t) => {
    const { box, anna, ben } = await scene(t, 47_660, 'answer');
    const { world } = box;
    world.decide = () => recorded(true);
    world.begin = { ok: true, recording: '' };
    const hers = await anna.call('ben');
    const his = await ben.talks();
    const mobile = await person(box, 'ben');
    world.unable = 'disk_reserve';
    const replaces = formatReplaces(replacesOf(his.dialogId));
    await t.throwsAsync(mobile.call('ben', [['Replaces', replaces]]), { message: '503' });
    await talk(t, hers, his);
    t.deepEqual(box.sentences.sort(), ['must be recorded', 'not transferred', 'not transferred']);
    hers.bye();
    await over(box);
  },
);
