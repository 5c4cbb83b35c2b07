/** An act of a person on what the vault holds: who they are comes first, then whether their role may. */
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { generalDays } from '@belkluis/shared/policy/retention';
import { openAuditLog } from '../../appliance/audit/log.ts';
import { places } from '../../appliance/config.ts';
import { openDevice } from '../../appliance/identity/device.ts';
import { loadPolicy } from '../../appliance/policy/store.ts';
import type { Catalogue } from '../../appliance/vault/catalogue.ts';
import { openVault } from '../../appliance/vault/vault.ts';
import { personFrom } from './as-person.ts';
import { type Invocation, type Options, problem, type Result } from './command.ts';

const DAY_MS = 24 * 3600_000;

/** Days that holds, restrictions and requests are remembered while no policy says it: the longest in which they are usually asked about. */
const DAYS_WITHOUT_POLICY = 365;

export const personOptions: Options = { as: { type: 'string' }, credentials: { type: 'string' } };

export const PERSON_USAGE = '--as NAME [--credentials FILE]';

type Append = ReturnType<typeof openAuditLog>['append'];

export interface Act {
  readonly catalogue: Catalogue;
  /** Appends to the audit log. */
  readonly append: Append;
  /** A person's id. */
  readonly by: string;
  /** Wall clock, ms. */
  readonly at: number;
  /** How long what is done here is remembered after it is over, ms. */
  readonly memoryMs: number;
}

/** Runs `act` as the person that `--as` names. @throws Problem of `personFrom`, `role_missing`. */
export async function asPerson(
  { values, data }: Invocation,
  roles: readonly string[],
  act: (act: Act) => Result,
): Promise<Result> {
  const person = await personFrom(values, data);
  if (!person.roles.some((role) => roles.includes(role))) throw problem('role_missing', roles.join(', '));
  const { identity, auditDatabase, vault: folder, policy } = places(data);
  const { deviceId } = openDevice(identity, systemChance);
  const inForce = loadPolicy(policy);
  const memoryMs = (inForce ? generalDays(inForce.policy, 'request') : DAYS_WITHOUT_POLICY) * DAY_MS;
  const log = openAuditLog({ path: auditDatabase, deviceId, clock: systemClock, chance: systemChance });
  const vault = openVault(folder);
  try {
    const { catalogue } = vault;
    return act({ catalogue, append: log.append, by: person.id, at: systemClock.now(), memoryMs });
  } finally {
    vault.close();
    log.close();
  }
}

/** Runs `read` on the catalogue, for who runs the machine: what comes out names no caller and no number. */
export async function withCatalogue<T>(data: string, read: (catalogue: Catalogue) => Promise<T> | T): Promise<T> {
  const vault = openVault(places(data).vault);
  try {
    return await read(vault.catalogue);
  } finally {
    vault.close();
  }
}
