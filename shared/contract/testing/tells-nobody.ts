/** Looks through a schema for a field that could hold who called: by trying. */
import type { z } from 'zod';

/** What no field may take: telephone numbers as people and SIP write them, names, addresses, sentences. */
export const telling: readonly string[] = [
  // E.164, with and without what people put into it.
  ...['+31201234567', '31201234567', '0031201234567', '+31 20 123 45 67', '+31-20-1234567', '+49 (0)30 123456'],
  ...[
    '+1 (202) 555-0143',
    '+1.202.555.0143',
    '12025550143',
    '0201234567',
    '020-1234567',
    '020 123 4567',
    '1-800-FLOWERS',
  ],
  ...[
    '01 23 45 67 89',
    '01.23.45.67.89',
    '12.34.56',
    '12.34.56.78',
    '6.12.34',
    '202.555.0143',
    '0612345678',
    '06-12345678',
  ],
  // Short: extensions, emergency, service codes.
  ...['1', '12', '100', '112', '911', '1001', '20012', '116117', '*72', '*8#', '#31#0201234567', '#', '*'],
  // Fifteen digits, the longest there are; more; digits of other scripts; hex that is digits.
  ...['123456789012345', '00123456789012345', '٠٢٠١٢٣٤٥٦٧', '０２０１２３４５６７', '31201234567a', 'a31201234567'],
  ...[
    'tel:+31201234567',
    'sip:1001@192.0.2.1',
    'sips:alice@example.com;transport=tls',
    '<sip:100@pbx>',
    '"Jan" <sip:100@pbx>',
  ],
  ...[
    'sip:+31201234567@example.com',
    'alice@example.com',
    '1001@pbx',
    'https://office.example/calls',
    'urn:box:1',
    'mailto:a@b.nl',
  ],
  ...['192.0.2.1', '2001:db8::1', 'pbx.office.example', '00:00:5e:00:53:01'],
  ...[
    'jan',
    'Jan',
    'jan_jansen',
    'jan-jansen',
    'jan.jansen',
    'janJansen',
    'Jansen',
    'Jan Jansen',
    'van der Berg',
    'José',
    'Łukasz',
  ],
  ...[
    'O’Brien',
    '李明',
    'müller',
    'smith',
    'anonymous',
    'ext_1001',
    'phone_100',
    'queue_sales',
    'call_0201234567',
    'n0201234567',
  ],
  ...[
    'Called about her divorce.',
    'complaint',
    'sales',
    'reception desk',
    'a',
    'aa',
    '',
    ' ',
    '\n',
    '%2B31201234567',
    'KzMxMjAxMjM0NTY3',
  ],
  ...['MzEyMDEyMzQ1Njc=', 'SmFuIEphbnNlbg==', '7b2274656c223a22', '01:02', '2026-11-26T04:00:00Z'],
];

/** Full numbers with their country code, as numbers. */
const tellingNumbers: readonly number[] = [
  31201234567,
  31612345678,
  4930123456,
  491512345678,
  3225551234,
  33123456789,
  12025550143,
  442079460958,
  989123456789,
  861012345678,
  0.5,
  31201234567.5,
  Number.MAX_SAFE_INTEGER,
  Number.POSITIVE_INFINITY,
  Number.NaN,
  -31201234567,
];

/** A name that we gave, not a person: lower case, digits only inside, as code has them. */
const ours = /^(v[1-9]|[a-z][A-Za-z]*[0-9]{0,3}(?:[_.][a-z][A-Za-z]*[0-9]{0,3})*)$/;

// biome-ignore lint/suspicious/noExplicitAny: zod types no walk over its own definitions.
type Definition = any;

/** Paths of fields that take what they must not, each with what it took. Empty: the schema tells of nobody. */
export function tellingFields(schema: z.ZodType, more: readonly string[] = [], path = ''): string[] {
  const definition: Definition = schema._zod.def;
  const below = (inner: z.ZodType, name: string) => tellingFields(inner, more, path === '' ? name : `${path}.${name}`);
  const takes = (values: readonly unknown[]) =>
    values.filter((value) => schema.safeParse(value).success).map((value) => `${path}: takes ${JSON.stringify(value)}`);
  switch (definition.type) {
    case 'object': {
      const open = definition.catchall?._zod.def.type === 'never' ? [] : [`${path}: takes fields that nobody named`];
      const names = Object.keys(definition.shape);
      const strange = names.filter((name) => !ours.test(name)).map((name) => `${path}: a field ${name}`);
      return [...open, ...strange, ...names.flatMap((name) => below(definition.shape[name], name))];
    }
    case 'array':
      return below(definition.element, '0');
    case 'tuple':
      return definition.items.flatMap((item: z.ZodType, at: number) => below(item, String(at)));
    case 'record':
      return [...below(definition.keyType, '(key)'), ...below(definition.valueType, '(value)')];
    case 'optional':
    case 'nullable':
      return tellingFields(definition.innerType, more, path);
    case 'union':
      return definition.options.flatMap((option: z.ZodType) => tellingFields(option, more, path));
    case 'string':
      return takes([...telling, ...more]);
    case 'number':
      return takes(tellingNumbers);
    case 'boolean':
    case 'null':
      return [];
    case 'literal':
    case 'enum': {
      const values: unknown[] = definition.type === 'enum' ? Object.values(definition.entries) : definition.values;
      return values
        .filter((value) => typeof value !== 'number' && !ours.test(String(value)))
        .map((value) => `${path}: says ${String(value)}`);
    }
    default:
      return [`${path}: is ${definition.type}, of which nobody knows what it takes`];
  }
}
