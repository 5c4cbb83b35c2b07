import { CODE_LIFETIME_MS, CONFIRM_LIFETIME_MS, LOCK_MS } from '@belkluis/shared/contract/enrolment/limits';
import test from 'ava';
import { both } from '../db/testing/databases.ts';
import type { TenantTables } from '../tenants/tables.ts';
import type { IssuedCertificate } from './ca.ts';
import type { ProvenBox } from './claim.ts';
import { DAY_MS, MAX_UNCLAIMED_PER_SOURCE } from './limits.ts';
import { openEnrolmentStore } from './store.ts';
import { migrations, placeTenants } from './testing/tenants.ts';

const NOW = Date.UTC(2026, 10, 26);
const proven = (box = 'a'): ProvenBox => ({ box: box.repeat(32), auditKey: `key of ${box}`, csr: 'MI' });
const claimOf = (id: string, site = 'site-1') => ({
  id,
  locator: `locator ${id}`,
  proofKey: 'ab',
  msp: 'msp-1',
  site,
  mspName: 'Noord',
  siteName: 'Visser',
  policyKey: 'p',
});
const certificate = (serial: string, keyHash = `key of ${serial}`): IssuedCertificate => ({
  chain: [],
  serial,
  keyHash,
  notBefore: NOW,
  notAfter: NOW + 90 * DAY_MS,
});

