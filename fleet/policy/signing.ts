/** What would change before anything is signed, and the signature: for one box or for all of an MSP. */
import { setImmediate as breath } from 'node:timers/promises';
import { z } from 'zod';
import { faultOf } from '../db/faults.ts';
import type { Scope } from '../tenants/scope.ts';
import { type Choice, chosen, type Judged, type Judgement, judgeAll, tokenOf } from './choose.ts';
import { bodyDigest } from './documents.ts';
import type { PolicyKeys } from './keys.ts';
import { AGREEMENT_WARN_MS, SHOWN_BOXES } from './limits.ts';
import { type Parts, sha256, view, within } from './parts.ts';
import { problem } from './problems.ts';
import { dealt, ONE_RING, type Ring, ringsSchema, START } from './rings.ts';
import { documentOf, signed } from './sign.ts';
import { putSigned } from './store-signed.ts';
import type { PolicyTables } from './tables.ts';

/** Boxes to which the same happens. */
export interface PreviewGroup extends Judgement {
  readonly boxes: number;
  /** The first of them, by id: SHOWN_BOXES at most. */
  readonly some: readonly {
    readonly box: string;
    readonly name: string;
    readonly customer: string;
    readonly site: string;
  }[];
  /** Of how many another policy waits for a person there: it is replaced, and the wait begins anew. */
  readonly replacesPending: number;
}

export interface Preview {
  /** Names what was looked at: `sign` takes it. */
  readonly token: string;
  readonly boxes: number;
  /** For how many boxes something would be signed. */
  readonly toSign: number;
  /** Those with most boxes first. */
  readonly groups: readonly PreviewGroup[];
  /** Customers whose processing agreement ends within two months: from then on nothing is sent. */
  readonly agreementsEnding: readonly { readonly customer: string; readonly until: number }[];
}

export interface SignInput {
  readonly choice: Choice;
  /** Of the preview that was looked at. */
  readonly token: string;
  /** What it is for, in a few words. */
  readonly title: string;
  /** Default: everybody at once (`ONE_RING`). */
  readonly rings?: readonly Ring[] | undefined;
  /** Boxes for which nothing can be signed are left out. Else they are a reason to sign nothing. */
  readonly leaveOut?: boolean | undefined;
}

export interface SignedRollout {
  readonly rollout: string;
  readonly boxes: number;
  readonly leftOut: number;
}

const titleSchema = z.string().trim().min(1).max(100);

/** Boxes of one turn: a signature takes a fraction of a millisecond, and others wait. */
const SIGN_AT_ONCE = 100;

function grouped(judged: readonly Judged[]): readonly PreviewGroup[] {
  const groups = new Map<string, { judgement: Judgement; boxes: Judged[] }>();
  for (const one of judged) {
    const key = sha256(JSON.stringify({ ...one.judgement, bytes: null }));
    const group = groups.get(key) ?? { judgement: one.judgement, boxes: [] };
    group.boxes.push(one);
    groups.set(key, group);
  }
  return [...groups.values()]
    .sort((one, other) => other.boxes.length - one.boxes.length)
    .map(({ judgement, boxes }) => ({
      ...judgement,
      boxes: boxes.length,
      some: boxes.slice(0, SHOWN_BOXES).map(({ box, name, customer, site }) => ({ box, name, customer, site })),
      replacesPending: boxes.filter(({ said }) => said?.policy.pending).length,
    }));
}

const isToSign = ({ judgement: { outcome } }: Judged): boolean => outcome !== 'same' && outcome !== 'cannot';

type Row = PolicyTables['policy_signed'];

