/** The fields of a purpose, out of the document and into it: four forms, for no page asks everything at once. */
import { levels, type Purpose } from '@belkluis/shared/policy/purpose';
import type { Policy } from '@belkluis/shared/policy/schema';
import { templateNames } from '@belkluis/shared/policy/templates';
import { uses } from '@belkluis/shared/policy/uses';
import { linesIn, listIn, numberIn, optional, type Shape, type Typed } from './form.ts';
import {
  becauseIn,
  joined,
  on,
  type PolicyPart,
  type PolicySection,
  termDaysIn,
  termShapes,
  termTyped,
  unusualShape,
} from './policy-form.ts';

export const purposeParts = ['ground', 'terms', 'told', 'access'] as const;

export type PurposePart = (typeof purposeParts)[number];

const spokenLanguages = ['nl', 'en', 'de', 'fr'] as const;

const text = (id: string, at: string, required = false): Shape => ({ id, is: 'text', at, required });

const bases = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
const specialGrounds = ['', 'a', 'b', 'c', 'f', 'g', 'h', 'i', 'j'] as const;

interface Of {
  readonly sections: readonly PolicySection[];
  readonly typed: Typed;
  /** @throws FieldWrong */
  next(typed: Typed): unknown;
}

function consentIn(typed: Typed): unknown {
  switch (typed.consentMode) {
    case 'opt-out':
      return { mode: 'opt-out', key: typed.consentKey, remember: typed.remember === 'on' };
    case 'opt-in':
      return {
        mode: 'opt-in',
        key: typed.consentKey,
        refuseKey: typed.refuseKey,
        asks: typed.asks,
        patienceSeconds: numberIn(typed, 'patienceSeconds'),
      };
    default:
      return { mode: typed.consentMode };
  }
}

function ground(purpose: Purpose): Of {
  const { consent, assessment, specialCategories: special } = purpose;
  const optIn = consent.mode === 'opt-in' ? consent : null;
  return {
    sections: [
      {
        id: 'ground',
        shapes: [
          text('name', 'name', true),
          { id: 'lawfulBasis', is: 'pick', at: 'lawfulBasis', of: bases },
          { id: 'rationale', is: 'words', at: 'rationale', required: true },
          text('assessmentReference', 'assessment'),
          { id: 'assessmentCompletedOn', is: 'day', at: 'assessment.completedOn' },
        ],
      },
      {
        id: 'consent',
        shapes: [
          { id: 'consentMode', is: 'pick', at: 'consent.mode', of: ['inform', 'opt-out', 'opt-in'] },
          text('consentKey', 'consent.key'),
          text('refuseKey', 'consent.refuseKey'),
          { id: 'patienceSeconds', is: 'number', at: 'consent.patienceSeconds' },
          { id: 'asks', is: 'pick', at: 'consent.asks', of: ['outside', 'everybody'] },
          { id: 'remember', is: 'check', at: 'consent.remember' },
        ],
      },
      {
        id: 'special',
        shapes: [
          { id: 'specialGround', is: 'pick', at: 'specialCategories', of: specialGrounds },
          { id: 'specialStatement', is: 'words', at: 'specialCategories.statement' },
        ],
      },
    ],
    typed: {
      name: purpose.name,
      lawfulBasis: purpose.lawfulBasis,
      rationale: purpose.rationale,
      assessmentReference: assessment?.reference ?? '',
      assessmentCompletedOn: assessment?.completedOn ?? '',
      consentMode: consent.mode,
      consentKey: consent.mode === 'inform' ? '' : consent.key,
      refuseKey: optIn?.refuseKey ?? '',
      patienceSeconds: optIn ? String(optIn.patienceSeconds) : '',
      asks: optIn?.asks ?? 'outside',
      remember: on(consent.mode === 'opt-out' && consent.remember),
      specialGround: special?.ground ?? '',
      specialStatement: special?.statement ?? '',
    },
    next: (typed) => ({
      ...purpose,
      name: typed.name,
      lawfulBasis: typed.lawfulBasis,
      rationale: typed.rationale,
      assessment: optional(typed, 'assessmentReference')
        ? { reference: typed.assessmentReference, completedOn: typed.assessmentCompletedOn }
        : null,
      consent: consentIn(typed),
      specialCategories: optional(typed, 'specialGround')
        ? { ground: typed.specialGround, statement: typed.specialStatement }
        : null,
    }),
  };
}

