import type { Check } from '../finding.ts';

/** Below this the purge and SQLite's log may fail, bytes: recording stops before. */
const FULL_BYTES = 256 * 1024 ** 2;

/** Below this somebody must make room, as a part of the volume. */
const LOW_PART = 0.1;

/** Whether recordings find room. */
export const checkDisk: Check = ({ disk }) => {
  const { freeBytes, totalBytes } = disk;
  if (freeBytes < FULL_BYTES) return [{ code: 'disk_full', state: 'bad', values: disk }];
  if (freeBytes < totalBytes * LOW_PART) return [{ code: 'disk_low', state: 'warn', values: disk }];
  return [{ code: 'disk_ok', state: 'ok', values: disk }];
};
