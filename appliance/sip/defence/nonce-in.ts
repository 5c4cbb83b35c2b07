/** Finds the nonce of an Authorization header in bytes that nobody has parsed. */

const MARK = Buffer.from('nonce="');
const C = 'c'.charCodeAt(0);
const QUOTE = '"'.charCodeAt(0);

/** Longest nonce that is looked for: ours are shorter. */
const MAX_NONCE = 100;

/** The first `nonce="…"` (a `cnonce` is another thing); null: there is none that could be ours. */
export function nonceIn(datagram: Buffer): string | null {
  for (let at = datagram.indexOf(MARK); at >= 0; at = datagram.indexOf(MARK, at + 1)) {
    if (datagram[at - 1] === C) continue;
    const start = at + MARK.length;
    const end = datagram.indexOf(QUOTE, start);
    return end > start && end - start <= MAX_NONCE ? datagram.toString('latin1', start, end) : null;
  }
  return null;
}
