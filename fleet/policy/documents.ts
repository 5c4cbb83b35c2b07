/** Policies that the fleet knows by their hash: a box tells nothing else of what it has. */
import type { Reported } from '@belkluis/shared/contract/reported';
import { envelopeSchema } from '@belkluis/shared/policy/dsse';
import { type Policy, policySchema } from '@belkluis/shared/policy/schema';
import { inScope, type Scope } from '../tenants/scope.ts';
import { MAX_DOCUMENT_BYTES, MAX_DOCUMENTS, ROWS_AT_ONCE } from './limits.ts';
import { chunks, type Db, type Parts, sha256, tryJson, within } from './parts.ts';
import { problem } from './problems.ts';
import { bodyOf } from './render.ts';

/** A policy that a box has, as the fleet knows it. */
export interface Known {
  readonly hash: string;
  /** Digest of what it says, without what each document has of its own: the same for all boxes of a rollout. */
  readonly body: string;
  /** Hash of the customer's own policy that it was made on; its own where it is the customer's. */
  readonly foundation: string;
}

export const bodyDigest = (policy: Policy): string =>
  sha256(JSON.stringify([bodyOf(policy), policy.recipients.payload]));

/** What was signed, and what it says. @throws Problem `document_invalid`. */
function opened(text: string): { readonly payload: Buffer; readonly policy: Policy } {
  if (Buffer.byteLength(text) > MAX_DOCUMENT_BYTES)
    throw problem('document_invalid', `it is longer than ${MAX_DOCUMENT_BYTES} bytes`);
  const envelope = envelopeSchema.safeParse(tryJson(text)).data;
  const payload = envelope && Buffer.from(envelope.payload, 'base64');
  const read = payload && policySchema.safeParse(tryJson(payload.toString('utf8')));
  if (!payload || !read?.success) {
    const issue = read?.error?.issues[0];
    throw problem('document_invalid', issue && `${issue.path.join('.')}: ${issue.message}`);
  }
  return { payload, policy: read.data };
}

/** Bytes that were signed under `hash`, read; null: they are others, so somebody has changed the database. */
function readAs(payload: Buffer, hash: string): Policy | null {
  if (sha256(payload) !== hash) return null;
  return policySchema.safeParse(tryJson(payload.toString('utf8'))).data ?? null;
}

/** What an envelope of the database says; null: it is not what was signed under `hash`. */
export function policyIn({ envelope, hash }: { readonly envelope: string; readonly hash: string }): Policy | null {
  const read = envelopeSchema.safeParse(tryJson(envelope)).data;
  return read ? readAs(Buffer.from(read.payload, 'base64'), hash) : null;
}

/** What the fleet knows of what these boxes have: by box. */
export async function knownOf(db: Db, msp: string, has: ReadonlyMap<string, string>): Promise<Map<string, Known>> {
  const found = new Map<string, Known>();
  const hashes = [...new Set(has.values())];
  const own = new Map<string, Known>();
  for (const some of chunks(hashes, ROWS_AT_ONCE)) {
    const rows = await db
      .selectFrom('policy_documents')
      .select(['hash', 'body'])
      .where('msp', '=', msp)
      .where('hash', 'in', some)
      .execute();
    for (const row of rows) own.set(row.hash, { ...row, foundation: row.hash });
  }
  for (const some of chunks([...has.keys()], ROWS_AT_ONCE)) {
    const rows = await db
      .selectFrom('policy_signed')
      .select(['box', 'hash', 'body', 'foundation'])
      .where('box', 'in', some)
      .execute();
    for (const { box, ...known } of rows) if (has.get(box) === known.hash) found.set(box, known);
  }
  for (const [box, hash] of has) {
    const document = own.get(hash);
    // One that was made here is known by what it was made on, also where somebody has brought it back.
    if (document && !found.has(box)) found.set(box, document);
  }
  return found;
}

/** Others may have the same, where one was changed. */
const LOOK_AT = 5;

/** A policy with this body; null: it is not kept any more, or was changed. */
export async function policyOfBody(db: Db, msp: string, body: string): Promise<Policy | null> {
  const documents = await db
    .selectFrom('policy_documents')
    .select(['document', 'hash'])
    .where('msp', '=', msp)
    .where('body', '=', body)
    .limit(LOOK_AT)
    .execute();
  const signed = await db
    .selectFrom('policy_signed')
    .select(['envelope', 'hash'])
    .where('msp', '=', msp)
    .where('body', '=', body)
    .limit(LOOK_AT)
    .execute();
  for (const { document, hash } of documents) {
    const policy = readAs(Buffer.from(document), hash);
    if (policy && bodyDigest(policy) === body) return policy;
  }
  for (const row of signed) {
    const policy = policyIn(row);
    if (policy && bodyDigest(policy) === body) return policy;
  }
  return null;
}

/** The customer's own policy of this hash; null: nobody has brought it. */
export async function customersPolicy(db: Db, msp: string, hash: string): Promise<Policy | null> {
  const row = await db
    .selectFrom('policy_documents')
    .select('document')
    .where('msp', '=', msp)
    .where('hash', '=', hash)
    .executeTakeFirst();
  return row ? readAs(Buffer.from(row.document), hash) : null;
}

/** Whether a box in scope says that it has the policy of this hash. */
async function isHad(db: Db, scope: Scope, hash: string): Promise<boolean> {
  const rows = await db
    .selectFrom('box_reported')
    .innerJoin('boxes', 'boxes.id', 'box_reported.box')
    .select('document')
    .where(inScope(scope, 'boxes'))
    .where('boxes.state', '=', 'active')
    .where('document', 'like', `%"${hash}"%`)
    .execute();
  return rows.some(({ document }) => {
    const { applied, pending } = (JSON.parse(document) as Reported).policy;
    return applied?.hash === hash || pending?.hash === hash;
  });
}

export function openDocuments({ database, clock, append }: Pick<Parts, 'database' | 'clock' | 'append'>) {
  return {
    /**
     * Somebody brings the policy that the customer has signed: the file `current.json` of a box, or what `belkluis policy sign` wrote. It counts for each box that
     * says that it has a policy of this hash, so a false one counts for none. Whose role covers a part brings what a box of that part has. Returns its hash.
     * @throws Problem `document_invalid`, `scope_too_small`, `documents_full`.
     */
    async bring(scope: Scope, text: string, actor: string): Promise<string> {
      const { payload, policy } = opened(text);
      const hash = sha256(payload);
      const { msp } = scope;
      await within(database, async (tx, whole) => {
        if (scope.within !== 'all' && !(await isHad(tx, scope, hash))) throw problem('scope_too_small');
        const of = tx.selectFrom('policy_documents').where('msp', '=', msp);
        if (await of.select('hash').where('hash', '=', hash).executeTakeFirst()) return;
        const { documents } = await of
          .select(({ fn }) => fn.countAll<number>().as('documents'))
          .executeTakeFirstOrThrow();
        if (Number(documents) >= MAX_DOCUMENTS) throw problem('documents_full');
        await append({ kind: 'policy_document_brought', actor, facts: { msp, hash } }, whole);
        const row = { msp, hash, body: bodyDigest(policy), document: payload.toString('utf8') };
        await tx
          .insertInto('policy_documents')
          .values({ ...row, brought_by: actor, brought_at: clock.now() })
          .execute();
      });
      return hash;
    },
  };
}
