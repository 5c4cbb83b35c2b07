import type { Texts } from '../en.ts';

export const boxCounts: Texts['boxCounts'] = {
  short: 'Nombres',
  title: (range) => `Ouverts, exportés et effacés, ${range}`,
  lead: (fewest) =>
    `Par heures entières, comme le boîtier l’a dit. Moins de ${fewest} en une heure n’est pas dit, et aucun est dit comme peu. Qui c’était et quels enregistrements, seul le journal du boîtier le dit.`,
  none: 'Le boîtier n’a dit aucun nombre pendant ce temps.',
  kinds: { released: 'Ouverts', exported: 'Exportés', erased: 'Effacés' },
  caption: { hours: 'Nombres par heure', days: 'Nombres par jour' },
  hour: 'Heure',
  day: 'Jour',
  few: (fewest) => `moins de ${fewest}`,
  fewHourly: (fewest) => `moins de ${fewest} par heure`,
  atLeast: (count) => `au moins ${count}`,
  untold: 'non dit',
  untoldHours: (hours) => `${hours} non dites`,
  most: (name, range, most, when) => `${name}, ${range} : maximum ${most}, ${when}`,
  onlyFew: (name, range, few) => `${name}, ${range} : ${few}`,
  legend: (few) => `Une barre grise basse : ${few}. Une bande grise haute : non dit.`,
  table: 'En tableau',
};
