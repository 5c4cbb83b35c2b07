/** Asking a source to tell everything anew (RFC 7866 7.2, RFC 7865 8): after what it told could not be read, or names nobody. */
import type { Session } from '../../sip/dialog/session.ts';
import type { SipRequest } from '../../sip/message/message.ts';

const REQUEST_TYPE = 'application/rs-metadata-request';

/** Whether a source takes such a request: it says so in its INVITE. */
const takesRequests = ({ headers }: SipRequest): boolean =>
  headers.all('Accept').some((range) => range.split(';')[0]!.trim().toLowerCase() === REQUEST_TYPE);

const body = (reason: string): Buffer =>
  Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\r\n<requestsnapshot xmlns="urn:ietf:params:xml:ns:recording:1"><requestreason xml:lang="en">${reason}</requestreason></requestsnapshot>\r\n`,
  );

export interface Snapshots {
  /** Asks, unless it is waited for already or cannot be had. `reason`: words without markup. */
  ask(reason: string): void;
  /** All was told anew: it may be asked for again. */
  told(): void;
}

/** For one dialog, begun by `invite`. */
export function snapshots(session: Session, invite: SipRequest): Snapshots {
  let asked = !takesRequests(invite);
  const may = !asked;
  return {
    ask(reason) {
      if (asked) return;
      asked = true;
      void session.tell(REQUEST_TYPE, body(reason), 'recording-session');
    },
    told() {
      asked = !may;
    },
  };
}
