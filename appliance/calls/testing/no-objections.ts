/** What a recorder says of objections where a test is about none. */
import type { Recorder } from '../recorder.ts';

export const noObjections: Pick<Recorder, 'consented' | 'object' | 'objects' | 'keepObjection'> = {
  consented() {},
  object: async () => ({ did: 'refused', reason: 'not_recording' }),
  objects: () => false,
  keepObjection: async () => ({ kept: false, reason: 'recorder_unavailable' }),
};
