/** The box and its fleet, as desk and command line have it: what enrolment needs of identity, log and policy. */
import type { AuditEntry } from '@belkluis/shared/audit/event';
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { keyOf, spkiOf } from '@belkluis/shared/contract/enrolment/transcript';
import type { places } from './config.ts';
import type { Device } from './identity/device.ts';
import { pinFleet, unpinFleet } from './policy/trust-fleet.ts';
import { type Enrolment, openEnrolment } from './uplink/enrol/enrol.ts';
import { openEnrolmentStore } from './uplink/enrol/store.ts';
import { writeFileDurably } from './vault/durable.ts';

export interface JoinFleetParts {
  readonly at: ReturnType<typeof places>;
  readonly device: Device;
  readonly clock: Pick<Clock, 'now'>;
  readonly chance: Chance;
  readonly append: (entry: AuditEntry) => unknown;
}

export function joinFleet({ at, device, clock, chance, append }: JoinFleetParts): Enrolment {
  const { deviceId, privateKey, publicKey } = device;
  return openEnrolment({
    store: openEnrolmentStore(at.enrolmentDatabase),
    self: { box: deviceId, auditKey: spkiOf(publicKey), signingKey: privateKey },
    clock,
    chance,
    append,
    trust: {
      pin: (key) => pinFleet(at.policy, keyOf(key), writeFileDurably),
      unpin: (key) => unpinFleet(at.policy, keyOf(key), writeFileDurably),
    },
  });
}
