import type { AlertWords } from './words.ts';

export const fr: AlertWords = {
  codes: {
    offline: {
      title: 'Boîtier injoignable',
      says: 'Le boîtier n’a pas de connexion à la flotte. Il enregistre aussi sans elle.',
      advice: 'Vérifiez qu’il a du courant et que le réseau sur place le laisse sortir.',
    },
    clock_skew: {
      title: 'Horloge fausse',
      says: 'L’horloge du boîtier diffère de plus de deux minutes de celle de la flotte.',
      advice: 'Vérifiez que le boîtier atteint son serveur de temps.',
    },
    policy_refused: {
      title: 'Politique refusée',
      says: 'Le boîtier ou quelqu’un sur place a refusé la politique. La précédente reste en vigueur.',
      advice: 'Lisez la raison sur la page du boîtier, corrigez la politique et signez-la de nouveau.',
    },
    policy_pending_long: {
      title: 'Politique en attente d’une décision',
      says: 'La politique attend une décision au boîtier depuis plus d’une semaine. Sans décision, elle est écartée.',
      advice: 'Demandez au délégué à la protection des données sur place de décider.',
    },
    policy_drift: {
      title: 'Autre politique en vigueur',
      says: 'Le boîtier a en vigueur une autre politique que celle qui est voulue.',
      advice: 'Comparez les deux sur la page du boîtier. Quelqu’un en a peut-être appliqué une sur place.',
    },
    policy_altered: {
      title: 'Politique que personne n’a signée',
      says: 'Le boîtier a refusé une politique que personne n’a signée ici : elle a été changée dans la base de données ou en chemin. Celle en vigueur le reste.',
      advice:
        'Prévenez qui exploite le serveur. Comparez les politiques sur la page du boîtier avant d’en signer une autre.',
    },
    rollout_halted: {
      title: 'Déploiement arrêté',
      says: 'Un déploiement de politiques a été arrêté car trop de boîtiers les ont refusées ou n’ont pas pu les appliquer.',
      advice:
        'Voyez sur la page du déploiement ce que disent les boîtiers, corrigez la politique, puis reprenez ou annulez.',
    },
    audit_silent: {
      title: 'Journal sans nouvelles',
      says: 'Le boîtier n’a pas montré la tête de son journal depuis un jour.',
      advice: 'Vérifiez que le boîtier est connecté. S’il l’est, regardez son journal sur place.',
    },
    audit_fork: {
      title: 'Deux journaux différents',
      says: 'Le boîtier a signé deux journaux qui ne peuvent être vrais tous les deux. Les deux têtes signées sont gardées comme preuve.',
      advice:
        'Prévenez le délégué à la protection des données. Ne changez rien au boîtier avant qu’on les ait comparés.',
    },
    audit_rollback: {
      title: 'Journal plus court qu’avant',
      says: 'Le boîtier a signé un journal plus court qu’un précédent. Les deux têtes signées sont gardées comme preuve.',
      advice: 'Demandez si le boîtier a été restauré. Sinon, prévenez le délégué à la protection des données.',
    },
    audit_inconsistent: {
      title: 'Journal sans continuité',
      says: 'Le journal du boîtier ne continue pas celui qui a été vu. Les deux têtes signées sont gardées comme preuve.',
      advice:
        'Prévenez le délégué à la protection des données. Ne changez rien au boîtier avant qu’on les ait comparés.',
    },
    software_stale: {
      title: 'Logiciel ancien',
      says: 'Une version plus récente existe depuis plus de 30 jours, et le boîtier ne l’a pas.',
      advice: 'Mettez le boîtier à jour. Ce qui a changé est écrit avec la version.',
    },
    software_vulnerable: {
      title: 'Vulnérabilité connue',
      says: 'Une vulnérabilité d’un logiciel du boîtier est publique depuis plus de 30 jours.',
      advice: 'Mettez le boîtier à jour vers une version sans elle. La page du boîtier dit laquelle c’est.',
    },
    certificate_cloned: {
      title: 'Certificat utilisé deux fois',
      says: 'Deux programmes utilisent le certificat de ce boîtier. Lui ou son disque a été copié.',
      advice: 'Révoquez le boîtier et inscrivez-le de nouveau. Cherchez qui a eu son disque.',
    },
    memory_lost: {
      title: 'Le boîtier recompte',
      says: 'Le boîtier numérote ses messages à nouveau : il a perdu sa mémoire, vient d’une copie, ou il y en a deux.',
      advice: 'Demandez qui y travaille. Si c’est personne, révoquez-le.',
    },
    foreign_access: {
      title: 'Cherche ce qui n’est pas à lui',
      says: 'Le boîtier a voulu lire ou écrire ce qui est à un autre boîtier. Cela lui a été refusé.',
      advice: 'Son logiciel a été changé ou quelqu’un a sa clé. Dans le doute, révoquez-le.',
    },
    flooded: {
      title: 'Envoie trop',
      says: 'Le boîtier a envoyé plus qu’il ne peut avoir à dire et a été déconnecté. Les autres boîtiers n’ont rien remarqué.',
      advice: 'Regardez ce qui y tourne. Si cela continue, révoquez-le.',
    },
    malformed: {
      title: 'Envoie de l’illisible',
      says: 'Le boîtier a envoyé des messages qui ne sont pas comme convenu. Ils n’ont pas été pris.',
      advice: 'Vérifiez que son logiciel est d’une version que cette flotte connaît.',
    },
    replayed: {
      title: 'Messages d’un autre temps',
      says: 'Le boîtier a envoyé des messages datés loin dans l’avenir, ou plus vieux que ceux qu’il garde. Ils n’ont pas été pris.',
      advice: 'Regardez l’horloge du boîtier. Si elle est juste, quelqu’un répète d’anciens messages.',
    },
    agreement_ending: {
      title: 'Contrat bientôt terminé',
      says: 'Le contrat de sous-traitance avec le client se termine dans les 30 jours.',
      advice: 'Signez le suivant et inscrivez-le.',
    },
    agreement_ended: {
      title: 'Contrat terminé',
      says: 'Le contrat de sous-traitance avec le client est terminé. Aucun boîtier ne peut plus être inscrit.',
      advice: 'Signez-en un nouveau et inscrivez-le, ou laissez partir les boîtiers.',
    },
    enrolment_locked: {
      title: 'Trop de codes faux',
      says: 'Des codes d’inscription faux ont été saisis, l’inscription attend donc un moment.',
      advice: 'Demandez qui les a saisis. Relisez le code sur le boîtier.',
    },
  },
  levels: { warn: 'attention', bad: 'urgent' },
  kinds: { opened: 'Nouveau', worse: 'Pire', cleared: 'Terminé' },
  notices: {
    kinds: {
      agreement_ends: 'L’accord de sous-traitance prend fin',
      agreement_ended: 'L’accord de sous-traitance a pris fin',
      subprocessor_change: 'Changement de sous-traitants ultérieurs',
      incident: 'Incident',
    },
    drill: 'Exercice',
    concerns: 'Concerne',
    more: (count) => `et ${count} de plus`,
  },
  mail: {
    subject: (msp, opened, cleared) =>
      `${msp} : ${[opened > 0 ? `${opened} nouveau` : '', cleared > 0 ? `${cleared} terminé` : ''].filter(Boolean).join(', ')}`,
    testSubject: 'Essai d’un canal',
    test: 'Ceci est un essai. Les alertes de vos boîtiers arrivent à cette adresse.',
    since: (when) => `depuis ${when}`,
    more: (count) => `et ${count} de plus, sur la page des alertes`,
    everywhere: 'votre organisation',
    footer:
      'Vous recevez ceci car votre organisation a inscrit cette adresse auprès de sa flotte de boîtiers Belkluis.',
  },
};
