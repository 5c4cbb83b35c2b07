/** A fleet's process and a whole box: what is signed at the one is weighed at the other, and whoever took the fleet over gets nothing more by it. */
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { silentLog } from '@belkluis/shared/base/log';
import { type Envelope, type Signer, signEnvelope } from '@belkluis/shared/policy/dsse';
import { RECIPIENTS_TYPE } from '@belkluis/shared/policy/recipients';
import { POLICY_TYPE, type Policy } from '@belkluis/shared/policy/schema';
import test from 'ava';
import BetterSqlite3 from 'better-sqlite3';
import { openAuditLog } from '../../appliance/audit/log.ts';
import { openDevice } from '../../appliance/identity/device.ts';
import { joinFleet } from '../../appliance/join-fleet.ts';
import { loadPolicy, loadTrust, policyFiles } from '../../appliance/policy/store.ts';
import { readConfig } from '../../fleet/config.ts';
import { openRooms, type Rooms } from '../../fleet/open-rooms.ts';
import type { LevelInput } from '../../fleet/policy/content.ts';
import type { Preview } from '../../fleet/policy/signing.ts';
import type { BoxPolicy } from '../../fleet/policy/standing.ts';
import { wholeMsp } from '../../fleet/tenants/scope.ts';
import { eventually, type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { refusePending } from '../peers/box-policy.ts';
import { codeOf, comparedOf } from '../peers/enrolment.ts';
import { column, fleetFolder } from '../peers/fleet-program.ts';

const place = await fleetFolder();
let fleet: Awaited<ReturnType<typeof place.start>>;
let box: ScenarioBox;
let boxId = '';
let msp = '';
let ordered = '';
/** On the same database as the process: a look each few milliseconds is no business of a command line. */
let rooms: Rooms;
const ends: (() => unknown)[] = [];

test.before(async () => {
  fleet = await place.start();
  rooms = await openRooms(readConfig(place.config, place.environment), silentLog);
  box = await scenarioBox({
    phones: [{ user: 'annavisser' }],
    policy: (draft) => ({
      ...draft,
      bounds: { ...draft.bounds, fleetMayChange: ['rules', 'neverRecord', 'retention'] },
    }),
  });
});
test.after.always(async () => {
  for (const end of ends.reverse()) await end();
  await box?.end();
  await rooms?.database.close();
  await fleet?.end('SIGTERM');
  place.remove();
});

/** At the terminal of the fleet. */
const run = place.command;

const shown = () => rooms.policies.standing.box(wholeMsp(msp), boxId);
const stands = (state: BoxPolicy['state'], version: number, why: string | null = null) =>
  eventually(async () => {
    const at = await shown();
    return at.state === state && at.why === why && at.desired?.version === version && at;
  }, `${state} ${version} ${why}`).catch(async (error) => {
    const { signed, reported, state: now, why: because } = await shown();
    throw new Error(`${(error as Error).message}; ${JSON.stringify({ now, because, signed, reported })}`);
  });
const inForce = () => loadPolicy(box.at.policy)!;

async function set(level: LevelInput): Promise<void> {
  const ref = { kind: 'msp', of: msp } as const;
  const { version } = (await rooms.policies.levels.chain(wholeMsp(msp), ref)).at(-1)!;
  await rooms.policies.levels.write(wholeMsp(msp), ref, version, level, 'anna');
}
const never = (...extensions: string[]): LevelInput => ({
  parts: { neverRecord: [{ id: 'carla', why: 'private', extensions }] },
});

/** Changes rows of the fleet behind its back. */
function change(statement: string, ...values: readonly unknown[]): void {
  const database = new BetterSqlite3(place.database);
  database.prepare(statement).run(...values);
  database.close();
}

const choice = { all: true };
const preview = () => rooms.policies.preview(wholeMsp(msp), choice);
async function sign(): Promise<void> {
  const { token } = await preview();
  await rooms.policies.sign(wholeMsp(msp), { choice, token, title: 'A change' }, 'sara');
}

test.serial('a box pins the key that its MSP has at the fleet, without anybody typing one', async (t) => {
  msp = (await rooms.msps.create('Telefoondienst Noord', 'operator')).id;
  const customer = await rooms.tenants.createCustomer(wholeMsp(msp), 'Bakkerij Visser', 'anna');
  const inUtrecht = { name: 'Utrecht', country: 'NL', timeZone: 'Europe/Amsterdam' };
  const site = await rooms.tenants.createSite(wholeMsp(msp), customer.id, inUtrecht, 'anna');
  const { agreements } = rooms.compliance;
  await agreements.send(wholeMsp(msp), customer.id, 'nl', 'anna');
  const signed = { by: 'V. Visser', at: Date.now(), until: null, scan: null };
  await agreements.sign(wholeMsp(msp), customer.id, signed, 'anna');
  const device = openDevice(box.at.identity, systemChance);
  boxId = device.deviceId;
  const log = openAuditLog({ path: box.at.auditDatabase, deviceId: boxId, clock: systemClock, chance: systemChance });
  const enrolment = joinFleet({
    ...{ at: box.at, device, clock: systemClock, chance: systemChance },
    append: (entry) => log.append(entry),
  });
  ends.push(
    () => log.close(),
    () => enrolment.close(),
  );
  const code = codeOf(await enrolment.begin(place.url, 'anna'));
  await enrolment.ask();
  await run('claim', code, '--site', site.id);
  await enrolment.confirm('anna', comparedOf(await enrolment.ask()));
  const pinned = loadTrust(box.at.policy).policyKeys.filter(({ of }) => of === 'fleet');
  t.deepEqual(
    pinned.map(({ key }) => key.export({ format: 'der', type: 'spki' }).toString('base64')),
    [await rooms.policies.keys.pinned(msp, 'anna')],
  );
  await eventually(
    () =>
      shown().then(
        ({ reported }) => reported !== null,
        () => false,
      ),
    'a report',
  );
});

test.serial('what is signed at the fleet and takes nothing from anybody is in force at the box', async (t) => {
  const level = join(place.folder, 'level.json');
  writeFileSync(level, JSON.stringify(never('carladeboer')));
  await run('policy', 'set', level, '--msp', msp);
  t.like((await preview()).groups, [{ cannot: 'unread' }], 'nobody has brought the customer’s own');
  t.regex((await place.run('policy', 'sign', '--msp', msp, '--title', 'x')).says, /unread/);
  await run('policy', 'bring', policyFiles(box.at.policy).current, '--msp', msp);
  const { groups } = (await run('policy', 'preview', '--msp', msp)) as Preview;
  t.deepEqual(
    groups.map(({ outcome, changes }) => [outcome, changes.map(({ path }) => path.join('.'))]),
    [['at_once', ['neverRecord.carla']]],
  );
  await run('policy', 'sign', '--msp', msp, '--title', 'Never Carla');
  const at = await stands('applied', 2);
  t.like(inForce(), { hash: at.desired!.hash, signerIs: 'fleet' });
  t.is(inForce().policy.neverRecord[0]!.id, 'carla');
  t.deepEqual(at.changes, []);
  t.like(await run('policy', 'show', boxId), { state: 'applied', desired: { version: 2 } });
});

test.serial('what weakens waits for a person there, with its fields; what that person refuses is shown', async (t) => {
  const { hash } = inForce();
  await set({});
  t.like((await preview()).groups, [{ outcome: 'waits' }], 'the preview says what the box will find');
  await sign();
  const at = await stands('pending', 3);
  t.deepEqual(at.reported!.pending!.weakens, ['neverRecord']);
  t.is(inForce().hash, hash);
  // At once: what waits for less than a second is told of, too.
  refusePending(box);
  await stands('rejected', 3, 'refused');
});

test.serial('whoever has the database, and the key, gets nothing past the box, and is seen', async (t) => {
  const [name] = readdirSync(join(place.data, 'policy-keys'));
  const privateKey = createPrivateKey(readFileSync(join(place.data, 'policy-keys', name!)));
  const stolen: Signer = { privateKey, publicKey: createPublicKey(privateKey) };
  await set(never('carladeboer', 'dirk'));
  await sign();
  await stands('applied', 4);
  const { hash, policy: own } = inForce();
  /** Puts other bytes in the place of what was signed, to be sent. */
  const plant = (envelope: Envelope, version: number) => {
    const text = JSON.stringify(envelope);
    change(`UPDATE policy_signed SET envelope = ?, state = 'due', rollout = NULL WHERE version = ?`, text, version);
  };
  const next = (change: (policy: Policy) => Policy, version: number): Buffer =>
    Buffer.from(JSON.stringify({ ...change(own), version, previousHash: hash }));
  const longer = (policy: Policy): Policy => ({
    ...policy,
    purposes: policy.purposes.map((one) => ({ ...one, retention: { ...one.retention, contentDays: 91 } })),
  });
  const mallory = generateKeyPairSync('ed25519');
  const forgeries: readonly (readonly [why: string, forged: (version: number, genuine: Envelope) => Envelope])[] = [
    ['policy_untrusted', (version, genuine) => ({ ...genuine, payload: next(longer, version).toString('base64') })],
    ['policy_out_of_bounds', (version) => signEnvelope(POLICY_TYPE, next(longer, version), [stolen])],
    [
      'recipients_untrusted',
      (version) => {
        const recipients = signEnvelope(RECIPIENTS_TYPE, Buffer.from('{}'), [mallory, stolen]);
        return signEnvelope(
          POLICY_TYPE,
          next((policy) => ({ ...policy, recipients }), version),
          [stolen],
        );
      },
    ],
    [
      'policy_against_law',
      (version) => {
        const quiet = (policy: Policy): Policy => ({
          ...policy,
          purposes: policy.purposes.map((one) => ({ ...one, announcement: { ...one.announcement, staffHear: false } })),
        });
        return signEnvelope(POLICY_TYPE, next(quiet, version), [stolen]);
      },
    ],
  ];
  const [text] = column(place.database, 'SELECT envelope FROM policy_signed WHERE version = 4') as [string];
  for (const [at, [why, forged]] of forgeries.entries()) {
    plant(forged(5 + at, JSON.parse(text) as Envelope), 4);
    await stands('altered', 4, why);
    t.is(inForce().hash, hash, why);
  }
  t.is((await rooms.policies.standing.counts(wholeMsp(msp))).counts.altered, 1);
  // Nor is it believed here: what the box has is read from the box again.
  t.like((await preview()).groups, [{ cannot: 'unread' }]);
  await rooms.policies.documents.bring(wholeMsp(msp), readFileSync(policyFiles(box.at.policy).current, 'utf8'), 'anna');
});

test.serial('a fleet that is killed after a signature sends it when it is back', async (t) => {
  await set(never('carladeboer', 'dirk', 'anna'));
  await sign();
  await fleet.end('SIGKILL');
  // Nobody is there to send it.
  ordered = (await rooms.commands.order(wholeMsp(msp), boxId, 'renew', 'anna')).id;
  fleet = await place.start();
  // The box comes back in its own time: within half a minute, or a minute after that where it came before the fleet did.
  const again = () => stands('applied', 5);
  const at = await again().catch(again).catch(again).catch(again);
  t.is(inForce().hash, at.desired!.hash);
  t.deepEqual(inForce().policy.neverRecord[0]!.extensions, ['carladeboer', 'dirk', 'anna']);
  const kinds = column(place.database, 'SELECT kind FROM log_bodies ORDER BY position');
  for (const kind of ['policy_key_made', 'policy_document_brought', 'policy_level_written', 'policies_signed'])
    t.true(kinds.includes(kind), kind);
  const said = column(place.database, `SELECT body FROM log_bodies WHERE kind = 'box_policy'`) as string[];
  for (const state of ['applied', 'pending', 'rejected', 'altered'])
    t.true(
      said.some((body) => body.includes(`"${state}"`)),
      state,
    );
});

test.serial(
  'a command ordered while the fleet was dead is done, once, also when it forgot that it sent it',
  async (t) => {
    const done = async (id: string) => {
      const isDone = () => eventually(async () => (await rooms.commands.one(wholeMsp(msp), id))?.state === 'done', id);
      await isDone().catch(isDone);
    };
    await done(ordered);
    const left = () => column(place.database, 'SELECT 1 FROM enrolment_certificates WHERE revoked_at IS NOT NULL');
    await eventually(async () => left().length > 0, 'the box came by its new certificate');
    // A new key each time that the box does it; the fleet may answer one request twice.
    const keys = () => column(place.database, 'SELECT DISTINCT key_hash FROM enrolment_certificates ORDER BY key_hash');
    const once = keys();
    t.is(once.length, 2, 'that of enrolment, and one more');
    // A process that dies between the two, or a backup of before: it goes out again, and the box answers again.
    change(`UPDATE box_commands SET state = 'waiting', sent_at = NULL, answered_at = NULL WHERE id = ?`, ordered);
    await done(ordered);
    // What the box would have done comes before its next answer.
    const next = (await rooms.commands.order(wholeMsp(msp), boxId, 'sync', 'anna')).id;
    await done(next);
    t.deepEqual(keys(), once);
    t.deepEqual(column(box.at.uplinkDatabase, 'SELECT command FROM inbox ORDER BY place'), [ordered, next]);
    t.is(column(place.database, `SELECT body FROM log_bodies WHERE kind = 'command_sent'`).length, 2);
  },
);
