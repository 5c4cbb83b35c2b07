/** Netstrings (D. J. Bernstein): `12:hello world!,`, what baresip's ctrl_tcp speaks. */
export const writeNetstring = (text: string): Buffer => {
  const body = Buffer.from(text);
  return Buffer.concat([Buffer.from(`${body.length}:`), body, Buffer.from(',')]);
};

/** Whole netstrings in `buffer` and what is left over. */
export function readNetstrings(buffer: Buffer): { texts: string[]; rest: Buffer } {
  const texts: string[] = [];
  let rest = buffer;
  for (;;) {
    const colon = rest.indexOf(':');
    if (colon < 0) return { texts, rest };
    const end = colon + 1 + Number(rest.subarray(0, colon));
    if (rest.length <= end) return { texts, rest };
    texts.push(rest.toString('utf8', colon + 1, end));
    rest = rest.subarray(end + 1);
  }
}
