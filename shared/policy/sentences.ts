/** Short sentences that the box says in a call beside announcements: what became of a key, and why a call ends. */
import type { Language } from './fields.ts';

export const sentenceNames = [
  'not recorded',
  'not recorded, once more',
  'remembered',
  'not remembered',
  'the law keeps it',
  'paused',
  'recording goes on',
  'no pause here',
  'must be recorded',
  'not transferred',
] as const;

export type Sentence = (typeof sentenceNames)[number];

export const sentences: Readonly<Record<Language, Readonly<Record<Sentence, string>>>> = {
  en: {
    'not recorded': 'This call is not recorded.',
    'not recorded, once more': 'This call is not recorded. Press the same key again, and no call with your number is.',
    remembered: 'Calls with your number are not recorded from now on.',
    'not remembered': 'Your number could not be noted. Please tell us in another way.',
    'the law keeps it': 'The law requires this recording. It cannot be ended.',
    paused: 'Recording is paused.',
    'recording goes on': 'Recording goes on.',
    'no pause here': 'This recording cannot be paused.',
    'must be recorded':
      'This call must be recorded, and cannot be recorded now. It ends here. Please call again later.',
    'not transferred':
      'This call cannot be transferred: it would then have to be recorded, and cannot be recorded now.',
  },
  nl: {
    'not recorded': 'Dit gesprek wordt niet opgenomen.',
    'not recorded, once more':
      'Dit gesprek wordt niet opgenomen. Toets dezelfde toets nog eens, dan wordt geen gesprek met uw nummer opgenomen.',
    remembered: 'Gesprekken met uw nummer worden vanaf nu niet opgenomen.',
    'not remembered': 'Uw nummer kon niet worden genoteerd. Vertel het ons op een andere manier.',
    'the law keeps it': 'De wet verplicht ons tot deze opname. Ze kan niet worden beëindigd.',
    paused: 'De opname is onderbroken.',
    'recording goes on': 'De opname gaat verder.',
    'no pause here': 'Deze opname kan niet worden onderbroken.',
    'must be recorded': 'Dit gesprek moet worden opgenomen, en dat kan nu niet. Het eindigt hier. Bel later nog eens.',
    'not transferred':
      'Dit gesprek kan niet worden doorverbonden: het zou dan moeten worden opgenomen, en dat kan nu niet.',
  },
  de: {
    'not recorded': 'Dieses Gespräch wird nicht aufgezeichnet.',
    'not recorded, once more':
      'Dieses Gespräch wird nicht aufgezeichnet. Drücken Sie dieselbe Taste noch einmal, dann wird kein Gespräch mit Ihrer Nummer aufgezeichnet.',
    remembered: 'Gespräche mit Ihrer Nummer werden ab jetzt nicht aufgezeichnet.',
    'not remembered': 'Ihre Nummer konnte nicht vermerkt werden. Bitte sagen Sie es uns auf anderem Weg.',
    'the law keeps it': 'Das Gesetz verlangt diese Aufzeichnung. Sie kann nicht beendet werden.',
    paused: 'Die Aufzeichnung ist unterbrochen.',
    'recording goes on': 'Die Aufzeichnung geht weiter.',
    'no pause here': 'Diese Aufzeichnung kann nicht unterbrochen werden.',
    'must be recorded':
      'Dieses Gespräch muss aufgezeichnet werden, und das geht jetzt nicht. Es endet hier. Bitte rufen Sie später wieder an.',
    'not transferred':
      'Dieses Gespräch kann nicht weiterverbunden werden: Es müsste dann aufgezeichnet werden, und das geht jetzt nicht.',
  },
  fr: {
    'not recorded': 'Cet appel n’est pas enregistré.',
    'not recorded, once more':
      'Cet appel n’est pas enregistré. Appuyez encore une fois sur la même touche, et aucun appel avec votre numéro ne le sera.',
    remembered: 'Les appels avec votre numéro ne sont plus enregistrés.',
    'not remembered': 'Votre numéro n’a pas pu être noté. Dites-le-nous d’une autre manière.',
    'the law keeps it': 'La loi impose cet enregistrement. Il ne peut pas être arrêté.',
    paused: 'L’enregistrement est en pause.',
    'recording goes on': 'L’enregistrement reprend.',
    'no pause here': 'Cet enregistrement ne peut pas être mis en pause.',
    'must be recorded':
      'Cet appel doit être enregistré, et ne peut pas l’être maintenant. Il s’arrête ici. Veuillez rappeler plus tard.',
    'not transferred':
      'Cet appel ne peut pas être transféré : il devrait alors être enregistré, et ne peut pas l’être maintenant.',
  },
};
