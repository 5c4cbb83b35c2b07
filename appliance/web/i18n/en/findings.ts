/** What health says, in English. */
import type { FindingCode, FindingValues, TestCallFault, UntriedLine } from '../../../health/finding.ts';
import type { Formats } from '../formats.ts';

type FindingTexts = { [Code in FindingCode]: (values: FindingValues<Code>, f: Formats) => string };

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
  recipients_missing: () =>
    'No list of keys was applied, so nothing is recorded. Apply a policy that names custodians.',
  recipient_revoked: ({ name }) =>
    `The key of ${name} is revoked. New recordings are not sealed to it. Ask for a new key.`,
  recipient_expired: ({ name }) =>
    `The key of ${name} has expired. New recordings are not sealed to it. Ask for a renewed key.`,
  recipient_unusable: ({ name, fault }) => `Nothing can be sealed to the key of ${name} (${fault}). Ask for a new key.`,
  recipient_expires: ({ name, at }, f) => `The key of ${name} expires ${f.date(at)}. Ask for a renewed key.`,
  disk_ok: ({ freeBytes, totalBytes }, f) => `${f.bytes(freeBytes)} of ${f.bytes(totalBytes)} are free.`,
  disk_low: ({ freeBytes }, f) => `Only ${f.bytes(freeBytes)} are free. Shorten retention or add storage.`,
  disk_forecast: ({ freeBytes, days }, f) =>
    `${f.bytes(freeBytes)} are free. As things go, they are used up in ${f.number(days)} ${plural(days, 'day', 'days')}. Add storage or shorten retention.`,
  disk_reserve: ({ freeBytes, reserveBytes }, f) =>
    `Only ${f.bytes(freeBytes)} are free, less than the ${f.bytes(reserveBytes)} that the log and erasure need. Nothing more is recorded; calls whose purpose demands a recording are refused. Tell IT.`,
  keystore_tpm: () => 'The epoch key is held by a TPM: what is erased stays so, also on old blocks of the disk.',
  keystore_file: () =>
    'The epoch key is a file: it is overwritten when the epoch ends, but a copy of it made before would still open what was erased after.',
  keystore_waits: ({ uncertified, at }, f) =>
    `${uncertified} ${plural(uncertified, 'erasure waits', 'erasures wait')} for a certificate since ${f.date(at)}. Tell IT: the epoch of the keystore does not advance.`,
  holds_ok: ({ inForce }) => `${inForce} legal ${plural(inForce, 'hold is', 'holds are')} in force.`,
  holds_review: ({ overdue }) =>
    `${overdue} legal ${plural(overdue, 'hold is', 'holds are')} past the review date. Renew or lift ${plural(overdue, 'it', 'them')}.`,
  backup_ok: ({ name, at }, f) => `${name}: the last backup ended ${f.date(at)}, ${f.time(at)}.`,
  backup_none: () => 'No backup is configured. What is lost with this box stays lost.',
  backup_late: ({ name, at }, f) =>
    `${name}: ${at === null ? 'no backup was made yet' : `the last backup ended ${f.date(at)}, ${f.time(at)}`}. Tell IT.`,
  backup_failed: ({ name, fault }) => `${name}: the last backup did not end well (${fault}). Tell IT.`,
  drill_ok: ({ at }, f) => `The last drill, ${f.date(at)}, opened a recording out of the backup.`,
  drill_due: ({ at }, f) =>
    `${at === null ? 'It was never tried whether the backup opens.' : `The last drill was ${f.date(at)}.`} Run one: a backup that was never restored is a hope.`,
  drill_failed: ({ at }, f) => `The drill of ${f.date(at)} could not open a recording out of the backup. Tell IT.`,
  test_call_ok: ({ at, untried }, f) =>
    `A test call from one phone of the box itself to another was recorded, opened and found right, last ${f.date(at)}.${untried.length === 0 ? '' : ` It goes by ${either.format(untried.map((line) => untriedLines[line]))}, and proves nothing of them.`}`,
  test_call_waits: () => 'The first test call has not been made yet.',
  test_call_late: ({ at }, f) =>
    `The last test call was ${f.date(at)}. There should be one a day: look whether the desk process was stopped.`,
  test_call_failed: ({ at, fault }, f) =>
    `The test call of ${f.date(at)} did not prove that calls are recorded. ${testCallFaults[fault]}`,
  copies_turned_away: ({ turnedAway }) =>
    `In the last day there was no room for ${turnedAway} copied ${plural(turnedAway, 'call', 'calls')}. Unless another server took ${plural(turnedAway, 'it, it is', 'them, they are')} recorded nowhere. Make room on the disk, or raise the sessions and ports that the box may take.`,
  calls_lost: ({ unexplained }) =>
    `${unexplained} ${plural(unexplained, 'call', 'calls')} that should have been recorded ${plural(unexplained, 'was', 'were')} not. Look at the exceptions, and say what was done.`,
  call_records_late: ({ at }, f) =>
    `The records of calls were last laid beside the recordings ${f.date(at)}. It should be every day: tell IT, a recording that is missing would not be noticed.`,
  call_log_ok: ({ name, at }, f) => `The call log ${name} was compared last ${f.date(at)}, ${f.time(at)}.`,
  call_log_late: ({ name, at }, f) =>
    `The call log ${name} was ${at === null ? 'never read' : `last read ${f.date(at)}`}. Tell IT: calls that were lost would not be noticed.`,
  call_log_failed: ({ name, fault }) =>
    `The call log ${name} could not be read (${fault}). Tell IT: calls that were lost would not be noticed.`,
  scrub_ok: ({ at }, f) => `All sealed files were read and found whole, last ${f.date(at)}.`,
  scrub_waits: () => 'Sealed files are being read for the first time.',
  scrub_late: ({ at }, f) =>
    `Sealed files were last read through ${at === null ? 'never' : f.date(at)}. Tell IT: the pass does not end.`,
  scrub_rot: ({ rotten }) =>
    `${rotten} sealed ${plural(rotten, 'file is', 'files are')} damaged and no backup could mend ${plural(rotten, 'it', 'them')}. Tell IT: the disk may be failing.`,
  time_ok: () => 'The clock is plausible.',
  time_behind: ({ wall, expected }, f) =>
    `The clock says ${f.date(wall)}, ${f.time(wall)}, but it was ${f.date(expected)}, ${f.time(expected)} already. Erasure goes on by the later time. Correct the clock, or confirm it.`,
  time_unconfirmed: ({ wall, expected }, f) =>
    `The clock says ${f.date(wall)}, but ${f.date(expected)} is what can have passed. Nothing newly due is erased until two sources or a person confirm the clock.`,
  witness_ok: ({ at }, f) => `The head of the log was cosigned ${f.date(at)}, ${f.time(at)}.`,
  witness_none: () =>
    'Nobody outside this box remembers its log, so an old copy of its data would not be noticed. Configure a witness.',
  witness_late: ({ at }, f) =>
    `The witness has ${at === null ? 'never cosigned' : `not cosigned since ${f.date(at)}, ${f.time(at)}`}. Tell IT.`,
  pbx_ok: ({ registered }) => `The PBX answers; ${registered} users are registered through this box.`,
  pbx_down: ({ localCalls }) =>
    `The PBX does not answer: no calls in or out. ${localCalls ? 'Registered phones still call each other.' : 'Nor among phones.'} Tell IT: is it switched on, and is its certificate still good?`,
  trunk_ok: ({ trunks }) => (trunks === 1 ? 'The trunk is there.' : `All ${trunks} trunks are there.`),
  trunk_down: ({ name }) => `The trunk ${name} does not answer. Calls go by another one, if there is one. Tell IT.`,
  trunk_unregistered: ({ name, fault }) =>
    `The box is not registered at the trunk ${name} (${fault}), so its calls do not come in. Look at the trunks.`,
  trunk_caps: ({ capped }) =>
    `${capped} ${plural(capped, 'limit', 'limits')} of outgoing calls ${plural(capped, 'was', 'were')} reached today. If nobody expected that, a phone's password may be in other hands: look at the trunks.`,
  trunk_counts_lost: () =>
    'The counts of outgoing calls (toll.db) were lost or replaced by an old copy today. What had reached its limit stays stopped until midnight. Nobody but an attacker gains by that: ask who was at the data of the box.',
  defence_quiet: () => 'Nobody has attacked the telephones within a day.',
  defence_attacked: (attacks) => `Within a day ${attempts(attacks)} refused. Nobody got in, and nobody is banned now.`,
  defence_bans: ({ bans, ...attacks }) =>
    `${bans} ${plural(bans, 'address is', 'addresses are')} banned from the telephones; within a day ${attempts(attacks)} refused. If one is a phone of yours, correct its password; IT sees and lifts bans with \`belkluis sip bans\`.`,
  policy_ok: ({ version }) => `Policy ${version} is in force.`,
  policy_missing: () => 'There is no policy. Calls connect; none is recorded.',
  policy_undecided: ({ version, at }, f) =>
    `Policy ${version} waits for a data protection officer to approve or refuse it until ${f.date(at)}. The one before stays in force.`,
  policy_will_erase: ({ version, at }, f) =>
    `Policy ${version} will erase recordings earlier from ${f.date(at)} on. Until then a data protection officer can refuse it.`,
  policy_unspoken: ({ purpose }) =>
    `The announcement of ${purpose} is missing, or says what an older policy said. Its calls are not recorded. Add a sound file that says a sentence of \`belkluis policy text\`, or take the files out of the policy: then the box speaks.`,
  policy_stale: ({ version, at }, f) =>
    `Policy ${version} was due for renewal ${f.date(at)}. It stays in force until a newer one comes.`,
  policy_against_law: ({ version, path, article, says }) =>
    `Policy ${version} stays in force, but law now forbids what it says at ${path} (${article}). ${says.en} The next policy has to.`,
  register_ok: () => 'The register of processing says what is so.',
  register_drift: ({ drift }) =>
    `The register of processing does not say what is so, in ${drift} ${plural(drift, 'place', 'places')}. \`belkluis register --check\` names them; somebody must find out why before it is written anew.`,
  dpia_required: () =>
    'DPIA_REQUIRED: these recordings need a data protection impact assessment, and the policy names none. `belkluis dpia draft` begins one.',
  dpia_open: ({ open }) =>
    `${open} ${plural(open, 'measure', 'measures')} of the impact assessment ${plural(open, 'is', 'are')} carried out by nothing in the policy. \`belkluis dpia check\` lists them.`,
  notices_missing: ({ unacknowledged }) =>
    `${unacknowledged} ${plural(unacknowledged, 'extension has', 'extensions have')} not acknowledged every notice of recording; such calls are not recorded. \`belkluis notices list\` names them.`,
  purge_ok: ({ at }, f) => `The last purge ended ${f.date(at)}, ${f.time(at)}. Nothing is past its day.`,
  purge_waits: () => 'Nothing had to leave yet.',
  purge_overdue: ({ overdue, at }, f) =>
    `${overdue} ${plural(overdue, 'recording is', 'recordings are')} past their day. The last purge ended ${at === null ? 'never' : `${f.date(at)}, ${f.time(at)}`}. Tell IT.`,
  certificate_ok: ({ at }, f) => `The certificate is good until ${f.date(at)}.`,
  certificate_expires: ({ at }, f) => `The certificate expires ${f.date(at)}. Restart the box and it makes a new one.`,
  certificate_expired: ({ at }, f) =>
    `The certificate expired ${f.date(at)}. Phones may refuse to connect. Restart the box.`,
  audit_ok: ({ size }, f) => `${f.number(size)} entries, all as they were written.`,
  audit_unwritable: () =>
    'The audit log cannot be written, so nothing is opened and nobody signs in. Recording goes on. Tell IT: the disk may be full.',
  audit_tampered: () => 'The audit log is not what was written. Keep the disk as it is and tell the DPO.',
};
