/** What a finding says of its values. What to do, and what codes without values say, is in `shared/contract/health-words/`, for the console too. */
import type { HealthCode } from '@belkluis/shared/contract/health-codes';
import type { HealthWords } from '@belkluis/shared/contract/health-words/words';
import type { OkCode } from '@belkluis/shared/contract/ok-codes';
import type { Finding, FindingValues, ValuedCode } from '../../health/finding.ts';
import type { Formats } from './formats.ts';

export type FindingTexts = {
  [Code in ValuedCode | OkCode]: (values: FindingValues<Code>, f: Formats) => string;
};

interface Texts {
  readonly findings: FindingTexts;
  readonly healthWords: HealthWords;
}

/** What is so and what to do about it, in one language: of desk and command line alike. */
export function findingText({ findings, healthWords }: Texts, f: Formats, { code, values, state }: Finding): string {
  // The table's type ties each code to its values; the union of both, as it arrives here, has lost that tie.
  const say = (findings as Partial<Record<string, (values: Finding['values'], f: Formats) => string>>)[code];
  const words = state === 'ok' ? null : healthWords.codes[code as HealthCode];
  return [say ? say(values, f) : words?.says, words?.advice].filter(Boolean).join(' ');
}
