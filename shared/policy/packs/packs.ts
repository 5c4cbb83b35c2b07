/** Every pack that the box has, by name. */
import { be } from './be.ts';
import { de } from './de.ts';
import { eu } from './eu.ts';
import { fr } from './fr.ts';
import { nl } from './nl.ts';
import type { Pack } from './pack.ts';

export const packs: Readonly<Record<Pack['name'], Pack>> = { EU: eu, NL: nl, DE: de, BE: be, FR: fr };
