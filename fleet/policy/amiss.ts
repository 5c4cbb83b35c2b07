/** What is not as it was signed, of all MSPs: for whoever raises alerts. No tenant asks here. */
import { type Parts, view } from './parts.ts';

export interface Amiss {
  /** Active boxes that have something else than was wanted, and that refused what nobody signed here. */
  readonly drift: readonly { readonly box: string }[];
  readonly altered: readonly { readonly box: string }[];
  /** MSPs with a rollout that failures halted; what a person halted is known. */
  readonly halted: readonly { readonly msp: string }[];
}

export function openAmiss({ database }: Pick<Parts, 'database'>) {
  const db = view(database);
  const boxes = (state: 'drift' | 'altered') =>
    db
      .selectFrom('policy_standing')
      .innerJoin('boxes', 'boxes.id', 'policy_standing.box')
      .select('policy_standing.box')
      .where('policy_standing.state', '=', state)
      .where('boxes.state', '=', 'active')
      .execute();
  return async (): Promise<Amiss> => ({
    drift: await boxes('drift'),
    altered: await boxes('altered'),
    halted: await db
      .selectFrom('policy_rollouts')
      .select('msp')
      .distinct()
      .where('state', '=', 'halted')
      .where('halted', '=', 'failures')
      .execute(),
  });
}
