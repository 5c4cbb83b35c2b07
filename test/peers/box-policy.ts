/** The policies of a whole box, in the hands of a person there. */
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { openAuditLog } from '../../appliance/audit/log.ts';
import { openDevice } from '../../appliance/identity/device.ts';
import { joinPolicy, type PolicyActs } from '../../appliance/join-policy.ts';
import type { ScenarioBox } from './box.ts';

/** Does something with them, while the box runs. `now`: what its clock shows to that person, ms. */
export function withPolicies<Result>(
  { at }: Pick<ScenarioBox, 'at'>,
  act: (policies: PolicyActs) => Result,
  now = systemClock.now,
): Result {
  const { deviceId } = openDevice(at.identity, systemChance);
  const log = openAuditLog({ path: at.auditDatabase, deviceId, clock: systemClock, chance: systemChance });
  const policies = joinPolicy({
    folder: at.policy,
    lock: at.policyLock,
    deviceId: () => deviceId,
    now,
    append: (entry) => log.append(entry),
    recordRegister: () => {},
  });
  try {
    return act(policies);
  } finally {
    policies.close();
    log.close();
  }
}

/** A data protection officer does not want what waits. */
export const refusePending = (box: Pick<ScenarioBox, 'at'>): void =>
  withPolicies(box, (policies) => {
    const reason = 'Nobody here asked for any of this.';
    policies.refuse({ person: 'robert', name: 'Robert Visser', reason }, null);
  });
