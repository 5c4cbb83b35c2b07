import { atOnce, type Check } from '../finding.ts';

/** The epoch advances every night; after this long something keeps it from doing so, ms. */
const LATE_MS = 36 * 3600_000;

/** What an erasure is worth here, and whether what was erased is certified. */
export const checkKeystore: Check = {
  steady: {
    keystore_waits: atOnce,
  },
  look({ keystore, now }) {
    const { epochKey, uncertified, uncertifiedSince: at } = keystore;
    if (at !== null && now - at > LATE_MS)
      return [{ code: 'keystore_waits', state: 'bad', values: { uncertified, at } }];
    return [{ code: epochKey === 'tpm' ? 'keystore_tpm' : 'keystore_file', state: 'ok', values: {} }];
  },
};
