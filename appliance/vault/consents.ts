/** Who was told in a call that it is recorded, and what they answered: evidence that stays with the row of the recording, and leaves with it (GDPR 7(1)). */
import type { Consent } from '@belkluis/shared/policy/consent';
import type { Database } from '../db/open.ts';

/** Most that is kept of one recording: two people are told in four languages, and change their mind. More is somebody leaning on a key. */
const MAX_CONSENTS = 32;

export function openConsents(database: Database) {
  const insert = database.prepare(
    `INSERT INTO consents (recording, number, at, act, mode, side, how, key, prompt_hash)
     SELECT @recording, count(*), @at, @act, @mode, @side, @how, @key, @promptHash FROM consents WHERE recording = @recording
     HAVING count(*) < ${MAX_CONSENTS}`,
  );
  const of = database.prepare(
    'SELECT at, act, mode, side, how, key, prompt_hash AS promptHash FROM consents WHERE recording = ? ORDER BY number',
  );
  return {
    /** @throws when there is no such recording, or it is no evidence of one key or none. */
    add: (recording: string, { at, act, mode, side, how, key, promptHash }: Consent): void => {
      insert.run({ recording, at, act, mode, side, how, key, promptHash });
    },
    /** In order. */
    of: (recording: string): Consent[] => of.all(recording) as Consent[],
  };
}
