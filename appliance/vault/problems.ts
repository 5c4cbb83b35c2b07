import { problemsOf } from '@belkluis/shared/base/problem';

/** What can go wrong in the vault, and what the person who sees it does. */
export const problem = problemsOf({
  recording_unknown: 'There is no recording of this id. It may have been erased: the audit log says when and why.',
  recording_erased: 'This recording has been erased. The audit log says when and why.',
  wraps_missing: 'The keys of this recording are gone, so nobody can open it.',
  content_damaged: 'The sealed file of this recording is damaged. Restore it from a backup.',
  erase_not_certain: 'The keystore could not be cleaned while something reads it. It is tried again in 15 minutes.',
});
