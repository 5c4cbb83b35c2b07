/** What this stack says it can do, in answers to OPTIONS and in refusals (RFC 3261 11.2, 8.2). */

/** Methods that have a meaning for us. PRACK is known, and refused with 405. */
export const ALLOWED_METHODS = [
  'INVITE',
  'ACK',
  'CANCEL',
  'BYE',
  'OPTIONS',
  'INFO',
  'UPDATE',
  'MESSAGE',
  'REFER',
  'REGISTER',
  'SUBSCRIBE',
  'NOTIFY',
  'PUBLISH',
] as const;

/** Every method that an RFC defines: one of these that is not allowed is 405, another one 501 (RFC 3261 8.2.1, 21.5.2). */
export const KNOWN_METHODS: ReadonlySet<string> = new Set([...ALLOWED_METHODS, 'PRACK']);

/** Extensions that a peer may require of us: RFC 3891, RFC 4488. */
const OWN_EXTENSIONS = ['replaces', 'norefersub'] as const;

/** Option tags that a request may require. `more`: what the stack's user understands besides. */
export const extensions = (more: readonly string[]): readonly string[] => [...OWN_EXTENSIONS, ...more];

export const ALLOW = ALLOWED_METHODS.join(', ');

/** Bodies of an INVITE that are understood; a multipart one is looked into by whoever serves the call. */
export const ACCEPT = 'application/sdp, multipart/mixed, application/dtmf-relay, application/dtmf';

const INVITE_BODIES = new Set(['application/sdp', 'multipart/mixed', 'multipart/alternative', 'multipart/related']);

export const isInviteBody = (contentType: string): boolean =>
  INVITE_BODIES.has(contentType.split(';')[0]!.trim().toLowerCase());

type Entries = [string, string][];

/** What an INVITE and its 2xx should say of us (13.2.1, 13.3.1.4): short, for our INVITE must fit one packet. */
export function allowance(supported: readonly string[]): Entries {
  const headers: Entries = [['Allow', ALLOW]];
  if (supported.length > 0) headers.push(['Supported', supported.join(', ')]);
  return headers;
}

/** 11.2: what an OPTIONS wants to know. */
export const capabilities = (supported: readonly string[]): Entries => [
  ...allowance(supported),
  ['Accept', ACCEPT],
  ['Accept-Encoding', 'identity'],
];
