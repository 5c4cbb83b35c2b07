/** Levels as they are written: each version is kept, with who wrote it. */
import type { Expression, SqlBool } from 'kysely';
import type { z } from 'zod';
import { faultOf } from '../db/faults.ts';
import { inScope, type Scope } from '../tenants/scope.ts';
import { type LevelContent, type LevelInput, levelSchema, NOTHING } from './content.ts';
import { MAX_LEVEL_BYTES, ROWS_AT_ONCE } from './limits.ts';
import { chunks, type Db, type Parts, view, within } from './parts.ts';
import { problem } from './problems.ts';
import { type Layer, levelFaults } from './render.ts';
import type { LevelKind, PolicyTables } from './tables.ts';

/** Which level: an MSP, a customer, a site or a box, by its id. */
export interface LevelRef {
  readonly kind: LevelKind;
  readonly of: string;
}

export interface Level extends LevelRef {
  /** 0: nobody has written anything there. */
  readonly version: number;
  readonly content: LevelContent;
  /** As the log names people; null with version 0. */
  readonly by: string | null;
  /** Wall clock, ms; null with version 0. */
  readonly at: number | null;
}

/** A version that a level had, without what it said. */
export interface LevelVersion {
  readonly version: number;
  readonly by: string;
  readonly at: number;
}

/** A level with what it is called, and below what it stands. */
export interface WrittenLevel extends LevelRef {
  /** Empty: the MSP's. */
  readonly name: string;
  readonly customer: string | null;
  readonly site: string | null;
  readonly level: Level;
}

/** Where a level stands: the ids on the way down to it. */
interface Place {
  readonly msp: string;
  readonly customer: string | null;
  readonly site: string | null;
  readonly box: string | null;
}

const order = ['msp', 'customer', 'site', 'box'] as const satisfies readonly LevelKind[];

const toLevel = (ref: LevelRef, row: PolicyTables['policy_levels'] | undefined): Level => ({
  kind: ref.kind,
  of: ref.of,
  version: row?.version ?? 0,
  content: row ? (JSON.parse(row.content) as LevelContent) : NOTHING,
  by: row?.written_by ?? null,
  at: row?.written_at ?? null,
});

/** The levels on the way to a place, the MSP's first. */
export const refsTo = ({ msp, customer, site, box }: Place): readonly LevelRef[] =>
  order.flatMap((kind) => {
    const of = { msp, customer, site, box }[kind];
    return of === null ? [] : [{ kind, of }];
  });

/** Where `ref` stands, if it is in scope. `above`: also where only a part of it is: what is inherited may be read. @throws Problem `level_unknown`. */
export async function placeOf(db: Db, scope: Scope, { kind, of }: LevelRef, above: boolean): Promise<Place> {
  const unknown = problem('level_unknown');
  if (kind === 'msp') {
    if (of !== scope.msp) throw unknown;
    if (!above && scope.within !== 'all') throw problem('scope_too_small');
    return { msp: of, customer: null, site: null, box: null };
  }
  if (kind === 'box') {
    const row = await db
      .selectFrom('boxes')
      .select(['msp', 'customer', 'site', 'id as box'])
      .where('id', '=', of)
      .where(inScope(scope, 'boxes'))
      .executeTakeFirst();
    if (!row) throw unknown;
    return row;
  }
  if (kind === 'site') {
    const row = await db
      .selectFrom('sites')
      .select(['msp', 'customer', 'id as site'])
      .where('id', '=', of)
      .where(inScope(scope, 'sites', { site: 'id' }))
      .executeTakeFirst();
    if (!row) throw unknown;
    return { ...row, box: null };
  }
  const whole: Expression<SqlBool> = inScope(scope, 'customers', { customer: 'id', site: null });
  const row = await db
    .selectFrom('customers')
    .select(['msp', 'id as customer'])
    .where('id', '=', of)
    .where('msp', '=', scope.msp)
    .$if(!above || scope.within === 'all' || scope.within.sites.length === 0, (query) => query.where(whole))
    .executeTakeFirst();
  if (!row) throw unknown;
  if (above && scope.within !== 'all' && !scope.within.customers.includes(of)) {
    const site = await db
      .selectFrom('sites')
      .select('id')
      .where('customer', '=', of)
      .where(inScope(scope, 'sites', { site: 'id' }))
      .executeTakeFirst();
    if (!site) throw unknown;
  }
  return { ...row, site: null, box: null };
}

