/** A number that was measured, as people write it: its name ends in its unit. */
import type { GaugeName } from '@belkluis/shared/contract/gauges';
import type { Formats } from './formats.ts';

export function gaugeText(
  name: GaugeName,
  value: number,
  f: Formats,
  { yes, no }: { readonly yes: string; readonly no: string },
): string {
  if (name === 'pbx_up') return value === 1 ? yes : no;
  if (name.endsWith('_permille')) return f.unit(value / 10, 'percent', 1);
  if (name.endsWith('_hundredths')) return f.decimal(value / 100, 2);
  if (name.endsWith('_percent')) return f.unit(value, 'percent');
  if (name.endsWith('_celsius')) return f.unit(value, 'celsius');
  if (name.endsWith('_ms')) return f.unit(value, 'millisecond');
  if (name.includes('_days')) return f.unit(value, 'day');
  if (name.includes('_hours')) return f.unit(value, 'hour');
  return f.number(value);
}
