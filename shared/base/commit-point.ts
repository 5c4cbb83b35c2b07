/**
 * Names the lines after which something counts, so that a test can end the process exactly there, as a power cut would. Outside tests the
 * variable is not set, and nothing happens.
 */

/** `BELKLUIS_DIE_AT=name` or `name#3`: the third time that it is passed. */
const [wanted, times = '1'] = (process.env.BELKLUIS_DIE_AT ?? '').split('#');
let left = Number(times);

/** A commit point, `room.what_has_just_become_true`. Each name stands at one line of the product; the crash loop finds them by this call. */
export function commitPoint(name: string): void {
  if (name !== wanted || --left > 0) return;
  process.kill(process.pid, 'SIGKILL');
}
