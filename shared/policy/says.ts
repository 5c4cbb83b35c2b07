/** A sentence in the languages of the desk. */
export type Says = Readonly<Record<'en' | 'nl', string>>;
