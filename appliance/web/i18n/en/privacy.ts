/** Texts of what people are told, what they said, and what is stored of them. */
import { plural } from './findings.ts';

export const privacyTexts = {
  privacy: {
    nav: 'Privacy',
    places: {
      register: 'Register',
      callers: 'Notice to callers',
      staff: 'Notice to staff',
      dpia: 'Impact assessment',
      objections: 'Objections',
      data: 'What is stored',
    },
    inLanguage: 'This document in',
    keepPage: 'Keep as a page',
    keepData: 'Keep as data (JSON)',
    storedCount: (fields: number, personal: number) => `${fields} fields, ${personal} of them about people`,
    yes: 'yes',
    no: 'no',

    register: 'Register of processing',
    registerOf: (version: number) => `Register of processing, version ${version}`,
    registerLead: 'Read from the policy in force, from who holds a role, and from where backups go (GDPR 30).',
    recorded: (version: number) => `Version ${version} says what is so.`,
    drift: (what: string) =>
      `What is recorded is not what is so: ${what}. Tell IT: belkluis register --record writes it.`,
    earlier: (version: number) => `This is version ${version}, as it was then.`,
    now: 'As it is now',
    versions: 'Versions',
    versionsLead: 'Newest first.',
    version: (version: number) => `Version ${version}`,
    causes: {
      policy: 'a policy came into force',
      roles: 'somebody holds another role',
      start: 'the box was set up anew or updated',
      asked: 'somebody had it written',
    } as Readonly<Record<string, string>>,

    callers: 'What callers are told',
    callersLead: (website: string) =>
      `Put it where the announcement points to: ${website}. It says what callers hear, in full (GDPR 13).`,

    dpiaNeeded: 'An impact assessment is needed',
    dpiaNotNeeded: 'An impact assessment is not needed',
    dpiaLead:
      'Asked of the policy in force and of how many recordings there are (GDPR 35). The draft below is for people to finish.',
    dpiaDone: 'The policy names one.',
    dpiaMissing: 'The policy names none. Finish the draft, sign it off, and name it in the policy.',
    dpiaNot: 'Fewer than two criteria hold.',
    openMeasures: 'Measures that nothing carries out yet',
    interests: 'Weighing of interests',
    interestsLead: 'A draft for each purpose that rests on a legitimate interest.',

    staff: 'What colleagues are told',
    staffLead: 'A colleague whose phone has not acknowledged the present notice of a purpose is not recorded for it.',
    who: 'Who has acknowledged it',
    nobodyMissing: 'Everybody whom it concerns.',
    someMissing: (count: number) =>
      `${count} ${plural(count, 'phone has', 'phones have')} not. Their calls are not recorded.`,
    noPhones: 'No phone is known yet.',
    states: { acknowledged: 'Acknowledged', outdated: 'An earlier notice', missing: 'Not yet' },
    ways: { desk: 'at the desk', phone: 'by phone', paper: 'on paper' } as Readonly<Record<string, string>>,
    notedBy: (name: string) => `noted by ${name}`,
    notConcerned: 'No rule is for this phone.',
    withdraw: 'Take back',
    sign: 'Somebody has signed',
    signLead: 'Have the present notice read and signed, keep the paper, and note it here.',
    extensions: 'Phones',
    extensionsHint: 'As the box or the PBX calls them: 201, 202. One a line, or with commas.',
    ofPurpose: 'For',
    everyPurpose: 'every purpose',
    signLogged: 'The audit log has it, with your name, before it counts.',
    note: 'Note it',
    noticeVersion: 'Version of the notice',
    readNotice: 'Read the notice',

    objections: 'Objections',
    noObjections: 'No number is exempt',
    objectionsCount: (count: number) =>
      count === 1 ? 'One number is not recorded' : `${count} numbers are not recorded`,
    objectionsLead:
      'Calls with such a number connect and are not recorded, but for those that a law demands (GDPR 21).',
    number: 'Number',
    numberHint: 'As people write it: 020 555 01 00 or +31 20 555 01 00.',
    since: 'Since',
    leaves: 'Leaves, unless they call',
    hows: { key: 'by a key in a call', desk: 'at this desk', cli: 'in the command line' } as Readonly<
      Record<string, string>
    >,
    takeBack: 'Take back',
    addObjection: 'Somebody objects',
    caseRef: 'Case',
    caseHint: 'The number under which it is filed, if there is one. No names.',
    keepObjection: 'Do not record this number',

    data: 'What this box stores',
    dataLead: 'Every field of every database, and every file that is in none (GDPR 25, 30).',
    stored: 'Field',
    whyStored: 'Why',
    personal: 'About somebody',
    category: 'Category',
    leavesAfter: 'Leaves',
    seenBy: 'Seen by',
    nobody: 'nobody',
  },
};

export type PrivacyTexts = typeof privacyTexts;
