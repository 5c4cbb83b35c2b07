/** Which objection a number meets, among those in memory: asked in every call. Pure. */
import { numberKeys, sameNumber } from './party-forms.ts';

/** What stands where a number was withheld. */
const WITHHELD: ReadonlySet<string> = new Set(['', 'anonymous']);

export const isWithheld = (number: string): boolean => WITHHELD.has(number.trim().toLowerCase());

export interface ObjectedNumber {
  readonly id: string;
  readonly number: string;
  /** Null: whatever the purpose. */
  readonly purpose: string | null;
}

/** Null: it meets none. */
export type MeetObjection = (number: string, purpose: string) => ObjectedNumber | null;

/** Looked up by hash, however many there are; a number is found in whatever way the other end writes it. */
export function objectionsIn(kept: readonly ObjectedNumber[]): MeetObjection {
  const byKey = new Map<string, ObjectedNumber[]>();
  for (const objection of kept) {
    for (const key of numberKeys(objection.number)) {
      const others = byKey.get(key);
      if (others) others.push(objection);
      else byKey.set(key, [objection]);
    }
  }
  return (number, purpose) => {
    if (byKey.size === 0 || isWithheld(number)) return null;
    for (const key of numberKeys(number)) {
      const met = byKey
        .get(key)
        ?.find((one) => (one.purpose === null || one.purpose === purpose) && sameNumber(one.number, number));
      if (met) return met;
    }
    return null;
  };
}
