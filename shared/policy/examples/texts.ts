/** Words of the examples: what callers hear, in four languages, and what people of the organisation read, in two. */
import type { Language } from '../fields.ts';
import type { TemplateName } from '../templates.ts';

interface Texts {
  readonly name: string;
  readonly rationale: string;
  readonly assessment: string;
  readonly content: string;
  readonly traffic: string;
  readonly evidence: string;
  readonly dataSubjects: readonly string[];
  readonly dataCategories: readonly string[];
  readonly notUsedFor: readonly string[];
}

/** Languages that a draft is written in; callers hear more. */
export type DraftLanguage = 'en' | 'nl';

/** What a caller hears the recording is for, as the announcement's sentence goes on with it. */
export const spokenPurpose: Readonly<Record<TemplateName, Readonly<Record<Language, string>>>> = {
  qa: {
    en: 'to check and improve the quality of our service',
    nl: 'om de kwaliteit van onze dienst te toetsen en te verbeteren',
    de: 'um die Qualität unseres Dienstes zu prüfen und zu verbessern',
    fr: 'pour contrôler et améliorer la qualité de notre service',
  },
  training: {
    en: 'to train the people who answer you',
    nl: 'om de mensen die u te woord staan op te leiden',
    de: 'um die Menschen zu schulen, die mit Ihnen sprechen',
    fr: 'pour former les personnes qui vous répondent',
  },
  finance: {
    en: 'because we must be able to show orders and advice',
    nl: 'omdat wij orders en adviezen moeten kunnen aantonen',
    de: 'weil wir Aufträge und Beratung nachweisen müssen',
    fr: 'parce que nous devons pouvoir justifier des ordres et des conseils',
  },
  care: {
    en: 'so that what we agree on about your care is right',
    nl: 'zodat wat wij over uw zorg afspreken klopt',
    de: 'damit richtig ist, was wir über Ihre Versorgung vereinbaren',
    fr: 'pour que ce dont nous convenons pour vos soins soit exact',
  },
  disputes: {
    en: 'to prove what was agreed on',
    nl: 'om te bewijzen wat is afgesproken',
    de: 'um zu belegen, was vereinbart wurde',
    fr: 'pour prouver ce qui a été convenu',
  },
};

const categories = {
  en: ['what is said in calls', 'who called whom and when'],
  nl: ['wat in gesprekken wordt gezegd', 'wie wie wanneer belde'],
} as const;

const evidence = {
  en: 'Whether a call was announced and when it was erased may be asked about after the recording has left.',
  nl: 'Of een gesprek gemeld is en wanneer het gewist is, kan gevraagd worden nadat de opname weg is.',
} as const;

const traffic = {
  en: 'A recording is found by who called whom, so both leave together.',
  nl: 'Een opname wordt gevonden aan wie wie belde, dus beide verdwijnen samen.',
} as const;

