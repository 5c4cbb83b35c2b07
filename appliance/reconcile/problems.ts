import { problemsOf } from '@belkluis/shared/base/problem';

export const problem = problemsOf({
  call_log_unreadable: 'The call log cannot be fetched. Check its place, and the key or token for it.',
  call_log_malformed: 'The call log is not what its format says. Compare the columns with the first lines of the file.',
  call_log_too_large: 'The call log is too large to be read. Let the PBX write a file a day, and keep a week of them.',
});
