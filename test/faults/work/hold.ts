/** Legal holds: what is held stays, whatever is due. */
import type { Journal, Line } from '../journal.ts';
import { unlessErased, type Work } from '../world.ts';

const WORK = 'hold';
const DAY_MS = 24 * 3600_000;

/** Whether recording `id` was held before `line`: `no`, `yes`, or `unknown` while a change was under way. */
export function heldBefore(journal: Journal, id: string, line: Line): 'no' | 'yes' | 'unknown' {
  const before = journal.lines.slice(0, journal.lines.indexOf(line));
  const last = before.findLast((other) => other.work === WORK && other.id === id && other.said !== 'refused');
  return last === undefined || last.said === 'lifted' || last.said === 'gone'
    ? 'no'
    : last.said === 'held'
      ? 'yes'
      : 'unknown';
}

export const hold: Work = {
  name: WORK,
  role: 'desk',
  weight: 2,
  async run(world) {
    const { vault, random, clock, say } = world;
    const { holds } = vault.catalogue;
    const at = clock.now();
    const inForce = holds.list().filter(({ liftedAt }) => liftedAt === null);
    if (inForce.length > 1) {
      const held = random.pick(inForce);
      const [id] = holds.recordings(held.id) as [string];
      holds.askLift(held.id, 'anna', at, 'settled');
      say(WORK, 'about_to_lift', { id });
      holds.lift(held.id, 'ben', at);
      say(WORK, 'lifted', { id });
      return;
    }
    const free = vault.catalogue.search({}, 100, 0).recordings.filter(({ id }) => !holds.inForce(id));
    if (free.length === 0) return;
    const { id } = random.pick(free);
    const times = { at, reviewAt: at + DAY_MS, expiresAt: at + 400 * DAY_MS };
    say(WORK, 'about_to_hold', { id });
    const hold = random.bytes(16).toString('hex');
    await unlessErased(world, WORK, id, () => {
      holds.place({ id: hold, caseRef: 'c', reason: 'claim', owner: 'o', by: 'anna', recordings: [id], ...times });
      say(WORK, 'held', { id });
    });
  },
  check: ({ vault }, journal) =>
    [...new Set(journal.of(WORK, 'held').map(({ id }) => id as string))].flatMap((id) => {
      const end: Line = { work: '', said: '' };
      const held = heldBefore({ ...journal, lines: [...journal.lines, end] } as Journal, id, end) === 'yes';
      return held && !vault.catalogue.holds.inForce(id) ? [`hold: ${id} is held no more`] : [];
    }),
};
