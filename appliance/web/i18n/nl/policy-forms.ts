/** De teksten van de formulieren waarin het beleid wordt geschreven. */
import type { FieldText } from '../../pages/form.ts';
import type { PolicyFormTexts } from '../en/policy-forms.ts';

const of = (label: string, hint: string, fault = 'Dit kan hier niet. De toelichting zegt wat wel kan.'): FieldText => ({
  label,
  hint,
  fault,
});

const A_SENTENCE = 'Schrijf een zin: minstens 20 tekens.';
const A_NUMBER = 'Geef een geheel getal binnen de grenzen van de toelichting.';
const A_DAY = 'Kies een dag.';
const A_KEY = 'Geef één toets: een cijfer, * of #.';
const A_SEQUENCE = 'Geef * of # en één tot drie cijfers, zoals *8. Elke toetsreeks is voor één ding.';
const NUMBERS =
  'Eén per regel: 020 555 01 00, +3120*, 2??. Een * aan het eind staat voor elke rest, een ? voor één teken.';
const A_PATTERN = 'Elke regel is een nummer of gebruiker, met ? voor één teken en hoogstens aan het eind een *.';
const AN_ID = 'Geef kleine letters, cijfers en streepjes waarmee nog niets van deze soort heet.';
const WORDS = 'Geef 1 tot 200 tekens.';

