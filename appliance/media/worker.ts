/** Entry of a media worker thread: its message ports, its clock and its pace around one relay. */
import { constants, setPriority } from 'node:os';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import type { TapCredit } from './frame.ts';
import type { Command, Report, WorkerSettings } from './relay/commands.ts';
import { Relay } from './relay/relay.ts';
import { ticks } from './relay/ticks.ts';

const { settings, recorder } = workerData as { settings: WorkerSettings; recorder: MessagePort | null };
const main = parentPort!;

let reports: Report[] = [];
const sendReports = () => {
  if (reports.length === 0) return;
  const batch = reports;
  reports = [];
  main.postMessage(batch);
};

const pace = ticks({
  clock: systemClock,
  everyTick: () => {
    const due = relay.tick();
    sendReports();
    return due;
  },
  packets: () => relay.packets,
});

const relay = new Relay({
  settings,
  clock: systemClock,
  chance: systemChance,
  report: (report) => {
    // Outside the ticks (no leg is open) nobody else would send them.
    if (reports.push(report) === 1) setImmediate(sendReports);
  },
  postTap: (message, transfer) => recorder?.postMessage(message, transfer),
  onBusy: (busy) => (busy ? pace.start() : pace.stop()),
});

main.on('message', (commands: Command[]) => {
  for (const command of commands) relay.command(command);
});
recorder?.on('message', (credit: TapCredit) => relay.credit(credit));

try {
  // Where the system allows it, audio comes before whatever else runs on this core. On Linux this is about this thread alone.
  setPriority(0, constants.priority.PRIORITY_HIGH);
} catch {
  // Without the right to do so (CAP_SYS_NICE) the thread runs like any other.
}
