/** What a policy says that law forbids: packs are data, and this reads them. Pure. */

import type { Says } from '../says.ts';
import type { Policy } from '../schema.ts';
import { binds } from './effective.ts';
import type { Demand, Pack, Provision, Question } from './pack.ts';
import { packs } from './packs.ts';

/** A policy, or a draft that nobody is named to yet. */
export type Judged = Omit<Policy, 'recipients'>;

/** What a law says, as far as people need it. */
interface Law {
  readonly provision: string;
  readonly article: string;
  /** What it says, and so what to change. */
  readonly says: Says;
}

export interface LawFinding extends Law {
  /** Of the field that must change: `purposes.0.consent.mode`. */
  readonly path: string;
}

/** What a question may be about: the policy, and of it one purpose and one rule, each with the path at which it stands. */
interface Subject {
  readonly policy: Judged;
  readonly purpose?: Judged['purposes'][number] | undefined;
  readonly rule?: Judged['rules'][number];
  readonly at: Readonly<Record<string, string>>;
}

type Value = string | number | boolean | object | null;

/** Every value at a path; through a list, of each entry. */
function valuesOf(subject: Subject, field: string): readonly Value[] {
  let found: readonly unknown[] = [subject];
  for (const name of field.split('.'))
    found = found.flatMap((one) => (one as Record<string, unknown> | null | undefined)?.[name] ?? null);
  return found as Value[];
}

function holds(question: Question, subject: Subject): boolean {
  const values = valuesOf(subject, question.field);
  const among = (all: readonly Value[]) => (one: Value) => all.includes(one);
  if ('is' in question) return values.some(among(question.is));
  if ('isNot' in question) return !values.some(among(question.isNot));
  if ('within' in question) return values.every(among(question.within));
  return values.some((one) => typeof one === 'number' && one < question.below);
}

/** The field that breaks a demand; null: none does. */
function broken(demand: Demand, subject: Subject): string | null {
  if ('kept' in demand) return null;
  if ('needs' in demand) return demand.needs.some((one) => holds(one, subject)) ? null : demand.needs[0].field;
  const values = valuesOf(subject, demand.field);
  const wrong =
    'atMost' in demand
      ? values.some((one) => typeof one === 'number' && one > demand.atMost)
      : values.some((one) => typeof one !== 'number' || one < demand.atLeast);
  return wrong ? demand.field : null;
}

/** `purpose.consent.mode` as a path of the document. */
function pathOf(field: string, { at }: Subject): string {
  const [root, ...rest] = field.split('.');
  return [at[root!], ...rest].filter(Boolean).join('.');
}

function subjectsOf(policy: Judged, of: Provision['of']): readonly Subject[] {
  const purposeAt = (id: string) => policy.purposes.findIndex((one) => one.id === id);
  switch (of) {
    case 'policy':
      return policy.rules.length === 0 ? [] : [{ policy, at: { policy: '' } }];
    case 'purpose':
      return policy.purposes.map((purpose, index) => ({
        policy,
        purpose,
        at: { policy: '', purpose: `purposes.${index}` },
      }));
    case 'rule':
      return policy.rules.map((rule, index) => ({
        policy,
        rule,
        purpose: policy.purposes[purposeAt(rule.purpose)],
        at: { policy: '', purpose: `purposes.${purposeAt(rule.purpose)}`, rule: `rules.${index}` },
      }));
  }
}

type Correction = Judged['packCorrections'][number];

/** The provision with the customer's number in place of its own; null: it does not bind these calls, as the customer says. */
function corrected(provision: Provision, corrections: readonly Correction[]): Provision | null {
  const correction = provision.confirmed ? undefined : corrections.find((one) => one.provision === provision.id);
  if (!correction) return provision;
  if (correction.value === null) return null;
  const { demand } = provision;
  if ('atMost' in demand) return { ...provision, demand: { ...demand, atMost: correction.value } };
  return 'atLeast' in demand ? { ...provision, demand: { ...demand, atLeast: correction.value } } : provision;
}

function worded({ says, demand }: Provision): Says {
  const limit = 'atMost' in demand ? demand.atMost : 'atLeast' in demand ? demand.atLeast : '';
  return { en: says.en.replaceAll('{limit}', `${limit}`), nl: says.nl.replaceAll('{limit}', `${limit}`) };
}

/** Corrections of what was read in its source, or is no provision: those may not stand. */
function wrongCorrections({ packCorrections }: Judged, all: readonly Provision[]): readonly LawFinding[] {
  return packCorrections.flatMap(({ provision: id, value }, index) => {
    const provision = all.find((one) => one.id === id);
    const at = (field: string, en: string, nl: string): LawFinding[] => [
      {
        path: `packCorrections.${index}.${field}`,
        provision: id,
        article: provision?.article ?? 'GDPR 5(2)',
        says: { en, nl },
      },
    ];
    if (!provision)
      return at(
        'provision',
        'No law pack has this provision: take the correction out.',
        'Geen wetspakket kent deze bepaling: haal de correctie weg.',
      );
    if (provision.confirmed)
      return at(
        'provision',
        'This provision was read in its source and cannot be corrected: take the correction out.',
        'Deze bepaling is in de bron gelezen en kan niet worden gecorrigeerd: haal de correctie weg.',
      );
    if (value !== null && !('field' in provision.demand))
      return at(
        'value',
        'This provision has no number: value must be null, which says that it does not bind these calls.',
        'Deze bepaling heeft geen getal: value moet null zijn, en dat zegt dat zij deze gesprekken niet bindt.',
      );
    return [];
  });
}

/** The packs that bind a policy: the Union's, and those of the countries that it names. */
export const packsOf = ({ lawPacks }: Pick<Judged, 'lawPacks'>): readonly Pack[] => [
  packs.EU,
  ...lawPacks.map((name) => packs[name]),
];

/** Everything that the law of `at` (wall clock, ms) forbids of it. */
export function lawFindings(
  policy: Judged,
  at: number,
  binding: readonly Pack[] = packsOf(policy),
): readonly LawFinding[] {
  const provisions = binding.flatMap((pack) => pack.provisions).filter((one) => binds(one, at));
  const found = provisions.flatMap((provision) => {
    const mine = corrected(provision, policy.packCorrections);
    if (!mine) return [];
    return subjectsOf(policy, mine.of).flatMap((subject): LawFinding[] => {
      if (!mine.when.every((one) => holds(one, subject))) return [];
      const field = broken(mine.demand, subject);
      if (field === null) return [];
      const { id, article } = mine;
      return [{ path: pathOf(field, subject), provision: id, article, says: worded(mine) }];
    });
  });
  return [
    ...found,
    ...wrongCorrections(
      policy,
      Object.values(packs).flatMap((pack) => pack.provisions),
    ),
  ];
}

/** What binds this policy at `at` though nobody has read it in its source, and the customer has not corrected: theirs to confirm. */
export function unconfirmedLaw(policy: Judged, at: number): readonly Law[] {
  const provisions = packsOf(policy).flatMap((pack) => pack.provisions);
  return provisions
    .filter(({ confirmed, demand }) => !confirmed && !('kept' in demand))
    .filter((one) => binds(one, at) && !policy.packCorrections.some(({ provision }) => provision === one.id))
    .filter(({ of, when }) => subjectsOf(policy, of).some((subject) => when.every((one) => holds(one, subject))))
    .map((one) => ({ provision: one.id, article: one.article, says: worded(one) }));
}
