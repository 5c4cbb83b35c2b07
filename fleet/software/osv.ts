/** Advisories in the OSV format (ossf.github.io/osv-schema), and which packages they are about. Pure. */
import { compare, gt, gte, valid } from 'semver';
import { z } from 'zod';
import { MAX_ADVISORIES } from './limits.ts';
import { problem } from './problems.ts';
import type { Component } from './sbom.ts';

const version = z.string().min(1).max(256);
const event = z.object({
  introduced: version.optional(),
  fixed: version.optional(),
  last_affected: version.optional(),
});
const range = z.object({ type: z.string().max(30), events: z.array(event).max(1000) });
const affected = z.object({
  package: z.object({ ecosystem: z.string().max(100), name: z.string().min(1).max(300) }).optional(),
  ranges: z.array(range).max(1000).default([]),
  versions: z.array(version).max(100_000).default([]),
});

const schema = z.object({
  id: z.string().regex(/^[A-Za-z0-9._-]{1,100}$/),
  modified: z.iso.datetime({ offset: true }),
  published: z.iso.datetime({ offset: true }).optional(),
  withdrawn: z.iso.datetime({ offset: true }).optional(),
  affected: z.array(affected).max(10_000).default([]),
});
const file = z.union([z.array(schema).max(MAX_ADVISORIES), schema.transform((one) => [one])]);

/** Versions of one package. */
const ofPackage = z.object({ name: z.string(), ranges: z.array(z.array(event)), versions: z.array(version) });
type OfPackage = z.infer<typeof ofPackage>;

export interface Advisory {
  readonly id: string;
  /** Wall clock, ms. */
  readonly publishedAt: number;
  readonly modifiedAt: number;
  readonly withdrawn: boolean;
  readonly affected: readonly OfPackage[];
}

/** As stored (`tables.ts`). */
export const readAffected = (text: string): readonly OfPackage[] => z.array(ofPackage).parse(JSON.parse(text));

/** What the file says of packages of npm. @throws Problem `advisories_unreadable`. */
export function advisoriesOf(text: string): readonly Advisory[] {
  let read: z.infer<typeof file>;
  try {
    read = file.parse(JSON.parse(text));
  } catch (cause) {
    throw problem('advisories_unreadable', undefined, cause);
  }
  return read.map(({ id, modified, published = modified, withdrawn, affected }) => ({
    id,
    publishedAt: Date.parse(published),
    modifiedAt: Date.parse(modified),
    withdrawn: withdrawn !== undefined,
    affected: affected.flatMap(({ package: of, ranges, versions }) => {
      if (of?.ecosystem !== 'npm') return [];
      const semantic = ranges.filter(({ type }) => type === 'SEMVER').map(({ events }) => events);
      return [{ name: of.name, ranges: semantic, versions }];
    }),
  }));
}

/** `0` stands before every version (OSV schema, `events`). */
const atLeast = (version: string, bound: string): boolean =>
  bound === '0' || (valid(bound) !== null && gte(version, bound));

/** The events in the order of their versions decide one after the other, as the schema's own algorithm does. */
function within(version: string, events: OfPackage['ranges'][number]): boolean {
  const bound = (one: (typeof events)[number]): string => one.introduced ?? one.fixed ?? one.last_affected ?? '0';
  const known = events.filter((one) => bound(one) === '0' || valid(bound(one)) !== null);
  const inOrder = known.toSorted((a, b) =>
    bound(a) === '0' ? -1 : bound(b) === '0' ? 1 : compare(bound(a), bound(b)),
  );
  let inside = false;
  for (const { introduced, fixed, last_affected: last } of inOrder) {
    if (introduced !== undefined && atLeast(version, introduced)) inside = true;
    if (fixed !== undefined && atLeast(version, fixed)) inside = false;
    if (last !== undefined && gt(version, last)) inside = false;
  }
  return inside;
}

/** Whether a package is one that the advisory is about. */
export function isAffected({ withdrawn, affected }: Advisory, [name, version]: Component): boolean {
  if (withdrawn) return false;
  return affected.some((one) => {
    if (one.name !== name) return false;
    return (
      one.versions.includes(version) ||
      (valid(version) !== null && one.ranges.some((events) => within(version, events)))
    );
  });
}
