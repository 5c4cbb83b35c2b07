import { problemsOf } from '@belkluis/shared/base/problem';

/** What can go wrong when people identify themselves, or want what they may not. Wrong name and wrong password are one sentence. */
export const problem = problemsOf({
  session_over: 'Your session is over. Sign in again.',
  second_factor_needed: 'Set up or give your second factor first. Until then nothing else can be done.',
  not_allowed: 'Your role does not cover this. Ask an owner of your MSP.',
  msp_archived: 'Your MSP was archived. Ask whoever runs this server.',
  login_refused:
    'The e-mail address or the password is not right. Try again; upper and lower case matter in the password.',
  login_wait: 'Too many attempts failed. Wait, then try again.',
  code_refused: 'This code is not right, or was used before. Wait for the next one in your authenticator app.',
  code_expired: 'It took too long between the password and the code. Begin again with your password.',
  totp_there: 'An authenticator app is set up already.',
  totp_not_begun: 'Begin to set up the authenticator app first.',
  enrolled_already: 'A second factor was set up meanwhile. Sign in with it.',
  passkey_refused: 'This passkey is not known here, or could not be checked. Try again, or sign in with your password.',
  passkey_unknown: 'There is no such passkey of yours.',
  last_factor: 'This is your only second factor. Set up another first.',
  passkeys_full: 'You have as many passkeys as fit. Remove one first.',
  login_crowded: 'Too many people sign in at this moment. Try again in a few minutes.',
  invitation_refused: 'This invitation is not valid, or was used before. Ask whoever sent it for another.',
  invitations_full: 'Too many invitations wait to be used. Withdraw some first.',
  invitation_unknown: 'There is no such invitation. It may have been used.',
  email_invalid: 'Give an e-mail address.',
  email_taken: 'Somebody with this e-mail address is here already.',
  grants_invalid:
    'Give at least one role, each of the whole MSP, of one customer or of one site. An owner owns the whole MSP.',
  person_unknown: 'There is no such person.',
  people_full: 'This MSP has as many people as fit. Remove one first.',
  last_owner: 'This is the only owner who can sign in. Make somebody else an owner first, and have them sign in.',
  scope_too_small: 'People belong to the whole MSP. Ask somebody whose role covers all of it.',
  token_refused: 'This token is not valid, or its time is over. Make another.',
  token_acts: 'Choose at least one thing that the token may do, out of what you may do and a token can.',
  token_days: 'Choose 1 to 365 days.',
  token_unknown: 'There is no such token.',
  tokens_full: 'You have as many tokens as fit. End one first.',
});

/** HTTP status of each refusal that is not 400. */
export const statusOf: Readonly<Record<string, number>> = {
  session_over: 401,
  token_refused: 401,
  second_factor_needed: 403,
  not_allowed: 403,
  msp_archived: 403,
  scope_too_small: 403,
  login_wait: 429,
  login_busy: 503,
  login_crowded: 503,
};
