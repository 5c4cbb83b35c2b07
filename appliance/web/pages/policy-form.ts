/** Forms of the policy: their words, and what parts of them say alike. */
import type { Policy } from '@belkluis/shared/policy/schema';
import type { PolicyField, PolicyFormSection } from '../i18n/en/policy-forms.ts';
import type { Visit } from '../visit.ts';
import { type FieldText, type FormWords, listIn, numberIn, type Section, type Shape, type Typed } from './form.ts';

export type PolicySection = Section<string, PolicyFormSection>;

/** A part of the policy that one page writes. */
export interface PolicyPart {
  readonly sections: readonly PolicySection[];
  /** Where the places of its fields begin in the document. */
  readonly under: readonly (string | number)[];
  /** What stands in the form to begin with. */
  readonly typed: Typed;
  /** The whole document with what was typed in it, for the schema to judge. @throws FieldWrong */
  next(typed: Typed): unknown;
}

export const textOf = (visit: Visit, { id, text }: Pick<Shape, 'id' | 'text'>): FieldText =>
  visit.t.policyForm.fields[(text ?? id) as PolicyField];

/** Words of choices that are the same whatever the policy says, by field. */
function choicesOf({ t }: Visit): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const { policyForm: form, purpose, policy, overview, roles } = t;
  return {
    lawfulBasis: overview.basis,
    fleetMayChange: policy.parts,
    neverWhy: policy.neverWhys,
    direction: form.directions,
    via: form.vias,
    start: form.starts,
    scheduleHolidays: form.onHolidays,
    consentMode: form.modes,
    asks: form.askWords,
    specialGround: form.grounds,
    unusual: purpose.unusuals,
    template: purpose.templates,
    by: purpose.bys,
    councilSays: form.councils,
    callerHears: purpose.callerHears,
    level: purpose.levels,
    ruleLevel: purpose.levels,
    uses: purpose.useNames,
    mayOpen: roles,
  };
}

/** A value of a field in words; what has none stays as it is. */
export function choiceWords(visit: Visit, policy: Pick<Policy, 'purposes'>, field: string, value: string): string {
  const { t, f, services } = visit;
  const { policyForm: form } = t;
  const known = choicesOf(visit)[field]?.[value];
  if (known !== undefined) return known;
  if (field === 'lawPacks') return f.country(value);
  if (field === 'scheduleDays') return f.weekday(Number(value));
  if (field === 'recipients')
    return services.recipients().find(({ fingerprint }) => fingerprint === value)?.name ?? value;
  if (['rulePurpose', 'trafficDigits', 'trafficWaits', 'trafficLinks'].includes(field) && value !== '')
    return policy.purposes.find(({ id }) => id === value)?.name ?? value;
  if (value !== '') return value;
  if (field === 'ruleLevel') return form.own;
  return field === 'direction' || field === 'via' ? form.any : form.none;
}

export const wordsOf = (visit: Visit, policy: Policy): FormWords<string, PolicyFormSection> => ({
  field: (shape) => textOf(visit, shape),
  section: (id) => visit.t.policyForm.forms[id],
  choice: ({ id, text }, value) => choiceWords(visit, policy, text ?? id, value),
  more: visit.t.policyForm.more,
});

export const on = (is: boolean): string => (is ? 'on' : '');

export const joined = (all: readonly string[] | null | undefined): string => (all ?? []).join('\n');

/** Absent when nothing was typed, as rules say "any". */
export const someIn = (typed: Typed, id: string): string[] | undefined => {
  const all = listIn(typed, id);
  return all.length === 0 ? undefined : all;
};

/** A copy with one part replaced; what is undefined is left out, as JSON leaves it out. */
export const clean = (document: unknown): unknown => JSON.parse(JSON.stringify(document));

const unusuals = ['', 'legal-term', 'supervisor', 'claims', 'treatment', 'slow-process'] as const;

/** The fields of one term and of why it is so: `contentDays`, and `because.content` below `at`. */
export const termShapes = (name: string, at: string, days: PolicyField): readonly Shape[] => {
  const because = `${at}because.${name}`;
  return [
    { id: `${name}-days`, text: days, is: 'number', at: `${at}${name}Days`, required: true },
    { id: `${name}-why`, text: 'why', is: 'words', at: `${because}.why`, required: true },
    { id: `${name}-ground`, text: 'termGround', is: 'text', at: `${because}.ground`, required: true },
    { id: `${name}-author`, text: 'author', is: 'text', at: `${because}.author`, required: true },
    { id: `${name}-date`, text: 'date', is: 'day', at: `${because}.date`, required: true },
  ];
};

export const unusualShape = (name: string): Shape => ({
  id: `${name}-unusual`,
  text: 'unusual',
  is: 'pick',
  at: `retention.because.${name}.unusual`,
  of: unusuals,
});

interface Because {
  readonly why: string;
  readonly ground: string;
  readonly author: string;
  readonly date: string;
  readonly unusual?: string | undefined;
}

export const termTyped = (name: string, days: number, because: Because): Typed => ({
  [`${name}-days`]: String(days),
  [`${name}-why`]: because.why,
  [`${name}-ground`]: because.ground,
  [`${name}-author`]: because.author,
  [`${name}-date`]: because.date,
  [`${name}-unusual`]: because.unusual ?? '',
});

/** @throws FieldWrong when the days are no whole number. */
export const termDaysIn = (typed: Typed, name: string): number | undefined => numberIn(typed, `${name}-days`);

export const becauseIn = (typed: Typed, name: string): Because => ({
  why: typed[`${name}-why`] ?? '',
  ground: typed[`${name}-ground`] ?? '',
  author: typed[`${name}-author`] ?? '',
  date: typed[`${name}-date`] ?? '',
  unusual: typed[`${name}-unusual`] || undefined,
});
