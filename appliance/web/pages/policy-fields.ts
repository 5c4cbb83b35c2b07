/** The fields of the policy as a whole, out of the document and into it. */
import { fleetParts, type Policy, packNames } from '@belkluis/shared/policy/schema';
import { FieldWrong, linesIn, listIn, numberIn, optional, type Shape, type Typed } from './form.ts';
import { becauseIn, joined, type PolicyPart, termDaysIn, termShapes, termTyped } from './policy-form.ts';

/** Parts of the document itself, by the name in their address. */
export const documentParts = ['general', 'keys', 'kept', 'dpia', 'council', 'bounds', 'holidays'] as const;

export type DocumentPart = (typeof documentParts)[number];

const text = (id: string, at: string, required = false): Shape => ({ id, is: 'text', at, required });

/** Both or neither. @throws FieldWrong */
function pairIn(typed: Typed, one: string, other: string): [string, string] | null {
  const [a, b] = [optional(typed, one), optional(typed, other)];
  if (a === undefined && b === undefined) return null;
  if (a === undefined || b === undefined) throw new FieldWrong(a === undefined ? one : other);
  return [a, b];
}

const general = (policy: Policy): PolicyPart => {
  const { controller, numbering } = policy;
  return {
    under: [],
    sections: [
      {
        id: 'controller',
        shapes: [
          text('controllerName', 'controller.name', true),
          text('controllerContact', 'controller.contact', true),
          text('dpoName', 'controller.dpo.name'),
          text('dpoContact', 'controller.dpo.contact'),
          text('authority', 'controller.authority', true),
          text('moreAt', 'controller.moreAt', true),
          text('website', 'controller.website', true),
        ],
      },
      {
        id: 'law',
        shapes: [
          { id: 'lawPacks', is: 'many', at: 'lawPacks', of: packNames },
          { id: 'regions', is: 'lines', at: 'regions', required: true },
        ],
      },
      {
        id: 'numbering',
        shapes: [
          text('country', 'numbering.country', true),
          text('national', 'numbering.national'),
          text('international', 'numbering.international', true),
        ],
      },
    ],
    typed: {
      controllerName: controller.name,
      controllerContact: controller.contact,
      dpoName: controller.dpo?.name ?? '',
      dpoContact: controller.dpo?.contact ?? '',
      authority: controller.authority,
      moreAt: controller.moreAt,
      website: controller.website,
      lawPacks: joined(policy.lawPacks),
      regions: joined(policy.regions),
      country: numbering.country,
      national: numbering.national,
      international: numbering.international,
    },
    next(typed) {
      const dpo = pairIn(typed, 'dpoName', 'dpoContact');
      return {
        ...policy,
        controller: {
          name: typed.controllerName,
          contact: typed.controllerContact,
          dpo: dpo && { name: dpo[0], contact: dpo[1] },
          authority: typed.authority,
          moreAt: typed.moreAt,
          website: typed.website,
        },
        lawPacks: listIn(typed, 'lawPacks'),
        regions: listIn(typed, 'regions').map((code) => code.toUpperCase()),
        numbering: { country: typed.country, national: typed.national, international: typed.international },
      };
    },
  };
};

const keys = (policy: Policy): PolicyPart => ({
  under: [],
  sections: [
    {
      id: 'keys',
      shapes: [
        text('keyPrivate', 'keys.private', true),
        text('keyPause', 'keys.pause', true),
        text('keyStart', 'keys.start', true),
      ],
    },
  ],
  typed: { keyPrivate: policy.keys.private, keyPause: policy.keys.pause, keyStart: policy.keys.start },
  next: (typed) => ({
    ...policy,
    keys: { private: typed.keyPrivate, pause: typed.keyPause, start: typed.keyStart },
  }),
});

const kept = (policy: Policy): PolicyPart => {
  const { retention, traffic, purposes } = policy;
  const of = ['', ...purposes.map(({ id }) => id)];
  const classes = ['access', 'request', 'directory'] as const;
  return {
    under: [],
    sections: [
      ...classes.map((name) => ({ id: name, shapes: termShapes(name, 'retention.', 'days') })),
      {
        id: 'traffic',
        shapes: [
          { id: 'trafficDigits', is: 'pick', at: 'traffic.digits', of },
          { id: 'trafficWaits', is: 'pick', at: 'traffic.waits', of },
          { id: 'trafficLinks', is: 'pick', at: 'traffic.linkChannels', of },
        ],
      },
    ],
    typed: {
      ...termTyped('access', retention.accessDays, retention.because.access),
      ...termTyped('request', retention.requestDays, retention.because.request),
      ...termTyped('directory', retention.directoryDays, retention.because.directory),
      trafficDigits: traffic.digits ?? '',
      trafficWaits: traffic.waits ?? '',
      trafficLinks: traffic.linkChannels ?? '',
    },
    next: (typed) => ({
      ...policy,
      retention: {
        accessDays: termDaysIn(typed, 'access'),
        requestDays: termDaysIn(typed, 'request'),
        directoryDays: termDaysIn(typed, 'directory'),
        because: {
          access: becauseIn(typed, 'access'),
          request: becauseIn(typed, 'request'),
          directory: becauseIn(typed, 'directory'),
        },
      },
      traffic: {
        digits: optional(typed, 'trafficDigits') ?? null,
        waits: optional(typed, 'trafficWaits') ?? null,
        linkChannels: optional(typed, 'trafficLinks') ?? null,
      },
    }),
  };
};

