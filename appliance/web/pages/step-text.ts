/** The sentence of a step of a connection test, in the visitor's language. */
import type { Step } from '../../connection/steps.ts';
import type { Texts } from '../i18n/en.ts';
import type { Formats } from '../i18n/formats.ts';

export function stepText(t: Texts, f: Formats, { code, values }: Step): string {
  // The table's type ties each code to its values; the union of both, as it arrives here, has lost that tie.
  const say = t.connection.steps[code] as (values: Step['values'], f: Formats) => string;
  return say(values, f);
}
