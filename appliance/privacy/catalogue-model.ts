/** What is said of each thing that the box stores, and what follows from it. Pure. */
import type { DataClass } from '@belkluis/shared/policy/retention';
import { type Act, may, type Role, roles } from '../access/roles.ts';

/** `none`: it says nothing of anybody's call, account or settings. */
export type Category =
  | 'traffic'
  | 'content'
  | 'directory'
  | 'authentication'
  | 'evidence'
  | 'access log'
  | 'configuration'
  | 'none';

/** Pseudonyms, network addresses, and hashes and secrets of a person trace that person as a name does (GDPR 4(1), recital 26). */
const tracing = ['name', 'number', 'pseudonym', 'address', 'hash', 'secret', 'words'] as const;

/** What says something of its row alone. `digest`: of something that is no person's. `rest`: whatever a machine is called or set to. */
const impersonal = ['instant', 'count', 'code', 'digest', 'rest'] as const;

export type Kind = (typeof tracing)[number] | (typeof impersonal)[number];

export interface Column {
  readonly kind: Kind;
  /** Why it is stored, a sentence. */
  readonly why: string;
  /** Where it is another one than that of its table. */
  readonly category?: Category;
  /** What somebody has to be allowed to do to see it, where it is something else than for its table; none: nobody sees it. */
  readonly acts?: readonly Act[];
  /** It goes by a name that is a person's elsewhere, and traces nobody: why. */
  readonly innocent?: string;
}

/** How it leaves: after the days of its class, or in another way, a sentence. */
export type Leaving = DataClass | { readonly until: string };

export interface Table {
  readonly category: Category;
  readonly leaving: Leaving;
  /** A column with the instant at which a row leaves, or the table whose rows take its own along; absent: it traces nobody. */
  readonly leaves?: string | { readonly with: string };
  /** What somebody has to be allowed to do to see it: one of these. None: nobody sees it, the box itself needs it. */
  readonly acts: readonly Act[];
  readonly columns: Readonly<Record<string, Column>>;
}

export type Database = Readonly<Record<string, Table>>;

/** What is no table: files, and what is in memory alone. */
export interface Store extends Pick<Table, 'category' | 'leaving' | 'acts'> {
  /** Below the data directory; null: it is in memory alone. */
  readonly files: RegExp | null;
  readonly what: string;
  readonly why: string;
  readonly personal: boolean;
}

export const isPersonal = ({ kind }: Pick<Column, 'kind'>): boolean => (tracing as readonly Kind[]).includes(kind);

/** Who may see it, by what each role may do. */
export const rolesFor = (acts: readonly Act[]): readonly Role[] =>
  roles.filter((role) => acts.some((act) => may({ roles: [role] }, act)));

/** Names that a column which traces somebody goes by. */
const TRACING =
  /^(id|user|owner|actor|person|part|party|caller|callee|contact|address|ip|source|network|mac|recording|call|hold|device|witness|signer|queue|body|salt|password|ha1)$|name|hash|secret|_ref$|_by$|token|^(lift_)?reason$/;

/** A column as a database has it. */
export interface RealColumn {
  readonly name: string;
  readonly notnull: boolean;
}

export interface RealTable {
  readonly name: string;
  /** Its CREATE TABLE. */
  readonly sql: string;
  readonly columns: readonly RealColumn[];
}

/** What is wrong with what is said of a database, each a sentence; none: every column is told of as what it is, and what is personal leaves. */
export function faultsOf(
  told: Database,
  tables: readonly RealTable[],
  others: readonly Database[] = [],
): readonly string[] {
  const faults: string[] = [];
  const fault = (table: string, text: string) => void faults.push(`${table}: ${text}`);
  for (const name of Object.keys(told)) {
    if (!tables.some((table) => table.name === name)) fault(name, 'is told of, and there is no such table');
  }
  for (const { name, sql, columns } of tables) {
    const entry = told[name];
    if (!entry) {
      fault(name, 'nothing is said of this table');
      continue;
    }
    for (const column of columns) if (!entry.columns[column.name]) fault(name, `nothing is said of ${column.name}`);
    for (const [column, its] of Object.entries(entry.columns)) {
      if (!columns.some((one) => one.name === column)) fault(name, `${column} is told of, and there is no such column`);
      if (!/^[A-Z].*\.$/.test(its.why)) fault(name, `why ${column} is stored is no sentence`);
      if (TRACING.test(column) && !isPersonal(its) && its.innocent === undefined)
        fault(name, `${column} traces somebody by its name, and is said to be no personal data`);
    }
    const personal = Object.values(entry.columns).some(isPersonal);
    const { leaves } = entry;
    if (!personal) {
      if (leaves !== undefined) fault(name, 'has nothing personal that would have to leave');
      continue;
    }
    if (leaves === undefined) fault(name, 'is personal, and never leaves');
    else if (typeof leaves === 'string') {
      if (!columns.some((one) => one.name === leaves && one.notnull)) fault(name, `${leaves} may be missing`);
      if (!new RegExp(`${leaves} INTEGER NOT NULL CHECK \\(${leaves} >=? `).test(sql))
        fault(name, `${leaves} may be before its time`);
    } else if (typeof [told, ...others].find((one) => one[leaves.with])?.[leaves.with]?.leaves !== 'string')
      fault(name, `leaves with ${leaves.with}, which has no instant of its own`);
  }
  return faults;
}
