/** The catalogue of data as text, for people: Markdown, the same in the terminal and in docs/. Pure. */
import {
  type Column,
  type Database,
  isPersonal,
  type Leaving,
  rolesFor,
  type Store,
  type Table,
} from './catalogue-model.ts';
import { databases, stores } from './data-catalogue.ts';

/** One thing that is stored, whole: what `--json` says, and what a register can be made of. */
export interface Told {
  readonly database: string;
  readonly table: string;
  readonly column: string;
  readonly kind: Column['kind'];
  readonly personal: boolean;
  readonly category: Table['category'];
  readonly why: string;
  readonly leaving: Leaving;
  readonly roles: readonly string[];
}

const ofTable = (database: string, table: string, { columns, ...its }: Table): Told[] =>
  Object.entries(columns).map(([column, told]) => ({
    database,
    table,
    column,
    kind: told.kind,
    personal: isPersonal(told),
    category: told.category ?? its.category,
    why: told.why,
    leaving: its.leaving,
    roles: rolesFor(told.acts ?? its.acts),
  }));

/** Every column. */
export const allTold = (told: Readonly<Record<string, Database>> = databases): readonly Told[] =>
  Object.entries(told).flatMap(([database, tables]) =>
    Object.entries(tables).flatMap(([table, its]) => ofTable(database, table, its)),
  );

const leavingText = (leaving: Leaving): string =>
  typeof leaving === 'string' ? `${leaving} days of the policy` : leaving.until;
const rolesText = (roles: readonly string[]): string => (roles.length === 0 ? 'nobody' : roles.join(', '));

const tableText = (columns: readonly Told[]): string[] => [
  '| column | kind | personal | category | why | seen by |',
  '|---|---|---|---|---|---|',
  ...columns.map(
    ({ column, kind, personal, category, why, roles }) =>
      `| \`${column}\` | ${kind === 'rest' ? 'other' : kind} | ${personal ? 'yes' : 'no'} | ${category} | ${why} | ${rolesText(roles)} |`,
  ),
];

const storeText = ({ what, why, files, personal, category, leaving, acts }: Store): string =>
  `| ${what} | ${files === null ? 'memory' : 'files'} | ${personal ? 'yes' : 'no'} | ${category} | ${why} | ${leavingText(leaving)} | ${rolesText(rolesFor(acts))} |`;

const HEAD = `# Data catalogue

Everything that a box stores: why, of what category, how it leaves, and which roles may see it at the desk. Whoever signs in to the machine
itself can read its files; content is sealed to keys that are not there. Terms are days of the policy, for each class of data: \`content\`,
\`traffic\` and \`evidence\` of the purpose, \`access\`, \`request\` and \`directory\` of the policy as a whole. Kinds that trace a
person are names, numbers, pseudonyms, network addresses, hashes and secrets of a person, and words that people wrote.`;

/** The whole document. */
export function catalogueText(): string {
  const all = allTold();
  const sections = Object.entries(databases).flatMap(([database, tables]) => [
    `## ${database}`,
    ...Object.entries(tables).flatMap(([table, { leaving }]) => [
      `### ${table}\n\nLeaves: ${leavingText(leaving)}.`,
      tableText(all.filter((one) => one.database === database && one.table === table)).join('\n'),
    ]),
  ]);
  const rest = [
    '## In no database',
    [
      '| what | where | personal | category | why | leaves | seen by |',
      '|---|---|---|---|---|---|---|',
      ...stores.map(storeText),
    ].join('\n'),
  ];
  return `${[HEAD, ...sections, ...rest].join('\n\n')}\n`;
}
