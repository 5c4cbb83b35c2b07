import test from 'ava';
import type { HealthFacts, RecipientFact } from './finding.ts';
import { checkHealth } from './health.ts';
import { days, now, well } from './testing/facts.ts';

const codes = (facts: Partial<HealthFacts>) =>
  checkHealth({ ...well, ...facts }).flatMap(({ code, state }) => (state === 'ok' ? [] : [`${state} ${code}`]));

test('a box in order has one quiet finding per check', (t) => {
  t.deepEqual(codes({}), []);
  t.is(checkHealth(well).length, 26);
});

test('a key that cannot be used is named with its holder', (t) => {
  const custodian = { name: 'R. Visser', role: 'custodian' } as const;
  const findings = (expiresAt: number | null, fault: RecipientFact['fault'] = null) =>
    checkHealth({ ...well, recipients: [{ ...custodian, expiresAt, fault }] })[0];
  t.like(findings(days(-1)), { code: 'recipient_expired', state: 'bad', values: { name: 'R. Visser' } });
  t.like(findings(days(29)), { code: 'recipient_expires', state: 'warn' });
  t.like(findings(null, 'revoked'), { code: 'recipient_revoked', state: 'bad' });
  t.like(findings(null, 'weak'), { code: 'recipient_unusable', state: 'bad', values: { fault: 'weak' } });
});

test('what is missing, full, stale, late or tampered with is found, the worst first', (t) => {
  t.deepEqual(codes({ recipients: null, policy: null }), ['warn recipients_missing', 'warn policy_missing']);
  const disk = (change: Partial<HealthFacts['disk']>) => codes({ disk: { ...well.disk, ...change } });
  t.deepEqual(disk({ freeBytes: 1e6 }), ['bad disk_reserve']);
  t.deepEqual(disk({ freeBytes: 9e10 }), ['warn disk_low']);
  t.deepEqual(disk({ forecastDays: 12 }), ['warn disk_forecast']);
  const againstLaw = [{ path: 'worksCouncil', article: 'WOR 27', says: { en: 'Name it.', nl: 'Noem het.' } }];
  t.deepEqual(codes({ policy: { version: 1, expiresAt: now, againstLaw: [] } }), ['warn policy_stale']);
  t.deepEqual(codes({ policy: { version: 1, expiresAt: days(1), againstLaw } }), ['warn policy_against_law']);
  t.deepEqual(codes({ policy: { version: 1, expiresAt: now, againstLaw } }), [
    'warn policy_stale',
    'warn policy_against_law',
  ]);
  const waits = { version: 43, undecided: true, until: null, expiresAt: days(14) };
  t.deepEqual(codes({ policyWaits: waits }), ['warn policy_undecided']);
  t.deepEqual(codes({ policyWaits: { ...waits, undecided: false, until: days(7) } }), ['warn policy_will_erase']);
  t.deepEqual(codes({ announcementsMissing: ['complaints'] }), ['bad policy_unspoken']);
  t.deepEqual(codes({ purge: { lastAt: days(-2), overdue: 3 } }), ['bad purge_overdue']);
  t.deepEqual(codes({ purge: { lastAt: days(-2), overdue: 0 } }), ['warn purge_late']);
  t.deepEqual(codes({ certificate: { expiresAt: days(10) }, audit: { state: 'tampered' } }), [
    'bad audit_tampered',
    'warn certificate_expires',
  ]);
});

test('a register that says something else than is so, an assessment that is owed or not carried out, and notices that nobody read are told', (t) => {
  const documents = (change: Partial<HealthFacts['documents']>) =>
    codes({ documents: { ...well.documents, ...change } });
  t.deepEqual(documents({ drift: 2 }), ['bad register_drift']);
  t.deepEqual(documents({ unacknowledged: 3 }), ['warn notices_missing']);
  const dpia = { required: true, done: true, open: [] };
  t.deepEqual(documents({ dpia: { ...dpia, done: false } }), ['bad dpia_required']);
  t.deepEqual(documents({ dpia: { ...dpia, required: false, done: false } }), []);
  t.deepEqual(documents({ dpia: { ...dpia, open: [1] } }), ['warn dpia_open']);
});

test('attacks that were refused are no fault; a ban is looked at, for it may be one of the house', (t) => {
  const attacked = { scans: 3, guesses: 40, floods: 1 };
  t.deepEqual(codes({ defence: { bans: 0, ...attacked } }), []);
  t.deepEqual(codes({ defence: { bans: 2, ...attacked } }), ['warn defence_bans']);
  t.deepEqual(codes({ defence: null }), []);
});

