/** France. */
import type { Pack, Question } from './pack.ts';

/** Decisions of the CNIL under the GDPR. */
const CNIL = '2018-05-25';

const quality: Question = { field: 'purpose.uses', is: ['quality', 'training'] };
const notDemanded: Question = { field: 'purpose.mandatory', isNot: [true] };

export const fr: Pack = {
  name: 'FR',
  version: 1,
  source: 'CNIL: L’écoute et l’enregistrement des appels; loi 94-665',
  provisions: [
    {
      id: 'fr-quality-six-months',
      article: 'CNIL, recording of calls at work; GDPR 5(1)(e)',
      says: {
        en: 'Recordings for quality or training are kept for six months at most: contentDays may not be above {limit}.',
        nl: 'Opnamen voor kwaliteit of opleiding worden ten hoogste zes maanden bewaard: contentDays mag niet hoger zijn dan {limit}.',
      },
      from: CNIL,
      of: 'purpose',
      when: [quality],
      // The shortest six months that there are.
      demand: { field: 'purpose.retention.contentDays', atMost: 181 },
      confirmed: true,
    },
    {
      id: 'fr-analysis-year',
      article: 'CNIL, recording of calls at work; GDPR 5(1)(e)',
      says: {
        en: 'Sheets that analyse a call are kept for one year at most.',
        nl: 'Bladen die een gesprek beoordelen, worden ten hoogste een jaar bewaard.',
      },
      from: CNIL,
      of: 'purpose',
      when: [quality],
      demand: {
        kept: {
          en: 'The box stores no such sheets. Whoever writes them elsewhere erases them within a year.',
          nl: 'De box bewaart zulke bladen niet. Wie ze elders maakt, wist ze binnen een jaar.',
        },
      },
      confirmed: true,
    },
    {
      id: 'fr-not-systematic',
      article: 'CNIL, recording of calls at work; Code du travail L1121-1',
      says: {
        en: 'Recording for quality or training may be neither permanent nor systematic: set sampling, or start to manual.',
        nl: 'Opnemen voor kwaliteit of opleiding mag niet voortdurend of stelselmatig zijn: zet sampling, of start op manual.',
      },
      from: CNIL,
      of: 'rule',
      when: [quality, notDemanded],
      demand: {
        needs: [
          { field: 'rule.sampling', below: 100 },
          { field: 'rule.start', is: ['manual'] },
        ],
      },
      confirmed: true,
    },
    {
      id: 'fr-sampling-share',
      article: 'CNIL, recording of calls at work, as we read it',
      says: {
        en: 'More than half of all calls is systematic as we read it: sampling may not be above {limit} for quality or training.',
        nl: 'Meer dan de helft van alle gesprekken is naar onze lezing stelselmatig: sampling mag niet hoger zijn dan {limit} voor kwaliteit of opleiding.',
      },
      from: CNIL,
      of: 'rule',
      when: [quality, notDemanded, { field: 'rule.start', is: ['automatic'] }],
      demand: { field: 'rule.sampling', atMost: 50 },
      confirmed: false,
    },
    {
      id: 'fr-evidence-not-automatic',
      article: 'CNIL, recording of calls as proof of a contract; GDPR 5(1)(c)',
      says: {
        en: 'Proof of a contract is recorded when somebody asks for it, not automatically: start must be manual.',
        nl: 'Bewijs van een overeenkomst wordt opgenomen als iemand daarom vraagt, niet automatisch: start moet manual zijn.',
      },
      from: CNIL,
      of: 'rule',
      when: [{ field: 'purpose.uses', is: ['evidence'] }, notDemanded],
      demand: { needs: [{ field: 'rule.start', is: ['manual'] }] },
      confirmed: true,
    },
    {
      id: 'fr-staff-key',
      article: 'CNIL, recording of calls at work',
      says: {
        en: 'Employees have a key or a line that is not recorded.',
        nl: 'Werknemers hebben een toets of lijn die niet wordt opgenomen.',
      },
      from: CNIL,
      of: 'purpose',
      when: [],
      demand: {
        kept: {
          en: 'Every policy has keys.private, which works in every call that no law demands to be recorded.',
          nl: 'Elk beleid heeft keys.private, die werkt in elk gesprek waarvan geen wet de opname eist.',
        },
      },
      confirmed: true,
    },
    {
      id: 'fr-staff-representatives',
      article: 'CNIL, recording of calls at work',
      says: {
        en: 'Staff representatives are not recorded: neverRecord needs an entry whose why is works-council, with their phones.',
        nl: 'Personeelsvertegenwoordigers worden niet opgenomen: neverRecord heeft een regel nodig waarvan why works-council is, met hun toestellen.',
      },
      from: CNIL,
      of: 'policy',
      when: [],
      demand: { needs: [{ field: 'policy.neverRecord.why', is: ['works-council'] }] },
      confirmed: true,
    },
    {
      id: 'fr-language',
      article: 'Loi 94-665, art. 2; GDPR 12(1)',
      says: {
        en: 'Who is called or calls is told in French: said must have fr.',
        nl: 'Wie belt of gebeld wordt, hoort het in het Frans: said moet fr bevatten.',
      },
      from: '1994-08-05',
      of: 'purpose',
      when: [{ field: 'purpose.announcement.by', is: ['box'] }],
      demand: { needs: [{ field: 'purpose.announcement.said.language', is: ['fr'] }] },
      confirmed: false,
    },
  ],
  deadlines: [],
};
