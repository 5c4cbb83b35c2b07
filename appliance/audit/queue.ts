/**
 * Facts of recordings that the log refused: a full or stalled disk must not end a recording, and what happened meanwhile must not be lost
 * in silence. They wait in memory, in order, and go into the log when it takes entries again. What does not fit is counted, and the log
 * says how much is missing.
 */
import { type AuditEntry, checkEvent } from '@belkluis/shared/audit/event';
import type { Cancel, Clock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import type { AuditLog, TimedEntry } from './log.ts';

/** Entries that wait at most: three a call, an hour of 3000 calls; some 5 MB. */
export const QUEUE_MAX = 10_000;

/** How often the log is tried again, ms: a person who makes room on the disk sees it work. */
const RETRY_MS = 5000;

/** Entries of one commit when the log takes them again: a few ms, so that sealing does not wait. */
const BATCH = 500;

export interface AuditQueue {
  /** Writes a fact down, now or when that is possible. Never throws. */
  note(entry: AuditEntry): void;
  /** How many wait. */
  readonly waiting: number;
  /** How many did not fit since the log last took an entry. */
  readonly dropped: number;
  /** Tries once more, and stops trying. What is left is lost, and logged for the operator. */
  close(): void;
}

export function openAuditQueue(options: {
  readonly log: Pick<AuditLog, 'appendAll'>;
  readonly clock: Clock;
  /** For the person who runs the machine. */
  readonly report: Log;
}): AuditQueue {
  const { log, clock, report } = options;
  let waiting: TimedEntry[] = [];
  let gap: { dropped: number; since: number; until: number } | null = null;
  let retry: Cancel | null = null;

  const later = (delayMs: number) => {
    retry = clock.after(delayMs, () => {
      retry = null;
      flush();
    });
  };

  /** Writes one batch of what waits, oldest first; false: the log refuses. */
  function write(): boolean {
    try {
      // What was dropped came after what waits, but the mark goes first: a log that refuses again in the middle has it.
      if (gap) log.appendAll([{ kind: 'audit_gap', actor: 'box', facts: gap }]);
      gap = null;
      log.appendAll(waiting.slice(0, BATCH));
      waiting = waiting.slice(BATCH);
      return true;
    } catch (error) {
      report('audit_refused', { waiting: waiting.length, why: (error as Error).message });
      return false;
    }
  }

  function flush(): void {
    if (!write()) later(RETRY_MS);
    else if (waiting.length > 0) later(0);
  }

  return {
    note(entry) {
      const timed = { ...entry, at: clock.now() };
      try {
        checkEvent(timed);
      } catch (error) {
        // It would be refused for ever, and everything behind it.
        return report('audit_entry_malformed', { kind: entry.kind, why: (error as Error).message });
      }
      if (waiting.length < QUEUE_MAX) {
        waiting.push(timed);
      } else {
        gap = { dropped: (gap?.dropped ?? 0) + 1, since: gap?.since ?? timed.at, until: timed.at };
      }
      if (!retry) flush();
      return undefined;
    },
    get waiting() {
      return waiting.length;
    },
    get dropped() {
      return gap?.dropped ?? 0;
    },
    close() {
      retry?.();
      // Whoever notes something after this is not heard.
      retry = () => undefined;
      while (waiting.length > 0 && write());
      if (waiting.length > 0) report('audit_lost', { entries: waiting.length + (gap?.dropped ?? 0) });
    },
  };
}