/** The newest version of each of these. */
export async function readLevels(db: Db, refs: readonly LevelRef[]): Promise<Map<string, Level>> {
  const found = new Map<string, Level>();
  for (const kind of order) {
    const ids = [...new Set(refs.filter((ref) => ref.kind === kind).map(({ of }) => of))];
    for (const some of chunks(ids, ROWS_AT_ONCE)) {
      const rows = await db
        .selectFrom('policy_levels')
        .selectAll()
        .where('kind', '=', kind)
        .where('of', 'in', some)
        .where(({ eb, selectFrom }) =>
          eb(
            'version',
            '=',
            selectFrom('policy_levels as newer')
              .select(({ fn }) => fn.max('newer.version').as('newest'))
              .whereRef('newer.kind', '=', 'policy_levels.kind')
              .whereRef('newer.of', '=', 'policy_levels.of'),
          ),
        )
        .execute();
      for (const row of rows) found.set(`${kind} ${row.of}`, toLevel({ kind, of: row.of }, row));
    }
  }
  return found;
}

export const levelOf = (all: ReadonlyMap<string, Level>, ref: LevelRef): Level =>
  all.get(`${ref.kind} ${ref.of}`) ?? toLevel(ref, undefined);

export const layersOf = (levels: readonly Level[]): readonly Layer[] =>
  levels.filter(({ version }) => version > 0).map(({ kind, content }) => ({ level: kind, content }));

const firstIssue = ({ issues: [issue] }: z.ZodError): string =>
  `${issue?.path.join('.') || 'the level'}: ${issue?.message}`;

/** What somebody wrote, read. @throws Problem `level_invalid` naming the field. */
export function readLevel(input: unknown): LevelContent {
  if (Buffer.byteLength(JSON.stringify(input) ?? '') > MAX_LEVEL_BYTES)
    throw problem('level_invalid', `more than ${MAX_LEVEL_BYTES} bytes`);
  const read = levelSchema.safeParse(input);
  if (!read.success) throw problem('level_invalid', firstIssue(read.error));
  return read.data;
}

