/** Forms out of data: which fields there are, how each is shown, and what was typed, as a schema takes it. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import type { DeskContext } from '../visit.ts';
import { area, check, type FormFault, field, many, pick } from './parts.ts';

/** A field: what it is called, what helps, and what is wrong when it is refused. */
export interface FieldText {
  readonly label: string;
  readonly hint: string;
  readonly fault: string;
}

export interface Shape<Name extends string = string> {
  readonly id: Name;
  readonly is: 'text' | 'secret' | 'number' | 'day' | 'lines' | 'words' | 'check' | 'pick' | 'many';
  /** Where the document has it; what a schema refuses there is told at this field. */
  readonly at: string;
  /** Values of a `pick` or of `many`; empty: none is chosen. */
  readonly of?: readonly string[];
  readonly required?: boolean;
  /** By what name its texts are found, where several fields have the same. */
  readonly text?: string;
}

export interface Section<Name extends string = string, Title extends string = string> {
  readonly id: Title;
  readonly shapes: readonly Shape<Name>[];
  /** Behind "More settings" unless something in it is wrong. */
  readonly folded?: boolean;
}

/** What was typed, by field. Of a box that is ticked `on`; of `many` the values, a line each. */
export type Typed<Name extends string = string> = Readonly<Partial<Record<Name, string>>>;

/** What a form says. */
export interface FormWords<Name extends string = string, Title extends string = string> {
  field(shape: Shape<Name>): FieldText;
  section(id: Title): { readonly title: string; readonly lead: string };
  /** A value of a `pick` or of `many`. */
  choice(shape: Shape<Name>, value: string): string;
  readonly more: string;
  /** First and last day that may be chosen; absent: any. */
  readonly days?: { readonly min: string; readonly max: string };
}

function shown<Name extends string>(
  words: Pick<FormWords<Name>, 'field' | 'choice' | 'days'>,
  shape: Shape<Name>,
  typed: Typed<Name>,
  fault: FormFault | null,
): Html {
  const { id, is, required, of = [] } = shape;
  const { label, hint } = words.field(shape);
  const value = typed[id] ?? '';
  const common = { id, label, hint, value, autocomplete: 'off', fault, ...(required ? { required } : {}) };
  const options = of.map((one) => [one, words.choice(shape, one)] as const);
  switch (is) {
    case 'text':
      return field(common);
    case 'secret':
      // A password that is typed is never in a page again, not even in the one that refuses the form.
      return field({ ...common, value: '', type: 'password', autocomplete: 'new-password' });
    case 'number':
      return field({ ...common, inputmode: 'numeric' });
    case 'day':
      return field({ ...common, type: 'date', ...words.days });
    case 'lines':
    case 'words':
      return area(common);
    case 'check':
      return check({ id, label, hint, checked: value === 'on' });
    case 'pick':
      return pick({ id, label, hint, of: options, chosen: value, fault });
    case 'many':
      return many({ id, label, hint, of: options, chosen: value.split('\n'), fault });
  }
}

/** The fields of a form; what few people need is folded away. */
export function formSections<Name extends string, Title extends string>(
  words: FormWords<Name, Title>,
  all: readonly Section<Name, Title>[],
  typed: Typed<Name>,
  fault: FormFault | null,
): Html {
  const one = ({ id, shapes }: Section<Name, Title>) => {
    const { title, lead } = words.section(id);
    return html`<section aria-labelledby="form-${id}">
        <header><h2 id="form-${id}">${title}</h2>${lead ? html`<p>${lead}</p>` : nothing}</header>
        <div class="stack tight">${shapes.map((shape) => shown(words, shape, typed, fault))}</div>
      </section>`;
  };
  const folded = all.filter((section) => section.folded);
  const wrong = folded.some(({ shapes }) => shapes.some(({ id }) => id === fault?.field));
  return html`${all.filter((section) => !section.folded).map(one)}${
    folded.length === 0
      ? nothing
      : html`<details${wrong ? html` open` : nothing}><summary>${words.more}</summary><div class="stack">${folded.map(one)}</div></details>`
  }`;
}

/** What a browser sent of these fields. */
export async function typedIn<Name extends string>(
  c: DeskContext,
  all: readonly Section<Name>[],
): Promise<Typed<Name>> {
  const body = await c.req.parseBody({ all: true });
  const typed: Partial<Record<Name, string>> = {};
  for (const { id } of all.flatMap(({ shapes }) => shapes)) {
    const values = [body[id] ?? ''].flat().filter((value) => typeof value === 'string');
    typed[id] = values.map((value) => value.trim()).join('\n');
  }
  return typed;
}

/** A field that cannot be read as what it is for. */
export class FieldWrong<Name extends string = string> extends Error {
  readonly field: Name;
  constructor(name: Name) {
    super(name);
    this.field = name;
  }
}

/** Absent when nothing was typed. */
export const optional = <Name extends string>(typed: Typed<Name>, id: Name): string | undefined =>
  typed[id] || undefined;

/** @throws FieldWrong when it is no whole number. */
export function numberIn<Name extends string>(typed: Typed<Name>, id: Name): number | undefined {
  const text = typed[id] ?? '';
  if (text === '') return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new FieldWrong(id);
  return Number(text);
}

/** Lines, or what commas part. */
export const listIn = <Name extends string>(typed: Typed<Name>, id: Name): string[] =>
  (typed[id] ?? '').split(/[\n,]+/).flatMap((one) => one.trim() || []);

/** Lines alone: commas belong to what stands in them. */
export const linesIn = <Name extends string>(typed: Typed<Name>, id: Name): string[] =>
  (typed[id] ?? '').split('\n').flatMap((one) => one.trim() || []);

/** The shape that a path of the document is about: the one whose own place is the longest part of it; null: none of these. */
export function shapeAt<Name extends string>(
  all: readonly Section<Name>[],
  path: readonly PropertyKey[],
): Shape<Name> | null {
  const text = path.map(String).join('.');
  const shapes = all.flatMap(({ shapes: some }) => some).filter(({ at }) => text === at || text.startsWith(`${at}.`));
  const [nearest] = shapes.sort((a, b) => b.at.length - a.at.length);
  return nearest ?? null;
}
