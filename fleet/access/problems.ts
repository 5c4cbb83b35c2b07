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
  sign_in_again:
    'You have no second factor here to show that it is still you. Sign out, sign in by your provider, and set one up within half an hour.',
  totp_there: 'An authenticator app is set up already.',
  totp_not_begun: 'Begin to set up the authenticator app first.',
  enrolled_already: 'A second factor was set up meanwhile. Sign in with it.',
  passkey_refused: 'This passkey is not known here, or could not be checked. Try again, or sign in with your password.',
  passkey_provider:
    'Your account comes from an identity provider. Sign in there first; then this passkey is your second factor.',
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
  grants_changed: 'Somebody else changed these roles meanwhile, so nothing was done. Look at them again.',
  person_unknown: 'There is no such person.',
  people_full: 'This MSP has as many people as fit. Remove one first.',
  last_owner: 'This is the only owner who can sign in. Make somebody else an owner first, and have them sign in.',
  scope_too_small: 'People belong to the whole MSP. Ask somebody whose role covers all of it.',
  provider_unknown: 'There is no such identity provider.',
  provider_invalid: 'Something about this identity provider is not as it has to be. Correct the field named here.',
  provider_changed: 'Somebody else changed this identity provider meanwhile. Load it again, then change it.',
  provider_issuer: 'Subjects of another issuer are other people. Add the new one beside this, then remove this.',
  providers_full: 'This MSP has as many identity providers as fit. Remove one first.',
  provider_last_owner:
    'Without this provider no owner could sign in. Have an owner who was invited set up a passkey and disconnect the provider, or invite one with a password, first.',
  provider_unreachable:
    'The identity provider does not answer. Try again; if it stays so, look whether its address is right and reachable from this server.',
  provider_unfit:
    'This identity provider lacks a token endpoint or published keys. Ask whoever runs it for OpenID Connect with the code flow.',
  provider_moved:
    'The identity provider names other addresses than when it was added. An owner looks whether that is meant, and saves it again.',
  provider_secret_lost: 'The client secret cannot be opened with the key of this server. An owner enters it again.',
  provider_expired: 'This sign-in took too long, was finished before, or began in another browser. Begin again.',
  provider_denied: 'The identity provider says that you did not want to go on. Begin again, or sign in another way.',
  provider_refused:
    'What the identity provider answered does not belong to this sign-in, or could not be checked. Begin again; if it stays so, tell an owner.',
  provider_not_admitted:
    'The identity provider knows you, but your address or account is not among those that may come in here. Ask an owner.',
  provider_nobody: 'Nobody here belongs to this account. Ask an owner for an invitation.',
  provider_address: 'The identity provider names no verified e-mail address for you. Ask whoever runs it.',
  provider_address_differs:
    'The invitation is for another e-mail address than the one that the identity provider has verified. Ask an owner for one to that address.',
  provider_address_taken:
    'Somebody with this e-mail address is here already. If that is you, sign in as before and connect the provider to your account.',
  provider_taken: 'This account at the provider belongs to somebody here already.',
  provider_linked: 'Another account at this provider is connected with yours. Disconnect it first.',
  provider_rule:
    'You are here by this identity provider, so you come in by it alone. An owner can remove you here and invite you instead.',
  provider_factor_missing:
    'The identity provider did not say that it asked for a second factor. Sign in there with one, then again here.',
  token_refused: 'This token is not valid, or its time is over. Make another.',
  token_unvouched:
    'Whoever made this token comes in by an identity provider, and was not let in by it for 30 days, or no more. Once they sign in there again, the token works again.',
  token_acts: 'Choose at least one thing that the token may do, out of what you may do and a token can.',
  token_days: 'Choose 1 to 365 days.',
  token_unknown: 'There is no such token.',
  tokens_full: 'You have as many tokens as fit. End one first.',
});

/** HTTP status of each refusal that is not 400. */
export const statusOf: Readonly<Record<string, number>> = {
  session_over: 401,
  token_refused: 401,
  token_unvouched: 401,
  second_factor_needed: 403,
  not_allowed: 403,
  msp_archived: 403,
  scope_too_small: 403,
  provider_factor_missing: 403,
  provider_not_admitted: 403,
  provider_nobody: 403,
  provider_unknown: 404,
  grants_changed: 409,
  provider_changed: 409,
  provider_unreachable: 502,
  login_wait: 429,
  login_busy: 503,
  login_crowded: 503,
};
