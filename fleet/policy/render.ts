/** From levels to the policy of one box. Pure: what is wrong comes out as a list, each with its path and who said it. */

import { keyOf } from '@belkluis/shared/policy/changes/table';
import { lawFindings } from '@belkluis/shared/policy/packs/find';
import { type Recipients, recipientsFaults, recipientsSchema } from '@belkluis/shared/policy/recipients';
import { type Policy, policySchema } from '@belkluis/shared/policy/schema';
import {
  bodyFields,
  type LevelContent,
  type OWN_FIELDS,
  type PolicyBody,
  placeholders,
  type VariableType,
  variableTypes,
  WHOLE,
} from './content.ts';
import type { LevelKind } from './tables.ts';

/** One level, as it is laid on those above it. */
export interface Layer {
  readonly level: LevelKind;
  readonly content: LevelContent;
}

/** `customers`: the policy that the customer has signed, which lies below all levels. */
export type Said = LevelKind | 'customers';

export interface Fault {
  readonly code:
    | 'locked'
    | 'variable_missing'
    | 'variable_unknown'
    | 'variable_redeclared'
    | 'value_invalid'
    | 'invalid'
    | 'against_law'
    | 'recipients';
  /** Names from the top, entries by what they are known by; of a value `values.NAME`. */
  readonly path: string;
  /** Who said it; null: nobody, it is missing. */
  readonly level: Said | null;
  /** Of `locked`: who locked it. */
  readonly lockedBy?: LevelKind;
  readonly detail: string;
}

export interface Rendered {
  /** Null where there are faults. */
  readonly body: PolicyBody | null;
  readonly faults: readonly Fault[];
  /** Who said each part last, by path. */
  readonly origins: ReadonlyMap<string, Said>;
}

type Json = unknown;
type Fields = Record<string, Json>;
type Path = readonly string[];

const isObject = (value: Json): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const same = (one: Json, other: Json): boolean => JSON.stringify(one) === JSON.stringify(other);
const isWithin = (path: Path, of: Path): boolean => of.every((name, at) => path[at] === name);
const below = (field: string, name: string): string => (field === '' ? name : `${field}.${name}`);

interface Lock {
  readonly path: Path;
  readonly by: LevelKind;
}

/** A path is locked where it is within a lock, or has one within itself. */
const lockOn = (locks: readonly Lock[], path: Path): Lock | undefined =>
  locks.find((lock) => isWithin(path, lock.path) || isWithin(lock.path, path));

/** Told of each thing that changes; whether it may. */
type Visit = (path: Path, before: Json, after: Json) => boolean;

function laid(base: Json, part: Json, field: string, path: Path, visit: Visit): Json {
  const key = keyOf[field];
  if (key !== undefined && Array.isArray(part)) {
    const kept = Array.isArray(base) ? [...base] : [];
    const fresh: Json[] = [];
    for (const entry of part as Fields[]) {
      const name = String(entry[key]);
      const at = kept.findIndex((one) => String((one as Fields)[key]) === name);
      if (at >= 0) kept[at] = laidOn(kept[at], entry, field, [...path, name], visit);
      else if (visit([...path, name], undefined, entry)) fresh.push(entry);
    }
    // The first rule that matches decides, and who is nearer knows better.
    return field === 'rules' ? [...fresh, ...kept] : [...kept, ...fresh];
  }
  if (isObject(part) && !WHOLE.has(field)) return laidOn(base, part, field, path, visit);
  return same(base, part) || !visit(path, base, part) ? base : part;
}

function laidOn(base: Json, part: Fields, field: string, path: Path, visit: Visit): Json {
  const result: Fields = isObject(base) ? { ...base } : {};
  for (const [name, value] of Object.entries(part)) {
    if (value === undefined) continue;
    const after = laid(result[name], value, below(field, name), [...path, name], visit);
    if (after !== undefined) result[name] = after;
  }
  return result;
}

