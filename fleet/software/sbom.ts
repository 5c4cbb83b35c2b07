/** Which packages a release has, out of its CycloneDX list. Pure. */
import { valid } from 'semver';
import { z } from 'zod';
import { MAX_COMPONENTS } from './limits.ts';
import { problem } from './problems.ts';

/** Name and version, as npm has them. */
export type Component = readonly [name: string, version: string];

export interface Release {
  /** Without a `v`. */
  readonly version: string;
  /** Wall clock, ms. */
  readonly releasedAt: number;
  readonly components: readonly Component[];
}

/** What the program is called in its own list and in advisories about it. */
const PROGRAM = 'belkluis';

const text = z.string().min(1).max(300);

/** The parts of CycloneDX 1.4 and newer that are looked at. */
const schema = z.object({
  bomFormat: z.literal('CycloneDX'),
  metadata: z.object({
    timestamp: z.iso.datetime({ offset: true }).optional(),
    component: z.object({ name: text.optional(), version: text.optional() }).optional(),
  }),
  components: z.array(z.object({ purl: z.string().max(1000).optional() })).max(MAX_COMPONENTS),
});

/** Of `pkg:npm/%40scope/name@1.2.3`; null: of no package of npm. */
function componentOf(purl: string | undefined): Component | null {
  const [, name, version] = /^pkg:npm\/([^@?#]+)@([^?#]+)/.exec(purl ?? '') ?? [];
  if (name === undefined || version === undefined) return null;
  try {
    return [decodeURIComponent(name), decodeURIComponent(version)];
  } catch {
    return null;
  }
}

/** @throws Problem `sbom_unreadable`, `sbom_of_another`. */
export function releaseOf(file: string): Release {
  let list: z.infer<typeof schema>;
  try {
    list = schema.parse(JSON.parse(file));
  } catch (cause) {
    throw problem('sbom_unreadable', undefined, cause);
  }
  const { timestamp, component } = list.metadata;
  const version = valid(component?.version ?? null);
  if (component?.name !== PROGRAM || version === null || timestamp === undefined) throw problem('sbom_of_another');
  return {
    version,
    releasedAt: Date.parse(timestamp),
    components: [
      [PROGRAM, version],
      ...list.components.map(({ purl }) => componentOf(purl)).filter((one) => one !== null),
    ],
  };
}
