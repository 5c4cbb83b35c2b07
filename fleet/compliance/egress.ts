/**
 * The one gate for connections out of the process. Every library that dials (the database's, the broker's, mail, `fetch`) ends in
 * `net.Socket.connect`; here it asks the list of locations first. A destination that nobody has declared is no connection but an error, so no code that
 * is added later can talk to somebody whom `/location` does not name.
 */
import { isIP, Socket } from 'node:net';
import type { Locations } from './locations.ts';
import { problem } from './problems.ts';

interface Target {
  readonly host: string;
  readonly port: number;
}

interface Given {
  readonly path?: string | null;
  readonly port?: number | string;
  readonly host?: string | null;
  readonly servername?: string | false;
}

/** What `connect` was asked for; null: a Unix socket, a pipe, or a handle that is open already. */
function targetOf(args: readonly unknown[]): Target | null {
  // net.connect has normalised its arguments into a list by then, which it marks.
  const given = Array.isArray(args[0]) ? args[0][0] : args[0];
  if (typeof given === 'object' && given !== null) {
    const { path, port, host, servername } = given as Given;
    if (path || port === undefined) return null;
    // Who has looked up the name already says it beside the address, and checks the certificate by it.
    const named = host && isIP(host) !== 0 && servername ? servername : host;
    return { host: named || 'localhost', port: Number(port) };
  }
  if (typeof given === 'number' || (typeof given === 'string' && /^\d+$/.test(given)))
    return { host: typeof args[1] === 'string' ? args[1] : 'localhost', port: Number(given) };
  return null;
}

/** Guards every connection from now on. `refused` hears of each that was not made. Returns what ends it. */
export function guardEgress({ admits }: Locations, refused: (target: Target) => void): () => void {
  const before = Socket.prototype.connect;
  const guarded = function (this: Socket & { connecting: boolean }, ...args: unknown[]): Socket {
    const target = targetOf(args);
    if (target === null || admits(target.host, target.port)) return Reflect.apply(before, this, args) as Socket;
    refused(target);
    // As when somebody is not there: later, when whoever asked listens for it. An error that nobody hears would end the process.
    this.connecting = true;
    setImmediate(() => this.destroy(problem('destination_undeclared', `${target.host}:${target.port}`)));
    return this;
  };
  Socket.prototype.connect = guarded as typeof before;
  return () => {
    if (Socket.prototype.connect === (guarded as typeof before)) Socket.prototype.connect = before;
  };
}
