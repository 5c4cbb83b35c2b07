import { chmodSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import type { Log } from '@belkluis/shared/base/log';
import { MAX_LINE, questionSchema, type Status } from './protocol.ts';

/** Connections at once: the desk opens one at a time. */
const MAX_CONNECTIONS = 8;

const questionIn = (line: string) => {
  try {
    return questionSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
};

/** Answers on the socket at `path`; a stale socket of an earlier process is replaced. Resolves when it listens. */
export function serveControl(
  path: string,
  status: () => Promise<Status>,
  log: Log,
): Promise<{ close(): Promise<void> }> {
  rmSync(path, { force: true });
  const server = createServer((socket) => {
    socket.on('error', () => {});
    let received = 0;
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received > MAX_LINE) socket.destroy();
    });
    const lines = createInterface({ input: socket });
    lines.on('error', () => {});
    lines.on('line', (line) => {
      if (!questionIn(line)) return void socket.end();
      status().then(
        (answer) => socket.write(`${JSON.stringify(answer)}\n`),
        (error: Error) => {
          log('control_failed', { why: error.message });
          socket.end();
        },
      );
    });
  });
  server.maxConnections = MAX_CONNECTIONS;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      chmodSync(path, 0o600);
      resolve({
        close: () =>
          new Promise((done) => {
            server.close(() => done());
          }),
      });
    });
  });
}
