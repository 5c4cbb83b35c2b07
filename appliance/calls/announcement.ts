import type { Prompt } from '../media/door.ts';

/** What a purpose sounds like: ready to be played, and the hash that names it. */
export interface Announcement {
  readonly prompt: Prompt;
  readonly hash: string;
}
