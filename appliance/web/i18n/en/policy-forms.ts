/** Texts of the forms in which the policy is written. */
import type { FieldText } from '../../pages/form.ts';

const of = (label: string, hint: string, fault = 'This cannot be used here. The hint says what can.'): FieldText => ({
  label,
  hint,
  fault,
});

const A_SENTENCE = 'Write a sentence: 20 characters at least.';
const A_NUMBER = 'Give a whole number within the limits that the hint names.';
const A_DAY = 'Choose a day.';
const A_KEY = 'Give one key: a digit, * or #.';
const A_SEQUENCE = 'Give * or # and one to three digits, such as *8. Each key sequence is for one thing.';
const NUMBERS = 'One a line: 020 555 01 00, +3120*, 2??. A * at the end stands for any rest, a ? for one character.';
const A_PATTERN = 'Each line is a number or user, with ? for one character and * at its end at most.';
const AN_ID = 'Give lower-case letters, digits and dashes that nothing else of this kind is called by.';
const WORDS = 'Give 1 to 200 characters.';

const fields = {
  id: of('Short name', 'Lower-case letters, digits and dashes. It stays as it is.', AN_ID),

  controllerName: of('Name', 'As callers hear it: Van Dam Insurance.', 'Give 2 to 200 characters.'),
  controllerContact: of('How to reach it', 'An address, a number or an e-mail address.', WORDS),
  dpoName: of('Data protection officer', 'Empty: there is none.', 'Give name and address of the DPO, or neither.'),
  dpoContact: of('How to reach the DPO', '', 'Give name and address of the DPO, or neither.'),
  authority: of('Authority', 'That takes complaints.', WORDS),
  moreAt: of('Callers read more at', 'As it is spoken: example.nl slash calls.', WORDS),
  website: of('The page that this leads to', '', 'Give an address such as https://example.nl/calls.'),
  lawPacks: of('Law that binds these calls', 'What it forbids is refused, with the article.'),
  regions: of(
    'Where recordings and backups may be',
    'Country codes such as NL, or EEA for the European Economic Area, one a line.',
    'Each line is a country code such as NL, or EEA.',
  ),
  country: of('Country code', 'Of numbers that are written without one: 31.', 'Give a country code such as 31.'),
  national: of(
    'Before national numbers',
    'What people dial first: 0. Empty where there is none.',
    'Give up to two digits.',
  ),
  international: of('Before international numbers', 'What people dial first: 00.', 'Give one to four digits.'),
  keyPrivate: of(
    'Private call',
    'Pressed in a call, or dialled before a number: this call is not recorded.',
    A_SEQUENCE,
  ),
  keyPause: of('Pause', 'Pressed in a call: recording pauses. Once more: it goes on.', A_SEQUENCE),
  keyStart: of('Record', 'Pressed in a call: recording begins, where a rule leaves that to people.', A_SEQUENCE),

  days: of('Kept, days', '1 to 3653.', 'Give a number of days from 1 to 3653.'),
  why: of('Why so long', 'A sentence: why this long and no less.', A_SENTENCE),
  termGround: of('Ground', 'An article of law, a supervisor’s guidance, a decision of the organisation.', WORDS),
  author: of('Decided by', '', WORDS),
  date: of('Decided on', '', A_DAY),
  unusual: of(
    'Longer than usual because',
    'Asked where the term is longer than the template usually has.',
    'This is longer than usual for the template. Choose what makes it longer.',
  ),
  trafficDigits: of('Choices in menus', 'The purpose that they are stored for.'),
  trafficWaits: of('Each call’s waiting time', 'Otherwise only sums of an hour are stored.'),
  trafficLinks: of('Link to mail and chat', 'The purpose that calls are joined with other channels for.'),

  dpiaReference: of(
    'DPIA',
    'By what name or number it is filed. Empty: there is none.',
    'Give both its name and its day, or neither.',
  ),
  dpiaCompletedOn: of('Signed off on', '', 'Give both its name and its day, or neither.'),
  measures: of(
    'What it asks for',
    'One a line, and after = the field of the policy that does it: Short terms = purposes.complaints.retention. Without one it is still open.',
    'Each line is a measure of up to 200 characters, and after = the path of a field of this policy.',
  ),
  councilSays: of('What the works council says', ''),
  councilReference: of('By what name its agreement is filed', '', WORDS),
  councilCompletedOn: of('Agreed on', '', A_DAY),
  councilWhy: of('Why there is none', 'A sentence.', A_SENTENCE),
  correctedValue: of('Number that holds instead', ''),
  fleetMayChange: of('Parts that may be changed from outside', 'Nothing else may be, and never these bounds.'),
  maxContentDays: of(
    'Most days from outside',
    '1 to 3653. No policy from outside keeps what was said for longer.',
    A_NUMBER,
  ),
  holidays: of(
    'Holidays',
    'One a line: 2026-12-25 Christmas Day.',
    'Each line is a day such as 2026-12-25 and what it is called.',
  ),

  groupExtensions: of('Phones', NUMBERS, `${A_PATTERN} Name one at least.`),
  neverWhy: of('Why', 'Whoever withholds their number has none to name.'),
  neverNumbers: of('Numbers outside', NUMBERS, `${A_PATTERN} Name numbers or phones, but none for withheld numbers.`),
  neverExtensions: of('Own phones', NUMBERS, A_PATTERN),

  rulePurpose: of('Recorded for', ''),
  direction: of('Which way', ''),
  via: of('By what', ''),
  from: of('Who calls', `${NUMBERS} Empty: anybody.`, A_PATTERN),
  to: of('Who is called', `${NUMBERS} Empty: anybody.`, A_PATTERN),
  extensions: of('Own phones in the call', `${NUMBERS} Empty: any.`, A_PATTERN),
  groups: of('Groups', 'One of whose phones is in the call. None: any.'),
  queues: of('Called first', 'Number that was called from outside, or queue. One a line; empty: any.', A_PATTERN),
  trunks: of('Trunks', 'By which the call comes or goes, one a line. Empty: any.', 'Each line is the name of a trunk.'),
  scheduleDays: of('Days', 'None: at any time.', 'Choose days as well, or leave the times empty.'),
  scheduleFrom: of('From', 'A time of day: 08:00.', 'Give a time of day such as 08:00.'),
  scheduleUntil: of(
    'Until',
    'A time of day. Before the first it is that of the next day.',
    'Give a time of day such as 18:00.',
  ),
  timeZone: of('Time zone', 'Empty: that of the box.', 'Give a time zone such as Europe/Amsterdam.'),
  scheduleHolidays: of('On holidays', ''),
  sampling: of(
    'How many of them, percent',
    '1 to 100, by chance. Empty: all.',
    'Give a number from 1 to 100. Where a law demands the recording it is all of them.',
  ),
  start: of('When it begins', '', 'Where a law demands the recording it begins by itself.'),
  ruleLevel: of(
    'Level',
    'Never lower than that of the purpose.',
    'The level of a rule is not lower than that of its purpose.',
  ),
  ruleContentDays: of(
    'What is said, days',
    'Shorter than the purpose’s. Empty: as long.',
    'Give a number of days that is no longer than the purpose’s, and not below its minimum.',
  ),
  ruleTrafficDays: of(
    'Who called whom, days',
    'Shorter than the purpose’s. Empty: as long.',
    'Give a number of days that is no longer than the purpose’s.',
  ),

  name: of('Name', 'How people of the organisation call it.', 'Give 1 to 100 characters.'),
  lawfulBasis: of('Ground', 'GDPR 6(1).'),
  rationale: of('Why it needs recordings', 'A sentence or more. It stands in the register of processing.', A_SENTENCE),
  assessmentReference: of(
    'Weighing of interests',
    'By what name it is filed. Needed where the ground is a legitimate interest.',
    'A legitimate interest is weighed before it is relied on (GDPR 6(1)(f)). Give its name and its day.',
  ),
  assessmentCompletedOn: of('Weighed on', '', 'Give the day on which it was signed off.'),
  specialGround: of(
    'Special categories',
    'Whether health, beliefs or the like come up, and on what ground of GDPR 9(2).',
    'Special categories need a DPIA first. Name it in the policy.',
  ),
  specialStatement: of('How that ground is met', 'A sentence.', A_SENTENCE),
  consentMode: of(
    'Refusing and agreeing',
    '',
    'Where consent is the ground, callers agree first. Where a law demands the recording, or another system announces, they are only told.',
  ),
  consentKey: of('Key', 'That refuses, or agrees.', A_KEY),
  refuseKey: of('Key that takes consent back', '', 'Give another key than the one that agrees.'),
  remember: of('Pressed once more, the number is remembered', 'Calls with it are not recorded again.'),
  asks: of('Who must agree', 'Between own phones it is always everybody.'),
  patienceSeconds: of('How long a key is waited for, seconds', '3 to 60.', A_NUMBER),

  template: of('Template', 'What it usually is. It bounds the terms.'),
  contentDays: of(
    'Kept, days',
    '1 to 3653.',
    'Give a number of days from 1 to 3653, and no more than the template has.',
  ),
  evidenceDays: of(
    'Kept, days',
    'As long as what was said, at least.',
    'Proof outlives what it proves: give as many days as what was said is kept, at least.',
  ),
  minimumDays: of(
    'Not erased before, days',
    'Where a law demands it. Empty: it may be erased at any time.',
    'Give a number of days within the term, and as many as the template demands.',
  ),
  minimumGround: of('Which law', '', 'Name the law that demands it.'),
  mandatory: of('A law demands these recordings', 'Nobody can refuse them, and a call that cannot be recorded ends.'),

  by: of('Who says it', 'The system that sends copies of its calls says it where the box cannot speak.'),
  callerHears: of('When callers hear it', ''),
  staffHear: of('Colleagues hear it as well', 'Besides the notice that they have acknowledged.'),
  staffBeepSeconds: of('A tone for colleagues every, seconds', '5 to 120. Empty: none.', A_NUMBER),
  languages: of(
    'Languages',
    'In the order in which they are spoken: nl, en. Known are nl, en, de and fr.',
    'Name one language at least, each once: nl, en, de, fr.',
  ),
  saidPurpose: of('The purpose, as callers hear it', 'Such as: to settle complaints.', 'Give 3 to 200 characters.'),
  saidTraining: of(
    'Of the use for AI',
    'Only where training of AI is a use: and to train a model that routes calls.',
    'Say it where training of AI is a use, and only there: 3 to 200 characters.',
  ),
  saidText: of(
    'The whole sentence in own words',
    'With {who}, {purpose}, {retention}, {refuse} and {more} in it. Empty: the box words it.',
    'All of {who}, {purpose}, {retention}, {refuse} and {more} must be in it, in 1000 characters at most.',
  ),
  uses: of('Used for', 'Each export names one of these.', 'Choose one at least.'),
  notUsedFor: of(
    'Not used for',
    'What people are told, one a line: judging the work of employees.',
    'Up to 20 lines of up to 200 characters.',
  ),

  level: of('Level', ''),
  mayOpen: of('Who may open', '', 'Choose one at least.'),
  recipients: of('Sealed to', 'None: everybody on the recipients list.', 'Choose two at least, or none for everybody.'),
  pauseSeconds: of('A pause ends by itself after, seconds', '10 to 900. Empty: colleagues may not pause.', A_NUMBER),
  dataSubjects: of('Whose data', 'One a line: customers, employees.', 'Up to 20 lines; one at least.'),
  dataCategories: of('Which data', 'One a line: what is said in calls.', 'Up to 20 lines; one at least.'),
  receivers: of('Who outside receives them', 'One a line. Empty: nobody.', 'Up to 20 lines.'),

  wavs: of('Recording by a person', ''),
  recipientRole: of('Role', ''),
  certificate: of('Certificate', ''),
  listVersion: of('Version of the list', ''),
  listForm: of('Form of the document', ''),
  audience: of('For which boxes', ''),
  version: of('Version', ''),
  previousHash: of('The one before', ''),
  issuedAt: of('Signed on', ''),
  expiresAt: of('Can be applied until', ''),

  like: of('Begin with', 'Its fields are filled in; all of them can be changed.'),
} satisfies Record<string, FieldText>;