function terms(purpose: Purpose): Of {
  const { retention } = purpose;
  const { because, minimum } = retention;
  return {
    sections: [
      {
        id: 'content',
        shapes: [
          { id: 'template', is: 'pick', at: 'template', of: ['', ...templateNames] },
          ...termShapes('content', 'retention.', 'contentDays'),
          unusualShape('content'),
        ],
      },
      { id: 'trafficTerm', shapes: [...termShapes('traffic', 'retention.', 'days')] },
      { id: 'evidence', shapes: [...termShapes('evidence', 'retention.', 'evidenceDays')] },
      {
        id: 'minimum',
        shapes: [
          { id: 'minimumDays', is: 'number', at: 'retention.minimum' },
          text('minimumGround', 'retention.minimum.ground'),
          { id: 'mandatory', is: 'check', at: 'mandatory' },
        ],
      },
    ],
    typed: {
      template: purpose.template ?? '',
      ...termTyped('content', retention.contentDays, because.content),
      ...termTyped('traffic', retention.trafficDays, because.traffic),
      ...termTyped('evidence', retention.evidenceDays, because.evidence),
      minimumDays: minimum ? String(minimum.days) : '',
      minimumGround: minimum?.ground ?? '',
      mandatory: on(purpose.mandatory),
    },
    next(typed) {
      const days = numberIn(typed, 'minimumDays');
      return {
        ...purpose,
        template: optional(typed, 'template'),
        retention: {
          contentDays: termDaysIn(typed, 'content'),
          trafficDays: termDaysIn(typed, 'traffic'),
          evidenceDays: termDaysIn(typed, 'evidence'),
          minimum: days === undefined ? undefined : { days, ground: typed.minimumGround },
          because: {
            content: becauseIn(typed, 'content'),
            traffic: { ...becauseIn(typed, 'traffic'), unusual: because.traffic.unusual },
            evidence: { ...becauseIn(typed, 'evidence'), unusual: because.evidence.unusual },
          },
        },
        mandatory: typed.mandatory === 'on',
      };
    },
  };
}

/** What a schema says of the n-th language it says of its number; the form knows languages by name. */
const saidShapes = (language: string, at: number): readonly Shape[] => [
  { id: `${language}-purpose`, text: 'saidPurpose', is: 'text', at: `announcement.said.${at}.purpose` },
  { id: `${language}-training`, text: 'saidTraining', is: 'text', at: `announcement.said.${at}.training` },
  { id: `${language}-text`, text: 'saidText', is: 'words', at: `announcement.said.${at}.text` },
];

/** `order`: the languages in which it is said, as the page has them at this moment. */
function told(purpose: Purpose, order: readonly string[]): Of {
  const { announcement } = purpose;
  const { said } = announcement;
  const words = (language: string) => said.find((one) => one.language === language);
  const rank = (language: string) => (order.includes(language) ? order.indexOf(language) : order.length);
  const languages = [...spokenLanguages].sort((a, b) => rank(a) - rank(b));
  return {
    sections: [
      {
        id: 'hearing',
        shapes: [
          { id: 'by', is: 'pick', at: 'announcement.by', of: ['box', 'source'] },
          {
            id: 'callerHears',
            is: 'pick',
            at: 'announcement.callerHears',
            of: ['after-answer', 'early-media', 'answered-first'],
          },
          { id: 'staffHear', is: 'check', at: 'announcement.staffHear' },
          { id: 'staffBeepSeconds', is: 'number', at: 'announcement.staffBeepSeconds' },
          text('languages', 'announcement.said', true),
        ],
      },
      ...languages.map((language, at) => ({
        id: language,
        folded: !order.includes(language),
        shapes: saidShapes(language, at),
      })),
      {
        id: 'use',
        shapes: [
          { id: 'uses', is: 'many', at: 'uses', of: uses },
          { id: 'notUsedFor', is: 'lines', at: 'notUsedFor' },
        ],
      },
    ],
    typed: {
      by: announcement.by,
      callerHears: announcement.callerHears,
      staffHear: on(announcement.staffHear),
      staffBeepSeconds: announcement.staffBeepSeconds === null ? '' : String(announcement.staffBeepSeconds),
      languages: said.map(({ language }) => language).join(', '),
      ...Object.fromEntries(
        spokenLanguages.flatMap((language) => [
          [`${language}-purpose`, words(language)?.purpose ?? ''],
          [`${language}-training`, words(language)?.training ?? ''],
          [`${language}-text`, words(language)?.text ?? ''],
        ]),
      ),
      uses: joined(purpose.uses),
      notUsedFor: joined(purpose.notUsedFor),
    },
    next: (typed) => ({
      ...purpose,
      announcement: {
        by: typed.by,
        callerHears: typed.callerHears,
        staffHear: typed.staffHear === 'on',
        staffBeepSeconds: numberIn(typed, 'staffBeepSeconds') ?? null,
        said: languagesIn(typed).map((language) => ({
          language,
          purpose: typed[`${language}-purpose`] ?? '',
          training: optional(typed, `${language}-training`),
          text: optional(typed, `${language}-text`),
          wavs: words(language)?.wavs,
        })),
      },
      uses: listIn(typed, 'uses'),
      notUsedFor: linesIn(typed, 'notUsedFor'),
    }),
  };
}

