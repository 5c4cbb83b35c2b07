/** `docs/policy.md`, out of the schema, the templates and the law packs themselves: what people read is what the box goes by. */
import type { Deadline, Pack, Provision } from '@belkluis/shared/policy/packs/pack';
import { packs } from '@belkluis/shared/policy/packs/packs';
import { recipientsSchema } from '@belkluis/shared/policy/recipients';
import { policySchema } from '@belkluis/shared/policy/schema';
import { templates } from '@belkluis/shared/policy/templates';
import { alternatives, bare, type Field, fieldsOf, type Node } from '@belkluis/shared/policy/walk';

const code = (text: string | number | boolean): string => `\`${text}\``;

function typeOf(node: Node): string {
  if (node.const !== undefined) return code(node.const);
  if (node.enum) return node.enum.map(code).join(', ');
  if (node.items)
    return node.items.properties || alternatives(node.items).length > 0
      ? 'list of objects'
      : `list of: ${typeOf(bare(node.items).node)}`;
  if (node.properties || alternatives(node).length > 0) return 'object';
  if (node.type === 'integer') return 'whole number';
  if (node.type === 'boolean') return '`true`, `false`';
  return node.format === 'date'
    ? 'day'
    : node.format === 'date-time'
      ? 'instant'
      : node.format === 'uri'
        ? 'URL'
        : 'text';
}

/** Numbers are of a unit, which their description names after its last comma. */
export const unitOf = ({ description }: Pick<Field, 'description'>): string =>
  /, (days|seconds|percent)\b/.exec(description)?.[1] ?? '';

const range = (least: number | undefined, most: number | undefined, of: string): string[] => {
  const top = most !== undefined && most < Number.MAX_SAFE_INTEGER ? most : undefined;
  if (least === undefined && top === undefined) return [];
  if (top === undefined) return least === 0 ? [] : [`${least}${of} at least`];
  return [least === undefined || least === 0 ? `up to ${top}${of}` : `${least} to ${top}${of}`];
};

function limitsOf(node: Node): string {
  const formed = node.format === 'date' || node.format === 'date-time' || node.format === 'base64';
  const inner = node.items && !node.items.properties ? limitsOf(bare(node.items).node) : '';
  return [
    ...range(
      node.minimum ?? (node.exclusiveMinimum === undefined ? undefined : node.exclusiveMinimum + 1),
      node.maximum,
      '',
    ),
    ...range(node.minLength, node.maxLength, ' characters'),
    ...range(node.minItems, node.maxItems, node.maxItems === 1 ? ' entry' : ' entries'),
    ...(node.pattern && !formed ? [code(node.pattern)] : []),
    ...(inner ? [`each ${inner}`] : []),
  ].join('; ');
}

const row = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;

const table = (heads: readonly string[], rows: readonly (readonly string[])[]): readonly string[] => [
  row(heads),
  row(heads.map(() => '---')),
  ...rows.map(row),
  '',
];

/** What a change of a field does to privacy, by its path; null: nothing is known. */
export type Directions = (path: string) => string | null;

function fieldTable(fields: readonly Field[], directions: Directions | null): readonly string[] {
  const heads = ['field', 'type', 'unit', 'needed', 'limits', 'meaning'];
  return table(
    directions ? [...heads, 'stronger is'] : heads,
    fields.map((field) => {
      const { path, node, required, nullable, where, description } = field;
      const needed = `${required ? 'yes' : 'no'}${nullable ? ', or null' : ''}${where ? `; where ${where}` : ''}`;
      const cells = [code(path), typeOf(node), unitOf(field), needed, limitsOf(node), description];
      return directions ? [...cells, directions(path) ?? ''] : cells;
    }),
  );
}

function demandOf({ demand }: Provision): string {
  if ('kept' in demand) return `The box keeps it: ${demand.kept.en}`;
  return 'atMost' in demand
    ? `at most ${demand.atMost}`
    : 'atLeast' in demand
      ? `at least ${demand.atLeast}`
      : 'refused otherwise';
}

const period = ({ from, until }: Pick<Provision, 'from' | 'until'>): string =>
  until ? `${from} to ${until}` : `${from}`;

const says = ({ says: { en }, demand }: Provision): string =>
  en.replaceAll('{limit}', 'atMost' in demand ? `${demand.atMost}` : 'atLeast' in demand ? `${demand.atLeast}` : '');

const deadlineRow = ({ name, amount, unit, since, article, from, until, confirmed }: Deadline) => [
  code(name),
  `${amount} ${unit}`,
  since.en,
  article,
  until ? `${from} to ${until}` : from,
  confirmed ? 'yes' : 'no',
];

function packSection({ name, version, source, provisions, deadlines }: Pack): readonly string[] {
  return [
    `### ${name}, version ${version}`,
    '',
    `Source: ${source}.`,
    '',
    ...table(
      ['provision', 'article', 'says', 'how', 'binds from', 'read in its source'],
      provisions.map((one) => [
        code(one.id),
        one.article,
        says(one),
        demandOf(one),
        period(one),
        one.confirmed ? 'yes' : 'no',
      ]),
    ),
    ...(deadlines.length === 0
      ? []
      : table(['deadline', 'time', 'from', 'article', 'binds from', 'read in its source'], deadlines.map(deadlineRow))),
  ];
}

/** Fields by the first name of their path. */
const sectionsOf = (fields: readonly Field[]): ReadonlyMap<string, readonly Field[]> =>
  Map.groupBy(fields, ({ path }) => path.split('.')[0]!);

/** The whole page. `directions`: which way each field is stronger, where that is known. */
export function policyReference(directions: Directions | null): string {
  const sections = sectionsOf(fieldsOf(policySchema).filter(({ path }) => !path.startsWith('recipients.')));
  const single = [...sections.values()].filter(({ length }) => length === 1).flat();
  return [
    '# The policy, field by field',
    '',
    'Generated by `npm run -s docs:policy` out of `shared/policy/`; a test fails when it differs. A policy is one JSON document, signed as a whole.',
    'A field that is not here is refused, and so is a value outside its limits, with the path and the reason. Days are days of 24 hours; a list',
    'has square brackets in JSON and none in paths here.',
    '',
    '## At the top',
    '',
    ...fieldTable(single, directions),
    ...[...sections]
      .filter(([, { length }]) => length > 1)
      .flatMap(([name, fields]) => [`## ${name}`, '', ...fieldTable(fields, directions)]),
    '## The signed list in recipients',
    '',
    'Written by `policy sign`, not by hand.',
    '',
    ...fieldTable(fieldsOf(recipientsSchema), null),
    '## Templates',
    '',
    '`belkluis policy example --template NAME --country CODE` prints a draft of each.',
    '',
    ...table(
      ['template', 'usual, days', 'at most, days', 'minimum to lock, days'],
      Object.entries(templates).map(([name, { usualDays, capDays, minimumDays }]) => [
        code(name),
        `${usualDays}`,
        `${capDays}`,
        minimumDays === null ? '' : `${minimumDays}`,
      ]),
    ),
    '## Law packs',
    '',
    'EU binds every policy, the others those that name them in `lawPacks`. Not legal advice: what was not read in its source is for the customer’s',
    'counsel to confirm, and `packCorrections` corrects it. What was read cannot be corrected.',
    '',
    ...Object.values(packs).flatMap(packSection),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}
