/**
 * Messages without numbers and names, for whoever may see how a call went and not who called whom. What is known to name nobody stays;
 * everything else goes. One party has one stand-in through all messages of a call, so the ladder can still be read.
 */
import { canonicalName } from '../sip/message/headers.ts';
import { parseNameAddr } from '../sip/message/name-addr.ts';
import { parseMessage } from '../sip/message/parse.ts';
import { splitOutside } from '../sip/message/text.ts';
import { formatUri, parseUri } from '../sip/message/uri.ts';
import { type Entry, rewritten } from './rewrite.ts';
import type { TracedCall, TracedMessage } from './traced.ts';

const HIDDEN = '(masked)';

/** Headers that say how, never who. */
export const impersonal: ReadonlySet<string> = new Set(
  `accept accept-encoding accept-language allow allow-events content-disposition content-encoding content-language content-type cseq
  date event expires max-forwards mime-version min-expires min-se privacy proxy-authenticate proxy-require rack require retry-after
  rseq server session-expires subscription-state supported timestamp unsupported user-agent via www-authenticate x-body-not-kept`.split(
    /\s+/,
  ),
);

/** Headers whose values are addresses. */
const addresses = new Set(
  `contact diversion from history-info p-asserted-identity p-preferred-identity path record-route refer-to referred-by
  remote-party-id route service-route to`.split(/\s+/),
);

const uriParams = new Set(['transport', 'lr', 'ob', 'user']);
const headerParams = new Set([
  'tag',
  'expires',
  'q',
  'reg-id',
  'ob',
  'reason',
  'counter',
  'privacy',
  'party',
  'screen',
  'index',
]);

/** Digits enough to be a number. */
const withoutNumbers = (text: string): string => text.replace(/\+?\d[\d\s().-]{2,}\d/g, '(number)');

const plainParams = (params: ReadonlyMap<string, string | null>, allowed: ReadonlySet<string>) =>
  new Map([...params].filter(([name, value]) => allowed.has(name) && (value === null || /^[\w.-]{1,64}$/.test(value))));

function masker() {
  const standIns = new Map<string, string>();
  const legs = new Map<string, string>();
  const named = (map: Map<string, string>, key: string, kind: string): string => {
    const known = map.get(key) ?? `${kind}-${map.size + 1}`;
    map.set(key, known);
    return known;
  };
  const user = (text: string) => named(standIns, text.toLowerCase().replace(/[().\s-]/g, ''), 'number');

  const uri = (text: string): string => {
    const parsed = parseUri(text);
    if (!parsed) return 'sip:masked@masked';
    // A number in the place of a host: an address whose author forgot the @.
    if (parsed.user === null && /^\d{3,}$/.test(parsed.host)) return `sip:${user(parsed.host)}@masked`;
    const masked = parsed.user === null ? null : user(parsed.user);
    if (parsed.scheme === 'tel') return `tel:${masked}`;
    return formatUri({ ...parsed, user: masked, params: plainParams(parsed.params, uriParams), headers: '' });
  };

  const address = (text: string): string => {
    if (text.trim() === '*') return '*';
    const parsed = parseNameAddr(text);
    if (!parsed) return HIDDEN;
    const tail = [...plainParams(parsed.params, headerParams)].map(
      ([name, value]) => `;${name}${value === null ? '' : `=${value}`}`,
    );
    return `<${uri(parsed.uri)}>${tail.join('')}`;
  };

  const proof = (value: string): string =>
    value
      .replace(/\busername\s*=\s*"([^"]*)"/gi, (_, name: string) => `username="${user(name)}"`)
      .replace(/\buri\s*=\s*"([^"]*)"/gi, (_, text: string) => `uri="${uri(text)}"`);

  const sdp = (text: string): string =>
    text
      .split(/(?<=\n)/)
      .filter((line) => !/^[iuep]=/i.test(line) && !/^a=(ssrc|ssrc-group|cname)[: ]/i.test(line))
      .map((line) => line.replace(/^o=\S+/, 'o=-').replace(/^s=[^\r\n]*/, 's=-'))
      .join('');

  return (text: string): string => {
    const message = parseMessage(Buffer.from(text));
    if (message.kind === 'unusable') return '';
    const startLine =
      message.kind === 'request'
        ? `${message.method} ${uri(message.uri)} SIP/2.0`
        : `SIP/2.0 ${message.status} ${withoutNumbers(message.reason)}`;
    // Lists of addresses are taken apart: each has its own parameters.
    const entries = message.headers.entries().map(([name, value]): Entry => {
      const long = canonicalName(name);
      if (impersonal.has(long)) return [name, value];
      if (addresses.has(long)) {
        return [name, splitOutside(value, ',').map(address).join(', ')];
      }
      if (long === 'call-id') return [name, named(legs, value.trim(), 'leg')];
      if (long === 'authorization' || long === 'proxy-authorization') return [name, proof(value)];
      if (long === 'reason' || long === 'warning') return [name, withoutNumbers(value)];
      return [name, HIDDEN];
    });
    const body = message.body.toString('latin1');
    const described = message.headers.get('Content-Type')?.toLowerCase().startsWith('application/sdp') ?? false;
    return rewritten(startLine, entries, described ? sdp(body) : withoutNumbers(body));
  };
}

/** All messages of one call, masked. One that cannot be read is left out. */
export function masked(messages: readonly TracedMessage[]): TracedMessage[] {
  const mask = masker();
  return messages.map((message) => ({ ...message, text: mask(message.text) })).filter(({ text }) => text !== '');
}

/** A long number by its last two digits; a short one, which names a person of the house, not at all. */
export const maskedNumber = (number: string | null): string | null =>
  number === null ? null : number.replace(/\D/g, '').length >= 7 ? `•••${number.slice(-2)}` : '•••';

export const maskedCall = (call: TracedCall): TracedCall => ({
  ...call,
  from: maskedNumber(call.from),
  to: maskedNumber(call.to),
  reason: call.reason === null ? null : withoutNumbers(call.reason),
  turns: call.turns.map((turn) => ({ ...turn, to: maskedNumber(turn.to), reason: withoutNumbers(turn.reason) })),
});
