import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signEnvelope } from '@belkluis/shared/policy/dsse';
import { samplePolicy, withRecipients } from '@belkluis/shared/policy/sample';
import { type Policy, policySchema } from '@belkluis/shared/policy/schema';
import test from 'ava';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { openCatalogue } from './catalogue.ts';
import { shortened } from './retention.ts';
import { type AppendShortening, applyRetention, previewRetention } from './shorten.ts';
import { DAY, days, testCatalogue } from './testing/catalogue.ts';
import { generateCatalogue } from './testing/generate.ts';

const recipients = signEnvelope('t', Buffer.from('{}'), [generateKeyPairSync('ed25519')]);

/** The sample's purpose with these terms, and a rule `r` that may say less. */
function policyOf(
  terms: Partial<Policy['purposes'][0]['retention']>,
  rule: { contentDays?: number; trafficDays?: number } = {},
): Policy {
  const draft = samplePolicy(new Date('2026-01-01T00:00:00Z'));
  const [purpose] = draft.purposes;
  return policySchema.parse(
    withRecipients(
      {
        ...draft,
        purposes: [
          {
            ...purpose!,
            retention: { ...purpose!.retention, contentDays: 30, trafficDays: 30, evidenceDays: 3000, ...terms },
          },
        ],
        rules: [{ id: 'r', purpose: 'complaints', start: 'automatic', retention: rule }],
      },
      recipients,
    ),
  );
}

const row = (catalogue: ReturnType<typeof testCatalogue>['catalogue'], id: string) => catalogue.get(id)!;

test('a shorter policy brings existing rows down, by the rule that they were recorded under, and lengthens none', async (t) => {
  const { catalogue, add, clock } = testCatalogue();
  const start = clock.now();
  const [long, short, otherRule, otherPurpose, locked] = [
    add({ keep: days(100, { evidenceDays: 400 }) }),
    add({ keep: days(5) }),
    add({ keep: days(100), rule: 'gone' }),
    add({ keep: days(100), purpose: 'unnamed' }),
    add({ keep: days(100, { minimum: 50 }) }),
  ];
  await catalogue.shorten(policyOf({ contentDays: 30, trafficDays: 20 }, { contentDays: 10 }), start);
  t.like(row(catalogue, long), {
    expiresAt: start + 10 * DAY,
    trafficExpiresAt: start + 20 * DAY,
    evidenceExpiresAt: start + 400 * DAY,
  });
  t.like(row(catalogue, short), { expiresAt: start + 5 * DAY, trafficExpiresAt: start + 5 * DAY });
  t.like(row(catalogue, otherRule), { expiresAt: start + 30 * DAY, trafficExpiresAt: start + 20 * DAY });
  t.like(row(catalogue, otherPurpose), { expiresAt: start + 100 * DAY, trafficExpiresAt: start + 100 * DAY });
  t.like(row(catalogue, locked), { expiresAt: start + 50 * DAY, lockedUntil: start + 50 * DAY });
  t.is(catalogue.call(`call-${long}`)?.expiresAt, start + 20 * DAY);
  t.is(catalogue.call(`call-${otherPurpose}`)?.expiresAt, start + 100 * DAY);
});

test('calls that a purpose matched follow it, recorded or not; hours of waiting times the longest term of all', async (t) => {
  const { catalogue, clock } = testCatalogue();
  const start = Math.floor(clock.now() / 3600_000) * 3600_000;
  const facts = { caller: 'a', callee: 'b', direction: 'inbound', status: 200, recording: null, talkMs: 0 };
  const times = { startedAt: start, expiresAt: start + 100 * DAY };
  const as = { purpose: 'complaints', rule: 'r', notRecorded: 'disk_reserve' };
  catalogue.addCall({ ...facts, ...times, ...as, id: 'matched' });
  const waited = (queue: string, daysKept: number) =>
    catalogue.waits.add({ queue, at: start, ms: 1, answered: true, expiresAt: start + daysKept * DAY });
  waited('long', 100);
  waited('short', 5);
  await catalogue.shorten(policyOf({ trafficDays: 20 }), start);
  t.is(catalogue.call('matched')?.expiresAt, start + 20 * DAY);
  t.is(catalogue.expiredTraffic(start + 5 * DAY), 1);
  t.is(catalogue.expiredTraffic(start + 20 * DAY - 1), 1);
  t.is(catalogue.expiredTraffic(start + 20 * DAY), 3);
});

test('calls of recordings that are erased follow too; calls without purpose keep their seven days', async (t) => {
  const { catalogue, add, clock } = testCatalogue();
  const start = clock.now();
  const id = add({ keep: days(5, { trafficDays: 100 }) });
  catalogue.addCall({
    id: 'free',
    caller: 'a',
    callee: 'b',
    direction: 'internal',
    startedAt: start,
    talkMs: 0,
    status: 200,
    recording: null,
    notRecorded: 'no_rule',
    expiresAt: start + 7 * DAY,
  });
  catalogue.markErased([{ id, reason: 'expired' }], start + 6 * DAY, 1);
  await catalogue.shorten(policyOf({ trafficDays: 3 }), start);
  t.is(catalogue.call(`call-${id}`)?.expiresAt, start + 3 * DAY);
  t.is(catalogue.call('free')?.expiresAt, start + 7 * DAY);
});

