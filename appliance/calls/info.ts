/** INFO (RFC 6086) from one side to the other: how some phones send digits. */
import type { Session } from '../sip/dialog/session.ts';
import { MAX_INFO_BODY } from './limits.ts';

/** Passes what `from` says on to `to`, and the answer back. */
export function relayInfo(from: Session, to: Session): void {
  from.onInfo = ({ contentType, body, respond }) => {
    if (body.length > MAX_INFO_BODY) return respond(413);
    if (body.length === 0) return respond(200);
    return void to.info(contentType, body).then(respond);
  };
}
