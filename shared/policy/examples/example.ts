/** A whole policy to start from, for one usual purpose in one country. What law packs ask for there is in it already. */
import type { Language } from '../fields.ts';
import type { Purpose } from '../purpose.ts';
import type { Rationale } from '../retention-schema.ts';
import type { Rule } from '../rule.ts';
import type { PolicyDraft } from '../sample.ts';
import type { PackName } from '../schema.ts';
import type { TemplateName } from '../templates.ts';
import { type DraftLanguage, general, spokenPurpose, texts } from './texts.ts';

export interface ExampleOf {
  readonly template: TemplateName;
  readonly country: PackName;
  /** What callers hear, in this order; those that the country asks for are added. Empty: these alone. */
  readonly languages: readonly Language[];
  readonly issuedAt: Date;
}

/** What differs by country besides its law. */
const countries: Readonly<
  Record<PackName, { readonly authority: string; readonly code: string; readonly languages: readonly Language[] }>
> = {
  NL: { authority: 'Autoriteit Persoonsgegevens', code: '31', languages: ['nl'] },
  DE: { authority: 'Landesbeauftragte für den Datenschutz', code: '49', languages: ['de'] },
  BE: { authority: 'Gegevensbeschermingsautoriteit', code: '32', languages: ['nl', 'fr'] },
  FR: { authority: 'CNIL', code: '33', languages: ['fr'] },
};

/** What differs by purpose. */
interface Kind {
  readonly lawfulBasis: Purpose['lawfulBasis'];
  readonly contentDays: number;
  readonly evidenceDays: number;
  readonly ground: string;
  readonly minimum: Purpose['retention']['minimum'];
  readonly consent: Purpose['consent']['mode'];
  readonly uses: Purpose['uses'];
  readonly level: Purpose['level'];
  readonly mayPause: boolean;
  readonly accessDays: number;
}

/** Years that callers are told as years: one more day would be said as some thousand days. */
const YEAR_DAYS = 365;

const kinds: Readonly<Record<TemplateName, Kind>> = {
  qa: {
    lawfulBasis: 'f',
    contentDays: 30,
    evidenceDays: 365,
    ground: 'GDPR 5(1)(e)',
    minimum: undefined,
    consent: 'opt-out',
    uses: ['quality', 'data-subject'],
    level: 'standard',
    mayPause: true,
    accessDays: 365,
  },
  training: {
    lawfulBasis: 'a',
    contentDays: 60,
    evidenceDays: 365,
    ground: 'GDPR 5(1)(e)',
    minimum: undefined,
    consent: 'opt-in',
    uses: ['training', 'data-subject'],
    level: 'standard',
    mayPause: true,
    accessDays: 365,
  },
  finance: {
    lawfulBasis: 'c',
    contentDays: 7 * YEAR_DAYS,
    evidenceDays: 7 * YEAR_DAYS,
    ground: 'MiFID II 16(7)',
    minimum: { days: 1826, ground: 'MiFID II 16(7)' },
    consent: 'inform',
    uses: ['supervision', 'evidence', 'complaint', 'data-subject'],
    level: 'sensitive',
    mayPause: false,
    accessDays: 2557,
  },
  care: {
    lawfulBasis: 'a',
    contentDays: 28,
    evidenceDays: 365,
    ground: 'GDPR 5(1)(e)',
    minimum: undefined,
    consent: 'opt-in',
    uses: ['care', 'data-subject'],
    level: 'sensitive',
    mayPause: true,
    accessDays: 1827,
  },
  disputes: {
    lawfulBasis: 'f',
    contentDays: 5 * YEAR_DAYS,
    evidenceDays: 5 * YEAR_DAYS,
    ground: 'GDPR 17(3)(e)',
    minimum: undefined,
    consent: 'opt-out',
    uses: ['evidence', 'complaint', 'data-subject'],
    level: 'standard',
    mayPause: true,
    accessDays: 1826,
  },
};

function consentOf(mode: Purpose['consent']['mode'], country: PackName): Purpose['consent'] {
  switch (mode) {
    case 'inform':
      return { mode };
    case 'opt-out':
      return { mode, key: '9', remember: true };
    case 'opt-in': {
      const asks = country === 'DE' || country === 'BE' ? 'everybody' : 'outside';
      return { mode, key: '1', refuseKey: '9', asks, patienceSeconds: 10 };
    }
  }
}

/** In Germany nothing but consent will do where no law demands the recording. */
const consentIn = (country: PackName, { consent, lawfulBasis }: Kind): Pick<Kind, 'consent' | 'lawfulBasis'> =>
  country === 'DE' && consent === 'opt-out' ? { consent: 'opt-in', lawfulBasis: 'a' } : { consent, lawfulBasis };

