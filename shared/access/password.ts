/** Passwords as Argon2id hashes (RFC 9106). */
import { hash, verify } from '@node-rs/argon2';
import { MAX_CONCURRENT_HASHES, MAX_PASSWORD_LENGTH, MAX_WAITING_HASHES, MIN_PASSWORD_LENGTH } from './limits.ts';
import { problem } from './problems.ts';

/** Cost of a hash. */
export interface HashCost {
  readonly memoryKiB: number;
  readonly passes: number;
}

/** 64 MiB and 3 passes: RFC 9106 4, second recommended option. One lane, for a hash must not take both cores from a call. */
export const HASH_COST: HashCost = { memoryKiB: 65_536, passes: 3 };

/** NFKC, so that the same password typed on another keyboard is the same bytes. */
const normal = (password: string): string => password.normalize('NFKC');

/** @throws Problem `password_short`, `password_long`. */
export function checkPassword(password: string): void {
  const { length } = [...normal(password)];
  if (length < MIN_PASSWORD_LENGTH) throw problem('password_short');
  if (length > MAX_PASSWORD_LENGTH) throw problem('password_long');
}

export interface Passwords {
  hash(password: string): Promise<string>;
  /** Whether `password` is that of `hashed`. Null: nobody has the name that was typed; it takes as long, and is false. */
  matches(hashed: string | null, password: string): Promise<boolean>;
}

/** @throws Problem `login_busy` from its functions when too many wait. */
export function openPasswords({ memoryKiB, passes }: HashCost = HASH_COST): Passwords {
  const options = { algorithm: 2, memoryCost: memoryKiB, timeCost: passes, parallelism: 1 };
  const turn = turns(MAX_CONCURRENT_HASHES, MAX_WAITING_HASHES);
  const decoy = hash('nobody has this password', options);
  return {
    hash: (password) => turn(() => hash(normal(password), options)),
    matches: (hashed, password) =>
      turn(async () => {
        if (normal(password).length > MAX_PASSWORD_LENGTH * 2) return false;
        const right = await verify(hashed ?? (await decoy), normal(password));
        return hashed !== null && right;
      }),
  };
}

/** Runs at most `atOnce` actions; at most `waiting` more wait. */
function turns(atOnce: number, waiting: number) {
  let running = 0;
  const queue: (() => void)[] = [];
  return async <T>(action: () => Promise<T>): Promise<T> => {
    if (running >= atOnce) {
      if (queue.length >= waiting) throw problem('login_busy');
      await new Promise<void>((resolve) => queue.push(resolve));
    } else running++;
    try {
      return await action();
    } finally {
      const next = queue.shift();
      if (next) next();
      else running--;
    }
  };
}
