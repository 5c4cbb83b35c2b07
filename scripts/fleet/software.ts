/** Releases and advisories at the terminal of a fleet. */
import { readFileSync } from 'node:fs';
import { problemsOf } from '@belkluis/shared/base/problem';
import type { Rooms } from '../../fleet/open-rooms.ts';
import type { Command, Given, Result } from './given.ts';

const problem = problemsOf({
  usage: 'This is not understood.',
  file_unreadable: 'The file cannot be read.',
});

export const softwareUsage = `  software                                how each version stands that a box runs: newer ones, open advisories
  software release FILE                   takes a release’s list of packages (CycloneDX, JSON)
  software advisories FILE                takes advisories (OSV, JSON: one, or an array of them)`;

function fileOf({ argument }: Given): string {
  if (argument === null) throw problem('usage', 'FILE is missing');
  try {
    return readFileSync(argument, 'utf8');
  } catch (cause) {
    throw problem('file_unreadable', argument, cause);
  }
}

const day = (at: number): string => new Date(at).toISOString().slice(0, 10);

async function list({ software, identities }: Rooms): Promise<Result> {
  const versions = await identities.versions();
  const standings = await software.standings(versions);
  const rows = await Promise.all(
    versions.map(async (version) => ({
      ...{ version, boxes: (await identities.running([version])).length },
      ...standings.get(version)!,
    })),
  );
  const lines = rows.map(({ version, boxes, is, behindSince, advisories }) =>
    [
      ...[version, is, `${boxes} ${boxes === 1 ? 'box' : 'boxes'}`],
      ...(behindSince === null ? [] : [`a newer one since ${day(behindSince)}`]),
      ...(advisories ?? []).map(({ id, component, since }) => `${id} (${component}) since ${day(since)}`),
    ].join('  '),
  );
  return { json: { versions: rows }, text: lines.join('\n') };
}

export const softwareCommands: readonly Command[] = [
  { words: 'software', run: list },
  {
    words: 'software release',
    async run({ software }, given, actor) {
      const { version, components } = await software.bringRelease(fileOf(given), actor);
      return { json: { version, packages: components.length }, text: `${version}: ${components.length} packages` };
    },
  },
  {
    words: 'software advisories',
    async run({ software }, given, actor) {
      const { fresh, changed } = await software.bringAdvisories(fileOf(given), actor);
      return { json: { fresh, changed }, text: `${fresh} new, ${changed} changed` };
    },
  },
];
