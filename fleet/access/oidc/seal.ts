/** Client secrets as they lie in the database: AES-256-GCM, bound to their row. The key is in a file beside it. */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Chance } from '@belkluis/shared/base/chance';
import { problem } from '../problems.ts';

const IV_LENGTH = 12;
const TAG_LENGTH = 16;

export function openSeal(key: Buffer, chance: Chance) {
  return {
    /** `row`: what it belongs to; of another it does not open. */
    seal(text: string, row: string): string {
      const iv = chance.bytes(IV_LENGTH);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(row));
      return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64');
    },
    /** @throws Problem `provider_secret_lost`: sealed with another key, or altered. */
    open(sealed: string, row: string): string {
      const all = Buffer.from(sealed, 'base64');
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, all.subarray(0, IV_LENGTH), { authTagLength: TAG_LENGTH })
          .setAAD(Buffer.from(row))
          .setAuthTag(all.subarray(-TAG_LENGTH));
        return decipher.update(all.subarray(IV_LENGTH, -TAG_LENGTH), undefined, 'utf8') + decipher.final('utf8');
      } catch (cause) {
        throw problem('provider_secret_lost', undefined, cause);
      }
    },
  };
}

export type Seal = ReturnType<typeof openSeal>;
