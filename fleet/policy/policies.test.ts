/** Levels, preview, signature, rollout and standing, on both databases, with boxes that answer. */

import { createPublicKey } from 'node:crypto';
import { Problem } from '@belkluis/shared/base/problem';
import { codeIn } from '@belkluis/shared/base/testing/code-of';
import { openEnvelope } from '@belkluis/shared/policy/dsse';
import { POLICY_TYPE, policySchema } from '@belkluis/shared/policy/schema';
import test from 'ava';
import { sql } from 'kysely';
import { both } from '../db/testing/databases.ts';
import { boxId } from '../inventory/testing/boxes.ts';
import type { LevelInput } from './content.ts';
import { ANSWER_WITHIN_MS, POLICY_LIFE_MS } from './limits.ts';
import { view } from './parts.ts';
import type { Ring } from './rings.ts';
import { hashOf, memoryKeys, migrations, payloadOf, policyWorld } from './testing/world.ts';

const DAY_MS = 86_400_000;

const holidays: LevelInput = { parts: { holidays: [{ date: '2026-12-25', name: 'Christmas' }] } };
const never = (id: string): LevelInput => ({ parts: { neverRecord: [{ id, why: 'private', extensions: ['20'] }] } });
const oneByOne: readonly Ring[] = [
  { name: 'first', who: { percent: 1 }, waitMs: 0, mayFail: { boxes: 0 } },
  { name: 'rest', who: 'rest', waitMs: 0, mayFail: { percent: 50 } },
];

