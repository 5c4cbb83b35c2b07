/** What health says, in English. */
import type { HealthWords } from './words.ts';

export const en: HealthWords = {
  checks: {
    audit: 'Audit log',
    witness: 'Witness',
    clock: 'Clock',
    keys: 'Keys',
    policy: 'Policy',
    register: 'Register of processing',
    assessment: 'Impact assessment',
    notices: 'Notices to staff',
    recording: 'Recording proven',
    test_call: 'Test call',
    calls: 'Calls',
    sound: 'Sound',
    phones: 'Phones',
    pbx: 'PBX',
    trunks: 'Trunks',
    call_logs: 'Call logs',
    copies: 'Copied calls',
    attacks: 'Attacks on telephones',
    erasure: 'Erasure',
    keystore: 'Erasure for good',
    holds: 'Legal holds',
    backup: 'Backup',
    drill: 'Drill',
    sealed_files: 'Sealed files',
    storage: 'Storage',
    processor: 'Processor',
    temperature: 'Temperature',
    memory: 'Memory',
    certificate: 'Certificate',
    uplink: 'Connection to the fleet',
    software: 'Software',
  },
  codes: {
    audit_unwritable: {
      says: 'The audit log cannot be written, so nothing is opened and nobody signs in. Recording goes on.',
      advice: 'Tell IT: the disk may be full, or the file has another owner.',
    },
    audit_tampered: {
      says: 'The audit log is not what was written.',
      advice:
        'Change nothing, keep the disk as it is and tell the DPO. `belkluis audit verify` names the first event that is wrong.',
    },
    witness_none: {
      says: 'Nobody outside this box remembers its log, so an old copy of its data would not be noticed.',
      advice: 'Configure a witness.',
    },
    witness_late: {
      says: 'The witness has not cosigned the log lately.',
      advice: 'Tell IT: look whether the witness can be reached.',
    },
    witness_refused: {
      says: 'The fleet, as witness, remembers another log than the one that is here: it was cut, put back or told two ways.',
      advice: 'Tell the DPO and the MSP: compare `belkluis audit` with what the fleet kept before anything is erased.',
    },
    time_behind: {
      says: 'The clock was set back. Erasure goes on by the later time.',
      advice: 'Correct the clock, or confirm it.',
    },
    time_unconfirmed: {
      says: 'The clock is ahead of what can have passed. Nothing newly due is erased until two sources or a person confirm it.',
      advice: 'Look at the clock, then correct or confirm it.',
    },
    clock_unsynchronised: {
      says: 'No time service keeps the clock of this machine.',
      advice: 'Tell IT: let chrony or systemd-timesyncd run, and let it reach a time server.',
    },
    recipients_missing: {
      says: 'No list of keys was applied, so nothing is recorded.',
      advice: 'Apply a policy that names custodians.',
    },
    recipient_revoked: {
      says: 'A key is revoked. New recordings are not sealed to it.',
      advice: 'Ask its holder for a new key; sign and apply the list.',
    },
    recipient_expired: {
      says: 'A key has expired. New recordings are not sealed to it.',
      advice: 'Ask its holder for a renewed key; sign and apply the list.',
    },
    recipient_unusable: {
      says: 'Nothing can be sealed to one of the keys.',
      advice: 'Ask its holder for a new key; sign and apply the list.',
    },
    recipient_expires: {
      says: 'A key expires within 30 days.',
      advice: 'Ask its holder for a renewed key; sign and apply the list.',
    },
    policy_missing: {
      says: 'There is no policy. Calls connect; none is recorded.',
      advice: 'Apply a policy. If one was applied, the log says why it is not followed.',
    },
    policy_undecided: {
      says: 'A policy waits for a data protection officer. The one before stays in force.',
      advice: 'Let the data protection officer approve or refuse it.',
    },
    policy_will_erase: {
      says: 'A policy that waits will erase recordings before their day.',
      advice: 'If nobody meant that, let a data protection officer refuse it before its day.',
    },
    policy_unspoken: {
      says: 'An announcement is missing, or says what an older policy said. Calls of its purpose are not recorded.',
      advice:
        'Add a sound file that says a sentence of `belkluis policy text`, or take the files out of the policy: then the box speaks.',
    },
    policy_stale: {
      says: 'The policy was due for renewal. It stays in force until a newer one comes.',
      advice: 'Sign it again with a later end and a higher version.',
    },
    policy_against_law: {
      says: 'The policy stays in force, but law now forbids something that it says.',
      advice: 'Change that in the next policy.',
    },
    register_drift: {
      says: 'The register of processing does not say what is so.',
      advice: '`belkluis register --check` names the places. Find out why before it is written anew.',
    },
    dpia_required: {
      says: 'DPIA_REQUIRED: these recordings need a data protection impact assessment, and the policy names none.',
      advice: '`belkluis dpia draft` begins one.',
    },
    dpia_open: {
      says: 'Measures of the impact assessment are carried out by nothing in the policy.',
      advice: '`belkluis dpia check` lists them.',
    },
    notices_missing: {
      says: 'Not every notice of recording was acknowledged. Calls of those extensions are not recorded.',
      advice: '`belkluis notices list` names them.',
    },
    recording_late: {
      says: 'For three days nothing has shown that this box records: no finished recording, and no test call that went well.',
      advice: 'Make a test call (`belkluis calls test`), and follow what it says.',
    },
    test_call_late: {
      says: 'There was no test call for more than a day.',
      advice: 'Look whether the desk process was stopped.',
    },
    test_call_failed: {
      says: 'The last test call did not prove that calls are recorded.',
      advice: 'Look where it got stuck, mend that, and make another: `belkluis calls test`.',
    },
    calls_down: {
      says: 'The call process does not answer: no phone can call through this box.',
      advice: 'Start it, or look into its log.',
    },
    sound_lost: {
      says: 'Too many packets of sound are lost on their way to this box. What is lost is not in recordings either.',
      advice: 'Look at the network between phones, trunk and box: cables, Wi-Fi, load of the line, priority of voice.',
    },
    sound_poor: {
      says: 'Calls are likely to be hard to understand.',
      advice: 'Look at the network between phones, trunk and box: loss, jitter and delay stand beside this.',
    },
    phones_few: {
      says: 'Many phones are gone that were registered within the last day.',
      advice:
        'Look at the switch or the Wi-Fi that they hang on; `belkluis phones trace` says how phones try to come back.',
    },
    phones_none: {
      says: 'There are accounts for phones, and no phone is registered.',
      advice: 'Look at the network of the phones, and whether they still trust the certificate of the box.',
    },
    pbx_down: {
      says: 'The PBX does not answer: no calls in or out.',
      advice: 'Look whether it is switched on, and whether its certificate is still good.',
    },
    trunk_down: {
      says: 'A trunk does not answer. Calls go by another one, if there is one.',
      advice: 'Tell IT: `belkluis trunks test` says how far it gets.',
    },
    trunk_unregistered: {
      says: 'The box is not registered at a trunk, so its calls do not come in.',
      advice: 'Look at the trunks, then `belkluis trunks test`.',
    },
    trunk_caps: {
      says: 'A limit of outgoing calls was reached today.',
      advice:
        'If nobody expected that, a password may be in other hands: look at the trunks, and remove and add the phone for a new one.',
    },
    trunk_counts_lost: {
      says: 'The counts of outgoing calls (toll.db) were lost or replaced by an old copy today. What had reached its limit stays stopped until midnight.',
      advice: 'Nobody but an attacker gains by that: ask who was at the data of the box.',
    },
    calls_lost: {
      says: 'Calls that should have been recorded were not.',
      advice: 'Look at the exceptions, and say what was done.',
    },
    call_records_late: {
      says: 'The records of calls were not laid beside the recordings lately. It should be every day.',
      advice: 'Tell IT: a recording that is missing would not be noticed.',
    },
    call_log_late: {
      says: 'A call log was not read lately.',
      advice: 'Tell IT: calls that were lost would not be noticed.',
    },
    call_log_failed: {
      says: 'A call log could not be read.',
      advice: 'Tell IT: calls that were lost would not be noticed.',
    },
    copies_turned_away: {
      says: 'There was no room for copied calls in the last day. Unless another server took them they are recorded nowhere.',
      advice: 'Make room on the disk, or raise the sessions and ports that the box may take.',
    },
    defence_bans: {
      says: 'Addresses are banned from the telephones.',
      advice: 'If one is a phone of yours, correct its password; IT sees and lifts bans with `belkluis sip bans`.',
    },
    purge_overdue: {
      says: 'Recordings are past their day and still here.',
      advice: 'Tell IT: look for `purge_failed` in the log of the desk process.',
    },
    purge_late: {
      says: 'What is due was not erased lately. It should be every quarter of an hour.',
      advice: 'Tell IT: look for `purge_failed` in the log of the desk process.',
    },
    keystore_waits: {
      says: 'Erasures wait for a certificate for more than a day and a half.',
      advice: 'Tell IT: the epoch of the keystore does not advance. Look for `night_failed` in the log.',
    },
    holds_review: {
      says: 'A legal hold is past its review date.',
      advice: 'Renew or lift it.',
    },
    backup_none: {
      says: 'No backup is configured. What is lost with this box stays lost.',
      advice: 'Configure one.',
    },
    backup_late: {
      says: 'The last backup is too old.',
      advice: 'Tell IT: look at the log of the desk process.',
    },
    backup_failing: {
      says: 'The last try to make a backup did not end well; the one before it is still young.',
      advice: 'Tell IT: the code says why.',
    },
    backup_failed: {
      says: 'Backups do not end well, and the last good one is too old.',
      advice: 'Tell IT: the code says why.',
    },
    drill_due: {
      says: 'It was not tried within a month whether the backup opens.',
      advice: 'Run a drill: a backup that was never restored is a hope.',
    },
    drill_failed: {
      says: 'The last drill could not open a recording out of the backup.',
      advice: 'Tell IT: the backup would not bring this box back.',
    },
    scrub_late: {
      says: 'Sealed files were not read through lately.',
      advice: 'Tell IT: the pass over all files does not end.',
    },
    scrub_rot: {
      says: 'Sealed files are damaged and no backup could mend them.',
      advice: 'Tell IT: the disk may be failing. Replace it.',
    },
    disk_low: {
      says: 'Less than a tenth of the storage is free.',
      advice: 'Add storage or shorten retention.',
    },
    disk_forecast: {
      says: 'As things go, the storage is used up within 30 days.',
      advice: 'Add storage or shorten retention.',
    },
    disk_reserve: {
      says: 'Storage is used up to what the log and erasure need. Nothing more is recorded; calls whose purpose demands a recording are refused.',
      advice: 'Make room at once.',
    },
    cpu_busy: {
      says: 'The processor has been busy for minutes. Calls may begin late, and sound may falter.',
      advice: 'Look what else runs on this machine; spread calls over more boxes, or take a larger one.',
    },
    temperature_high: {
      says: 'The machine runs hot.',
      advice: 'Look at its fan, its air and the room.',
    },
    temperature_critical: {
      says: 'The machine is so hot that it slows down, and may switch itself off.',
      advice: 'Cool it now: fan, air, room.',
    },
    memory_low: {
      says: 'Little memory is left. The system may end a process of the box.',
      advice: 'Look what else runs on this machine, or give it more memory.',
    },
    certificate_expires: {
      says: 'The certificate of this box expires within 30 days.',
      advice: 'Restart the box and it makes a new one.',
    },
    certificate_expired: {
      says: 'The certificate of this box has expired. Phones may refuse to connect.',
      advice: 'Restart the box and it makes a new one.',
    },
    uplink_down: {
      says: 'The fleet cannot be reached. Recording goes on; what the fleet should know waits here.',
      advice: 'Look whether the line is up and lets the box out to the fleet.',
    },
    uplink_certificate_expires: {
      says: 'The certificate by which the fleet knows this box ends soon, and was not renewed.',
      advice: 'Look whether the fleet can be reached; past its end the box has to be enrolled anew.',
    },
    software_old: {
      says: 'The software of this box is more than half a year old. What was mended since is missing.',
      advice: 'Install the present release.',
    },
  },
  gauges: {
    disk_days_left: 'Days until the storage is used up',
    disk_used_percent: 'Storage in use',
    cpu_percent: 'Processor in use',
    temperature_celsius: 'Temperature',
    memory_used_percent: 'Memory in use',
    clock_offset_ms: 'Clock against the time that is believed',
    rtp_loss_permille: 'Sound lost on the way here',
    rtp_jitter_ms: 'Jitter',
    mos_hundredths: 'Quality of sound (MOS, estimated)',
    trunks_configured: 'Trunks',
    trunks_up: 'Trunks that are there',
    pbx_up: 'PBX answers',
    phones_known: 'Phones that may register',
    phones_registered: 'Phones registered',
    recorded_hours_ago: 'Since the last finished recording',
    test_call_hours_ago: 'Since a test call went well',
    purge_overdue: 'Recordings past their day',
    recipient_key_days_left: 'First key expires in',
    backup_hours_ago: 'Age of the backup',
    policy_days_left: 'Policy is to be renewed in',
    certificate_days_left: 'Certificate is good for',
    uplink_certificate_days_left: 'Certificate for the fleet is good for',
    uplink_queued: 'Messages that wait for the fleet',
    uplink_reconnects: 'Connections to the fleet within an hour',
    witness_hours_ago: 'Since a witness cosigned',
    software_age_days: 'Age of the software',
    uptime_hours: 'Since the machine started',
  },
};