test('a trunk that is not there, or not registered with, and limits that were reached are told; a box without trunks says nothing', (t) => {
  const carrier = { name: 'carrier', up: true, registered: true, fault: null };
  const trunks = (more: object, capped = 0, countsLost = 0) =>
    codes({ trunks: { all: [{ ...carrier, ...more }], capped, countsLost } });
  t.deepEqual(trunks({ up: false }), ['bad trunk_down']);
  t.deepEqual(trunks({ registered: false, fault: 'wrong_password' }), ['bad trunk_unregistered']);
  t.deepEqual(trunks({ registered: null }), []);
  t.deepEqual(trunks({}, 1), ['warn trunk_caps']);
  t.deepEqual(trunks({}, 1, 1), ['bad trunk_counts_lost', 'warn trunk_caps']);
  t.deepEqual(checkHealth({ ...well, trunks: null }).length, checkHealth(well).length - 1);
});

test('backups that fail or stay out are named; a drill is due every month', (t) => {
  const backup = (fact: object, drill: object | null = { at: days(-3), proven: true }) =>
    codes({
      backup: {
        everyMs: 3600_000,
        destinations: [{ name: 'nas', lastAt: now - 3600_000, fault: null, ...fact }],
        drill: drill as { at: number; proven: boolean } | null,
      },
    });
  t.deepEqual(codes({ backup: null }), ['warn backup_none']);
  t.deepEqual(backup({ fault: 'destination_full' }), ['warn backup_failing']);
  t.deepEqual(backup({ fault: 'destination_full', lastAt: days(-1) }), ['bad backup_failed']);
  t.deepEqual(backup({ lastAt: null }), ['bad backup_late']);
  t.deepEqual(backup({}, null), ['warn drill_due']);
  t.deepEqual(backup({}, { at: days(-32), proven: true }), ['warn drill_due']);
  t.deepEqual(backup({}, { at: days(-1), proven: false }), ['bad drill_failed']);
});

test('an unbelievable clock, rot, a forgotten hold, a waiting certificate, a silent witness: each is found', (t) => {
  t.deepEqual(codes({ time: { ...well.time, state: 'unconfirmed', wall: days(400) } }), ['bad time_unconfirmed']);
  t.deepEqual(codes({ time: { ...well.time, state: 'behind', wall: days(-400) } }), ['warn time_behind']);
  t.deepEqual(codes({ scrub: { lastAt: now, since: now, rotten: 2 } }), ['bad scrub_rot']);
  t.deepEqual(codes({ scrub: { lastAt: null, since: days(-50), rotten: 0 } }), ['warn scrub_late']);
  t.deepEqual(codes({ scrub: { lastAt: null, since: days(-5), rotten: 0 } }), []);
  t.deepEqual(codes({ holds: { inForce: 3, overdue: 1 } }), ['warn holds_review']);
  const keystore = { epochKey: 'file', uncertified: 3, uncertifiedSince: days(-2) } as const;
  t.deepEqual(codes({ keystore }), ['bad keystore_waits']);
  t.deepEqual(codes({ witness: null }), ['warn witness_none']);
  t.deepEqual(codes({ witness: { lastAt: days(-1), refusedAt: null } }), ['warn witness_late']);
  t.deepEqual(codes({ witness: { lastAt: now, refusedAt: now } }), ['bad witness_refused']);
});

test('recording that was not proven lately is said, and one that was disproven loudly', (t) => {
  t.deepEqual(codes({ testCall: null }), []);
  t.deepEqual(codes({ testCall: { at: days(-2), fault: null, untried: [] } }), ['warn test_call_late']);
  t.deepEqual(codes({ testCall: { at: now, fault: 'differs', untried: [] } }), ['bad test_call_failed']);
});

test('a call that went unrecorded is bad news until somebody has explained it; a log that is not read any more is said', (t) => {
  const log = (fact: object) => ({
    unexplained: 0,
    own: { everyMs: 86_400_000, at: now },
    sources: [{ name: 'pbx', everyMs: 3_600_000, at: now, fault: null, ...fact }],
  });
  t.deepEqual(codes({ callLogs: { ...log({}), unexplained: 2 } }), ['bad calls_lost']);
  t.deepEqual(codes({ callLogs: log({ at: now - 4 * 3_600_000 }) }), ['warn call_log_late']);
  const unread = { everyMs: 86_400_000, at: days(-4) };
  t.deepEqual(codes({ callLogs: { ...log({}), own: unread } }), ['warn call_records_late']);
  t.deepEqual(codes({ callLogs: log({ fault: 'call_log_malformed' }) }), ['warn call_log_failed']);
});

