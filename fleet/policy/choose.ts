/** Boxes that somebody chose, and what each would get: one judgement for all that have the same before and after. */
import { setImmediate as breath } from 'node:timers/promises';
import { MAX_POLICY_BYTES } from '@belkluis/shared/contract/limits';
import type { Reported } from '@belkluis/shared/contract/reported';
import { outOfBounds } from '@belkluis/shared/policy/changes/bounds';
import { changesOf, type PolicyChange } from '@belkluis/shared/policy/changes/classify';
import type { Policy } from '@belkluis/shared/policy/schema';
import { inScope, type Scope } from '../tenants/scope.ts';
import type { PolicyBody } from './content.ts';
import { customersPolicy, type Known, knownOf, policyOfBody } from './documents.ts';
import { type Level, layersOf, levelOf, readLevels, refsTo } from './levels.ts';
import { MAX_BOXES, ROWS_AT_ONCE } from './limits.ts';
import { type Agreement, agreementsOnce, chunks, type Db, type Parts, sha256 } from './parts.ts';
import { problem } from './problems.ts';
import { type Fault, recipientsOf, render } from './render.ts';
import { documentOf } from './sign.ts';

/** Which boxes: those that any of these names. Of those in scope, active ones alone. */
export interface Choice {
  readonly all?: boolean | undefined;
  readonly customers?: readonly string[] | undefined;
  readonly sites?: readonly string[] | undefined;
  readonly boxes?: readonly string[] | undefined;
}

/** What the box will find of a change: in force at once; waits for the local person; waits a week; refused. */
export type Direction = 'at_once' | 'waits' | 'delayed' | 'refused';

export interface ShownChange {
  /** Names from the top, entries by what they are known by. */
  readonly path: readonly string[];
  /** The same without entries: `texts` and `shared/policy/changes/table.ts` know it. */
  readonly field: string;
  readonly kind: 'value' | 'entry' | 'order';
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly direction: Direction;
}

/**
 * Why nothing can be signed for a box. `unheard`: it has not told anything yet. `policy_first_is_the_customers`: it has no policy, and the first is signed by
 * the customer. `unread`: it has one that nobody has brought. `form_unread`: its software reads another form. `faults`: levels do not make a whole policy.
 */
export type Cannot =
  | 'unheard'
  | 'policy_first_is_the_customers'
  | 'unread'
  | 'form_unread'
  | 'faults'
  | 'policy_out_of_bounds'
  | 'too_large'
  | 'agreement_missing'
  | 'agreement_expired';

export interface Judgement {
  /** `same`: it has what levels say. `waits_and_delayed`: some fields each. `cannot`: nothing is signed. */
  readonly outcome: 'same' | 'at_once' | 'waits' | 'delayed' | 'waits_and_delayed' | 'cannot';
  readonly cannot: Cannot | null;
  readonly changes: readonly ShownChange[];
  readonly faults: readonly Fault[];
  /** Of the policy as it would be sent; null: there is none. */
  readonly bytes: number | null;
}

/** A box that was chosen, with what it says that it has. */
export interface ChosenBox {
  readonly box: string;
  readonly name: string;
  readonly customer: string;
  readonly site: string;
  readonly said: Reported | null;
  /** Highest version that was ever signed for it here; 0: none. */
  readonly signed: number;
}

export interface Judged extends ChosenBox {
  readonly judgement: Judgement;
  readonly agreement: Agreement;
  /** What it would get; null: nothing. */
  readonly next: {
    readonly body: PolicyBody;
    readonly foundation: string;
    readonly recipients: Policy['recipients'];
  } | null;
  /** Versions of the levels on its way. */
  readonly levels: string;
}

/** Form of a policy that is written here (shared/policy/schema.ts). */
const POLICY_FORM = 2;

