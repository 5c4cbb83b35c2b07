/** What a change of each field of a policy does, in words: out of the table that changes are classified by. */
import { type Order, orders } from '@belkluis/shared/policy/changes/table';

const words: Readonly<Record<Extract<Order, string>, string>> = {
  form: 'is of the document, no change',
  key: 'names the entry; cannot change',
  neutral: 'neutral',
  parts: 'see its parts',
  any: 'any change weakens',
  other: 'another value weakens',
  adding: 'more weakens, less strengthens',
  removing: 'less weakens, more strengthens',
  term: 'longer weakens, shorter erases',
  rules: 'as each rule; another order may weaken',
  purposes: 'as each purpose; a new one weakens',
  condition: 'wider weakens, narrower strengthens unless a later rule takes those calls for more',
  never: 'less weakens, more strengthens; of a mandatory purpose, more weakens',
  group: 'as the rules that name it',
  holiday: 'as the rules that treat holidays apart',
  pausing: 'more strengthens; of a mandatory purpose, more weakens',
};

/** Null: the table does not know the field, so any change of it weakens. */
export function directionOf(path: string): string | null {
  const order = orders[path];
  if (order === undefined) return null;
  if (typeof order === 'string') return words[order];
  if ('from' in order) return `from weak to strong: ${order.from.join(', ')}`;
  return 'lower' in order ? 'lower strengthens, higher weakens' : 'higher strengthens, lower weakens';
}
