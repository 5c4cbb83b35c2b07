/** The codes of health as a table for `docs/operating.md`, in the words of the desk. */
import { healthChecks, healthCodes } from '@belkluis/shared/contract/health-codes';
import { en } from '@belkluis/shared/contract/health-words/en';

const entries = Object.entries(healthCodes) as [
  keyof typeof healthCodes,
  (typeof healthCodes)[keyof typeof healthCodes],
][];

/** Worst first within each check, checks as the desk shows them. */
export function healthTable(): string {
  const rows = healthChecks.flatMap((check) =>
    entries
      .filter(([, entry]) => entry.check === check)
      .map(([code, { level }]) => {
        const { says, advice } = en.codes[code];
        return `| ${en.checks[check]} | \`${code}\` | ${level} | ${says} | ${advice} |`;
      }),
  );
  return ['| check | code | | what is so | what to do |', '|---|---|---|---|---|', ...rows].join('\n');
}
