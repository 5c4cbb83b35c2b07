/** The processing agreement of GDPR 28(3) between an MSP and a customer, made of the terms that hold. */
import {
  asText,
  type Document,
  facts,
  list,
  paragraph,
  type Section,
} from '@belkluis/shared/policy/documents/document';
import type { Language } from '@belkluis/shared/policy/fields';
import { inEea } from './countries.ts';
import { NOTICE_DAYS } from './limits.ts';
import { countriesOf } from './locations.ts';
import type { Terms } from './terms.ts';
import { countryName, dayIn, type Words, words } from './words/words.ts';

/** Who runs the server, as the configuration has it. */
export interface Provider {
  readonly name: string;
  readonly address: string;
  readonly country: string;
  /** Country of whoever owns it in the end (ISO 3166-1). */
  readonly parentCountry: string;
  /** E-mail address or telephone number for whoever asks about data. */
  readonly contact: string;
}

export interface AgreementParts {
  readonly language: Language;
  readonly customer: string;
  readonly msp: string;
  readonly provider: Provider;
  readonly terms: Terms;
  /** Version of the terms, and when they came to hold, wall clock, ms. */
  readonly version: number;
  readonly since: number;
}

type Helper = Terms['subprocessors'][number];

function helperLine(w: Words, language: Language, { name, purpose, country, parentCountry, mechanism, since }: Helper) {
  return [
    `${name}: ${purpose}`,
    countryName(country, language),
    w.parent(countryName(parentCountry, language)),
    ...(mechanism === null ? [] : [w.mechanism[mechanism]]),
    w.since(dayIn(since, language)),
  ].join('; ');
}

function transfersOf(w: Words, language: Language, terms: Terms, provider: Provider): string {
  const countries = countriesOf([...terms.locations, ...terms.subprocessors, provider]);
  if (!countries.every(inEea)) return w.transfersOutside;
  return countries.length === 1 ? w.transfersLocked(countryName(countries[0]!, language)) : w.transfersInside;
}

function annexes(w: Words, { language, terms, provider, msp }: AgreementParts): readonly Section[] {
  const kept = (days: number | null) => (days === null ? w.untilRemoved : w.days(days));
  // An MSP that runs the server itself is no sub-processor of its own.
  const server =
    provider.name === msp
      ? []
      : [
          [
            `${provider.name}: ${w.runsServer}`,
            countryName(provider.country, language),
            w.parent(countryName(provider.parentCountry, language)),
          ].join('; '),
        ];
  const helpers = [...server, ...terms.subprocessors.map((one) => helperLine(w, language, one))];
  return [
    {
      heading: w.annexData,
      blocks: [facts(...terms.data.map(({ what }) => w.data[what])), paragraph(w.notHere)],
    },
    { heading: w.annexMeasures, blocks: [list(...terms.measures.map((measure) => w.measure[measure]))] },
    {
      heading: w.annexLocations,
      blocks: [
        facts(
          ...terms.locations.map(({ purpose, country, subprocessor }): [string, string] => [
            w.purpose[purpose],
            [countryName(country, language), ...(subprocessor === null ? [] : [w.runBy(subprocessor)])].join(', '),
          ]),
        ),
      ],
    },
    {
      heading: w.annexKept,
      blocks: [facts(...terms.data.map(({ what, days }): [string, string] => [w.data[what][0], kept(days)]))],
    },
    { heading: w.annexHelpers, blocks: helpers.length === 0 ? [paragraph(w.noHelpers)] : [list(...helpers)] },
  ];
}

export function agreementDocument(parts: AgreementParts): Document {
  const { language, customer, msp, provider, terms, version, since } = parts;
  const w = words[language];
  return {
    language,
    title: `${w.title}: ${customer}, ${msp}`,
    sections: [
      {
        heading: w.parties,
        blocks: [
          facts(
            [w.controller, customer],
            [w.processor, msp],
            [w.server, `${provider.name}, ${provider.address}, ${countryName(provider.country, language)}`],
            [w.contact, provider.contact],
          ),
          paragraph(w.subtitle(version, dayIn(since, language))),
        ],
      },
      {
        heading: w.subject,
        blocks: [paragraph(w.subjectText), paragraph(w.notHere), paragraph(w.subjectDuration)],
      },
      { heading: w.duties, blocks: [list(...Object.entries(w.duty).map(([point, text]) => `(${point}) ${text}`))] },
      { heading: w.helpers, blocks: [paragraph(w.helpersText(NOTICE_DAYS))] },
      { heading: w.incidents, blocks: [paragraph(w.incidentsText)] },
      {
        heading: w.transfers,
        blocks: [paragraph(transfersOf(w, language, terms, provider)), paragraph(w.orders)],
      },
      ...annexes(w, parts),
      { heading: w.signatures, blocks: [list(w.forController, w.forProcessor)] },
    ],
  };
}

/** As it is sent and signed: the text whose hash is kept. */
export const agreementText = (parts: AgreementParts): string => `${asText(agreementDocument(parts))}\n`;
