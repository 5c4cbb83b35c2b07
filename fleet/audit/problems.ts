import { problemsOf } from '@belkluis/shared/base/problem';

/** What can be wrong with the fleet's own log, and with what it remembers of the logs of boxes. */
export const problem = problemsOf({
  log_empty: 'Nothing is in the log yet.',
  log_unsigned: 'The log was not signed here. Take a size at which it was, from the list of checkpoints.',
  event_unknown: 'There is no such event in the log.',
  box_not_watched: 'Nothing is known of the log of this box.',
});
