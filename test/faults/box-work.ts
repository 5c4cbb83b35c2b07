/**
 * A box as its own process, to be killed: `node box-work.ts live FOLDER NOW SEED call|desk|both PIECES` works, `… examine FOLDER NOW SEED
 * JOURNAL` recovers, checks and prints what is wrong as JSON. The journal is file descriptor 3.
 */
import { Journal, type Line, writeLine } from './journal.ts';
import { examine, live } from './life.ts';
import { openWorld, type Role } from './world.ts';

const [task, folder, now, seed, what, pieces] = process.argv.slice(2) as [string, ...string[]];
const place = { folder: folder!, now: Number(now), seed: seed! };

if (task === 'live') {
  const world = openWorld({ ...place, say: writeLine });
  await live(world, what as Role, Number(pieces));
  world.close();
} else {
  const journal = Journal.read(what!);
  const say = (line: Line) => {
    journal.lines.push(line);
    writeLine(line);
  };
  const world = openWorld({ ...place, say });
  const faults = await examine(world, journal);
  world.close();
  process.stdout.write(JSON.stringify(faults));
}
