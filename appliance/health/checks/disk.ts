import { atOnce, below, type Check } from '../finding.ts';

/** Below this somebody must make room, as a part of the volume. */
const LOW_PART = { raise: 0.1, clear: 0.12 };

/** How far ahead somebody must know, days: storage is ordered, not switched on. A forecast moves by days from hour to hour. */
const NOTICE_DAYS = { raise: 30, clear: 35 };

/** Recording goes on again this much above where it stopped, as a factor (vault/disk.ts). */
const RESERVE_LEFT = 1.1;

/** Whether recordings find room, and for how long. */
export const checkDisk: Check = {
  steady: { disk_reserve: atOnce, disk_forecast: atOnce, disk_low: atOnce },
  look({ disk }, stands) {
    const { freeBytes, totalBytes, reserveBytes, forecastDays: days } = disk;
    const reserve = { raise: reserveBytes, clear: reserveBytes * RESERVE_LEFT };
    if (below(freeBytes, reserve, stands('disk_reserve')))
      return [{ code: 'disk_reserve', state: 'bad', values: { freeBytes, reserveBytes } }];
    if (days !== null && below(days, NOTICE_DAYS, stands('disk_forecast')))
      return [{ code: 'disk_forecast', state: 'warn', values: { freeBytes, days } }];
    const values = { freeBytes, totalBytes };
    if (below(freeBytes / totalBytes, LOW_PART, stands('disk_low')))
      return [{ code: 'disk_low', state: 'warn', values }];
    return [{ code: 'disk_ok', state: 'ok', values }];
  },
};
