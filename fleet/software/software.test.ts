import { ManualClock } from '@belkluis/shared/base/manual-clock';
import test from 'ava';
import { both } from '../db/testing/databases.ts';
import { migrations } from '../migrations.ts';
import type { SoftwareEvent } from './events.ts';
import { KNOWN_FOR_MS, OLD_MS } from './limits.ts';
import { advisoriesOf, isAffected } from './osv.ts';
import { releaseOf } from './sbom.ts';
import { openSoftware } from './software.ts';

const START = Date.UTC(2026, 10, 1);
const DAY = 86_400_000;
const iso = (at: number) => new Date(at).toISOString();

/** A release's own list: the program, and packages of it. */
const sbom = (version: string, at: number, packages: Readonly<Record<string, string>> = {}) =>
  JSON.stringify({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    metadata: { timestamp: iso(at), component: { type: 'application', name: 'belkluis', version } },
    components: Object.entries(packages).map(([name, of]) => ({
      type: 'library',
      name,
      version: of,
      purl: `pkg:npm/${name.replace('@', '%40')}@${of}`,
    })),
  });

type Events = readonly Readonly<Record<string, string>>[];
const advisory = (id: string, name: string, events: Events, more: Readonly<Record<string, unknown>> = {}) => ({
  ...{ id, modified: iso(START), published: iso(START) },
  affected: [{ package: { ecosystem: 'npm', name }, ranges: [{ type: 'SEMVER', events }] }],
  ...more,
});

for (const database of both) {
  test(`${database.name}: a version turns red when a newer one, or an advisory, is older than thirty days`, async (t) => {
    const { kysely } = await database.fresh(t, migrations);
    const clock = new ManualClock(START);
    const events: SoftwareEvent[] = [];
    const software = openSoftware({
      ...{ database: kysely, clock },
      append: async (event) => void events.push(event),
    });
    const is = async (version: string) => {
      clock.advance(KNOWN_FOR_MS);
      return (await software.standings([version])).get(version)!;
    };
    t.like(await is('v0.5.0'), { is: 'unknown', advisories: null, behindSince: null });

    await software.bringRelease(sbom('0.5.0', START, { '@scope/parser': '2.3.0', ws: '8.1.0' }), 'operator');
    t.like(await is('v0.5.0'), { is: 'ok', advisories: [] });
    await software.bringRelease(sbom('0.6.0', START, { ws: '8.2.0' }), 'operator');
    t.like(await is('v0.5.0'), { is: 'warn', newest: '0.6.0', behindSince: START });
    t.like(await is('v0.6.0'), { is: 'ok' });

    const parser = advisory('GHSA-aaaa', '@scope/parser', [{ introduced: '2.0.0' }, { fixed: '2.3.1' }]);
    const other = advisory('GHSA-bbbb', 'ws', [{ introduced: '0' }, { fixed: '8.1.0' }]);
    t.deepEqual(await software.bringAdvisories(JSON.stringify([parser, other]), 'operator'), { fresh: 2, changed: 0 });
    const open = [{ id: 'GHSA-aaaa', component: '@scope/parser', since: START }];
    t.like(await is('v0.5.0'), { is: 'warn', advisories: open });
    clock.advance(OLD_MS);
    t.like(await is('v0.5.0'), { is: 'bad', advisories: open });
    t.like(await is('v0.6.0'), { is: 'ok', advisories: [] });
    t.like(
      await is('v0.4.9'),
      { is: 'bad', advisories: null },
      'older than all that is known, and nobody knows of what it is made',
    );

    // Its publisher takes it back; an older word of theirs does not bring it again.
    const withdrawn = { ...parser, modified: iso(START + DAY), withdrawn: iso(START + DAY) };
    t.deepEqual(await software.bringAdvisories(JSON.stringify(withdrawn), 'operator'), { fresh: 0, changed: 1 });
    t.deepEqual(await software.bringAdvisories(JSON.stringify([parser]), 'operator'), { fresh: 0, changed: 0 });
    t.deepEqual((await is('v0.5.0')).advisories, []);
    t.deepEqual(
      events.map(({ kind }) => kind),
      ['release_brought', 'release_brought', ...Array(3).fill('advisories_brought')],
    );
  });

  test(`${database.name}: of a file that is refused nothing is kept`, async (t) => {
    const { kysely } = await database.fresh(t, migrations);
    const software = openSoftware({ database: kysely, clock: new ManualClock(START), append: async () => {} });
    const code = async (work: Promise<unknown>) => (await t.throwsAsync(work)) as Error & { code?: string };
    t.is((await code(software.bringRelease('{', 'o'))).code, 'sbom_unreadable');
    t.is(
      (await code(software.bringRelease(sbom('0.5.0', START).replace('belkluis', 'other'), 'o'))).code,
      'sbom_of_another',
    );
    t.is((await code(software.bringRelease(sbom('main', START), 'o'))).code, 'sbom_of_another');
    const fine = advisory('GHSA-cccc', 'ws', [{ introduced: '0' }]);
    t.is(
      (await code(software.bringAdvisories(JSON.stringify([fine, { id: 'x' }]), 'o'))).code,
      'advisories_unreadable',
    );
    t.is((await code(software.bringAdvisories(' '.repeat(16 * 1024 ** 2 + 1), 'o'))).code, 'software_file_large');
    t.deepEqual(await software.advisories(), []);
    t.deepEqual(await software.releases(), []);
  });
}

test('which versions an advisory is about is read as its format says', (t) => {
  const about = (events: Events, more?: object) => {
    const [read] = advisoriesOf(JSON.stringify([advisory('A', 'ws', events, { ...more })]));
    return (version: string, name = 'ws') => isAffected(read!, [name, version]);
  };
  const twice = about([{ introduced: '2.0.0' }, { fixed: '1.4.0' }, { introduced: '0' }, { fixed: '2.5.0' }]);
  t.deepEqual(
    ['1.3.9', '1.4.0', '1.9.9', '2.0.0', '2.5.0-rc.1', '2.5.0'].map((one) => twice(one)),
    [true, false, false, true, true, false],
  );
  const last = about([{ introduced: '1.0.0' }, { last_affected: '1.2.0' }]);
  t.deepEqual(
    ['0.9.0', '1.2.0', '1.2.1'].map((one) => last(one)),
    [false, true, false],
  );
  t.false(last('1.1.0', 'wss'), 'another package');
  const listed = about([], { affected: [{ package: { ecosystem: 'npm', name: 'ws' }, versions: ['3.0.0'] }] });
  t.deepEqual([listed('3.0.0'), listed('3.0.1')], [true, false]);
  const foreign = about([], { affected: [{ package: { ecosystem: 'PyPI', name: 'ws' }, versions: ['3.0.0'] }] });
  t.false(foreign('3.0.0'));
});

test('a list of packages counts the program among them', (t) => {
  const { components, releasedAt } = releaseOf(sbom('0.5.0', START, { '@scope/a': '1.0.0' }));
  t.deepEqual(components, [
    ['belkluis', '0.5.0'],
    ['@scope/a', '1.0.0'],
  ]);
  t.is(releasedAt, START);
});
