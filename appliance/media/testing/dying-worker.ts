/** A media worker that dies when it is told to record `die`. */
import { parentPort } from 'node:worker_threads';
import '../worker.ts';
import type { Command } from '../relay/commands.ts';

parentPort!.on('message', (commands: Command[]) => {
  for (const command of commands) if (command.op === 'record' && command.recording === 'die') process.exit(1);
});
