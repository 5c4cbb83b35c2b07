import type { DocumentWords } from './en.ts';

const never = {
  'works-council': 'dem Betriebsrat',
  doctor: 'der Betriebsärztin oder dem Betriebsarzt',
  confidant: 'der Vertrauensperson',
  private: 'Nummern, die als privat angegeben sind',
  withheld: 'unterdrückten Nummern',
  other: 'weiteren Nummern, die die Richtlinie nennt',
} as const;

export const de: DocumentWords = {
  and: 'und',
  or: 'oder',
  none: 'keine',
  hours: (count) => `${count} Stunden`,
  basis: {
    a: 'Einwilligung, DSGVO 6(1)(a)',
    b: 'ein Vertrag mit Ihnen oder Schritte davor, DSGVO 6(1)(b)',
    c: 'eine rechtliche Verpflichtung, DSGVO 6(1)(c)',
    d: 'lebenswichtige Interessen, DSGVO 6(1)(d)',
    e: 'eine Aufgabe im öffentlichen Interesse, DSGVO 6(1)(e)',
    f: 'ein berechtigtes Interesse, DSGVO 6(1)(f)',
  },
  uses: {
    complaint: 'Beschwerden klären',
    quality: 'die Qualität von Gesprächen prüfen',
    training: 'Beschäftigte schulen',
    evidence: 'Nachweis dessen, was vereinbart wurde',
    supervision: 'Aufsicht durch eine Behörde',
    'data-subject': 'Anfragen Aufgezeichneter beantworten',
    care: 'Pflege und Behandlung',
    ai_training: 'KI-Modelle trainieren',
  },
  levels: { standard: 'normal', sensitive: 'sensibel', high: 'hoch' },
  roles: {
    custodian: 'Verwahrer von Aufzeichnungen (Custodians)',
    dpo: 'Datenschutzbeauftragte',
    admin: 'technische Betreuung der Box',
    escrow: 'Inhaber des Notschlüssels',
  },
  classes: {
    content: 'was gesprochen wurde',
    traffic: 'wer wen wann anrief',
    evidence: 'Nachweis, dass angesagt und gelöscht wurde',
    access: 'wer sich anmeldete, ansah und öffnete',
    request: 'Anfragen und ihre Antworten',
    directory: 'Menschen und Telefone, nach ihrer letzten Benutzung',
    signalling: 'Signalisierung von Gesprächen',
  },
  minimum: (days, ground) => `nicht gelöscht vor ${days} (${ground})`,
  register: {
    title: (controller) => `Verzeichnis von Verarbeitungstätigkeiten: ${controller}`,
    about: 'DSGVO 30(1). Erzeugt aus der geltenden Richtlinie und daraus, wer welche Rolle hat.',
    noPolicy: 'Es gilt keine Richtlinie: nichts wird aufgezeichnet.',
    controller: 'Verantwortlicher',
    contact: 'Kontakt',
    dpo: 'Datenschutzbeauftragte',
    policy: 'Richtlinie',
    holders: 'Wer welche Rolle hat',
    nobody: 'niemand',
    left: 'jemand, der gegangen ist',
    keys: 'Schlüssel, mit denen Aufzeichnungen versiegelt werden',
    places: 'Wo aufbewahrt wird',
    box: 'Die Box',
    regions: 'Erlaubte Länder',
    purpose: 'Zweck',
    why: 'Warum',
    basis: 'Rechtsgrundlage',
    special: 'Besondere Kategorien',
    subjects: 'Wessen Daten',
    categories: 'Welche Daten',
    receivers: 'Empfänger außerhalb',
    access: 'Darf Aufzeichnungen öffnen',
    transfers: 'Übermittlung in Drittländer',
    transfersWithin: (regions) => `keine; nur in ${regions} aufbewahrt`,
    terms: 'Löschfristen',
    ofRule: (rule) => `Regel ${rule}`,
    measures: 'Sicherheitsmaßnahmen',
    level: 'Stufe',
    who: { callers: 'Anrufende und Angerufene', staff: 'Beschäftigte mit Telefon', desk: 'Benutzer des Desk' },
    own: {
      access: {
        name: 'Protokoll der Zugriffe',
        why: 'Um Missbrauch zu finden und nachzuweisen, was getan wurde (DSGVO 5(2), 32).',
        categories: 'wer sich anmeldete, was gesucht, gesehen und geöffnet wurde',
      },
      requests: {
        name: 'Anfragen und Widersprüche',
        why: 'Um Betroffenen zu antworten und das nachzuweisen (DSGVO 12, 15 bis 21).',
        categories: 'was verlangt wurde, mit Aktenzeichen, und was geantwortet wurde',
      },
      directory: {
        name: 'Menschen und Telefone',
        why: 'Um zu wissen, wer sich anmelden darf, welche Telefone anrufen dürfen und wer über das Aufzeichnen unterrichtet ist.',
        categories: 'Namen, Rollen, Konten von Telefonen, bestätigte Mitteilungen',
      },
      unrecorded: {
        name: 'Gespräche, die nicht aufgezeichnet wurden',
        why: 'Um zu sehen, warum ein Gespräch nicht aufgezeichnet wurde.',
        categories: 'Nummern, Zeit, Dauer und der Grund',
      },
      signalling: {
        name: 'Signalisierung neuester Gespräche',
        why: 'Um Störungen zu finden. Nur im Arbeitsspeicher.',
        categories: 'SIP-Nachrichten, Nummern verdeckt',
      },
    },
    measure: {
      sealed:
        'Jede Aufzeichnung ist mit Schlüsseln versiegelt, die nur die Organisation hat (OpenPGP); kein Schlüssel auf der Box öffnet sie (DSGVO 32(1)(a)).',
      transport:
        'Gespräche und Seiten sind unterwegs verschlüsselt, außer bei Telefonen mit einer Ausnahme, die endet.',
      roles: 'Rollen bestimmen, wer was darf; Hören und Sehen sind getrennt; zwei Faktoren.',
      audit: 'Jeder Zugriff wird vorher festgehalten, in einem Protokoll, das Manipulation zeigt.',
      erasure: 'Was seinen Tag überschritten hat, wird von selbst gelöscht, der Schlüssel zuerst, mit Bescheinigung.',
      backups: 'Sicherungen enthalten nur versiegelte Inhalte; Wiederherstellen wird geübt (DSGVO 32(1)(c), (d)).',
    },
  },
  callers: {
    title: (controller) => `${controller}: Aufzeichnung von Telefongesprächen`,
    who: 'Wer verantwortlich ist',
    whoText: (controller, contact) =>
      `${controller} ist für diese Aufzeichnungen verantwortlich. Sie erreichen uns hier: ${contact}.`,
    dpo: (name, contact) => `Unsere Datenschutzbeauftragte: ${name}, ${contact}.`,
    purpose: (words) => `Wir zeichnen auf, ${words}`,
    basis: 'Rechtsgrundlage',
    interest: 'Unser berechtigtes Interesse',
    special: (ground, statement) =>
      `In diesen Gesprächen können Gesundheit oder andere besondere Kategorien vorkommen: DSGVO 9(2)(${ground}). ${statement}`,
    kept: 'Wie lange',
    keptText: (terms) =>
      terms.length === 1
        ? `Die Aufzeichnung wird ${terms[0]} aufbewahrt, dann gelöscht.`
        : `Die Aufzeichnung wird ${terms.join(' oder ')} aufbewahrt, je nach Art des Gesprächs, wie die Ansage sagt; dann gelöscht.`,
    traffic: (term) => `Wer wen wann anrief: ${term}.`,
    evidence: (term) => `Nachweis, dass wir es Ihnen gesagt haben, ohne das Gesprochene: ${term}.`,
    uses: 'Wofür sie verwendet werden darf',
    notUsedFor: 'Wofür sie nicht verwendet wird',
    receivers: 'Wer sie erhält',
    noReceivers: 'Niemand außerhalb unserer Organisation.',
    consent: (consent, mandatory) => {
      if (mandatory) return 'Das Gesetz verlangt diese Aufzeichnung: sie kann nicht abgelehnt werden.';
      if (consent.mode === 'opt-in')
        return `Nichts wird aufgezeichnet, außer Sie stimmen mit der Taste ${consent.key} zu. Im Gespräch widerrufen Sie das mit der Taste ${consent.refuseKey}: das Aufgezeichnete wird gelöscht.`;
      if (consent.mode === 'opt-out')
        return `Sie können im Gespräch mit der Taste ${consent.key} ablehnen: das Aufgezeichnete wird gelöscht.`;
      return 'Sie können widersprechen, im Gespräch oder danach.';
    },
    youHear: 'Was Sie im Gespräch hören',
    bySource: 'Unsere Telefonanlage sagt es an.',
    other: 'Gespräche, die nicht aufgezeichnet werden',
    unrecorded: (term) =>
      `Von jedem anderen Gespräch bewahren wir ${term} auf, wer wen wann anrief, um zu sehen, dass nichts aus Versehen aufgezeichnet wurde. Tasten, die Sie in Menüs drücken, werden nicht aufbewahrt, außer diese Seite sagt es.`,
    traffics: {
      digits: (purpose) =>
        `Von Gesprächen mit uns bewahren wir auch auf, welche Tasten Sie in Menüs drücken, für: ${purpose}.`,
      waits: (purpose) =>
        `Von Gesprächen mit uns bewahren wir auch auf, wie lange Sie gewartet haben, für: ${purpose}.`,
      linkChannels: (purpose) => `Gespräche werden mit Ihren Mails oder Chats mit uns verbunden, für: ${purpose}.`,
    },
    where: 'Wo aufbewahrt wird',
    whereText: (regions) => `Nur hier: ${regions}. Nichts wird in andere Länder übermittelt.`,
    rights: 'Ihre Rechte',
    access: 'Sie können Auskunft über Ihre Aufzeichnungen und eine Kopie verlangen (DSGVO 15).',
    rectify: 'Sie können unrichtige Daten berichtigen lassen (DSGVO 16).',
    erase: 'Sie können sie löschen lassen, außer das Gesetz verlangt, dass wir sie aufbewahren (DSGVO 17).',
    restrict: 'Sie können ihre Verarbeitung einschränken lassen (DSGVO 18).',
    port: 'Wo wir mit Ihrer Einwilligung oder für einen Vertrag aufzeichnen, können Sie sie in einem gängigen Format erhalten (DSGVO 20).',
    withdraw:
      'Haben Sie eingewilligt, können Sie das jederzeit widerrufen. Was davor geschah, bleibt rechtmäßig (DSGVO 7(3)).',
    ask: (contact, term) =>
      `Fragen Sie uns: ${contact}. Wir antworten binnen eines Monats und bewahren Ihre Anfrage ${term} auf.`,
    object: 'Ihr Widerspruchsrecht',
    objectText:
      'Wo wir uns auf ein berechtigtes Interesse oder eine öffentliche Aufgabe stützen, können Sie jederzeit widersprechen, aus Gründen, die sich aus Ihrer Situation ergeben. Wir hören dann auf, außer wir weisen zwingende Gründe nach (DSGVO 21).',
    complain: 'Beschwerde',
    complainText: (authority) => `Sie können sich bei der Aufsichtsbehörde beschweren: ${authority} (DSGVO 77).`,
    must: 'Ob Sie aufgezeichnet werden müssen',
    mustNot:
      'Weder Gesetz noch Vertrag verpflichten Sie, sich aufzeichnen zu lassen. Wer ablehnt, dem wird ebenso geholfen.',
    mandatory:
      'Bei manchen Gesprächen verpflichtet uns das Gesetz, aufzuzeichnen; ein solches Gespräch können wir ohne Aufzeichnung nicht führen.',
    decisions: 'Automatisierte Entscheidungen',
    decisionsText: 'Keine Maschine entscheidet aufgrund von Aufzeichnungen, und es gibt kein Profiling (DSGVO 22).',
    version: (version) => `Diese Seite sagt, was Richtlinie ${version} sagt.`,
  },
  staff: {
    title: (purpose) => `Aufzeichnung Ihrer Gespräche: ${purpose}`,
    what: 'Was aufgezeichnet wird, und wofür',
    whatText: (controller, words) =>
      `${controller} zeichnet Gespräche an Ihrem Telefon auf, ${words}: was beide Seiten sagen, und wer wen wann anrief.`,
    use: 'Es darf verwendet werden für',
    notUsedFor: 'Es wird nicht verwendet für',
    open: 'Wer es öffnen darf',
    openText: (roles) =>
      `Nur: ${roles}. Niemand sonst, weder Vorgesetzte noch Kolleginnen und Kollegen. Jedes Öffnen wird mit Grund festgehalten.`,
    long: 'Wie lange es aufbewahrt wird',
    keys: 'Was Sie tun können',
    private: (key) =>
      `Ein privates Gespräch: wählen Sie ${key} vor der Nummer, oder drücken Sie es im Gespräch. Es wird nicht aufgezeichnet.`,
    pause: (key, seconds) =>
      `Unterbrechen, etwa bei Kartennummern: drücken Sie ${key}, und noch einmal, um fortzufahren. Nach ${seconds} Sekunden geht es von selbst weiter.`,
    start: (key) => `Wo das Aufzeichnen nicht von selbst beginnt: drücken Sie ${key}, um zu beginnen.`,
    mandatory: 'Das Gesetz verlangt diese Aufzeichnungen. Ein Gespräch, das nicht aufgezeichnet werden kann, endet.',
    hear: 'Wie Sie es merken',
    hearsAnnouncement: 'Sie hören die Ansage zusammen mit der anderen Seite.',
    hearsNothing: 'Die andere Seite hört eine Ansage; Sie nicht.',
    beep: (seconds) => `Während Sie aufgezeichnet werden, hören Sie alle ${seconds} Sekunden einen Ton.`,
    never: 'Was nie aufgezeichnet wird',
    neverText: (whose) => `Gespräche mit ${whose.map((one) => never[one]).join(', ')}.`,
    rights: 'Ihre Rechte',
    rightsText: (contact, authority) =>
      `Auch Sie sind betroffene Person: Auskunft, Berichtigung, Löschung, Einschränkung, Widerspruch (DSGVO 15 bis 21). Fragen Sie ${contact}. Sie können sich beschweren bei ${authority}.`,
    council:
      'Ob und wie Gespräche aufgezeichnet werden, ist Sache des Betriebsrats oder derer, die Sie vertreten. Fragen Sie dort, was vereinbart wurde.',
    agreed: (reference, on) => `Der Betriebsrat hat schriftlich zugestimmt: ${reference}, ${on}.`,
    acknowledge:
      'Mit der Bestätigung sagen Sie, dass Sie dies gelesen haben. Sie ist keine Einwilligung. Ohne sie werden Gespräche an Ihrem Telefon nicht aufgezeichnet.',
    version: (version) => `Fassung ${version}`,
  },
  dpia: {
    title: (controller) => `Datenschutz-Folgenabschätzung (Entwurf): ${controller}`,
    draft:
      'Entwurf nach DSGVO 35(7), ausgefüllt aus der geltenden Richtlinie. Menschen müssen ihn abwägen, ergänzen und unterschreiben.',
    needed: 'Ob sie nötig ist',
    criteria: {
      'large-scale': 'Umfangreich',
      systematic: 'Systematisch: ganze Arten von Gesprächen werden ohne Wahl aufgezeichnet',
      'special-categories': 'Besondere Kategorien personenbezogener Daten',
      'employees-monitored': 'Beschäftigte können damit beurteilt werden',
      vulnerable: 'Menschen, die von der Organisation abhängen, wie Patienten',
      'new-technology': 'Trainieren von KI-Modellen',
    },
    answer: (met) => (met ? 'ja' : 'nein'),
    verdict: (required) =>
      required
        ? 'Eine Folgenabschätzung ist nötig (DSGVO 35(1), (3)).'
        : 'Diese Antworten allein verlangen keine Folgenabschätzung.',
    counted: (recordings, threshold) =>
      `${recordings} Aufzeichnungen in den letzten 30 Tagen; ab ${threshold} ist es umfangreich.`,
    description: 'Beschreibung der Verarbeitung',
    necessity: 'Notwendigkeit und Verhältnismäßigkeit',
    risks: 'Risiken für Aufgezeichnete',
    risk: {
      heard: 'Jemand hört ein Gespräch, den es nichts angeht.',
      monitored: 'Beschäftigte fühlen sich beobachtet oder werden nach Aufzeichnungen beurteilt.',
      leaked: 'Aufzeichnungen werden außerhalb bekannt.',
      kept: 'Aufzeichnungen bleiben länger als nötig.',
      reused: 'Aufzeichnungen werden für anderes verwendet.',
      unaware: 'Jemand wird aufgezeichnet, ohne es zu wissen.',
    },
    against: (fields) => `Dagegen, in der Richtlinie: ${fields}.`,
    guard: {
      mayOpen: 'wer Aufzeichnungen öffnen darf',
      recipients: 'für wen sie versiegelt sind',
      level: 'die Schutzstufe',
      uses: 'wofür sie genutzt werden dürfen',
      notUsedFor: 'wofür sie nicht genutzt werden dürfen',
      staffHear: 'ob Beschäftigte hören, dass sie aufgezeichnet werden',
      contentDays: 'wie lange das Gesagte bleibt',
      because: 'warum so lange',
      announcement: 'was Anrufenden gesagt wird',
      consent: 'wie sie zustimmen oder ablehnen',
    },
    measures: 'Maßnahmen',
    byTheBox: 'Durch jede Box',
    noMeasures: 'Die Richtlinie nennt noch keine. Auszufüllen.',
    open: 'Offene Punkte',
    noneOpen: 'Keine.',
    noField: 'noch kein Feld der Richtlinie führt es aus',
    lostField: (field) => `nennt ${field}, das die Richtlinie nicht hat`,
    advice: 'Rat der Datenschutzbeauftragten und Standpunkt der Betroffenen (DSGVO 35(2), (9))',
    toFill: 'Auszufüllen.',
  },
  lia: {
    title: (purpose) => `Interessenabwägung (Entwurf): ${purpose}`,
    draft:
      'Entwurf für DSGVO 6(1)(f), ausgefüllt aus der geltenden Richtlinie. Menschen müssen ihn abwägen, ergänzen und unterschreiben.',
    interest: '1. Das Interesse',
    necessity: '2. Erforderlichkeit',
    necessityText: (terms) =>
      `Aufzeichnungen werden ${terms} aufbewahrt und dann gelöscht. Ließe sich der Zweck ohne Aufzeichnen, mit weniger Gesprächen oder kürzer erreichen?`,
    balance: '3. Die Abwägung',
    expect: 'Anrufende erfahren, bevor etwas aufgezeichnet wird:',
    refuse: 'Wie sie ablehnen können',
    guards: 'Was sie schützt',
    outcome: '4. Ergebnis',
    filed: (reference, on) => `Die Richtlinie nennt diese Abwägung: ${reference}, ${on}.`,
    toFill: 'Auszufüllen.',
  },
};
