/**
 * What the annexes of an agreement say, as data: which personal data and what for, how it is protected, where it is, how long, and who helps. It is
 * read off the configuration that runs, so an annex cannot promise what the fleet does not do.
 */
import { hash } from 'node:crypto';
import { canonicalJson, type Json } from '@belkluis/shared/audit/canonical';
import { z } from 'zod';
import { mechanisms, type RegionLock } from './countries.ts';
import { isHere, type Location, purposes } from './locations.ts';

/** Classes of personal data at the fleet. What is not here is not there: nothing of a call is. */
export const dataClasses = ['staff', 'places', 'policies', 'boxes', 'counts', 'log', 'address'] as const;

export const measures = [
  ...(['no_content', 'mutual_tls', 'two_factors', 'scoped_roles', 'signed_policies', 'own_log', 'witness'] as const),
  ...(['known_destinations', 'region_lock', 'local_database', 'database_tls', 'broker_tls', 'keys_encrypted'] as const),
  ...(['backups'] as const),
] as const;

const country = z.string().length(2);

export const termsSchema = z.strictObject({
  /** `days`: how long; null: until whoever wrote it, or their MSP, removes it. */
  data: z.array(z.strictObject({ what: z.enum(dataClasses), days: z.number().int().positive().nullable() })),
  measures: z.array(z.enum(measures)),
  locations: z.array(z.strictObject({ purpose: z.enum(purposes), country, subprocessor: z.string().nullable() })),
  subprocessors: z.array(
    z.strictObject({
      name: z.string(),
      purpose: z.string(),
      country,
      parentCountry: country,
      mechanism: z.enum(mechanisms).nullable(),
      /** Day on which it begins, or began, ISO 8601. */
      since: z.string(),
    }),
  ),
});

export type Terms = z.infer<typeof termsSchema>;

/** Days that each class is kept, as the rooms that keep it have them. */
export type Kept = Readonly<Record<Exclude<(typeof dataClasses)[number], 'places' | 'policies'>, number>>;

export interface TermsParts {
  readonly kept: Kept;
  readonly lock: RegionLock;
  readonly keysEncrypted: boolean;
  readonly locations: readonly Location[];
  readonly subprocessors: readonly Terms['subprocessors'][number][];
}

const unique = <Item>(items: readonly Item[]): Item[] => [
  ...new Map(items.map((item) => [JSON.stringify(item), item])).values(),
];

/** Places as annex 3 has them. */
const placesOf = (locations: readonly Location[]): Terms['locations'] =>
  unique(locations.map(({ purpose, country, subprocessor }) => ({ purpose, country, subprocessor })));

/** What of `locations` is in the list of one MSP alone: where its webhooks and identity providers lead. In one order. */
export function ownPlaces({ locations: shared }: Terms, locations: readonly Location[]): Terms['locations'] {
  const known = new Set(shared.map((one) => JSON.stringify(one)));
  const own = new Map(placesOf(locations).map((one) => [JSON.stringify(one), one]));
  return [...own.keys()]
    .filter((key) => !known.has(key))
    .sort()
    .map((key) => own.get(key)!);
}

/** The terms of an MSP that has places of its own. */
export const withPlaces = (terms: Terms, own: Terms['locations']): Terms => ({
  ...terms,
  locations: [...terms.locations, ...own],
});

export function termsOf({ kept, lock, keysEncrypted, locations, subprocessors }: TermsParts): Terms {
  const database = locations.find(({ purpose }) => purpose === 'database');
  const elsewhere = database !== undefined && !isHere(database.host ?? '');
  const has = (purpose: Location['purpose']) => locations.some((one) => one.purpose === purpose);
  const holds: Readonly<Partial<Record<(typeof measures)[number], boolean>>> = {
    region_lock: lock !== null,
    local_database: !elsewhere,
    database_tls: elsewhere,
    broker_tls: has('broker'),
    keys_encrypted: keysEncrypted,
    backups: has('backup'),
  };
  return {
    data: dataClasses.map((what) => ({ what, days: what === 'places' || what === 'policies' ? null : kept[what] })),
    measures: measures.filter((measure) => holds[measure] ?? true),
    locations: placesOf(locations),
    subprocessors: [...subprocessors],
  };
}

/** SHA-256, hex, of the terms in one form. */
export const termsDigest = (terms: Terms): string => hash('sha256', canonicalJson(terms as unknown as Json), 'hex');

export interface TermsChange {
  readonly annex: keyof Terms;
  readonly is: 'added' | 'removed' | 'changed';
  /** What it is about: a class of data, a measure, a purpose with its country, a name. */
  readonly of: string;
}

const keyed: { readonly [Annex in keyof Terms]: (item: Terms[Annex][number]) => string } = {
  data: ({ what }) => what,
  measures: (measure) => measure,
  locations: ({ purpose, country, subprocessor }) => [purpose, country, subprocessor].filter(Boolean).join(' '),
  subprocessors: ({ name }) => name,
};

function changesIn<Item>(
  annex: keyof Terms,
  key: (item: Item) => string,
  before: readonly Item[],
  after: readonly Item[],
): TermsChange[] {
  const [old, fresh] = [before, after].map((items) => new Map(items.map((item) => [key(item), JSON.stringify(item)])));
  return [
    ...[...fresh!]
      .filter(([of, item]) => old!.get(of) !== item)
      .map(([of]): TermsChange => ({ annex, is: old!.has(of) ? 'changed' : 'added', of })),
    ...[...old!.keys()].filter((of) => !fresh!.has(of)).map((of): TermsChange => ({ annex, is: 'removed', of })),
  ];
}

/** What is another in `after`, in the order of the annexes. */
export const diffTerms = (before: Terms, after: Terms): readonly TermsChange[] => [
  ...changesIn('data', keyed.data, before.data, after.data),
  ...changesIn('measures', keyed.measures, before.measures, after.measures),
  ...changesIn('locations', keyed.locations, before.locations, after.locations),
  ...changesIn('subprocessors', keyed.subprocessors, before.subprocessors, after.subprocessors),
];
