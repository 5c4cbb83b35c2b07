import { type HealthCode, healthChecks, healthCodes } from '@belkluis/shared/contract/health-codes';
import { fc, testProp } from '@fast-check/ava';
import test from 'ava';
import { checkOf, type Finding, type HealthFacts } from './finding.ts';
import { checks, watchHealth } from './health.ts';
import { REST_MS } from './steady.ts';
import { well } from './testing/facts.ts';

const LOOK_MS = 10_000;

/** Looks at a row of facts, one every ten seconds. */
function watched(row: readonly Partial<HealthFacts>[]) {
  const health = watchHealth();
  return row.map((facts, index) => health.look({ ...well, ...facts }, index * LOOK_MS));
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
const stands = (findings: readonly Finding[], code: HealthCode) => findings.some((finding) => finding.code === code);
const busy = (cpuPercent: number): Partial<HealthFacts> => ({ host: { ...well.host, cpuPercent } });
const raisings = (looks: ReturnType<typeof watched>, code: HealthCode) =>
  looks.filter(({ changes }) => changes.some((change) => change.code === code && change.raised)).length;

test('each code is found by one check, the one that it is of, which says how steady it is', (t) => {
  const declared = checks.flatMap(({ steady }) => Object.keys(steady));
  t.deepEqual(declared.toSorted(), Object.keys(healthCodes).toSorted());
  const named = new Set(Object.values(healthCodes).map(({ check }) => check));
  t.deepEqual(
    healthChecks.filter((check) => !named.has(check)),
    [],
  );
});

test('what lasts is raised, once, and leaves when it has been well for long enough', (t) => {
  const looks = watched([...times(30, busy(95)), ...times(30, busy(20))]);
  t.false(stands(looks[17]!.findings, 'cpu_busy'));
  t.true(stands(looks[18]!.findings, 'cpu_busy'));
  t.true(stands(looks[47]!.findings, 'cpu_busy'));
  t.false(stands(looks[48]!.findings, 'cpu_busy'));
  t.deepEqual(
    looks.flatMap(({ changes }) => changes),
    [
      { code: 'cpu_busy', raised: true },
      { code: 'cpu_busy', raised: false },
    ],
  );
});

test('a number between the two marks changes nothing, whichever way it came', (t) => {
  t.is(raisings(watched(times(60, busy(80))), 'cpu_busy'), 0);
  const looks = watched([...times(20, busy(95)), ...times(60, busy(80))]);
  t.true(stands(looks.at(-1)!.findings, 'cpu_busy'));
});

test('each check says something at every look: what was well while a finding has not settled, nothing well beside one that lingers', (t) => {
  const looks = watched([busy(10), ...times(20, busy(95)), ...times(20, busy(20))]);
  for (const { findings } of looks) {
    t.is(findings.filter(({ code }) => checkOf(code) === 'processor').length, 1);
  }
  t.is(looks[5]!.findings.find(({ code }) => checkOf(code) === 'processor')!.code, 'cpu_ok');
});

test('what somebody has done is seen at once, both ways', (t) => {
  const looks = watched([{ policy: null }, {}]);
  t.true(stands(looks[0]!.findings, 'policy_missing'));
  t.false(stands(looks[1]!.findings, 'policy_missing'));
});

test('two trunks are two findings and one alarm', (t) => {
  const trunk = (name: string, up: boolean) => ({ name, up, registered: null, fault: null });
  const all = (a: boolean, b: boolean) => ({
    trunks: { all: [trunk('a', a), trunk('b', b)], capped: 0, countsLost: 0 },
  });
  const looks = watched([all(true, true), all(false, true), all(false, false)]);
  t.is(looks[2]!.findings.filter(({ code }) => code === 'trunk_down').length, 2);
  t.is(raisings(looks, 'trunk_down'), 1);
});

/** Facts by chance, anew at every look: nothing that is measured or asked stays what it was. */
const noise = fc.record({
  host: fc.record({
    cpuPercent: fc.option(fc.integer({ min: 60, max: 100 })),
    memoryPercent: fc.option(fc.integer({ min: 80, max: 100 })),
    temperatureCelsius: fc.option(fc.integer({ min: 70, max: 105 })),
    criticalCelsius: fc.constant(100),
    uptimeS: fc.constant(1),
  }),
  calls: fc.option(
    fc.record({
      phones: fc.record({
        registered: fc.integer({ min: 0, max: 10 }),
        most: fc.constant(10),
        accounts: fc.integer({ min: 0, max: 3 }),
      }),
      sound: fc.option(
        fc.record({
          lossPercent: fc.integer({ min: 0, max: 4 }),
          farLossPercent: fc.constant(0),
          jitterMs: fc.constant(1),
          roundTripMs: fc.constant(null),
          mos: fc.constant(3.5),
          poorPercent: fc.integer({ min: 0, max: 30 }),
        }),
      ),
      soundOfHour: fc.constant(null),
      memoryBytes: fc.constant(1),
    }),
  ),
  disk: fc.record({
    freeBytes: fc.integer({ min: 5e7, max: 2e8 }),
    totalBytes: fc.constant(1e9),
    reserveBytes: fc.constant(1e8),
    forecastDays: fc.option(fc.integer({ min: 25, max: 40 })),
  }),
  trunks: fc.option(
    fc.record({
      all: fc.tuple(
        fc.record({
          name: fc.constant('carrier'),
          up: fc.boolean(),
          registered: fc.option(fc.boolean()),
          fault: fc.option(fc.constant('no_answer')),
        }),
      ),
      capped: fc.integer({ min: 0, max: 1 }),
      countsLost: fc.integer({ min: 0, max: 1 }),
    }),
  ),
  pbx: fc.option(fc.record({ up: fc.boolean(), registered: fc.constant(1), localCalls: fc.boolean() })),
  time: fc.record({
    state: fc.constantFrom('ok', 'behind', 'unconfirmed'),
    wall: fc.constant(0),
    expected: fc.constant(0),
    synchronised: fc.option(fc.boolean()),
  }),
  audit: fc.constantFrom({ state: 'ok', size: 1 } as const, { state: 'unwritable' } as const),
  policy: fc.option(fc.constant(well.policy)),
  recipients: fc.option(fc.constant(well.recipients)),
  copiesTurnedAway: fc.integer({ min: 0, max: 1 }),
  purge: fc.record({
    lastAt: fc.constantFrom(well.now, well.now - 3 * 3600_000),
    overdue: fc.integer({ min: 0, max: 1 }),
  }),
  certificate: fc.record({ expiresAt: fc.integer({ min: -1, max: 32 }).map((day) => well.now + day * 86_400_000) }),
  uplink: fc.option(
    fc.record({
      connected: fc.boolean(),
      lastAt: fc.constant(null),
      certificateExpiresAt: fc.integer({ min: 15, max: 30 }).map((day) => well.now + day * 86_400_000),
      waiting: fc.constant(0),
      connections: fc.constant(0),
    }),
  ),
});

testProp(
  'no finding flaps, whatever noise is measured: twice, and then no more than once in ten minutes',
  [fc.array(noise, { minLength: 200, maxLength: 400 })],
  (t, row) => {
    const looks = watched(row);
    const lastedMs = row.length * LOOK_MS;
    for (const code of Object.keys(healthCodes) as HealthCode[]) {
      t.true(raisings(looks, code) <= 2 + Math.floor(lastedMs / REST_MS), code);
    }
  },
  // A counterexample of hundreds of looks takes minutes to shrink.
  { numRuns: 15, endOnFailure: true },
);

testProp(
  'what is seen at every look stands in the end, and what is seen at none has left',
  [fc.array(noise, { maxLength: 60 })],
  (t, row) => {
    const bad: Partial<HealthFacts> = { ...busy(99), calls: null };
    const settled = watched([...row, ...times(400, bad)]).at(-1)!.findings;
    t.true(stands(settled, 'cpu_busy') && stands(settled, 'calls_down'));
    t.deepEqual(
      watched([...row, ...times(400, {})])
        .at(-1)!
        .findings.filter(({ state }) => state !== 'ok'),
      [],
    );
  },
  // A counterexample of hundreds of looks takes minutes to shrink.
  { numRuns: 15, endOnFailure: true },
);
