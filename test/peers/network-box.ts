/** The box's own uplink as one process that a test may kill: says how it is all the time, does what it is asked, tells by IPC what it did. */
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { silentLog } from '@belkluis/shared/base/log';
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
  | { readonly online: boolean; readonly queued: number };

const SAY_MS = 25;
const LOOK_MS = 200;
/** A connection that does not come about in this time is begun anew, ms: the box's own patience is longer than a test. */
const PATIENCE_MS = 1500;
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
  const { state, since, queued } = uplink.status();
  tell({ online: state === 'online', queued });
  if (state === 'waiting' || (state === 'connecting' && Date.now() - since > PATIENCE_MS)) uplink.reconnect();
}, LOOK_MS);
process.on('message', () => {
  isQuiet = true;
});
process.on('disconnect', () => process.exit(0));
