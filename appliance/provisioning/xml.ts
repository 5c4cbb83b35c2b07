import { oneLine } from './settings.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text of an element or attribute. @throws Problem `value_unsafe` for what XML 1.0 cannot hold. */
export const xmlText = (value: string): string =>
  oneLine(value).replace(/[&<>"']/g, (character) => entities[character]!);
