/** A fleet for a desk under test: how far the enrolment is, is the test's; what a person decides is in the log as the box writes it. */
import type { AuditEntry } from '@belkluis/shared/audit/event';
import { systemChance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { type Problem, problemsOf } from '@belkluis/shared/base/problem';
import { newClaimCode } from '@belkluis/shared/contract/enrolment/code';
import type { ShownFleet, Status } from '../../uplink/enrol/enrol.ts';
import { problem } from '../../uplink/enrol/problems.ts';
import { fleetOrigin } from '../../uplink/enrol/talk.ts';
import type { FleetConnection, FleetServices } from '../fleet-services.ts';

const DAY_MS = 86_400_000;

const trustMissing = problemsOf({ trust_missing: 'No key.' });

const pairs = (text: string) =>
  text
    .repeat(4)
    .slice(0, 64)
    .replaceAll(/(..)(?=.)/g, '$1:');

export const shownFleet: ShownFleet = {
  url: 'https://fleet.example:8443',
  msp: 'Noordzee Telecom B.V.',
  site: 'Leiden, Breestraat 12',
  root: pairs('A1B2C3D4E5F60718'),
  policyKey: pairs('0918273645F0E1D2'),
};

const CODE = newClaimCode(systemChance);

export function testFleet({ clock, append }: { clock: Clock; append: (entry: AuditEntry) => void }) {
  const world = {
    status: { at: 'alone' } as Status,
    ready: true,
    connection: null as FleetConnection | null,
    /** What the fleet answers with; null: nothing is wrong. */
    fault: null as Problem | null,
  };
  const facts = { claim: '01KAZ7Q8F2V9R3T5W6X7Y8Z9A0', root: 'a'.repeat(64), policyKey: 'b'.repeat(64) };
  const now = (): Status => world.status;
  const offering = (url: string): Status => ({
    at: 'offering',
    url,
    code: CODE,
    expiresAt: clock.now() + DAY_MS,
    reachedAt: null,
  });
  const enrolled = (): Status => ({
    at: 'enrolled',
    fleet: shownFleet,
    expiresAt: clock.now() + 90 * DAY_MS,
    renewal: 'good',
  });
  const begin = (by: string, url: string): Status => {
    const origin = fleetOrigin(url);
    if (world.status.at !== 'alone' && world.status.at !== 'offering') throw problem('fleet_known');
    append({ kind: 'fleet_code_made', actor: by, facts: { expiresAt: clock.now() + DAY_MS } });
    world.status = offering(origin);
    return world.status;
  };
  const leave = (by: string): Status => {
    if (world.status.at !== 'enrolled' && world.status.at !== 'confirmed') throw problem('fleet_none');
    append({ kind: 'fleet_left', actor: by, facts });
    world.status = { at: 'alone' };
    return world.status;
  };
  const services: FleetServices = {
    status: now,
    connection: () => world.connection,
    ready: () => world.ready,
    async begin({ id }, url) {
      if (!world.ready) throw trustMissing('trust_missing');
      return begin(id, url);
    },
    async ask() {
      if (world.fault) throw world.fault;
      return world.status;
    },
    async confirm({ id }, compared) {
      if (world.status.at !== 'offered') throw problem('fleet_not_offered');
      const { fleet, expiresAt } = world.status;
      for (const name of ['root', 'policyKey'] as const)
        if (compared[name] !== fleet[name]) throw problem('fleet_fingerprint', name);
      append({ kind: 'fleet_confirmed', actor: id, facts });
      world.status = { at: 'confirmed', fleet, expiresAt };
      if (world.fault) throw world.fault;
      world.status = enrolled();
      return world.status;
    },
    async refuse({ id }) {
      if (world.status.at !== 'offering' && world.status.at !== 'offered') throw problem('fleet_not_offered');
      append({ kind: 'fleet_refused', actor: id, facts: { claim: null } });
      world.status = { at: 'alone' };
      return world.status;
    },
    leave: async ({ id }) => leave(id),
    async move({ id }, url) {
      fleetOrigin(url);
      leave(id);
      return begin(id, url);
    },
  };
  const offered = (): void => {
    world.status = { at: 'offered', fleet: shownFleet, expiresAt: clock.now() + 7 * DAY_MS };
  };
  const connected = (): void => {
    world.status = enrolled();
    world.connection = {
      connected: true,
      since: clock.now() - 3_600_000,
      lastAt: clock.now(),
      fault: null,
      waiting: 3,
      witness: { size: 1205, at: clock.now() - 600_000 },
    };
  };
  return { world, services, offered, connected };
}
