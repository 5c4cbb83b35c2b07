/** What boxes say, into the inventory, and what is answered: by the real writer, on both databases. */
import { readFileSync } from 'node:fs';
import { seededChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { Counters } from '@belkluis/shared/base/counters';
import { silentLog } from '@belkluis/shared/base/log';
import { newUlid } from '@belkluis/shared/base/ulid';
import { downMessages, upMessages } from '@belkluis/shared/contract/messages';
import { type DownKind, parseTopic, responseTopic, upTopic } from '@belkluis/shared/contract/topics';
import test from 'ava';
import type { AnyTables } from './db/open.ts';
import { both } from './db/testing/databases.ts';
import { problem } from './enrolment/problems.ts';
import { openIngest } from './ingest/ingest.ts';
import { boxesOfTwo, boxId } from './inventory/testing/boxes.ts';
import { openWriter } from './inventory/writer.ts';
import { type IngestPorts, joinIngest, noPorts } from './join-ingest.ts';
import { migrations } from './migrations.ts';

const chance = seededChance('join-ingest');
const box = boxId('one');
const golden = (name: string) =>
  JSON.parse(readFileSync(new URL(`../shared/contract/golden/1/${name}.json`, import.meta.url), 'utf8')).body;

interface Options {
  readonly ports?: Partial<IngestPorts>;
  readonly renewConnected?: () => Promise<readonly string[]>;
  /** A broker beside the fleet. */
  readonly beside?: boolean;
  /** Puts a box into the inventory that is not in it. */
  readonly welcome?: (box: string, two: Awaited<ReturnType<typeof boxesOfTwo>>) => Promise<boolean>;
}

async function world(
  database: AnyTables,
  { ports = {}, renewConnected = async () => [], beside = false, welcome = async () => false }: Options = {},
) {
  const two = await boxesOfTwo(database);
  await two.addBox('one', two.a.sites[0]);
  const kept = openWriter({ database, clock: systemClock, log: silentLog, changed: () => {} });
  let lost = false;
  const writer: Pick<typeof kept, 'take'> = {
    async take(heard) {
      const fate = await kept.take(heard);
      return fate === 'stored' && lost ? 'found' : fate;
    },
  };
  const sent: { kind: string; retain: boolean; body: unknown }[] = [];
  const kicked: string[] = [];
  const settled: string[] = [];
  let breaks = false;
  const store = joinIngest({
    writer,
    identities: two.identities,
    enrolment: { renewConnected, settled: async (...one) => void settled.push(one.join(' ')) },
    welcome: (who) => welcome(who, two),
    beside,
    broker: {
      async publish(topic, payload, { retain }) {
        if (breaks) throw new Error('the broker went away');
        const kind = parseTopic(topic)!.kind as DownKind;
        const read = downMessages[kind].parse(payload);
        if (read.ok) sent.push({ kind, retain, body: read.message.body });
      },
      kick: async (who) => void kicked.push(who),
    },
    ports: { ...noPorts, ...ports },
    clock: systemClock,
    chance,
    log: silentLog,
  });
  const counters = new Counters();
  const ingest = openIngest({ clock: systemClock, counters, store, notice: () => {} });
  let seq = 0;
  const message = <Kind extends keyof typeof upMessages>(kind: Kind, body: unknown, of = box) => {
    const ts = Date.now();
    const command = newUlid(ts, chance);
    const payload = upMessages[kind].format({ id: newUlid(ts, chance), ts, seq: ++seq, body } as never);
    const topic = kind === 'response' ? responseTopic(of, command) : upTopic(kind, of);
    return { topic, payload, retained: false, again: false, command };
  };
  return {
    ...two,
    /** From now on the database does not say that it has stored something. */
    loseAnswers() {
      lost = true;
    },
    ...{ ingest, store, counters, sent, kicked, settled, message },
    breakBroker(now: boolean) {
      breaks = now;
    },
  };
}

const online = { is: 'online', boot: '0'.repeat(32), conn: 1, software: 'v0.5.0', policyVersion: 3, reads: 1 };

for (const database of both) {
  const fresh = async (t: Parameters<typeof database.fresh>[0]) => (await database.fresh(t, migrations)).kysely;
  // The product's timers do not keep a process alive; here nothing else does.
  const alive = setInterval(() => {}, 1000);
  test.after.always(() => clearInterval(alive));

  test(`${database.name}: each kind is kept; presence, report and health are in the list of boxes`, async (t) => {
    const { ingest, message, boxes, a, counters } = await world(await fresh(t));
    await ingest.take(message('presence', online));
    await ingest.take(message('reported', golden('reported.pending')));
    await ingest.take(message('health', golden('health')));
    await ingest.take(message('event', golden('event.finding')));
    await ingest.take(message('response', golden('response.done')));
    t.is(counters.get('ingest.kept'), 5);
    const shown = await boxes.get(a.scope, box);
    t.like(shown, { presence: { is: 'online' }, policyState: 'pending' });
    t.truthy(shown.health);
  });

  test(`${database.name}: a checkpoint is answered by the witness; when the answer was lost, once more`, async (t) => {
    const asked: string[] = [];
    const witness: IngestPorts['witness'] = async (of) => {
      asked.push(of);
      return { outcome: 'conflict', size: 7 };
    };
    const { ingest, message, sent, breakBroker } = await world(await fresh(t), { ports: { witness } });
    const audit = message('audit', golden('audit.first'));
    breakBroker(true);
    await t.throwsAsync(ingest.take(audit), { message: 'the broker went away' }, 'so it is not acknowledged');
    breakBroker(false);
    await ingest.take({ ...audit, again: true });
    t.deepEqual(asked, [box, box]);
    const answers = JSON.parse(Buffer.from(audit.payload).toString()).id;
    t.deepEqual(sent, [{ kind: 'cosignature', retain: false, body: { outcome: 'conflict', answers, size: 7 } }]);
  });

  test(`${database.name}: a box that comes with an older policy is sent the one that is wanted`, async (t) => {
    const policy = golden('desired');
    const answered: unknown[] = [];
    const { ingest, message, sent } = await world(await fresh(t), {
      ports: {
        desired: async () => ({ version: 4, policy }),
        answered: async (of, version) => void answered.push([of, version, sent.length]),
      },
    });
    await ingest.take(message('presence', { ...online, policyVersion: 4 }));
    t.deepEqual([sent, answered], [[], []]);
    for (const policyVersion of [3, null]) await ingest.take(message('presence', { ...online, policyVersion }));
    t.deepEqual(sent, [
      { kind: 'desired', retain: true, body: policy },
      { kind: 'desired', retain: true, body: policy },
    ]);
    t.deepEqual(answered, [
      [box, 4, 1],
      [box, 4, 2],
    ]);
  });

  test(`${database.name}: a box that comes is answered when its message comes again, for the answer may have been lost`, async (t) => {
    const policy = golden('desired');
    const serial = `4${'a'.repeat(31)}`;
    for (const beside of [false, true]) {
      const { ingest, message, sent, settled, breakBroker } = await world(await fresh(t), {
        beside,
        ports: { desired: async () => ({ version: 4, policy }) },
      });
      const came = message('presence', { ...online, certificate: serial });
      breakBroker(true);
      await t.throwsAsync(ingest.take(came), { message: 'the broker went away' });
      breakBroker(false);
      await ingest.take({ ...came, again: true });
      t.deepEqual(sent, [{ kind: 'desired', retain: true, body: policy }]);
      t.deepEqual(settled, beside ? [`${box} ${serial}`, `${box} ${serial}`] : []);
    }
  });

  test(`${database.name}: what was stored without the database saying so is answered; a certificate by one process alone`, async (t) => {
    const policy = golden('desired');
    const { chain } = golden('certificate');
    for (const beside of [false, true]) {
      const { ingest, message, sent, counters, loseAnswers } = await world(await fresh(t), {
        beside,
        ports: { desired: async () => ({ version: 4, policy }) },
        renewConnected: async () => chain,
      });
      loseAnswers();
      await ingest.take(message('presence', online));
      await ingest.take(message('csr', golden('csr')));
      t.is(counters.get('ingest.kept'), 2);
      t.deepEqual(
        sent.map(({ kind }) => kind),
        beside ? ['desired'] : ['desired', 'certificate'],
      );
    }
  });

  test(`${database.name}: a request for a certificate is answered; one that is refused is not, and does not come again`, async (t) => {
    const { chain } = golden('certificate');
    let answer: () => readonly string[] = () => chain;
    const { ingest, message, sent } = await world(await fresh(t), { renewConnected: async () => answer() });
    const request = message('csr', golden('csr'));
    await ingest.take(request);
    const answers = JSON.parse(Buffer.from(request.payload).toString()).id;
    t.deepEqual(sent, [{ kind: 'certificate', retain: false, body: { answers, chain } }]);
    answer = () => {
      throw problem('certificate_revoked');
    };
    await t.notThrowsAsync(ingest.take(message('csr', golden('csr'))));
    t.is(sent.length, 1);
  });

  test(`${database.name}: what became of a command is told with the command`, async (t) => {
    const told: unknown[] = [];
    const responded: IngestPorts['responded'] = async (...about) => void told.push(about);
    const { ingest, message } = await world(await fresh(t), { ports: { responded } });
    const response = message('response', golden('response.done'));
    await ingest.take(response);
    t.deepEqual(told, [[box, response.command, golden('response.done')]]);
  });

  test(`${database.name}: a box that is not there any more is disconnected, and not answered`, async (t) => {
    const { ingest, message, sent, kicked, boxes, a } = await world(await fresh(t), {
      ports: { witness: async () => ({ outcome: 'malformed' }) },
    });
    await boxes.revoke(a.scope, box, 'anna');
    await ingest.take(message('presence', online));
    await ingest.take(message('audit', golden('audit.first')));
    t.deepEqual(kicked, [box]);
    t.deepEqual(sent, []);
  });

  test(`${database.name}: by a broker beside the fleet, an enrolled box is taken in when it first speaks, and its older certificates end`, async (t) => {
    const stranger = boxId('stranger');
    const { ingest, message, settled, kicked, counters } = await world(await fresh(t), {
      beside: true,
      async welcome(who, { addBox, a }) {
        if (who !== stranger) return false;
        await addBox('stranger', a.sites[0]);
        return true;
      },
    });
    const serial = `4${'a'.repeat(31)}`;
    await ingest.take(message('presence', { ...online, certificate: serial }, stranger));
    t.is(counters.get('ingest.kept'), 1);
    t.deepEqual(settled, [`${stranger} ${serial}`]);
    await ingest.take(message('presence', { ...online, certificate: serial }, boxId('revoked')));
    t.is(counters.get('ingest.box_unknown'), 1);
    t.deepEqual(kicked, [boxId('revoked')]);
    t.is(settled.length, 1, 'of a box that is out nothing is believed');
  });

  test(`${database.name}: what another process has kept, that one answers; what comes again to this one, this one`, async (t) => {
    let asked = 0;
    const { ingest, message, sent } = await world(await fresh(t), {
      beside: true,
      renewConnected: async () => {
        asked++;
        return golden('certificate').chain;
      },
    });
    const csr = message('csr', golden('csr'));
    await ingest.take(csr);
    await ingest.take(csr);
    t.is(asked, 1);
    await ingest.take({ ...csr, again: true });
    t.is(asked, 2);
    t.is(sent.length, 2);
  });
}
