import type { Texts } from '../en.ts';

export const common: Texts['common'] = {
  cancel: 'Annuleren',
  filter: 'Filteren',
  all: 'Alles tonen',
  pages: 'Bladzijden',
  firstPage: 'Eerste bladzijde',
  nextPage: 'Volgende bladzijde',
  unknown: 'niet bekend',
  never: 'nooit',
  online: 'online',
  archived: 'gearchiveerd',
  shown: (shown, all) => `${shown} van ${all}`,
  since: 'Hier sinds',
  urgency: {
    bad: 'Defect',
    gone: 'Offline',
    warn: 'Vraagt aandacht',
    pending: 'Nog niet gehoord',
    ok: 'In orde',
    revoked: 'Ingetrokken',
  },
  policy: {
    none: 'Geen beleid',
    applied: 'Toegepast',
    pending: 'Wacht op FG',
    rejected: 'Geweigerd',
  },
  softwareBehind: (days: string) => `al ${days} een nieuwere`,
  softwareOpen: (count: string, n: number): string =>
    n === 1 ? '1 bekende kwetsbaarheid' : `${count} bekende kwetsbaarheden`,
  softwareUnknown: 'Niemand heeft de lijst van pakketten ingevoerd.',
  columns: {
    box: 'Box',
    site: 'Locatie',
    state: 'Toestand',
    heard: 'Gehoord',
    policy: 'Beleid',
    software: 'Software',
  },
};
