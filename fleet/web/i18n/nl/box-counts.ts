import type { Texts } from '../en.ts';

export const boxCounts: Texts['boxCounts'] = {
  short: 'Aantallen',
  title: (range) => `Geopend, geëxporteerd en gewist, ${range}`,
  lead: (fewest) =>
    `Per heel uur, zoals de box het vertelde. Minder dan ${fewest} in een uur wordt niet verteld, en geen wordt verteld als weinig. Wie het was en welke opnamen, zegt alleen het logboek van de box.`,
  none: 'De box vertelde in deze tijd geen aantallen.',
  kinds: { released: 'Geopend', exported: 'Geëxporteerd', erased: 'Gewist' },
  caption: { hours: 'Aantallen per uur', days: 'Aantallen per dag' },
  hour: 'Uur',
  day: 'Dag',
  few: (fewest) => `minder dan ${fewest}`,
  fewHourly: (fewest) => `minder dan ${fewest} per uur`,
  atLeast: (count) => `minstens ${count}`,
  untold: 'niet verteld',
  untoldHours: (hours) => `${hours} niet verteld`,
  most: (name, range, most, when) => `${name}, ${range}: hoogste ${most}, ${when}`,
  onlyFew: (name, range, few) => `${name}, ${range}: ${few}`,
  legend: (few) => `Een lage grijze balk: ${few}. Een hoge grijze baan: niet verteld.`,
  table: 'Als tabel',
};
