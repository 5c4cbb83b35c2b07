import type { Words } from './words.ts';

export const de: Words = {
  title: 'Vertrag zur Auftragsverarbeitung',
  subtitle: (version, day) => `Fassung ${version} vom ${day}`,
  parties: 'Parteien',
  controller: 'Verantwortlicher',
  processor: 'Auftragsverarbeiter',
  server: 'Betreibt den Server',
  contact: 'Kontakt',
  subject: 'Gegenstand, Art, Zweck und Dauer',
  subjectText:
    'Der Verantwortliche hat in seinen Räumen Boxen, die Telefongespräche für festgelegte Zwecke aufzeichnen. Aufzeichnungen und Gesprächsdaten bleiben in der Box. Der Auftragsverarbeiter überwacht diese Boxen von einem Server aus: Er sieht, ob sie arbeiten, sendet signierte Einstellungen und zeichnet ihre Protokolle gegen. Dafür verarbeitet er die personenbezogenen Daten in Anlage 1, zu keinem anderen Zweck.',
  subjectDuration:
    'Dieser Vertrag gilt, solange der Auftragsverarbeiter dies für den Verantwortlichen tut, sofern er kein Ende nennt.',
  notHere:
    'Der Server erhält keinen Ton, keinen Schlüssel, der eine Aufzeichnung öffnet, keine Telefonnummer und keinen Namen von jemandem, der anruft.',
  duties: 'Pflichten des Auftragsverarbeiters (DSGVO, Artikel 28 Absatz 3)',
  duty: {
    a: 'Er verarbeitet personenbezogene Daten nur auf dokumentierte Weisung des Verantwortlichen, auch bei Übermittlungen in Drittländer. Das Protokoll des Servers enthält diese Weisungen. Verlangt das Recht etwas anderes, sagt er es vorher, sofern dieses Recht das nicht verbietet.',
    b: 'Wer personenbezogene Daten sehen kann, ist zur Vertraulichkeit verpflichtet.',
    c: 'Er trifft die Sicherheitsmaßnahmen in Anlage 2 (Artikel 32).',
    d: 'Er nimmt Unterauftragnehmer nur unter den Bedingungen unten in Anspruch.',
    e: 'Er hilft dem Verantwortlichen, Anträge betroffener Personen zu beantworten. An der Box tut der Verantwortliche das selbst.',
    f: 'Er hilft bei Sicherheit, Datenschutzverletzungen, Folgenabschätzungen und vorheriger Konsultation (Artikel 32 bis 36).',
    g: 'Nach dem Ende löscht er alle personenbezogenen Daten des Verantwortlichen oder gibt sie zurück, nach dessen Wahl, und bescheinigt das. Was in den Boxen ist, bleibt beim Verantwortlichen.',
    h: 'Er gibt alles heraus, was die Einhaltung dieser Pflichten belegt, und ermöglicht und unterstützt Überprüfungen und Inspektionen. Hält er eine Weisung für rechtswidrig, sagt er es sofort.',
  },
  helpers: 'Unterauftragnehmer',
  helpersText: (days) =>
    `Der Verantwortliche stimmt den Unterauftragnehmern in Anlage 5 zu. Der Auftragsverarbeiter meldet einen neuen mindestens ${days} Tage vor dem Beginn. Der Verantwortliche kann in dieser Zeit widersprechen; dann gilt die Änderung nicht für seine Daten, oder er kann diesen Vertrag beenden. Jeder Unterauftragnehmer hat vertraglich dieselben Pflichten. Der Auftragsverarbeiter haftet für sie.`,
  incidents: 'Datenschutzverletzungen',
  incidentsText:
    'Der Auftragsverarbeiter meldet eine Datenschutzverletzung unverzüglich, nachdem sie ihm bekannt wird, möglichst binnen einer Stunde: was geschah, welche Daten und wen es betrifft, was er dagegen tut. Was noch nicht bekannt ist, folgt.',
  transfers: 'Übermittlungen',
  transfersInside: 'Alle personenbezogenen Daten bleiben im Europäischen Wirtschaftsraum.',
  transfersLocked: (country) => `Alle personenbezogenen Daten bleiben in diesem Land: ${country}.`,
  transfersOutside:
    'Personenbezogene Daten verlassen den Europäischen Wirtschaftsraum nur an die Orte und Unterauftragnehmer in den Anlagen 3 und 5, bei denen das steht, mit dem dort genannten Instrument. Keines davon stützt sich auf das Data Privacy Framework.',
  orders:
    'Die Anordnung einer Behörde eines Drittlands ist kein Grund, etwas herauszugeben (Artikel 48). Jede Anordnung einer Behörde wird festgehalten, und der Verantwortliche erfährt davon, sofern Recht der Union oder eines Mitgliedstaats das nicht verbietet.',
  annexData: 'Anlage 1. Personenbezogene Daten, von wem und wofür',
  annexMeasures: 'Anlage 2. Sicherheitsmaßnahmen',
  annexLocations: 'Anlage 3. Wo die Daten sind',
  annexKept: 'Anlage 4. Wie lange sie aufbewahrt werden',
  annexHelpers: 'Anlage 5. Unterauftragnehmer',
  noHelpers: 'Keine.',
  data: {
    staff: [
      'Personen des Auftragsverarbeiters, die sich anmelden',
      'Name, E-Mail-Adresse, Rollen, Nachweis der Identität: um einzulassen, wer hinein darf',
    ],
    places: [
      'Kunden und Standorte',
      'Namen, die der Auftragsverarbeiter schreibt und die eine Person nennen können, und wer Verträge unterschrieb: um zu wissen, welche Box wo steht und was vereinbart ist',
    ],
    policies: [
      'Einstellungen von Boxen (Richtlinien)',
      'Namen, Rollen und Adressen von Datenschutzbeauftragten und Schlüsselverwahrern des Verantwortlichen, wie seine Richtlinie sie nennt, und öffentliche Schlüssel: um Richtlinien für seine Boxen zu unterschreiben',
    ],
    boxes: [
      'Boxen',
      'Zustand, Gesundheit, Versionen und Einstellungen einer Box; kein Feld eines Gesprächs: um zu sehen, dass sie arbeitet',
    ],
    counts: [
      'Zahlen einer Box',
      'Wie oft in einer Stunde Aufzeichnungen geöffnet, exportiert oder gelöscht wurden, kleine Zahlen verborgen: um Missbrauch zu bemerken',
    ],
    log: ['Protokoll des Servers', 'Wer wann was tat, Personen als Kennung: um Rechenschaft abzulegen'],
    address: ['Netzadresse einer Box ohne Eigentümer', 'Einen Tag, bis sie gekoppelt ist: um Überlastung abzuwehren'],
  },
  days: (days) => (days === 1 ? '1 Tag' : `${days} Tage`),
  untilRemoved: 'bis der Auftragsverarbeiter es entfernt, spätestens am Ende dieses Vertrags',
  measure: {
    no_content: 'Der Server erhält nichts von einem Gespräch, in keiner Form.',
    mutual_tls:
      'Boxen verbinden sich über TLS 1.3 mit einem eigenen Zertifikat von 90 Tagen; ein widerrufenes ist binnen Sekunden ausgesperrt.',
    two_factors: 'Personen melden sich mit zwei Faktoren oder einem Passkey an.',
    scoped_roles:
      'Rechte kommen mit Rollen, für das Ganze, einen Kunden oder einen Standort; Mandanten sind in jeder Abfrage getrennt.',
    signed_policies:
      'Einstellungen gelten, wenn ein Schlüssel sie signiert hat, der an der Box bestätigt wurde. Was den Schutz senkt, wartet dort auf einen Menschen.',
    own_log:
      'Jede Handlung steht in einem Protokoll, das spätere Änderungen zeigt (Merkle-Baum, jede Viertelstunde signiert).',
    witness: 'Protokolle der Boxen werden gegengezeichnet, damit keine Seite sie unbemerkt umschreiben kann.',
    known_destinations:
      'Der Server verbindet sich nur mit den Orten in Anlage 3; eine andere Verbindung wird verweigert.',
    region_lock: 'Die Software verweigert Orte und Unterauftragnehmer außerhalb der Region dieses Vertrags.',
    local_database: 'Die Datenbank liegt auf der Maschine des Servers.',
    database_tls: 'Die Datenbank wird über TLS erreicht, und ihr Zertifikat wird geprüft.',
    broker_tls: 'Der Nachrichtenserver wird über TLS 1.3 mit Zertifikaten beider Seiten erreicht.',
    keys_encrypted: 'Schlüssel des Servers sind verschlüsselt gespeichert.',
    backups: 'Sicherungen gehen an die Orte in Anlage 3.',
  },
  purpose: {
    server: 'Server',
    database: 'Datenbank',
    broker: 'Nachrichtenserver',
    mail: 'E-Mail',
    webhook: 'Meldungen an Systeme des Auftragsverarbeiters',
    sign_in: 'Anmeldung von Personen',
    time: 'Zeit',
    names: 'Namensdienst',
    backup: 'Sicherungen',
    recovery: 'Notfallstandort',
  },
  mechanism: {
    adequacy: 'Angemessenheitsbeschluss',
    scc: 'Standardvertragsklauseln',
    bcr: 'verbindliche interne Datenschutzvorschriften',
  },
  runBy: (name) => `betrieben von ${name}`,
  runsServer: 'betreibt den Server',
  parent: (country) => `oberste Muttergesellschaft: ${country}`,
  since: (day) => `ab ${day}`,
  signatures: 'Unterschriften',
  forController: 'Für den Verantwortlichen: Name, Datum, Unterschrift',
  forProcessor: 'Für den Auftragsverarbeiter: Name, Datum, Unterschrift',
  help: 'Ohne Vertrag zur Auftragsverarbeitung ist die Verarbeitung rechtswidrig (DSGVO, Artikel 28 Absatz 3). Fehlt er, gilt Artikel 83 Absatz 4: eine Geldbuße bis 10 Millionen Euro oder 2 % des Jahresumsatzes, nicht die höheren Beträge von Artikel 83 Absatz 5.',
  drill: 'ÜBUNG. Es ist nichts geschehen.',
  notice: {
    incident: 'Datenvorfall auf dem Server',
    change: (name, day, days) =>
      `Änderung der Unterauftragnehmer: ${name}, frühestens ab ${day}. Sie können binnen ${days} Tagen nach dieser Meldung widersprechen; vorher beginnt es nicht.`,
    ends: (day) => `Der Vertrag zur Auftragsverarbeitung endet am ${day}. Lassen Sie einen neuen unterschreiben.`,
    ended: (day, until) =>
      `Der Vertrag zur Auftragsverarbeitung endete am ${day}. Keine Box kann mehr gekoppelt werden. Bis zum ${until} gehen Einstellungen an Boxen; danach arbeiten sie mit denen weiter, die sie haben.`,
    found: 'Gefunden',
    what: 'Was geschah',
    about: 'Welche Daten',
    steps: 'Was dagegen getan wird',
  },
};
