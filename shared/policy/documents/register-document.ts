/** The register of processing for people to read and to print. */
import type { Language } from '../fields.ts';
import { retentionWords } from '../words.ts';
import { type Block, type Document, facts, list, paragraph, type Section } from './document.ts';
import type { Register, RegisterRow, RegisterTerm } from './register.ts';
import { documentWords } from './words.ts';

/** How a person is called; null: nobody has that id any more. */
export type NameOf = (person: string) => string | null;

const countries = (codes: readonly string[]): string => codes.join(', ');

function termLine(term: RegisterTerm, language: Language): string {
  const { classes, hours, register } = documentWords[language];
  const length = term.unit === 'day' ? retentionWords(term.length, language) : hours(term.length);
  const whose = term.rule === null ? '' : ` (${register.ofRule(term.rule)})`;
  return `${classes[term.of]}${whose}: ${length}`;
}

function rowSection(row: RegisterRow, { regions }: Register, language: Language): Section {
  const words = documentWords[language];
  const { register: w, roles, basis } = words;
  const joined = (all: readonly string[]) => (all.length === 0 ? words.none : all.join(', '));
  const transfers: [string, string] = [w.transfers, w.transfersWithin(countries(regions))];
  const terms = row.terms.map((term) => termLine(term, language));
  if (row.kind === 'box') {
    const own = w.own[row.what];
    return {
      heading: own.name,
      blocks: [
        facts(
          [w.why, own.why],
          [w.subjects, joined(row.dataSubjects.map((one) => w.who[one]))],
          [w.categories, own.categories],
          [w.receivers, words.none],
          regions.length === 0 ? [w.transfers, null] : transfers,
        ),
        paragraph(w.terms),
        list(...terms),
      ],
    };
  }
  const minimum = row.minimum && words.minimum(retentionWords(row.minimum.days, language), row.minimum.ground);
  return {
    heading: `${w.purpose}: ${row.name}`,
    blocks: [
      facts(
        [w.why, row.why],
        [w.basis, basis[row.basis as keyof typeof basis] + (row.assessment === null ? '' : ` (${row.assessment})`)],
        [w.special, row.specialGround === null ? words.none : `GDPR 9(2)(${row.specialGround})`],
        [w.subjects, joined(row.dataSubjects)],
        [w.categories, joined(row.dataCategories)],
        [w.receivers, joined(row.receivers)],
        [w.access, joined(row.mayOpen.map((role) => roles[role]))],
        [w.level, words.levels[row.level as keyof typeof words.levels]],
        transfers,
      ),
      paragraph(w.terms),
      list(...terms, minimum),
    ],
  };
}

export function registerDocument(register: Register, nameOf: NameOf, language: Language): Document {
  const { register: w, roles, none } = documentWords[language];
  const { policy, controller, holders, keys, places, regions, measures, rows } = register;
  const names = (people: readonly string[]) =>
    people.length === 0 ? w.nobody : people.map((id) => nameOf(id) ?? w.left).join(', ');
  const head: Block[] = [
    paragraph(w.about),
    ...(policy ? [] : [paragraph(w.noPolicy)]),
    facts(
      [w.controller, controller?.name ?? null],
      [w.contact, controller?.contact ?? null],
      [w.dpo, controller?.dpo ? `${controller.dpo.name}, ${controller.dpo.contact}` : null],
      [w.policy, policy && `${policy.version} (${policy.hash})`],
      [w.box, register.box],
    ),
  ];
  return {
    language,
    title: w.title(controller?.name ?? w.box),
    sections: [
      { heading: w.controller, blocks: head },
      {
        heading: w.holders,
        blocks: [facts(...holders.map(({ role, people }) => [roles[role], names(people)] as [string, string]))],
      },
      { heading: w.keys, blocks: [list(...keys.map(({ role, fingerprint }) => `${roles[role]}: ${fingerprint}`))] },
      {
        heading: w.places,
        blocks: [
          list(w.box, ...places.map(({ name, country }) => `${name} (${country})`)),
          facts([w.regions, regions.length === 0 ? none : countries(regions)]),
        ],
      },
      ...rows.map((row) => rowSection(row, register, language)),
      { heading: w.measures, blocks: [list(...measures.map((one) => w.measure[one]))] },
    ],
  };
}