const fields: PolicyFormTexts['policyForm']['fields'] = {
  id: of('Korte naam', 'Kleine letters, cijfers en streepjes. Hij blijft zoals hij is.', AN_ID),

  controllerName: of('Naam', 'Zoals bellers hem horen: Van Dam Verzekeringen.', 'Geef 2 tot 200 tekens.'),
  controllerContact: of('Hoe te bereiken', 'Een adres, een nummer of een e-mailadres.', WORDS),
  dpoName: of(
    'Functionaris gegevensbescherming',
    'Leeg: die is er niet.',
    'Geef naam en adres van de FG, of geen van beide.',
  ),
  dpoContact: of('Hoe de FG te bereiken is', '', 'Geef naam en adres van de FG, of geen van beide.'),
  authority: of('Toezichthouder', 'Die klachten aanneemt.', WORDS),
  moreAt: of('Bellers lezen meer op', 'Zoals het gesproken wordt: voorbeeld.nl schuine streep bellen.', WORDS),
  website: of('De pagina waar dat heen leidt', '', 'Geef een adres zoals https://voorbeeld.nl/bellen.'),
  lawPacks: of('Recht dat voor deze gesprekken geldt', 'Wat het verbiedt wordt geweigerd, met het artikel.'),
  regions: of(
    'Waar opnamen en back-ups mogen zijn',
    'Landcodes zoals NL, of EEA voor de Europese Economische Ruimte, één per regel.',
    'Elke regel is een landcode zoals NL, of EEA.',
  ),
  country: of('Landnummer', 'Van nummers die zonder worden geschreven: 31.', 'Geef een landnummer zoals 31.'),
  national: of(
    'Voor nationale nummers',
    'Wat mensen eerst kiezen: 0. Leeg waar dat er niet is.',
    'Geef hoogstens twee cijfers.',
  ),
  international: of('Voor internationale nummers', 'Wat mensen eerst kiezen: 00.', 'Geef één tot vier cijfers.'),
  keyPrivate: of(
    'Privégesprek',
    'In een gesprek getoetst, of voor een nummer gekozen: dit gesprek wordt niet opgenomen.',
    A_SEQUENCE,
  ),
  keyPause: of('Onderbreken', 'In een gesprek getoetst: de opname onderbreekt. Nog eens: zij gaat verder.', A_SEQUENCE),
  keyStart: of('Opnemen', 'In een gesprek getoetst: de opname begint, waar een regel dat aan mensen laat.', A_SEQUENCE),

  days: of('Bewaard, dagen', '1 tot 3653.', 'Geef een aantal dagen van 1 tot 3653.'),
  why: of('Waarom zo lang', 'Een zin: waarom zo lang en niet korter.', A_SENTENCE),
  termGround: of(
    'Grond',
    'Een wetsartikel, een richtsnoer van de toezichthouder, een besluit van de organisatie.',
    WORDS,
  ),
  author: of('Besloten door', '', WORDS),
  date: of('Besloten op', '', A_DAY),
  unusual: of(
    'Langer dan gebruikelijk, want',
    'Gevraagd waar de termijn langer is dan bij het sjabloon gebruikelijk.',
    'Dit is langer dan bij het sjabloon gebruikelijk. Kies wat het langer maakt.',
  ),
  trafficDigits: of('Keuzes in menu’s', 'Het doel waarvoor zij worden bewaard.'),
  trafficWaits: of('Wachttijd van elk gesprek', 'Anders worden alleen sommen per uur bewaard.'),
  trafficLinks: of('Koppeling met mail en chat', 'Het doel waarvoor gesprekken met andere kanalen worden verbonden.'),

  dpiaReference: of(
    'DPIA',
    'Onder welke naam of welk nummer zij is opgeborgen. Leeg: die is er niet.',
    'Geef naam en dag, of geen van beide.',
  ),
  dpiaCompletedOn: of('Vastgesteld op', '', 'Geef naam en dag, of geen van beide.'),
  measures: of(
    'Wat zij vraagt',
    'Eén per regel, en na = het veld van het beleid dat het doet: Korte termijnen = purposes.complaints.retention. Zonder veld staat het nog open.',
    'Elke regel is een maatregel van hoogstens 200 tekens, en na = het pad van een veld van dit beleid.',
  ),
  councilSays: of('Wat de ondernemingsraad zegt', ''),
  councilReference: of('Onder welke naam zijn instemming is opgeborgen', '', WORDS),
  councilCompletedOn: of('Ingestemd op', '', A_DAY),
  councilWhy: of('Waarom die er niet is', 'Een zin.', A_SENTENCE),
  correctedValue: of('Getal dat in plaats daarvan geldt', ''),
  fleetMayChange: of('Delen die van buiten veranderd mogen worden', 'Niets anders, en nooit deze grenzen.'),
  maxContentDays: of(
    'Meeste dagen van buiten',
    '1 tot 3653. Geen beleid van buiten bewaart wat gezegd is langer.',
    A_NUMBER,
  ),
  holidays: of(
    'Feestdagen',
    'Eén per regel: 2026-12-25 Eerste kerstdag.',
    'Elke regel is een dag zoals 2026-12-25 en hoe hij heet.',
  ),

  groupExtensions: of('Toestellen', NUMBERS, `${A_PATTERN} Noem er minstens één.`),
  neverWhy: of('Waarom', 'Wie zijn nummer afschermt heeft er geen te noemen.'),
  neverNumbers: of(
    'Nummers buiten',
    NUMBERS,
    `${A_PATTERN} Noem nummers of toestellen, maar geen bij afgeschermde nummers.`,
  ),
  neverExtensions: of('Eigen toestellen', NUMBERS, A_PATTERN),

  rulePurpose: of('Opgenomen voor', ''),
  direction: of('Welke kant op', ''),
  via: of('Waarover', ''),
  from: of('Wie belt', `${NUMBERS} Leeg: iedereen.`, A_PATTERN),
  to: of('Wie gebeld wordt', `${NUMBERS} Leeg: iedereen.`, A_PATTERN),
  extensions: of('Eigen toestellen in het gesprek', `${NUMBERS} Leeg: elk.`, A_PATTERN),
  groups: of('Groepen', 'Waarvan een toestel in het gesprek is. Geen: elke.'),
  queues: of('Eerst gebeld', 'Nummer dat van buiten gebeld werd, of wachtrij. Eén per regel; leeg: elk.', A_PATTERN),
  trunks: of(
    'Trunks',
    'Waarover het gesprek komt of gaat, één per regel. Leeg: elke.',
    'Elke regel is de naam van een trunk.',
  ),
  scheduleDays: of('Dagen', 'Geen: op elk moment.', 'Kies ook dagen, of laat de tijden leeg.'),
  scheduleFrom: of('Van', 'Een tijdstip: 08:00.', 'Geef een tijdstip zoals 08:00.'),
  scheduleUntil: of(
    'Tot',
    'Een tijdstip. Ligt het voor het eerste, dan is het dat van de volgende dag.',
    'Geef een tijdstip zoals 18:00.',
  ),
  timeZone: of('Tijdzone', 'Leeg: die van het apparaat.', 'Geef een tijdzone zoals Europe/Amsterdam.'),
  scheduleHolidays: of('Op feestdagen', ''),
  sampling: of(
    'Hoeveel ervan, procent',
    '1 tot 100, door het toeval gekozen. Leeg: alle.',
    'Geef een getal van 1 tot 100. Waar de wet de opname eist zijn het ze alle.',
  ),
  start: of('Wanneer het begint', '', 'Waar de wet de opname eist begint zij vanzelf.'),
  ruleLevel: of(
    'Niveau',
    'Nooit lager dan dat van het doel.',
    'Het niveau van een regel is niet lager dan dat van zijn doel.',
  ),
  ruleContentDays: of(
    'Wat gezegd is, dagen',
    'Korter dan bij het doel. Leeg: even lang.',
    'Geef een aantal dagen dat niet langer is dan bij het doel, en niet onder zijn minimum.',
  ),
  ruleTrafficDays: of(
    'Wie wie belde, dagen',
    'Korter dan bij het doel. Leeg: even lang.',
    'Geef een aantal dagen dat niet langer is dan bij het doel.',
  ),

  name: of('Naam', 'Hoe mensen van de organisatie het noemen.', 'Geef 1 tot 100 tekens.'),
  lawfulBasis: of('Grond', 'AVG 6(1).'),
  rationale: of('Waarom het opnamen nodig heeft', 'Een zin of meer. Hij staat in het verwerkingsregister.', A_SENTENCE),
  assessmentReference: of(
    'Belangenafweging',
    'Onder welke naam zij is opgeborgen. Nodig waar de grond een gerechtvaardigd belang is.',
    'Een gerechtvaardigd belang wordt afgewogen voor men zich erop beroept (AVG 6(1)(f)). Geef naam en dag.',
  ),
  assessmentCompletedOn: of('Afgewogen op', '', 'Geef de dag waarop zij is vastgesteld.'),
  specialGround: of(
    'Bijzondere gegevens',
    'Of gezondheid, overtuiging en dergelijke ter sprake komen, en op welke grond van AVG 9(2).',
    'Bijzondere gegevens hebben eerst een DPIA nodig. Noem haar in het beleid.',
  ),
  specialStatement: of('Hoe aan die grond is voldaan', 'Een zin.', A_SENTENCE),
  consentMode: of(
    'Weigeren en instemmen',
    '',
    'Waar toestemming de grond is stemmen bellers eerst in. Waar de wet de opname eist, of een ander systeem aankondigt, horen zij het alleen.',
  ),
  consentKey: of('Toets', 'Die weigert, of instemt.', A_KEY),
  refuseKey: of('Toets die de toestemming intrekt', '', 'Geef een andere toets dan die instemt.'),
  remember: of('Nog eens ingedrukt wordt het nummer onthouden', 'Gesprekken ermee worden niet meer opgenomen.'),
  asks: of('Wie moet instemmen', 'Tussen eigen toestellen is het altijd iedereen.'),
  patienceSeconds: of('Hoe lang op een toets wordt gewacht, seconden', '3 tot 60.', A_NUMBER),

  template: of('Sjabloon', 'Wat het gewoonlijk is. Het begrenst de termijnen.'),
  contentDays: of(
    'Bewaard, dagen',
    '1 tot 3653.',
    'Geef een aantal dagen van 1 tot 3653, en niet meer dan het sjabloon heeft.',
  ),
  evidenceDays: of(
    'Bewaard, dagen',
    'Minstens zo lang als wat gezegd is.',
    'Bewijs overleeft wat het bewijst: geef minstens zoveel dagen als wat gezegd is bewaard wordt.',
  ),
  minimumDays: of(
    'Niet gewist voor, dagen',
    'Waar de wet het eist. Leeg: het mag altijd gewist worden.',
    'Geef een aantal dagen binnen de termijn, en zoveel als het sjabloon eist.',
  ),
  minimumGround: of('Welke wet', '', 'Noem de wet die het eist.'),
  mandatory: of(
    'De wet eist deze opnamen',
    'Niemand kan ze weigeren, en een gesprek dat niet kan worden opgenomen eindigt.',
  ),

  by: of(
    'Wie het zegt',
    'Het systeem dat kopieën van zijn gesprekken stuurt zegt het waar het apparaat niet kan spreken.',
  ),
  callerHears: of('Wanneer bellers het horen', ''),
  staffHear: of('Collega’s horen het ook', 'Naast de mededeling die zij hebben bevestigd.'),
  staffBeepSeconds: of('Een toon voor collega’s, om de zoveel seconden', '5 tot 120. Leeg: geen.', A_NUMBER),
  languages: of(
    'Talen',
    'In de volgorde waarin zij gesproken worden: nl, en. Bekend zijn nl, en, de en fr.',
    'Noem minstens één taal, elk één keer: nl, en, de, fr.',
  ),
  saidPurpose: of('Het doel, zoals bellers het horen', 'Zoals: om klachten af te handelen.', 'Geef 3 tot 200 tekens.'),
  saidTraining: of(
    'Van het gebruik voor AI',
    'Alleen waar trainen van AI een gebruik is: en om een model te trainen dat gesprekken verdeelt.',
    'Zeg het waar trainen van AI een gebruik is, en alleen daar: 3 tot 200 tekens.',
  ),
  saidText: of(
    'De hele zin in eigen woorden',
    'Met {who}, {purpose}, {retention}, {refuse} en {more} erin. Leeg: het apparaat verwoordt hem.',
    'Alle van {who}, {purpose}, {retention}, {refuse} en {more} moeten erin staan, in hoogstens 1000 tekens.',
  ),
  uses: of('Gebruikt voor', 'Elke uitvoer noemt er een van.', 'Kies er minstens één.'),
  notUsedFor: of(
    'Niet gebruikt voor',
    'Wat mensen wordt verteld, één per regel: beoordelen van het werk van medewerkers.',
    'Hoogstens 20 regels van hoogstens 200 tekens.',
  ),

  level: of('Niveau', ''),
  mayOpen: of('Wie mag openen', '', 'Kies er minstens één.'),
  recipients: of(
    'Verzegeld aan',
    'Geen: iedereen van de ontvangerslijst.',
    'Kies er minstens twee, of geen voor iedereen.',
  ),
  pauseSeconds: of(
    'Een onderbreking eindigt vanzelf na, seconden',
    '10 tot 900. Leeg: collega’s mogen niet onderbreken.',
    A_NUMBER,
  ),
  dataSubjects: of('Wiens gegevens', 'Eén per regel: klanten, medewerkers.', 'Hoogstens 20 regels; minstens één.'),
  dataCategories: of(
    'Welke gegevens',
    'Eén per regel: wat in gesprekken gezegd wordt.',
    'Hoogstens 20 regels; minstens één.',
  ),
  receivers: of('Wie ze buiten ontvangt', 'Eén per regel. Leeg: niemand.', 'Hoogstens 20 regels.'),

  wavs: of('Opname van een voorlezer', ''),
  recipientRole: of('Rol', ''),
  certificate: of('Certificaat', ''),
  listVersion: of('Versie van de lijst', ''),
  listForm: of('Vorm van het document', ''),
  audience: of('Voor welke apparaten', ''),
  version: of('Versie', ''),
  previousHash: of('Het vorige', ''),
  issuedAt: of('Ondertekend op', ''),
  expiresAt: of('Toe te passen tot', ''),

  like: of('Begin met', 'Zijn velden worden ingevuld; ze kunnen alle veranderd worden.'),
};

