import { problemsOf } from '@belkluis/shared/base/problem';

/** What can go wrong with backups, and what the person who sees it does. */
export const problem = problemsOf({
  transfer_blocked:
    'The policy does not allow that anything is kept in this country, so nothing was sent. Choose a destination within its regions.',
  destination_unreachable: 'The backup destination does not answer. Check its address, the network and the firewall.',
  destination_refused: 'The backup destination does not let us in. Check user, key and rights.',
  destination_full: 'The backup destination is full. Make room there; the next run goes on where this one stopped.',
  destination_failed: 'The backup destination failed. Its own log says more.',
  destination_foreign:
    'This place already holds something else, or the backups of another box. Give each box a folder or bucket prefix of its own.',
  destination_ahead:
    'This place holds backups from a later state of this box: a restored copy of it may be running elsewhere, or an old copy of the data was put back here. Find out which is right before backups go on.',
  destination_versioned:
    'The bucket keeps old versions of what is removed from it, so nothing that is erased would ever leave it. Switch versioning off.',
  host_key_changed:
    'The server shows another host key than the configured one. If it was not replaced, somebody stands in between.',
  insecure_endpoint: 'Backups go over https only. Correct the endpoint.',
  key_unreadable: 'The file with the key of the backup destination cannot be read. Check its path and its owner.',
  no_destination:
    'No backup destination of this name is configured. Add it to `backup.destinations` in the configuration file.',
  object_missing: 'The backup destination does not have this object.',
  object_too_large: 'This is more than the backup destination takes in one object.',
  escrow_missing:
    'No valid escrow key is in the policy, so a snapshot could never be opened. Apply a policy with an escrow certificate that is valid today.',
  backup_running: 'A backup or drill is running already. Wait until it ends.',
  backup_missing: 'There is no backup at this destination.',
  backup_untrusted:
    'The backup was not signed by the device key that you named. Check the fingerprint; do not restore what somebody else made.',
  snapshot_damaged: 'The snapshot is damaged. Choose an older one with --snapshot, or another destination.',
  backup_damaged:
    'A list of erased recordings at the backup destination is damaged, and without it erased recordings would come back. Repair or remove it knowingly.',
  snapshot_key_wrong: 'This answer does not open the snapshot. It belongs to another restore request.',
  not_empty:
    'The data directory has something in it, and a restore overwrites nothing. Restore into an empty one, or move it away.',
  request_not_ours:
    'This key does not open the restore request. Use the escrow key that was in the policy when the backup was made.',
  answer_malformed: 'This is not an answer to a restore request: it is one line such as 9:1A2B…',
  restore_unfinished:
    'A restore into this data directory has begun and has not ended, so the box does not run on it. Go on with `belkluis restore`.',
  restore_other: 'Another restore was begun in this directory. Finish it, or empty the directory.',
  content_unfit: 'The content at the backup destination is damaged or missing.',
});
