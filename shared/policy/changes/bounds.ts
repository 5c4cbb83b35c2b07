/** What whoever manages the box from outside may change of its policy: what the policy in force allows, and never these bounds. */
import type { fleetParts } from '../schema.ts';
import type { PolicyChange } from './classify.ts';
import type { WholePolicy } from './difference.ts';

/** Of the document, not of what it says: for which boxes it is. */
const OF_DOCUMENT = 'audience';

/** The part that a field belongs to, the longest name first. */
const parts: readonly (readonly [prefix: string, part: (typeof fleetParts)[number]])[] = [
  ['purposes.announcement', 'announcements'],
  ['purposes.retention', 'retention'],
  ['rules.retention', 'retention'],
  ['retention', 'retention'],
  ['rules', 'rules'],
  ['groups', 'groups'],
  ['holidays', 'holidays'],
  ['neverRecord', 'neverRecord'],
];

const partOf = (field: string) =>
  parts.find(([prefix]) => field === prefix || field.startsWith(`${prefix}.`))?.[1] ?? null;

/** Paths of what a policy from the fleet changes and may not, given the policy in force. Empty: it stays within its bounds. */
export function outOfBounds(inForce: WholePolicy, changes: readonly PolicyChange[]): readonly string[] {
  const { fleetMayChange, maxContentDays } = inForce.policy.bounds;
  const mayNot = ({ field, after }: PolicyChange): boolean => {
    if (field === OF_DOCUMENT) return false;
    const part = partOf(field);
    if (part === null || !fleetMayChange.includes(part)) return true;
    return field.endsWith('.contentDays') && Number(after[0] ?? 0) > maxContentDays;
  };
  return changes.filter(mayNot).map(({ path }) => path.join('.'));
}