const rowsOf = (db: Db, scope: Scope) =>
  db
    .selectFrom('boxes')
    .leftJoin('box_reported', 'box_reported.box', 'boxes.id')
    .select(['boxes.id as box', 'boxes.name', 'boxes.customer', 'boxes.site', 'box_reported.document'])
    .select(({ selectFrom }) =>
      selectFrom('policy_signed')
        .select(({ fn }) => fn.max('policy_signed.version').as('highest'))
        .whereRef('policy_signed.box', '=', 'boxes.id')
        .as('signed'),
    )
    .where(inScope(scope, 'boxes'))
    .orderBy('boxes.id');

/** `revoked`: with those that are not active. @throws Problem `nothing_chosen`, `too_many_boxes`. */
export async function chosen(
  db: Db,
  scope: Scope,
  choice: Choice,
  { revoked = false } = {},
): Promise<readonly ChosenBox[]> {
  const found = new Map<string, ChosenBox>();
  const rows = () => rowsOf(db, scope).$if(!revoked, (query) => query.where('boxes.state', '=', 'active'));
  const add = async (query: ReturnType<typeof rowsOf>) => {
    for (const { document, signed, ...row } of await query.limit(MAX_BOXES + 1).execute())
      found.set(row.box, {
        ...row,
        said: document === null ? null : (JSON.parse(document) as Reported),
        signed: Number(signed ?? 0),
      });
    if (found.size > MAX_BOXES) throw problem('too_many_boxes', `at most ${MAX_BOXES}`);
  };
  if (choice.all) await add(rows());
  else
    for (const [column, ids] of [
      ['boxes.customer', choice.customers],
      ['boxes.site', choice.sites],
      ['boxes.id', choice.boxes],
    ] as const)
      for (const some of chunks(ids ?? [], ROWS_AT_ONCE)) await add(rows().where(column, 'in', some));
  if (found.size === 0) throw problem('nothing_chosen');
  return [...found.values()];
}

const directionOf = ({ class: of, path }: PolicyChange, beyond: ReadonlySet<string>): Direction => {
  if (beyond.has(path.join('.'))) return 'refused';
  return of === 'weakening' ? 'waits' : of === 'destructive' ? 'delayed' : 'at_once';
};

function outcomeOf(changes: readonly ShownChange[]): Judgement['outcome'] {
  const has = (one: Direction) => changes.some(({ direction }) => direction === one);
  if (changes.length === 0) return 'same';
  if (has('refused')) return 'cannot';
  if (has('waits')) return has('delayed') ? 'waits_and_delayed' : 'waits';
  return has('delayed') ? 'delayed' : 'at_once';
}

const cannotBe = (cannot: Cannot, more: Partial<Judgement> = {}): Judgement => ({
  outcome: 'cannot',
  cannot,
  changes: [],
  faults: [],
  bytes: null,
  ...more,
});

const BOX_FOR_SIZE = '0'.repeat(32);

/** What becomes of a box that has `before` when it gets `after`. Pure. */
export function judge(before: Policy, after: Policy): Judgement {
  const lists = [recipientsOf(before), recipientsOf(after)] as const;
  // A list that does not read was never in force at a box.
  const recipients = lists[0] ??
    lists[1] ?? { schemaVersion: 1 as const, listVersion: 1, issuedAt: '', recipients: [] };
  const was = { policy: before, recipients };
  const changes = changesOf(was, { policy: after, recipients: lists[1] ?? recipients });
  const beyond = new Set(outOfBounds(was, changes));
  const shown = changes
    // For which boxes a document is, is no part of what it says.
    .filter(({ field }) => field !== 'audience')
    .map((change): ShownChange => {
      const { path, field, kind, before: old, after: now } = change;
      return { path, field, kind, before: old, after: now, direction: directionOf(change, beyond) };
    });
  const bytes = Buffer.byteLength(JSON.stringify(after));
  const outcome = outcomeOf(shown);
  if (outcome === 'cannot') return cannotBe('policy_out_of_bounds', { changes: shown, bytes });
  if (bytes > MAX_POLICY_BYTES && outcome !== 'same') return cannotBe('too_large', { changes: shown, bytes });
  return { outcome, cannot: null, changes: shown, faults: [], bytes };
}

