import { createHash, randomBytes } from 'node:crypto';

/** Randomness as an argument: unpredictable in the product, repeatable in a test. */
export interface Chance {
  /** `length` fresh random bytes. */
  bytes(length: number): Buffer;
}

/** Bytes drawn from the operating system at once, and the most that one asking takes of them: tags, branches, nonces. */
const POOL_BYTES = 4096;
const MAX_POOLED = 64;

/** The operating system's generator, which is asked for many small draws at once: each asking costs more than the bytes. */
export const systemChance: Chance = (() => {
  let pool = Buffer.alloc(0);
  return {
    bytes(length) {
      if (length > MAX_POOLED) return randomBytes(length);
      if (pool.length < length) pool = randomBytes(POOL_BYTES);
      const drawn = Buffer.from(pool.subarray(0, length));
      // Whoever reads our memory later finds no key of before.
      pool.fill(0, 0, length);
      pool = pool.subarray(length);
      return drawn;
    },
  };
})();

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
