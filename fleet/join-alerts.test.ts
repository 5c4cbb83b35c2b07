/** What is noticed becomes the right alert, and webhooks may be connected to before anything is sent to them. */
import test, { type ExecutionContext } from 'ava';
import { alertsOfTwo, byMail, byWebhook, migrations } from './alerts/testing/world.ts';
import { type Locations, openLocations } from './compliance/locations.ts';
import { both } from './db/testing/databases.ts';
import { openWebhookPlaces } from './declare-webhooks.ts';
import { type JoinedAlerts, joinAlerts } from './join-alerts.ts';
import type { Rooms } from './open-rooms.ts';
import type { Amiss } from './policy/amiss.ts';

const nobody: Amiss = { drift: [], altered: [], halted: [] };

async function joined(t: ExecutionContext, lock: 'EEA' | 'NL' = 'EEA') {
  const { kysely, ...database } = await both[0]!.fresh(t, migrations);
  const world = await alertsOfTwo(kysely);
  const box = await world.addBox('one', world.a.sites[0]!);
  const parts = { region: 'NL', regionTransfer: null, declared: [], dialled: [], provider: 'NL' } as const;
  const locations: Locations = openLocations({ ...parts, lock });
  const works = { amiss: nobody };
  const logged: string[] = [];
  const rooms = {
    ...{ database: { ...database, kysely }, alerts: world.room },
    declareWebhooks: openWebhookPlaces({ places: world.room.places, locations, log: (event) => logged.push(event) }),
    compliance: { agreements: { ends: async () => [] } },
    policies: { amiss: async () => works.amiss },
  } as unknown as Rooms;
  const alerts = joinAlerts(rooms, world.clock, (event) => logged.push(event));
  const run = (name: string) => alerts.jobs.find(([, one]) => one === name)![2]();
  const standing = async (of = box) => [...(await world.room.watch.standing(of)).keys()].sort();
  return { ...world, kysely, alerts, box, run, standing, works, locations, logged };
}

const meanings: readonly (readonly [Parameters<JoinedAlerts['notice']>[0], string | null])[] = [
  ...(['clone_suspected', 'changed'] as const).map((code) => [code, 'certificate_cloned'] as const),
  ...(['identity_mismatch', 'topic_foreign', 'filter_foreign', 'will_foreign'] as const).map(
    (code) => [code, 'foreign_access'] as const,
  ),
  ...(['packet_large', 'packet_malformed', 'oversize', 'not_utf8', 'not_json', 'version_unknown'] as const).map(
    (code) => [code, 'malformed'] as const,
  ),
  ...(['unknown_field', 'malformed', 'ambiguous'] as const).map((code) => [code, 'malformed'] as const),
  ['flood', 'flooded'],
  ['number_taken', 'memory_lost'],
  ...(['from_future', 'from_past'] as const).map((code) => [code, 'replayed'] as const),
  ...(['box_unknown', 'clock_wrong', 'clock_right'] as const).map((code) => [code, null] as const),
];

test('each notice of broker and intake is the alert that it means, of its box', async (t) => {
  const { alerts, addBox, a, standing } = await joined(t);
  for (const [at, [code, meant]] of meanings.entries()) {
    const box = await addBox(`box ${at}`, a.sites[0]!);
    alerts.notice(code, box);
    // Not waited for by who notices.
    for (let turn = 0; turn < 20 && (await standing(box)).length === 0 && meant; turn++);
    t.deepEqual(await standing(box), meant ? [meant] : [], code);
  }
  t.notThrows(() => alerts.notice('flood', null));
});

test('what the witness finds is an alert in its transaction, and a log that is heard again ends the silence alone', async (t) => {
  const { alerts, box, standing, kysely } = await joined(t);
  const { alarm } = alerts;
  for (const kind of ['fork', 'rollback', 'inconsistent', 'silent'] as const)
    await alarm({ kind, box } as Parameters<typeof alarm>[0], kysely);
  t.deepEqual(await standing(), ['audit_fork', 'audit_inconsistent', 'audit_rollback', 'audit_silent']);
  await alarm({ kind: 'heard', box } as Parameters<typeof alarm>[0], kysely);
  t.deepEqual(await standing(), ['audit_fork', 'audit_inconsistent', 'audit_rollback']);
});

test('policies that are not as signed are alerts while they are so, and so is a rollout that failures halted', async (t) => {
  const { run, works, box, a, addBox, standing } = await joined(t);
  const two = await addBox('two', a.sites[1]!);
  works.amiss = { drift: [{ box }], altered: [{ box: two }], halted: [{ msp: a.scope.msp }] };
  await run('alerts_policies');
  await run('alerts_policies');
  t.deepEqual([await standing(), await standing(two)], [['policy_drift'], ['policy_altered']]);
  t.deepEqual(await standing(a.scope.msp), ['rollout_halted']);
  // What boxes say of themselves ends none of it.
  await run('alerts_all');
  t.deepEqual(await standing(two), ['policy_altered']);
  works.amiss = { ...nobody, drift: [{ box: two }] };
  await run('alerts_policies');
  t.deepEqual([await standing(), await standing(two), await standing(a.scope.msp)], [[], ['policy_drift'], []]);
});

test('a webhook is in the list of places while there is a channel to it; what the configuration forbids is told once', async (t) => {
  const { run, room, a, b, locations } = await joined(t);
  const places = () =>
    [a, b].map(({ scope }) =>
      locations
        .list(scope.msp)
        .filter(({ purpose }) => purpose === 'webhook')
        .map(({ host, port }) => `${host} ${port}`),
    );
  await room.channels.add(a.scope, byMail(), 'anna');
  const one = await room.channels.add(a.scope, byWebhook(), 'anna');
  await room.channels.add(b.scope, byWebhook({ url: 'https://[2001:db8::1]:8443/x' }), 'bea');
  t.deepEqual(places(), [[], []]);
  t.false(locations.admits('receiver.example', 443));
  await run('alerts_send');
  await run('alerts_send');
  t.deepEqual(places(), [['receiver.example 443'], ['2001:db8::1 8443']]);
  t.true(locations.admits('receiver.example', 443));
  await room.channels.remove(a.scope, one.id, 'anna');
  await run('alerts_send');
  t.deepEqual(places(), [[], ['2001:db8::1 8443']]);
  t.false(locations.admits('receiver.example', 443));

  const locked = await joined(t, 'NL');
  await locked.room.channels.add(locked.a.scope, byWebhook({ country: 'DE' }), 'anna');
  await locked.run('alerts_send');
  await locked.run('alerts_send');
  t.deepEqual(locked.logged, ['webhook_not_declared']);
});
