/** Ce que dit la santé, en français. */
import type { HealthWords } from './words.ts';

export const fr: HealthWords = {
  checks: {
    audit: 'Journal d’audit',
    witness: 'Témoin',
    clock: 'Horloge',
    keys: 'Clés',
    policy: 'Politique',
    register: 'Registre des traitements',
    assessment: 'Analyse d’impact',
    notices: 'Avis au personnel',
    recording: 'Enregistrement prouvé',
    test_call: 'Appel de test',
    calls: 'Appels',
    sound: 'Son',
    phones: 'Téléphones',
    pbx: 'Standard téléphonique',
    trunks: 'Trunks',
    call_logs: 'Journaux d’appels',
    copies: 'Appels copiés',
    attacks: 'Attaques contre les téléphones',
    erasure: 'Effacement',
    keystore: 'Effacement définitif',
    holds: 'Conservations imposées',
    backup: 'Sauvegarde',
    drill: 'Exercice',
    sealed_files: 'Fichiers scellés',
    storage: 'Stockage',
    processor: 'Processeur',
    temperature: 'Température',
    memory: 'Mémoire',
    certificate: 'Certificat',
    uplink: 'Connexion à la flotte',
    software: 'Logiciel',
  },
  codes: {
    audit_unwritable: {
      says: 'Le journal d’audit ne peut pas être écrit : rien n’est ouvert et personne ne se connecte. L’enregistrement continue.',
      advice:
        'Prévenez l’informatique : le disque est peut-être plein, ou le fichier appartient à un autre utilisateur.',
    },
    audit_tampered: {
      says: 'Le journal d’audit n’est plus ce qui a été écrit.',
      advice:
        'Ne changez rien, gardez le disque tel quel et prévenez le DPO. `belkluis audit verify` nomme le premier événement faux.',
    },
    witness_none: {
      says: 'Personne hors de ce boîtier ne se souvient de son journal : une vieille copie de ses données passerait inaperçue.',
      advice: 'Configurez un témoin.',
    },
    witness_late: {
      says: 'Le témoin n’a pas cosigné le journal depuis un moment.',
      advice: 'Prévenez l’informatique : le témoin est-il joignable ?',
    },
    witness_refused: {
      says: 'La flotte, comme témoin, se souvient d’un autre journal que celui d’ici : il a été coupé, remis en arrière ou raconté de deux façons.',
      advice:
        'Prévenez le DPO et le MSP : comparez `belkluis audit` avec ce que la flotte a gardé avant d’effacer quoi que ce soit.',
    },
    time_behind: {
      says: 'L’horloge a été reculée. L’effacement continue selon l’heure la plus tardive.',
      advice: 'Corrigez l’horloge, ou confirmez-la.',
    },
    time_unconfirmed: {
      says: 'L’horloge avance plus que le temps écoulé ne le permet. Rien de nouvellement dû n’est effacé tant que deux sources ou une personne ne la confirment pas.',
      advice: 'Regardez l’horloge, puis corrigez-la ou confirmez-la.',
    },
    clock_unsynchronised: {
      says: 'Aucun service de temps ne tient l’horloge de cette machine.',
      advice:
        'Prévenez l’informatique : chrony ou systemd-timesyncd doit tourner et pouvoir joindre un serveur de temps.',
    },
    recipients_missing: {
      says: 'Aucune liste de clés n’est appliquée, donc rien n’est enregistré.',
      advice: 'Appliquez une politique qui nomme des dépositaires.',
    },
    recipient_revoked: {
      says: 'Une clé est révoquée. Les nouveaux enregistrements ne sont plus scellés pour elle.',
      advice: 'Demandez une nouvelle clé à son dépositaire ; signez et appliquez la liste.',
    },
    recipient_expired: {
      says: 'Une clé a expiré. Les nouveaux enregistrements ne sont plus scellés pour elle.',
      advice: 'Demandez une clé prolongée à son dépositaire ; signez et appliquez la liste.',
    },
    recipient_unusable: {
      says: 'Rien ne peut être scellé pour une des clés.',
      advice: 'Demandez une nouvelle clé à son dépositaire ; signez et appliquez la liste.',
    },
    recipient_expires: {
      says: 'Une clé expire dans les 30 jours.',
      advice: 'Demandez une clé prolongée à son dépositaire ; signez et appliquez la liste.',
    },
    policy_missing: {
      says: 'Il n’y a pas de politique. Les appels passent ; aucun n’est enregistré.',
      advice: 'Appliquez une politique. Si c’est déjà fait, le journal dit pourquoi elle n’est pas suivie.',
    },
    policy_undecided: {
      says: 'Une politique attend un délégué à la protection des données. La précédente reste en vigueur.',
      advice: 'Faites-la approuver ou refuser par le DPO.',
    },
    policy_will_erase: {
      says: 'Une politique en attente effacera des enregistrements avant leur jour.',
      advice: 'Si personne ne l’a voulu, faites-la refuser par le DPO avant son jour.',
    },
    policy_unspoken: {
      says: 'Une annonce manque, ou dit ce que disait une politique plus ancienne. Les appels de cette finalité ne sont pas enregistrés.',
      advice:
        'Ajoutez un fichier son qui dit une phrase de `belkluis policy text`, ou retirez les fichiers de la politique : le boîtier parle alors lui-même.',
    },
    policy_stale: {
      says: 'La politique devait être renouvelée. Elle reste en vigueur jusqu’à l’arrivée d’une plus récente.',
      advice: 'Signez-la de nouveau, avec une fin plus tardive et une version plus haute.',
    },
    policy_against_law: {
      says: 'La politique reste en vigueur, mais la loi interdit maintenant une chose qu’elle dit.',
      advice: 'Changez-la dans la prochaine politique.',
    },
    register_drift: {
      says: 'Le registre des traitements ne dit pas ce qui est.',
      advice: '`belkluis register --check` nomme les endroits. Trouvez pourquoi avant de le réécrire.',
    },
    dpia_required: {
      says: 'DPIA_REQUIRED : ces enregistrements demandent une analyse d’impact (AIPD), et la politique n’en nomme aucune.',
      advice: '`belkluis dpia draft` en commence une.',
    },
    dpia_open: {
      says: 'Des mesures de l’analyse d’impact ne sont mises en œuvre par rien dans la politique.',
      advice: '`belkluis dpia check` en donne la liste.',
    },
    notices_missing: {
      says: 'Tous les avis d’enregistrement n’ont pas été confirmés. Les appels de ces postes ne sont pas enregistrés.',
      advice: '`belkluis notices list` les nomme.',
    },
    recording_late: {
      says: 'Depuis trois jours, rien ne montre que ce boîtier enregistre : aucun enregistrement terminé, et aucun appel de test réussi.',
      advice: 'Faites un appel de test (`belkluis calls test`), et suivez ce qu’il dit.',
    },
    test_call_late: {
      says: 'Il n’y a pas eu d’appel de test depuis plus d’un jour.',
      advice: 'Regardez si le processus desk a été arrêté.',
    },
    test_call_failed: {
      says: 'Le dernier appel de test n’a pas prouvé que les appels sont enregistrés.',
      advice: 'Regardez où il s’est arrêté, réparez cela, et faites-en un autre : `belkluis calls test`.',
    },
    calls_down: {
      says: 'Le processus des appels ne répond pas : aucun téléphone ne peut appeler par ce boîtier.',
      advice: 'Démarrez-le, ou regardez dans son journal.',
    },
    sound_lost: {
      says: 'Trop de paquets de son se perdent en venant vers ce boîtier. Ce qui est perdu manque aussi dans les enregistrements.',
      advice:
        'Regardez le réseau entre téléphones, trunk et boîtier : câbles, Wi-Fi, charge de la ligne, priorité de la voix.',
    },
    sound_poor: {
      says: 'Les appels sont sans doute difficiles à comprendre.',
      advice: 'Regardez le réseau entre téléphones, trunk et boîtier : perte, gigue et délai sont indiqués à côté.',
    },
    phones_few: {
      says: 'Beaucoup de téléphones inscrits au cours du dernier jour ne sont plus là.',
      advice:
        'Regardez le commutateur ou le Wi-Fi dont ils dépendent ; `belkluis phones trace` dit comment les téléphones essaient de revenir.',
    },
    phones_none: {
      says: 'Il y a des comptes pour des téléphones, et aucun téléphone n’est inscrit.',
      advice: 'Regardez le réseau des téléphones, et s’ils font encore confiance au certificat du boîtier.',
    },
    pbx_down: {
      says: 'Le standard téléphonique ne répond pas : aucun appel n’entre ni ne sort.',
      advice: 'Regardez s’il est allumé, et si son certificat est encore valable.',
    },
    trunk_down: {
      says: 'Un trunk ne répond pas. Les appels passent par un autre, s’il y en a un.',
      advice: 'Prévenez l’informatique : `belkluis trunks test` dit jusqu’où il arrive.',
    },
    trunk_unregistered: {
      says: 'Le boîtier n’est pas inscrit auprès d’un trunk : ses appels n’entrent pas.',
      advice: 'Regardez les trunks, puis `belkluis trunks test`.',
    },
    trunk_caps: {
      says: 'Une limite d’appels sortants a été atteinte aujourd’hui.',
      advice:
        'Si personne ne s’y attendait, un mot de passe est peut-être en d’autres mains : regardez les trunks, puis retirez le téléphone et ajoutez-le de nouveau.',
    },
    trunk_counts_lost: {
      says: 'Les comptes d’appels sortants (toll.db) ont été perdus ou remplacés par une vieille copie aujourd’hui. Ce qui avait atteint sa limite reste arrêté jusqu’à minuit.',
      advice: 'Seul un attaquant y gagne : demandez qui a eu accès aux données du boîtier.',
    },
    calls_lost: {
      says: 'Des appels qui devaient être enregistrés ne l’ont pas été.',
      advice: 'Regardez les exceptions, et dites ce qui a été fait.',
    },
    call_records_late: {
      says: 'Les données des appels n’ont pas été comparées aux enregistrements depuis un moment. Cela doit se faire chaque jour.',
      advice: 'Prévenez l’informatique : un enregistrement manquant passerait inaperçu.',
    },
    call_log_late: {
      says: 'Un journal d’appels n’a pas été lu depuis un moment.',
      advice: 'Prévenez l’informatique : des appels perdus passeraient inaperçus.',
    },
    call_log_failed: {
      says: 'Un journal d’appels n’a pas pu être lu.',
      advice: 'Prévenez l’informatique : des appels perdus passeraient inaperçus.',
    },
    copies_turned_away: {
      says: 'La place a manqué pour des appels copiés au cours du dernier jour. Sauf si un autre serveur les a pris, ils ne sont enregistrés nulle part.',
      advice: 'Faites de la place sur le disque, ou augmentez les sessions et les ports que le boîtier peut prendre.',
    },
    defence_bans: {
      says: 'Des adresses sont bannies des téléphones.',
      advice:
        'Si l’une est un de vos téléphones, corrigez son mot de passe ; l’informatique voit et lève les bannissements avec `belkluis sip bans`.',
    },
    purge_overdue: {
      says: 'Des enregistrements ont dépassé leur jour et sont encore ici.',
      advice: 'Prévenez l’informatique : cherchez `purge_failed` dans le journal du processus desk.',
    },
    purge_late: {
      says: 'Ce qui est dû n’a pas été effacé depuis un moment. Cela doit se faire chaque quart d’heure.',
      advice: 'Prévenez l’informatique : cherchez `purge_failed` dans le journal du processus desk.',
    },
    keystore_waits: {
      says: 'Des effacements attendent un certificat depuis plus d’un jour et demi.',
      advice:
        'Prévenez l’informatique : l’époque du magasin de clés n’avance pas. Cherchez `night_failed` dans le journal.',
    },
    holds_review: {
      says: 'Une conservation imposée a dépassé sa date d’examen.',
      advice: 'Renouvelez-la ou levez-la.',
    },
    backup_none: {
      says: 'Aucune sauvegarde n’est configurée. Ce qui se perd avec ce boîtier reste perdu.',
      advice: 'Configurez-en une.',
    },
    backup_late: {
      says: 'La dernière sauvegarde est trop ancienne.',
      advice: 'Prévenez l’informatique : regardez le journal du processus desk.',
    },
    backup_failing: {
      says: 'Le dernier essai de sauvegarde s’est mal terminé ; la précédente est encore récente.',
      advice: 'Prévenez l’informatique : le code dit pourquoi.',
    },
    backup_failed: {
      says: 'Les sauvegardes se terminent mal, et la dernière bonne est trop ancienne.',
      advice: 'Prévenez l’informatique : le code dit pourquoi.',
    },
    drill_due: {
      says: 'Depuis un mois, personne n’a essayé si la sauvegarde s’ouvre.',
      advice: 'Faites un exercice : une sauvegarde jamais restaurée est un espoir.',
    },
    drill_failed: {
      says: 'Le dernier exercice n’a pu ouvrir aucun enregistrement de la sauvegarde.',
      advice: 'Prévenez l’informatique : la sauvegarde ne ramènerait pas ce boîtier.',
    },
    scrub_late: {
      says: 'Les fichiers scellés n’ont pas été relus depuis un moment.',
      advice: 'Prévenez l’informatique : la relecture de tous les fichiers ne se termine pas.',
    },
    scrub_rot: {
      says: 'Des fichiers scellés sont abîmés et aucune sauvegarde n’a pu les réparer.',
      advice: 'Prévenez l’informatique : le disque est peut-être en fin de vie. Remplacez-le.',
    },
    disk_low: {
      says: 'Moins d’un dixième du stockage est libre.',
      advice: 'Ajoutez du stockage ou raccourcissez la conservation.',
    },
    disk_forecast: {
      says: 'Au rythme actuel, le stockage sera plein dans les 30 jours.',
      advice: 'Ajoutez du stockage ou raccourcissez la conservation.',
    },
    disk_reserve: {
      says: 'Le stockage est plein jusqu’à ce qu’il faut au journal et à l’effacement. Plus rien n’est enregistré ; les appels dont la finalité exige un enregistrement sont refusés.',
      advice: 'Faites de la place tout de suite.',
    },
    cpu_busy: {
      says: 'Le processeur est occupé depuis des minutes. Les appels peuvent commencer en retard, et le son peut hésiter.',
      advice:
        'Regardez ce qui tourne d’autre sur cette machine ; répartissez les appels sur plus de boîtiers, ou prenez-en un plus grand.',
    },
    temperature_high: {
      says: 'La machine chauffe.',
      advice: 'Regardez son ventilateur, son air et la pièce.',
    },
    temperature_critical: {
      says: 'La machine est si chaude qu’elle ralentit, et peut s’éteindre d’elle-même.',
      advice: 'Refroidissez-la maintenant : ventilateur, air, pièce.',
    },
    memory_low: {
      says: 'Il reste peu de mémoire. Le système peut arrêter un processus du boîtier.',
      advice: 'Regardez ce qui tourne d’autre sur cette machine, ou donnez-lui plus de mémoire.',
    },
    certificate_expires: {
      says: 'Le certificat de ce boîtier expire dans les 30 jours.',
      advice: 'Redémarrez le boîtier : il en fait un nouveau.',
    },
    certificate_expired: {
      says: 'Le certificat de ce boîtier a expiré. Les téléphones peuvent refuser de se connecter.',
      advice: 'Redémarrez le boîtier : il en fait un nouveau.',
    },
    uplink_down: {
      says: 'La flotte n’est pas joignable. L’enregistrement continue ; ce que la flotte doit savoir attend ici.',
      advice: 'Regardez si la ligne fonctionne et laisse sortir le boîtier vers la flotte.',
    },
    uplink_certificate_expires: {
      says: 'Le certificat par lequel la flotte reconnaît ce boîtier se termine bientôt, et n’a pas été renouvelé.',
      advice: 'Regardez si la flotte est joignable ; après sa fin, le boîtier devra être inscrit de nouveau.',
    },
    software_old: {
      says: 'Le logiciel de ce boîtier a plus de six mois. Ce qui a été réparé depuis manque.',
      advice: 'Installez la version actuelle.',
    },
  },
  gauges: {
    disk_days_left: 'Jours avant que le stockage soit plein',
    disk_used_percent: 'Stockage utilisé',
    cpu_percent: 'Processeur utilisé',
    temperature_celsius: 'Température',
    memory_used_percent: 'Mémoire utilisée',
    clock_offset_ms: 'Horloge par rapport à l’heure retenue',
    rtp_loss_permille: 'Son perdu en venant ici',
    rtp_jitter_ms: 'Gigue',
    mos_hundredths: 'Qualité du son (MOS, estimée)',
    trunks_configured: 'Trunks',
    trunks_up: 'Trunks présents',
    pbx_up: 'Le standard répond',
    phones_known: 'Téléphones autorisés à s’inscrire',
    phones_registered: 'Téléphones inscrits',
    recorded_hours_ago: 'Depuis le dernier enregistrement terminé',
    test_call_hours_ago: 'Depuis un appel de test réussi',
    purge_overdue: 'Enregistrements au-delà de leur jour',
    recipient_key_days_left: 'Première clé expire dans',
    backup_hours_ago: 'Âge de la sauvegarde',
    policy_days_left: 'Politique à renouveler dans',
    certificate_days_left: 'Certificat valable encore',
    uplink_certificate_days_left: 'Certificat pour la flotte valable encore',
    uplink_queued: 'Messages qui attendent la flotte',
    uplink_reconnects: 'Connexions à la flotte en une heure',
    witness_hours_ago: 'Depuis la cosignature d’un témoin',
    software_age_days: 'Âge du logiciel',
    uptime_hours: 'Depuis le démarrage de la machine',
  },
};
