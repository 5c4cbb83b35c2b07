/** What differs between two policies, field by field, as people read it. Pure; says nothing about what that means. */
import { createHash } from 'node:crypto';
import type { Recipients } from '../recipients.ts';
import type { Policy } from '../schema.ts';
import { keyOf, ordered, orders } from './table.ts';

/** A policy with its list of recipients read. */
export interface WholePolicy {
  readonly policy: Policy;
  readonly recipients: Recipients;
}

export interface Difference {
  /** Names of fields and entries from the top: `purposes`, `complaints`, `retention`, `contentDays`. */
  readonly path: readonly string[];
  /** The same without entries, as the table and the schema call it. */
  readonly field: string;
  /** `entry`: of a list, or an object that may be left out, that comes or goes as a whole. `order`: the same entries in another order. */
  readonly kind: 'value' | 'entry' | 'order';
  /** As people read it; of a list of words what leaves it. Empty: nothing was there. */
  readonly before: readonly string[];
  /** Of a list of words what is new in it. Empty: nothing is there any more. */
  readonly after: readonly string[];
  /** Whether something was there before, and is there after. */
  readonly was: boolean;
  readonly is: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];

/** Certificates are long, and nobody compares them by eye. */
const shown = (field: string, value: string): string =>
  field.endsWith('.certificate')
    ? `OpenPGP, SHA-256 ${createHash('sha256').update(value).digest('hex').slice(0, 16)}…`
    : value;

/** Everything that an entry says, a line for each field. */
function lines(value: unknown, field: string, name: string): string[] {
  if (value === undefined || value === null) return [];
  if (isObject(value))
    return Object.entries(value).flatMap(([each, inner]) =>
      each === keyOf[field] && name === ''
        ? []
        : lines(inner, `${field}.${each}`, name === '' ? each : `${name} ${each}`),
    );
  if (listOf(value).some(isObject)) return listOf(value).flatMap((one) => lines(one, field, name));
  return [
    `${name} ${listOf(value)
      .map((one) => shown(field, String(one)))
      .join(', ')}`.trim(),
  ];
}

const below = (field: string, name: string): string => (field === '' ? name : `${field}.${name}`);

function entries(before: unknown, after: unknown, field: string, path: readonly string[]): Difference[] {
  const key = keyOf[field]!;
  const named = (list: unknown) =>
    new Map(listOf(list).map((entry) => [String((entry as Fields)[key]), entry as Fields]));
  const [old, now] = [named(before), named(after)];
  const place = (id: string) => (field === 'rules' ? [`place ${[...now.keys()].indexOf(id) + 1}`] : []);
  const there = { was: true, is: true, field };
  const found = [...now].flatMap(([id, entry]): Difference[] => {
    const was = old.get(id);
    if (was) return differences(was, entry, field, [...path, id]);
    const said = [...place(id), ...lines(entry, field, '')];
    return [{ ...there, was: false, kind: 'entry', path: [...path, id], before: [], after: said }];
  });
  for (const [id, entry] of old)
    if (!now.has(id))
      found.push({
        ...there,
        is: false,
        kind: 'entry',
        path: [...path, id],
        before: lines(entry, field, ''),
        after: [],
      });
  const common = (one: ReadonlyMap<string, unknown>, other: ReadonlyMap<string, unknown>) =>
    [...one.keys()].filter((id) => other.has(id));
  const [wasIn, isIn] = [common(old, now), common(now, old)];
  if (ordered.has(field) && wasIn.join('\n') !== isIn.join('\n'))
    found.push({ ...there, kind: 'order', path, before: wasIn, after: isIn });
  return found;
}

function differences(before: unknown, after: unknown, field: string, path: readonly string[]): Difference[] {
  if (keyOf[field] !== undefined && !(isObject(before) || isObject(after))) return entries(before, after, field, path);
  if (orders[field] === 'form') return [];
  const [was, is] = [before !== undefined && before !== null, after !== undefined && after !== null];
  if (isObject(before) || isObject(after)) {
    if (was !== is && orders[field] !== 'parts')
      return [
        { path, field, kind: 'entry', before: lines(before, field, ''), after: lines(after, field, ''), was, is },
      ];
    const [old, now] = [(before ?? {}) as Fields, (after ?? {}) as Fields];
    const names = [...Object.keys(now), ...Object.keys(old).filter((name) => !(name in now))];
    return names.flatMap((name) => differences(old[name], now[name], below(field, name), [...path, name]));
  }
  const words = (value: unknown) => listOf(value).map(String);
  const [old, now] = [words(before), words(after)];
  const removed = old.filter((word) => !now.includes(word));
  const added = now.filter((word) => !old.includes(word));
  if (removed.length + added.length === 0 && was === is) return [];
  const show = (all: readonly string[]) => all.map((word) => shown(field, word));
  return [{ path, field, kind: 'value', before: show(removed), after: show(added), was, is }];
}

/** In the order of the document. What is only written differently, such as words of a list in another order, is none. */
export const differencesOf = (before: WholePolicy, after: WholePolicy): readonly Difference[] =>
  differences(
    { ...before.policy, recipients: before.recipients },
    { ...after.policy, recipients: after.recipients },
    '',
    [],
  );
