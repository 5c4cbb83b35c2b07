import { createHash, randomBytes } from 'node:crypto';

/** Randomness as an argument: unpredictable in the product, repeatable in a test. */
export interface Chance {
  /** `length` fresh random bytes. */
  bytes(length: number): Buffer;
}

/** The operating system's generator. */
export const systemChance: Chance = { bytes: (length) => randomBytes(length) };

/** The same bytes for the same seed, for tests only; print the seed when it was drawn by chance. */
export function seededChance(seed: string): Chance {
  let block = 0;
  let left = Buffer.alloc(0);
  return {
    bytes(length) {
      const parts = [left];
      let have = left.length;
      while (have < length) {
        const more = createHash('sha256').update(`${seed}:${block++}`).digest();
        parts.push(more);
        have += more.length;
      }
      const all = Buffer.concat(parts);
      left = all.subarray(length);
      return Buffer.from(all.subarray(0, length));
    },
  };
}

/** `length` random bytes as lower-case hex: identifiers that need no escaping anywhere. */
export const randomHex = (chance: Chance, length: number): string => chance.bytes(length).toString('hex');