const dpia = (policy: Policy): PolicyPart => ({
  under: [],
  sections: [
    {
      id: 'dpia',
      shapes: [
        text('dpiaReference', 'dpia.reference'),
        { id: 'dpiaCompletedOn', is: 'day', at: 'dpia.completedOn' },
        { id: 'measures', is: 'lines', at: 'dpia.measures' },
      ],
    },
  ],
  typed: {
    dpiaReference: policy.dpia?.reference ?? '',
    dpiaCompletedOn: policy.dpia?.completedOn ?? '',
    measures: joined(
      policy.dpia?.measures.map(({ measure, field }) => (field === null ? measure : `${measure} = ${field}`)),
    ),
  },
  next(typed) {
    const named = pairIn(typed, 'dpiaReference', 'dpiaCompletedOn');
    const measures = linesIn(typed, 'measures').map((line) => {
      const at = line.lastIndexOf('=');
      return at < 0
        ? { measure: line, field: null }
        : { measure: line.slice(0, at).trim(), field: line.slice(at + 1).trim() };
    });
    return { ...policy, dpia: named && { reference: named[0], completedOn: named[1], measures } };
  },
});

const council = (policy: Policy): PolicyPart => {
  const { worksCouncil: said } = policy;
  return {
    under: [],
    sections: [
      {
        id: 'council',
        shapes: [
          { id: 'councilSays', is: 'pick', at: 'worksCouncil', of: ['', 'agreed', 'none'] },
          text('councilReference', 'worksCouncil.reference'),
          { id: 'councilCompletedOn', is: 'day', at: 'worksCouncil.completedOn' },
          { id: 'councilWhy', is: 'words', at: 'worksCouncil.why' },
        ],
      },
    ],
    typed: {
      councilSays: said?.council ?? '',
      councilReference: said?.council === 'agreed' ? said.reference : '',
      councilCompletedOn: said?.council === 'agreed' ? said.completedOn : '',
      councilWhy: said?.council === 'none' ? said.why : '',
    },
    next(typed) {
      const agreed = { reference: typed.councilReference, completedOn: typed.councilCompletedOn };
      switch (typed.councilSays) {
        case 'agreed':
          return { ...policy, worksCouncil: { council: 'agreed', ...agreed } };
        case 'none':
          return { ...policy, worksCouncil: { council: 'none', why: typed.councilWhy } };
        default:
          return { ...policy, worksCouncil: null };
      }
    },
  };
};

const bounds = (policy: Policy): PolicyPart => ({
  under: [],
  sections: [
    {
      id: 'bounds',
      shapes: [
        { id: 'fleetMayChange', is: 'many', at: 'bounds.fleetMayChange', of: fleetParts },
        { id: 'maxContentDays', is: 'number', at: 'bounds.maxContentDays', required: true },
      ],
    },
  ],
  typed: {
    fleetMayChange: joined(policy.bounds.fleetMayChange),
    maxContentDays: String(policy.bounds.maxContentDays),
  },
  next: (typed) => ({
    ...policy,
    bounds: {
      fleetMayChange: listIn(typed, 'fleetMayChange'),
      maxContentDays: numberIn(typed, 'maxContentDays'),
    },
  }),
});

const holidays = (policy: Policy): PolicyPart => ({
  under: [],
  sections: [{ id: 'holidays', shapes: [{ id: 'holidays', is: 'lines', at: 'holidays' }] }],
  typed: { holidays: joined(policy.holidays.map(({ date, name }) => `${date} ${name}`)) },
  next: (typed) => ({
    ...policy,
    holidays: linesIn(typed, 'holidays').map((line) => {
      const [date = '', ...name] = line.split(/\s+/);
      return { date, name: name.join(' ') };
    }),
  }),
});

const parts: Readonly<Record<DocumentPart, (policy: Policy) => PolicyPart>> = {
  general,
  keys,
  kept,
  dpia,
  council,
  bounds,
  holidays,
};

export const documentPart = (policy: Policy, name: DocumentPart): PolicyPart => parts[name](policy);
