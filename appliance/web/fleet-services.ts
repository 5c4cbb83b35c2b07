/** What the desk needs of the fleet that manages the box: how far the enrolment is, how the connection is, and what a person decides. Instants are ms. */
import type { Person } from '../access/people.ts';
import type { ShownFleet, Status } from '../uplink/enrol/enrol.ts';

export interface FleetConnection {
  readonly connected: boolean;
  /** Since when it is so. */
  readonly since: number;
  /** When the fleet was last there; null: not since the box started. */
  readonly lastAt: number | null;
  /** Why the last connection ended or did not come about; null: none has. */
  readonly fault: 'unready' | 'unreachable' | 'untrusted' | 'refused' | 'lost' | null;
  /** Messages that wait to be told. */
  readonly waiting: number;
  /** The last head of the log that the fleet signed as witness; null: none yet. */
  readonly witness: { readonly size: number; readonly at: number } | null;
}

export interface FleetServices {
  status(): Status;
  /** Null: the box has no fleet, or the connection is only beginning. */
  connection(): FleetConnection | null;
  /** Whether the organisation's own key is here, which comes before anybody else's. */
  ready(): boolean;
  /** @throws Problem `fleet_url`, `fleet_known`, `trust_missing`, `audit_failed`. */
  begin(person: Person, url: string): Promise<Status>;
  /** @throws Problem: why the fleet could not be asked. */
  ask(): Promise<Status>;
  /** `compared`: what was shown to the person. @throws Problem as `Enrolment.confirm`. */
  confirm(person: Person, compared: Pick<ShownFleet, 'root' | 'policyKey'>): Promise<Status>;
  /** Also of a code that nobody has typed. @throws Problem `fleet_not_offered`, `audit_failed`. */
  refuse(person: Person): Promise<Status>;
  /** @throws Problem `fleet_none`, `audit_failed`. */
  leave(person: Person): Promise<Status>;
  /** Leaves, and makes a code for the fleet at `url`; a wrong address changes nothing. @throws Problem as `leave` and `begin`. */
  move(person: Person, url: string): Promise<Status>;
}
