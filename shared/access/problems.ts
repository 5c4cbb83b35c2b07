import { problemsOf } from '../base/problem.ts';

/** What is wrong with a password, whoever it is typed to. */
export const problem = problemsOf({
  login_busy: 'Too many people sign in at this moment. Try again in a few seconds.',
  password_short: 'The password is too short. Use at least 12 characters, such as four words.',
  password_long: 'The password is too long. Use at most 256 characters.',
});
