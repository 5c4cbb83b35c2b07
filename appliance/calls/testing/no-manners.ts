/** A box that says and listens to nothing, where a test is about nothing that it says. */
import type { Manners } from '../box-voice.ts';

export const noManners: Manners = {
  announcementOf: () => null,
  sentence: async () => null,
  keys: () => null,
  beep: { id: 'beep', frames: {} },
};