test('the preview says what then happens: how many, how many at once, oldest, newest, and what is held', async (t) => {
  const { catalogue, add, clock } = testCatalogue();
  const keep = days(100);
  const start = clock.now();
  const first = add({ keep, durationMs: 1 });
  add({ keep });
  clock.advance(20 * DAY);
  const last = add({ keep });
  catalogue.holds.place({
    id: 'h',
    caseRef: 'c',
    reason: 'r',
    owner: 'o',
    reviewAt: clock.now() + DAY,
    by: 'dora',
    at: clock.now(),
    expiresAt: clock.now() + DAY,
    recordings: [first],
  });
  const policy = policyOf({ contentDays: 10, trafficDays: 100 });
  const preview = await previewRetention(catalogue, policy, clock.now());
  t.deepEqual(preview, [
    {
      purpose: 'complaints',
      recordings: { count: 3, atOnce: 1, held: 1, oldest: start, newest: clock.now() },
      calls: { count: 0, atOnce: 0, held: 0, oldest: null, newest: null },
    },
  ]);
  t.is(row(catalogue, last).expiresAt, clock.now() + 100 * DAY, 'looking changes nothing');
  await catalogue.shorten(policy, clock.now());
  t.is(catalogue.expired(clock.now(), 10).length, 1);
});

test('the terms of a policy are applied once, written down first, and once more when calls under the old one are over', async (t) => {
  const { catalogue, add, clock } = testCatalogue();
  const id = add({ keep: days(100) });
  const policy = policyOf({ contentDays: 10 });
  const inForce = { policy, hash: 'f'.repeat(64) };
  const events: unknown[] = [];
  const full: AppendShortening = () => {
    throw new Error('disk full');
  };
  await t.throwsAsync(applyRetention({ catalogue, append: full }, inForce, clock.now()), { message: 'disk full' });
  t.is(row(catalogue, id).expiresAt, clock.now() + 100 * DAY, 'what cannot be written down is not done');
  const parts = { catalogue, append: (event: unknown) => events.push(event) };
  t.like(await applyRetention(parts, inForce, clock.now()), [{ recordings: { count: 1 } }]);
  t.deepEqual(events, [
    {
      kind: 'retention_shortened',
      actor: 'purge',
      facts: { policyVersion: 1, purpose: 'complaints', recordings: 1, calls: 1 },
    },
  ]);
  t.is(await applyRetention(parts, inForce, clock.now()), null);
  const late = add({ keep: days(100) });
  clock.advance(11 * 60_000);
  t.not(await applyRetention(parts, inForce, clock.now()), null);
  t.is(row(catalogue, late).expiresAt, row(catalogue, late).startedAt + 10 * DAY);
  clock.advance(DAY);
  t.is(await applyRetention(parts, inForce, clock.now()), null);
  t.is(events.length, 2);
});

test('more rows than one step are all brought down, and doing it again changes nothing', async (t) => {
  const path = join(mkdtempSync(join(tmpdir(), 'shorten-')), 'catalogue.db');
  const at = Date.UTC(2026, 5, 1);
  generateCatalogue(path, { recordings: 5000, seed: 3, now: at + 1, calls: true });
  const raw = new Database(path);
  // Very many that began in one millisecond: a step ends between them.
  raw.exec(`UPDATE recordings SET started_at = ${at}, announced_at = ${at}; UPDATE calls SET started_at = ${at}`);
  const count = raw.prepare("SELECT count(*) FROM recordings WHERE purpose = 'complaints'").pluck().get() as number;
  raw.close();
  t.true(count > 2000);
  const catalogue = openCatalogue(path);
  const policy = policyOf({ contentDays: 3, trafficDays: 3 });
  t.like(await catalogue.shorten(policy, at), [{ recordings: { count }, calls: { count } }]);
  t.like(await catalogue.shorten(policy, at), [{ recordings: { count: 0 }, calls: { count: 0 } }]);
  t.is(catalogue.expired(at + 3 * DAY, 5000).length, count);
  t.is(catalogue.expiredTraffic(at + 3 * DAY), 2 * count);
});

test('a shortened row is never later than it was or than the policy says, and never before its lock', (t) => {
  const length = fc.integer({ min: 1, max: 3653 });
  fc.assert(
    fc.property(length, length, length, length, fc.option(length), (content, traffic, newContent, newTraffic, lock) => {
      const start = 1_000_000;
      const lockedUntil = lock === null || lock > content ? 0 : start + lock * DAY;
      const before = {
        startedAt: start,
        expiresAt: start + content * DAY,
        trafficExpiresAt: start + traffic * DAY,
        lockedUntil,
      };
      const after = shortened(before, { contentDays: newContent, trafficDays: newTraffic });
      t.true(after.expiresAt <= before.expiresAt && after.trafficExpiresAt <= before.trafficExpiresAt);
      t.true(after.expiresAt >= lockedUntil && after.expiresAt > start && after.trafficExpiresAt > start);
      t.true(after.expiresAt <= Math.max(lockedUntil, start + newContent * DAY));
      t.true(after.trafficExpiresAt <= start + newTraffic * DAY);
    }),
    { numRuns: 1000 },
  );
});
