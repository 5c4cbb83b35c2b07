import type { Texts } from '../en.ts';

export const boxViews: Texts['boxViews'] = {
  title: 'Gespeicherte Ansichten',
  save: 'Diesen Filter als Ansicht speichern',
  name: 'Name der Ansicht',
  nameHint: 'Wie Sie sie nennen, etwa „Offline in Gent“. Nennen Sie keine Person.',
  shared: 'Für alle',
  sharedHint: 'Alle, die Ihren ganzen MSP sehen, bekommen den Link. Sonst gehört die Ansicht nur Ihnen.',
  verb: 'Ansicht speichern',
  remove: 'Ansichten löschen',
  removeVerb: 'Löschen',
  removeView: (name) => `Die Ansicht ${name} löschen`,
  isShared: 'für alle',
  isOwn: 'nur Ihre',
};
