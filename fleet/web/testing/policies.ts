/** Boxes with their customers' policy, levels above them, and a rollout under way, for pages that show them. */
import { customersOwn } from '../../policy/testing/world.ts';
import { populate, type TestBox } from './boxes.ts';
import type { TestConsole } from './console.ts';

export const own = customersOwn();

const boxes: readonly TestBox[] = [
  { customer: 'Bakkerij Visser', site: 'Utrecht', name: 'Oven' },
  { customer: 'Bakkerij Visser', site: 'Utrecht', name: 'Winkel' },
  { customer: 'Garage De Vries', site: 'Gent', name: 'Brug' },
];

/** They have `own` in force, which somebody has brought. Returns ids by name, as `populate`. */
export async function policyBoxes(made: Parameters<typeof populate>[0] & Pick<TestConsole, 'policies'>, bring = true) {
  const applied = { version: 1, hash: own.hash };
  const ids = await populate(
    made,
    boxes.map((box) => ({ ...box, policy: { applied } })),
  );
  if (bring) await made.policies.documents.bring(made.scope, own.envelope, 'fleet');
  return ids;
}
