/** A whole box and its fleet: enrolled while it runs, told how it is and nothing of a call, and a fleet that was taken over gets nothing past its bounds. */
import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rawPublicKey } from '@belkluis/shared/audit/note';
import { addCheckpoint, type Remembered } from '@belkluis/shared/audit/witness';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { Counters } from '@belkluis/shared/base/counters';
import { newUlid } from '@belkluis/shared/base/ulid';
import { audit, checkpointRequest } from '@belkluis/shared/contract/audit';
import { certificate } from '@belkluis/shared/contract/certificate';
import { command } from '@belkluis/shared/contract/command';
import { type Cosignature, cosignature, witnessName } from '@belkluis/shared/contract/cosignature';
import { csr } from '@belkluis/shared/contract/csr';
import { desired } from '@belkluis/shared/contract/desired';
import { spkiOf } from '@belkluis/shared/contract/enrolment/transcript';
import { event } from '@belkluis/shared/contract/event';
import { health } from '@belkluis/shared/contract/health';
import type { Envelope, Message } from '@belkluis/shared/contract/message';
import { type Reported, reported } from '@belkluis/shared/contract/reported';
import { response } from '@belkluis/shared/contract/response';
import { UP_FILTER } from '@belkluis/shared/contract/topics';
import { keyName, signEnvelope } from '@belkluis/shared/policy/dsse';
import { RECIPIENTS_TYPE } from '@belkluis/shared/policy/recipients';
import { POLICY_TYPE, type Policy } from '@belkluis/shared/policy/schema';
import test, { type ExecutionContext } from 'ava';
import { openAuditLog } from '../../appliance/audit/log.ts';
import { ask } from '../../appliance/control/client.ts';
import { openDevice } from '../../appliance/identity/device.ts';
import { joinFleet } from '../../appliance/join-fleet.ts';
import { DESTRUCTIVE_WAIT_MS } from '../../appliance/policy/plan.ts';
import { loadPolicy } from '../../appliance/policy/store.ts';
import type { Enrolment } from '../../appliance/uplink/enrol/enrol.ts';
import { openEnrolmentStore } from '../../appliance/uplink/enrol/store.ts';
import type { Arrival } from '../../fleet/broker/broker.ts';
import { type EmbeddedBroker, openEmbedded } from '../../fleet/broker/embedded/embedded.ts';
import { fleetStatus } from '../../scripts/cli/fleet.ts';
import { freePort } from '../../scripts/demo/box.ts';
import { eventually, type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { refusePending } from '../peers/box-policy.ts';
import { claimantOf, codeOf, comparedOf, newFleet, newFolder } from '../peers/enrolment.ts';

const PEOPLE = ['annavisser', 'bramjansen', 'carladeboer'] as const;
const [ANNA, BRAM] = PEOPLE;

const policyKey = generateKeyPairSync('ed25519');
const witnessKey = generateKeyPairSync('ed25519');
const witness = { name: witnessName('ab'.repeat(16)), privateKey: witnessKey.privateKey };

let box: ScenarioBox;
let office: Awaited<ReturnType<typeof newFleet>>;
let broker: EmbeddedBroker;
let enrolment: Enrolment;
let remembered: Remembered | null = null;
let port = 0;
let boxId = '';
/** Everything that came from the box. */
const arrived: Arrival[] = [];
const ends: (() => unknown)[] = [];

const about = () => ({ id: newUlid(Date.now(), systemChance), ts: Date.now(), seq: 0 });
const say = <Body>(message: Message<Body>, body: Body) =>
  broker.publish(message.topic(boxId), message.format({ ...about(), body }), { qos: 1, retain: message.retain });

/** Messages of one kind, oldest first. */
function of<Body>(message: { topic(box: string): string; parse: Message<Body>['parse'] }): Envelope<Body>[] {
  const topic = message.topic(boxId);
  return arrived
    .filter((one) => one.topic === topic)
    .map(({ payload }) => {
      const read = message.parse(payload);
      if (!read.ok) throw new Error(`${topic}: ${read.refused} ${read.at}`);
      return read.message;
    });
}

const serialNow = (): string => {
  const store = openEnrolmentStore(box.at.enrolmentDatabase);
  const kept = store.read();
  store.close();
  if (kept.at !== 'enrolled') throw new Error(kept.at);
  return new X509Certificate(Buffer.from(kept.certificate.chain[0]!, 'base64')).serialNumber;
};

/** What the fleet does with what needs an answer. */
async function answer({ topic, payload }: Arrival): Promise<void> {
  if (topic === audit.topic(boxId)) {
    const read = audit.parse(payload);
    if (!read.ok) return;
    const { deviceId, publicKey: logKey } = openDevice(box.at.identity, systemChance);
    const request = checkpointRequest(read.message.body);
    const said = addCheckpoint(remembered, request, { deviceId, logKey, witness, now: Date.now() });
    if (said.outcome === 'cosigned') remembered = said.memory;
    const answers = read.message.id;
    const body = (
      said.outcome === 'cosigned'
        ? {
            outcome: said.outcome,
            answers,
            size: said.memory.size,
            key: rawPublicKey(witnessKey.publicKey).toString('base64'),
            line: said.cosignature,
          }
        : { ...said, answers }
    ) as Cosignature;
    void say(cosignature, body);
  }
  if (topic === csr.topic(boxId)) {
    const read = csr.parse(payload);
    if (!read.ok) return;
    const chain = await office.enrolment.renew(boxId, serialNow(), read.message.body.csr);
    void say(certificate, { answers: read.message.id, chain: [...chain] });
  }
}

async function startBroker(): Promise<void> {
  const { key, chain } = await office.ca.server(Date.now());
  broker = await openEmbedded({
    clock: systemClock,
    counters: new Counters(),
    identity: { key, certificate: chain, boxAuthority: office.ca.boxIssuers },
    listen: { host: '127.0.0.1', port },
    webSocket: null,
    mayConnect: () => true,
    notice: () => {},
  });
  broker.onMessage(UP_FILTER, async (arrival) => {
    arrived.push(arrival);
    await answer(arrival);
  });
  await broker.start();
}

test.before(async () => {
  port = await freePort();
  office = await newFleet({ teardown: (end) => ends.push(end) }, newFolder(), [`mqtts://127.0.0.1:${port}`]);
  await startBroker();
  box = await scenarioBox({
    phones: PEOPLE.map((user) => ({ user })),
    // A fleet with as much leave as a customer can give it: what is left holds by itself.
    policy: (draft) => ({
      ...draft,
      bounds: { ...draft.bounds, fleetMayChange: ['rules', 'groups', 'neverRecord', 'retention', 'announcements'] },
    }),
  });
  const device = openDevice(box.at.identity, systemChance);
  boxId = device.deviceId;
  const log = openAuditLog({
    path: box.at.auditDatabase,
    deviceId: boxId,
    clock: systemClock,
    chance: systemChance,
  });
  enrolment = joinFleet({ at: box.at, device, clock: systemClock, chance: systemChance, append: (e) => log.append(e) });
  ends.push(
    () => enrolment.close(),
    () => log.close(),
  );
});
test.after.always(async () => {
  await box?.end();
  await broker?.close();
  for (const end of ends.reverse()) await end();
});

const findings = async () => (await ask(box.at.deskSocket, { ask: 'health' }))?.findings ?? [];
const kinds = () => box.audit().events.map(({ kind }) => kind);
const report = (what: string, holds: (said: Reported['policy']) => boolean) =>
  eventually(async () => of(reported).findLast(({ body }) => holds(body.policy))?.body.policy, what);

/** What follows the policy in force, signed by the fleet. `version`: how much it is raised. */
function fromFleet(change: (policy: Policy) => Policy, version: number, by = policyKey) {
  const { policy, hash } = loadPolicy(box.at.policy)!;
  const next = { ...change(policy), version: policy.version + version, previousHash: hash };
  return signEnvelope(POLICY_TYPE, Buffer.from(JSON.stringify(next)), [by]);
}
/** What the fleet was told of the end of what waited. */
const went = () =>
  of(event).filter(({ body }) => body.is === 'finding' && body.code === 'policy_will_erase' && !body.on);

const nameOf = ({ payload }: { payload: string }) =>
  createHash('sha256').update(Buffer.from(payload, 'base64')).digest('hex');

const withPurpose = (change: (purpose: Policy['purposes'][number]) => Policy['purposes'][number]) => (p: Policy) => ({
  ...p,
  purposes: p.purposes.map(change),
});

test.serial(
  'nothing is said before a person here has confirmed; then the box says how it is, without a restart',
  async (t) => {
    const claimant = claimantOf({ policyKey: spkiOf(policyKey.publicKey) });
    const code = codeOf(await enrolment.begin(office.url, 'anna'));
    await enrolment.ask().catch(() => {});
    await office.enrolment.typed(code, claimant, 'bert');
    const offered = await eventually(async () => {
      await enrolment.ask().catch(() => {});
      const status = enrolment.status();
      return status.at === 'offered' && status;
    }, 'an offer');
    t.false(existsSync(box.at.uplinkDatabase), 'no connection is prepared');
    t.like(
      (await findings()).find(({ code }) => code.startsWith('uplink')),
      { code: 'uplink_off' },
    );
    await enrolment.confirm('anna', comparedOf(offered));
    const [first] = await eventually(async () => of(health).length > 0 && of(health), 'health');
    t.true(first!.body.gauges.disk_used_percent !== undefined);
    const { policy, hash } = loadPolicy(box.at.policy)!;
    const said = await report('a report', () => true);
    t.deepEqual(said, { applied: { version: policy.version, hash }, pending: null, rejected: null });
    t.like(of(reported).at(-1)!.body, {
      recipients: { custodians: 1, escrows: 1 },
      calls: ['phones'],
      uplink: 'mqtts',
    });
  },
);

test.serial('the fleet is a witness of the log: its signature stands there, and health counts it', async (t) => {
  const log = await eventually(async () => remembered, 'a checkpoint at the witness');
  t.true(log.size > 0);
  const found = await eventually(
    async () => (await findings()).find(({ code }) => code === 'witness_ok'),
    'the witness in health',
  );
  t.truthy(found);
  t.like(
    (await findings()).find(({ code }) => code.startsWith('uplink')),
    { code: 'uplink_ok' },
  );
  const { json, text } = await fleetStatus.run({ data: box.config.data, values: {}, positionals: [] } as never);
  t.like(json, { at: 'enrolled', connection: { found: [{ code: 'witness_ok' }, { code: 'uplink_ok' }], waiting: 0 } });
  t.regex(text, /The fleet is connected/);
  t.true(box.audit().holds);
});

test.serial('a call between real phones is recorded, and no byte of who, why and where crosses', async (t) => {
  const options = { codecs: 'PCMA', rate: 8000 };
  const [anna, bram] = await Promise.all([
    box.baresip(ANNA, { ...options, tone: 500 }),
    box.baresip(BRAM, { ...options, tone: 900 }),
  ]);
  await anna.dial(BRAM);
  await box.until(({ calls }) => calls.some(({ recording }) => recording), 'the recording');
  await anna.command('hangup');
  await box.recordingOf(ANNA, BRAM);
  await Promise.all([anna.stop(), bram.stop()]);
  const before = of(health).length;
  const sync = about();
  await broker.publish(
    command.topic(boxId, sync.id),
    command.format({ ...sync, body: { op: 'sync', expiresAt: Date.now() + 60_000 } }),
    { qos: 1, retain: false },
  );
  await eventually(
    async () =>
      arrived.some(({ topic, payload }) => topic === response.topic(boxId, sync.id) && payload.includes('done')),
    'the answer to sync',
  );
  t.true(before > 0);
  const crossed = Buffer.concat(arrived.flatMap(({ topic, payload }) => [Buffer.from(topic), payload])).toString(
    'latin1',
  );
  const { policy } = loadPolicy(box.at.policy)!;
  const secret = [
    ...PEOPLE,
    box.config.domain,
    'sip:',
    'sips:',
    policy.controller.name,
    ...policy.purposes.flatMap(({ id, name }) => [id, name]),
    ...policy.rules.map(({ id }) => id),
    ...box.recordings().map(({ id }) => id),
  ];
  t.true(crossed.includes(boxId));
  for (const word of secret) t.false(crossed.toLowerCase().includes(word.toLowerCase()), word);
});

test.serial(
  'a policy of the fleet within its bounds is in force and reported; the same again is nothing',
  async (t) => {
    const strict = fromFleet(
      (p) => ({ ...p, neverRecord: [{ id: 'carla', why: 'private', extensions: ['carladeboer'] }] }),
      1,
    );
    await say(desired, strict);
    await report('it in force', ({ applied }) => applied?.hash === nameOf(strict));
    t.is(loadPolicy(box.at.policy)!.hash, nameOf(strict));
    const before = kinds().length;
    await say(desired, strict);
    await say(desired, strict);
    const old = fromFleet((p) => p, 0);
    await say(desired, old);
    const { rejected } = await report('an old version refused', ({ rejected }) => rejected !== null);
    t.like(rejected, { hash: nameOf(old), why: 'policy_rollback' });
    t.deepEqual(
      kinds()
        .slice(before)
        .filter((kind) => kind.startsWith('policy')),
      ['policy_refused'],
    );
  },
);

const waits = async (
  t: ExecutionContext,
  what: string,
  change: (policy: Policy) => Policy,
  version: number,
): Promise<NonNullable<Reported['policy']['pending']>> => {
  const { hash } = loadPolicy(box.at.policy)!;
  const next = fromFleet(change, version);
  await say(desired, next);
  const { pending } = await report(`${what} waiting`, ({ pending: one }) => one?.hash === nameOf(next));
  t.is(loadPolicy(box.at.policy)!.hash, hash, `${what} is not in force`);
  return pending!;
};

test.serial(
  'who took the fleet over lengthens nothing, shortens nothing within a week, silences nothing',
  async (t) => {
    const weaker = await waits(t, 'recording more', (p) => ({ ...p, neverRecord: [] }), 2);
    t.like(weaker, { approved: false, waitsUntil: null });
    t.true(
      weaker.weakens.some((field) => field.startsWith('neverRecord')),
      weaker.weakens.join(),
    );
    const days = (contentDays: number) =>
      withPurpose((purpose) => ({ ...purpose, retention: { ...purpose.retention, contentDays } }));
    const longer = await waits(t, 'a longer term', days(60), 3);
    t.deepEqual(longer.weakens, ['purposes.retention.contentDays']);
    const began = Date.now();
    const shorter = await waits(t, 'a shorter term', days(7), 4);
    t.deepEqual(shorter.destroys, ['purposes.retention.contentDays']);
    t.true(shorter.waitsUntil! >= began + DESTRUCTIVE_WAIT_MS);
    const quiet = fromFleet(
      withPurpose((purpose) => ({ ...purpose, announcement: { ...purpose.announcement, staffHear: false } })),
      5,
    );
    await say(desired, quiet);
    const { rejected } = await report('silence refused', ({ rejected: one }) => one?.hash === nameOf(quiet));
    t.is(rejected!.why, 'policy_against_law');
  },
);

test.serial('nor does it add a key of its own, or lend the box’s policy to another signer', async (t) => {
  const { hash } = loadPolicy(box.at.policy)!;
  const refused = async (envelope: ReturnType<typeof fromFleet>, why: string) => {
    const before = kinds().filter((kind) => kind === 'policy_refused').length;
    await say(desired, envelope);
    const said = await report(why, ({ rejected }) => rejected?.hash === nameOf(envelope));
    t.is(said.rejected!.why as string, why);
    t.is(loadPolicy(box.at.policy)!.hash, hash);
    t.is(kinds().filter((kind) => kind === 'policy_refused').length, before + 1);
  };
  const ownList = signEnvelope(RECIPIENTS_TYPE, Buffer.from('{}'), [policyKey]);
  await refused(
    fromFleet((p) => ({ ...p, recipients: ownList }), 6),
    'recipients_untrusted',
  );
  await refused(
    fromFleet((p) => ({ ...p, bounds: { ...p.bounds, maxContentDays: 3650 } }), 6),
    'policy_out_of_bounds',
  );
  await refused(
    fromFleet(
      withPurpose((one) => ({ ...one, retention: { ...one.retention, contentDays: 91 } })),
      6,
    ),
    'policy_out_of_bounds',
  );
  const stranger = generateKeyPairSync('ed25519');
  t.not(keyName(stranger.publicKey), keyName(policyKey.publicKey));
  await refused(
    fromFleet((p) => p, 6, stranger),
    'policy_untrusted',
  );
});

test.serial('a witness that remembers another log is an alarm here, in health and in the log', async (t) => {
  const answers = about().id;
  await say(cosignature, { outcome: 'fork', answers, size: remembered!.size });
  await eventually(async () => (await findings()).find(({ code }) => code === 'witness_refused'), 'the alarm');
  t.like(
    box.audit().events.findLast(({ kind }) => kind === 'witness_refused'),
    { actor: 'box', facts: { outcome: 'fork', remembered: remembered!.size } },
  );
  await eventually(
    async () => of(event).some(({ body }) => body.is === 'finding' && body.code === 'witness_refused' && body.on),
    'the alarm at the fleet',
  );
});

test.serial(
  'the fleet is gone for a while: calls go on, what happened is told later, once; by a new certificate',
  async (t) => {
    await broker.close();
    const recorded = await box.recordedCall('bramjansen', 'annavisser');
    t.truthy(recorded);
    refusePending(box);
    await eventually(async () => {
      const gauges = (await ask(box.at.deskSocket, { ask: 'health' }))?.gauges;
      return (gauges?.uplink_queued ?? 0) > 0;
    }, 'something that waits');
    const before = serialNow();
    await startBroker();
    await enrolment.renew();
    t.not(serialNow(), before);
    await eventually(async () => broker.connected().has(boxId), 'the box again');
    await eventually(async () => went().length > 0, 'what happened meanwhile');
    await eventually(
      async () => (await office.enrolment.admit(boxId, serialNow())) === null,
      'the new certificate is good',
    );
    const ids = [...of(health), ...of(event)].map(({ id }) => id);
    t.is(went().length, 1);
    await report('what was refused here', ({ pending, rejected }) => pending === null && rejected?.why === 'refused');
    t.is(new Set(ids).size, ids.length, 'each once');
    const seqs = [...of(health), ...of(event)].map(({ seq }) => seq);
    t.is(new Set(seqs).size, seqs.length);
  },
);

test.serial('another certificate, asked for by the fleet, comes over the connection', async (t) => {
  const before = serialNow();
  const asked = about();
  await broker.publish(
    command.topic(boxId, asked.id),
    command.format({ ...asked, body: { op: 'renew', expiresAt: Date.now() + 60_000 } }),
    { qos: 1, retain: false },
  );
  await eventually(async () => serialNow() !== before, 'another certificate');
  await eventually(async () => broker.connected().has(boxId) && enrolment.credentials()?.former === null, 'it settled');
  t.is(kinds().filter((kind) => kind === 'fleet_certificate_renewed').length, 2);
});

test.serial('the box leaves: it is gone from the broker, and nothing that waited stays', async (t) => {
  await enrolment.leave('anna');
  await eventually(async () => !broker.connected().has(boxId), 'the end of the connection');
  await eventually(async () => !existsSync(box.at.uplinkDatabase), 'the end of its queue');
  t.like(
    (await findings()).find(({ code }) => code.startsWith('uplink')),
    { code: 'uplink_off' },
  );
});
