/** What the box passes on of others' refusals. */
import type { SipResponse } from '../sip/message/message.ts';

/** What of a refusal the caller needs: the challenge that is for its own password, and when to try again. */
const PASSED_ON = ['WWW-Authenticate', 'Proxy-Authenticate', 'Retry-After', 'Reason', 'Warning'];
/** And of a redirection where to. */
const REDIRECTED_TO = 'Contact';

export const passedOn = ({ headers, status }: SipResponse): [string, string][] =>
  [...PASSED_ON, ...(status < 400 ? [REDIRECTED_TO] : [])].flatMap((name) =>
    headers.all(name).map((value): [string, string] => [name, value]),
  );
