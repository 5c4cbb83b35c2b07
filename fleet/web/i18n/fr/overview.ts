import type { Texts } from '../en.ts';

export const overview: Texts['overview'] = {
  heading: 'Vue d’ensemble',
  title: (msp) => `Vue d’ensemble de ${msp}`,
  health: 'État',
  online: 'en ordre',
  attention: 'demandent attention',
  failing: 'injoignables ou en panne',
  pending: 'pas encore entendus',
};
