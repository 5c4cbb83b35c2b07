/** Enrolment and inventory as one: at the broker's door, and when a box leaves. */
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import type { AnyTables } from './db/open.ts';
import { both } from './db/testing/databases.ts';
import type { Enrolment } from './enrolment/enrolment.ts';
import { openEnrolmentStore } from './enrolment/store.ts';
import { boxesOfTwo, boxId } from './inventory/testing/boxes.ts';
import { joinBoxes } from './join-boxes.ts';
import { migrations } from './migrations.ts';
import { openOperator } from './tenants/operator.ts';

const box = boxId('one');

async function world(database: AnyTables) {
  const two = await boxesOfTwo(database);
  const clock = new ManualClock();
  const store = openEnrolmentStore(database);
  const operator = openOperator({ database });
  let claims = 0;
  /** By what the store knows; the room's own rules have their own tests. */
  const enrolment = {
    boxOf: (id: string) => store.enrolled(id),
    async admit(id: string, serial: string) {
      const certificate = await store.certificate(serial);
      if (certificate?.box !== id) return 'certificate_unknown';
      return certificate.revokedAt === null ? null : 'certificate_revoked';
    },
    revoke: (id: string) => store.revoke(id, 'removed', clock.now()),
    async hear() {
      await store.end(`claim ${claims}`, 'left', 'left', clock.now());
      return [{ at: 'end' }, { kind: 'done' }];
    },
  } as unknown as Enrolment;
  const joined = joinBoxes({ ...two, operator, enrolment, enrolmentStore: store }, clock);
  /** A person at the box has confirmed. Its certificate. */
  async function enrolled(msp: string, site: string): Promise<string> {
    clock.advance(1000);
    const id = `claim ${++claims}`;
    const names = { mspName: 'M', siteName: 'S', policyKey: 'k' };
    const now = clock.now();
    await store.addClaim({ id, locator: id, proofKey: 'p', msp, site, ...names }, now);
    const proven = { box, auditKey: 'a', csr: 'MI' };
    await store.prove(id, proven, now);
    const serial = `s${claims}`;
    const issued = { chain: [], serial, keyHash: serial, notBefore: now, notAfter: now + 86_400_000 };
    await store.addFirst((await store.claim(id))!, proven, issued, now);
    return serial;
  }
  const leave = () =>
    joined.hears.hear(
      { at: 'begin' },
      { path: 'act', message: { v: 1, act: 'leave', box, claim: `claim ${claims}`, signature: '' } },
      Buffer.alloc(32),
      'here',
    );
  return { ...two, joined, enrolled, leave };
}

for (const database of both) {
  test(`${database.name}: a box is in the inventory from its first connection on, and stays what it was called`, async (t) => {
    const { joined, enrolled, identities, boxes, a } = await world((await database.fresh(t, migrations)).kysely);
    t.false(await joined.admit(box, 's1'), 'nobody issued this');
    const serial = await enrolled(a.scope.msp, a.sites[0]);
    t.is(await identities.place(box), null);
    t.true(await joined.admit(box, serial));
    t.like(await identities.place(box), { state: 'active', site: a.sites[0] });
    await boxes.rename(a.scope, box, 'Reception', 'anna');
    t.true(await joined.admit(box, serial));
    t.is((await boxes.get(a.scope, box)).name, 'Reception');
  });

  test(`${database.name}: revoked it is out, whoever asks; claimed anew it is in again, and nothing is left of before`, async (t) => {
    const { joined, enrolled, identities, a } = await world((await database.fresh(t, migrations)).kysely);
    const serial = await enrolled(a.scope.msp, a.sites[0]);
    await joined.admit(box, serial);
    await joined.revoke(box, 'anna');
    t.false(await joined.admit(box, serial));
    t.is((await identities.place(box))?.state, 'revoked');
    t.true(await joined.admit(box, await enrolled(a.scope.msp, a.sites[1])));
    t.like(await identities.place(box), { state: 'active', site: a.sites[1] });
  });

  test(`${database.name}: a broker that does not tell by which certificate: who has a good one is in, once, and who was revoked is out`, async (t) => {
    const { joined, enrolled, identities, events, a } = await world((await database.fresh(t, migrations)).kysely);
    t.false(await joined.welcome(box), 'nobody enrolled it');
    await enrolled(a.scope.msp, a.sites[0]);
    t.deepEqual(await Promise.all([joined.welcome(box), joined.welcome(box)]), [true, true], 'two processes at once');
    t.like(await identities.place(box), { state: 'active', site: a.sites[0] });
    // What a transaction said that was tried again stands here twice; in the log it does not.
    t.is(new Set(events.filter(({ kind }) => kind === 'box_added').map(({ of }) => of)).size, 1);
    await joined.revoke(box, 'anna');
    t.false(await joined.welcome(box));
    await enrolled(a.scope.msp, a.sites[1]);
    t.true(await joined.welcome(box));
    t.like(await identities.place(box), { state: 'active', site: a.sites[1] });
  });

  test(`${database.name}: a box that leaves leaves the inventory, and may go to another MSP`, async (t) => {
    const { joined, enrolled, leave, identities, boxes, a, b } = await world(
      (await database.fresh(t, migrations)).kysely,
    );
    await joined.admit(box, await enrolled(a.scope.msp, a.sites[0]));
    await leave();
    t.is((await identities.place(box))?.state, 'revoked');
    t.true(await joined.admit(box, await enrolled(b.scope.msp, b.sites[0])));
    t.like(await identities.place(box), { state: 'active', msp: b.scope.msp });
    await t.throwsAsync(boxes.get(a.scope, box), { code: 'box_unknown' });
  });
}