export type PolicyField = keyof typeof fields;

const forms = {
  controller: { title: 'Who is responsible', lead: 'Callers hear the name, and read the rest.' },
  law: { title: 'Law and place', lead: '' },
  numbering: { title: 'How numbers are written', lead: 'In this policy.' },
  keys: { title: 'Keys of phones', lead: 'What people of the organisation press.' },
  access: { title: 'Who did what at the desk', lead: '' },
  request: { title: 'What people asked', lead: '' },
  directory: { title: 'People and phones that are not used', lead: '' },
  traffic: { title: 'Kept of calls besides', lead: 'Nothing of it is stored without a purpose.' },
  dpia: { title: 'DPIA', lead: 'Rules that record all calls, and special categories, need one (GDPR 35).' },
  council: { title: 'Works council', lead: '' },
  corrections: { title: 'Correction of a law pack', lead: '' },
  bounds: { title: 'From outside', lead: 'What whoever manages the box may change.' },
  holidays: { title: 'Holidays', lead: 'Rules may treat them differently.' },
  group: { title: 'The group', lead: '' },
  never: { title: 'Never recorded', lead: 'Whatever the rules say.' },
  which: { title: 'Which calls', lead: 'All that is named here must hold.' },
  when: { title: 'When', lead: '' },
  how: { title: 'What becomes of them', lead: '' },
  ground: { title: 'Why, and on what ground', lead: '' },
  special: { title: 'Special categories', lead: '' },
  consent: { title: 'Refusing and agreeing', lead: '' },
  content: { title: 'What was said', lead: '' },
  trafficTerm: { title: 'Who called whom, and when', lead: '' },
  evidence: { title: 'Proof that it was announced and erased', lead: '' },
  minimum: { title: 'Demanded by law', lead: '' },
  hearing: { title: 'Who hears it, and when', lead: '' },
  nl: { title: 'In Dutch', lead: '' },
  en: { title: 'In English', lead: '' },
  de: { title: 'In German', lead: '' },
  fr: { title: 'In French', lead: '' },
  use: { title: 'What recordings are used for', lead: '' },
  opening: { title: 'Who may open', lead: '' },
  pausing: { title: 'Pausing', lead: '' },
  register: { title: 'Register of processing', lead: 'What it says besides what it reads from the policy.' },
  begin: { title: 'Purpose', lead: '' },
  recipients: { title: 'Recipients', lead: '' },
  itself: { title: 'This policy', lead: '' },
};

