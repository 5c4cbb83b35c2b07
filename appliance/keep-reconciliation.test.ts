/** Call logs out of a folder, over SFTP (OpenSSH's server) and over HTTP, laid beside a real catalogue. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemChance } from '@belkluis/shared/base/chance';
import { signEnvelope } from '@belkluis/shared/policy/dsse';
import { mandatory, samplePolicy, withRecipients } from '@belkluis/shared/policy/sample';
import { said } from '@belkluis/shared/policy/testing/said';
import test from 'ava';
import { startSshd } from './backup/testing/sshd.ts';
import {
  callLogFacts,
  compareOwn,
  isDue,
  isOwnDue,
  type ReconciliationParts,
  readSource,
} from './keep-reconciliation.ts';
import { type CallLogSource, callLogSchema } from './lines/call-log.ts';
import { withoutRecording } from './reconcile/own.ts';
import { testCatalogue } from './vault/testing/catalogue.ts';

const HOUR = 3_600_000;
const folder = mkdtempSync(join(tmpdir(), 'call-logs-'));
const sshd = await startSshd();
const web = createServer((request, response) => {
  if (request.url === '/moved') return response.writeHead(302, { Location: 'https://elsewhere.example/' }).end();
  if (request.headers.authorization !== 'Bearer let-me-in') return response.writeHead(403).end();
  return response.end(log);
});
await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
const webUrl = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
let log = '';
test.after.always(() => {
  sshd.close();
  web.close();
  rmSync(folder, { recursive: true, force: true });
});

const draft = samplePolicy(new Date());
const policy = withRecipients(
  { ...draft, rules: [{ id: 'sales', purpose: 'complaints', to: ['2*'], start: 'automatic' }] },
  signEnvelope('t', Buffer.from('{}'), [generateKeyPairSync('ed25519')]),
);
const format = {
  kind: 'csv',
  columns: { startedAt: 'start', caller: 'from', callee: 'to', duration: 'seconds' },
  time: 'unix',
};
const sourceIn = (place: object): CallLogSource => callLogSchema.parse({ id: 'pbx', place, format });

function scene() {
  const { catalogue, clock } = testCatalogue();
  clock.advance(10 * 24 * HOUR);
  const events: { readonly kind: string; readonly facts: object }[] = [];
  const parts: ReconciliationParts = {
    catalogue,
    append: (event) => ({ index: events.push(event) }),
    policies: () => () => ({ policy, hash: '0'.repeat(64) }),
    said: { ...said, timeZone: 'Europe/Amsterdam' },
    clock,
    chance: systemChance,
  };
  const startedAt = clock.now() - 2 * HOUR;
  const call = {
    direction: 'inbound',
    status: 200,
    recording: null,
    startedAt,
    talkMs: 60_000,
  };
  const expiresAt = startedAt + 7 * 24 * HOUR;
  catalogue.addCall({
    ...call,
    id: 'a'.repeat(32),
    caller: '+31201111111',
    callee: '201',
    notRecorded: 'disk_reserve',
    expiresAt,
  });
  catalogue.addCall({
    ...call,
    id: 'b'.repeat(32),
    caller: '+31202222222',
    callee: '301',
    notRecorded: 'no_rule',
    expiresAt,
  });
  const start = startedAt / 1000;
  log = `start,from,to,seconds\n${start},0201111111,201,60\n${start + 5},0202222222,301,60\n${start},0203333333,202,60\n${start},0204444444,302,60\n`;
  return { catalogue, clock, parts, events };
}

const tokenFile = join(folder, 'token');
writeFileSync(tokenFile, 'let-me-in\n');
const placed = mkdtempSync(join(folder, 'log-'));
const places: Record<string, object> = {
  directory: { kind: 'directory', path: placed },
  sftp: { kind: 'sftp', host: '127.0.0.1', ...sshd, path: placed },
  https: { kind: 'https', url: webUrl, tokenFile },
};

test.serial('the number of a caller who withholds it gets out of a log into no file', async (t) => {
  const { catalogue, clock, parts } = scene();
  const startedAt = clock.now() - 2 * HOUR;
  catalogue.addCall({
    ...{ id: 'c'.repeat(32), caller: 'anonymous', callee: '209', direction: 'inbound', status: 200, recording: null },
    ...{ startedAt, talkMs: 60_000, notRecorded: 'disk_reserve', expiresAt: startedAt + 7 * 24 * HOUR },
  });
  writeFileSync(join(placed, 'day-1.csv'), `start,from,to,seconds\n${startedAt / 1000},0688776655,209,60\n`);
  t.like(await readSource(parts, sourceIn({ kind: 'directory', path: placed })), { found: 1 });
  t.like(catalogue.exceptions.list(10, 0)[0], { caller: 'anonymous', callee: '209', cause: 'disk_reserve' });
  t.like(
    await readSource(parts, sourceIn({ kind: 'directory', path: placed })),
    { found: 0 },
    'known again without it',
  );
});

for (const [kind, place] of Object.entries(places)) {
  test.serial(
    `${kind}: what was not recorded is found once, with its cause, and stays in the list until it is explained`,
    async (t) => {
      const { catalogue, clock, parts, events } = scene();
      writeFileSync(join(placed, 'day-1.csv'), log);
      const { name: _, close: __, ...known } = place as { name?: unknown; close?: unknown };
      const source = sourceIn(known);
      t.true(isDue(catalogue, source, clock.now()));
      t.like(await readSource(parts, source), { checked: 4, found: 2, fault: null });
      t.false(isDue(catalogue, source, clock.now()));
      const list = catalogue.exceptions
        .list(10, 0)
        .map(({ caller, cause, call, source: from }) => [caller, cause, call?.[0] ?? null, from]);
      t.deepEqual(list.sort(), [
        ['0201111111', 'disk_reserve', 'a', 'pbx'],
        ['0203333333', 'not_seen', null, 'pbx'],
      ]);
      t.deepEqual(events.at(-1)?.facts, { source: 'pbx', calls: 4, exceptions: 2 });
      t.notRegex(JSON.stringify(events), /0201111111|0203333333/);
      t.like(await readSource(parts, source), { found: 0 });
      const { unexplained } = callLogFacts(catalogue, [source]);
      t.is(unexplained, 2);
      for (const { id } of catalogue.exceptions.list(10, 0))
        catalogue.exceptions.explain(id, { at: clock.now(), by: 'dpo', words: 'A full disk; enlarged.' }, () => {});
      t.is(callLogFacts(catalogue, [source]).unexplained, 0);
      clock.advance(40 * 24 * HOUR);
      catalogue.forgetEvidence(clock.now());
      t.deepEqual(catalogue.exceptions.list(10, 0), []);
    },
  );
}

test.serial(
  'a log that cannot be had or read is remembered by its code; a redirection is not followed with the token',
  async (t) => {
    const { catalogue, parts } = scene();
    const fails = async (place: object, code: string) => {
      await t.throwsAsync(readSource(parts, sourceIn(place)), { code });
      t.is(callLogFacts(catalogue, [sourceIn(place)]).sources[0]?.fault, code);
    };
    await fails({ kind: 'directory', path: join(folder, 'gone') }, 'call_log_unreadable');
    await fails({ kind: 'https', url: webUrl }, 'call_log_unreadable');
    await fails({ kind: 'https', url: `${webUrl}/moved`, tokenFile }, 'call_log_unreadable');
    writeFileSync(join(placed, 'day-1.csv'), 'start,from,to,seconds\nsoon,a,b,1\n');
    await fails({ kind: 'directory', path: placed }, 'call_log_malformed');
  },
);

test.serial('a call that the box never saw is judged by the policy of its time', async (t) => {
  const { clock, parts } = scene();
  const noon = clock.now() - 2 * HOUR;
  const at = Math.floor(noon / 1000);
  writeFileSync(
    join(placed, 'day-1.csv'),
    `start,from,to,seconds\n${at},0207777777,202,60\n${at + 3600},0208888888,202,60\n`,
  );
  const policies = () => (when: number) => (when < noon + HOUR / 2 ? null : { policy, hash: '0'.repeat(64) });
  t.like(await readSource({ ...parts, policies }, sourceIn(places.directory!)), { checked: 2, found: 1 });
  t.deepEqual(
    parts.catalogue.exceptions.list(10, 0).map(({ caller }) => caller),
    ['0208888888'],
  );
});

test("every call of a purpose that was not recorded is found in the box's own records, once; where a law demands the recording no choice explains it", (t) => {
  const { catalogue, clock, parts, events } = scene();
  const demanded = mandatory({ ...policy.purposes[0]!, id: 'orders' });
  const both = { ...policy, purposes: [...policy.purposes, demanded] };
  const own = { ...parts, policies: () => () => ({ policy: both, hash: '0'.repeat(64) }) };
  const startedAt = clock.now() - 2 * HOUR;
  const add = (id: string, purpose: string | null, notRecorded: string | null, more: object = {}) =>
    catalogue.addCall({
      ...{
        id: id.repeat(32),
        caller: '+31205555555',
        callee: '201',
        direction: 'inbound',
        status: 200,
        recording: null,
      },
      ...{
        startedAt,
        talkMs: 60_000,
        notRecorded,
        purpose,
        rule: purpose && 'r',
        expiresAt: startedAt + 7 * 24 * HOUR,
      },
      ...more,
    });
  add('1', 'orders', 'recorder_failed');
  add('2', 'orders', 'not_sampled');
  add('3', 'orders', 'recorded_elsewhere');
  add('4', 'complaints', 'not_sampled');
  add('5', 'complaints', 'announcement_cut');
  add('6', null, 'no_rule');
  add('7', 'orders', 'disk_reserve', { status: 503, talkMs: null });
  add('8', 'orders', 'recorder_failed', { startedAt: clock.now() - 30_000 });
  t.true(isOwnDue(catalogue, clock.now()));
  add('d', 'orders', 'private', { status: 403, talkMs: null });
  add('e', 'orders', null, { status: 487, talkMs: null });
  add('f', 'complaints', 'announcement_missing', { status: 503, talkMs: null });
  t.like(compareOwn(own), { checked: 10, found: 4 });
  const found = catalogue.exceptions.list(20, 0).map(({ call, cause, purpose }) => `${call![0]} ${purpose} ${cause}`);
  t.deepEqual(found.sort(), [
    '1 orders recorder_failed',
    '2 orders not_sampled',
    '5 complaints announcement_cut',
    '7 orders disk_reserve',
  ]);
  t.like(events.at(-1), { kind: 'call_log_read', facts: { source: 'own-records', calls: 10, exceptions: 4 } });
  t.false(isOwnDue(catalogue, clock.now() + 23 * HOUR));
  clock.advance(24 * HOUR);
  t.true(isOwnDue(catalogue, clock.now()));
  t.like(compareOwn(own), { checked: 10, found: 1 }, 'what went on then is over now');
});

test('a recording that broke off is missed, and one with gaps where a law demands it whole', (t) => {
  const call = { caller: 'a', callee: 'b', startedAt: 0, talkMs: 60_000, notRecorded: null, expiresAt: 1 };
  const causes = (mandatory: boolean, end: { reason: string; gaps: number } | null) =>
    withoutRecording(
      [
        {
          ...{ ...call, id: '1', purpose: 'p', mandatory },
          recording: { purpose: 'p', end: end && { ...end, durationMs: 50_000 } },
        },
      ],
      HOUR,
    ).map(({ cause }) => cause);
  t.deepEqual(causes(true, { reason: 'finished', gaps: 0 }), []);
  t.deepEqual(causes(true, { reason: 'finished', gaps: 3 }), ['gaps']);
  t.deepEqual(causes(false, { reason: 'finished', gaps: 3 }), []);
  t.deepEqual(causes(false, { reason: 'recovered', gaps: 0 }), ['broken']);
  t.deepEqual(causes(true, null), [], 'it goes on');
});

test('no log of others is called like the records of the box', (t) => {
  t.throws(() => callLogSchema.parse({ id: 'own-records', place: { kind: 'directory', path: '/x' }, format }));
});
