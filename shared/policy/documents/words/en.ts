/** What documents say, in English. Other languages have the same form, so a text that is missing is a type error. */
import type { Consent, Level } from '../../purpose.ts';
import type { Use } from '../../uses.ts';
import type { Criterion, Guard } from '../dpia.ts';
import type { Measure, Subject } from '../register.ts';

export interface DocumentWords {
  /** Joined as people list things. */
  readonly and: string;
  readonly or: string;
  readonly none: string;
  readonly hours: (count: number) => string;
  readonly basis: Readonly<Record<'a' | 'b' | 'c' | 'd' | 'e' | 'f', string>>;
  readonly uses: Readonly<Record<Use, string>>;
  readonly levels: Readonly<Record<Level, string>>;
  readonly roles: Readonly<Record<'custodian' | 'dpo' | 'admin' | 'escrow', string>>;
  readonly classes: Readonly<
    Record<'content' | 'traffic' | 'evidence' | 'access' | 'request' | 'directory' | 'signalling', string>
  >;
  readonly minimum: (days: string, ground: string) => string;
  readonly register: {
    readonly title: (controller: string) => string;
    readonly about: string;
    readonly noPolicy: string;
    readonly controller: string;
    readonly contact: string;
    readonly dpo: string;
    readonly policy: string;
    readonly holders: string;
    readonly nobody: string;
    readonly left: string;
    readonly keys: string;
    readonly places: string;
    readonly box: string;
    readonly regions: string;
    readonly purpose: string;
    readonly why: string;
    readonly basis: string;
    readonly special: string;
    readonly subjects: string;
    readonly categories: string;
    readonly receivers: string;
    readonly access: string;
    readonly transfers: string;
    readonly transfersWithin: (regions: string) => string;
    readonly terms: string;
    readonly ofRule: (rule: string) => string;
    readonly measures: string;
    readonly level: string;
    readonly who: Readonly<Record<Subject, string>>;
    readonly own: Readonly<
      Record<
        'access' | 'requests' | 'directory' | 'unrecorded' | 'signalling',
        { readonly name: string; readonly why: string; readonly categories: string }
      >
    >;
    readonly measure: Readonly<Record<Measure, string>>;
  };
  readonly callers: {
    readonly title: (controller: string) => string;
    readonly who: string;
    readonly whoText: (controller: string, contact: string) => string;
    readonly dpo: (name: string, contact: string) => string;
    readonly purpose: (words: string) => string;
    readonly basis: string;
    readonly interest: string;
    readonly special: (ground: string, statement: string) => string;
    readonly kept: string;
    readonly keptText: (terms: readonly string[]) => string;
    readonly traffic: (term: string) => string;
    readonly evidence: (term: string) => string;
    readonly uses: string;
    readonly notUsedFor: string;
    readonly receivers: string;
    readonly noReceivers: string;
    readonly consent: (consent: Consent, mandatory: boolean) => string;
    readonly youHear: string;
    readonly bySource: string;
    readonly unrecorded: (term: string) => string;
    readonly other: string;
    readonly traffics: Readonly<Record<'digits' | 'waits' | 'linkChannels', (purpose: string) => string>>;
    readonly where: string;
    readonly whereText: (regions: string) => string;
    readonly rights: string;
    readonly access: string;
    readonly rectify: string;
    readonly erase: string;
    readonly restrict: string;
    readonly port: string;
    readonly withdraw: string;
    readonly ask: (contact: string, term: string) => string;
    readonly object: string;
    readonly objectText: string;
    readonly complain: string;
    readonly complainText: (authority: string) => string;
    readonly must: string;
    readonly mustNot: string;
    readonly mandatory: string;
    readonly decisions: string;
    readonly decisionsText: string;
    readonly version: (version: number) => string;
  };
  readonly staff: {
    readonly title: (purpose: string) => string;
    readonly what: string;
    readonly whatText: (controller: string, words: string) => string;
    readonly use: string;
    readonly notUsedFor: string;
    readonly open: string;
    readonly openText: (roles: string) => string;
    readonly long: string;
    readonly keys: string;
    readonly private: (key: string) => string;
    readonly pause: (key: string, seconds: number) => string;
    readonly start: (key: string) => string;
    readonly mandatory: string;
    readonly hear: string;
    readonly hearsAnnouncement: string;
    readonly hearsNothing: string;
    readonly beep: (seconds: number) => string;
    readonly never: string;
    readonly neverText: (whose: readonly Never[]) => string;
    readonly rights: string;
    readonly rightsText: (contact: string, authority: string) => string;
    readonly council: string;
    readonly agreed: (reference: string, on: string) => string;
    readonly acknowledge: string;
    readonly version: (version: string) => string;
  };
  readonly dpia: {
    readonly title: (controller: string) => string;
    readonly draft: string;
    readonly needed: string;
    readonly criteria: Readonly<Record<Criterion, string>>;
    readonly answer: (met: boolean) => string;
    readonly verdict: (required: boolean) => string;
    readonly counted: (recordings: number, threshold: number) => string;
    readonly description: string;
    readonly necessity: string;
    readonly risks: string;
    readonly risk: Readonly<Record<'heard' | 'monitored' | 'leaked' | 'kept' | 'reused' | 'unaware', string>>;
    readonly against: (fields: string) => string;
    readonly guard: Readonly<Record<Guard, string>>;
    readonly measures: string;
    readonly byTheBox: string;
    readonly noMeasures: string;
    readonly open: string;
    readonly noneOpen: string;
    readonly noField: string;
    readonly lostField: (field: string) => string;
    readonly advice: string;
    readonly toFill: string;
  };
  readonly lia: {
    readonly title: (purpose: string) => string;
    readonly draft: string;
    readonly interest: string;
    readonly necessity: string;
    readonly necessityText: (terms: string) => string;
    readonly balance: string;
    readonly expect: string;
    readonly refuse: string;
    readonly guards: string;
    readonly outcome: string;
    readonly filed: (reference: string, on: string) => string;
    readonly toFill: string;
  };
}

