/**
 * How a number is written, so that each way of writing it finds the others. `+31 20 123 4567`, `0031201234567`, `020-1234567` and
 * `1234567` are one number; a phone, a trunk and a person each write it their own way.
 *
 * A stored party has *spellings*: the ways to write it that are certain, and those that are plausible. What is searched for has *forms*. A
 * party is found when one of its spellings contains one of the forms. Three characters that no number has stand for what a digit cannot
 * say: `+` before a country code, `=` before and `$` after a number whose country is not known.
 */

/** A party is found by its first so many characters: a number has 15 digits at most (E.164 6), a name rarely 40. A caller chooses this text. */
const MAX_SPELLING_LENGTH = 100;

/** Longest part that is looked up, characters; what is searched for is cut to it. The index then holds so much of each suffix. */
export const MAX_PART_LENGTH = 40;

/** Fewest digits of a number without its area: `123456` in a town of six digits. Anything shorter is an extension, and no tail of a number. */
const MIN_LOCAL_DIGITS = 6;

/** Fewest digits of a number that may have its country code without saying so, as many trunks write it: `3225550123`. */
const MIN_E164_DIGITS = 10;

/** Country codes of one and of two digits (E.164.D); every other one has three. */
const ONE_DIGIT = /^[17]/;
const TWO_DIGITS = /^(2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/;

/** Digits after the country code; empty when not all of the code is there. */
function nationalDigits(e164: string): string {
  if (ONE_DIGIT.test(e164)) return e164.slice(1);
  return e164.slice(TWO_DIGITS.test(e164) ? 2 : 3);
}

/** With the zero that is dialled before it within most countries; Italy's numbers have it of their own. */
const withTrunkZero = (national: string): string => (national.startsWith('0') ? national : `0${national}`);

/** Letters and digits, lower case. */
const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');

/** What was written, without punctuation: a name, or digits that begin with a country code or that do not say. */
function read(text: string): { readonly text: string; readonly digits: boolean; readonly e164: string | null } {
  const begins = text.trimStart().startsWith('+');
  // `+31 (0)20`: the zero is for those who dial within the country.
  const letters = plain(begins ? text.replace('(0)', '') : text);
  const digits = /^\d+$/.test(letters);
  if (!digits) return { text: letters, digits, e164: null };
  if (begins) return { text: letters, digits, e164: letters };
  return { text: letters, digits, e164: letters.startsWith('00') ? letters.slice(2) : null };
}

/** The ways to write a stored party. */
function spellingsOf(party: string): readonly string[] {
  const { text, digits, e164 } = read(party);
  if (text === '') return [];
  const spellings = new Set<string>();
  // A short number that begins with 00 is a code of the telephone system, not a country.
  if (e164 !== null && e164.length >= MIN_LOCAL_DIGITS) {
    spellings.add(`+${e164}`);
    if (text !== e164) spellings.add(text);
    const national = nationalDigits(e164);
    if (national !== '') spellings.add(withTrunkZero(national));
  } else if (digits) {
    spellings.add(`=${text}$`);
    if (text.length >= MIN_E164_DIGITS && !text.startsWith('0')) spellings.add(withTrunkZero(nationalDigits(text)));
  } else {
    spellings.add(text);
  }
  return [...spellings].map((spelling) => spelling.slice(0, MAX_SPELLING_LENGTH));
}

/** A number may be stored without its area or its country: whole, and no extension. A subscriber's number begins with no zero. */
function tails(digits: string): string[] {
  const found: string[] = [];
  for (let from = 0; digits.length - from >= MIN_LOCAL_DIGITS; from++)
    if (digits[from] !== '0') found.push(`=${digits.slice(from)}$`);
  return found;
}

/** What finds a party that was searched for as `query`. None: it has no letter and no digit, and finds nobody. */
export function formsOf(query: string): readonly string[] {
  const { text, digits, e164 } = read(query);
  if (text === '') return [];
  const forms = new Set<string>();
  // A leading + says that a country follows; without it the digits may stand anywhere.
  if (e164 !== text) forms.add(text);
  if (e164 !== null && e164 !== '') {
    forms.add(`+${e164}`);
    // Stored without the plus.
    forms.add(`=${e164}`);
  }
  const full = e164 ?? (digits && text.length >= MIN_E164_DIGITS && !text.startsWith('0') ? text : null);
  const national = full === null ? '' : nationalDigits(full);
  // Stored without its country, by somebody who lives there. One digit of it says too little.
  if (national.length > 1) forms.add(`=${withTrunkZero(national)}`);
  if (digits) for (const tail of tails(e164 === null ? text.replace(/^0+/, '') : national)) forms.add(tail);
  return [...forms].map((form) => form.slice(0, MAX_PART_LENGTH));
}

/** Whether a party is found by these forms. */
const isFoundBy = (party: string, forms: readonly string[]): boolean =>
  spellingsOf(party).some((spelling) => forms.some((form) => spelling.includes(form)));

/** Written without punctuation, as most are. */
const BARE = /^\+?[0-9a-z]+$/;

/** A function that tells whether a party is found by these forms. Fast for those that are not: it is asked of very many. */
export function finderOf(forms: readonly string[]): (party: string) => boolean {
  // No spelling adds anything but a mark or a trunk zero, so the rest of the form stands in the party as it is written.
  const cores = forms.map((form) => form.replace(/[+=$]/g, '').replace(/^0/, ''));
  const known = new Map<string, boolean>();
  return (party) => {
    if (BARE.test(party) && !cores.some((core) => party.includes(core))) return false;
    let found = known.get(party);
    if (found === undefined) {
      found = isFoundBy(party, forms);
      known.set(party, found);
    }
    return found;
  };
}

/** What the index holds of a party: each suffix of its spellings, so that a part anywhere in it is the beginning of one. */
export function partsOf(party: string): readonly string[] {
  const parts = new Set<string>();
  for (const spelling of spellingsOf(party))
    for (let from = 0; from < spelling.length; from++) parts.add(spelling.slice(from, from + MAX_PART_LENGTH));
  return [...parts];
}

/** Whole ways to write a party that another hand may have chosen; what is one number has one of them in common. */
export function numberKeys(party: string): readonly string[] {
  const { text, digits, e164 } = read(party);
  if (!digits || text === '') return text === '' ? [] : [text];
  const full = e164 ?? (text.length >= MIN_E164_DIGITS && !text.startsWith('0') ? text : null);
  const national = full === null ? '' : nationalDigits(full);
  return [...new Set([text, ...(full === null ? [] : [full]), ...(national === '' ? [] : [withTrunkZero(national)])])];
}

/** Whether two parties are one, as far as they say: two that both name their country are compared with it, else without. */
export function sameNumber(one: string, other: string): boolean {
  const [a, b] = [read(one), read(other)];
  if (a.e164 !== null && b.e164 !== null) return a.e164 === b.e164;
  const keys = new Set(numberKeys(one));
  return numberKeys(other).some((key) => keys.has(key));
}
