/** What is known of a call, and what must not be: who withholds the number, which keys were pressed, how long one caller waited. */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import test from 'ava';
import { ask } from '../../appliance/control/client.ts';
import { checkLines, saveLines } from '../../appliance/lines/store.ts';
import { databaseOf, stores } from '../../appliance/privacy/data-catalogue.ts';
import { pcapOf } from '../../appliance/trace/pcap.ts';
import { freePort } from '../../scripts/demo/box.ts';
import { eventually, type ScenarioBox, scenarioBox } from '../peers/box.ts';
import { belkluis } from '../peers/cli.ts';
import { ownAddress } from '../peers/kamailio.ts';
import { findIn, findInMeanwhile, type Needle, temporaryFolders } from '../peers/needles.ts';
import { invitesOf } from '../peers/outside.ts';
import { openPhone, type Phone, type PhoneCall } from '../peers/phone.ts';

/** A subscriber who withholds it. Like no other number, so that finding it means something. */
const WITHHELD = '+31688776655';
const NATIONAL = '0688776655';
const OPEN = '+31207654321';
const QUEUE = '+31201112233';
const since = Date.now() - 1000;
const plainUntil = new Date(Date.now() + 3_600_000).toISOString();

let box: ScenarioBox;
let outside: { withheld: Phone; open: Phone };

const carrierAt = ownAddress(1);
const deadAt = ownAddress(2);

test.before(async () => {
  const udp = await freePort();
  box = await scenarioBox({
    plain: true,
    ports: { udp },
    phones: [{ user: '10' }, { user: '11' }],
    policy: (draft) => ({
      ...draft,
      rules: [
        { id: 'of-queue', purpose: 'complaints', start: 'automatic', queues: [QUEUE] },
        // The other trunk is asked first, and does not take it: nothing else speaks for these.
        { id: 'by-carrier', purpose: 'complaints', start: 'automatic', trunks: ['carrier'] },
      ],
    }),
  });
  const target = { transport: 'UDP' as const, address: '127.0.0.1', port: udp };
  const subscriber = (user: string) =>
    openPhone({
      ...{ user, secret: '', domain: 'carrier.test', target, plainAudio: true, keys: true, address: carrierAt },
    });
  outside = { withheld: await subscriber(WITHHELD), open: await subscriber(OPEN) };
  const common = { plainUntil, transport: 'udp', optionsSeconds: 0 };
  const inbound = [{ did: QUEUE, to: ['10', '11'] }];
  const { port } = outside.open;
  const trunks = [
    { id: 'dead', host: deadAt, port: 5060, priority: 10, ...common },
    { id: 'carrier', host: carrierAt, port, priority: 20, domain: 'carrier.test', inbound, ...common },
  ];
  saveLines(box.at.lines, checkLines({ schemaVersion: 1, trunks, outbound: { allow: ['+31'] } }), () => {});
  await eventually(async () => (await ask(box.at.controlSocket, { ask: 'trunks' }))?.trunks.length === 2, 'two trunks');
});
test.after.always(async () => {
  await box?.end();
  for (const phone of Object.values(outside ?? {})) await phone.close();
});

const call = (id: string) => eventually(async () => box.vault(({ catalogue }) => catalogue.call(id)), 'the record');
const traceOf = async (id: string) => (await ask(box.at.controlSocket, { ask: 'trace', call: id }))!;
const lasting = () => box.until(({ calls }) => calls.find(({ recording }) => recording)?.id, 'a call that is recorded');

/** Both speak until there is something of each in the recording. */
async function speak(...calls: readonly PhoneCall[]) {
  for (const { line } of calls) line.speak();
  for (const { line } of calls) await line.until((heard) => heard.length > 50);
}

const asserting = [
  ['P-Asserted-Identity', `"W. Ithheld" <sip:${WITHHELD}@carrier.test>, <tel:${WITHHELD}>`],
  ['Remote-Party-ID', `<sip:${NATIONAL}@carrier.test>;party=calling;privacy=full`],
  ['P-Charge-Info', `<sip:${WITHHELD}@carrier.test>`],
  ['Privacy', 'id'],
] as const;

