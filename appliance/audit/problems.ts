import { problemsOf } from '@belkluis/shared/base/problem';

/** What can be wrong with the log as a whole, and what the person who sees it does. */
export const problem = problemsOf({
  audit_rolled_back:
    'The audit log on this disk is older than what a witness has seen of it: an old copy of the data directory was put back, or its end was cut off. The box does not run on it. Put the newest data directory back; if that is lost, restore from a backup with `belkluis restore`, which says so in the log.',
  audit_forked:
    'The audit log on this disk is not the one that a witness has seen: its past was changed, or it is another copy that went its own way. The box does not run on it. Keep this disk as evidence, and restore from a backup with `belkluis restore`.',
  witness_folder_missing:
    'The folder in which the box remembers the head of its audit log is not there. Mount the disk that holds it, or make the folder if it is new.',
  witness_damaged:
    'A file in the witness folder cannot be read. Restore it from a copy; if there is none, move it away: the box then begins to remember anew.',
  witness_refused:
    'A witness did not sign the head of the audit log. Compare its copy with this log: `belkluis audit witness`.',
  cosignature_invalid: 'This is no cosignature of that witness on a checkpoint of this log.',
  forget_not_certain:
    'Events whose time is over have been erased, but the files could not be cleaned while something reads them. It is tried again in 15 minutes.',
});
