import type { DocumentWords } from './en.ts';

const never = {
  'works-council': 'de ondernemingsraad',
  doctor: 'de bedrijfsarts',
  confidant: 'de vertrouwenspersoon',
  private: 'nummers die als privé zijn opgegeven',
  withheld: 'afgeschermde nummers',
  other: 'andere nummers die het beleid noemt',
} as const;

export const nl: DocumentWords = {
  and: 'en',
  or: 'of',
  none: 'geen',
  hours: (count) => `${count} uur`,
  basis: {
    a: 'toestemming, AVG 6(1)(a)',
    b: 'een overeenkomst met u, of stappen daarvoor, AVG 6(1)(b)',
    c: 'een wettelijke verplichting, AVG 6(1)(c)',
    d: 'vitale belangen, AVG 6(1)(d)',
    e: 'een taak van algemeen belang, AVG 6(1)(e)',
    f: 'een gerechtvaardigd belang, AVG 6(1)(f)',
  },
  uses: {
    complaint: 'klachten afhandelen',
    quality: 'de kwaliteit van gesprekken beoordelen',
    training: 'medewerkers opleiden',
    evidence: 'bewijs van wat is afgesproken',
    supervision: 'toezicht door een autoriteit',
    'data-subject': 'verzoeken beantwoorden van wie is opgenomen',
    care: 'zorg en behandeling',
    ai_training: 'AI-modellen trainen',
  },
  levels: { standard: 'standaard', sensitive: 'gevoelig', high: 'hoog' },
  roles: {
    custodian: 'beheerders van opnamen (custodians)',
    dpo: 'functionaris gegevensbescherming',
    admin: 'technisch beheerders van de box',
    escrow: 'houder van de noodsleutel',
  },
  classes: {
    content: 'wat er is gezegd',
    traffic: 'wie wie belde en wanneer',
    evidence: 'bewijs dat het is aangekondigd en gewist',
    access: 'wie inlogde, keek en opende',
    request: 'verzoeken en de antwoorden daarop',
    directory: 'mensen en toestellen, nadat ze het laatst zijn gebruikt',
    signalling: 'signalering van gesprekken',
  },
  minimum: (days, ground) => `niet gewist vóór ${days} (${ground})`,
  register: {
    title: (controller) => `Register van verwerkingsactiviteiten: ${controller}`,
    about: 'AVG 30(1). Gemaakt uit het geldende beleid en uit wie welke rol heeft.',
    noPolicy: 'Er geldt geen beleid: er wordt niets opgenomen.',
    controller: 'Verwerkingsverantwoordelijke',
    contact: 'Contact',
    dpo: 'Functionaris gegevensbescherming',
    policy: 'Beleid',
    holders: 'Wie welke rol heeft',
    nobody: 'niemand',
    left: 'iemand die is vertrokken',
    keys: 'Sleutels waarmee opnamen zijn verzegeld',
    places: 'Waar het wordt bewaard',
    box: 'De box',
    regions: 'Toegestane landen',
    purpose: 'Doel',
    why: 'Waarom',
    basis: 'Grondslag',
    special: 'Bijzondere persoonsgegevens',
    subjects: 'Wiens gegevens',
    categories: 'Welke gegevens',
    receivers: 'Ontvangers buiten de organisatie',
    access: 'Mag opnamen openen',
    transfers: 'Doorgifte aan derde landen',
    transfersWithin: (regions) => `geen; alleen bewaard in ${regions}`,
    terms: 'Bewaartermijnen',
    ofRule: (rule) => `regel ${rule}`,
    measures: 'Beveiligingsmaatregelen',
    level: 'Niveau',
    who: {
      callers: 'bellers en wie wordt gebeld',
      staff: 'medewerkers met een toestel',
      desk: 'gebruikers van de desk',
    },
    own: {
      access: {
        name: 'Logboek van toegang',
        why: 'Om misbruik te vinden en te bewijzen wat is gedaan (AVG 5(2), 32).',
        categories: 'wie inlogde, wat iemand zocht, zag en opende',
      },
      requests: {
        name: 'Verzoeken en bezwaren',
        why: 'Om betrokkenen te antwoorden en dat te bewijzen (AVG 12, 15 tot en met 21).',
        categories: 'wat is gevraagd, met zaaknummer, en wat is geantwoord',
      },
      directory: {
        name: 'Mensen en toestellen',
        why: 'Om te weten wie mag inloggen, welke toestellen mogen bellen en wie over het opnemen is ingelicht.',
        categories: 'namen, rollen, accounts van toestellen, bevestigde mededelingen',
      },
      unrecorded: {
        name: 'Gesprekken die niet zijn opgenomen',
        why: 'Om te zien waarom een gesprek niet is opgenomen.',
        categories: 'nummers, tijd, duur en de reden',
      },
      signalling: {
        name: 'Signalering van recente gesprekken',
        why: 'Om storingen te vinden. Alleen in het geheugen.',
        categories: 'SIP-berichten, nummers afgedekt',
      },
    },
    measure: {
      sealed:
        'Elke opname is verzegeld (OpenPGP) met sleutels die alleen de organisatie heeft; geen sleutel op de box opent haar (AVG 32(1)(a)).',
      transport:
        'Gesprekken en pagina’s zijn onderweg versleuteld, behalve bij toestellen met een uitzondering die eindigt.',
      roles: 'Rollen bepalen wie wat mag; horen en zien zijn gescheiden; twee factoren.',
      audit: 'Elke toegang wordt vooraf vastgelegd, in een logboek dat knoeien laat zien.',
      erasure: 'Wat zijn dag voorbij is, wordt vanzelf gewist, de sleutel eerst, met een certificaat.',
      backups: 'Back-ups bevatten alleen verzegelde inhoud; terugzetten wordt geoefend (AVG 32(1)(c), (d)).',
    },
  },
  callers: {
    title: (controller) => `${controller}: opnemen van telefoongesprekken`,
    who: 'Wie verantwoordelijk is',
    whoText: (controller, contact) =>
      `${controller} is verantwoordelijk voor deze opnamen. U bereikt ons hier: ${contact}.`,
    dpo: (name, contact) => `Onze functionaris gegevensbescherming: ${name}, ${contact}.`,
    purpose: (words) => `Wij nemen op ${words}`,
    basis: 'Grondslag',
    interest: 'Ons gerechtvaardigd belang',
    special: (ground, statement) =>
      `In deze gesprekken kunnen gezondheid of andere bijzondere persoonsgegevens aan de orde komen: AVG 9(2)(${ground}). ${statement}`,
    kept: 'Hoe lang',
    keptText: (terms) =>
      terms.length === 1
        ? `We bewaren de opname ${terms[0]}, daarna wordt ze gewist.`
        : `We bewaren de opname ${terms.join(' of ')}, naargelang het soort gesprek, zoals de aankondiging zegt; daarna wordt ze gewist.`,
    traffic: (term) => `Wie wie belde en wanneer: ${term}.`,
    evidence: (term) => `Bewijs dat we het u hebben verteld, zonder wat is gezegd: ${term}.`,
    uses: 'Waarvoor ze mag worden gebruikt',
    notUsedFor: 'Waarvoor ze niet wordt gebruikt',
    receivers: 'Wie haar ontvangt',
    noReceivers: 'Niemand buiten onze organisatie.',
    consent: (consent, mandatory) => {
      if (mandatory) return 'De wet verplicht ons tot deze opname: weigeren kan niet.';
      if (consent.mode === 'opt-in')
        return `Er wordt niets opgenomen tenzij u toestemt met toets ${consent.key}. In het gesprek trekt u dat in met toets ${consent.refuseKey}: wat is opgenomen wordt gewist.`;
      if (consent.mode === 'opt-out')
        return `U kunt in het gesprek weigeren met toets ${consent.key}: wat is opgenomen wordt gewist.`;
      return 'U kunt bezwaar maken, in het gesprek of daarna.';
    },
    youHear: 'Wat u in het gesprek hoort',
    bySource: 'Onze telefooncentrale kondigt het aan.',
    other: 'Gesprekken die niet worden opgenomen',
    unrecorded: (term) =>
      `Van elk ander gesprek bewaren we wie wie belde en wanneer, ${term}, om te zien dat niets bij vergissing is opgenomen. Toetsen die u in keuzemenu’s indrukt worden niet bewaard, tenzij deze pagina dat zegt.`,
    traffics: {
      digits: (purpose) =>
        `Van gesprekken met ons bewaren we ook welke toetsen u in keuzemenu’s indrukt, voor: ${purpose}.`,
      waits: (purpose) => `Van gesprekken met ons bewaren we ook hoe lang u wachtte, voor: ${purpose}.`,
      linkChannels: (purpose) => `Gesprekken worden verbonden met uw mail of chat met ons, voor: ${purpose}.`,
    },
    where: 'Waar het wordt bewaard',
    whereText: (regions) => `Alleen hier: ${regions}. Er gaat niets naar andere landen.`,
    rights: 'Uw rechten',
    access: 'U kunt inzage in uw opnamen vragen, en een kopie (AVG 15).',
    rectify: 'U kunt onjuiste gegevens laten verbeteren (AVG 16).',
    erase: 'U kunt ze laten wissen, tenzij de wet zegt dat we ze moeten bewaren (AVG 17).',
    restrict: 'U kunt het gebruik laten beperken (AVG 18).',
    port: 'Waar we opnemen met uw toestemming of voor een overeenkomst, kunt u ze in een gangbaar formaat krijgen (AVG 20).',
    withdraw:
      'Hebt u toestemming gegeven, dan kunt u die altijd intrekken. Wat daarvoor is gedaan blijft rechtmatig (AVG 7(3)).',
    ask: (contact, term) => `Vraag het ons: ${contact}. We antwoorden binnen een maand en bewaren uw verzoek ${term}.`,
    object: 'Uw recht van bezwaar',
    objectText:
      'Waar we ons beroepen op een gerechtvaardigd belang of een publieke taak, kunt u altijd bezwaar maken, om redenen die met uw situatie te maken hebben. We stoppen dan, tenzij we dwingende gronden aantonen (AVG 21).',
    complain: 'Klacht',
    complainText: (authority) => `U kunt een klacht indienen bij de toezichthouder: ${authority} (AVG 77).`,
    must: 'Of u zich moet laten opnemen',
    mustNot: 'Wet noch overeenkomst verplicht u om te worden opgenomen. Wie weigert, wordt net zo goed geholpen.',
    mandatory:
      'Bij sommige gesprekken verplicht de wet ons om op te nemen; zo’n gesprek kunnen we niet zonder opname voeren.',
    decisions: 'Geautomatiseerde besluiten',
    decisionsText:
      'Er worden geen besluiten door een machine genomen op grond van opnamen, en er is geen profilering (AVG 22).',
    version: (version) => `Deze pagina zegt wat beleid ${version} zegt.`,
  },
  staff: {
    title: (purpose) => `Opnemen van uw gesprekken: ${purpose}`,
    what: 'Wat wordt opgenomen, en waarvoor',
    whatText: (controller, words) =>
      `${controller} neemt gesprekken op uw toestel op ${words}: wat beide kanten zeggen, en wie wie belde en wanneer.`,
    use: 'Het mag worden gebruikt voor',
    notUsedFor: 'Het wordt niet gebruikt voor',
    open: 'Wie het mag openen',
    openText: (roles) =>
      `Alleen: ${roles}. Niemand anders, ook uw leidinggevende en uw collega’s niet. Elke opening wordt met de reden vastgelegd.`,
    long: 'Hoe lang het wordt bewaard',
    keys: 'Wat u kunt doen',
    private: (key) =>
      `Een privégesprek: kies ${key} vóór het nummer, of toets het in het gesprek. Het wordt niet opgenomen.`,
    pause: (key, seconds) =>
      `Pauzeren, bijvoorbeeld bij kaartnummers: toets ${key}, en nog eens om door te gaan. Na ${seconds} seconden gaat het vanzelf door.`,
    start: (key) => `Waar opnemen niet vanzelf begint: toets ${key} om te beginnen.`,
    mandatory: 'De wet verplicht tot deze opnamen. Een gesprek dat niet kan worden opgenomen, eindigt.',
    hear: 'Hoe u het merkt',
    hearsAnnouncement: 'U hoort de aankondiging samen met de andere kant.',
    hearsNothing: 'De andere kant hoort een aankondiging; u niet.',
    beep: (seconds) => `Terwijl u wordt opgenomen hoort u elke ${seconds} seconden een toon.`,
    never: 'Wat nooit wordt opgenomen',
    neverText: (whose) => `Gesprekken met ${whose.map((one) => never[one]).join(', ')}.`,
    rights: 'Uw rechten',
    rightsText: (contact, authority) =>
      `Ook u bent betrokkene: inzage, verbetering, wissen, beperking, bezwaar (AVG 15 tot en met 21). Vraag het ${contact}. U kunt een klacht indienen bij ${authority}.`,
    council:
      'Of en hoe gesprekken worden opgenomen is een zaak van de ondernemingsraad of van wie u vertegenwoordigt. Vraag daar wat is afgesproken.',
    agreed: (reference, on) => `De ondernemingsraad heeft schriftelijk ingestemd: ${reference}, ${on}.`,
    acknowledge:
      'Met bevestigen zegt u dat u dit hebt gelezen. Het is geen toestemming. Zonder bevestiging worden gesprekken op uw toestel niet opgenomen.',
    version: (version) => `Versie ${version}`,
  },
  dpia: {
    title: (controller) => `Gegevensbeschermingseffectbeoordeling (concept): ${controller}`,
    draft:
      'Concept volgens AVG 35(7), ingevuld uit het geldende beleid. Mensen moeten het wegen, aanvullen en tekenen.',
    needed: 'Of ze verplicht is',
    criteria: {
      'large-scale': 'Grote schaal',
      systematic: 'Stelselmatig: hele soorten gesprekken worden zonder keuze opgenomen',
      'special-categories': 'Bijzondere persoonsgegevens',
      'employees-monitored': 'Medewerkers kunnen ermee worden beoordeeld',
      vulnerable: 'Mensen die van de organisatie afhangen, zoals patiënten',
      'new-technology': 'Trainen van AI-modellen',
    },
    answer: (met) => (met ? 'ja' : 'nee'),
    verdict: (required) =>
      required ? 'Een DPIA is verplicht (AVG 35(1), (3)).' : 'Deze antwoorden alleen verplichten niet tot een DPIA.',
    counted: (recordings, threshold) =>
      `${recordings} opnamen in de laatste 30 dagen; vanaf ${threshold} is het grote schaal.`,
    description: 'Beschrijving van de verwerking',
    necessity: 'Noodzaak en evenredigheid',
    risks: 'Risico’s voor wie wordt opgenomen',
    risk: {
      heard: 'Iemand hoort een gesprek die er niets mee te maken heeft.',
      monitored: 'Medewerkers voelen zich bekeken, of worden op opnamen beoordeeld.',
      leaked: 'Opnamen worden buiten bekend.',
      kept: 'Opnamen blijven langer dan nodig.',
      reused: 'Opnamen worden voor iets anders gebruikt.',
      unaware: 'Iemand wordt opgenomen zonder het te weten.',
    },
    against: (fields) => `Daartegen, in het beleid: ${fields}.`,
    guard: {
      mayOpen: 'wie opnamen mag openen',
      recipients: 'voor wie ze zijn verzegeld',
      level: 'het niveau van bescherming',
      uses: 'waarvoor ze mogen dienen',
      notUsedFor: 'waarvoor ze niet mogen dienen',
      staffHear: 'of medewerkers horen dat zij worden opgenomen',
      contentDays: 'hoelang bewaard blijft wat gezegd is',
      because: 'waarom zo lang',
      announcement: 'wat bellers wordt verteld',
      consent: 'hoe zij instemmen of weigeren',
    },
    measures: 'Maatregelen',
    byTheBox: 'Door elke box',
    noMeasures: 'Het beleid noemt er nog geen. In te vullen.',
    open: 'Openstaande acties',
    noneOpen: 'Geen.',
    noField: 'nog geen veld van het beleid voert het uit',
    lostField: (field) => `noemt ${field}, dat het beleid niet heeft`,
    advice: 'Advies van de functionaris gegevensbescherming, en de mening van betrokkenen (AVG 35(2), (9))',
    toFill: 'In te vullen.',
  },
  lia: {
    title: (purpose) => `Belangenafweging (concept): ${purpose}`,
    draft: 'Concept voor AVG 6(1)(f), ingevuld uit het geldende beleid. Mensen moeten het wegen, aanvullen en tekenen.',
    interest: '1. Het belang',
    necessity: '2. Noodzaak',
    necessityText: (terms) =>
      `Opnamen worden ${terms} bewaard en dan gewist. Kan het doel ook zonder opnemen, met minder gesprekken of korter?`,
    balance: '3. De afweging',
    expect: 'Bellers wordt verteld voordat er iets wordt opgenomen:',
    refuse: 'Hoe zij kunnen weigeren',
    guards: 'Wat hen beschermt',
    outcome: '4. Uitkomst',
    filed: (reference, on) => `Het beleid noemt deze afweging: ${reference}, ${on}.`,
    toFill: 'In te vullen.',
  },
};