/** Without the entry or field at `rest`; the same where it is not there. */
function without(base: Json, rest: Path, field: string): Json {
  const [name, ...more] = rest;
  if (name === undefined) return base;
  const key = keyOf[field];
  if (key !== undefined && Array.isArray(base)) {
    const is = (one: Json) => String((one as Fields)[key]) === name;
    return more.length === 0
      ? base.filter((one) => !is(one))
      : base.map((one) => (is(one) ? without(one, more, field) : one));
  }
  if (!isObject(base) || !(name in base)) return base;
  if (more.length > 0) return { ...base, [name]: without(base[name], more, below(field, name)) };
  const { [name]: _, ...others } = base;
  return others;
}

/** Names in place of places in lists, as people know them. */
function named(path: readonly PropertyKey[], document: Json): string {
  let at = document;
  let field = '';
  return path
    .map((step) => {
      const key = keyOf[field];
      const inside = isObject(at) || Array.isArray(at) ? (at as Fields)[String(step)] : undefined;
      at = inside;
      if (typeof step === 'number') return isObject(inside) && key !== undefined ? String(inside[key]) : String(step);
      field = below(field, String(step));
      return String(step);
    })
    .join('.');
}

interface Values {
  readonly types: ReadonlyMap<string, VariableType>;
  readonly values: ReadonlyMap<string, string | number | readonly string[]>;
}

function valuesOf(layers: readonly Layer[], faults: Fault[]): Values {
  const types = new Map<string, VariableType>();
  const values = new Map<string, string | number | readonly string[]>();
  const locks: Lock[] = [];
  for (const { level, content } of layers) {
    for (const [name, { type }] of Object.entries(content.variables)) {
      if (types.has(name)) {
        const detail = `{{${name}}} is declared by a level above: give it a value, or choose another name`;
        faults.push({ code: 'variable_redeclared', path: `values.${name}`, level, detail });
      } else types.set(name, type);
    }
    for (const [name, value] of Object.entries(content.values)) {
      const path = ['values', name];
      const fault = (code: Fault['code'], detail: string) => faults.push({ code, path: path.join('.'), level, detail });
      const type = types.get(name);
      const lock = lockOn(locks, path);
      if (type === undefined) fault('variable_unknown', `no level declares {{${name}}}`);
      else if (lock && !same(values.get(name), value))
        faults.push({ code: 'locked', path: path.join('.'), level, lockedBy: lock.by, detail: 'is locked' });
      else {
        const read = variableTypes[type].safeParse(value);
        if (read.success) values.set(name, value);
        else fault('value_invalid', `${read.error.issues[0]?.message}`);
      }
    }
    locks.push(...content.locks.map((path) => ({ path: path.split('.'), by: level })));
  }
  return { types, values };
}

/** Every variable by its value. A value that is a number or a list takes the place of the whole text. */
function filled(
  value: Json,
  { types, values }: Values,
  path: readonly PropertyKey[],
  missing: (path: readonly PropertyKey[], name: string, why: string) => void,
): Json {
  if (typeof value === 'string') {
    const all = [...value.matchAll(placeholders())];
    if (all.length === 0) return value;
    const [first] = all;
    for (const [, name] of all)
      if (!values.has(name!)) missing(path, name!, types.has(name!) ? 'has no value' : 'is declared by no level');
    if (all.length === 1 && first![0] === value) return values.get(first![1]!) ?? value;
    return value.replaceAll(placeholders(), (text, name: string) => String(values.get(name) ?? text));
  }
  if (Array.isArray(value)) return value.map((one, at) => filled(one, { types, values }, [...path, at], missing));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, filled(one, { types, values }, [...path, name], missing)]),
  );
}

