import type { Words } from './words.ts';

export const fr: Words = {
  title: 'Contrat de sous-traitance',
  subtitle: (version, day) => `Version ${version} du ${day}`,
  parties: 'Parties',
  controller: 'Responsable du traitement',
  processor: 'Sous-traitant',
  server: 'Exploite le serveur',
  contact: 'Contact',
  subject: 'Objet, nature, finalité et durée',
  subjectText:
    'Le responsable du traitement a dans ses locaux des boîtiers qui enregistrent des appels téléphoniques pour des finalités déterminées. Les enregistrements et les données des appels restent dans le boîtier. Le sous-traitant surveille ces boîtiers depuis un serveur : il voit s’ils fonctionnent, leur envoie des réglages signés et cosigne leurs journaux. Pour cela il traite les données à caractère personnel de l’annexe 1, pour aucune autre finalité.',
  subjectDuration:
    'Ce contrat vaut tant que le sous-traitant fait cela pour le responsable du traitement, sauf s’il indique une fin.',
  notHere:
    'Le serveur ne reçoit aucun son, aucune clé qui ouvre un enregistrement, aucun numéro de téléphone et aucun nom de personne qui appelle.',
  duties: 'Obligations du sous-traitant (RGPD, article 28, paragraphe 3)',
  duty: {
    a: 'Il ne traite des données à caractère personnel que sur instruction documentée du responsable du traitement, y compris pour les transferts vers des pays tiers. Le journal du serveur contient ces instructions. Si le droit exige autre chose, il le dit d’abord, sauf si ce droit l’interdit.',
    b: 'Quiconque peut voir des données à caractère personnel est tenu à la confidentialité.',
    c: 'Il prend les mesures de sécurité de l’annexe 2 (article 32).',
    d: 'Il ne recrute des sous-traitants ultérieurs qu’aux conditions ci-dessous.',
    e: 'Il aide le responsable du traitement à répondre aux demandes des personnes concernées. Sur le boîtier, le responsable répond lui-même.',
    f: 'Il aide pour la sécurité, les violations de données, les analyses d’impact et la consultation préalable (articles 32 à 36).',
    g: 'À la fin, il efface toutes les données à caractère personnel du responsable du traitement ou les rend, au choix de celui-ci, et le certifie. Ce que contiennent les boîtiers reste chez le responsable.',
    h: 'Il donne tout ce qui démontre le respect de ces obligations, et permet et aide les audits et inspections. S’il juge une instruction illicite, il le dit aussitôt.',
  },
  helpers: 'Sous-traitants ultérieurs',
  helpersText: (days) =>
    `Le responsable du traitement accepte les sous-traitants ultérieurs de l’annexe 5. Le sous-traitant en annonce un nouveau au moins ${days} jours avant le début. Le responsable peut s’opposer dans ce délai ; alors le changement ne s’applique pas à ses données, ou il peut mettre fin à ce contrat. Chaque sous-traitant ultérieur a par contrat les mêmes obligations. Le sous-traitant répond d’eux.`,
  incidents: 'Violations de données',
  incidentsText:
    'Le sous-traitant signale une violation de données dans les meilleurs délais après en avoir pris connaissance, si possible en une heure : ce qui s’est passé, quelles données et qui cela concerne, ce qu’il fait. Ce qui n’est pas encore connu suit.',
  transfers: 'Transferts',
  transfersInside: 'Toutes les données à caractère personnel restent dans l’Espace économique européen.',
  transfersLocked: (country) => `Toutes les données à caractère personnel restent dans ce pays : ${country}.`,
  transfersOutside:
    'Des données à caractère personnel ne quittent l’Espace économique européen que vers les lieux et sous-traitants ultérieurs des annexes 3 et 5 où cela est indiqué, avec l’instrument qui y est nommé. Aucun ne repose sur le Data Privacy Framework.',
  orders:
    'L’ordre d’une autorité d’un pays tiers n’est pas un motif pour remettre quoi que ce soit (article 48). Tout ordre d’une autorité est consigné, et le responsable du traitement en est informé sauf si le droit de l’Union ou d’un État membre l’interdit.',
  annexData: 'Annexe 1. Données à caractère personnel, de qui et pour quoi',
  annexMeasures: 'Annexe 2. Mesures de sécurité',
  annexLocations: 'Annexe 3. Où sont les données',
  annexKept: 'Annexe 4. Durées de conservation',
  annexHelpers: 'Annexe 5. Sous-traitants ultérieurs',
  noHelpers: 'Aucun.',
  data: {
    staff: [
      'Personnes du sous-traitant qui se connectent',
      'Nom, adresse électronique, rôles, preuve d’identité : pour laisser entrer qui peut entrer',
    ],
    places: [
      'Clients et sites',
      'Noms écrits par le sous-traitant, qui peuvent nommer une personne, et qui a signé les contrats : pour savoir quel boîtier est où et ce qui est convenu',
    ],
    policies: [
      'Réglages des boîtiers (politiques)',
      'Noms, rôles et adresses des délégués à la protection des données et dépositaires de clés du responsable, tels que sa politique les nomme, et clés publiques : pour signer les politiques de ses boîtiers',
    ],
    boxes: [
      'Boîtiers',
      'État, santé, versions et réglages d’un boîtier ; aucun champ d’un appel : pour voir qu’il fonctionne',
    ],
    counts: [
      'Nombres d’un boîtier',
      'Combien d’enregistrements ont été ouverts, exportés ou effacés en une heure, petits nombres cachés : pour remarquer un abus',
    ],
    log: ['Journal du serveur', 'Qui a fait quoi et quand, les personnes sous forme de code : pour rendre compte'],
    address: [
      'Adresse réseau d’un boîtier sans propriétaire',
      'Un jour, jusqu’à l’appairage : pour écarter les surcharges',
    ],
  },
  days: (days) => (days === 1 ? '1 jour' : `${days} jours`),
  untilRemoved: 'jusqu’à ce que le sous-traitant le retire, au plus tard à la fin de ce contrat',
  measure: {
    no_content: 'Le serveur ne reçoit rien d’un appel, sous aucune forme.',
    mutual_tls:
      'Les boîtiers se connectent en TLS 1.3 avec leur propre certificat de 90 jours ; un certificat révoqué est exclu en quelques secondes.',
    two_factors: 'Les personnes se connectent avec deux facteurs ou une clé d’accès.',
    scoped_roles:
      'Les droits viennent de rôles, pour l’ensemble, un client ou un site ; les clients sont séparés dans chaque requête.',
    signed_policies:
      'Des réglages comptent s’ils sont signés par une clé confirmée au boîtier. Ce qui réduit la protection y attend une personne.',
    own_log:
      'Chaque acte est dans un journal qui montre tout changement ultérieur (arbre de Merkle, signé tous les quarts d’heure).',
    witness: 'Les journaux des boîtiers sont cosignés, pour qu’aucune partie ne les réécrive sans que cela se voie.',
    known_destinations: 'Le serveur ne se connecte qu’aux lieux de l’annexe 3 ; une autre connexion est refusée.',
    region_lock: 'Le logiciel refuse les lieux et sous-traitants ultérieurs hors de la région de ce contrat.',
    local_database: 'La base de données est sur la machine du serveur.',
    database_tls: 'La base de données est jointe en TLS, et son certificat est vérifié.',
    broker_tls: 'Le serveur de messages est joint en TLS 1.3 avec des certificats des deux côtés.',
    keys_encrypted: 'Les clés du serveur sont conservées chiffrées.',
    backups: 'Les sauvegardes vont vers les lieux de l’annexe 3.',
  },
  purpose: {
    server: 'Serveur',
    database: 'Base de données',
    broker: 'Serveur de messages',
    mail: 'Courrier électronique',
    webhook: 'Avis à des systèmes du sous-traitant',
    sign_in: 'Connexion des personnes',
    time: 'Heure',
    names: 'Service de noms',
    backup: 'Sauvegardes',
    recovery: 'Site de secours',
  },
  mechanism: {
    adequacy: 'décision d’adéquation',
    scc: 'clauses contractuelles types',
    bcr: 'règles d’entreprise contraignantes',
  },
  runBy: (name) => `exploité par ${name}`,
  runsServer: 'exploite le serveur',
  parent: (country) => `société mère ultime : ${country}`,
  since: (day) => `à partir du ${day}`,
  signatures: 'Signatures',
  forController: 'Pour le responsable du traitement : nom, date, signature',
  forProcessor: 'Pour le sous-traitant : nom, date, signature',
  help: 'Sans contrat de sous-traitance, le traitement est illicite (RGPD, article 28, paragraphe 3). Son absence relève de l’article 83, paragraphe 4 : une amende jusqu’à 10 millions d’euros ou 2 % du chiffre d’affaires annuel, non des montants plus élevés de l’article 83, paragraphe 5.',
  drill: 'EXERCICE. Il ne s’est rien passé.',
  notice: {
    incident: 'Incident de données sur le serveur',
    change: (name, day, days) =>
      `Changement de sous-traitants ultérieurs : ${name}, au plus tôt le ${day}. Vous pouvez vous opposer dans les ${days} jours qui suivent cet avis ; rien ne commence avant.`,
    ends: (day) => `Le contrat de sous-traitance prend fin le ${day}. Faites-en signer un nouveau.`,
    ended: (day, until) =>
      `Le contrat de sous-traitance a pris fin le ${day}. Aucun boîtier ne peut être appairé. Des réglages sont envoyés aux boîtiers jusqu’au ${until} ; ensuite ils continuent avec ceux qu’ils ont.`,
    found: 'Constaté',
    what: 'Ce qui s’est passé',
    about: 'Quelles données',
    steps: 'Ce qui est fait',
  },
};
