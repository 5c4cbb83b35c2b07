/** How one leg's payload types become the other's: numbers are per direction and change with each offer (RFC 3264 5.1). */
import type { Codec, PayloadMap } from '../codec.ts';

export interface Route {
  readonly codec: Codec;
  /** The number that the other leg wants for this codec; -1: it did not negotiate it. */
  readonly to: number;
}

/** By payload type; a hole is a number that was not negotiated. */
export type Routes = readonly (Route | undefined)[];

const sameCodec = (a: Codec, b: Codec): boolean => a.name === b.name && a.clockRate === b.clockRate;

/** Routes of packets that come under `receive` and leave under `send` of the other leg (empty: there is no other leg). */
export function routesBetween(receive: readonly PayloadMap[], send: readonly PayloadMap[]): Routes {
  const routes = new Array<Route | undefined>(128).fill(undefined);
  for (const { payloadType, codec } of receive) {
    const wanted = send.find((other) => sameCodec(other.codec, codec));
    // The first wins when a peer lists a number twice: it is the one that it prefers.
    routes[payloadType] ??= { codec, to: wanted?.payloadType ?? -1 };
  }
  return routes;
}
