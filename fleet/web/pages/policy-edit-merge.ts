/** Two people wrote the same form of a level: what each field has so that both are kept, and where that cannot be. Pure. */
import { type FormField, isName, NEW, type Typed } from './policy-edit-fields.ts';

export interface Merged {
  /** What the fields of the form as it is now have. */
  readonly typed: Typed;
  /** What the other wrote in fields that both changed, by id: what was typed stays in them. */
  readonly theirs: ReadonlyMap<string, string>;
  /** What was typed into fields that are not there any more. */
  readonly lost: readonly { readonly field: FormField; readonly value: string }[];
}

type Three<Value> = readonly [seen: Value, theirs: Value, mine: Value];

/** The one that changed; null: both did. */
function changed<Value>([seen, theirs, mine]: Three<Value>): { readonly value: Value } | null {
  if (mine === seen || mine === theirs) return { value: theirs };
  return theirs === seen ? { value: mine } : null;
}

const keyed = (text: string, by: NonNullable<FormField['lines']>): ReadonlyMap<string, string> =>
  new Map(
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .map((line) => [by === 'line' ? line : line.split(/\s+/)[0]!, line]),
  );

/** Line by line, each by what it is known by; null: both changed the same one. */
function mergeLines(three: Three<string>, by: NonNullable<FormField['lines']>): string | null {
  const [seen, theirs, mine] = [keyed(three[0], by), keyed(three[1], by), keyed(three[2], by)];
  const lines: string[] = [];
  for (const key of new Set([...theirs.keys(), ...mine.keys()])) {
    const one = changed([seen.get(key), theirs.get(key), mine.get(key)]);
    if (one === null) return null;
    if (one.value !== undefined) lines.push(one.value);
  }
  return lines.join('\n');
}

function merge(three: Three<string>, { lines }: FormField): string | null {
  const one = changed([three[0].trim(), three[1].trim(), three[2].trim()]);
  return one ? one.value : lines ? mergeLines(three, lines) : null;
}

/** Where a new entry was typed that the other has added meanwhile, too: from ids of its fields to those of what was typed. */
function addedByBoth(seen: readonly FormField[], now: readonly FormField[], typed: Typed): ReadonlyMap<string, string> {
  const fresh = seen.filter(({ id }) => id.includes(NEW));
  const key = fresh
    .filter(isName)
    .map(({ id }) => typed(id).trim())
    .join('-');
  const before = new Set(seen.map(({ id }) => id));
  const after = new Set(now.map(({ id }) => id));
  return new Map(
    fresh
      .map(({ id }) => [id.replace(NEW, key), id] as const)
      .filter(([id, from]) => id !== from && after.has(id) && !before.has(id)),
  );
}

/** `seen`: the form as it was when somebody began to type; `now`: as it is, with what the other wrote. */
export function mergeForms(seen: readonly FormField[], now: readonly FormField[], typed: Typed): Merged {
  const before = new Map(seen.map((field) => [field.id, field.value]));
  const both = addedByBoth(seen, now, typed);
  const moved = new Set(both.values());
  const values = new Map<string, string>();
  const theirs = new Map<string, string>();
  for (const field of now) {
    const { id, value } = field;
    const from = both.get(id) ?? (before.has(id) && !moved.has(id) ? id : null);
    if (from === null || (isName(field) && field.entry)) {
      values.set(id, value);
      continue;
    }
    const merged = merge([before.get(from) ?? '', value, typed(from)], field);
    values.set(id, merged ?? typed(from));
    if (merged === null) theirs.set(id, value);
  }
  const there = new Set(now.map(({ id }) => id));
  const lost = seen
    .filter((field) => !there.has(field.id) && !(isName(field) && field.entry))
    .map((field) => ({ field, value: typed(field.id).trim() }))
    .filter(({ field, value }) => value !== '' && value !== field.value.trim());
  return { typed: (id) => values.get(id) ?? '', theirs, lost };
}