test('copied calls that found no room are told of', (t) => {
  t.deepEqual(codes({ copiesTurnedAway: 2 }), ['warn copies_turned_away']);
});

test('a PBX that does not answer is bad; a box without one says nothing of it', (t) => {
  const pbx = { up: true, registered: 3, localCalls: true };
  t.deepEqual(codes({ pbx }), []);
  t.deepEqual(codes({ pbx: { ...pbx, up: false } }), ['bad pbx_down']);
  t.true(checkHealth({ ...well, pbx }).some(({ code }) => code === 'pbx_ok'));
  t.false(checkHealth(well).some(({ code }) => code.startsWith('pbx')));
});

test('what the machine runs short of is found; a sensor that is missing is no finding', (t) => {
  const host = (change: Partial<HealthFacts['host']>) => codes({ host: { ...well.host, ...change } });
  t.deepEqual(host({ cpuPercent: 90 }), ['warn cpu_busy']);
  t.deepEqual(host({ memoryPercent: 95 }), ['warn memory_low']);
  t.deepEqual(host({ temperatureCelsius: 85 }), ['warn temperature_high']);
  t.deepEqual(host({ temperatureCelsius: 96 }), ['bad temperature_critical']);
  t.deepEqual(host({ temperatureCelsius: 88, criticalCelsius: 90 }), ['bad temperature_critical']);
  const none = { ...well.host, cpuPercent: null, memoryPercent: null, temperatureCelsius: null };
  t.is(checkHealth({ ...well, host: none }).length, checkHealth(well).length - 3);
});

test('calls that nobody takes, sound that is lost or poor, and phones that are gone are told', (t) => {
  const calls = (change: Partial<NonNullable<HealthFacts['calls']>>) => codes({ calls: { ...well.calls!, ...change } });
  t.deepEqual(codes({ calls: null }), ['bad calls_down']);
  t.deepEqual(calls({ sound: { ...well.calls!.sound!, lossPercent: 3 } }), ['warn sound_lost']);
  t.deepEqual(calls({ sound: { ...well.calls!.sound!, mos: 3.4, poorPercent: 40 } }), ['warn sound_poor']);
  t.deepEqual(calls({ sound: null }), []);
  t.deepEqual(calls({ phones: { registered: 3, most: 10, accounts: 12 } }), ['warn phones_few']);
  t.deepEqual(calls({ phones: { registered: 1, most: 3, accounts: 3 } }), []);
  t.deepEqual(calls({ phones: { registered: 0, most: 10, accounts: 12 } }), ['warn phones_none']);
  t.deepEqual(calls({ phones: { registered: 0, most: 0, accounts: 0 } }), []);
});

test('nothing that shows that the box records for three days is bad; a recording or a test call is enough', (t) => {
  const recording = (lastAt: number | null) => ({ lastAt, since: days(-90) });
  const testCall = { at: days(-4), fault: null, untried: [] };
  t.true(codes({ recording: recording(days(-4)), testCall }).includes('bad recording_late'));
  t.true(codes({ recording: recording(null), testCall: null }).includes('bad recording_late'));
  t.false(codes({ recording: recording(days(-1)), testCall }).includes('bad recording_late'));
  t.false(codes({ recording: recording(days(-4)) }).includes('bad recording_late'));
  t.deepEqual(codes({ recording: { lastAt: null, since: days(-1) }, testCall: null }), []);
  const failed = { ...testCall, at: now, fault: 'differs' as const };
  t.true(codes({ recording: recording(days(-4)), testCall: failed }).includes('bad recording_late'));
});

test('a fleet out of reach, its certificate, old software and a clock that nobody keeps are told; a box without fleet is whole', (t) => {
  const uplink = { connected: true, lastAt: now, certificateExpiresAt: days(60), waiting: 0, connections: 1 };
  t.deepEqual(codes({ uplink }), []);
  t.deepEqual(codes({ uplink: { ...uplink, connected: false } }), ['warn uplink_down']);
  t.deepEqual(codes({ uplink: { ...uplink, certificateExpiresAt: days(10) } }), ['warn uplink_certificate_expires']);
  t.deepEqual(codes({ software: { version: '0.4.0', releasedAt: days(-200) } }), ['warn software_old']);
  t.deepEqual(codes({ time: { ...well.time, synchronised: false } }), ['warn clock_unsynchronised']);
  t.deepEqual(codes({ time: { ...well.time, synchronised: null } }), []);
});
