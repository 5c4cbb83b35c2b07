/** What a browser would send of a page's forms when nobody touched them. */

const text = (html: string) =>
  html
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

/** Values of the fields of a page, as its browser would send them; of boxes with one name the last that is ticked. */
export function formOf(page: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [, tag] of page.matchAll(/<input ([^>]*)>/g)) {
    const name = /name="([^"]*)"/.exec(tag!)?.[1];
    if (!name || (/type="(checkbox|radio)"/.test(tag!) && !/ checked/.test(tag!))) continue;
    const value = text(/value="([^"]*)"/.exec(tag!)?.[1] ?? '');
    fields[name] = name in fields ? `${fields[name]}\n${value}` : value;
  }
  for (const [, name, value] of page.matchAll(/<textarea id="[^"]*" name="([^"]*)"[^>]*>([^<]*)</g))
    fields[name!] = text(value!);
  for (const [, name, options] of page.matchAll(/<select id="[^"]*" name="([^"]*)"[^>]*>(.*?)<\/select>/gs)) {
    fields[name!] = /value="([^"]*)" selected/.exec(options!)?.[1] ?? '';
  }
  return fields;
}
