/** The recording of two who talk: made, tapped, paused, ended or erased. When, says conversation.ts. */
import type { Clock } from '@belkluis/shared/base/clock';
import type { Consent } from '@belkluis/shared/policy/consent';
import type { RecordingTerms } from '@belkluis/shared/policy/decide';
import type { MediaCall } from '../media/door.ts';
import type { Announcement } from './announcement.ts';
import type { Pair } from './consent/asked.ts';
import { evidenceOf } from './consent/evidence.ts';
import type { Begun, CallFacts, Objected, Recorder } from './recorder.ts';

interface Parts {
  readonly facts: () => CallFacts;
  readonly terms: RecordingTerms;
  readonly announcement: Announcement;
  readonly legs: Pair;
  readonly media: MediaCall;
  readonly recorder: Recorder;
  /** When the two began to talk, wall clock, ms. */
  readonly answeredAt: number;
  readonly clock: Clock;
}

export interface PairRecording {
  /** Null: it has not begun, or could not. */
  readonly id: string | null;
  /** Frames flow into it. */
  readonly running: boolean;
  begin(): Promise<Begun>;
  openTap(): void;
  /** Shuts the tap at once, so that whoever is joined next is not heard on it. */
  end(reason: 'finished' | 'broken'): void;
  /** Likewise, and erases what there is of it, also while it is only being made. */
  erase(consent: Consent): Promise<Objected>;
  /** Keeps with it that somebody wanted to refuse what the law keeps. */
  denied(consent: Consent): Promise<Objected>;
  /** The media worker is gone: no end mark of the tap will come. */
  mediaLost(): void;
  /** Resolves when nothing more happens to it. */
  over(): Promise<void>;
}

export function pairRecording(parts: Parts): PairRecording {
  const { terms, announcement, legs, media, recorder, answeredAt } = parts;
  let id: string | null = null;
  let beginning: Promise<Begun> | null = null;
  let tapOpen = false;
  let lost = false;
  let over: Promise<unknown> = Promise.resolve();

  /** Whether it was open, and is shut as it should. */
  const shutTap = async (): Promise<boolean> => {
    const tapped = tapOpen && !lost;
    tapOpen = false;
    if (tapped) await media.stopRecording().catch(() => {});
    return tapped && !lost;
  };

  /** The tap's end mark tells the recorder that all frames are in; without a tap there is none to wait for. */
  const endIt = async (reason: 'finished' | 'broken') => {
    const shut = shutTap();
    const begun = await beginning;
    const whole = await shut;
    if (begun?.ok) recorder.end(begun.recording, whole ? reason : 'broken');
  };

  const objectTo = async (consent: Consent): Promise<Objected> => {
    const begun = await beginning;
    return begun?.ok ? recorder.object(begun.recording, consent) : { did: 'refused', reason: 'not_recording' };
  };

  return {
    get id() {
      return id;
    },
    get running() {
      return tapOpen;
    },
    async begin() {
      const heardAt = [legs.caller, legs.callee].flatMap(({ heard }) => heard.get(announcement.hash) ?? []);
      beginning = recorder.begin({
        call: parts.facts(),
        terms,
        // Where nobody had to hear it in this call, all knew before.
        announcedAt: heardAt.length === 0 ? answeredAt : Math.max(...heardAt),
        announcementHash: announcement.hash,
        consents: evidenceOf(terms, announcement.hash, legs, answeredAt),
      });
      const begun = await beginning;
      if (begun.ok) id = begun.recording;
      return begun;
    },
    openTap() {
      tapOpen = true;
      media.record(id!);
    },
    end(reason) {
      over = endIt(reason);
    },
    erase(consent) {
      void shutTap();
      const erased = objectTo(consent);
      over = erased;
      return erased;
    },
    denied: objectTo,
    mediaLost() {
      lost = true;
    },
    async over() {
      await over;
    },
  };
}
