/** The words of health in each language: the same as at the desk and in the API. */
import { de } from '@belkluis/shared/contract/health-words/de';
import { en } from '@belkluis/shared/contract/health-words/en';
import { fr } from '@belkluis/shared/contract/health-words/fr';
import { nl } from '@belkluis/shared/contract/health-words/nl';
import type { HealthWords } from '@belkluis/shared/contract/health-words/words';
import type { Language } from '@belkluis/shared/web/formats';

export const healthWords: Readonly<Record<Language, HealthWords>> = { nl, en, de, fr };
