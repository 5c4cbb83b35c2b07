/** What the box says to two who talk: the announcement, short sentences, and the tone that recording goes on. */
import type { Cancel, Clock } from '@belkluis/shared/base/clock';
import type { RecordingTerms } from '@belkluis/shared/policy/decide';
import type { Purpose } from '@belkluis/shared/policy/purpose';
import type { Sentence } from '@belkluis/shared/policy/sentences';
import type { Prompt } from '../media/door.ts';
import type { Announcement } from './announcement.ts';
import { type Played, type Side, sides } from './conversation.ts';
import type { Leg } from './leg.ts';

/** What phones of the organisation press, each a sequence. */
export type PolicyKeys = Readonly<Record<'private' | 'pause' | 'start', string>>;

/** What the box has to say, and listens to, in any call. */
export interface Manners {
  /** Null: there is nothing to play, so nothing may be recorded. */
  readonly announcementOf: (terms: RecordingTerms) => Announcement | null;
  /** In the languages of the purpose. Null: it cannot be spoken. */
  readonly sentence: (sentence: Sentence, purpose: Purpose) => Promise<Prompt | null>;
  /** Null: without policy there are none. */
  readonly keys: () => PolicyKeys | null;
  /** That recording goes on, for people of the organisation. */
  readonly beep: Prompt;
}

interface Parts {
  readonly legs: Readonly<Record<Side, Leg>>;
  readonly manners: Manners;
  /** Of the call, recorded or not; undefined: it serves none, and nothing is said. */
  readonly purpose: Purpose | undefined;
  readonly clock: Clock;
}

export interface BoxVoice {
  announce(announcement: Announcement, to: Side): Promise<Played>;
  stop(): void;
  /** After an announcement that is being heard there: one that is cut counts as not heard. `about`: another purpose than that of the call. */
  say(sentence: Sentence, to: Side, about?: Purpose): Promise<void>;
  /** Beeps from now on for people here, whenever `goesOn`. */
  beep(goesOn: () => boolean): void;
  beepNoMore(): void;
}

export function boxVoice({ legs, manners, purpose, clock }: Parts): BoxVoice {
  let stopBeeping: Cancel = () => {};
  const announced = new Map<Side, Promise<Played>>();

  const beepAfter = (seconds: number, goesOn: () => boolean) => {
    stopBeeping = clock.after(seconds * 1000, () => {
      const own = goesOn() ? sides.filter((side) => !legs[side].outside) : [];
      for (const side of own) void legs[side].party.media.play(manners.beep).catch(() => {});
      beepAfter(seconds, goesOn);
    });
  };

  return {
    async announce({ prompt, hash }, to) {
      const { party, heard } = legs[to];
      const playing: Promise<Played> = party.media.play(prompt).catch(() => 'unplayable' as const);
      announced.set(to, playing);
      const played = await playing;
      if (played === 'ended') heard.set(hash, clock.now());
      return played;
    },
    stop() {
      for (const side of sides) legs[side].party.media.stopPlaying();
    },
    async say(sentence, to, about = purpose) {
      const prompt = about && (await manners.sentence(sentence, about));
      await announced.get(to);
      if (prompt) await legs[to].party.media.play(prompt).catch(() => {});
    },
    beep(goesOn) {
      const seconds = purpose?.announcement.staffBeepSeconds ?? null;
      if (seconds !== null) beepAfter(seconds, goesOn);
    },
    beepNoMore: () => stopBeeping(),
  };
}
