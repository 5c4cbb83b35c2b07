/** The system's own word on its clock: whether the kernel says that a time service keeps it. */
import { execFile } from 'node:child_process';
import type { Clock } from '@belkluis/shared/base/clock';
import type { TimeSource } from './trusted-time.ts';

/** How long the system may take to answer, ms: a purge waits for it. */
const PATIENCE_MS = 5000;

/** Whether the kernel says that a time service keeps the clock (chrony, ntpd and timesyncd all tell it); null: nobody can be asked. */
export const synchronised = (command = 'timedatectl'): Promise<boolean | null> =>
  new Promise((resolve) => {
    const asked = ['show', '--property=NTPSynchronized', '--value'];
    execFile(command, asked, { timeout: PATIENCE_MS }, (error, stdout) => {
      const said = error === null ? stdout.trim() : '';
      resolve(said === 'yes' ? true : said === 'no' ? false : null);
    });
  });

/** What the kernel says of it. Says nothing on a system without timedatectl. */
export const systemTimeSource = (clock: Pick<Clock, 'now'>, command = 'timedatectl'): TimeSource => ({
  name: 'ntp',
  now: async () => ((await synchronised(command)) ? clock.now() : null),
});
