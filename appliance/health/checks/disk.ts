import type { Check } from '../finding.ts';

/** Below this somebody must make room, as a part of the volume. */
const LOW_PART = 0.1;

/** How far ahead somebody must know, days: storage is ordered, not switched on. */
const NOTICE_DAYS = 30;

/** Whether recordings find room, and for how long. */
export const checkDisk: Check = ({ disk }) => {
  const { freeBytes, totalBytes, reserveBytes, forecastDays: days } = disk;
  if (freeBytes < reserveBytes) return [{ code: 'disk_reserve', state: 'bad', values: { freeBytes, reserveBytes } }];
  if (days !== null && days < NOTICE_DAYS)
    return [{ code: 'disk_forecast', state: 'warn', values: { freeBytes, days } }];
  const values = { freeBytes, totalBytes };
  if (freeBytes < totalBytes * LOW_PART) return [{ code: 'disk_low', state: 'warn', values }];
  return [{ code: 'disk_ok', state: 'ok', values }];
};
