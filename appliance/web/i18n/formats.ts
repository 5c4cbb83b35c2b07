/** How the desk writes dates, numbers and lengths, in the box's time zone. */
export { dayAfter, dayBegins, type Formats, formatsOf, lengthWords } from '@belkluis/shared/web/formats';

/** Languages that the desk speaks. */
export type LanguageCode = 'en' | 'nl';
