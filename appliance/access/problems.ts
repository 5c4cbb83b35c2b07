import { problemsOf } from '@belkluis/shared/base/problem';

/** What can go wrong when people identify themselves. One sentence for wrong name and wrong password: neither is told apart. */
export const problem = problemsOf({
  person_unknown: 'There is nobody of this name. `belkluis people list` shows all.',
  last_dpo:
    'This is the only person with the role dpo, who decides about holds and erasure. Add another first, with `belkluis people invite --role dpo`.',
  login_refused: 'The name or the password is not right. Try again; upper and lower case matter in the password.',
  login_wait: 'Too many attempts failed. Wait, then try again.',
  code_refused: 'This code is not right, or was used before. Wait for the next one in your authenticator app.',
  code_expired: 'It took too long between the password and the code. Begin again with your name and password.',
  setup_code_refused: 'This set-up code is not valid, or was used before. The box prints a new one in its terminal.',
  name_invalid: 'Give a name of 2 to 80 characters.',
  name_taken: 'Somebody has this name already. Choose another.',
  token_refused:
    'This token is not valid: it is mistyped, has ended, or was revoked. Ask the person who runs this box for a new one.',
  token_unknown: 'There is no token of this name. `belkluis tokens list` shows all.',
  token_name_taken: 'There is a token of this name already. Choose another, or revoke that one first.',
  token_extensions:
    'Name up to 200 extensions by letters, digits, dots, dashes, underscores and plus signs, or say all.',
  token_wishes: 'Choose what the token may do: at least one of what is offered.',
  token_end: 'A token ends tomorrow at the earliest, and within a year.',
  token_right:
    'Your roles do not let you begin or erase recordings, so you cannot let a program do it. Ask a custodian or the data protection officer.',
  tokens_full: 'This box has as many tokens as it can hold. Revoke one first.',
  too_many: 'These are too many requests. Wait as long as Retry-After says.',
  people_full: 'This box knows as many people as it can hold. Remove one first.',
});