const needles: readonly Needle[] = [WITHHELD, NATIONAL, WITHHELD.slice(1), 'Ithheld'].flatMap((text) => [
  { name: text, bytes: Buffer.from(text) },
  { name: `${text} in UTF-16`, bytes: Buffer.from(text, 'utf16le') },
  { name: `${text} as base64`, bytes: Buffer.from(Buffer.from(text).toString('base64').slice(0, 12)) },
]);

test.serial(
  'a number that the caller withholds is in no file of the box, no trace and no phone, though the carrier asserts it',
  async (t) => {
    const ten = await box.phone('10');
    const seen = invitesOf(ten);
    const { answered } = await outside.withheld.dial(QUEUE, undefined, asserting);
    const [ours, theirs] = await Promise.all([answered, ten.nextCall()]);
    const id = await lasting();
    await speak(ours, theirs);
    const status = JSON.stringify(await box.status());
    // The BYE of the box goes to the caller by that name.
    theirs.hangUp();
    await ours.ended;
    t.like(await call(id), {
      caller: 'anonymous',
      via: 'trunk',
      trunk: 'carrier',
      queue: QUEUE,
      callee: QUEUE,
      rule: 'of-queue',
    });
    const trace = await traceOf(id);
    const shown = JSON.stringify([status, trace, await box.status(), seen.map(({ bytes }) => bytes.toString())]);
    for (const text of [WITHHELD, NATIONAL, 'Ithheld']) t.false(shown.includes(text), `${text} is shown`);
    t.true(trace.messages.some(({ text }) => text.startsWith('BYE')));
    t.is(trace.call.from, 'anonymous');
    t.false(pcapOf(trace.messages).includes('88776655'));
    const { files, hits } = await findInMeanwhile([box.folder, ...temporaryFolders], needles, since);
    t.true(files > 10);
    t.deepEqual(hits, []);
    await ten.close();
  },
);

test.serial('the search would find it, and a number that is not withheld is found', (t) => {
  const path = join(box.config.data, 'planted');
  writeFileSync(path, Buffer.concat([Buffer.alloc(3000), Buffer.from(`${NATIONAL} called`)]));
  t.true(findIn([box.folder], needles, since).hits.includes(`${path}: ${NATIONAL}`));
  rmSync(path);
  t.true(findIn([box.at.vault], [{ name: 'the queue', bytes: Buffer.from(QUEUE) }], since).hits.length > 0);
});

test.serial(
  'of keys that are pressed nothing is known but that they were: no digit in a file, a trace, a capture or an event',
  async (t) => {
    const pressed = ['1', '3', '4', '1', '1', '1'];
    const ten = await box.phone('10', 'TLS', { keys: true });
    const { answered } = await outside.open.dial(QUEUE);
    const [ours, theirs] = await Promise.all([answered, ten.nextCall()]);
    const id = await lasting();
    await speak(ours, theirs);
    const told: string[] = [];
    theirs.session.onInfo = ({ body, respond }) => {
      told.push(body.toString());
      respond(200);
    };
    const keys: string[] = [];
    theirs.line.onKey = (key) => keys.push(key);
    for (const key of pressed) {
      ours.line.press(key);
      t.is(await ours.session.info('application/dtmf-relay', Buffer.from(`Signal=${key}\r\nDuration=160\r\n`)), 200);
      t.is(await ours.session.info('application/dtmf', Buffer.from(key)), 200);
    }
    await eventually(async () => keys.length >= 5 * pressed.length, 'the keys at the other phone');
    t.deepEqual(
      told,
      pressed.flatMap((key) => [`Signal=${key}\r\nDuration=160\r\n`, key]),
      'the other phone got them all',
    );
    ours.hangUp();
    await theirs.ended;
    const { recording } = await call(id);
    await eventually(
      async () => box.vault(({ catalogue }) => catalogue.get(recording!)?.end),
      'the end of the recording',
    );

    const trace = await traceOf(id);
    const infos = trace.messages.filter(({ text }) => text.startsWith('INFO'));
    t.is(infos.length, 4 * pressed.length, 'that keys were pressed is there, on both legs');
    for (const { text } of infos) {
      const [head = '', body] = text.split('\r\n\r\n');
      t.true(body === '' || body === 'Signal=x\r\nDuration=160\r\n', body);
      t.true(body !== '' || /\r\nX-Body-Not-Kept: 1 bytes\r\n/.test(head));
    }
    const capture = pcapOf(trace.messages);
    const run = pressed.join('');
    const runs = ['', ' ', ',', ', ', '","', '\n', '-'].map((between) => pressed.join(between));
    const signals = pressed.map((key) => `Signal=${key}`);
    const forms = [...runs, ...signals];
    for (const form of forms) t.false(capture.includes(form), form);
    t.false(JSON.stringify(box.audit().events).includes(run));
    const { hits } = await findInMeanwhile(
      [box.folder],
      forms.map((form) => ({ name: form, bytes: Buffer.from(form) })),
      since,
    );
    t.deepEqual(hits, []);
    // What was recorded are the two voices: 20 ms of A-law each time, and no event of four bytes.
    const { segments } = await box.open(recording!);
    const lengths = new Set(segments.flatMap(({ open }) => open.blocks.map(({ payload }) => payload.length)));
    t.deepEqual([...lengths], [160]);
    await ten.close();
  },
);

