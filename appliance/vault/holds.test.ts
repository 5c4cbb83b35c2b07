import { TEST_CALL_PURPOSE } from '@belkluis/shared/policy/purpose';
import test from 'ava';
import Database from 'better-sqlite3';
import { MAX_HELD, MAX_REVIEW_MS, type NewHold, selectForHold } from './holds.ts';
import type { RestrictionGround } from './restrictions.ts';
import { DAY, days, newId, testCatalogue } from './testing/catalogue.ts';

function scene() {
  const world = testCatalogue();
  const { clock, catalogue } = world;
  const hold = (recordings: readonly string[], changes: Partial<NewHold> = {}): NewHold => ({
    id: newId(),
    caseRef: 'C-2026-17',
    reason: 'claim of a customer',
    owner: 'legal department',
    reviewAt: clock.now() + 90 * DAY,
    by: 'dora',
    at: clock.now(),
    expiresAt: clock.now() + 400 * DAY,
    recordings,
    ...changes,
  });
  const due = () => catalogue.expired(clock.now(), 100).map(({ id }) => id);
  return { ...world, hold, due };
}

test('a hold names its case, its owner, its reason and the day of its review', (t) => {
  const { catalogue, add, hold, clock } = scene();
  const id = add();
  for (const missing of [{ caseRef: ' ' }, { reason: '' }, { owner: '' }, { reason: 'x'.repeat(501) }])
    t.throws(() => catalogue.holds.place(hold([id], missing)), { code: 'hold_incomplete' });
  const past = [clock.now(), clock.now() - DAY, clock.now() + MAX_REVIEW_MS + 1, Number.NaN, null as unknown as number];
  for (const reviewAt of past) t.throws(() => catalogue.holds.place(hold([id], { reviewAt })), { code: 'hold_review' });
  t.deepEqual(catalogue.holds.list(), []);
  t.false(catalogue.holds.inForce(id));
});

test('a hold on everything is refused, however it is said', (t) => {
  const { catalogue, add, hold } = scene();
  t.throws(() => catalogue.holds.place(hold([])), { code: 'hold_on_all' });
  const all = Array.from({ length: 20 }, () => add());
  t.throws(() => catalogue.holds.place(hold(all)), { code: 'hold_on_all' });
  t.throws(() => catalogue.holds.place(hold([...all, ...all])), { code: 'hold_on_all' });
  t.throws(() => catalogue.holds.place(hold(Array.from({ length: MAX_HELD + 1 }, newId))), { code: 'hold_too_large' });
  for (const id of ['all', '*', '%', ''])
    t.throws(() => catalogue.holds.place(hold([id])), { code: 'recording_unknown' });
  t.deepEqual(catalogue.holds.list(), []);
  // The box's own test call is none that anybody could want.
  add({ purpose: TEST_CALL_PURPOSE });
  t.throws(() => catalogue.holds.place(hold(all)), { code: 'hold_on_all' });
  catalogue.holds.place(hold(all.slice(0, 19)));
  t.is(catalogue.holds.list()[0]?.recordings, 19);
});

test('what is not there, or is erased, cannot be held or restricted; and nothing of such a hold stays', (t) => {
  const { catalogue, add, hold, clock } = scene();
  const [kept, erased] = [add(), add()];
  catalogue.markErased([{ id: erased, reason: 'request' }], clock.now(), 1);
  const restrict = (recording: string) =>
    catalogue.restrictions.place({
      recording,
      ground: 'claims',
      reason: 'asked',
      at: clock.now(),
      by: 'dora',
      expiresAt: clock.now() + DAY,
    });
  t.throws(() => catalogue.holds.place(hold([kept, erased])), { code: 'recording_erased' });
  t.throws(() => catalogue.holds.place(hold([kept, newId()])), { code: 'recording_unknown' });
  t.throws(() => restrict(erased), { code: 'recording_erased' });
  t.throws(() => restrict(newId()), { code: 'recording_unknown' });
  t.false(catalogue.holds.inForce(kept));
  t.deepEqual(catalogue.holds.list(), []);
});