export const policyFormTexts: PolicyFormTexts = {
  policyForm: {
    fields,
    forms: {
      controller: { title: 'Wie verantwoordelijk is', lead: 'Bellers horen de naam, en lezen de rest.' },
      law: { title: 'Recht en plaats', lead: '' },
      numbering: { title: 'Hoe nummers worden geschreven', lead: 'In dit beleid.' },
      keys: { title: 'Toetsen van toestellen', lead: 'Wat mensen van de organisatie toetsen.' },
      access: { title: 'Wie wat deed aan de balie', lead: '' },
      request: { title: 'Wat mensen vroegen', lead: '' },
      directory: { title: 'Mensen en toestellen die niet gebruikt worden', lead: '' },
      traffic: { title: 'Verder bewaard van gesprekken', lead: 'Niets ervan wordt zonder doel bewaard.' },
      dpia: {
        title: 'DPIA',
        lead: 'Regels die alle gesprekken opnemen, en bijzondere gegevens, hebben er een nodig (AVG 35).',
      },
      council: { title: 'Ondernemingsraad', lead: '' },
      corrections: { title: 'Correctie van een wetspakket', lead: '' },
      bounds: { title: 'Van buiten', lead: 'Wat wie het apparaat beheert mag veranderen.' },
      holidays: { title: 'Feestdagen', lead: 'Regels kunnen ze anders behandelen.' },
      group: { title: 'De groep', lead: '' },
      never: { title: 'Nooit opgenomen', lead: 'Wat de regels ook zeggen.' },
      which: { title: 'Welke gesprekken', lead: 'Alles wat hier genoemd is moet gelden.' },
      when: { title: 'Wanneer', lead: '' },
      how: { title: 'Wat ermee gebeurt', lead: '' },
      ground: { title: 'Waarom, en op welke grond', lead: '' },
      special: { title: 'Bijzondere gegevens', lead: '' },
      consent: { title: 'Weigeren en instemmen', lead: '' },
      content: { title: 'Wat gezegd is', lead: '' },
      trafficTerm: { title: 'Wie wie belde, en wanneer', lead: '' },
      evidence: { title: 'Bewijs dat het is aangekondigd en gewist', lead: '' },
      minimum: { title: 'Door de wet geëist', lead: '' },
      hearing: { title: 'Wie het hoort, en wanneer', lead: '' },
      nl: { title: 'In het Nederlands', lead: '' },
      en: { title: 'In het Engels', lead: '' },
      de: { title: 'In het Duits', lead: '' },
      fr: { title: 'In het Frans', lead: '' },
      use: { title: 'Waar opnamen voor gebruikt worden', lead: '' },
      opening: { title: 'Wie mag openen', lead: '' },
      pausing: { title: 'Onderbreken', lead: '' },
      register: { title: 'Verwerkingsregister', lead: 'Wat het zegt naast wat het uit het beleid leest.' },
      begin: { title: 'Doel', lead: '' },
      recipients: { title: 'Ontvangers', lead: '' },
      itself: { title: 'Dit beleid', lead: '' },
    },
    none: 'geen',
    any: 'elke',
    yes: 'ja',
    no: 'nee',
    notThere: 'er niet',
    own: 'Zoals bij het doel',
    directions: { internal: 'tussen eigen toestellen', inbound: 'van buiten', outbound: 'naar buiten' },
    vias: {
      phone: 'eigen toestellen en lijnen van dit apparaat',
      siprec: 'kopieën van gesprekken van een ander systeem',
    },
    starts: { automatic: 'vanzelf', manual: 'als iemand van de organisatie erom vraagt' },
    onHolidays: { 'as usual': 'zoals op elke dag', never: 'helemaal niet', only: 'alleen dan' },
    modes: { inform: 'Bellers horen het', 'opt-out': 'Een toets weigert', 'opt-in': 'Een toets stemt eerst in' },
    askWords: { outside: 'wie buiten is', everybody: 'iedereen in het gesprek' },
    councils: { '': 'niet gevraagd, of stemde niet in', agreed: 'stemde schriftelijk in', none: 'die is er niet' },
    grounds: {
      a: 'uitdrukkelijke toestemming (a)',
      b: 'arbeids- en sociaal recht (b)',
      c: 'vitale belangen (c)',
      f: 'rechtsvorderingen (f)',
      g: 'zwaarwegend algemeen belang (g)',
      h: 'gezondheidszorg (h)',
      i: 'volksgezondheid (i)',
      j: 'archief en onderzoek (j)',
    },
    more: 'Meer instellingen',
    keep: 'Bewaren en verder',
    elsewhere: (where) => `Wat het beleid elders zegt past hier niet bij: ${where}. Verander dat eerst.`,
    used: (rules) => `Regels noemen het: ${rules}. Verander die eerst.`,
  },
};
