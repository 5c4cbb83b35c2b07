/** A process that reads every file of a vault and mends one from a copy: `FOLDER COPY`. A test ends it at a commit point (BELKLUIS_DIE_AT). */
import { readFileSync } from 'node:fs';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import { scrub } from '../scrub.ts';
import { eraserScene } from './eraser-scene.ts';

const [folder, copy] = process.argv.slice(2) as [string, string];
const clock = new ManualClock();
const { vault, audit, close } = eraserScene(folder, clock);
await scrub({
  ...vault,
  append: audit.append,
  clock,
  sleep: async () => {},
  bytesPerSecond: 1e9,
  sources: [{ name: 'nas', fetch: async () => readFileSync(copy) }],
});
close();
