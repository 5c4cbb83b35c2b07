/** The system's own word on its clock: whether the kernel says that a time service keeps it. */
import { execFile } from 'node:child_process';
import type { Clock } from '@belkluis/shared/base/clock';
import type { TimeSource } from './trusted-time.ts';

/** How long the system may take to answer, ms: a purge waits for it. */
const PATIENCE_MS = 5000;

/** Asks the kernel's synchronised flag, which chrony, ntpd and timesyncd all set. Says nothing on a system without timedatectl. */
export const systemTimeSource = (clock: Pick<Clock, 'now'>, command = 'timedatectl'): TimeSource => ({
  name: 'ntp',
  now: () =>
    new Promise((resolve) => {
      const asked = ['show', '--property=NTPSynchronized', '--value'];
      execFile(command, asked, { timeout: PATIENCE_MS }, (error, stdout) => {
        resolve(error === null && stdout.trim() === 'yes' ? clock.now() : null);
      });
    }),
});
