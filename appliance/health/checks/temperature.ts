import { above, type Check } from '../finding.ts';

/** Degrees Celsius at which small machines begin to slow down. */
const HIGH = { raise: 80, clear: 74 };

/** Where the machine does not say at what it switches itself off. */
const CRITICAL_CELSIUS = 100;

/** So near to that somebody has to act now, degrees. */
const MARGIN = { raise: -5, clear: -10 };

/** A burst of work heats a small machine for half a minute, ms. */
const HOT_MS = 60_000;
const COOL_MS = 3 * 60_000;

/** Whether the machine is cool enough to go on. */
export const checkTemperature: Check = {
  steady: {
    temperature_high: { raiseAfterMs: HOT_MS, clearAfterMs: COOL_MS },
    temperature_critical: { raiseAfterMs: HOT_MS / 2, clearAfterMs: COOL_MS },
  },
  look({ host: { temperatureCelsius: celsius, criticalCelsius } }, stands) {
    if (celsius === null) return [];
    const critical = criticalCelsius ?? CRITICAL_CELSIUS;
    if (above(celsius - critical, MARGIN, stands('temperature_critical')))
      return [{ code: 'temperature_critical', state: 'bad', values: { celsius } }];
    if (above(celsius, HIGH, stands('temperature_high')))
      return [{ code: 'temperature_high', state: 'warn', values: { celsius } }];
    return [{ code: 'temperature_ok', state: 'ok', values: { celsius } }];
  },
};
