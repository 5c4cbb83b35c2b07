/** Words in which columns are told of, one for each kind. */
import type { Column, Kind } from '../catalogue-model.ts';

type More = Omit<Column, 'kind' | 'why'>;

const of =
  (kind: Kind) =>
  (why: string, more: More = {}): Column => ({ kind, why, ...more });
export const name = of('name');
export const number = of('number');
export const pseudonym = of('pseudonym');
export const address = of('address');
export const hash = of('hash');
export const secret = of('secret');
export const words = of('words');
export const instant = of('instant');
export const count = of('count');
export const code = of('code');
export const digest = of('digest');
export const rest = of('rest');

/** Nobody sees what proves who somebody is. */
export const hidden: More = { category: 'authentication', acts: [] };
export const leavesThen = instant('When the row leaves; without it nothing is written.');
