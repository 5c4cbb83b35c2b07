import type { Texts } from '../en.ts';

export const boxCounts: Texts['boxCounts'] = {
  short: 'Anzahlen',
  title: (range) => `Geöffnet, exportiert und gelöscht, ${range}`,
  lead: (fewest) =>
    `Nach ganzen Stunden, wie die Box es meldete. Weniger als ${fewest} in einer Stunde werden nicht gemeldet, und keine wird wie wenige gemeldet. Wer es war und welche Aufzeichnungen, sagt nur das Protokoll der Box.`,
  none: 'Die Box meldete in dieser Zeit keine Anzahlen.',
  kinds: { released: 'Geöffnet', exported: 'Exportiert', erased: 'Gelöscht' },
  caption: { hours: 'Anzahlen nach Stunden', days: 'Anzahlen nach Tagen' },
  hour: 'Stunde',
  day: 'Tag',
  few: (fewest) => `weniger als ${fewest}`,
  fewHourly: (fewest) => `weniger als ${fewest} in der Stunde`,
  atLeast: (count) => `mindestens ${count}`,
  untold: 'nicht gemeldet',
  untoldHours: (hours) => `${hours} nicht gemeldet`,
  most: (name, range, most, when) => `${name}, ${range}: höchster Wert ${most}, ${when}`,
  onlyFew: (name, range, few) => `${name}, ${range}: ${few}`,
  legend: (few) => `Ein niedriger grauer Balken: ${few}. Ein hohes graues Band: nicht gemeldet.`,
  table: 'Als Tabelle',
};
