import { health } from '@belkluis/shared/contract/health';
import { type HealthCode, healthCodes } from '@belkluis/shared/contract/health-codes';
import { okCodes } from '@belkluis/shared/contract/ok-codes';
import test from 'ava';
import type { Finding } from './health/finding.ts';
import { gaugesOf } from './health/gauges.ts';
import { checkHealth } from './health/health.ts';
import { now, well } from './health/testing/facts.ts';
import { type HealthSample, sampleOf } from './keep-health.ts';

const id = '01M8B057G5PE993E4J6N5HM7Q3';
const sent = (sample: HealthSample) =>
  health.format({ id, ts: now, seq: 1, body: { from: now, until: now, samples: 1, ...sample } });

test('a look becomes the health message of the contract, without a name in it', (t) => {
  const trunk = (name: string) => ({ name, up: false, registered: null, fault: null });
  const facts = {
    ...well,
    recipients: [{ name: 'R. Visser', role: 'custodian', expiresAt: now - 1, fault: null }] as const,
    trunks: { all: [trunk('carrier'), trunk('spare')], capped: 0, countsLost: 0 },
  };
  const sample = sampleOf({ at: now, findings: checkHealth(facts), gauges: gaugesOf(facts) });
  t.deepEqual(sample.findings.slice(0, 2), [
    { code: 'recipient_expired', level: 'bad', times: 1 },
    { code: 'trunk_down', level: 'bad', times: 2 },
  ]);
  const bytes = sent(sample);
  t.true(health.parse(bytes).ok);
  t.notRegex(bytes.toString(), /Visser|carrier|spare/);
});

test('everything at once still fits', (t) => {
  const wrong = (Object.keys(healthCodes) as HealthCode[]).flatMap((code) =>
    Array.from({ length: 1200 }, () => ({ code, state: healthCodes[code].level, values: {} }) as unknown as Finding),
  );
  const fine = Object.keys(okCodes).map((code) => ({ code, state: 'ok', values: {} }) as unknown as Finding);
  const sample = sampleOf({ at: now, findings: [...wrong, ...fine], gauges: gaugesOf(well) });
  t.is(sample.findings.length, wrong.length / 1200 + fine.length);
  t.true(sent(sample).byteLength > 0);
});