interface Combination {
  readonly judgement: Judgement;
  readonly next: Judged['next'];
}

/** What each of these would get, and find of it. */
export async function judgeAll(
  db: Db,
  scope: Scope,
  boxes: readonly ChosenBox[],
  { clock, ...parts }: Pick<Parts, 'agreementOf' | 'clock'>,
): Promise<readonly Judged[]> {
  const { msp } = scope;
  const now = clock.now();
  const refs = boxes.map(({ box, site, customer }) => refsTo({ msp, customer, site, box }));
  const levels = await readLevels(db, [...new Map(refs.flat().map((ref) => [`${ref.kind} ${ref.of}`, ref])).values()]);
  const has = new Map(
    boxes.flatMap(({ box, said }) => (said?.policy.applied ? [[box, said.policy.applied.hash] as const] : [])),
  );
  const known = await knownOf(db, msp, has);
  const agreementOf = agreementsOnce(parts);
  const combinations = new Map<string, Combination>();
  const rendered = new Map<string, ReturnType<typeof render>>();

  async function combine(of: Known, chain: readonly Level[], key: string): Promise<Combination> {
    const foundation = await customersPolicy(db, msp, of.foundation);
    const before = of.hash === of.foundation ? foundation : await policyOfBody(db, msp, of.body);
    if (!foundation || !before) return { judgement: cannotBe('unread'), next: null };
    const renderKey = `${of.foundation} ${key}`;
    const made = rendered.get(renderKey) ?? render(foundation, layersOf(chain), now);
    rendered.set(renderKey, made);
    if (!made.body) return { judgement: cannotBe('faults', { faults: made.faults }), next: null };
    const next = { body: made.body, foundation: of.foundation, recipients: foundation.recipients };
    const sample = { box: BOX_FOR_SIZE, version: before.version + 1, previous: of.hash, now };
    return { judgement: judge(before, documentOf(next, sample)), next };
  }

  const judged: Judged[] = [];
  for (const [at, one] of boxes.entries()) {
    if (at % ROWS_AT_ONCE === 0) await breath();
    const chain = refs[at]!.map((ref) => levelOf(levels, ref));
    const versions = chain
      .filter(({ version }) => version > 0)
      .map(({ kind, of, version }) => `${kind} ${of} ${version}`)
      .join();
    const agreement = await agreementOf(one);
    const add = (judgement: Judgement, next: Judged['next'] = null) =>
      judged.push({ ...one, judgement, agreement, next, levels: versions });
    const { said } = one;
    const mine = known.get(one.box);
    if (!said) add(cannotBe('unheard'));
    else if (!said.policy.applied) add(cannotBe('policy_first_is_the_customers'));
    else if (!mine) add(cannotBe('unread'));
    else if (said.software.policySchema < POLICY_FORM) add(cannotBe('form_unread'));
    else {
      const key = `${mine.body} ${mine.foundation} ${versions}`;
      const combination = combinations.get(key) ?? (await combine(mine, chain, versions));
      combinations.set(key, combination);
      const { judgement, next } = combination;
      if (agreement.state !== 'valid' && judgement.outcome !== 'same' && judgement.outcome !== 'cannot')
        add(cannotBe(`agreement_${agreement.state}`, { changes: judgement.changes, bytes: judgement.bytes }));
      else add(judgement, next);
    }
  }
  return judged;
}

/** Names all that a signature would rest on: another one when any of it has changed. */
export const tokenOf = (judged: readonly Judged[]): string =>
  sha256(
    JSON.stringify(
      judged.map(({ box, said, signed, levels, judgement: { outcome, cannot, changes } }) => [
        ...[box, said?.policy.applied?.hash ?? null, signed, levels, outcome, cannot],
        changes.map(({ path, after, direction }) => [path, after, direction]),
      ]),
    ),
  );