export const texts: Readonly<Record<TemplateName, Readonly<Record<DraftLanguage, Texts>>>> = {
  qa: {
    en: {
      name: 'Quality',
      rationale: 'Supervisors listen to some calls to find what callers are told wrongly, and have it put right.',
      assessment: 'Weighing of interests: quality',
      content: 'Calls of a month are listened to in the month after at the latest; then they have served.',
      traffic: traffic.en,
      evidence: evidence.en,
      dataSubjects: ['callers', 'employees'],
      dataCategories: categories.en,
      notUsedFor: ['judging single employees', 'marketing'],
    },
    nl: {
      name: 'Kwaliteit',
      rationale:
        'Leidinggevenden luisteren naar een deel van de gesprekken om te vinden en te herstellen wat bellers onjuist horen.',
      assessment: 'Belangenafweging: kwaliteit',
      content: 'Gesprekken van een maand zijn uiterlijk in de maand daarna beluisterd; dan hebben ze gediend.',
      traffic: traffic.nl,
      evidence: evidence.nl,
      dataSubjects: ['bellers', 'werknemers'],
      dataCategories: categories.nl,
      notUsedFor: ['het beoordelen van afzonderlijke werknemers', 'marketing'],
    },
  },
  training: {
    en: {
      name: 'Training',
      rationale: 'New colleagues learn from calls that really happened, chosen by their trainers.',
      assessment: 'Weighing of interests: training',
      content: 'A course lasts two months, and takes its examples from the calls of that time.',
      traffic: traffic.en,
      evidence: evidence.en,
      dataSubjects: ['callers', 'employees'],
      dataCategories: categories.en,
      notUsedFor: ['judging employees', 'quality measurements', 'training of AI'],
    },
    nl: {
      name: 'Opleiding',
      rationale: 'Nieuwe collega’s leren van gesprekken die echt gevoerd zijn, gekozen door hun opleiders.',
      assessment: 'Belangenafweging: opleiding',
      content: 'Een cursus duurt twee maanden en neemt haar voorbeelden uit de gesprekken van die tijd.',
      traffic: traffic.nl,
      evidence: evidence.nl,
      dataSubjects: ['bellers', 'werknemers'],
      dataCategories: categories.nl,
      notUsedFor: ['het beoordelen van werknemers', 'kwaliteitsmetingen', 'training van AI'],
    },
  },
  finance: {
    en: {
      name: 'Orders and advice',
      rationale: 'The law demands that calls which may lead to an order are recorded and kept for supervision.',
      assessment: 'Weighing of interests: orders and advice',
      content:
        'Five years by law, seven where the supervisor asks for it; both are kept so that nothing is missing then.',
      traffic: traffic.en,
      evidence: evidence.en,
      dataSubjects: ['customers', 'employees'],
      dataCategories: categories.en,
      notUsedFor: ['marketing', 'judging the work of employees'],
    },
    nl: {
      name: 'Orders en advies',
      rationale:
        'De wet eist dat gesprekken die tot een order kunnen leiden, worden opgenomen en bewaard voor het toezicht.',
      assessment: 'Belangenafweging: orders en advies',
      content:
        'Vijf jaar volgens de wet, zeven als de toezichthouder daarom vraagt; beide worden bewaard zodat dan niets ontbreekt.',
      traffic: traffic.nl,
      evidence: evidence.nl,
      dataSubjects: ['klanten', 'werknemers'],
      dataCategories: categories.nl,
      notUsedFor: ['marketing', 'het beoordelen van het werk van werknemers'],
    },
  },
  care: {
    en: {
      name: 'Care by telephone',
      rationale:
        'What patients say and are advised by telephone must be right; whoever treats them can hear it once more.',
      assessment: 'Weighing of interests: care by telephone',
      content: 'A treatment that begins with a call is settled within four weeks; what matters is in the file by then.',
      traffic: traffic.en,
      evidence: evidence.en,
      dataSubjects: ['patients', 'relatives', 'employees'],
      dataCategories: [...categories.en, 'data about health'],
      notUsedFor: ['judging the work of employees', 'research', 'insurance'],
    },
    nl: {
      name: 'Zorg per telefoon',
      rationale: 'Wat patiënten per telefoon zeggen en horen moet kloppen; wie behandelt kan het nog eens beluisteren.',
      assessment: 'Belangenafweging: zorg per telefoon',
      content:
        'Een behandeling die met een gesprek begint, is binnen vier weken geregeld; wat telt staat dan in het dossier.',
      traffic: traffic.nl,
      evidence: evidence.nl,
      dataSubjects: ['patiënten', 'naasten', 'werknemers'],
      dataCategories: [...categories.nl, 'gegevens over gezondheid'],
      notUsedFor: ['het beoordelen van het werk van werknemers', 'onderzoek', 'verzekering'],
    },
  },
  disputes: {
    en: {
      name: 'Proof of agreements',
      rationale: 'Agreements are made by telephone alone, and there is no other proof of what was agreed on.',
      assessment: 'Weighing of interests: proof of agreements',
      content: 'Claims from an agreement can be brought for five years, and until then its proof may be needed.',
      traffic: traffic.en,
      evidence: evidence.en,
      dataSubjects: ['customers', 'employees'],
      dataCategories: categories.en,
      notUsedFor: ['judging the work of employees', 'marketing'],
    },
    nl: {
      name: 'Bewijs van afspraken',
      rationale: 'Afspraken worden alleen per telefoon gemaakt, en er is geen ander bewijs van wat is afgesproken.',
      assessment: 'Belangenafweging: bewijs van afspraken',
      content:
        'Vorderingen uit een afspraak kunnen vijf jaar lang worden ingesteld; tot dan kan het bewijs nodig zijn.',
      traffic: traffic.nl,
      evidence: evidence.nl,
      dataSubjects: ['klanten', 'werknemers'],
      dataCategories: categories.nl,
      notUsedFor: ['het beoordelen van het werk van werknemers', 'marketing'],
    },
  },
};

/** Words of the draft that belong to no purpose. */
export const general = {
  en: {
    controller: 'Example Office',
    moreAt: 'office dot example slash calls',
    dpo: 'Data protection officer',
    author: 'Example Office, privacy',
    health: 'Patients agree expressly, by a key, before anything is recorded.',
    access:
      'Who opened a recording can be asked about for as long as the longest of them is kept, and for a year at least.',
    request: 'How a request was answered may be questioned for three years.',
    directory: 'Who has not been there for a year does not come back.',
    council: 'Agreement with the works council: recording of calls',
    dpia: 'DPIA: recording of calls',
  },
  nl: {
    controller: 'Voorbeeldkantoor',
    moreAt: 'kantoor punt example schuine streep gesprekken',
    dpo: 'Functionaris gegevensbescherming',
    author: 'Voorbeeldkantoor, privacy',
    health: 'Patiënten stemmen uitdrukkelijk in, met een toets, voordat iets wordt opgenomen.',
    access: 'Wie een opname opende, kan gevraagd worden zolang de langste bewaard wordt, en ten minste een jaar.',
    request: 'Hoe een verzoek is beantwoord, kan drie jaar lang worden betwist.',
    directory: 'Wie er een jaar niet is geweest, komt niet terug.',
    council: 'Instemming van de ondernemingsraad: opnemen van gesprekken',
    dpia: 'DPIA: opnemen van gesprekken',
  },
} as const;
