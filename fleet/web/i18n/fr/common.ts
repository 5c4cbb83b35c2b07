import type { Texts } from '../en.ts';

export const common: Texts['common'] = {
  cancel: 'Annuler',
  filter: 'Filtrer',
  all: 'Tout montrer',
  pages: 'Pages',
  firstPage: 'Première page',
  nextPage: 'Page suivante',
  unknown: 'inconnu',
  never: 'jamais',
  online: 'en ligne',
  archived: 'archivé',
  shown: (shown, all) => `${shown} sur ${all}`,
  since: 'Ici depuis',
  urgency: {
    bad: 'En panne',
    gone: 'Hors ligne',
    warn: 'Demande attention',
    pending: 'Pas encore entendu',
    ok: 'En ordre',
    revoked: 'Révoqué',
  },
  policy: {
    none: 'Sans politique',
    applied: 'Appliquée',
    pending: 'Attend le DPO',
    rejected: 'Refusée',
  },
  softwareBehind: (days: string) => `plus récente depuis ${days}`,
  softwareOpen: (count: string, n: number): string =>
    n === 1 ? '1 vulnérabilité connue' : `${count} vulnérabilités connues`,
  softwareUnknown: 'Personne n’a apporté la liste de ses paquets.',
  columns: {
    box: 'Boîtier',
    site: 'Site',
    state: 'État',
    heard: 'Entendu',
    policy: 'Politique',
    software: 'Logiciel',
  },
};
