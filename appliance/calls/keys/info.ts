/** INFO (RFC 6086) from one side to the other: how some phones send digits. */
import type { Session } from '../../sip/dialog/session.ts';
import { MAX_INFO_BODY } from '../limits.ts';

/**
 * The key that a body tells: `application/dtmf-relay` has lines such as `Signal=5`, `application/dtmf` the key alone; some write its number
 * of RFC 4733. Null: it tells none.
 */
export function keyInInfo(contentType: string, body: Buffer): string | null {
  const [type] = contentType.toLowerCase().split(';');
  const text = body.toString('latin1');
  const relay = /^\s*signal\s*=\s*(\S+)/im.exec(text)?.[1];
  const said =
    type?.trim() === 'application/dtmf-relay' ? relay : type?.trim() === 'application/dtmf' ? text.trim() : undefined;
  if (said === '10') return '*';
  if (said === '11') return '#';
  return said !== undefined && /^[0-9*#A-D]$/i.test(said) ? said.toUpperCase() : null;
}

/** Passes what `from` says on to `to`, and the answer back; but a key that is meant for the box, as `forBox` says. */
export function relayInfo(from: Session, to: Session, forBox: (key: string) => boolean): void {
  from.onInfo = ({ contentType, body, respond }) => {
    if (body.length > MAX_INFO_BODY) return respond(413);
    if (body.length === 0) return respond(200);
    const key = keyInInfo(contentType, body);
    if (key !== null && forBox(key)) return respond(200);
    return void to.info(contentType, body).then(respond);
  };
}
