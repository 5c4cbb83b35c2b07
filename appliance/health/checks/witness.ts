import { atOnce, type Check } from '../finding.ts';

/** The head of the log is cosigned every 15 minutes; after this long the witness is silent, ms. */
const LATE_MS = 2 * 3600_000;

/** Whether somebody outside the data directory would notice an old copy of it put back. */
export const checkWitness: Check = {
  steady: {
    witness_none: atOnce,
    witness_late: atOnce,
    witness_refused: atOnce,
  },
  look({ witness, now }) {
    if (!witness) return [{ code: 'witness_none', state: 'warn', values: {} }];
    const { lastAt: at, refusedAt } = witness;
    if (refusedAt !== null) return [{ code: 'witness_refused', state: 'bad', values: { at: refusedAt } }];
    if (at === null || now - at > LATE_MS) return [{ code: 'witness_late', state: 'warn', values: { at } }];
    return [{ code: 'witness_ok', state: 'ok', values: { at } }];
  },
};
