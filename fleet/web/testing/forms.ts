/** Forms of pages as a browser would send them. */

const plain = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

/** Names and values of a page's form that goes to `action`. */
export function formOn(text: string, action: string): Record<string, string[]> {
  const form = text.split(`action="${action}"`)[1]!.split('</form>')[0]!;
  const fields: Record<string, string[]> = {};
  const add = (name: string, value: string) => {
    fields[name] = [...(fields[name] ?? []), plain(value)];
  };
  for (const [tag] of form.matchAll(/<input[^>]*>/g)) {
    const name = /name="([^"]*)"/.exec(tag)?.[1];
    if (name && (!/type="(checkbox|radio)"/.test(tag) || tag.includes(' checked')))
      add(name, /value="([^"]*)"/.exec(tag)?.[1] ?? '');
  }
  for (const [, name, options] of form.matchAll(/<select[^>]*name="([^"]*)"[^>]*>(.*?)<\/select>/gs))
    add(name!, /value="([^"]*)" selected/.exec(options!)?.[1] ?? '');
  for (const [, name, value] of form.matchAll(/<textarea[^>]*name="([^"]*)"[^>]*>(.*?)<\/textarea>/gs))
    add(name!, value!.replaceAll('\n', '\r\n'));
  return fields;
}
