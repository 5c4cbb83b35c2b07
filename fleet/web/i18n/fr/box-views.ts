import type { Texts } from '../en.ts';

export const boxViews: Texts['boxViews'] = {
  title: 'Vues enregistrées',
  save: 'Enregistrer ce filtre comme vue',
  name: 'Nom de la vue',
  nameHint: 'Comme vous l’appelez, par exemple « Hors ligne à Gand ». Ne nommez personne.',
  shared: 'Pour tous',
  sharedHint: 'Tous ceux qui voient tout votre MSP reçoivent le lien. Sinon la vue n’est qu’à vous.',
  verb: 'Enregistrer la vue',
  remove: 'Supprimer des vues',
  removeVerb: 'Supprimer',
  removeView: (name) => `Supprimer la vue ${name}`,
  isShared: 'pour tous',
  isOwn: 'à vous seul',
};
