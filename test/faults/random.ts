/** Chance that repeats itself: everything that a round does follows from its seed. */
import { randomBytes } from 'node:crypto';
import { type Chance, seededChance } from '@belkluis/shared/base/chance';

export interface Random extends Chance {
  /** 0 to `below` - 1. */
  integer(below: number): number;
  /** True once in `times`. */
  onceIn(times: number): boolean;
  pick<T>(list: readonly T[]): T;
}

export function seededRandom(seed: string): Random {
  const chance = seededChance(seed);
  const integer = (below: number): number => Math.floor((chance.bytes(4).readUInt32BE() / 2 ** 32) * below);
  return {
    ...chance,
    integer,
    onceIn: (times) => integer(times) === 0,
    pick: (list) => list[integer(list.length)]!,
  };
}

/** `BELKLUIS_SEED`, or one drawn now. Print it: whoever sees the test fail repeats it with this. */
export const seedOf = (environment: NodeJS.ProcessEnv = process.env): string =>
  environment.BELKLUIS_SEED ?? randomBytes(4).toString('hex');
