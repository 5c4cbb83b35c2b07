/** Germany. */
import type { Pack, Question } from './pack.ts';

/** Where a law demands the recording it is not made without authority, and nobody is asked (WpHG 83(3)). */
const notDemanded: Question = { field: 'purpose.mandatory', isNot: [true] };

export const de: Pack = {
  name: 'DE',
  version: 1,
  source: 'StGB, BetrVG, WpHG, DSK: Orientierung zur Aufzeichnung von Telefongesprächen (2018)',
  provisions: [
    {
      id: 'de-201-consent',
      article: 'StGB 201(1); DSK 2018',
      says: {
        en: 'Who records without the consent of all may go to prison, and neither telling nor a chance to refuse is consent: consent.mode must be opt-in.',
        nl: 'Wie zonder toestemming van allen opneemt, riskeert gevangenisstraf, en mededelen of laten weigeren is geen toestemming: consent.mode moet opt-in zijn.',
      },
      from: '1975-01-01',
      of: 'purpose',
      when: [notDemanded],
      demand: { needs: [{ field: 'purpose.consent.mode', is: ['opt-in'] }] },
      confirmed: true,
    },
    {
      id: 'de-201-everybody',
      article: 'StGB 201(1); DSK 2018',
      says: {
        en: 'Everybody in the call must agree, the organisation’s own people as well: consent.asks must be everybody.',
        nl: 'Iedereen in het gesprek moet instemmen, ook de eigen mensen: consent.asks moet everybody zijn.',
      },
      from: '1975-01-01',
      of: 'purpose',
      when: [notDemanded, { field: 'purpose.consent.mode', is: ['opt-in'] }],
      demand: { needs: [{ field: 'purpose.consent.asks', is: ['everybody'] }] },
      confirmed: true,
    },
    {
      id: 'de-before-consent',
      article: 'StGB 201(1); DSK 2018',
      says: {
        en: 'Nothing that is said before the last consent is kept, not even for a moment.',
        nl: 'Niets van voor de laatste toestemming wordt bewaard, zelfs niet even.',
      },
      from: '1975-01-01',
      of: 'purpose',
      when: [],
      demand: {
        kept: {
          en: 'Until then frames of the call reach no recorder.',
          nl: 'Tot dan bereikt geen geluid van het gesprek een opname.',
        },
      },
      confirmed: true,
    },
    {
      id: 'de-works-council',
      article: 'BetrVG 87(1) no. 6',
      says: {
        en: 'The works council decides along on systems that can monitor employees: name the agreement in worksCouncil, or say why there is no council to ask.',
        nl: 'De ondernemingsraad beslist mee over systemen die werknemers kunnen volgen: noem de overeenkomst in worksCouncil, of zeg waarom er geen raad te vragen is.',
      },
      from: '1972-01-19',
      of: 'policy',
      when: [],
      demand: { needs: [{ field: 'policy.worksCouncil', isNot: [null] }] },
      confirmed: false,
    },
    {
      id: 'de-language',
      article: 'GDPR 12(1)',
      says: {
        en: 'People are told in a language that they understand: said must have German (de).',
        nl: 'Mensen horen het in een taal die zij begrijpen: said moet Duits (de) bevatten.',
      },
      from: '2018-05-25',
      of: 'purpose',
      when: [{ field: 'purpose.announcement.by', is: ['box'] }],
      demand: { needs: [{ field: 'purpose.announcement.said.language', is: ['de'] }] },
      confirmed: false,
    },
  ],
  deadlines: [],
};
