/**
 * Loaded into a process by `--import`: keeps in the clear whatever comes and goes over its TLS connections, in the folder that TLS_TAP names. A file
 * for each connection and direction, so that nothing which is looked for is cut in two.
 */
import { appendFileSync, mkdirSync } from 'node:fs';
import { Server } from 'node:https';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';

const folder = process.env.TLS_TAP!;
mkdirSync(folder, { recursive: true });

const numbers = new WeakMap<TLSSocket, number>();
let count = 0;

function keep(socket: TLSSocket, way: 'in' | 'out', bytes: string | Uint8Array, encoding?: BufferEncoding): void {
  const number = numbers.get(socket) ?? ++count;
  numbers.set(socket, number);
  appendFileSync(join(folder, `${number}-${way}`), typeof bytes === 'string' ? Buffer.from(bytes, encoding) : bytes);
}

const { push, _write, _writev } = TLSSocket.prototype;

TLSSocket.prototype.push = function (chunk, encoding) {
  if (chunk) keep(this, 'in', chunk as Uint8Array, encoding);
  return push.call(this, chunk, encoding);
};

TLSSocket.prototype._write = function (chunk, encoding, done) {
  keep(this, 'out', chunk as Uint8Array, encoding);
  _write.call(this, chunk, encoding, done);
};

TLSSocket.prototype._writev = function (chunks, done) {
  for (const { chunk, encoding } of chunks) keep(this, 'out', chunk as Uint8Array, encoding);
  _writev!.call(this, chunks, done);
};

// An HTTP server reads past the stream, until somebody listens to it.
const emit = Server.prototype.emit as (this: Server, ...args: unknown[]) => boolean;
Server.prototype.emit = function (this: Server, ...args: unknown[]) {
  const heard = emit.apply(this, args);
  if (args[0] === 'secureConnection') (args[1] as TLSSocket).on('data', () => {});
  return heard;
} as Server['emit'];
