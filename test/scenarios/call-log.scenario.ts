/** What kamailio's accounting says of two calls past the box, read as the box reads it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { callLogSchema } from '../../appliance/lines/call-log.ts';
import { fetchLogs } from '../../appliance/reconcile/fetch-log.ts';
import type { LoggedCall } from '../../appliance/reconcile/logged-call.ts';
import { readCallLogs } from '../../appliance/reconcile/read-log.ts';
import { eventually } from '../peers/box.ts';
import { Kamailio, ownAddress } from '../peers/kamailio.ts';
import { openPhone } from '../peers/phone.ts';

const DOMAIN = 'pbx.test';
const folder = mkdtempSync(join(tmpdir(), 'acc-'));
const address = ownAddress(9);
const pbx = await Kamailio.start({
  domain: DOMAIN,
  address,
  users: { anna: 'one', ben: 'two' },
  modules: ['db_flatstore', 'acc'],
  parameters: `modparam("acc","db_url","flatstore:${folder}")
modparam("acc","db_flag",1)
modparam("acc","db_extra","src_user=$fU;dst_user=$rU")
modparam("db_flatstore","flush",1)`,
});
const source = callLogSchema.parse({
  id: 'pbx',
  place: { kind: 'directory', path: folder },
  format: { kind: 'kamailio' },
});
test.after.always(async () => {
  await pbx.stop();
  rmSync(folder, { recursive: true, force: true });
});

const phone = async (user: string, secret: string) => {
  const target = { transport: 'UDP' as const, address, port: pbx.options.port };
  const opened = await openPhone({ user, secret, domain: DOMAIN, target, plainAudio: true });
  if ((await opened.register()) !== 200) throw new Error(`${user} is not registered`);
  return opened;
};

const logged = async (): Promise<readonly LoggedCall[]> => {
  const files = await fetchLogs(source.place, {
    openServer: () => Promise.reject(new Error('none')),
    fetch,
  });
  return readCallLogs(files, source.format, 'Etc/UTC');
};

test('calls are told with who, whom, when and how long, whichever side hung up', async (t) => {
  const [anna, ben] = [await phone('anna', 'one'), await phone('ben', 'two')];
  t.teardown(() => Promise.all([anna.close(), ben.close()]));
  const from = Date.now() - 1000;
  for (const whoHangsUp of ['caller', 'callee']) {
    const { answered } = await anna.dial('ben');
    const [ours, theirs] = await Promise.all([answered, ben.nextCall()]);
    await delay(1200);
    const [first, second] = whoHangsUp === 'caller' ? [ours, theirs] : [theirs, ours];
    first.hangUp();
    await second.ended;
  }
  const calls = await eventually(async () => {
    const all = await logged();
    return all.length === 2 && all;
  }, 'two calls in the log');
  for (const { caller, callee, startedAt, talkMs } of calls) {
    t.deepEqual([caller, callee], ['anna', 'ben']);
    t.true(startedAt >= from && startedAt <= Date.now());
    // Kamailio counts whole seconds.
    t.true(talkMs >= 1000 && talkMs <= 5000, `${talkMs}`);
  }
});
