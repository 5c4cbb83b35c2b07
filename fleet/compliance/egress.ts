/**
 * The one gate for connections out of the process. Every library that dials (the database's, the broker's, mail, `fetch`) ends in
 * `net.Socket.connect`; here it asks the list of locations first. A destination that nobody has declared is no connection but an error, so no code that
 * is added later can talk to somebody whom `/location` does not name.
 */
import { Socket } from 'node:net';
import type { Locations } from './locations.ts';
import { problem } from './problems.ts';

interface Target {
  readonly host: string;
  readonly port: number;
}

/** What `connect` was asked for; null: a Unix socket, a pipe, or a handle that is open already. */
function targetOf(args: readonly unknown[]): Target | null {
  // net.connect has normalised its arguments into a list by then, which it marks.
  const given = Array.isArray(args[0]) ? args[0][0] : args[0];
  if (typeof given === 'object' && given !== null) {
    const { path, port, host } = given as { path?: string | null; port?: number | string; host?: string | null };
    if (path || port === undefined) return null;
    return { host: host || 'localhost', port: Number(port) };
  }
  if (typeof given === 'number' || (typeof given === 'string' && /^\d+$/.test(given)))
    return { host: typeof args[1] === 'string' ? args[1] : 'localhost', port: Number(given) };
  return null;
}

/** Guards every connection from now on. `refused` hears of each that was not made. Returns what ends it. */
export function guardEgress({ admits }: Locations, refused: (target: Target) => void): () => void {
  const before = Socket.prototype.connect;
  const guarded = function (this: Socket, ...args: unknown[]): Socket {
    const target = targetOf(args);
    if (target === null || admits(target.host, target.port)) return Reflect.apply(before, this, args) as Socket;
    refused(target);
    this.destroy(problem('destination_undeclared', `${target.host}:${target.port}`));
    return this;
  };
  Socket.prototype.connect = guarded as typeof before;
  return () => {
    if (Socket.prototype.connect === (guarded as typeof before)) Socket.prototype.connect = before;
  };
}