type Never = 'works-council' | 'doctor' | 'confidant' | 'private' | 'withheld' | 'other';

const never: Readonly<Record<Never, string>> = {
  'works-council': 'the works council',
  doctor: 'the company doctor',
  confidant: 'the confidential adviser',
  private: 'numbers that are listed as private',
  withheld: 'numbers that are withheld',
  other: 'further numbers that the policy lists',
};

export const en: DocumentWords = {
  and: 'and',
  or: 'or',
  none: 'none',
  hours: (count) => `${count} hours`,
  basis: {
    a: 'consent, GDPR 6(1)(a)',
    b: 'a contract with you, or steps before one, GDPR 6(1)(b)',
    c: 'a legal obligation, GDPR 6(1)(c)',
    d: 'vital interests, GDPR 6(1)(d)',
    e: 'a task in the public interest, GDPR 6(1)(e)',
    f: 'a legitimate interest, GDPR 6(1)(f)',
  },
  uses: {
    complaint: 'settling complaints',
    quality: 'checking the quality of conversations',
    training: 'training of employees',
    evidence: 'evidence of what was agreed',
    supervision: 'supervision by an authority',
    'data-subject': 'answering requests of those who were recorded',
    care: 'care and treatment',
    ai_training: 'training of AI models',
  },
  levels: { standard: 'standard', sensitive: 'sensitive', high: 'high' },
  roles: {
    custodian: 'custodians',
    dpo: 'data protection officer',
    admin: 'administrators of the box',
    escrow: 'holder of the recovery key',
  },
  classes: {
    content: 'what is said',
    traffic: 'who called whom and when',
    evidence: 'proof that it was announced and erased',
    access: 'who signed in, looked and opened',
    request: 'requests and their answers',
    directory: 'people and phones, after they were last used',
    signalling: 'signalling of calls',
  },
  minimum: (days, ground) => `not erased before ${days} (${ground})`,
  register: {
    title: (controller) => `Record of processing activities: ${controller}`,
    about: 'GDPR 30(1). Made from the policy in force and from who holds which role.',
    noPolicy: 'No policy is in force: nothing is recorded.',
    controller: 'Controller',
    contact: 'Contact',
    dpo: 'Data protection officer',
    policy: 'Policy',
    holders: 'Who holds which role',
    nobody: 'nobody',
    left: 'somebody who has left',
    keys: 'Keys that recordings are sealed to',
    places: 'Where it is kept',
    box: 'The box',
    regions: 'Allowed countries',
    purpose: 'Purpose',
    why: 'Why',
    basis: 'Lawful basis',
    special: 'Special categories',
    subjects: 'Whose data',
    categories: 'Which data',
    receivers: 'Recipients outside',
    access: 'May open recordings',
    transfers: 'Transfers to third countries',
    transfersWithin: (regions) => `none; kept in ${regions} only`,
    terms: 'Time limits for erasure',
    ofRule: (rule) => `rule ${rule}`,
    measures: 'Security measures',
    level: 'Level',
    who: { callers: 'callers and those who are called', staff: 'employees with a phone', desk: 'people of the desk' },
    own: {
      access: {
        name: 'Log of access',
        why: 'To find misuse and to prove what was done (GDPR 5(2), 32).',
        categories: 'who signed in, what they searched, saw and opened',
      },
      requests: {
        name: 'Requests and objections',
        why: 'To answer data subjects and to prove how (GDPR 12, 15 to 21).',
        categories: 'what was asked, by case number, and what was answered',
      },
      directory: {
        name: 'Directory',
        why: 'To know who may sign in and which phones may call, and who was told of recording.',
        categories: 'names, roles, accounts of phones, acknowledged notices',
      },
      unrecorded: {
        name: 'Calls that were not recorded',
        why: 'To see why a call was not recorded.',
        categories: 'numbers, time, length, and the reason',
      },
      signalling: {
        name: 'Signalling of recent calls',
        why: 'To find faults. In memory only.',
        categories: 'SIP messages, numbers masked',
      },
    },
    measure: {
      sealed:
        'Each recording is sealed (OpenPGP) to keys that only the organisation holds; no key on the box opens it (GDPR 32(1)(a)).',
      transport: 'Calls and pages are encrypted on their way, but for phones with an exception that ends.',
      roles: 'Roles decide who may do what; hearing and seeing are apart; two factors.',
      audit: 'Each access is written down before it happens, in a log that shows tampering.',
      erasure: 'What is past its day is erased by itself, key first, with a certificate.',
      backups: 'Backups hold sealed content only; restores are tried out (GDPR 32(1)(c), (d)).',
    },
  },
  callers: {
    title: (controller) => `${controller}: recording of phone calls`,
    who: 'Who is responsible',
    whoText: (controller, contact) =>
      `${controller} is responsible for these recordings. You reach us here: ${contact}.`,
    dpo: (name, contact) => `Our data protection officer: ${name}, ${contact}.`,
    purpose: (words) => `We record ${words}`,
    basis: 'Lawful basis',
    interest: 'Our legitimate interest',
    special: (ground, statement) =>
      `In these calls health or other special categories may come up: GDPR 9(2)(${ground}). ${statement}`,
    kept: 'How long',
    keptText: (terms) =>
      terms.length === 1
        ? `We keep the recording for ${terms[0]}, then it is erased.`
        : `We keep the recording for ${terms.join(' or ')}, depending on the kind of call, as the announcement says; then it is erased.`,
    traffic: (term) => `Who called whom and when: ${term}.`,
    evidence: (term) => `Proof that we told you, without what was said: ${term}.`,
    uses: 'What it may be used for',
    notUsedFor: 'What it is not used for',
    receivers: 'Who receives it',
    noReceivers: 'Nobody outside our organisation.',
    consent: (consent, mandatory) => {
      if (mandatory) return 'The law requires this recording: it cannot be refused.';
      if (consent.mode === 'opt-in')
        return `Nothing is recorded unless you agree by key ${consent.key}. You can take that back in the call with key ${consent.refuseKey}: what was recorded is erased.`;
      if (consent.mode === 'opt-out')
        return `You can refuse in the call with key ${consent.key}: what was recorded is erased.`;
      return 'You can object, in the call or afterwards.';
    },
    youHear: 'What you hear in the call',
    bySource: 'Our telephone system announces it.',
    other: 'Calls that are not recorded',
    unrecorded: (term) =>
      `Of every other call we keep who called whom and when, for ${term}, to see that nothing was recorded by mistake. Keys that you press in menus are not kept unless this page says so.`,
    traffics: {
      digits: (purpose) => `Of calls with us we also keep which keys you press in menus, for: ${purpose}.`,
      waits: (purpose) => `Of calls with us we also keep how long you waited, for: ${purpose}.`,
      linkChannels: (purpose) => `Calls are joined with your mail or chat with us, for: ${purpose}.`,
    },
    where: 'Where it is kept',
    whereText: (regions) => `Only here: ${regions}. Nothing is transferred to other countries.`,
    rights: 'Your rights',
    access: 'You can ask for access to your recordings and for a copy (GDPR 15).',
    rectify: 'You can have wrong data corrected (GDPR 16).',
    erase: 'You can have them erased, unless the law says that we must keep them (GDPR 17).',
    restrict: 'You can have their use restricted (GDPR 18).',
    port: 'Where we record with your consent or for a contract, you can have them handed over in a common format (GDPR 20).',
    withdraw:
      'Where you have consented, you can withdraw it at any time. What was done before stays lawful (GDPR 7(3)).',
    ask: (contact, term) => `Ask us: ${contact}. We answer within a month and keep your request for ${term}.`,
    object: 'Your right to object',
    objectText:
      'Where we rely on a legitimate interest or a public task, you can object at any time, for reasons that arise from your situation. We then stop, unless we show compelling grounds (GDPR 21).',
    complain: 'Complaint',
    complainText: (authority) => `You can complain to the supervisory authority: ${authority} (GDPR 77).`,
    must: 'Whether you must be recorded',
    mustNot: 'Neither law nor contract obliges you to be recorded. Whoever refuses is helped all the same.',
    mandatory: 'For some calls the law obliges us to record; we cannot have such a call without recording it.',
    decisions: 'Automated decisions',
    decisionsText: 'No decisions are made by machine on the ground of recordings, and there is no profiling (GDPR 22).',
    version: (version) => `This page says what policy ${version} says.`,
  },
  staff: {
    title: (purpose) => `Recording of your calls: ${purpose}`,
    what: 'What is recorded, and for what',
    whatText: (controller, words) =>
      `${controller} records calls that you have on your phone ${words}: what both sides say, and who called whom and when.`,
    use: 'It may be used for',
    notUsedFor: 'It is not used for',
    open: 'Who may open it',
    openText: (roles) =>
      `Only: ${roles}. Nobody else, neither your superior nor your colleagues. Each opening is written down with its reason.`,
    long: 'How long it is kept',
    keys: 'What you can do',
    private: (key) => `A private call: dial ${key} before the number, or press it in the call. It is not recorded.`,
    pause: (key, seconds) =>
      `Pause, such as for card numbers: press ${key}, and once more to go on. After ${seconds} seconds it goes on by itself.`,
    start: (key) => `Where recording does not begin by itself: press ${key} to begin it.`,
    mandatory: 'The law requires these recordings. A call that cannot be recorded ends.',
    hear: 'How you notice',
    hearsAnnouncement: 'You hear the announcement together with the other side.',
    hearsNothing: 'The other side hears an announcement; you do not.',
    beep: (seconds) => `While you are recorded you hear a tone every ${seconds} seconds.`,
    never: 'What is never recorded',
    neverText: (whose) => `Calls with ${whose.map((one) => never[one]).join(', ')}.`,
    rights: 'Your rights',
    rightsText: (contact, authority) =>
      `You are a data subject as well: access, rectification, erasure, restriction, objection (GDPR 15 to 21). Ask ${contact}. You can complain to ${authority}.`,
    council:
      'Whether and how calls are recorded is a matter for the works council or those who represent you. Ask them what was agreed.',
    agreed: (reference, on) => `It has agreed in writing: ${reference}, ${on}.`,
    acknowledge:
      'By acknowledging you say that you have read this. It is not consent. Without it calls on your phone are not recorded.',
    version: (version) => `Version ${version}`,
  },
  dpia: {
    title: (controller) => `Data protection impact assessment (draft): ${controller}`,
    draft: 'Draft after GDPR 35(7), filled in from the policy in force. People must weigh, complete and sign it.',
    needed: 'Whether one is required',
    criteria: {
      'large-scale': 'Large scale',
      systematic: 'Systematic: whole kinds of calls are recorded without choice',
      'special-categories': 'Special categories of data',
      'employees-monitored': 'Employees can be assessed by it',
      vulnerable: 'People who depend on the organisation, such as patients',
      'new-technology': 'Training of AI models',
    },
    answer: (met) => (met ? 'yes' : 'no'),
    verdict: (required) =>
      required ? 'A DPIA is required (GDPR 35(1), (3)).' : 'These answers alone do not require a DPIA.',
    counted: (recordings, threshold) =>
      `${recordings} recordings in the last 30 days; from ${threshold} on it is large scale.`,
    description: 'Description of the processing',
    necessity: 'Necessity and proportionality',
    risks: 'Risks for those who are recorded',
    risk: {
      heard: 'Somebody hears a call who has no business with it.',
      monitored: 'Employees feel watched, or are judged by recordings.',
      leaked: 'Recordings become known outside.',
      kept: 'Recordings stay for longer than they are needed.',
      reused: 'Recordings are used for something else.',
      unaware: 'Somebody is recorded without knowing.',
    },
    against: (fields) => `Against it, in the policy: ${fields}.`,
    guard: {
      mayOpen: 'who may open recordings',
      recipients: 'whom they are sealed to',
      level: 'the level of protection',
      uses: 'what they may be used for',
      notUsedFor: 'what they may not be used for',
      staffHear: 'whether staff hear that they are recorded',
      contentDays: 'how long what was said is kept',
      because: 'why so long',
      announcement: 'what callers are told',
      consent: 'how they agree or refuse',
    },
    measures: 'Measures',
    byTheBox: 'By every box',
    noMeasures: 'None is named in the policy yet. To be filled in.',
    open: 'Open actions',
    noneOpen: 'None.',
    noField: 'no field of the policy carries it out yet',
    lostField: (field) => `names ${field}, which the policy does not have`,
    advice: 'Advice of the data protection officer, and views of those concerned (GDPR 35(2), (9))',
    toFill: 'To be filled in.',
  },
  lia: {
    title: (purpose) => `Weighing of interests (draft): ${purpose}`,
    draft: 'Draft for GDPR 6(1)(f), filled in from the policy in force. People must weigh, complete and sign it.',
    interest: '1. The interest',
    necessity: '2. Necessity',
    necessityText: (terms) =>
      `Recordings are kept for ${terms} and erased then. Could the purpose be reached without recording, with fewer calls, or for a shorter time?`,
    balance: '3. The balance',
    expect: 'Callers are told before anything is recorded:',
    refuse: 'How they can refuse',
    guards: 'What protects them',
    outcome: '4. Outcome',
    filed: (reference, on) => `The policy names this weighing: ${reference}, ${on}.`,
    toFill: 'To be filled in.',
  },
};
