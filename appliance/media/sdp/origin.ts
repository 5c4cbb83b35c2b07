/** The `o=` line: which session, and which version of its description (RFC 8866 5.2). */

import { connectionValue } from './connection.ts';
import { fieldOf, type SdpLine, type SessionDescription, sdpLine, writeSdp } from './description.ts';

export interface Origin {
  /** Decimal, of any length: compared as text. */
  readonly sessionId: string;
  readonly version: bigint;
}

/** Null: there is no `o=` line that says it. */
export function originOf({ lines }: SessionDescription): Origin | null {
  const [, sessionId, version] = /^\S+ +(\d{1,30}) +(\d{1,30}) /.exec(fieldOf(lines, 'o') ?? '') ?? [];
  return sessionId === undefined || version === undefined ? null : { sessionId, version: BigInt(version) };
}

/** The lines above the media of a description of ours. */
export const sessionLines = (address: string, sessionId: string, version: number): SdpLine[] => [
  sdpLine('v', '0'),
  sdpLine('o', `- ${sessionId} ${version} ${connectionValue(address)}`),
  sdpLine('s', '-'),
  sdpLine('c', connectionValue(address)),
  sdpLine('t', '0 0'),
];

/**
 * The next description of a session: `previous` itself when nothing but the version would differ, because peers take a higher
 * version for a change (RFC 3264 8), else one that is a version further.
 */
export function nextDescription(
  previous: SessionDescription | null,
  build: (version: number) => SessionDescription,
): SessionDescription {
  const origin = previous && originOf(previous);
  if (!previous || !origin) return build(1);
  const same = build(Number(origin.version));
  return writeSdp(same).equals(writeSdp(previous)) ? previous : build(Number(origin.version) + 1);
}