for (const database of both) {
  const openBoth = async (t: Parameters<typeof database.fresh>[0]) => {
    const { kysely } = await database.fresh(t, migrations);
    await placeTenants(kysely, { 'msp-1': ['site-1', 'site-2'], 'msp-2': [] });
    return { kysely, store: openEnrolmentStore(kysely) };
  };
  const open = async (t: Parameters<typeof database.fresh>[0]) => (await openBoth(t)).store;

  test(`${database.name}: a claim goes its way once, and ends what it gave`, async (t) => {
    const store = await open(t);
    t.true(await store.keepHello('locator 1', 'here', NOW));
    t.true(await store.helloSeen('locator 1', NOW));
    t.true(await store.addClaim(claimOf('1'), NOW));
    t.false(await store.helloSeen('locator 1', NOW), 'it is remembered no more');
    t.false(await store.addClaim({ ...claimOf('2'), locator: 'locator 1' }, NOW), 'somebody was first');
    t.like(await store.claimOf('locator 1'), { id: '1', state: 'typed', box: null, tries: null });
    t.true(await store.prove('1', proven(), NOW));
    t.like(await store.claim('1'), { state: 'proven', box: proven(), expiresAt: NOW + CONFIRM_LIFETIME_MS });
    const claim = (await store.claim('1'))!;
    t.true(await store.addFirst(claim, proven(), certificate('s1'), NOW));
    t.like(await store.claim('1'), { state: 'enrolled', proofKey: '' });
    t.deepEqual(await store.known('a'.repeat(32), NOW), { auditKey: 'key of a', site: 'site-1' });
    t.deepEqual(await store.known('a'.repeat(32), NOW + 90 * DAY_MS), { auditKey: 'key of a', site: null });
    t.false(await store.prove('1', proven('b'), NOW), 'and nobody else proves it now');
    t.true(
      await store.addFirst(claim, proven(), certificate('s1b', 'key of s1'), NOW),
      'confirmed again: the answer was lost',
    );
    t.is((await store.certificate('s1'))?.revokedAt, null, 'or was not: the box may have kept either');
    t.true(await store.addFirst(claim, proven(), certificate('s2'), NOW), 'another key');
    t.is((await store.certificate('s1'))?.revokedAt, NOW);
    t.is((await store.certificate('s2'))?.revokedAt, null);
    await store.addRenewed((await store.enrolled('a'.repeat(32)))!, { ...certificate('s4'), notBefore: NOW + 1 });
    t.is((await store.present('a'.repeat(32), 'key of s4'))?.serial, 's2');
    await store.revoke('a'.repeat(32), 'superseded', NOW, 's2');
    t.is((await store.certificate('s4'))?.revokedAt, null, 'one that has not arrived yet is newer');
    await store.revoke('a'.repeat(32), 'superseded', NOW, 's4');
    t.is((await store.certificate('s2'))?.revokedAt, NOW);
    await store.end('1', 'left', 'left', NOW + 1);
    t.is((await store.certificate('s4'))?.revokedAt, NOW + 1);
    t.false(await store.addFirst(claim, proven(), certificate('s3'), NOW), 'left is left');
    t.is(await store.certificate('s3'), null);
    t.deepEqual(
      (await store.revoked(NOW)).map(({ serial }) => serial),
      ['s1', 's1b', 's2', 's4'],
    );
    t.deepEqual(await store.revoked(NOW + 90 * DAY_MS), [], 'an expired certificate needs no list');
  });

  test(`${database.name}: an earlier claim that ends takes nothing from a later one of the same box`, async (t) => {
    const store = await open(t);
    for (const id of ['1', '2']) {
      await store.addClaim(claimOf(id, `site-${id}`), NOW);
      await store.prove(id, proven(), NOW);
      await store.addFirst((await store.claim(id))!, proven(), certificate(`s${id}`), NOW);
    }
    await store.end('1', 'left', 'left', NOW);
    t.is((await store.certificate('s2'))?.revokedAt, null);
    t.like(await store.enrolled('a'.repeat(32)), { claim: '2', site: 'site-2' });
  });

  test(`${database.name}: an MSP that goes takes its claims, boxes and certificates along`, async (t) => {
    const { kysely, store } = await openBoth(t);
    await store.addClaim(claimOf('1'), NOW);
    await store.prove('1', proven(), NOW);
    await store.addFirst((await store.claim('1'))!, proven(), certificate('s1'), NOW);
    await store.takeTypingTry('msp-1', NOW);
    await kysely.$extendTables<TenantTables>().deleteFrom('msps').where('id', '=', 'msp-1').execute();
    t.is(await store.claim('1'), null);
    t.is(await store.enrolled('a'.repeat(32)), null);
    t.is(await store.certificate('s1'), null);
  });

  test(`${database.name}: tries of many at once are five`, async (t) => {
    const store = await open(t);
    await store.addClaim(claimOf('1'), NOW);
    const proofs = await Promise.all(Array.from({ length: 12 }, () => store.takeProofTry('1', NOW)));
    t.is(proofs.filter((claim) => claim !== null).length, 5);
    t.truthy(await store.takeProofTry('1', NOW + LOCK_MS));
    const typed = await Promise.all(Array.from({ length: 12 }, () => store.takeTypingTry('msp-1', NOW)));
    t.is(typed.filter(Boolean).length, 5);
    t.true(await store.takeTypingTry('msp-2', NOW), 'another MSP’s are others');
    await store.forgetTypingTries('msp-1');
    t.true(await store.takeTypingTry('msp-1', NOW));
  });

  test(`${database.name}: one source fills its own share and no more, and all of it is gone after a day`, async (t) => {
    const store = await open(t);
    for (let at = 0; at < MAX_UNCLAIMED_PER_SOURCE; at++) t.true(await store.keepHello(`l${at}`, 'here', NOW));
    t.false(await store.keepHello('one more', 'here', NOW));
    t.true(await store.keepHello('l0', 'here', NOW), 'who is remembered stays');
    t.true(await store.keepHello('one more', 'there', NOW));
    t.false(await store.helloSeen('l0', NOW + CODE_LIFETIME_MS));
    t.true(await store.keepHello('later', 'here', NOW + CODE_LIFETIME_MS));
  });

  test(`${database.name}: what lapsed is erased, what is enrolled stays`, async (t) => {
    const store = await open(t);
    await store.keepHello('l', 'here', NOW);
    for (const id of ['1', '2', '3']) await store.addClaim(claimOf(id), NOW);
    await store.prove('2', proven('b'), NOW);
    await store.prove('3', proven('c'), NOW);
    await store.addFirst((await store.claim('3'))!, proven('c'), certificate('s'), NOW);
    await store.forget(NOW + CODE_LIFETIME_MS);
    t.deepEqual(
      (await store.claimsAt('site-1')).map(({ id }) => id),
      ['2', '3'],
    );
    await store.forget(NOW + CONFIRM_LIFETIME_MS);
    t.deepEqual(
      (await store.claimsAt('site-1')).map(({ id }) => id),
      ['3'],
    );
    t.truthy(await store.certificate('s'));
  });
}
