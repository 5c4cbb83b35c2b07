/** What this stack says it can do, in answers to OPTIONS and in refusals (RFC 3261 11.2, 8.2). */

/** Methods that have a meaning for us; any other is 501 (RFC 3261 21.5.2). */
export const ALLOWED_METHODS = [
  'INVITE',
  'ACK',
  'CANCEL',
  'BYE',
  'OPTIONS',
  'INFO',
  'UPDATE',
  'PRACK',
  'MESSAGE',
  'REFER',
  'REGISTER',
  'SUBSCRIBE',
  'NOTIFY',
  'PUBLISH',
] as const;

/** Extensions that a peer may require of us: RFC 3262, 4028, 3891, 4488, 6228. */
const OWN_EXTENSIONS = ['100rel', 'timer', 'replaces', 'norefersub', '199'] as const;

/** Option tags that a request may require. `more`: what the stack's user understands besides. */
export const extensions = (more: readonly string[]): readonly string[] => [...OWN_EXTENSIONS, ...more];

export const ALLOW = ALLOWED_METHODS.join(', ');

/** What may be sent in a call. Without a space: our INVITE has to fit one packet (sip-field fact 17). */
const ALLOW_IN_CALL = 'INVITE,ACK,CANCEL,BYE,OPTIONS,INFO,UPDATE,PRACK,MESSAGE,REFER,SUBSCRIBE,NOTIFY';

/** Bodies that are understood; a multipart one is looked into by whoever serves the call. */
export const ACCEPT =
  'application/sdp, multipart/mixed, application/rs-metadata+xml, application/dtmf-relay, application/dtmf';

/** Of an INVITE. Metadata alone comes in re-INVITEs of recording sessions (RFC 7866 9.2), under its name before RFC 9806 too. */
const INVITE_BODIES = new Set([
  'application/sdp',
  'multipart/mixed',
  'multipart/alternative',
  'multipart/related',
  'application/rs-metadata+xml',
  'application/rs-metadata',
]);

export const isInviteBody = (contentType: string): boolean =>
  INVITE_BODIES.has(contentType.split(';')[0]!.trim().toLowerCase());

type Entries = [string, string][];

/** What an INVITE and its 2xx should say of us (13.2.1, 13.3.1.4): short, for our INVITE must fit one packet. */
export function allowance(supported: readonly string[]): Entries {
  return [
    ['Allow', ALLOW_IN_CALL],
    ['Supported', supported.join(',')],
  ];
}

/** 11.2: what an OPTIONS wants to know. */
export const capabilities = (supported: readonly string[]): Entries => [
  ['Allow', ALLOW],
  ['Supported', supported.join(', ')],
  ['Accept', ACCEPT],
  ['Accept-Encoding', 'identity'],
];