test.serial(
  'a call is known by the way that it went: the trunk that took it, and the policy, purpose and rule that spoke',
  async (t) => {
    const ten = await box.phone('10');
    const { answered } = await ten.dial(OPEN);
    const [ours, theirs] = await Promise.all([answered, outside.open.nextCall()]);
    const id = await lasting();
    await speak(ours, theirs);
    ours.hangUp();
    await theirs.ended;
    const { policy } = (await box.status())!;
    t.like(await call(id), {
      ...{ direction: 'outbound', via: 'trunk', trunk: 'carrier', queue: null },
      ...{ policyHash: policy, purpose: 'complaints', rule: 'by-carrier' },
    });
    await ten.close();
  },
);

test.serial('each file of a box is in the data catalogue, which the command line prints', async (t) => {
  const files = readdirSync(box.config.data, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(box.config.data, join(entry.parentPath, entry.name)));
  t.true(files.length > 15);
  const isTold = (file: string) =>
    databaseOf(basename(file).replace(/-(wal|shm)$/, '')) !== null || stores.some((store) => store.files?.test(file));
  t.deepEqual(
    files.filter((file) => !isTold(file)),
    [],
  );
  const { json } = await belkluis(box.config.data, 'data-catalogue');
  const columns = json.columns as Record<string, unknown>[];
  t.like(
    columns.find(({ table, column }) => table === 'calls' && column === 'caller'),
    { database: 'catalogue.db', personal: true, category: 'traffic', leaving: 'traffic', roles: ['custodian', 'dpo'] },
  );
  t.is((json.stores as unknown[]).length, stores.length);
});

test.serial(
  'how long one caller waited is nowhere; of a queue it is counted, and shown from ten calls on',
  async (t) => {
    const eleven = await box.phone('11');
    eleven.onRing('ring');
    // With the two of before, one hour has eleven of them, wherever it ends.
    for (let n = 0; n < 19; n++) {
      const { answered, cancel } = await outside.open.dial(QUEUE);
      await eleven.rings();
      cancel();
      await t.throwsAsync(answered);
      await eventually(async () => eleven.ringing === 0, 'silence');
    }
    const waits = async () =>
      (await belkluis(box.config.data, 'calls', 'waits')).json.waits as Record<string, unknown>[];
    const [hour] = await eventually(async () => {
      const shown = await waits();
      return shown.some(({ figures }) => figures !== null) && shown.filter(({ figures }) => figures !== null);
    }, 'ten calls of an hour');
    t.is(hour!.queue, QUEUE);
    const calls = box.vault(({ catalogue }) => catalogue.callsBetween(0, Date.now(), 1000));
    t.true(calls.length >= 12);
    for (const { startedAt, talkMs } of calls) {
      t.is(startedAt % 60_000, 0);
      t.true(talkMs === null || talkMs > 0);
    }
    await eleven.close();
  },
);
