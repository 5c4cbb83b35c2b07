/** The keystore by hand: how it is, its next epoch, and the move of its key into a TPM. */
import type { AdvanceOptions } from '../../appliance/vault/keystore/keystore.ts';
import { withVault } from './box.ts';
import { type Command, needed, type Result } from './command.ts';

const held = {
  tpm: 'in the TPM: an advance kills every copy',
  file: 'in a file: a copy of the whole disk taken earlier can still be opened',
};

/** Advances, and says so in the audit log, which is opened before anything changes. */
const advance = (data: string, options: AdvanceOptions): Promise<Result> =>
  withVault(data, async ({ keystore }, { log }) => {
    const { before, after, at, wraps } = await keystore.advance(options);
    const { epochKey } = keystore;
    log.append({ kind: 'epoch_advanced', actor: 'cli', facts: { before, after, epochKey, wraps } });
    return {
      json: { before, after, at: new Date(at).toISOString(), wraps, epochKey },
      text: `Epoch ${after} is in force with ${wraps} recordings. The key of epoch ${before} is dead. The new one is ${held[epochKey]}.`,
    };
  });

export const keystoreShow: Command = {
  name: 'keystore show',
  usage: 'keystore show',
  summary: 'says which epoch is in force, what holds its key, and how much lies under it',
  options: {},
  takes: 0,
  run: ({ data }) =>
    withVault(data, ({ keystore }) => {
      const { epoch, epochKey } = keystore;
      const wraps = keystore.all().length;
      const snapshots = keystore
        .snapshotKeys()
        .map(({ name, expiresAt }) => ({ name, expiresAt: new Date(expiresAt).toISOString() }));
      return {
        json: { epoch, epochKey, wraps, snapshots },
        text: [
          `Epoch ${epoch}. Its key is ${held[epochKey]}.`,
          `${wraps} recordings can be opened by their custodians, ${snapshots.length} backup snapshots by this box.`,
        ].join('\n'),
      };
    }),
};

export const keystoreAdvance: Command = {
  name: 'keystore advance',
  usage: 'keystore advance',
  summary: 'puts what stays under a new key and ends the old one, which alone still opened what was erased',
  options: {},
  takes: 0,
  run: ({ data }) => advance(data, {}),
};

export const keystoreSeal: Command = {
  name: 'keystore seal',
  usage: 'keystore seal --tpm TCTI',
  summary: 'moves the key of the keystore into a TPM 2.0, such as device:/dev/tpmrm0',
  options: { tpm: { type: 'string', means: 'how the TPM is reached, its TCTI' } },
  takes: 0,
  run: ({ data, values }) => advance(data, { tpm: needed(values, 'tpm') }),
};
