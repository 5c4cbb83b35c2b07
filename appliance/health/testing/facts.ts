/** Facts of a box in order, for tests. */
import type { HealthFacts } from '../finding.ts';

export const now = Date.UTC(2026, 9, 9);
/** So many days from now. */
export const days = (count: number) => now + count * 86_400_000;

export const well: HealthFacts = {
  now,
  recipients: [
    { name: 'R. Visser', role: 'custodian', expiresAt: days(150), fault: null },
    { name: 'Escrow', role: 'escrow', expiresAt: null, fault: null },
  ],
  disk: { freeBytes: 500e9, totalBytes: 1e12, reserveBytes: 1e9, forecastDays: null },
  policy: { version: 42, expiresAt: days(200), againstLaw: [] },
  documents: { drift: 0, unacknowledged: 0, dpia: { required: true, done: true, open: [] } },
  policyWaits: null,
  announcementsMissing: [],
  purge: { lastAt: now - 3600_000, overdue: 0 },
  certificate: { expiresAt: days(700) },
  keystore: { epochKey: 'tpm', uncertified: 0, uncertifiedSince: null },
  holds: { inForce: 1, overdue: 0 },
  backup: {
    everyMs: 3600_000,
    destinations: [{ name: 'nas', lastAt: now - 3600_000, fault: null }],
    drill: { at: days(-3), proven: true },
  },
  testCall: { at: days(-1), fault: null, untried: [] },
  callLogs: { unexplained: 0, own: { everyMs: 86_400_000, at: null }, sources: [] },
  copiesTurnedAway: 0,
  scrub: { lastAt: days(-3), since: days(-90), rotten: 0 },
  time: { state: 'ok', wall: now, expected: now, synchronised: true },
  host: { cpuPercent: 12, memoryPercent: 40, temperatureCelsius: 48, criticalCelsius: null, uptimeS: 86_400 },
  calls: {
    phones: { registered: 9, most: 10, accounts: 12 },
    sound: { lossPercent: 0.1, farLossPercent: 0, jitterMs: 2, roundTripMs: 9, mos: 4.3, poorPercent: 0 },
    soundOfHour: null,
    memoryBytes: 2e8,
  },
  recording: { lastAt: now - 3600_000, since: days(-90) },
  uplink: null,
  software: { version: '0.4.0', releasedAt: days(-20) },
  witness: { lastAt: now - 900_000, refusedAt: null },
  pbx: null,
  trunks: { all: [{ name: 'carrier', up: true, registered: true, fault: null }], capped: 0, countsLost: 0 },
  defence: { bans: 0, scans: 0, guesses: 0, floods: 0 },
  audit: { state: 'ok', size: 12 },
};
