/** The best language for an Accept-Language header (RFC 9110 12.5.4) out of those that `isOurs` knows; null when none fits. */
export function preferred<Language extends string>(
  acceptLanguage: string | undefined,
  isOurs: (code: string | undefined) => code is Language,
): Language | null {
  const wanted = (acceptLanguage ?? '')
    .split(',', 20)
    .map((part) => {
      const [range = '', ...parameters] = part.trim().split(';');
      const quality = parameters.map((one) => /^\s*q=([\d.]+)\s*$/.exec(one)?.[1]).find((one) => one !== undefined);
      return { code: range.toLowerCase().split('-')[0]!, quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  return wanted.map(({ code }) => code).find(isOurs) ?? null;
}