/** Languages as they were typed, in order. */
export const languagesIn = (typed: Typed): string[] =>
  (typed.languages ?? '')
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);

function access(purpose: Purpose, fingerprints: readonly string[]): Of {
  const { register, pause } = purpose;
  const listed = [...new Set([...fingerprints, ...(purpose.recipients ?? [])])];
  return {
    sections: [
      {
        id: 'opening',
        shapes: [
          { id: 'level', is: 'pick', at: 'level', of: levels },
          { id: 'mayOpen', is: 'many', at: 'mayOpen', of: ['custodian', 'dpo'] },
          { id: 'recipients', is: 'many', at: 'recipients', of: listed },
        ],
      },
      { id: 'pausing', shapes: [{ id: 'pauseSeconds', is: 'number', at: 'pause' }] },
      {
        id: 'register',
        shapes: [
          { id: 'dataSubjects', is: 'lines', at: 'register.dataSubjects', required: true },
          { id: 'dataCategories', is: 'lines', at: 'register.dataCategories', required: true },
          { id: 'receivers', is: 'lines', at: 'register.receivers' },
        ],
      },
    ],
    typed: {
      level: purpose.level,
      mayOpen: joined(purpose.mayOpen),
      recipients: joined(purpose.recipients),
      pauseSeconds: pause ? String(pause.resumeSeconds) : '',
      dataSubjects: joined(register.dataSubjects),
      dataCategories: joined(register.dataCategories),
      receivers: joined(register.receivers),
    },
    next(typed) {
      const seconds = numberIn(typed, 'pauseSeconds');
      const sealedTo = listIn(typed, 'recipients');
      return {
        ...purpose,
        level: typed.level,
        mayOpen: listIn(typed, 'mayOpen'),
        recipients: sealedTo.length === 0 ? null : sealedTo,
        pause: seconds === undefined ? null : { resumeSeconds: seconds },
        register: {
          dataSubjects: linesIn(typed, 'dataSubjects'),
          dataCategories: linesIn(typed, 'dataCategories'),
          receivers: linesIn(typed, 'receivers'),
        },
      };
    },
  };
}

interface Around {
  /** Of the recipients list in force. */
  readonly fingerprints: readonly string[];
  /** Languages that were typed, where a form was sent. */
  readonly languages?: readonly string[];
}

/** A part of the purpose at `index`. */
export function purposePart(policy: Policy, index: number, name: PurposePart, around: Around): PolicyPart {
  const purpose = policy.purposes[index]!;
  const spoken = around.languages ?? purpose.announcement.said.map(({ language }) => language);
  const of = {
    ground: () => ground(purpose),
    terms: () => terms(purpose),
    told: () => told(purpose, spoken),
    access: () => access(purpose, around.fingerprints),
  }[name]();
  return {
    ...of,
    under: ['purposes', index],
    next: (typed) => ({
      ...policy,
      purposes: policy.purposes.map((one, at) => (at === index ? of.next(typed) : one)),
    }),
  };
}
