/** What boxes say, gathered for a moment and written at once: a commit costs the same for one row and for five hundred. */
import type { Clock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import { faultOf } from '../db/faults.ts';
import type { AnyTables } from '../db/open.ts';
import type { Change, Fate, Heard } from './heard.ts';
import { MAX_BATCH_MS, MAX_BATCH_ROWS, MAX_WAITING, RETRY_MS } from './limits.ts';
import { problem } from './problems.ts';
import { type Stored, storeBatch } from './store.ts';

interface Waiting {
  readonly heard: Heard;
  /** It was handed to the database, which did not say whether it is stored. */
  tried: boolean;
  readonly resolve: (fate: Fate) => void;
  readonly reject: (error: unknown) => void;
}

export interface WriterOptions {
  readonly database: AnyTables;
  readonly clock: Pick<Clock, 'after'>;
  readonly log: Log;
  /** After a commit: how boxes stand now. */
  readonly changed: (changes: readonly Change[]) => void;
}

export interface Writer {
  /**
   * Resolves when the message is stored for good: only then is it acknowledged. While the database cannot be reached it waits.
   * @throws Problem `inventory_full`, `inventory_closed`; what the database says of this very message.
   */
  take(heard: Heard): Promise<Fate>;
  /** How many wait, and whether more are taken. */
  waiting(): number;
  takes(): boolean;
  /** Writes what waits and takes nothing more. What the database does not take now is refused, so that its sender sends it again. */
  close(): Promise<void>;
}

export function openWriter({ database, clock, log, changed }: WriterOptions): Writer {
  let waiting: Waiting[] = [];
  let timed = false;
  let running: Promise<void> | null = null;
  let closed = false;

  /** Stores a batch, or, where one of its messages spoils it, the rest. */
  async function store(batch: readonly Waiting[]): Promise<void> {
    let stored: Stored;
    try {
      stored = await storeBatch(
        database,
        batch.map(({ heard }) => heard),
      );
    } catch (error) {
      if (faultOf(error) === 'unavailable') throw error;
      if (batch.length === 1) {
        log('message_not_stored', { box: batch[0]!.heard.box, kind: batch[0]!.heard.said.kind });
        return batch[0]!.reject(error);
      }
      const half = Math.ceil(batch.length / 2);
      await store(batch.slice(0, half));
      return store(batch.slice(half));
    }
    batch.forEach(({ resolve }, at) => {
      resolve(stored.fates[at]!);
    });
    if (stored.changes.length === 0) return;
    try {
      changed(stored.changes);
    } catch {
      // It is stored all the same; whoever listens has a fault of its own.
      log('changes_not_told', { changes: stored.changes.length });
    }
  }

  /** One batch, off the head of what waits. */
  async function writeOnce(): Promise<void> {
    const settled = new Set<Waiting>();
    const batch = waiting.slice(0, MAX_BATCH_ROWS).map((one) => ({
      heard: one.heard,
      tried: one.tried,
      resolve: (fate: Fate) => {
        settled.add(one);
        one.resolve(one.tried && fate === 'seen' ? 'found' : fate);
      },
      reject: (error: unknown) => {
        settled.add(one);
        one.reject(error);
      },
    }));
    try {
      await store(batch);
    } catch (error) {
      log('database_unavailable', { waiting: waiting.length, code: (error as { code?: string }).code ?? null });
      for (const one of waiting.slice(0, batch.length)) one.tried = true;
      if (closed) for (const { reject } of batch) reject(problem('inventory_closed'));
      else await new Promise<void>((resolve) => clock.after(RETRY_MS, resolve));
    }
    waiting = waiting.filter((one) => !settled.has(one));
  }

  /** Writes full batches, and the first whether it is full or not; what is left waits for others. */
  async function run(): Promise<void> {
    do await writeOnce();
    while (waiting.length >= MAX_BATCH_ROWS || (closed && waiting.length > 0));
  }

  const later = () => {
    if (timed || running || waiting.length === 0) return;
    timed = true;
    clock.after(MAX_BATCH_MS, () => {
      timed = false;
      if (waiting.length > 0) void start();
    });
  };

  const start = (): Promise<void> => {
    running ??= run().finally(() => {
      running = null;
      later();
    });
    return running;
  };

  return {
    take(heard) {
      if (closed) return Promise.reject(problem('inventory_closed'));
      if (waiting.length >= MAX_WAITING) return Promise.reject(problem('inventory_full'));
      const { promise, resolve, reject } = Promise.withResolvers<Fate>();
      waiting.push({ heard, tried: false, resolve, reject });
      if (waiting.length >= MAX_BATCH_ROWS) void start();
      else later();
      return promise;
    },
    waiting: () => waiting.length,
    takes: () => !closed && waiting.length < MAX_WAITING,
    async close() {
      closed = true;
      await running;
      if (waiting.length > 0) await start();
    },
  };
}
