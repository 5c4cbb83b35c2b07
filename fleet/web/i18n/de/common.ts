import type { Texts } from '../en.ts';

export const common: Texts['common'] = {
  cancel: 'Abbrechen',
  filter: 'Filtern',
  all: 'Alle zeigen',
  pages: 'Seiten',
  firstPage: 'Erste Seite',
  nextPage: 'Nächste Seite',
  unknown: 'nicht bekannt',
  never: 'nie',
  online: 'online',
  archived: 'archiviert',
  shown: (shown, all) => `${shown} von ${all}`,
  since: 'Hier seit',
  urgency: {
    bad: 'Gestört',
    gone: 'Offline',
    warn: 'Auffällig',
    pending: 'Noch nicht gehört',
    ok: 'In Ordnung',
    revoked: 'Widerrufen',
  },
  policy: {
    none: 'Keine Richtlinie',
    applied: 'Angewendet',
    pending: 'Wartet auf DSB',
    rejected: 'Abgelehnt',
  },
  softwareBehind: (days: string) => `neuere seit ${days}`,
  softwareOpen: (count: string, n: number): string =>
    n === 1 ? '1 bekannte Schwachstelle' : `${count} bekannte Schwachstellen`,
  softwareUnknown: 'Niemand hat die Liste ihrer Pakete eingebracht.',
  columns: {
    box: 'Box',
    site: 'Standort',
    state: 'Zustand',
    heard: 'Gehört',
    policy: 'Richtlinie',
    software: 'Software',
  },
};
