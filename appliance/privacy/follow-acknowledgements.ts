/** Acknowledgements where calls are decided: in memory, so that no call waits for a disk, and followed within a second. */
import type { Clock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import { noticeVersion } from '@belkluis/shared/policy/documents/staff-notice';
import type { Purpose } from '@belkluis/shared/policy/purpose';
import type { Acknowledgements } from './acknowledgements.ts';

/** How often it is looked whether anything changed, ms: asking costs some microseconds. */
const LOOK_EVERY_MS = 1000;

/** How often extensions in use are written down, ms: one transaction for all of them. */
const TELL_EVERY_MS = 3_600_000;

export interface FollowedAcknowledgements {
  /** Whether the present notice of `purpose` was acknowledged for `extension`. */
  acknowledged(extension: string, purpose: Purpose): boolean;
  /** Reads again if anything changed. */
  look(): void;
  /** Writes down which extensions were asked for. */
  tell(): void;
  close(): void;
}

const keyOf = (extension: string, purpose: string): string => `${extension} ${purpose}`;

/** What counts now, once: for whoever asks about many calls at one moment. */
export function readAcknowledgements(store: Pick<Acknowledgements, 'list'>, now: number) {
  const versions = new Map(
    store.list(now).map(({ extension, purpose, version }) => [keyOf(extension, purpose), version]),
  );
  return (extension: string, purpose: Purpose): boolean =>
    versions.get(keyOf(extension, purpose.id)) === noticeVersion(purpose);
}

export function followAcknowledgements(
  store: Pick<Acknowledgements, 'list' | 'changes' | 'seen'>,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): FollowedAcknowledgements {
  let changes: number | null = null;
  let has = readAcknowledgements(store, clock.now());
  const used = new Set<string>();
  const look = (): void => {
    try {
      const now = store.changes();
      if (now === changes) return;
      has = readAcknowledgements(store, clock.now());
      changes = now;
    } catch (error) {
      // What was known stays: a disk that fails makes nobody's calls recorded who has not acknowledged.
      log('acknowledgements_not_followed', { why: (error as { code?: string }).code ?? 'unknown' });
    }
  };
  const tell = (): void => {
    try {
      const now = clock.now();
      store.seen([...used].map((extension) => [extension, now]));
      used.clear();
      // What has passed its day meanwhile counts no more.
      has = readAcknowledgements(store, clock.now());
    } catch (error) {
      log('acknowledgements_not_kept', { why: (error as { code?: string }).code ?? 'unknown' });
    }
  };
  look();
  const timers = [setInterval(look, LOOK_EVERY_MS).unref(), setInterval(tell, TELL_EVERY_MS).unref()];
  return {
    acknowledged(extension, purpose) {
      const answer = has(extension, purpose);
      if (answer) used.add(extension);
      return answer;
    },
    look,
    tell,
    close() {
      for (const timer of timers) clearInterval(timer);
      tell();
    },
  };
}
