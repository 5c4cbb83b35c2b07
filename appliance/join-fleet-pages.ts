/** What the desk's pages ask of the box's fleet, joined to enrolment and connection. */
import { existsSync } from 'node:fs';
import type { KeptUplink } from './keep-uplink.ts';
import { problem as policyProblem } from './policy/problems.ts';
import { policyFiles } from './policy/store.ts';
import type { Enrolment } from './uplink/enrol/enrol.ts';
import { fleetOrigin } from './uplink/enrol/talk.ts';
import type { FleetServices } from './web/fleet-services.ts';

interface Parts {
  readonly fleet: Enrolment;
  readonly uplink: Pick<KeptUplink, 'connection'>;
  readonly policyFolder: string;
}

export function joinFleetPages({ fleet, uplink, policyFolder }: Parts): FleetServices {
  const ready = () => existsSync(policyFiles(policyFolder).trust);
  const begin = (url: string, by: string) => {
    // The customer's own key comes before anybody else's.
    if (!ready()) throw policyProblem('trust_missing');
    return fleet.begin(url, by);
  };
  return {
    status: fleet.status,
    connection: uplink.connection,
    ready,
    begin: async ({ id }, url) => begin(url, id),
    ask: fleet.ask,
    confirm: ({ id }, compared) => fleet.confirm(id, compared),
    refuse: ({ id }) => fleet.refuse(id),
    leave: ({ id }) => fleet.leave(id),
    async move({ id }, url) {
      const origin = fleetOrigin(url);
      await fleet.leave(id);
      return begin(origin, id);
    },
  };
}
