/** Customers' own policies: who may bring which, and how much. */

import { Problem } from '@belkluis/shared/base/problem';
import { codeIn } from '@belkluis/shared/base/testing/code-of';
import test from 'ava';
import { sql } from 'kysely';
import { both } from '../db/testing/databases.ts';
import { MAX_DOCUMENT_BYTES, MAX_DOCUMENTS } from './limits.ts';
import { customersOwn, migrations, policyWorld } from './testing/world.ts';

for (const database of both) {
  test(`${database.name}: whose role covers a part brings what a box of that part has, and nothing else`, async (t) => {
    const { kysely } = await database.fresh(t, migrations);
    const { policies, a, b, own, addBox, says, told } = await policyWorld(kysely);
    const bring = (scope: typeof a.scope, text = own.envelope) => codeIn(policies.documents.bring(scope, text, 'anna'));
    const part = (site: string) => ({ msp: a.scope.msp, within: { customers: [], sites: [site] } });
    await addBox('there', a.sites[0]);
    await addBox('theirs', b.sites[0], b.scope);
    const box = await addBox('here', a.sites[1], a.scope, null);
    t.is(await bring(part(a.sites[1])), 'scope_too_small');
    t.is(await bring({ msp: b.scope.msp, within: { customers: [], sites: [a.sites[0]] } }), 'scope_too_small');
    t.is(await bring(part(a.sites[0])), 'none');
    t.is(await bring(part(a.sites[1])), 'scope_too_small', 'nor what somebody else has brought');
    // What a box refused it does not have.
    const next = customersOwn((policy) => ({ ...policy, version: 2 }));
    await says(box, { applied: null, rejected: { version: 2, hash: next.hash, why: 'policy_untrusted' } });
    t.is(await bring(part(a.sites[1]), next.envelope), 'scope_too_small');
    await says(box, { applied: { version: 2, hash: next.hash } });
    t.is(await bring(part(a.sites[1]), next.envelope), 'none');
    t.is(await bring(b.scope), 'none', 'all of an MSP: also before a box has it');
    t.is(told.filter(({ kind }) => kind === 'policy_document_brought').length, 3);
  });

  test(`${database.name}: what is too long is not read, and an MSP brings so many`, async (t) => {
    const { kysely } = await database.fresh(t, migrations);
    const { policies, a, b, own } = await policyWorld(kysely);
    const bring = (scope: typeof a.scope, text: string) => codeIn(policies.documents.bring(scope, text, 'anna'));
    t.is(await bring(a.scope, own.envelope.padEnd(MAX_DOCUMENT_BYTES + 1)), 'document_invalid');
    t.is(await bring(a.scope, own.envelope.padEnd(MAX_DOCUMENT_BYTES)), 'none');
    await sql`INSERT INTO policy_documents (msp, hash, body, document, brought_by, brought_at)
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${MAX_DOCUMENTS - 1})
      SELECT CAST(${a.scope.msp} AS text), CAST(i AS text), '', '', '', 1 FROM n`.execute(kysely);
    const next = customersOwn((policy) => ({ ...policy, version: 2 }));
    t.is(await bring(a.scope, next.envelope), 'documents_full');
    t.is(await bring(a.scope, own.envelope), 'none', 'what is there is there');
    t.is(await bring(b.scope, next.envelope), 'none');
  });
}