export type PolicyFormSection = keyof typeof forms;

export const policyFormTexts = {
  policyForm: {
    fields: fields as Readonly<Record<PolicyField, FieldText>>,
    forms: forms as Readonly<Record<PolicyFormSection, { readonly title: string; readonly lead: string }>>,
    none: 'none',
    any: 'any',
    yes: 'yes',
    no: 'no',
    notThere: 'not there',
    own: 'As in the purpose',
    directions: { internal: 'between own phones', inbound: 'from outside', outbound: 'to outside' } as Readonly<
      Record<string, string>
    >,
    vias: { phone: 'own phones and lines of this box', siprec: 'copies of another system’s calls' } as Readonly<
      Record<string, string>
    >,
    starts: { automatic: 'by itself', manual: 'when somebody of the organisation asks' } as Readonly<
      Record<string, string>
    >,
    onHolidays: { 'as usual': 'as on any day', never: 'not at all', only: 'on these alone' } as Readonly<
      Record<string, string>
    >,
    modes: { inform: 'Callers are told', 'opt-out': 'A key refuses', 'opt-in': 'A key agrees first' } as Readonly<
      Record<string, string>
    >,
    askWords: { outside: 'those outside', everybody: 'everybody in the call' } as Readonly<Record<string, string>>,
    councils: {
      '': 'not asked, or has not agreed',
      agreed: 'has agreed, in writing',
      none: 'there is none to ask',
    } as Readonly<Record<string, string>>,
    grounds: {
      a: 'explicit consent (a)',
      b: 'employment and social law (b)',
      c: 'vital interests (c)',
      f: 'legal claims (f)',
      g: 'substantial public interest (g)',
      h: 'health care (h)',
      i: 'public health (i)',
      j: 'archive and research (j)',
    } as Readonly<Record<string, string>>,
    more: 'More settings',
    keep: 'Keep and go on',
    elsewhere: (where: string) => `What the policy says elsewhere does not fit this: ${where}. Change that first.`,
    used: (rules: string) => `Rules name it: ${rules}. Change those first.`,
  },
};

export type PolicyFormTexts = typeof policyFormTexts;
