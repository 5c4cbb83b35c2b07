/** A message with other words in it, still whole: its Content-Length fits what is left of its body. */
import { canonicalName } from '../sip/message/headers.ts';
import type { SipMessage } from '../sip/message/message.ts';

export type Entry = readonly [name: string, value: string];

export const startLineOf = (message: SipMessage): string =>
  message.kind === 'request'
    ? `${message.method} ${message.uri} SIP/2.0`
    : `SIP/2.0 ${message.status} ${message.reason}`;

/** The message as text; whatever length `entries` name, the body's own is written. */
export function rewritten(startLine: string, entries: readonly Entry[], body: string): string {
  const lines = entries
    .filter(([name]) => canonicalName(name) !== 'content-length')
    .map(([name, value]) => `${name}: ${value.trim()}`);
  return `${[startLine, ...lines, `Content-Length: ${Buffer.byteLength(body)}`].join('\r\n')}\r\n\r\n${body}`;
}
