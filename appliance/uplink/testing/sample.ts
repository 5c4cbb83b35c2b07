/** What boxes of the tests say. */
import type { Health } from '@belkluis/shared/contract/health';
import type { Reported } from '@belkluis/shared/contract/reported';

export const BOX = '49c14d165b7ff7fbe60f6f12f201a493';

export const reportedSample: Reported = {
  policy: { applied: { version: 3, hash: 'a'.repeat(64) }, pending: null, rejected: null },
  recipients: { hash: 'b'.repeat(64), custodians: 2, escrows: 1 },
  software: { version: 'v0.4.0', policySchema: 2 },
  hardware: { arch: 'x64', cores: 4, memoryMiB: 8192, diskMiB: 476_000, epochKey: 'file' },
  calls: ['phones'],
  uplink: 'mqtts',
  reads: 1,
};

export const healthAt = (at: number, cpu: number, findings: Health['findings'] = []): Health => ({
  from: at,
  until: at,
  samples: 1,
  gauges: { cpu_percent: cpu },
  findings,
});
