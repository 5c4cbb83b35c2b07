/** Belgium. */
import type { Pack } from './pack.ts';

/** Electronic communications act of 13 June 2005 (WEC), in force since. */
const WEC = '2005-06-30';

export const be: Pack = {
  name: 'BE',
  version: 1,
  source: 'Wet van 13 juni 2005 betreffende de elektronische communicatie (WEC)',
  provisions: [
    {
      id: 'be-quality-month',
      article: 'WEC 128',
      says: {
        en: 'Recordings for the quality of a call centre are kept for a month at most: contentDays may not be above {limit}.',
        nl: 'Opnamen voor de kwaliteit van een callcenter worden ten hoogste een maand bewaard: contentDays mag niet hoger zijn dan {limit}.',
      },
      from: WEC,
      of: 'purpose',
      when: [{ field: 'purpose.uses', is: ['quality'] }],
      demand: { field: 'purpose.retention.contentDays', atMost: 30 },
      confirmed: false,
    },
    {
      id: 'be-consent',
      article: 'WEC 124, 128',
      says: {
        en: 'Without the consent of all, calls are recorded for the quality of a call centre or as evidence of business alone: consent.mode must be opt-in for these uses.',
        nl: 'Zonder toestemming van allen wordt alleen opgenomen voor de kwaliteit van een callcenter of als bewijs van een zakelijke handeling: consent.mode moet opt-in zijn voor deze uses.',
      },
      from: WEC,
      of: 'purpose',
      when: [
        { field: 'purpose.mandatory', isNot: [true] },
        { field: 'purpose.uses', is: ['training', 'care', 'ai_training'] },
      ],
      demand: { needs: [{ field: 'purpose.consent.mode', is: ['opt-in'] }] },
      confirmed: true,
    },
    {
      id: 'be-consent-everybody',
      article: 'WEC 124',
      says: {
        en: 'The consent of all is that of everybody in the call: consent.asks must be everybody.',
        nl: 'Toestemming van allen is die van iedereen in het gesprek: consent.asks moet everybody zijn.',
      },
      from: WEC,
      of: 'purpose',
      when: [
        { field: 'purpose.uses', is: ['training', 'care', 'ai_training'] },
        { field: 'purpose.consent.mode', is: ['opt-in'] },
      ],
      demand: { needs: [{ field: 'purpose.consent.asks', is: ['everybody'] }] },
      confirmed: true,
    },
    {
      id: 'be-told-before',
      article: 'WEC 128',
      says: {
        en: 'All parties are told of the recording, its precise purposes and how long it is kept, before it begins.',
        nl: 'Alle partijen horen van de opname, de precieze doelen en de bewaartijd voordat zij begint.',
      },
      from: WEC,
      of: 'purpose',
      when: [],
      demand: {
        kept: {
          en: 'Who is outside hears all three before the first frame is recorded; who is inside has acknowledged them in the notice.',
          nl: 'Wie buiten is hoort alle drie voor het eerste geluid wordt opgenomen; wie binnen is heeft ze in de mededeling bevestigd.',
        },
      },
      confirmed: true,
    },
    {
      id: 'be-language',
      article: 'GDPR 12(1)',
      says: {
        en: 'People are told in a language that they understand: said must have Dutch (nl), French (fr) or German (de).',
        nl: 'Mensen horen het in een taal die zij begrijpen: said moet Nederlands (nl), Frans (fr) of Duits (de) bevatten.',
      },
      from: '2018-05-25',
      of: 'purpose',
      when: [{ field: 'purpose.announcement.by', is: ['box'] }],
      demand: { needs: [{ field: 'purpose.announcement.said.language', is: ['nl', 'fr', 'de'] }] },
      confirmed: false,
    },
  ],
  deadlines: [],
};