/** Lays levels on what lies below them; faults of locks and values alone. */
function lay(foundation: PolicyBody | null, layers: readonly Layer[]) {
  const faults: Fault[] = [];
  const origins = new Map<string, Said>();
  const locks: Lock[] = [];
  let body: Json = foundation ?? {};
  for (const { level, content } of layers) {
    const visit: Visit = (path, before, after) => {
      const lock = lockOn(locks, path);
      if (lock && !same(before, after)) {
        const detail = `is locked by the ${lock.by}`;
        faults.push({ code: 'locked', path: path.join('.'), level, lockedBy: lock.by, detail });
        return false;
      }
      origins.set(path.join('.'), level);
      return true;
    };
    for (const text of content.without) {
      const path = text.split('.');
      const after = without(body, path, '');
      if (!same(body, after) && visit(path, true, undefined)) body = after;
    }
    body = laidOn(body, content.parts as Fields, '', [], visit);
    locks.push(...content.locks.map((path) => ({ path: path.split('.'), by: level })));
  }
  return { body: body as Fields, origins, values: valuesOf(layers, faults), faults };
}

/** What is wrong with levels among themselves: locks, variables that nobody declares, values of another type. */
export const levelFaults = (layers: readonly Layer[]): readonly Fault[] => lay(null, layers).faults;

/** What was signed, read; null: it is no list of recipients. Who signed it, the box checks. */
export function recipientsOf({ recipients }: Pick<Policy, 'recipients'>): Recipients | null {
  try {
    return (
      recipientsSchema.safeParse(JSON.parse(Buffer.from(recipients.payload, 'base64').toString('utf8'))).data ?? null
    );
  } catch {
    return null;
  }
}

/** What a policy says, without what each document has of its own. */
export const bodyOf = (policy: Policy): PolicyBody =>
  Object.fromEntries(
    bodyFields.filter((name) => name in policy).map((name) => [name, policy[name as keyof Policy]]),
  ) as unknown as PolicyBody;

const nobody: Policy['recipients'] = { payloadType: '-', payload: '', signatures: [{ keyid: '', sig: '' }] };

const own = (at: number): Pick<Policy, Exclude<(typeof OWN_FIELDS)[number], 'recipients'>> => ({
  schemaVersion: 2,
  audience: ['*'],
  version: 1,
  previousHash: null,
  issuedAt: new Date(at).toISOString(),
  expiresAt: new Date(at).toISOString(),
});

/**
 * The policy of one box: the customer's own (`foundation`; null: there is none yet, and levels must say everything) with levels laid on it, MSP first.
 * `now`: wall clock, ms, for law that has dates.
 */
export function render(foundation: Policy | null, layers: readonly Layer[], now: number): Rendered {
  const { body, origins, values, faults } = lay(foundation && bodyOf(foundation), layers);
  const saidBy = (path: string): Said | null => {
    const names = path.split('.');
    for (let length = names.length; length > 0; length--) {
      const level = origins.get(names.slice(0, length).join('.'));
      if (level) return level;
    }
    return foundation ? 'customers' : null;
  };
  const fault = (code: Fault['code'], path: string, detail: string) =>
    faults.push({ code, path, level: saidBy(path), detail });
  const whole = filled(body, values, [], (path, name, why) =>
    fault('variable_missing', named(path, body), `{{${name}}} ${why}`),
  ) as Fields;
  if (faults.length > 0) return { body: null, faults, origins };
  const recipients = foundation?.recipients ?? nobody;
  const read = policySchema.safeParse({ ...own(now), ...whole, recipients });
  if (!read.success) {
    for (const issue of read.error.issues) fault('invalid', named(issue.path, whole), issue.message);
    return { body: null, faults, origins };
  }
  for (const { path, says, article } of lawFindings(read.data, now))
    fault('against_law', named(path.split('.').map(step), read.data), `${says.en} ${article}`);
  const list = foundation && recipientsOf(foundation);
  for (const one of list ? recipientsFaults(read.data, list) : [])
    fault('recipients', named(one.path.split('.').map(step), read.data), one.code);
  return { body: faults.length === 0 ? bodyOf(read.data) : null, faults, origins };
}

const step = (name: string): PropertyKey => (/^\d+$/.test(name) ? Number(name) : name);
