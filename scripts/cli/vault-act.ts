/** An act of a person on what the vault holds: who they are comes first, then whether their role may. */
import { systemClock } from '@belkluis/shared/base/clock';
import { generalDays } from '@belkluis/shared/policy/retention';
import type { Act } from '../../appliance/access/roles.ts';
import type { AuditLog } from '../../appliance/audit/log.ts';
import type { Catalogue } from '../../appliance/vault/catalogue.ts';
import { personFrom } from './as-person.ts';
import { withCatalogue } from './box.ts';
import type { Invocation, Result } from './command.ts';

const DAY_MS = 24 * 3600_000;

export interface Doing {
  readonly catalogue: Catalogue;
  /** Appends to the audit log. */
  readonly append: AuditLog['append'];
  /** A person's id. */
  readonly by: string;
  /** Wall clock, ms. */
  readonly at: number;
  /** How long what is done here is remembered after it is over, ms. */
  readonly memoryMs: number;
}

/** Has the person that `--as` names do `act`. @throws Problem of `personFrom`. */
export async function asPerson({ values, data }: Invocation, act: Act, run: (doing: Doing) => Result): Promise<Result> {
  const person = await personFrom(values, data, act);
  return withCatalogue(data, (catalogue, { log, policy }) => {
    const memoryMs = generalDays(policy()?.policy ?? null, 'request') * DAY_MS;
    return run({ catalogue, append: log.append, by: person.id, at: systemClock.now(), memoryMs });
  });
}
