import { problemsOf } from '@belkluis/shared/base/problem';

/** What can go wrong when people identify themselves. One sentence for wrong name and wrong password: neither is told apart. */
export const problem = problemsOf({
  person_unknown: 'There is nobody of this name. `belkluis people list` shows all.',
  last_dpo:
    'This is the only person with the role dpo, who decides about holds and erasure. Add another first, with `belkluis people invite --role dpo`.',
  login_refused: 'The name or the password is not right. Try again; upper and lower case matter in the password.',
  login_wait: 'Too many attempts failed. Wait, then try again.',
  login_busy: 'Too many people sign in at this moment. Try again in a few seconds.',
  code_refused: 'This code is not right, or was used before. Wait for the next one in your authenticator app.',
  code_expired: 'It took too long between the password and the code. Begin again with your name and password.',
  setup_code_refused: 'This set-up code is not valid, or was used before. The box prints a new one in its terminal.',
  name_invalid: 'Give a name of 2 to 80 characters.',
  name_taken: 'Somebody has this name already. Choose another.',
  password_short: 'The password is too short. Use at least 12 characters, such as four words.',
  password_long: 'The password is too long. Use at most 256 characters.',
  people_full: 'This box knows as many people as it can hold. Remove one first.',
});
