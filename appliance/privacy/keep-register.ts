/** Writes the register of processing when something of it changes, and says where it differs from what is so. */
import type { AuditEntry } from '@belkluis/shared/audit/event';
import type { Clock } from '@belkluis/shared/base/clock';
import type { PolicyInForce } from '@belkluis/shared/policy/decide';
import {
  type BoxFacts,
  type Place,
  type Register,
  registerDrift,
  registerHash,
  registerOf,
} from '@belkluis/shared/policy/documents/register';
import type { Cause, Registers, RegisterVersion } from './registers.ts';

export interface RegisterParts {
  readonly registers: Registers;
  /** In force; null: none, or none that can be trusted. */
  policy(): PolicyInForce | null;
  people(): BoxFacts['people'];
  /** Where backups go; null: as the register said last, for whoever has not read the configuration. */
  readonly destinations: readonly Place[] | null;
  readonly deviceId: string;
  readonly signallingHours: number;
  append(entry: AuditEntry): unknown;
  readonly clock: Pick<Clock, 'now'>;
}

export interface RegisterState {
  /** What was recorded of the policy in force; null: nothing. */
  readonly recorded: RegisterVersion | null;
  readonly live: Register;
  /** Rows and parts that differ, by name; `everything`: nothing was recorded, or the record is not what was hashed. */
  readonly drift: readonly string[];
}

export function keepRegister(parts: RegisterParts) {
  const { registers, deviceId, signallingHours, append, clock } = parts;
  const of = (policy: PolicyInForce | null): Register =>
    registerOf(policy, {
      deviceId,
      signallingHours,
      people: parts.people(),
      destinations: parts.destinations ?? registers.newest()?.register.places ?? [],
    });
  const check = (): RegisterState => {
    const policy = parts.policy();
    const recorded = registers.newestOf(policy?.hash ?? null);
    const live = of(policy);
    if (!recorded || registerHash(recorded.register) !== recorded.hash)
      return { recorded, live, drift: ['everything'] };
    return { recorded, live, drift: registerDrift(recorded.register, live) };
  };
  const write = (register: Register, cause: Cause): number => {
    const [registerHashed, policyHash] = [registerHash(register), register.policy?.hash ?? null];
    append({ kind: 'register_recorded', actor: 'box', facts: { register: registerHashed, policyHash, cause } });
    return registers.add(register, cause, clock.now());
  };
  return {
    check,
    /** Writes a version of what is so now, unless the last one says it already. Returns its number; null: nothing to write. */
    record(cause: Cause): number | null {
      const { live, drift } = check();
      return drift.length === 0 ? null : write(live, cause);
    },
    /**
     * The version of a policy that is about to come into force. On the disk before the policy is: what is processed stands in the register
     * first, and a version whose policy never came into force is never looked at.
     */
    recordNext: (next: PolicyInForce): number => write(of(next), 'policy'),
  };
}

export type KeptRegister = ReturnType<typeof keepRegister>;
