import type { Texts } from '../en.ts';

export const overview: Texts['overview'] = {
  heading: 'Übersicht',
  title: (msp) => `Übersicht von ${msp}`,
  health: 'Zustand',
  online: 'in Ordnung',
  attention: 'brauchen Aufmerksamkeit',
  failing: 'unerreichbar oder gestört',
  pending: 'noch nicht gehört',
};
