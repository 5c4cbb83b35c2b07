import type { Texts } from '../en.ts';

export const overview: Texts['overview'] = {
  heading: 'Overzicht',
  title: (msp) => `Overzicht van ${msp}`,
  health: 'Gezondheid',
  online: 'in orde',
  attention: 'vragen aandacht',
  failing: 'onbereikbaar of defect',
  pending: 'nog niet gehoord',
};
