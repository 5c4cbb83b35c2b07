/**
 * The fleet's compliance face, and the room's one door. `agreements`, `changes` and `incidents` have functions that take a Scope and the acting person,
 * for console and API, and others that take none, for whoever runs the server. What `tell` cannot bring to anybody is tried again by `tellAll`.
 */

import type { Provider } from './agreement-text.ts';
import { openAgreements } from './agreements.ts';
import type { RegionLock } from './countries.ts';
import { openIncidents } from './incidents.ts';
import type { Location, Locations } from './locations.ts';
import { openOrders } from './orders.ts';
import { type Parts, type Tell, view, zoneOf } from './parts.ts';
import { problem } from './problems.ts';
import { openSubprocessors } from './subprocessors.ts';
import { writeTenantData } from './tenant-data.ts';
import { type Kept, termsOf } from './terms.ts';
import { openTerms } from './terms-store.ts';
import { type Attestation, locationOf, trustOf } from './trust.ts';

export interface ComplianceParts extends Parts {
  readonly lock: RegionLock;
  readonly locations: Locations;
  /** Null: the configuration does not say. */
  readonly provider: Provider | null;
  readonly certifications: readonly Attestation[];
  readonly audits: readonly Attestation[];
  readonly kept: Kept;
  readonly keysEncrypted: boolean;
}

export type Compliance = ReturnType<typeof openCompliance>;

export function openCompliance(parts: ComplianceParts) {
  const { database, clock, append, lock, locations, provider, kept, keysEncrypted, certifications, audits } = parts;
  const subprocessors = openSubprocessors(parts);
  const current = async () =>
    termsOf({ kept, lock, keysEncrypted, locations: locations.list(), subprocessors: await subprocessors.inTerms() });
  const terms = openTerms({ ...parts, current });
  const agreements = openAgreements({ ...parts, terms, locationsOf: locations.list, provider });
  const incidents = openIncidents(parts);

  return {
    agreements,
    subprocessors,
    terms,
    incidents,
    orders: openOrders(parts),

    /** By whose clock days of an MSP are meant (IANA). */
    zoneOf: (msp: string): Promise<string> => zoneOf(view(database), msp, parts.timeZone),

    /** Every place, with the addresses of machines: for whoever runs the server. With `msp` what that MSP has added. */
    locations: (msp?: string): readonly Location[] => locations.list(msp),

    /** For anybody, as `/location` shows it. */
    location: () => locationOf(locations.list()),

    /** For anybody, as `/trust` shows it. @throws Problem `provider_missing`. */
    async trust() {
      if (!provider) throw problem('provider_missing');
      return trustOf({
        ...{ provider, terms: await terms.newest(), locations: locations.list() },
        ...{ certifications, audits, now: clock.now() },
      });
    },

    /** Brings to people what they have not heard: incidents first. */
    async tellAll(tell: Tell): Promise<number> {
      const incident = await incidents.tellConcerned(tell);
      return incident + (await subprocessors.tellChanges(tell)) + (await agreements.remind(tell));
    },

    /** Everything that the fleet has of an MSP, line by line. It is in the log before the last line is written. */
    async exportTenant(msp: string, actor: string, write: (line: string) => Promise<void> | void) {
      let last: string | null = null;
      const end = await writeTenantData(database, msp, clock.now(), async (line) => {
        if (last !== null) await write(last);
        last = line;
      });
      await append({ kind: 'tenant_exported', actor, facts: { msp, digest: end.digest } }, database);
      await write(last!);
      return end;
    },
  };
}
