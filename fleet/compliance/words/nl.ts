import type { Words } from './words.ts';

export const nl: Words = {
  title: 'Verwerkersovereenkomst',
  subtitle: (version, day) => `Versie ${version} van ${day}`,
  parties: 'Partijen',
  controller: 'Verwerkingsverantwoordelijke',
  processor: 'Verwerker',
  server: 'Beheert de server',
  contact: 'Contact',
  subject: 'Onderwerp, aard, doel en duur',
  subjectText:
    'De verwerkingsverantwoordelijke heeft apparaten in eigen huis die telefoongesprekken opnemen voor vastgelegde doelen. Opnamen en gespreksgegevens blijven in het apparaat. De verwerker bewaakt deze apparaten vanaf een server: hij ziet of ze werken, stuurt ondertekende instellingen en ondertekent hun logboeken mee. Daarvoor verwerkt hij de persoonsgegevens uit bijlage 1, voor geen ander doel.',
  subjectDuration:
    'Deze overeenkomst geldt zolang de verwerker dit voor de verwerkingsverantwoordelijke doet, tenzij er een einddatum in staat.',
  notHere:
    'De server ontvangt geen geluid, geen sleutel die een opname opent, geen telefoonnummer en geen naam van iemand die belt.',
  duties: 'Plichten van de verwerker (AVG, artikel 28 lid 3)',
  duty: {
    a: 'Hij verwerkt persoonsgegevens alleen op gedocumenteerde instructie van de verwerkingsverantwoordelijke, ook bij doorgifte naar derde landen. Het logboek van de server bevat die instructies. Eist de wet iets anders, dan zegt hij dat vooraf, tenzij die wet dat verbiedt.',
    b: 'Wie persoonsgegevens kan zien is tot geheimhouding verplicht.',
    c: 'Hij neemt de beveiligingsmaatregelen uit bijlage 2 (artikel 32).',
    d: 'Hij schakelt subverwerkers alleen in onder de voorwaarden hieronder.',
    e: 'Hij helpt de verwerkingsverantwoordelijke om verzoeken van betrokkenen te beantwoorden. Op het apparaat doet de verwerkingsverantwoordelijke dat zelf.',
    f: 'Hij helpt bij beveiliging, datalekken, effectbeoordelingen en voorafgaande raadpleging (artikelen 32 tot en met 36).',
    g: 'Na afloop wist hij alle persoonsgegevens van de verwerkingsverantwoordelijke of geeft hij ze terug, naar diens keuze, en bevestigt dat schriftelijk. Wat in de apparaten staat blijft bij de verwerkingsverantwoordelijke.',
    h: 'Hij geeft alle informatie waaruit blijkt dat deze plichten worden nagekomen, en staat audits en inspecties toe en werkt eraan mee. Vindt hij een instructie onwettig, dan zegt hij dat meteen.',
  },
  helpers: 'Subverwerkers',
  helpersText: (days) =>
    `De verwerkingsverantwoordelijke stemt in met de subverwerkers uit bijlage 5. De verwerker meldt een nieuwe minstens ${days} dagen voor het begin. De verwerkingsverantwoordelijke kan binnen die tijd bezwaar maken; dan geldt de wijziging niet voor zijn gegevens, of kan hij deze overeenkomst beëindigen. Elke subverwerker heeft bij contract dezelfde plichten. De verwerker staat voor hen in.`,
  incidents: 'Datalekken',
  incidentsText:
    'De verwerker meldt een datalek zonder onredelijke vertraging nadat hij ervan weet, met een uur als streven: wat er is gebeurd, om welke gegevens en wie het gaat, wat hij eraan doet. Wat nog niet bekend is volgt.',
  transfers: 'Doorgifte',
  transfersInside: 'Alle persoonsgegevens blijven in de Europese Economische Ruimte.',
  transfersLocked: (country) => `Alle persoonsgegevens blijven in dit land: ${country}.`,
  transfersOutside:
    'Persoonsgegevens verlaten de Europese Economische Ruimte alleen naar de locaties en subverwerkers uit bijlagen 3 en 5 waar dat bij staat, met het daar genoemde instrument. Geen daarvan steunt op het Data Privacy Framework.',
  orders:
    'Een bevel van een autoriteit van een derde land is geen grond om iets af te geven (artikel 48). Elk bevel van een autoriteit wordt vastgelegd, en de verwerkingsverantwoordelijke hoort ervan tenzij recht van de Unie of een lidstaat dat verbiedt.',
  annexData: 'Bijlage 1. Persoonsgegevens, van wie en waarvoor',
  annexMeasures: 'Bijlage 2. Beveiligingsmaatregelen',
  annexLocations: 'Bijlage 3. Waar de gegevens zijn',
  annexKept: 'Bijlage 4. Bewaartermijnen',
  annexHelpers: 'Bijlage 5. Subverwerkers',
  noHelpers: 'Geen.',
  data: {
    staff: [
      'Mensen van de verwerker die inloggen',
      'Naam, e-mailadres, rollen, bewijs van identiteit: om binnen te laten wie binnen mag',
    ],
    places: [
      'Klanten en locaties',
      'Namen die de verwerker schrijft en die een persoon kunnen noemen, en wie overeenkomsten tekende: om te weten welk apparaat waar staat en wat is afgesproken',
    ],
    policies: [
      'Instellingen van apparaten (beleid)',
      'Namen, rollen en adressen van functionarissen voor gegevensbescherming en sleutelhouders van de verwerkingsverantwoordelijke, zoals zijn beleid ze noemt, en openbare sleutels: om beleid voor zijn apparaten te ondertekenen',
    ],
    boxes: [
      'Apparaten',
      'Toestand, gezondheid, versies en instellingen van een apparaat; geen veld van een gesprek: om te zien dat het werkt',
    ],
    counts: [
      'Aantallen van een apparaat',
      'Hoe vaak opnamen in een uur zijn geopend, geëxporteerd of gewist, kleine getallen verborgen: om misbruik op te merken',
    ],
    log: ['Logboek van de server', 'Wie wat wanneer deed, mensen als code: om verantwoording af te leggen'],
    address: [
      'Netwerkadres van een apparaat zonder eigenaar',
      'Eén dag, tot het is gekoppeld: om overbelasting af te weren',
    ],
  },
  days: (days) => (days === 1 ? '1 dag' : `${days} dagen`),
  untilRemoved: 'tot de verwerker het verwijdert, uiterlijk aan het eind van deze overeenkomst',
  measure: {
    no_content: 'De server ontvangt niets van een gesprek, in geen enkele vorm.',
    mutual_tls:
      'Apparaten verbinden over TLS 1.3 met een eigen certificaat van 90 dagen; een ingetrokken certificaat is binnen seconden buiten.',
    two_factors: 'Mensen loggen in met twee factoren of een passkey.',
    scoped_roles:
      'Rechten horen bij rollen, voor het geheel, één klant of één locatie; klanten zijn in elke zoekvraag gescheiden.',
    signed_policies:
      'Instellingen gelden als ze zijn ondertekend met een sleutel die bij het apparaat is bevestigd. Wat de privacy verlaagt wacht daar op een mens.',
    own_log:
      'Elke handeling staat in een logboek dat latere wijziging laat zien (Merkle-boom, elk kwartier ondertekend).',
    witness: 'Logboeken van apparaten worden mee ondertekend, zodat geen van beide ze ongezien kan herschrijven.',
    known_destinations:
      'De server verbindt alleen met de locaties uit bijlage 3; een verbinding met een andere wordt geweigerd.',
    region_lock: 'De software weigert locaties en subverwerkers buiten de regio van deze overeenkomst.',
    local_database: 'De database staat op de machine van de server.',
    database_tls: 'De database wordt over TLS bereikt, en haar certificaat wordt gecontroleerd.',
    broker_tls: 'De berichtenserver wordt over TLS 1.3 bereikt, met certificaten van beide kanten.',
    keys_encrypted: 'Sleutels van de server zijn versleuteld opgeslagen.',
    backups: 'Back-ups gaan naar de locaties uit bijlage 3.',
  },
  purpose: {
    server: 'Server',
    database: 'Database',
    broker: 'Berichtenserver',
    mail: 'E-mail',
    webhook: 'Meldingen aan systemen van de verwerker',
    sign_in: 'Inloggen van mensen',
    time: 'Tijd',
    names: 'Naamdienst',
    backup: 'Back-ups',
    recovery: 'Uitwijk',
  },
  mechanism: {
    adequacy: 'adequaatheidsbesluit',
    scc: 'standaardcontractbepalingen',
    bcr: 'bindende bedrijfsvoorschriften',
  },
  runBy: (name) => `beheerd door ${name}`,
  runsServer: 'beheert de server',
  parent: (country) => `uiteindelijk moederbedrijf: ${country}`,
  since: (day) => `vanaf ${day}`,
  signatures: 'Ondertekening',
  forController: 'Voor de verwerkingsverantwoordelijke: naam, datum, handtekening',
  forProcessor: 'Voor de verwerker: naam, datum, handtekening',
  help: 'Zonder verwerkersovereenkomst is de verwerking onrechtmatig (AVG, artikel 28 lid 3). Het ontbreken ervan valt onder artikel 83 lid 4: een boete tot 10 miljoen euro of 2 % van de jaaromzet, niet de hogere bedragen van artikel 83 lid 5.',
  drill: 'OEFENING. Er is niets gebeurd.',
  notice: {
    incident: 'Incident met gegevens op de server',
    change: (name, day, days) =>
      `Wijziging van subverwerkers: ${name}, op zijn vroegst vanaf ${day}. U kunt binnen ${days} dagen na deze melding bezwaar maken; eerder begint het niet.`,
    ends: (day) => `De verwerkersovereenkomst eindigt op ${day}. Laat een nieuwe tekenen.`,
    ended: (day, until) =>
      `De verwerkersovereenkomst is op ${day} geëindigd. Er kan geen apparaat meer worden gekoppeld. Tot ${until} gaan er instellingen naar apparaten; daarna gaan ze door met die ze hebben.`,
    found: 'Gevonden',
    what: 'Wat er is gebeurd',
    about: 'Welke gegevens',
    steps: 'Wat eraan wordt gedaan',
  },
};
