/** Several samples of health as one: the worst of each number and each finding. Pure. */
import { levels } from '@belkluis/shared/contract/finding-codes';
import { worstGauges } from '@belkluis/shared/contract/gauges';
import type { Health } from '@belkluis/shared/contract/health';

type Found = Health['findings'][number];

const worseOf = (a: Found, b: Found): Found => ({
  code: a.code,
  level: levels.indexOf(b.level) > levels.indexOf(a.level) ? b.level : a.level,
  times: Math.max(a.times, b.times),
});

/** `samples`: one or more. */
export function rollUp(samples: readonly Health[]): Health {
  const findings = new Map<string, Found>();
  for (const found of samples.flatMap((sample) => sample.findings)) {
    const known = findings.get(found.code);
    findings.set(found.code, known ? worseOf(known, found) : found);
  }
  return {
    from: Math.min(...samples.map(({ from }) => from)),
    until: Math.max(...samples.map(({ until }) => until)),
    samples: samples.reduce((sum, one) => sum + one.samples, 0),
    gauges: worstGauges(samples.map(({ gauges }) => gauges)),
    findings: [...findings.values()],
  };
}
