/**
 * Epoch keys as files, for a box without a TPM. Whoever copied the file earlier can still open what he copied with it: the weaker claim,
 * and every certificate says that it is this one.
 */
import { createSecretKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Chance } from '@belkluis/shared/base/chance';
import { destroyDurably, writeFileDurably } from '../durable.ts';
import { problem } from '../problems.ts';
import { type EpochKeys, KEY_LENGTH } from './epoch-keys.ts';
import { keyFileOf } from './places.ts';

export function fileKeys(folder: string, chance: Chance): EpochKeys {
  const destroy = (epoch: number): void => {
    destroyDurably(keyFileOf(folder, epoch));
  };
  return {
    kind: 'file',
    make(epoch): KeyObject {
      const bytes = chance.bytes(KEY_LENGTH);
      writeFileDurably(keyFileOf(folder, epoch), bytes);
      const key = createSecretKey(bytes);
      bytes.fill(0);
      return key;
    },
    open(epoch): KeyObject {
      const bytes = readFileSync(keyFileOf(folder, epoch));
      if (bytes.length !== KEY_LENGTH) throw problem('epoch_key_missing', `epoch ${epoch}`);
      const key = createSecretKey(bytes);
      bytes.fill(0);
      return key;
    },
    kill: destroy,
    discard: destroy,
  };
}
