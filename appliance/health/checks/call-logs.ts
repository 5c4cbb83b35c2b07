import { atOnce, type Check, type Finding } from '../finding.ts';

/** Readings that may be missed before somebody is told. */
const MISSED = 3;

/** Whether calls were carried past the recorder, as others' logs and the box's own records tell. */
export const checkCallLogs: Check = {
  steady: {
    calls_lost: atOnce,
    call_records_late: atOnce,
    call_log_late: atOnce,
    call_log_failed: atOnce,
  },
  look({ callLogs, now }) {
    const { unexplained, own, sources } = callLogs;
    const lost: Finding[] = unexplained > 0 ? [{ code: 'calls_lost', state: 'bad', values: { unexplained } }] : [];
    const read = sources.map(({ name, everyMs, at, fault }): Finding => {
      if (fault !== null) return { code: 'call_log_failed', state: 'warn', values: { name, fault } };
      if (at === null || now - at > MISSED * everyMs)
        return { code: 'call_log_late', state: 'warn', values: { name, at } };
      return { code: 'call_log_ok', state: 'ok', values: { name, at } };
    });
    const late = own.at !== null && now - own.at > MISSED * own.everyMs;
    const compared: Finding[] = late ? [{ code: 'call_records_late', state: 'warn', values: { at: own.at! } }] : [];
    return [...lost, ...compared, ...read];
  },
};
