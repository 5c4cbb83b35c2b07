import type { Texts } from '../en.ts';

export const boxViews: Texts['boxViews'] = {
  title: 'Bewaarde weergaven',
  save: 'Dit filter als weergave bewaren',
  name: 'Naam van de weergave',
  nameHint: 'Zoals u haar noemt, bijvoorbeeld “Offline in Gent”. Noem geen persoon.',
  shared: 'Voor iedereen',
  sharedHint: 'Iedereen die uw hele MSP ziet krijgt de link. Anders is de weergave alleen van u.',
  verb: 'Weergave bewaren',
  remove: 'Weergaven verwijderen',
  removeVerb: 'Verwijderen',
  removeView: (name) => `De weergave ${name} verwijderen`,
  isShared: 'voor iedereen',
  isOwn: 'alleen van u',
};
