import type { DocumentWords } from './en.ts';

const never = {
  'works-council': 'le comité social et économique',
  doctor: 'le médecin du travail',
  confidant: 'la personne de confiance',
  private: 'les numéros indiqués comme privés',
  withheld: 'les numéros masqués',
  other: 'd’autres numéros que la politique nomme',
} as const;

export const fr: DocumentWords = {
  and: 'et',
  or: 'ou',
  none: 'aucun',
  hours: (count) => `${count} heures`,
  basis: {
    a: 'le consentement, RGPD 6(1)(a)',
    b: 'un contrat avec vous, ou des mesures avant celui-ci, RGPD 6(1)(b)',
    c: 'une obligation légale, RGPD 6(1)(c)',
    d: 'des intérêts vitaux, RGPD 6(1)(d)',
    e: 'une mission d’intérêt public, RGPD 6(1)(e)',
    f: 'un intérêt légitime, RGPD 6(1)(f)',
  },
  uses: {
    complaint: 'le traitement des réclamations',
    quality: 'le contrôle de la qualité des conversations',
    training: 'la formation du personnel',
    evidence: 'la preuve de ce qui a été convenu',
    supervision: 'le contrôle par une autorité',
    'data-subject': 'la réponse aux demandes des personnes enregistrées',
    care: 'les soins et le traitement',
    ai_training: 'l’entraînement de modèles d’IA',
  },
  levels: { standard: 'normal', sensitive: 'sensible', high: 'élevé' },
  roles: {
    custodian: 'les gardiens des enregistrements',
    dpo: 'délégué à la protection des données',
    admin: 'les administrateurs du boîtier',
    escrow: 'le détenteur de la clé de secours',
  },
  classes: {
    content: 'ce qui a été dit',
    traffic: 'qui a appelé qui et quand',
    evidence: 'la preuve de l’annonce et de l’effacement',
    access: 'qui s’est connecté, a consulté et ouvert',
    request: 'les demandes et leurs réponses',
    directory: 'les personnes et les téléphones, après leur dernière utilisation',
    signalling: 'la signalisation des appels',
  },
  minimum: (days, ground) => `non effacé avant ${days} (${ground})`,
  register: {
    title: (controller) => `Registre des activités de traitement : ${controller}`,
    about: 'RGPD 30(1). Tiré de la politique en vigueur et de qui tient quel rôle.',
    noPolicy: 'Aucune politique n’est en vigueur : rien n’est enregistré.',
    controller: 'Responsable du traitement',
    contact: 'Contact',
    dpo: 'Délégué à la protection des données',
    policy: 'Politique',
    holders: 'Qui tient quel rôle',
    nobody: 'personne',
    left: 'une personne partie',
    keys: 'Clés auxquelles les enregistrements sont scellés',
    places: 'Lieux de conservation',
    box: 'Le boîtier',
    regions: 'Pays permis',
    purpose: 'Finalité',
    why: 'Pourquoi',
    basis: 'Base juridique',
    special: 'Catégories particulières',
    subjects: 'Personnes concernées',
    categories: 'Catégories de données',
    receivers: 'Destinataires externes',
    access: 'Peut ouvrir les enregistrements',
    transfers: 'Transferts vers des pays tiers',
    transfersWithin: (regions) => `aucun ; conservé uniquement ici : ${regions}`,
    terms: 'Délais d’effacement',
    ofRule: (rule) => `règle ${rule}`,
    measures: 'Mesures de sécurité',
    level: 'Niveau',
    who: { callers: 'appelants et appelés', staff: 'salariés ayant un téléphone', desk: 'utilisateurs du desk' },
    own: {
      access: {
        name: 'Journal des accès',
        why: 'Pour trouver les abus et prouver ce qui a été fait (RGPD 5(2), 32).',
        categories: 'qui s’est connecté, ce qui a été cherché, vu et ouvert',
      },
      requests: {
        name: 'Demandes et oppositions',
        why: 'Pour répondre aux personnes concernées et le prouver (RGPD 12, 15 à 21).',
        categories: 'ce qui a été demandé, par numéro de dossier, et la réponse',
      },
      directory: {
        name: 'Personnes et téléphones',
        why: 'Pour savoir qui peut se connecter, quels téléphones peuvent appeler et qui a été informé de l’enregistrement.',
        categories: 'noms, rôles, comptes de téléphones, notices dont il a été pris connaissance',
      },
      unrecorded: {
        name: 'Appels non enregistrés',
        why: 'Pour voir pourquoi un appel n’a pas été enregistré.',
        categories: 'numéros, heure, durée et raison',
      },
      signalling: {
        name: 'Signalisation des appels récents',
        why: 'Pour trouver les pannes. En mémoire seulement.',
        categories: 'messages SIP, numéros masqués',
      },
    },
    measure: {
      sealed:
        'Chaque enregistrement est scellé (OpenPGP) à des clés que seule l’organisation détient ; aucune clé du boîtier ne l’ouvre (RGPD 32(1)(a)).',
      transport:
        'Les appels et les pages sont chiffrés en chemin, sauf pour les téléphones ayant une exception limitée dans le temps.',
      roles: 'Les rôles décident qui peut quoi ; entendre et voir sont séparés ; deux facteurs.',
      audit: 'Chaque accès est noté avant d’avoir lieu, dans un journal qui montre toute altération.',
      erasure: 'Ce qui a dépassé son jour est effacé de lui-même, la clé d’abord, avec un certificat.',
      backups:
        'Les sauvegardes ne contiennent que du contenu scellé ; la restauration est exercée (RGPD 32(1)(c), (d)).',
    },
  },
  callers: {
    title: (controller) => `${controller} : enregistrement des appels`,
    who: 'Qui est responsable',
    whoText: (controller, contact) =>
      `${controller} est responsable de ces enregistrements. Vous pouvez nous joindre ici : ${contact}.`,
    dpo: (name, contact) => `Notre délégué à la protection des données : ${name}, ${contact}.`,
    purpose: (words) => `Nous enregistrons ${words}`,
    basis: 'Base juridique',
    interest: 'Notre intérêt légitime',
    special: (ground, statement) =>
      `Dans ces appels il peut être question de santé ou d’autres catégories particulières : RGPD 9(2)(${ground}). ${statement}`,
    kept: 'Combien de temps',
    keptText: (terms) =>
      terms.length === 1
        ? `L’enregistrement est conservé ${terms[0]}, puis effacé.`
        : `L’enregistrement est conservé ${terms.join(' ou ')}, selon le type d’appel, comme l’annonce le dit ; puis il est effacé.`,
    traffic: (term) => `Qui a appelé qui et quand : ${term}.`,
    evidence: (term) => `La preuve que vous avez été informé, sans ce qui a été dit : ${term}.`,
    uses: 'À quoi il peut servir',
    notUsedFor: 'À quoi il ne sert pas',
    receivers: 'Qui le reçoit',
    noReceivers: 'Personne en dehors de notre organisation.',
    consent: (consent, mandatory) => {
      if (mandatory) return 'La loi impose cet enregistrement : il ne peut être refusé.';
      if (consent.mode === 'opt-in')
        return `Rien n’est enregistré sauf si vous acceptez par la touche ${consent.key}. Pendant l’appel, la touche ${consent.refuseKey} revient sur votre accord : ce qui a été enregistré est effacé.`;
      if (consent.mode === 'opt-out')
        return `Vous pouvez refuser pendant l’appel par la touche ${consent.key} : ce qui a été enregistré est effacé.`;
      return 'Vous pouvez vous opposer, pendant l’appel ou après.';
    },
    youHear: 'Ce que vous entendez pendant l’appel',
    bySource: 'Notre système téléphonique l’annonce.',
    other: 'Appels qui ne sont pas enregistrés',
    unrecorded: (term) =>
      `De tout autre appel nous conservons ${term} qui a appelé qui et quand, pour voir que rien n’a été enregistré par erreur. Les touches que vous pressez dans les menus ne sont pas conservées, sauf si cette page le dit.`,
    traffics: {
      digits: (purpose) =>
        `Des appels avec nous, nous conservons aussi les touches que vous pressez dans les menus, pour : ${purpose}.`,
      waits: (purpose) => `Des appels avec nous, nous conservons aussi votre temps d’attente, pour : ${purpose}.`,
      linkChannels: (purpose) => `Les appels sont reliés à vos courriels ou discussions avec nous, pour : ${purpose}.`,
    },
    where: 'Où il est conservé',
    whereText: (regions) => `Uniquement ici : ${regions}. Rien n’est transféré vers d’autres pays.`,
    rights: 'Vos droits',
    access: 'Vous pouvez demander l’accès à vos enregistrements et une copie (RGPD 15).',
    rectify: 'Vous pouvez faire rectifier des données inexactes (RGPD 16).',
    erase: 'Vous pouvez les faire effacer, sauf si la loi nous impose de les conserver (RGPD 17).',
    restrict: 'Vous pouvez en faire limiter l’usage (RGPD 18).',
    port: 'Là où nous enregistrons avec votre consentement ou pour un contrat, vous pouvez les recevoir dans un format courant (RGPD 20).',
    withdraw:
      'Si vous avez consenti, vous pouvez retirer votre consentement à tout moment. Ce qui a été fait avant reste licite (RGPD 7(3)).',
    ask: (contact, term) =>
      `Adressez-vous à nous : ${contact}. Nous répondons dans un délai d’un mois et conservons votre demande ${term}.`,
    object: 'Votre droit d’opposition',
    objectText:
      'Là où nous nous fondons sur un intérêt légitime ou une mission publique, vous pouvez vous opposer à tout moment, pour des raisons tenant à votre situation. Nous cessons alors, sauf motifs impérieux que nous démontrons (RGPD 21).',
    complain: 'Réclamation',
    complainText: (authority) =>
      `Vous pouvez introduire une réclamation auprès de l’autorité de contrôle : ${authority} (RGPD 77).`,
    must: 'Si vous devez être enregistré',
    mustNot: 'Ni la loi ni un contrat ne vous oblige à être enregistré. Qui refuse est aidé de la même façon.',
    mandatory:
      'Pour certains appels la loi nous oblige à enregistrer ; nous ne pouvons avoir un tel appel sans l’enregistrer.',
    decisions: 'Décisions automatisées',
    decisionsText:
      'Aucune décision n’est prise par une machine sur la base d’enregistrements, et il n’y a pas de profilage (RGPD 22).',
    version: (version) => `Cette page dit ce que dit la politique ${version}.`,
  },
  staff: {
    title: (purpose) => `Enregistrement de vos appels : ${purpose}`,
    what: 'Ce qui est enregistré, et pourquoi',
    whatText: (controller, words) =>
      `${controller} enregistre des appels sur votre téléphone ${words} : ce que disent les deux côtés, et qui a appelé qui et quand.`,
    use: 'Peut servir à',
    notUsedFor: 'Ne sert pas à',
    open: 'Qui peut l’ouvrir',
    openText: (roles) =>
      `Seulement : ${roles}. Personne d’autre, ni vos supérieurs ni vos collègues. Chaque ouverture est notée avec sa raison.`,
    long: 'Combien de temps il est conservé',
    keys: 'Ce que vous pouvez faire',
    private: (key) =>
      `Un appel privé : composez ${key} avant le numéro, ou pressez-le pendant l’appel. Il n’est pas enregistré.`,
    pause: (key, seconds) =>
      `Suspendre, par exemple pour un numéro de carte : pressez ${key}, et encore une fois pour reprendre. Après ${seconds} secondes cela reprend tout seul.`,
    start: (key) => `Là où l’enregistrement ne commence pas de lui-même : pressez ${key} pour le commencer.`,
    mandatory: 'La loi impose ces enregistrements. Un appel qui ne peut être enregistré prend fin.',
    hear: 'Comment vous le remarquez',
    hearsAnnouncement: 'Vous entendez l’annonce avec l’autre côté.',
    hearsNothing: 'L’autre côté entend une annonce ; vous non.',
    beep: (seconds) => `Pendant l’enregistrement vous entendez un signal toutes les ${seconds} secondes.`,
    never: 'Ce qui n’est jamais enregistré',
    neverText: (whose) => `Les appels avec ${whose.map((one) => never[one]).join(', ')}.`,
    rights: 'Vos droits',
    rightsText: (contact, authority) =>
      `Vous aussi êtes une personne concernée : accès, rectification, effacement, limitation, opposition (RGPD 15 à 21). Adressez-vous à ${contact}. Vous pouvez introduire une réclamation auprès de ${authority}.`,
    council:
      'Si et comment des appels sont enregistrés concerne le comité social et économique ou ceux qui vous représentent. Demandez-leur ce qui a été convenu.',
    agreed: (reference, on) => `Le comité a donné son accord par écrit : ${reference}, ${on}.`,
    acknowledge:
      'En prenant acte vous dites avoir lu ceci. Ce n’est pas un consentement. Sans cela les appels sur votre téléphone ne sont pas enregistrés.',
    version: (version) => `Version ${version}`,
  },
  dpia: {
    title: (controller) => `Analyse d’impact relative à la protection des données (projet) : ${controller}`,
    draft:
      'Projet selon RGPD 35(7), rempli à partir de la politique en vigueur. Des personnes doivent le peser, le compléter et le signer.',
    needed: 'Si elle est requise',
    criteria: {
      'large-scale': 'Grande échelle',
      systematic: 'Systématique : des types entiers d’appels sont enregistrés sans choix',
      'special-categories': 'Catégories particulières de données',
      'employees-monitored': 'Les salariés peuvent être évalués par ce moyen',
      vulnerable: 'Des personnes qui dépendent de l’organisation, comme des patients',
      'new-technology': 'Entraînement de modèles d’IA',
    },
    answer: (met) => (met ? 'oui' : 'non'),
    verdict: (required) =>
      required
        ? 'Une analyse d’impact est requise (RGPD 35(1), (3)).'
        : 'Ces réponses seules n’exigent pas d’analyse d’impact.',
    counted: (recordings, threshold) =>
      `${recordings} enregistrements dans les 30 derniers jours ; à partir de ${threshold} c’est une grande échelle.`,
    description: 'Description du traitement',
    necessity: 'Nécessité et proportionnalité',
    risks: 'Risques pour les personnes enregistrées',
    risk: {
      heard: 'Quelqu’un entend un appel qui ne le regarde pas.',
      monitored: 'Les salariés se sentent surveillés, ou sont jugés sur des enregistrements.',
      leaked: 'Des enregistrements sont connus à l’extérieur.',
      kept: 'Des enregistrements restent plus longtemps que nécessaire.',
      reused: 'Des enregistrements servent à autre chose.',
      unaware: 'Quelqu’un est enregistré sans le savoir.',
    },
    against: (fields) => `En face, dans la politique : ${fields}.`,
    guard: {
      mayOpen: 'qui peut ouvrir les enregistrements',
      recipients: 'à qui ils sont scellés',
      level: 'le niveau de protection',
      uses: 'à quoi ils peuvent servir',
      notUsedFor: 'à quoi ils ne peuvent pas servir',
      staffHear: 'si les collaborateurs entendent qu’ils sont enregistrés',
      contentDays: 'combien de temps les paroles sont conservées',
      because: 'pourquoi si longtemps',
      announcement: 'ce qui est dit aux appelants',
      consent: 'comment ils acceptent ou refusent',
    },
    measures: 'Mesures',
    byTheBox: 'Par chaque boîtier',
    noMeasures: 'La politique n’en nomme pas encore. À remplir.',
    open: 'Actions ouvertes',
    noneOpen: 'Aucune.',
    noField: 'aucun champ de la politique ne la réalise encore',
    lostField: (field) => `nomme ${field}, que la politique n’a pas`,
    advice: 'Avis du délégué à la protection des données et des personnes concernées (RGPD 35(2), (9))',
    toFill: 'À remplir.',
  },
  lia: {
    title: (purpose) => `Mise en balance des intérêts (projet) : ${purpose}`,
    draft:
      'Projet pour RGPD 6(1)(f), rempli à partir de la politique en vigueur. Des personnes doivent le peser, le compléter et le signer.',
    interest: '1. L’intérêt',
    necessity: '2. Nécessité',
    necessityText: (terms) =>
      `Les enregistrements sont conservés ${terms}, puis effacés. La finalité pourrait-elle être atteinte sans enregistrer, avec moins d’appels ou moins longtemps ?`,
    balance: '3. La balance',
    expect: 'Les appelants sont informés avant tout enregistrement :',
    refuse: 'Comment ils peuvent refuser',
    guards: 'Ce qui les protège',
    outcome: '4. Résultat',
    filed: (reference, on) => `La politique nomme cette mise en balance : ${reference}, ${on}.`,
    toFill: 'À remplir.',
  },
};
