/**
 * What can be wrong with a box: a closed list of codes, each with the check that finds it and how bad it is. Desk, command line, console and API
 * say the same, in the words of `health-words/`.
 */

/** `warn`: somebody must act soon. `bad`: something that the box promises is not so at this moment. */
export type HealthLevel = 'warn' | 'bad';

/** What is looked at, in the order in which a person reads it. */
export const healthChecks = [
  'audit',
  'witness',
  'clock',
  'keys',
  'policy',
  'register',
  'assessment',
  'notices',
  'recording',
  'test_call',
  'calls',
  'sound',
  'phones',
  'pbx',
  'trunks',
  'call_logs',
  'copies',
  'attacks',
  'erasure',
  'keystore',
  'holds',
  'backup',
  'drill',
  'sealed_files',
  'storage',
  'processor',
  'temperature',
  'memory',
  'certificate',
  'uplink',
  'software',
] as const;

export type HealthCheck = (typeof healthChecks)[number];

export interface HealthCodeEntry {
  readonly check: HealthCheck;
  readonly level: HealthLevel;
}

const code = <Check extends HealthCheck, Level extends HealthLevel>(check: Check, level: Level) => ({ check, level });

/** A code is never used again for something else: boxes of older releases go on saying it. */
export const healthCodes = {
  audit_unwritable: code('audit', 'bad'),
  audit_tampered: code('audit', 'bad'),
  witness_none: code('witness', 'warn'),
  witness_late: code('witness', 'warn'),
  witness_refused: code('witness', 'bad'),
  time_behind: code('clock', 'warn'),
  time_unconfirmed: code('clock', 'bad'),
  clock_unsynchronised: code('clock', 'warn'),
  recipients_missing: code('keys', 'warn'),
  recipient_revoked: code('keys', 'bad'),
  recipient_expired: code('keys', 'bad'),
  recipient_unusable: code('keys', 'bad'),
  recipient_expires: code('keys', 'warn'),
  policy_missing: code('policy', 'warn'),
  policy_undecided: code('policy', 'warn'),
  policy_will_erase: code('policy', 'warn'),
  policy_unspoken: code('policy', 'bad'),
  policy_stale: code('policy', 'warn'),
  policy_against_law: code('policy', 'warn'),
  register_drift: code('register', 'bad'),
  dpia_required: code('assessment', 'bad'),
  dpia_open: code('assessment', 'warn'),
  notices_missing: code('notices', 'warn'),
  recording_late: code('recording', 'bad'),
  test_call_late: code('test_call', 'warn'),
  test_call_failed: code('test_call', 'bad'),
  calls_down: code('calls', 'bad'),
  sound_lost: code('sound', 'warn'),
  sound_poor: code('sound', 'warn'),
  phones_few: code('phones', 'warn'),
  phones_none: code('phones', 'warn'),
  pbx_down: code('pbx', 'bad'),
  trunk_down: code('trunks', 'bad'),
  trunk_unregistered: code('trunks', 'bad'),
  trunk_caps: code('trunks', 'warn'),
  trunk_counts_lost: code('trunks', 'bad'),
  calls_lost: code('call_logs', 'bad'),
  call_records_late: code('call_logs', 'warn'),
  call_log_late: code('call_logs', 'warn'),
  call_log_failed: code('call_logs', 'warn'),
  copies_turned_away: code('copies', 'warn'),
  defence_bans: code('attacks', 'warn'),
  purge_overdue: code('erasure', 'bad'),
  purge_late: code('erasure', 'warn'),
  keystore_waits: code('keystore', 'bad'),
  holds_review: code('holds', 'warn'),
  backup_none: code('backup', 'warn'),
  backup_late: code('backup', 'bad'),
  backup_failing: code('backup', 'warn'),
  backup_failed: code('backup', 'bad'),
  drill_due: code('drill', 'warn'),
  drill_failed: code('drill', 'bad'),
  scrub_late: code('sealed_files', 'warn'),
  scrub_rot: code('sealed_files', 'bad'),
  disk_low: code('storage', 'warn'),
  disk_forecast: code('storage', 'warn'),
  disk_reserve: code('storage', 'bad'),
  cpu_busy: code('processor', 'warn'),
  temperature_high: code('temperature', 'warn'),
  temperature_critical: code('temperature', 'bad'),
  memory_low: code('memory', 'warn'),
  certificate_expires: code('certificate', 'warn'),
  certificate_expired: code('certificate', 'bad'),
  uplink_down: code('uplink', 'warn'),
  uplink_certificate_expires: code('uplink', 'warn'),
  software_old: code('software', 'warn'),
} as const satisfies Readonly<Record<string, HealthCodeEntry>>;

export type HealthCode = keyof typeof healthCodes;
