/** Forms of the lines document: which fields there are, how each is shown, and what was typed, as the schemas take it. */
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import type { FieldName, SectionName } from '../i18n/en/line-forms.ts';
import { dayAfter, dayBegins } from '../i18n/formats.ts';
import type { DeskContext, Visit } from '../visit.ts';
import { area, check, type FormFault, field, pick } from './parts.ts';

export interface Shape {
  readonly id: FieldName;
  readonly is: 'text' | 'secret' | 'number' | 'day' | 'lines' | 'check' | 'pick';
  /** Where the document has it; what a schema refuses there is told at this field. */
  readonly at: string;
  /** Values of a `pick`; empty: none is chosen. */
  readonly of?: readonly string[];
  readonly required?: boolean;
}

export interface Section {
  readonly id: SectionName;
  readonly shapes: readonly Shape[];
  /** Behind "More settings" unless something in it is wrong. */
  readonly folded?: boolean;
}

/** What was typed, by field. Of a box that is ticked `on`. */
export type Typed = Readonly<Partial<Record<FieldName, string>>>;

const DAY_MS = 86_400_000;

/** What cannot do TLS within a year is replaced, days. */
const MAX_EXCEPTION_DAYS = 366;

/** First and last day that an exception may end on. */
const exceptionDays = ({ f, now }: Visit) => ({
  min: dayAfter(f.isoDate(now)),
  max: f.isoDate(now + MAX_EXCEPTION_DAYS * DAY_MS),
});

function shown(visit: Visit, shape: Shape, typed: Typed, fault: FormFault | null): Html {
  const { lines } = visit.t;
  const { id, is, required } = shape;
  const { label, hint } = lines.fields[id];
  const value = typed[id] ?? '';
  const common = { id, label, hint, value, autocomplete: 'off', fault, ...(required ? { required } : {}) };
  switch (is) {
    case 'text':
      return field(common);
    case 'secret':
      // A password that is typed is never in a page again, not even in the one that refuses the form.
      return field({ ...common, value: '', type: 'password', autocomplete: 'new-password' });
    case 'number':
      return field({ ...common, inputmode: 'numeric' });
    case 'day':
      return field({ ...common, type: 'date', ...exceptionDays(visit) });
    case 'lines':
      return area(common);
    case 'check':
      return check({ id, label, hint, checked: value === 'on' });
    case 'pick': {
      const of = (shape.of ?? []).map((one) => [one, lines.choices[one || 'dns'] ?? one] as const);
      return pick({ id, label, hint, of, chosen: value, fault });
    }
  }
}

/** The fields of a form; what few people need is folded away. */
export function sections(visit: Visit, all: readonly Section[], typed: Typed, fault: FormFault | null): Html {
  const { forms, more } = visit.t.lines;
  const one = ({ id, shapes }: Section) => html`<section aria-labelledby="form-${id}">
        <header><h2 id="form-${id}">${forms[id].title}</h2>${forms[id].lead ? html`<p>${forms[id].lead}</p>` : nothing}</header>
        <div class="stack tight">${shapes.map((shape) => shown(visit, shape, typed, fault))}</div>
      </section>`;
  const folded = all.filter((section) => section.folded);
  const wrong = folded.some(({ shapes }) => shapes.some(({ id }) => id === fault?.field));
  return html`${all.filter((section) => !section.folded).map(one)}${
    folded.length === 0
      ? nothing
      : html`<details${wrong ? html` open` : nothing}><summary>${more}</summary><div class="stack">${folded.map(one)}</div></details>`
  }`;
}

/** What a browser sent of these fields. */
export async function typedIn(c: DeskContext, all: readonly Section[]): Promise<Typed> {
  const body = await c.req.parseBody();
  const typed: Partial<Record<FieldName, string>> = {};
  for (const { id } of all.flatMap(({ shapes }) => shapes)) {
    const value = body[id];
    typed[id] = typeof value === 'string' ? value.trim() : '';
  }
  return typed;
}

/** A field that cannot be read as what it is for. */
export class FieldWrong extends Error {
  readonly field: FieldName;
  constructor(name: FieldName) {
    super(name);
    this.field = name;
  }
}

/** Absent when nothing was typed. */
export const optional = (typed: Typed, id: FieldName): string | undefined => typed[id] || undefined;

/** @throws FieldWrong when it is no whole number. */
export function numberIn(typed: Typed, id: FieldName): number | undefined {
  const text = typed[id] ?? '';
  if (text === '') return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new FieldWrong(id);
  return Number(text);
}

/** Lines, or what commas part. */
export const listIn = (typed: Typed, id: FieldName): string[] =>
  (typed[id] ?? '').split(/[\n,]+/).flatMap((one) => one.trim() || []);

/** Lines alone: commas belong to what stands in them. */
export const linesIn = (typed: Typed, id: FieldName): string[] =>
  (typed[id] ?? '').split('\n').flatMap((one) => one.trim() || []);

/**
 * The instant at which an exception ends: the end of the day that was typed. A day that was not changed stays the instant that it is, so that
 * whoever changes something else prolongs nothing. @throws FieldWrong when it is no day, or none within a year.
 */
export function exceptionIn(visit: Visit, id: FieldName, day: string, kept: string | undefined): string | undefined {
  if (day === '') return undefined;
  if (kept !== undefined && visit.f.isoDate(Date.parse(kept)) === day) return kept;
  const { min, max } = exceptionDays(visit);
  const { timeZone } = visit.services;
  const end = dayBegins(day, timeZone) === null ? null : dayBegins(dayAfter(day), timeZone);
  if (end === null || day < min || day > max) throw new FieldWrong(id);
  return new Date(end - 1).toISOString();
}

interface Issue {
  readonly path: readonly PropertyKey[];
}

/** The field that an issue of a schema is about: the one whose place in the document is the longest part of its path. */
export function fieldOf(all: readonly Section[], { path }: Issue): FieldName {
  const text = path.map(String).join('.');
  const shapes = all.flatMap(({ shapes: some }) => some).filter(({ at }) => text === at || text.startsWith(`${at}.`));
  const [nearest] = shapes.sort((a, b) => b.at.length - a.at.length);
  return nearest?.id ?? all[0]!.shapes[0]!.id;
}

/** How a form says that it was refused. */
export const faultAt = ({ t }: Visit, id: FieldName): FormFault => ({ field: id, text: t.lines.fields[id].fault });
