/** How a REGISTER ended, for whoever keeps the phones. Never told to who sent it: what a stranger hears depends on no account. */
import type { SipRequest } from '../../sip/message/message.ts';
import type { Flow } from '../../sip/transport/flow.ts';

export type RegistrationOutcome =
  | 'ok'
  /** It took itself out. */
  | 'removed'
  /** It was asked for its secret; the first half of every registration. */
  | 'asked'
  /** It answered an old challenge, and was asked again. */
  | 'stale'
  | 'malformed'
  | 'wrong_secret'
  | 'unknown_number'
  /** Somebody else guesses at this number, so that answers were not looked at for a moment. */
  | 'unheard'
  /** From or To is not the account whose secret it has. */
  | 'other_number'
  /** Without TLS, and without an exception, or with one that has ended. */
  | 'plain'
  | 'exception_over'
  | 'domain'
  | 'contact'
  | 'too_short'
  | 'too_many'
  | 'out_of_order'
  | 'pbx_refused'
  | 'pbx_silent';

export type ToldOutcome = (outcome: RegistrationOutcome, request: SipRequest, flow: Flow) => void;