export function openSigning(parts: Parts & { readonly keys: PolicyKeys }) {
  const { database, clock, newId, append, keys } = parts;
  const db = view(database);
  const judged = async (scope: Scope, choice: Choice) => judgeAll(db, scope, await chosen(db, scope, choice), parts);

  function mayNot(cannot: readonly Judged[]): Error {
    const [first] = cannot;
    const why = first!.judgement.cannot!;
    const all = cannot.every(({ judgement }) => judgement.cannot === why);
    if (all && (why === 'agreement_missing' || why === 'agreement_expired')) return problem(why);
    const detail = `${cannot.length} boxes; ${first!.name}: ${why}`;
    return why === 'too_large' && all
      ? problem('document_large', `${first!.judgement.bytes} bytes`)
      : problem('some_cannot', detail);
  }

  async function rowsFor(
    scope: Scope,
    targets: readonly Judged[],
    rollout: string,
    rings: readonly Ring[],
    actor: string,
  ) {
    const now = clock.now();
    const signers = await keys.signers(scope.msp, actor);
    const places = dealt(
      rings,
      targets.map(({ box, site, customer }) => ({ box, site, customer, lot: sha256(`${rollout} ${box}`) })),
    );
    const bodies = new Map<unknown, string>();
    const rows: Row[] = [];
    for (const [at, { box, said, signed: highest, next }] of targets.entries()) {
      if (at % SIGN_AT_ONCE === 0) await breath();
      const { applied, pending } = said!.policy;
      const version = Math.max(applied!.version, pending?.version ?? 0, highest) + 1;
      const document = documentOf(next!, { box, version, previous: applied!.hash, now });
      const body = bodies.get(next!.body) ?? bodyDigest(document);
      bodies.set(next!.body, body);
      const { hash, envelope, expiresAt } = signed(document, signers);
      rows.push({
        ...{ box, version, msp: scope.msp, hash, body, previous: applied!.hash, foundation: next!.foundation },
        ...{ rollout, ring: places.get(box)!, envelope: JSON.stringify(envelope), state: 'held', why: null },
        ...{
          signed_by: actor,
          signed_at: now,
          expires_at: expiresAt,
          claimed_at: null,
          sent_at: null,
          answered_at: null,
        },
      });
    }
    return rows;
  }

  return {
    /**
     * What signing for these boxes would change, field by field, and what each box will find of it: 5,000 boxes with the same change are one group.
     * @throws Problem `nothing_chosen`, `too_many_boxes`.
     */
    async preview(scope: Scope, choice: Choice): Promise<Preview> {
      const all = await judged(scope, choice);
      const soon = clock.now() + AGREEMENT_WARN_MS;
      const ending = new Map(
        all.flatMap(({ customer, agreement: { until } }) =>
          until !== null && until < soon ? [[customer, until]] : [],
        ),
      );
      return {
        token: tokenOf(all),
        boxes: all.length,
        toSign: all.filter(isToSign).length,
        groups: grouped(all),
        agreementsEnding: [...ending].map(([customer, until]) => ({ customer, until })),
      };
    },

    /**
     * Signs for these boxes what the preview showed, and begins the rollout: the process sends it, ring after ring. `actor`: the person who may 'sign policies'.
     * @throws Problem `preview_old`, `nothing_to_sign`, `some_cannot`, `agreement_missing`, `agreement_expired`, `document_large`, `rings_invalid`,
     * `signed_meanwhile`, `nothing_chosen`, `too_many_boxes`, `policy_key_elsewhere`.
     */
    async sign(
      scope: Scope,
      { choice, token, title, rings = ONE_RING, leaveOut = false }: SignInput,
      actor: string,
    ): Promise<SignedRollout> {
      const named = titleSchema.safeParse(title);
      if (!named.success) throw problem('rings_invalid', 'the title: give a few words, 100 characters at most');
      const read = ringsSchema.safeParse(rings);
      if (!read.success) {
        const [issue] = read.error.issues;
        throw problem('rings_invalid', `${issue?.path.join('.') || 'the rings'}: ${issue?.message}`);
      }
      const all = await judged(scope, choice);
      if (tokenOf(all) !== token) throw problem('preview_old');
      const cannot = all.filter(({ judgement }) => judgement.outcome === 'cannot');
      const targets = all.filter(isToSign);
      if (cannot.length > 0 && (!leaveOut || targets.length === 0)) throw mayNot(cannot);
      if (targets.length === 0) throw problem('nothing_to_sign');
      const id = newId();
      const rows = await rowsFor(scope, targets, id, read.data, actor);
      await within(database, async (tx, whole) => {
        const facts = { msp: scope.msp, rollout: id, boxes: rows.length };
        await append({ kind: 'policies_signed', actor, facts }, whole);
        await tx
          .insertInto('policy_rollouts')
          .values({
            ...{ id, msp: scope.msp, title: named.data, rings: JSON.stringify(read.data), state: START.state },
            ...{ ring: START.ring, opened_at: START.openedAt, halted: START.halted, forgiven: '[]', revision: 1 },
            ...{ created_by: actor, created_at: clock.now(), ended_at: null },
          })
          .execute();
        await putSigned(tx, rows, 'superseded');
      }).catch((error) => {
        throw faultOf(error) === 'duplicate' ? problem('signed_meanwhile') : error;
      });
      return { rollout: id, boxes: rows.length, leftOut: cannot.length };
    },
  };
}
