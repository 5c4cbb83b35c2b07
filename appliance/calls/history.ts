/** What the next peer is told of a call that phones sent on by a 3xx: Diversion (RFC 5806), which is shown, and History-Info (RFC 7044). Pure. */
import { parseNameAddr } from '../sip/message/name-addr.ts';
import { splitOutside } from '../sip/message/text.ts';

type Entry = readonly [string, string];

/** How a call came to be rung where it is now. */
export interface History {
  /** Accounts whose phones sent it on, the latest first. */
  readonly diverted: readonly string[];
  /** Diversion and History-Info that it came with, as far as they may be passed on. */
  readonly before: readonly Entry[];
}

/** How an entry of History-Info is written whose peer answered 302 (RFC 7044 10.2). */
const REASON = 'Reason=SIP%3Bcause%3D302';

/** An index that is not longer than sixteen forwards make it (RFC 7044 10.3). */
const INDEX = /^\d{1,3}(?:\.\d{1,3}){0,31}$/;

export const isHistory = ([name]: Entry): boolean => /^(?:diversion|history-info)$/i.test(name);

/** The last index of what came with the call: where it went on from. */
function lastIndex(before: readonly Entry[]): string | null {
  const infos = before.filter(([name]) => name.toLowerCase() === 'history-info');
  const last = infos.flatMap(([, value]) => splitOutside(value, ',')).at(-1);
  const index = parseNameAddr(last ?? '')?.params.get('index') ?? null;
  return index !== null && INDEX.test(index) ? index : null;
}

/**
 * The headers for who is rung at `target`. `uriOf`: how this peer may know an account; null: not at all, and then it stays away. Contacts of
 * phones are nobody's business: their accounts stand for them.
 */
export function historyHeaders(
  { diverted, before }: History,
  uriOf: (user: string) => string | null,
  target: string,
): readonly Entry[] {
  const latestFirst = diverted.flatMap((user) => uriOf(user) ?? []);
  const [first, ...later] = latestFirst.toReversed();
  if (first === undefined) return before;
  const diversions = latestFirst.map((uri): Entry => ['Diversion', `<${uri}>;reason=deflection;counter=1`]);
  const earlier = lastIndex(before);
  let at = earlier ?? '1';
  const infos: Entry[] = earlier === null ? [['History-Info', `<${first}>;index=1`]] : [];
  for (const [place, uri] of [first, ...later].entries()) {
    const next = later[place] ?? target;
    infos.push(['History-Info', `<${uri}?${REASON}>;index=${at}.1;rc=${at}`]);
    infos.push(['History-Info', `<${next}>;index=${at}.2;mp=${at}`]);
    at = `${at}.2`;
  }
  const [told, infosBefore] = [
    before.filter(([name]) => name.toLowerCase() === 'diversion'),
    before.filter(([name]) => name.toLowerCase() !== 'diversion'),
  ];
  return [...diversions, ...told, ...infosBefore, ...infos];
}
