/** What health says, in English. */
import type { TestCallFault, UntriedLine } from '../../../health/finding.ts';
import type { FindingTexts } from '../finding-texts.ts';

export const plural = (count: number, one: string, more: string): string => (count === 1 ? one : more);

/** What a test call does not go by. */
const untriedLines: Record<UntriedLine, string> = {
  pbx: 'no PBX',
  trunks: 'no trunk',
  copies: 'no source of copied calls',
};
const either = new Intl.ListFormat('en-GB', { type: 'conjunction' });

/** Where a test call got stuck, and what to do. */
const testCallFaults: Record<TestCallFault, string> = {
  calls_down: 'The call process does not answer. Tell IT.',
  not_registered: 'Its phones could not register over TLS. Tell IT: look at the certificate and the SIP port.',
  call_failed: 'It was not connected. Tell IT: look at the media ports and the load.',
  not_recorded: 'It was connected and not recorded. Look at the findings beside this one.',
  not_heard: 'One side did not hear the other. Tell IT: look at the media ports and the load.',
  not_stored: 'No finished recording came of it. Tell IT: look at the disk.',
  not_opened: 'Its recording could not be opened. Recordings may be unusable: tell IT at once.',
  differs: 'What was recorded is not what was said. Recordings may be unusable: tell IT at once.',
};
/** What was tried against the telephones, as the subject of "refused". */
const attempts = ({ scans, guesses, floods }: { scans: number; guesses: number; floods: number }): string =>
  `${scans} ${plural(scans, 'scan', 'scans')}, ${guesses} wrong ${plural(guesses, 'password', 'passwords')} and ${floods} ${plural(floods, 'flood', 'floods')} were`;