/** Some calls, or those that somebody starts: France wants neither quality recorded systematically nor proof automatically. */
function narrowing(country: PackName, template: TemplateName): Pick<Rule, 'start' | 'sampling'> {
  if (country === 'FR' && template === 'disputes') return { start: 'manual' };
  if (template === 'training') return { start: 'automatic', sampling: 10 };
  return country === 'FR' && template === 'qa' ? { start: 'automatic', sampling: 10 } : { start: 'automatic' };
}

function languagesOf({ languages, country }: ExampleOf): readonly Language[] {
  const own = countries[country].languages;
  return [...new Set([...languages, ...own])];
}

function purposeOf(
  example: ExampleOf,
  text: DraftLanguage,
  because: (why: string, ground: string) => Rationale,
): Purpose {
  const { template, country, issuedAt } = example;
  const { contentDays, evidenceDays, ground, minimum, uses, level, mayPause } = kinds[template];
  const { consent, lawfulBasis } = consentIn(country, kinds[template]);
  const words = texts[template][text];
  const completedOn = issuedAt.toISOString().slice(0, 10);
  return {
    id: template,
    name: words.name,
    lawfulBasis,
    rationale: words.rationale,
    assessment: lawfulBasis === 'f' ? { reference: words.assessment, completedOn } : null,
    specialCategories: template === 'care' ? { ground: 'a', statement: general[text].health } : null,
    template,
    retention: {
      contentDays,
      trafficDays: contentDays,
      evidenceDays,
      ...(minimum ? { minimum } : {}),
      because: {
        content: because(words.content, ground),
        traffic: because(words.traffic, ground),
        evidence: because(words.evidence, 'GDPR 5(2)'),
      },
    },
    announcement: {
      by: 'box',
      said: languagesOf(example).map((language) => ({ language, purpose: spokenPurpose[template][language] })),
      callerHears: 'answered-first',
      staffHear: true,
      staffBeepSeconds: null,
    },
    consent: consentOf(consent, country),
    level,
    recipients: null,
    mayOpen: ['custodian'],
    uses,
    notUsedFor: [...words.notUsedFor],
    mandatory: template === 'finance',
    pause: mayPause ? { resumeSeconds: 120 } : null,
    register: { dataSubjects: [...words.dataSubjects], dataCategories: [...words.dataCategories], receivers: [] },
  };
}

/** A draft whose names, numbers, documents and dates are examples: whoever signs it puts their own in their place. */
export function examplePolicy(example: ExampleOf): PolicyDraft {
  const { template, country, issuedAt } = example;
  const { authority, code } = countries[country];
  const text: DraftLanguage = (example.languages[0] ?? countries[country].languages[0]) === 'nl' ? 'nl' : 'en';
  const words = general[text];
  const date = issuedAt.toISOString().slice(0, 10);
  const because = (why: string, ground: string): Rationale => ({ why, ground, author: words.author, date });
  const purpose = purposeOf(example, text, because);
  const directions = template === 'finance' ? (['inbound', 'outbound', 'internal'] as const) : (['inbound'] as const);
  return {
    schemaVersion: 2,
    audience: ['*'],
    version: 1,
    previousHash: null,
    issuedAt: issuedAt.toISOString(),
    expiresAt: new Date(issuedAt.getTime() + 365 * 24 * 3_600_000).toISOString(),
    controller: {
      name: words.controller,
      contact: `${words.controller}, 1 Main Street`,
      dpo: { name: words.dpo, contact: 'privacy@office.example' },
      authority,
      moreAt: words.moreAt,
      website: 'https://office.example/calls',
    },
    lawPacks: [country],
    packCorrections: [],
    worksCouncil: { council: 'agreed', reference: words.council, completedOn: date },
    regions: ['EEA'],
    numbering: { country: code, national: '0', international: '00' },
    groups: [],
    holidays: [],
    neverRecord: [
      { id: 'works-council', why: 'works-council', extensions: ['290', '291'] },
      { id: 'doctor', why: 'doctor', extensions: ['295'] },
      { id: 'withheld', why: 'withheld' },
    ],
    keys: { private: '*8', pause: '*7', start: '*3' },
    purposes: [purpose],
    rules: directions.map((direction) => ({
      id: `${template}-${direction}`,
      purpose: template,
      direction,
      ...narrowing(country, template),
    })),
    retention: {
      accessDays: kinds[template].accessDays,
      requestDays: 1096,
      directoryDays: 365,
      because: {
        access: because(words.access, 'GDPR 5(2), 32(1)'),
        request: because(words.request, 'GDPR 5(2)'),
        directory: because(words.directory, 'GDPR 5(1)(e)'),
      },
    },
    traffic: { digits: null, waits: null, linkChannels: null },
    dpia: {
      reference: words.dpia,
      completedOn: date,
      measures: [],
    },
    bounds: { fleetMayChange: ['groups', 'holidays'], maxContentDays: purpose.retention.contentDays },
  };
}