test('what the audit log does not take does not happen: no hold, no renewal, no lift, no restriction', (t) => {
  const { catalogue, add, hold, clock } = scene();
  const [id, other] = [add(), add()];
  const full = () => {
    throw new Error('disk full');
  };
  const failing = (act: () => void) => t.throws(act, { message: 'disk full' });
  const restriction = {
    recording: other,
    ground: 'claims',
    reason: 'asked',
    at: clock.now(),
    by: 'dora',
    expiresAt: clock.now() + DAY,
  } as const;
  const wanted = hold([id]);
  failing(() => catalogue.holds.place(wanted, full));
  t.false(catalogue.holds.inForce(id));
  catalogue.holds.place(wanted);
  failing(() => catalogue.holds.renew(wanted.id, clock.now() + DAY, full));
  failing(() => catalogue.holds.askLift(wanted.id, 'dora', clock.now(), 'settled', full));
  t.like(catalogue.holds.get(wanted.id), { reviewAt: wanted.reviewAt, liftAskedBy: null });
  catalogue.holds.askLift(wanted.id, 'dora', clock.now(), 'settled');
  failing(() => catalogue.holds.lift(wanted.id, 'carl', clock.now(), full));
  t.true(catalogue.holds.inForce(id));
  failing(() => catalogue.restrictions.place(restriction, full));
  t.is(catalogue.restrictions.of(other), null);
  catalogue.restrictions.place(restriction);
  failing(() => catalogue.restrictions.lift(other, full));
  t.not(catalogue.restrictions.of(other), null);
});

test('a party selects the recordings of a hold; one that says too little, or nobody, selects everything and is refused', (t) => {
  const { catalogue, add, clock } = scene();
  const first = add({ caller: '+31201234567' });
  clock.advance(DAY);
  const second = add({ caller: '020-1234567' });
  add({ caller: '+31612345678' });
  const select = (party: string, more: { from?: number; until?: number } = {}) =>
    selectForHold(catalogue, { party, ...more });
  t.deepEqual(select('020 123 4567'), [second, first]);
  t.deepEqual(select('020 123 4567', { until: clock.now() }), [first]);
  for (const party of ['', '+', '*', '3', '+31', '12', '99999999'])
    t.throws(() => select(party), { code: 'hold_on_all' }, party);
});

test('what is held neither expires, nor loses its parties, nor the record of its call, until two people have lifted it', (t) => {
  const { catalogue, add, hold, due, clock } = scene();
  const [held, free] = [add({ caller: '+31611111111' }), add({ caller: '+31622222222' })];
  const wanted = hold([held]);
  catalogue.holds.place(wanted);
  clock.advance(40 * DAY);
  t.deepEqual(due(), [free]);
  t.is(catalogue.expiredTraffic(clock.now()), 2);
  t.is(catalogue.eraseTraffic(clock.now()), 2);
  t.like(catalogue.get(held), { caller: '+31611111111' });
  t.like(catalogue.call(`call-${held}`), { caller: '+31611111111' });
  t.is(catalogue.call(`call-${free}`), null);
  t.deepEqual(
    catalogue.holds.of(held).map(({ id }) => id),
    [wanted.id],
  );

  t.throws(() => catalogue.holds.lift(wanted.id, 'carl', clock.now()), { code: 'lift_not_asked' });
  t.throws(() => catalogue.holds.askLift(wanted.id, 'dora', clock.now(), ' '), { code: 'hold_incomplete' });
  catalogue.holds.askLift(wanted.id, 'dora', clock.now(), 'the claim is settled');
  t.throws(() => catalogue.holds.lift(wanted.id, 'dora', clock.now()), { code: 'same_person' });
  t.deepEqual(due(), [free], 'asking lifts nothing');
  catalogue.holds.lift(wanted.id, 'carl', clock.now());
  t.deepEqual(due().sort(), [held, free].sort(), 'expiry counts again at once');
  t.is(catalogue.eraseTraffic(clock.now()), 2);
  t.like(catalogue.holds.get(wanted.id), { liftAskedBy: 'dora', liftedBy: 'carl', recordings: 1 });
  for (const again of [
    () => catalogue.holds.lift(wanted.id, 'eve', 1),
    () => catalogue.holds.askLift(wanted.id, 'eve', 1, 'r'),
  ])
    t.throws(again, { code: 'hold_lifted' });
});

test('not even the database takes one person for two', (t) => {
  const { catalogue, add, hold, path, clock } = scene();
  const wanted = hold([add()]);
  catalogue.holds.place(wanted);
  const raw = new Database(path);
  const lift = (by: string) =>
    raw.prepare('UPDATE holds SET lifted_at = 9, lifted_by = ? WHERE id = ?').run(by, wanted.id);
  t.throws(() => lift('dora'), { message: /CHECK/ }, 'nobody asked');
  catalogue.holds.askLift(wanted.id, 'dora', clock.now(), 'settled');
  t.throws(() => lift('dora'), { message: /CHECK/ });
  raw.close();
});