export const findings: FindingTexts = {
  recipients_ok: ({ custodians, escrows, nextExpiry }, f) =>
    `${custodians} ${plural(custodians, 'custodian', 'custodians')} and ${escrows} escrow ${plural(escrows, 'key', 'keys')}.${nextExpiry === null ? '' : ` The next key expires ${f.date(nextExpiry)}.`}`,
  recipient_revoked: ({ name }) => `The key of ${name} is revoked. New recordings are not sealed to it.`,
  recipient_expired: ({ name }) => `The key of ${name} has expired. New recordings are not sealed to it.`,
  recipient_unusable: ({ name, fault }) => `Nothing can be sealed to the key of ${name} (${fault}).`,
  recipient_expires: ({ name, at }, f) => `The key of ${name} expires ${f.date(at)}.`,
  disk_ok: ({ freeBytes, totalBytes }, f) => `${f.bytes(freeBytes)} of ${f.bytes(totalBytes)} are free.`,
  disk_low: ({ freeBytes }, f) => `Only ${f.bytes(freeBytes)} are free.`,
  disk_forecast: ({ freeBytes, days }, f) =>
    `${f.bytes(freeBytes)} are free. As things go, they are used up in ${f.number(days)} ${plural(days, 'day', 'days')}.`,
  disk_reserve: ({ freeBytes, reserveBytes }, f) =>
    `Only ${f.bytes(freeBytes)} are free, less than the ${f.bytes(reserveBytes)} that the log and erasure need. Nothing more is recorded; calls whose purpose demands a recording are refused.`,
  keystore_tpm: () => 'The epoch key is held by a TPM: what is erased stays so, also on old blocks of the disk.',
  keystore_file: () =>
    'The epoch key is a file: it is overwritten when the epoch ends, but a copy of it made before would still open what was erased after.',
  keystore_waits: ({ uncertified, at }, f) =>
    `${uncertified} ${plural(uncertified, 'erasure waits', 'erasures wait')} for a certificate since ${f.date(at)}.`,
  holds_ok: ({ inForce }) => `${inForce} legal ${plural(inForce, 'hold is', 'holds are')} in force.`,
  holds_review: ({ overdue }) => `${overdue} legal ${plural(overdue, 'hold is', 'holds are')} past the review date.`,
  backup_ok: ({ name, at }, f) => `${name}: the last backup ended ${f.date(at)}, ${f.time(at)}.`,
  backup_late: ({ name, at }, f) =>
    `${name}: ${at === null ? 'no backup was made yet' : `the last backup ended ${f.date(at)}, ${f.time(at)}`}.`,
  backup_failed: ({ name, fault }) => `${name}: backups do not end well (${fault}), and the last good one is too old.`,
  drill_ok: ({ at }, f) => `The last drill, ${f.date(at)}, opened a recording out of the backup.`,
  drill_due: ({ at }, f) =>
    at === null ? 'It was never tried whether the backup opens.' : `The last drill was ${f.date(at)}.`,
  drill_failed: ({ at }, f) => `The drill of ${f.date(at)} could not open a recording out of the backup.`,
  test_call_ok: ({ at, untried }, f) =>
    `A test call from one phone of the box itself to another was recorded, opened and found right, last ${f.date(at)}.${untried.length === 0 ? '' : ` It goes by ${either.format(untried.map((line) => untriedLines[line]))}, and proves nothing of them.`}`,
  test_call_waits: () => 'The first test call has not been made yet.',
  test_call_late: ({ at }, f) => `The last test call was ${f.date(at)}. There should be one a day.`,
  test_call_failed: ({ at, fault }, f) =>
    `The test call of ${f.date(at)} did not prove that calls are recorded. ${testCallFaults[fault]}`,
  copies_turned_away: ({ turnedAway }) =>
    `In the last day there was no room for ${turnedAway} copied ${plural(turnedAway, 'call', 'calls')}. Unless another server took ${plural(turnedAway, 'it, it is', 'them, they are')} recorded nowhere.`,
  calls_lost: ({ unexplained }) =>
    `${unexplained} ${plural(unexplained, 'call', 'calls')} that should have been recorded ${plural(unexplained, 'was', 'were')} not.`,
  call_records_late: ({ at }, f) =>
    `The records of calls were last laid beside the recordings ${f.date(at)}. It should be every day.`,
  call_log_ok: ({ name, at }, f) => `The call log ${name} was compared last ${f.date(at)}, ${f.time(at)}.`,
  call_log_late: ({ name, at }, f) =>
    `The call log ${name} was ${at === null ? 'never read' : `last read ${f.date(at)}`}.`,
  call_log_failed: ({ name, fault }) => `The call log ${name} could not be read (${fault}).`,
  scrub_ok: ({ at }, f) => `All sealed files were read and found whole, last ${f.date(at)}.`,
  scrub_waits: () => 'Sealed files are being read for the first time.',
  scrub_late: ({ at }, f) => `Sealed files were last read through ${at === null ? 'never' : f.date(at)}.`,
  scrub_rot: ({ rotten }) =>
    `${rotten} sealed ${plural(rotten, 'file is', 'files are')} damaged and no backup could mend ${plural(rotten, 'it', 'them')}.`,
  time_ok: () => 'The clock is plausible.',
  time_behind: ({ wall, expected }, f) =>
    `The clock says ${f.date(wall)}, ${f.time(wall)}, but it was ${f.date(expected)}, ${f.time(expected)} already. Erasure goes on by the later time.`,
  time_unconfirmed: ({ wall, expected }, f) =>
    `The clock says ${f.date(wall)}, but ${f.date(expected)} is what can have passed. Nothing newly due is erased until two sources or a person confirm the clock.`,
  witness_ok: ({ at }, f) => `The head of the log was cosigned ${f.date(at)}, ${f.time(at)}.`,
  witness_late: ({ at }, f) =>
    `The witness has ${at === null ? 'never cosigned' : `not cosigned since ${f.date(at)}, ${f.time(at)}`}.`,
  witness_refused: ({ at }, f) =>
    `The fleet, as witness, refused this log on ${f.date(at)}, ${f.time(at)}: it remembers another one.`,
  pbx_ok: ({ registered }) => `The PBX answers; ${registered} users are registered through this box.`,
  pbx_down: ({ localCalls }) =>
    `The PBX does not answer: no calls in or out. ${localCalls ? 'Registered phones still call each other.' : 'Nor among phones.'}`,
  trunk_ok: ({ trunks }) => (trunks === 1 ? 'The trunk is there.' : `All ${trunks} trunks are there.`),
  trunk_down: ({ name }) => `The trunk ${name} does not answer. Calls go by another one, if there is one.`,
  trunk_unregistered: ({ name, fault }) =>
    `The box is not registered at the trunk ${name} (${fault}), so its calls do not come in.`,
  trunk_caps: ({ capped }) =>
    `${capped} ${plural(capped, 'limit', 'limits')} of outgoing calls ${plural(capped, 'was', 'were')} reached today.`,
  defence_quiet: () => 'Nobody has attacked the telephones within a day.',
  defence_attacked: (attacks) => `Within a day ${attempts(attacks)} refused. Nobody got in, and nobody is banned now.`,
  defence_bans: ({ bans, ...attacks }) =>
    `${bans} ${plural(bans, 'address is', 'addresses are')} banned from the telephones; within a day ${attempts(attacks)} refused.`,
  policy_ok: ({ version }) => `Policy ${version} is in force.`,
  policy_undecided: ({ version, at }, f) =>
    `Policy ${version} waits for a data protection officer until ${f.date(at)}. The one before stays in force.`,
  policy_will_erase: ({ version, at }, f) => `Policy ${version} will erase recordings earlier from ${f.date(at)} on.`,
  policy_unspoken: ({ purpose }) =>
    `The announcement of ${purpose} is missing, or says what an older policy said. Its calls are not recorded.`,
  policy_stale: ({ version, at }, f) =>
    `Policy ${version} was due for renewal ${f.date(at)}. It stays in force until a newer one comes.`,
  policy_against_law: ({ version, path, article, says }) =>
    `Policy ${version} stays in force, but law now forbids what it says at ${path} (${article}). ${says.en}`,
  register_ok: () => 'The register of processing says what is so.',
  register_drift: ({ drift }) =>
    `The register of processing does not say what is so, in ${drift} ${plural(drift, 'place', 'places')}.`,
  dpia_open: ({ open }) =>
    `${open} ${plural(open, 'measure', 'measures')} of the impact assessment ${plural(open, 'is', 'are')} carried out by nothing in the policy.`,
  notices_missing: ({ unacknowledged }) =>
    `${unacknowledged} ${plural(unacknowledged, 'extension has', 'extensions have')} not acknowledged every notice of recording; such calls are not recorded.`,
  purge_ok: ({ at }, f) => `The last purge ended ${f.date(at)}, ${f.time(at)}. Nothing is past its day.`,
  purge_waits: () => 'Nothing had to leave yet.',
  purge_overdue: ({ overdue, at }, f) =>
    `${overdue} ${plural(overdue, 'recording is', 'recordings are')} past their day. The last purge ended ${at === null ? 'never' : `${f.date(at)}, ${f.time(at)}`}.`,
  certificate_ok: ({ at }, f) => `The certificate is good until ${f.date(at)}.`,
  certificate_expires: ({ at }, f) => `The certificate expires ${f.date(at)}.`,
  certificate_expired: ({ at }, f) => `The certificate expired ${f.date(at)}. Phones may refuse to connect.`,
  audit_ok: ({ size }, f) => `${f.number(size)} entries, all as they were written.`,
  backup_failing: ({ name, fault }) =>
    `${name}: the last try to make a backup did not end well (${fault}); the one before it is still young.`,
  purge_late: ({ at }, f) =>
    `The last purge ended ${at === null ? 'never' : `${f.date(at)}, ${f.time(at)}`}. It should be every quarter of an hour.`,
  recording_ok: ({ at }, f) =>
    `That this box records was shown last ${f.date(at)}, ${f.time(at)}, by a finished recording or a test call.`,
  recording_waits: () => 'Nothing was recorded yet, and no test call was made.',
  recording_late: ({ at }, f) =>
    `${at === null ? 'Nothing has shown yet' : `Nothing has shown since ${f.date(at)}`} that this box records: no finished recording, and no test call that went well.`,
  calls_ok: () => 'The call process answers.',
  sound_ok: ({ mos, lossPercent }, f) =>
    `In the last minutes sound came through well: estimated MOS ${f.decimal(mos, 1)}, ${f.decimal(lossPercent, 1)}% lost.`,
  sound_quiet: () => 'In the last minutes too little was said to judge how it sounds.',
  sound_lost: ({ lossPercent }, f) =>
    `In the last minutes ${f.decimal(lossPercent, 1)}% of the packets of sound were lost on their way to this box. What is lost is not in recordings either.`,
  sound_poor: ({ mos, poorPercent }, f) =>
    `In the last minutes ${f.decimal(poorPercent, 0)}% of what was heard is likely to be hard to understand; the estimated MOS is ${f.decimal(mos, 1)}.`,
  phones_ok: ({ registered }, f) =>
    `${f.number(registered)} ${plural(registered, 'phone is', 'phones are')} registered.`,
  phones_few: ({ registered, most }, f) =>
    `${f.number(registered)} ${plural(registered, 'phone is', 'phones are')} registered; within the last day it was ${f.number(most)}.`,
  phones_none: ({ accounts }, f) =>
    `There ${plural(accounts, 'is', 'are')} ${f.number(accounts)} ${plural(accounts, 'account', 'accounts')} for phones, and no phone is registered.`,
  cpu_ok: ({ percent }, f) => `${f.decimal(percent, 0)}% is in use.`,
  cpu_busy: ({ percent }, f) =>
    `${f.decimal(percent, 0)}% has been in use for minutes. Calls may begin late, and sound may falter.`,
  temperature_ok: ({ celsius }, f) => `${f.decimal(celsius, 0)} °C.`,
  temperature_high: ({ celsius }, f) => `The machine runs hot: ${f.decimal(celsius, 0)} °C.`,
  temperature_critical: ({ celsius }, f) =>
    `The machine is so hot that it slows down, and may switch itself off: ${f.decimal(celsius, 0)} °C.`,
  memory_ok: ({ percent }, f) => `${f.decimal(percent, 0)}% is in use.`,
  memory_low: ({ percent }, f) =>
    `${f.decimal(percent, 0)}% of the memory is in use. The system may end a process of the box.`,
  uplink_ok: () => 'The fleet is connected.',
  uplink_off: () => 'This box belongs to no fleet. It needs none.',
  uplink_down: ({ at }, f) =>
    `The fleet ${at === null ? 'was never reached' : `cannot be reached since ${f.date(at)}, ${f.time(at)}`}. Recording goes on; what the fleet should know waits here.`,
  uplink_certificate_expires: ({ at }, f) =>
    `The certificate by which the fleet knows this box ends ${f.date(at)}, and was not renewed.`,
  software_ok: ({ version, at }, f) => `Version ${version}, of ${f.date(at)}.`,
  software_old: ({ version, at }, f) => `Version ${version} is of ${f.date(at)}. What was mended since is missing.`,
};
