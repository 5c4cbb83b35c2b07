import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { type Status, statusSchema } from './protocol.ts';

/** How long the desk waits for the call process, ms: a page must not hang because calls are down. */
const PATIENCE_MS = 2000;

/** How the call process is; null when it does not run or does not answer. */
export function askStatus(path: string): Promise<Status | null> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const settle = (status: Status | null) => {
      socket.destroy();
      resolve(status);
    };
    socket.setTimeout(PATIENCE_MS, () => settle(null));
    socket.once('error', () => settle(null));
    socket.once('close', () => settle(null));
    socket.once('connect', () => socket.write(`${JSON.stringify({ ask: 'status' })}\n`));
    const lines = createInterface({ input: socket });
    lines.on('error', () => settle(null));
    lines.once('line', (line) => {
      try {
        settle(statusSchema.parse(JSON.parse(line)));
      } catch {
        settle(null);
      }
    });
  });
}