test('of two holds the second keeps what the first let go', (t) => {
  const { catalogue, add, hold, due, clock } = scene();
  const id = add();
  const [first, second] = [hold([id]), hold([id], { caseRef: 'C-2026-18' })];
  catalogue.holds.place(first);
  catalogue.holds.place(second);
  clock.advance(31 * DAY);
  catalogue.holds.askLift(first.id, 'dora', clock.now(), 'settled');
  catalogue.holds.lift(first.id, 'carl', clock.now());
  t.deepEqual(due(), []);
  t.deepEqual(
    catalogue.holds.of(id).map(({ caseRef }) => caseRef),
    ['C-2026-18'],
  );
});

test('a hold past its review stays in force and is overdue, until it is renewed', (t) => {
  const { catalogue, add, hold, due, clock } = scene();
  const wanted = hold([add()]);
  catalogue.holds.place(wanted);
  t.deepEqual(catalogue.holds.overdue(clock.now()), []);
  clock.advance(500 * DAY);
  catalogue.forgetEvidence(clock.now());
  t.deepEqual(due(), []);
  t.deepEqual(
    catalogue.holds.overdue(clock.now()).map(({ id }) => id),
    [wanted.id],
  );
  t.throws(() => catalogue.holds.renew(wanted.id, clock.now()), { code: 'hold_review' });
  t.throws(() => catalogue.holds.renew(newId(), clock.now() + DAY), { code: 'hold_unknown' });
  const reviewAt = clock.now() + 30 * DAY;
  catalogue.holds.renew(wanted.id, reviewAt);
  t.deepEqual(catalogue.holds.overdue(clock.now()), []);
  t.like(catalogue.holds.get(wanted.id), { reviewAt, expiresAt: wanted.expiresAt + reviewAt - wanted.reviewAt });
});

test('a restriction stops the purge until it is lifted, past its own day too', (t) => {
  const { catalogue, add, due, clock } = scene();
  const { restrictions } = catalogue;
  const id = add();
  const restriction = {
    recording: id,
    ground: 'accuracy',
    reason: 'says that it was not her',
    at: clock.now(),
    by: 'dora',
    expiresAt: clock.now() + 30 * DAY,
  } as const;
  t.throws(() => restrictions.place({ ...restriction, reason: '' }), { code: 'restriction_incomplete' });
  t.throws(() => restrictions.place({ ...restriction, ground: 'whim' as RestrictionGround }), { message: /CHECK/ });
  restrictions.place(restriction);
  t.throws(() => restrictions.place(restriction), { code: 'restricted_already' });
  t.deepEqual(restrictions.of(id), restriction);
  clock.advance(100 * DAY);
  t.deepEqual(due(), []);
  t.is(catalogue.eraseTraffic(clock.now()), 0);
  t.deepEqual(restrictions.list(), [restriction]);
  restrictions.lift(id);
  t.deepEqual(due(), [id]);
  t.is(restrictions.of(id), null);
  t.throws(() => restrictions.lift(id), { code: 'not_restricted' });
});

test('traffic and content leave on their own days: neither takes the other along', (t) => {
  const { catalogue, add, due, clock } = scene();
  const long = add({ keep: days(10, { trafficDays: 60 }) });
  const short = add({ keep: days(60, { trafficDays: 10 }) });
  clock.advance(11 * DAY);
  t.deepEqual(due(), [long]);
  catalogue.markErased([{ id: long, reason: 'expired' }], clock.now(), 1);
  catalogue.eraseTraffic(clock.now());
  t.like(catalogue.call(`call-${long}`), { caller: 'anna-0612345678' }, 'the content is gone, the call is known');
  t.is(catalogue.call(`call-${short}`), null);
  t.like(catalogue.get(short), { caller: null, erasedAt: null }, 'the call is forgotten, the content stays');
  clock.advance(50 * DAY);
  t.is(catalogue.eraseTraffic(clock.now()), 1);
});

