/** De teksten van wat mensen wordt verteld, wat zij zeiden, en wat van hen wordt opgeslagen. */
import type { PrivacyTexts } from '../en/privacy.ts';
import { meervoud } from './findings.ts';

export const privacyTexts: PrivacyTexts = {
  privacy: {
    nav: 'Privacy',
    places: {
      register: 'Register',
      callers: 'Mededeling aan bellers',
      staff: 'Mededeling aan collega’s',
      dpia: 'Effectbeoordeling',
      objections: 'Bezwaren',
      data: 'Wat is opgeslagen',
    },
    inLanguage: 'Dit document in het',
    keepPage: 'Bewaren als pagina',
    keepData: 'Bewaren als gegevens (JSON)',
    storedCount: (fields, personal) => `${fields} velden, ${personal} daarvan over mensen`,
    yes: 'ja',
    no: 'nee',

    register: 'Verwerkingsregister',
    registerOf: (version) => `Verwerkingsregister, versie ${version}`,
    registerLead: 'Gelezen uit het geldende beleid, uit wie een rol heeft en uit waar back-ups heen gaan (AVG 30).',
    recorded: (version) => `Versie ${version} zegt wat zo is.`,
    drift: (what) =>
      `Wat vastligt is niet wat zo is: ${what}. Waarschuw IT: belkluis register --record schrijft het op.`,
    earlier: (version) => `Dit is versie ${version}, zoals het toen was.`,
    now: 'Zoals het nu is',
    versions: 'Versies',
    versionsLead: 'De nieuwste eerst.',
    version: (version) => `Versie ${version}`,
    causes: {
      policy: 'een beleid werd van kracht',
      roles: 'iemand heeft een andere rol',
      start: 'het apparaat werd opnieuw ingesteld of bijgewerkt',
      asked: 'iemand liet haar schrijven',
    },

    callers: 'Wat bellers wordt verteld',
    callersLead: (website) =>
      `Zet het waar de aankondiging heen verwijst: ${website}. Het zegt volledig wat bellers horen (AVG 13).`,

    dpiaNeeded: 'Een effectbeoordeling is nodig',
    dpiaNotNeeded: 'Een effectbeoordeling is niet nodig',
    dpiaLead:
      'Gevraagd aan het geldende beleid en aan hoeveel opnamen er zijn (AVG 35). Het ontwerp hieronder is voor mensen om af te maken.',
    dpiaDone: 'Het beleid noemt er een.',
    dpiaMissing: 'Het beleid noemt er geen. Maak het ontwerp af, stel het vast, en noem het in het beleid.',
    dpiaNot: 'Er gelden minder dan twee criteria.',
    openMeasures: 'Maatregelen die nog nergens worden uitgevoerd',
    interests: 'Belangenafweging',
    interestsLead: 'Een ontwerp voor elk doel dat op een gerechtvaardigd belang rust.',

    staff: 'Wat collega’s wordt verteld',
    staffLead:
      'Een collega wiens toestel de huidige mededeling van een doel niet heeft bevestigd wordt daarvoor niet opgenomen.',
    who: 'Wie haar heeft bevestigd',
    nobodyMissing: 'Iedereen die het aangaat.',
    someMissing: (count) =>
      `${count} ${meervoud(count, 'toestel', 'toestellen')} nog niet. Hun gesprekken worden niet opgenomen.`,
    noPhones: 'Er is nog geen toestel bekend.',
    states: { acknowledged: 'Bevestigd', outdated: 'Een eerdere mededeling', missing: 'Nog niet' },
    ways: { desk: 'aan de balie', phone: 'met het toestel', paper: 'op papier' },
    notedBy: (name) => `genoteerd door ${name}`,
    notConcerned: 'Geen regel is voor dit toestel.',
    withdraw: 'Terugnemen',
    sign: 'Iemand heeft getekend',
    signLead: 'Laat de huidige mededeling lezen en tekenen, bewaar het papier, en noteer het hier.',
    extensions: 'Toestellen',
    extensionsHint: 'Zoals het apparaat of de centrale ze noemt: 201, 202. Eén per regel, of met komma’s.',
    ofPurpose: 'Voor',
    everyPurpose: 'elk doel',
    signLogged: 'De auditlog heeft het, met uw naam, voor het telt.',
    note: 'Noteren',
    noticeVersion: 'Versie van de mededeling',
    readNotice: 'De mededeling lezen',

    objections: 'Bezwaren',
    noObjections: 'Geen nummer is uitgezonderd',
    objectionsCount: (count) =>
      count === 1 ? 'Eén nummer wordt niet opgenomen' : `${count} nummers worden niet opgenomen`,
    objectionsLead:
      'Gesprekken met zo’n nummer komen tot stand en worden niet opgenomen, behalve die waarvan de wet het eist (AVG 21).',
    number: 'Nummer',
    numberHint: 'Zoals mensen het schrijven: 020 555 01 00 of +31 20 555 01 00.',
    since: 'Sinds',
    leaves: 'Verdwijnt, tenzij zij bellen',
    hows: { key: 'met een toets in een gesprek', desk: 'aan deze balie', cli: 'op de opdrachtregel' },
    takeBack: 'Terugnemen',
    addObjection: 'Iemand maakt bezwaar',
    caseRef: 'Zaak',
    caseHint: 'Het nummer waaronder het is opgeborgen, als dat er is. Geen namen.',
    keepObjection: 'Dit nummer niet opnemen',

    data: 'Wat dit apparaat opslaat',
    dataLead: 'Elk veld van elke database, en elk bestand dat in geen ervan staat (AVG 25, 30).',
    stored: 'Veld',
    whyStored: 'Waarom',
    personal: 'Over iemand',
    category: 'Categorie',
    leavesAfter: 'Verdwijnt',
    seenBy: 'Gezien door',
    nobody: 'niemand',
  },
};
