/** The Netherlands. */
import type { Pack } from './pack.ts';

export const nl: Pack = {
  name: 'NL',
  version: 1,
  source: 'Wetboek van Strafrecht, WOR, Wft and Bgfo, guidance of the AP, NEN 7513',
  provisions: [
    {
      id: 'nl-hold',
      article: 'GDPR 5(1)(c), guidance of the AP on recording calls',
      says: {
        en: 'Nothing is recorded while a call is on hold.',
        nl: 'Niets wordt opgenomen terwijl een gesprek in de wacht staat.',
      },
      from: '2018-05-25',
      of: 'purpose',
      when: [],
      demand: {
        kept: {
          en: 'Recording stops with hold and goes on after it.',
          nl: 'De opname stopt met de wacht en gaat daarna verder.',
        },
      },
      confirmed: true,
    },
    {
      id: 'nl-participant',
      article: 'Sr 139a, 139c',
      says: {
        en: 'Only who takes part in a call may record it.',
        nl: 'Alleen wie aan een gesprek deelneemt, mag het opnemen.',
      },
      from: '2006-09-01',
      of: 'purpose',
      when: [],
      demand: {
        kept: {
          en: 'Recording ends when the last party of the organisation has left.',
          nl: 'De opname eindigt als de laatste van de organisatie het gesprek heeft verlaten.',
        },
      },
      confirmed: true,
    },
    {
      id: 'nl-staff-informed',
      article: 'GDPR 13, guidance of the AP on recording calls',
      says: {
        en: 'Employees are told at each recording: set staffHear, or a tone in staffBeepSeconds.',
        nl: 'Werknemers horen het bij elke opname: zet staffHear aan, of een toon in staffBeepSeconds.',
      },
      from: '2018-05-25',
      of: 'purpose',
      when: [{ field: 'purpose.announcement.by', is: ['box'] }],
      demand: {
        needs: [
          { field: 'purpose.announcement.staffHear', is: [true] },
          { field: 'purpose.announcement.staffBeepSeconds', isNot: [null] },
        ],
      },
      confirmed: true,
    },
    {
      id: 'nl-works-council',
      article: 'WOR 27(1)(k), 27(1)(l)',
      says: {
        en: 'A system that can monitor employees needs the consent of the works council: name the document in worksCouncil, or say why there is no council to ask.',
        nl: 'Een systeem dat werknemers kan volgen heeft de instemming van de ondernemingsraad nodig: noem het stuk in worksCouncil, of zeg waarom er geen raad te vragen is.',
      },
      from: '1998-03-04',
      of: 'policy',
      when: [],
      demand: { needs: [{ field: 'policy.worksCouncil', isNot: [null] }] },
      confirmed: true,
    },
    {
      id: 'nl-finance-minimum',
      article: 'Wft 4:14, Bgfo 35',
      says: {
        en: 'Financial services keep recordings that prove an order or advice for five years: retention.minimum must lock {limit} days at least.',
        nl: 'Financiële diensten bewaren opnamen die een order of advies bewijzen vijf jaar: retention.minimum moet ten minste {limit} dagen vastleggen.',
      },
      from: '2018-01-03',
      of: 'purpose',
      when: [{ field: 'purpose.template', is: ['finance'] }],
      demand: { field: 'purpose.retention.minimum.days', atLeast: 1826 },
      confirmed: false,
    },
    {
      id: 'nl-finance-maximum',
      article: 'Wft 4:14, MiFID II 16(7)',
      says: {
        en: 'Recordings of financial services are kept for seven years at most: contentDays may not be above {limit}.',
        nl: 'Opnamen van financiële diensten worden ten hoogste zeven jaar bewaard: contentDays mag niet hoger zijn dan {limit}.',
      },
      from: '2018-01-03',
      of: 'purpose',
      when: [{ field: 'purpose.template', is: ['finance'] }],
      demand: { field: 'purpose.retention.contentDays', atMost: 2557 },
      confirmed: false,
    },
    {
      id: 'nl-care-access-log',
      article: 'Besluit elektronische gegevensverwerking door zorgaanbieders, NEN 7513',
      says: {
        en: 'Who looked into data of care is kept for five years from each look: retention.accessDays must be {limit} at least.',
        nl: 'Wie zorggegevens inzag, blijft vijf jaar na elke inzage bewaard: retention.accessDays moet ten minste {limit} zijn.',
      },
      from: '2018-01-01',
      of: 'purpose',
      when: [{ field: 'purpose.template', is: ['care'] }],
      demand: { field: 'policy.retention.accessDays', atLeast: 1827 },
      confirmed: true,
    },
    {
      id: 'nl-withheld',
      article: 'Telecommunicatiewet 11.9',
      says: {
        en: 'A number that the caller withholds is neither stored nor shown.',
        nl: 'Een nummer dat de beller afschermt, wordt bewaard noch getoond.',
      },
      from: '2004-05-19',
      of: 'purpose',
      when: [],
      demand: {
        kept: { en: 'Such a caller is anonymous everywhere.', nl: 'Zo’n beller is overal anoniem.' },
      },
      confirmed: false,
    },
  ],
  deadlines: [],
};
