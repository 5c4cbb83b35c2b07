/** Who calls, and so who says where the call goes: a trunk, a PBX, or a phone. */
import type { IncomingCall } from '../sip/dialog/incoming-call.ts';
import type { Routing } from './route.ts';

/** Peers that are known by where they come from, before anybody is asked for a password. */
export interface Source {
  claims(incoming: IncomingCall): boolean;
  readonly route: Routing;
}

/** The first source that claims a call routes it; what nobody claims is a phone's, which has to say who it is. */
export const createRouting =
  (sources: () => readonly Source[], phones: Routing): Routing =>
  (incoming) => {
    const source = sources().find((one) => one.claims(incoming));
    return source ? source.route(incoming) : phones(incoming);
  };
