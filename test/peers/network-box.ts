/** The box's own uplink as one process that a test may kill: says how it is all the time, does what it is asked, tells by IPC what it did. */
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { silentLog } from '@belkluis/shared/base/log';
import type { LinkFault } from '../../appliance/uplink/link.ts';
import { reportedSample } from '../../appliance/uplink/testing/sample.ts';
import { startUplink } from '../../appliance/uplink/uplink.ts';

/** As JSON on the command line. */
export interface NetworkBoxTask {
  /** Of its database. */
  readonly path: string;
  readonly boxId: string;
  readonly url: string;
  readonly key: string;
  readonly certificate: string;
  readonly authority: string;
  /** Of the policy that it has already. */
  readonly version: number;
}

/** From it. `did`: a command was done. `applied`: the version of another policy. */
export type BoxSays =
  | { readonly did: true }
  | { readonly applied: number }
  | { readonly online: boolean; readonly queued: number; readonly fault: LinkFault | null };

const SAY_MS = 50;
const LOOK_MS = 200;
/** Pause before the next connection, and patience with one that does not come about, ms: the box's own are longer than a test. Oftener is a flood. */
const PAUSE_MS = 1000;
const PATIENCE_MS = 2500;
const KEEP_ALIVE_S = 2;

const tell = (said: BoxSays): void => void process.send!(said);
const task = JSON.parse(process.argv[2]!) as NetworkBoxTask;
let { version } = task;
let isQuiet = false;
const uplink = startUplink({
  ...task,
  credentials: () => task,
  version: '0.5.0',
  policyVersion: () => version || null,
  tells: {
    reported: () => reportedSample,
    health: async () => ({ gauges: { cpu_percent: 7 }, findings: [] }),
    checkpoint: () => null,
    checkpointTold: () => {},
  },
  hears: {
    desired({ payload }) {
      // Its number is all that there is in it.
      const [number] = Buffer.from(payload, 'base64');
      if (number === version) return;
      version = number!;
      tell({ applied: version });
      uplink.changed();
    },
    command() {
      tell({ did: true });
      return { state: 'done' };
    },
    certificate: () => {},
    cosignature: () => {},
    broadcast: () => {},
  },
  clock: systemClock,
  chance: systemChance,
  log: silentLog,
  keepAliveS: KEEP_ALIVE_S,
});
setInterval(() => {
  if (!isQuiet) void uplink.sample();
}, SAY_MS);
setInterval(() => {
  const { state, since, queued, fault } = uplink.status();
  tell({ online: state === 'online', queued, fault });
  const forMs = Date.now() - since;
  if ((state === 'waiting' && forMs > PAUSE_MS) || (state === 'connecting' && forMs > PATIENCE_MS)) uplink.reconnect();
}, LOOK_MS);
process.on('message', () => {
  isQuiet = true;
});
process.on('disconnect', () => process.exit(0));