for (const database of both) {
  const world = async (t: Parameters<typeof database.fresh>[0]) => {
    const { kysely } = await database.fresh(t, migrations);
    return { ...(await policyWorld(kysely)), db: view(kysely), kysely };
  };
  const name = (what: string) => `${database.name}: ${what}`;

  test(name('levels keep their versions; a lock holds below; who saw an older version changes nothing'), async (t) => {
    const { policies, a, b, told } = await world(t);
    const { levels } = policies;
    const msp = { kind: 'msp', of: a.scope.msp } as const;
    const customer = { kind: 'customer', of: a.customers[0] } as const;
    const site = { kind: 'site', of: a.sites[0] } as const;
    await levels.write(a.scope, msp, 0, { ...never('private'), locks: ['neverRecord.private'] }, 'anna');
    await levels.write(a.scope, msp, 1, { ...never('private'), locks: ['neverRecord'] }, 'bram');
    t.is(await codeIn(levels.write(a.scope, msp, 1, {}, 'anna')), 'level_changed');
    const locked = await t.throwsAsync(levels.write(a.scope, site, 0, never('lawyer'), 'carla'), {
      code: 'level_locked',
    });
    t.regex(locked!.message, /neverRecord\.lawyer, by the msp's level, version 2 of bram/);
    await levels.write(a.scope, customer, 0, holidays, 'carla');
    t.deepEqual(
      (await levels.chain(a.scope, site)).map(({ kind, version, by }) => [kind, version, by]),
      [
        ['msp', 2, 'bram'],
        ['customer', 1, 'carla'],
        ['site', 0, null],
      ],
    );
    t.deepEqual(
      (await levels.versions(a.scope, msp)).map(({ version, by }) => [version, by]),
      [
        [2, 'bram'],
        [1, 'anna'],
      ],
    );
    t.deepEqual((await levels.version(a.scope, msp, 1)).content.locks, ['neverRecord.private']);
    t.deepEqual(
      told.map(({ kind, actor, facts }) => [kind, actor, (facts as { version: number }).version]),
      [
        ['policy_level_written', 'anna', 1],
        ['policy_level_written', 'bram', 2],
        ['policy_level_written', 'carla', 1],
      ],
    );

    // What is another's is not there; who has a part reads what it inherits, and writes that part.
    for (const ref of [msp, customer, site]) {
      t.is(await codeIn(levels.chain(b.scope, ref)), 'level_unknown');
      t.is(await codeIn(levels.write(b.scope, ref, 0, {}, 'eve')), 'level_unknown');
    }
    const part = { msp: a.scope.msp, within: { customers: [], sites: [a.sites[0]] } } as const;
    t.is((await levels.chain(part, site)).length, 3);
    t.is((await levels.chain(part, customer)).length, 2);
    t.is(await codeIn(levels.write(part, msp, 2, {}, 'dirk')), 'scope_too_small');
    t.is(await codeIn(levels.write(part, customer, 1, {}, 'dirk')), 'level_unknown');
    t.is(await codeIn(levels.chain(part, { kind: 'customer', of: a.customers[1] })), 'level_unknown');
    await levels.write(part, site, 0, holidays, 'dirk');
  });

  test(
    name('a preview groups equal changes, says what each box will find, and why nothing can be signed'),
    async (t) => {
      const w = await world(t);
      const { policies, a, b, agreements } = w;
      const { preview, documents, levels } = policies;
      for (const at of [0, 1, 2, 3]) await w.addBox(`one-${at}`, a.sites[0]);
      await w.addBox('other', a.sites[1]);
      await w.addBox('third', a.sites[2]);
      await w.addBox('bare', a.sites[2], a.scope, null);
      await w.addBox('strange', a.sites[2], a.scope, 'e'.repeat(64));
      const before = await preview(a.scope, { sites: [a.sites[0]] });
      t.is(before.groups[0]!.cannot, 'unread', 'nobody has brought the customer’s policy');
      await documents.bring(a.scope, w.own.envelope, 'anna');
      t.is(await codeIn(documents.bring(a.scope, '{"payload":""}', 'anna')), 'document_invalid');
      await levels.write(a.scope, { kind: 'msp', of: a.scope.msp }, 0, holidays, 'anna');
      await levels.write(
        a.scope,
        { kind: 'site', of: a.sites[1] },
        0,
        { without: ['rules.all-internal'], ...never('x') },
        'anna',
      );
      agreements.set(a.sites[2], { state: 'expired', until: 1 });
      agreements.set(a.sites[0], { state: 'valid', until: w.clock.now() + 30 * DAY_MS });
      const { groups, toSign, boxes, agreementsEnding } = await preview(a.scope, { all: true });
      t.is(boxes, 8);
      t.is(toSign, 5);
      t.deepEqual(
        groups.map(({ boxes, outcome, cannot }) => [boxes, outcome, cannot]).sort(),
        [
          [1, 'at_once', null],
          [1, 'cannot', 'agreement_expired'],
          [1, 'cannot', 'policy_first_is_the_customers'],
          [1, 'cannot', 'unread'],
          [4, 'at_once', null],
        ].sort(),
      );
      t.deepEqual(groups[0]!.changes, [
        {
          path: ['holidays', '2026-12-25'],
          field: 'holidays',
          kind: 'entry',
          before: [],
          after: ['name Christmas'],
          direction: 'at_once',
        },
      ]);
      t.true(agreementsEnding.some(({ customer }) => customer === a.customers[0]));

      const direction = async (input: LevelInput, version: number) => {
        await levels.write(a.scope, { kind: 'site', of: a.sites[0] }, version, input, 'anna');
        const [group] = (await preview(a.scope, { sites: [a.sites[0]] })).groups;
        return [
          group!.outcome,
          group!.cannot,
          ...group!.changes.map(({ path, direction }) => `${path.join('.')} ${direction}`),
        ];
      };
      const rule = { id: 'all', purpose: 'complaints', direction: 'inbound', start: 'automatic' } as const;
      t.deepEqual(await direction({ parts: { rules: [rule] } }, 0), [
        ...['waits', null, 'holidays.2026-12-25 at_once', 'rules.all waits'],
      ]);
      const term = (contentDays: number): LevelInput => ({
        parts: { purposes: [{ id: 'complaints', retention: { contentDays } }] },
      });
      t.deepEqual(await direction(term(10), 1), [
        ...['cannot', 'policy_out_of_bounds', 'holidays.2026-12-25 at_once'],
        'purposes.complaints.retention.contentDays refused',
      ]);
      const large = Array.from({ length: 150 }, (_, at) => ({
        ...{ id: `n${at}`, why: 'private' as const },
        numbers: Array.from({ length: 15 }, (_, n) => `+3120${String(at * 100 + n).padStart(7, '0')}`),
      }));
      t.deepEqual((await direction({ parts: { neverRecord: large } }, 2)).slice(0, 2), ['cannot', 'too_large']);
      t.is(await codeIn(preview(b.scope, { boxes: [boxId('one-0')] })), 'nothing_chosen');
      t.is(await codeIn(preview(a.scope, {})), 'nothing_chosen');
    },
  );

  test(name('what was looked at is signed, sent ring after ring, and each answer is seen'), async (t) => {
    const w = await world(t);
    const { policies, a, b, own } = w;
    const { standing, rollouts, keys } = policies;
    const boxes = [];
    for (const at of [0, 1, 2, 3, 4]) boxes.push(await w.addBox(`box-${at}`, a.sites[0]));
    await policies.documents.bring(a.scope, own.envelope, 'anna');
    t.is(await codeIn(w.signAll()), 'nothing_to_sign');
    const { token } = await policies.preview(a.scope, { all: true });
    await policies.levels.write(a.scope, { kind: 'msp', of: a.scope.msp }, 0, holidays, 'anna');
    t.is(await codeIn(policies.sign(a.scope, { choice: { all: true }, token, title: 'x' }, 'sara')), 'preview_old');
    t.is(await codeIn(w.signAll(a.scope, { rings: [] })), 'rings_invalid');
    const { rollout, boxes: count } = await w.signAll(a.scope, { rings: oneByOne });
    t.is(count, 5);
    t.is(w.retained.size, 0, 'a signature sends nothing by itself');
    await w.step();
    t.is(w.retained.size, 1, 'the first ring has one box');
    await w.step();
    t.is(w.retained.size, 1, 'nothing more before it has answered');
    const [first] = [...w.retained.keys()];

    const envelope = w.retained.get(first!)!;
    const key = createPublicKey({
      key: Buffer.from(await keys.pinned(a.scope.msp, 'anna'), 'base64'),
      format: 'der',
      type: 'spki',
    });
    const opened = openEnvelope(envelope, POLICY_TYPE, [key]);
    const policy = policySchema.parse(JSON.parse(opened!.payload.toString('utf8')));
    t.like(policy, { audience: [first], version: 2, previousHash: own.hash, recipients: own.policy.recipients });
    t.is(Date.parse(policy.expiresAt) - Date.parse(policy.issuedAt), POLICY_LIFE_MS);
    t.deepEqual(policy.holidays, [{ date: '2026-12-25', name: 'Christmas' }]);
    t.deepEqual(await policies.engine.wanted(first!), { version: 2, policy: envelope });

    await w.applies(first!);
    await w.step();
    await w.step();
    t.is(w.retained.size, 5);
    const others = boxes.filter((box) => box !== first);
    await w.applies(others[0]!);
    const pending = w.retained.get(others[1]!)!;
    await w.says(others[1]!, {
      applied: { version: 1, hash: own.hash },
      pending: {
        ...{ version: 2, hash: hashOf(pending), weakens: ['rules'], destroys: [], approved: false },
        ...{ waitsUntil: null, expiresAt: w.clock.now() + DAY_MS },
      },
    });
    await w.refuses(others[2]!);
    t.deepEqual((await standing.counts(a.scope)).counts, {
      ...{ applied: 2, pending: 1, rejected: 1, waiting: 1, altered: 0, failed: 0, drift: 0, none: 0 },
    });
    t.deepEqual((await standing.counts(b.scope)).counts.applied, 0);
    const { rows } = await standing.boxes(a.scope, { state: 'rejected' });
    t.like(rows, [{ box: others[2]!, version: 2, why: 'policy_against_law' }]);
    t.true((await standing.counts(a.scope)).oldest.rejected !== null);
    t.like(await rollouts.one(a.scope, rollout), {
      ...{ state: 'running', ring: 1, title: 'Holidays', by: 'sara' },
      counts: { applied: 2, pending: 1, rejected: 1, sent: 1 },
    });
    t.is(await codeIn(rollouts.one(b.scope, rollout)), 'rollout_unknown');
    await w.applies(others[3]!);
    await w.step();
    t.is((await rollouts.one(a.scope, rollout)).state, 'done');
    const kinds = w.told.map(({ kind }) => kind);
    t.is(kinds.filter((kind) => kind === 'box_policy').length, 5);
    t.true(kinds.includes('rollout_done'));

    // Side by side.
    const box = await standing.box(a.scope, others[1]!);
    t.like(box, {
      state: 'pending',
      desired: { version: 2 },
      reported: { pending: { weakens: ['rules'] } },
    });
    t.deepEqual(
      box.changes!.map(({ path }) => path.join('.')),
      ['holidays.2026-12-25'],
    );
    t.is(await codeIn(standing.box(b.scope, others[1]!)), 'box_unknown');
    // What it refuses is not what was signed here.
    await w.says(others[3]!, {
      applied: { version: 2, hash: hashOf(w.retained.get(others[3]!)!) },
      rejected: { version: 3, hash: 'c'.repeat(64), why: 'policy_untrusted' },
    });
    t.like(await standing.box(a.scope, others[3]!), { state: 'altered', why: 'policy_untrusted' });
    // It has another one than it was sent, and had.
    await w.says(first!, { applied: { version: 9, hash: 'd'.repeat(64) } });
    t.like(await standing.box(a.scope, first!), { state: 'drift', inForce: null });
  });

  test(
    name('refusals halt it; a person goes on, tries again, or cancels, and nobody gets anything after that'),
    async (t) => {
      const w = await world(t);
      const { policies, a, own } = w;
      const { rollouts, standing, engine } = policies;
      for (const at of [0, 1, 2, 3]) await w.addBox(`box-${at}`, a.sites[0]);
      await policies.documents.bring(a.scope, own.envelope, 'anna');
      await policies.levels.write(a.scope, { kind: 'msp', of: a.scope.msp }, 0, holidays, 'anna');
      const { rollout } = await w.signAll(a.scope, { rings: oneByOne });
      await w.step();
      const [first] = [...w.retained.keys()] as [string];
      await w.refuses(first);
      await w.step();
      t.like(await rollouts.one(a.scope, rollout), { state: 'halted', halted: 'failures', ring: 0 });
      await w.step();
      t.is(w.retained.size, 1);
      t.is(await codeIn(rollouts.halt(a.scope, rollout, 'sara')), 'rollout_over');

      await rollouts.retry(a.scope, rollout, 'sara');
      await w.step();
      t.is(payloadOf(w.retained.get(first)!).version, 3, 'signed anew, with a higher version');
      await w.refuses(first);
      await w.step();
      await rollouts.resume(a.scope, rollout, 'sara');
      await w.step();
      await w.step();
      t.is(w.retained.size, 4, 'it goes on after what is known');
      const others = [...w.retained.keys()].filter((box) => box !== first);
      await w.applies(others[0]!);
      await rollouts.cancel(a.scope, rollout, 'sara');
      const part = { msp: a.scope.msp, within: { customers: [], sites: [a.sites[1]] } } as const;
      t.is(await codeIn(rollouts.cancel(part, rollout, 'sara')), 'rollout_unknown');
      await w.step();
      t.deepEqual([...w.retained.keys()].sort(), [first, others[0]!].sort(), 'what was not answered is taken back');
      t.is(await engine.wanted(others[1]!), null);
      const { length } = w.sends;
      await w.step();
      t.is(w.sends.length, length);
      t.is((await standing.counts(a.scope)).counts.none, 2);
      t.is(await codeIn(rollouts.resume(a.scope, rollout, 'sara')), 'rollout_over');
      t.deepEqual(
        w.told.filter(({ kind }) => kind.startsWith('rollout')).map(({ kind }) => kind),
        ['rollout_halted', 'rollout_retried', 'rollout_halted', 'rollout_resumed', 'rollout_cancelled'],
      );
    },
  );

  test(
    name('a process that dies in the middle, and two at once: each box gets its policy, and the same one'),
    async (t) => {
      const w = await world(t);
      const { policies, a } = w;
      for (let at = 0; at < 12; at++) await w.addBox(`box-${at}`, a.sites[at % 2]!);
      await policies.documents.bring(a.scope, w.own.envelope, 'anna');
      await policies.levels.write(a.scope, { kind: 'msp', of: a.scope.msp }, 0, holidays, 'anna');
      await w.signAll();
      let left = 5;
      const dies = policies.engine.step(async (box, policy) => {
        // Nothing of the batch goes out after that.
        if (left-- <= 0) throw new Error('killed');
        await w.send(box, policy);
      });
      await t.throwsAsync(dies, { message: 'killed' });
      t.is(w.retained.size, 5);
      const first = new Map(w.retained);
      w.clock.advance(60_000);
      const other = w.open().engine;
      await Promise.all([w.step(), other.step(w.send)]);
      t.is(w.retained.size, 12);
      for (const [box, policy] of first) t.deepEqual(w.retained.get(box), policy);
      t.is(w.sends.length, 17, 'the five again, the seven once');
      // A report that nobody looked at, because its process died, is found.
      const box = boxId('box-3');
      const applied = { version: 2, hash: hashOf(w.retained.get(box)!) };
      await w.reports('box-3', { applied });
      t.is((await policies.standing.counts(a.scope)).counts.applied, 0);
      await other.sweep();
      t.is((await policies.standing.counts(a.scope)).counts.applied, 1);
      t.false(await other.sweep());
    },
  );

  test(
    name('without an agreement nothing is signed, sent or signed anew; without an answer a box has failed'),
    async (t) => {
      const w = await world(t);
      const { policies, a, agreements } = w;
      const { engine } = policies;
      const box = await w.addBox('one', a.sites[0]);
      await w.addBox('two', a.sites[2]);
      await policies.documents.bring(a.scope, w.own.envelope, 'anna');
      await policies.levels.write(a.scope, { kind: 'msp', of: a.scope.msp }, 0, holidays, 'anna');
      agreements.set(a.sites[0], { state: 'missing', until: null });
      t.is(await codeIn(w.signAll()), 'agreement_missing');
      agreements.set(a.sites[0], { state: 'expired', until: 1 });
      t.is(await codeIn(w.signAll()), 'agreement_expired');
      t.like(await w.signAll(a.scope, { leaveOut: true }), { boxes: 1, leftOut: 1 });
      agreements.delete(a.sites[0]);
      await w.signAll();
      agreements.set(a.sites[0], { state: 'expired', until: 1 });
      await w.step();
      t.false(w.retained.has(box));
      t.like(await policies.standing.box(a.scope, box), { state: 'failed', why: 'agreement_expired' });
      t.is(await engine.wanted(box), null);
      const other = boxId('two');
      w.clock.advance(ANSWER_WITHIN_MS + 1000);
      await w.step();
      t.like(await policies.standing.box(a.scope, other), { state: 'failed', why: 'no_answer' });
      t.truthy(await engine.wanted(other), 'it gets it whenever it comes');
      await w.applies(other);
      t.like(await policies.standing.box(a.scope, other), { state: 'applied', why: null });
    },
  );

  test(name('before it expires it is signed anew, by itself; and to follow what the box got meanwhile'), async (t) => {
    const w = await world(t);
    const { policies, a, kysely, db } = w;
    const box = await w.addBox('one', a.sites[0]);
    await policies.documents.bring(a.scope, w.own.envelope, 'anna');
    const msp = { kind: 'msp', of: a.scope.msp } as const;
    await policies.levels.write(a.scope, msp, 0, holidays, 'anna');
    await w.signAll();
    await w.step();
    await w.applies(box);
    const before = w.retained.get(box)!;
    await w.renew();
    await w.step();
    t.is(w.retained.get(box), before, 'not yet');
    w.clock.advance(24 * DAY_MS);
    await w.renew();
    await w.step();
    const after = payloadOf(w.retained.get(box)!);
    t.like(after, { version: 3, previousHash: hashOf(before), holidays: payloadOf(before).holidays });
    t.true(Date.parse(after.expiresAt) > w.clock.now() + 29 * DAY_MS);
    await w.applies(box);
    // Signed while the box had not told that it has the last one: refused, and signed anew to follow it.
    await policies.levels.write(a.scope, msp, 1, never('private'), 'anna');
    await w.signAll();
    await kysely.transaction().execute(async (tx) => {
      await sql`UPDATE policy_signed SET previous = ${w.own.hash} WHERE version = 4`.execute(tx);
    });
    await w.step();
    const third = w.retained.get(box)!;
    await w.refuses(
      box,
      'policy_out_of_order',
      hashOf({ payload: Buffer.from(JSON.stringify(after)).toString('base64') }),
    );
    await w.renew();
    await w.step();
    t.like(payloadOf(w.retained.get(box)!), { version: 5, neverRecord: payloadOf(third).neverRecord });
    await w.applies(box);
    t.is((await policies.standing.box(a.scope, box)).state, 'applied');
    await w.renew();
    await w.step();
    t.is(payloadOf(w.retained.get(box)!).version, 5);

    // Who can write to the database gets nothing signed by that.
    const [{ envelope }] = (await db
      .selectFrom('policy_signed')
      .select('envelope')
      .where('version', '=', 5)
      .execute()) as [{ envelope: string }];
    const forged = { ...JSON.parse(envelope), payload: Buffer.from('{"audience":["*"]}').toString('base64') };
    const plant = (text: string) =>
      db.updateTable('policy_signed').set({ envelope: text }).where('version', '=', 5).execute();
    await plant(JSON.stringify(forged));
    w.clock.advance(24 * DAY_MS);
    await w.renew();
    await w.step();
    t.is(payloadOf(w.retained.get(box)!).version, 5);
    await plant(envelope);

    // Another ten: the oldest leave, what is in force stays known.
    for (let at = 0; at < 8; at++) {
      w.clock.advance(24 * DAY_MS);
      await w.renew();
      await w.step();
    }
    await policies.engine.forget();
    const kept = await db.selectFrom('policy_signed').select(['version', 'state']).orderBy('version').execute();
    t.is(kept[0]!.version, 5, 'what is in force');
    t.is(kept.length, 7);
    t.truthy((await policies.standing.box(a.scope, box)).inForce);
  });

  test(
    name('each MSP has a key of its own, made once; after a rotation both sign until the former is retired'),
    async (t) => {
      const w = await world(t);
      const { policies, a, b } = w;
      const other = w.open();
      const [one, two] = await Promise.all([
        policies.keys.pinned(a.scope.msp, 'anna'),
        other.keys.pinned(a.scope.msp, 'bram'),
      ]);
      t.is(one, two, 'two processes that begin at once');
      t.not(await policies.keys.pinned(b.scope.msp, 'carla'), one);
      const next = await policies.keys.rotate(a.scope, 'anna');
      t.not(next, one);
      t.is(await other.keys.pinned(a.scope.msp, 'bram'), next);
      t.is((await other.keys.signers(a.scope.msp, 'bram')).length, 2);
      await policies.keys.retireFormer(a.scope, 'anna');
      t.is((await other.keys.signers(a.scope.msp, 'bram')).length, 1);
      t.deepEqual(
        (await policies.keys.list(a.scope)).map(({ publicKey }) => publicKey),
        [next],
      );
      const part = { msp: a.scope.msp, within: { customers: [a.customers[0]], sites: [] } } as const;
      t.is(await codeIn(policies.keys.rotate(part, 'anna')), 'scope_too_small');
      const elsewhere = w.open(memoryKeys());
      t.is(await codeIn(elsewhere.keys.signers(a.scope.msp, 'anna')), 'policy_key_elsewhere');
    },
  );
}