test('evidence leaves when its own time is over, and never before it was certified', (t) => {
  const { catalogue, add, hold, clock } = scene();
  const [certified, waiting] = [
    add({ keep: days(10, { evidenceDays: 100 }) }),
    add({ keep: days(10, { evidenceDays: 100 }) }),
  ];
  const other = add({ keep: days(1000) });
  const ended = hold([other]);
  catalogue.holds.place(ended);
  catalogue.holds.askLift(ended.id, 'dora', clock.now(), 'settled');
  catalogue.holds.lift(ended.id, 'carl', clock.now());
  clock.advance(11 * DAY);
  const now = clock.now();
  catalogue.markErased(
    [certified, waiting].map((id) => ({ id, reason: 'expired' })),
    now,
    7,
  );
  catalogue.markErased([{ id: certified, reason: 'request' }], now + 5, 9);
  t.like(catalogue.get(certified), { eraseReason: 'expired', erasedAt: now }, 'an erasure is not written over');
  t.deepEqual(
    catalogue
      .uncertified(10)
      .map(({ id, erasedEpoch }) => [id, erasedEpoch])
      .sort(),
    [
      [certified, 7],
      [waiting, 7],
    ].sort(),
  );
  catalogue.certify([{ recording: certified, certificate: '{"c":1}', issuedAt: now, expiresAt: now + 89 * DAY }]);
  t.deepEqual(
    catalogue.uncertified(10).map(({ id }) => id),
    [waiting],
  );
  t.is(catalogue.certificate(certified), '{"c":1}');
  t.deepEqual(catalogue.certificates(10, 0), {
    certificates: [{ recording: certified, issuedAt: now, expiresAt: now + 89 * DAY }],
    total: 1,
  });
  const request = {
    id: 'q',
    kind: 'erasure',
    recording: certified,
    caseRef: null,
    receivedAt: now,
    actor: 'dora',
    outcome: 'done',
    ground: null,
    expiresAt: now + 50 * DAY,
  } as const;
  catalogue.requests.add(request);
  t.throws(
    () => catalogue.requests.add({ ...request, id: 'r', outcome: 'refused' }),
    { message: /CHECK/ },
    'a refusal has a ground',
  );
  t.deepEqual(catalogue.requests.of(certified), [request]);
  t.is(catalogue.forgetEvidence(clock.now()), 0);
  clock.advance(50 * DAY);
  t.is(catalogue.forgetEvidence(clock.now()), 1, 'the request');
  t.deepEqual(catalogue.requests.list(10, 0), []);
  clock.advance(39 * DAY);
  t.is(catalogue.forgetEvidence(clock.now()), 2, 'row and certificate');
  t.is(catalogue.get(certified), null);
  t.not(catalogue.get(waiting), null);
  clock.advance(301 * DAY);
  t.is(catalogue.forgetEvidence(clock.now()), 1, 'the hold that was lifted');
  t.deepEqual(catalogue.holds.recordings(ended.id), []);
});

test('nothing with personal data can be stored without an expiry', (t) => {
  const { path } = scene();
  const raw = new Database(path);
  const tables = raw.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all() as string[];
  // An index and lists that live by the rows that they belong to; counts without persons; what the box remembers.
  const impersonal = ['party_parts', 'held', 'movements', 'origins', 'consents', 'purpose_usage', 'vault_state'];
  for (const table of tables.filter((name) => !impersonal.includes(name))) {
    const columns = raw.pragma(`table_info(${table})`) as { name: string; notnull: number }[];
    const expiry = columns.filter(({ name }) => name.endsWith('expires_at'));
    t.true(expiry.length > 0 && expiry.every(({ notnull }) => notnull === 1), table);
  }
  raw.pragma('foreign_keys = ON');
  const alone = raw.prepare("INSERT INTO movements VALUES ('no call', 0, 1, 'carl', 'left')");
  t.throws(() => alone.run(), { message: /FOREIGN KEY/ });
  raw.close();
});

test('what is sealed is told in pages by id, and nothing that is erased or in progress', (t) => {
  const { catalogue, add, clock } = scene();
  const ids = [add(), add(), add(), add()].sort();
  add({ durationMs: null });
  catalogue.markErased([{ id: ids[1]!, reason: 'request' }], clock.now(), 1);
  const first = catalogue.eachContent('', 2);
  t.deepEqual(
    first.map(({ id }) => id),
    [ids[0], ids[2]],
  );
  t.deepEqual(catalogue.eachContent(first[1]!.id, 2), [{ id: ids[3]!, contentRoot: 'r', bytes: 1 }]);
});
