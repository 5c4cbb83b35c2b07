/** Forms of the lines document. */
import type { Html } from '@belkluis/shared/web/html';
import type { FieldName, SectionName } from '../i18n/en/line-forms.ts';
import { dayAfter, dayBegins } from '../i18n/formats.ts';
import type { Visit } from '../visit.ts';
import {
  FieldWrong,
  type Section as FormSection,
  type Shape as FormShape,
  type Typed as FormTyped,
  type FormWords,
  formSections,
  shapeAt,
} from './form.ts';
import type { FormFault } from './parts.ts';

export type Shape = FormShape<FieldName>;
export type Section = FormSection<FieldName, SectionName>;
export type Typed = FormTyped<FieldName>;

const DAY_MS = 86_400_000;

/** What cannot do TLS within a year is replaced, days. */
const MAX_EXCEPTION_DAYS = 366;

/** First and last day that an exception may end on. */
const exceptionDays = ({ f, now }: Visit) => ({
  min: dayAfter(f.isoDate(now)),
  max: f.isoDate(now + MAX_EXCEPTION_DAYS * DAY_MS),
});

const wordsOf = (visit: Visit): FormWords<FieldName, SectionName> => {
  const { fields, forms, choices, more } = visit.t.lines;
  return {
    field: ({ id }) => fields[id],
    section: (id) => forms[id],
    choice: (_, value) => choices[value || 'dns'] ?? value,
    more,
    days: exceptionDays(visit),
  };
};

export const sections = (visit: Visit, all: readonly Section[], typed: Typed, fault: FormFault | null): Html =>
  formSections(wordsOf(visit), all, typed, fault);

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

/** The field that an issue of a schema is about; the first where it is about none. */
export const fieldOf = (all: readonly Section[], { path }: Issue): FieldName =>
  shapeAt(all, path)?.id ?? all[0]!.shapes[0]!.id;

/** How a form says that it was refused. */
export const faultAt = ({ t }: Visit, id: FieldName): FormFault => ({ field: id, text: t.lines.fields[id].fault });