export function openLevels({ database, clock, append }: Pick<Parts, 'database' | 'clock' | 'append'>) {
  const db = view(database);

  async function chain(on: Db, place: Place): Promise<readonly Level[]> {
    const refs = refsTo(place);
    const all = await readLevels(on, refs);
    return refs.map((ref) => levelOf(all, ref));
  }

  return {
    /**
     * The levels on the way to one, the MSP's first, itself last: all that it inherits, and what it says. Those above may be read by whoever may see something
     * below them. @throws Problem `level_unknown`.
     */
    chain: async (scope: Scope, ref: LevelRef): Promise<readonly Level[]> =>
      chain(db, await placeOf(db, scope, ref, true)),

    /** Its versions, newest first. @throws Problem `level_unknown`. */
    async versions(scope: Scope, ref: LevelRef): Promise<readonly LevelVersion[]> {
      await placeOf(db, scope, ref, true);
      const rows = await db
        .selectFrom('policy_levels')
        .select(['version', 'written_by as by', 'written_at as at'])
        .where('kind', '=', ref.kind)
        .where('of', '=', ref.of)
        .orderBy('version', 'desc')
        .execute();
      return rows;
    },

    /** One version as it was. @throws Problem `level_unknown`. */
    async version(scope: Scope, ref: LevelRef, version: number): Promise<Level> {
      await placeOf(db, scope, ref, true);
      const row = await db
        .selectFrom('policy_levels')
        .selectAll()
        .where('kind', '=', ref.kind)
        .where('of', '=', ref.of)
        .where('version', '=', version)
        .executeTakeFirst();
      if (!row) throw problem('level_unknown');
      return toLevel(ref, row);
    },

    /** Every level in scope that says something, as it is now; the MSP's first. */
    async written(scope: Scope): Promise<readonly WrittenLevel[]> {
      const rows = await db
        .selectFrom('policy_levels')
        .select(['kind', 'of'])
        .distinct()
        .where('msp', '=', scope.msp)
        .execute();
      const ids = (kind: LevelKind) => rows.filter((row) => row.kind === kind).map(({ of }) => of);
      const found: Omit<WrittenLevel, 'level'>[] = rows.some(({ kind }) => kind === 'msp')
        ? [{ kind: 'msp', of: scope.msp, name: '', customer: null, site: null }]
        : [];
      const add = (kind: LevelKind, named: readonly Omit<WrittenLevel, 'level' | 'kind'>[]) =>
        found.push(...named.map((one) => ({ ...one, kind })));
      for (const some of chunks(ids('customer'), ROWS_AT_ONCE)) {
        const customers = await db
          .selectFrom('customers')
          .select(['id as of', 'name', 'id as customer'])
          .where('id', 'in', some)
          .where(inScope(scope, 'customers', { customer: 'id', site: null }))
          .execute();
        add(
          'customer',
          customers.map((one) => ({ ...one, site: null })),
        );
      }
      for (const some of chunks(ids('site'), ROWS_AT_ONCE))
        add(
          'site',
          await db
            .selectFrom('sites')
            .select(['id as of', 'name', 'customer', 'id as site'])
            .where('id', 'in', some)
            .where(inScope(scope, 'sites', { site: 'id' }))
            .execute(),
        );
      for (const some of chunks(ids('box'), ROWS_AT_ONCE))
        add(
          'box',
          await db
            .selectFrom('boxes')
            .select(['id as of', 'name', 'customer', 'site'])
            .where('id', 'in', some)
            .where(inScope(scope, 'boxes'))
            .execute(),
        );
      const levels = await readLevels(db, found);
      return found.map((one) => ({ ...one, level: levelOf(levels, one) }));
    },

    /**
     * Writes a level anew, whole. `after`: the version that the writer saw; 0: none. Nothing is sent by that.
     * @throws Problem `level_unknown`, `scope_too_small`, `level_invalid`, `level_locked` (naming path and who locked it), `level_changed`.
     */
    async write(scope: Scope, ref: LevelRef, after: number, input: LevelInput, actor: string): Promise<Level> {
      const content = readLevel(input);
      return within(database, async (tx, whole) => {
        const place = await placeOf(tx, scope, ref, false);
        const levels = await chain(tx, place);
        const now = levels.at(-1)!;
        if (now.version !== after) throw problem('level_changed');
        const layers = [...layersOf(levels.slice(0, -1)), { level: ref.kind, content }];
        const mine = levelFaults(layers).filter(({ level }) => level === ref.kind);
        const locked = mine.find(({ code }) => code === 'locked');
        if (locked) {
          const by = levels.find(({ kind }) => kind === locked.lockedBy);
          throw problem(
            'level_locked',
            `${locked.path}, by the ${locked.lockedBy}'s level, version ${by?.version} of ${by?.by}`,
          );
        }
        const [fault] = mine;
        if (fault) throw problem('level_invalid', `${fault.path}: ${fault.detail}`);
        const row = {
          kind: ref.kind,
          of: ref.of,
          version: after + 1,
          msp: place.msp,
          customer: ref.kind === 'customer' ? ref.of : null,
          site: ref.kind === 'site' ? ref.of : null,
          box: ref.kind === 'box' ? ref.of : null,
          content: JSON.stringify(content),
          written_by: actor,
          written_at: clock.now(),
        };
        const facts = { msp: place.msp, level: ref.kind, of: ref.of, version: row.version };
        await append({ kind: 'policy_level_written', actor, facts }, whole);
        await tx.insertInto('policy_levels').values(row).execute();
        return toLevel(ref, row);
      }).catch((error) => {
        throw faultOf(error) === 'duplicate' ? problem('level_changed') : error;
      });
    },
  };
}
