/** One life of a process that erases: `FOLDER WALL_MS REQUESTED`. Tests end it at a commit point (BELKLUIS_DIE_AT). */
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import { eraserScene } from './eraser-scene.ts';

const [folder, wall, requested] = process.argv.slice(2) as [string, string, string];
const { eraser, close } = eraserScene(folder, new ManualClock(Number(wall)));
await eraser.run();
await eraser.eraseNow({ recording: requested, reason: 'request', caseRef: 'AVG-1', actor: 'person-1' });
await eraser.nightly();
close();
