/** The main thread's side of the media workers: spreads calls over them and speaks to each in batches. */
import { availableParallelism } from 'node:os';
import type { MessagePort } from 'node:worker_threads';
import { systemChance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { systemClock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import type { MediaCall, MediaDoor } from './door.ts';
import { newIdentity } from './dtls/certificate.ts';
import { type PortRange, splitRange } from './ports.ts';
import { GENERAL_SILENCE_MS, INITIAL_SILENCE_MS, MAX_RESTARTS_PER_MINUTE } from './relay/limits.ts';
import { mediaProblem } from './relay/problems.ts';
import { startWorker, type WorkerLine } from './relay/worker-line.ts';

export interface PoolOptions {
  /** Local address that audio is received at. */
  readonly address: string;
  /** UDP ports for all workers together; each call needs four. */
  readonly ports: PortRange;
  /** Threads; null: one per core but one, at least one. */
  readonly workers: number | null;
  /** Our end of a channel to the recorder for worker number `worker`; asked again when a lost worker is replaced. Null: no tap. */
  readonly recorderPort: (worker: number) => MessagePort | null;
  /** How long a leg may be silent before `onTimeout`, milliseconds. */
  readonly silence?: { readonly initialMs: number; readonly generalMs: number };
  readonly log: Log;
  readonly clock?: Clock;
  /** The thread's code: a test may put another in its place. */
  readonly entry?: URL;
}

export interface MediaPool extends MediaDoor {
  /** A worker died; its calls were told (`onLost`) and a new one takes its place unless it dies too often. */
  onWorkerLost: (worker: number) => void;
}

export function startMediaPool(options: PoolOptions): MediaPool {
  const { clock = systemClock, log } = options;
  const count = options.workers ?? Math.max(1, availableParallelism() - 1);
  // One for the life of the process: it says no more than that this is the box, which the phone knows.
  const identity = newIdentity(systemChance);
  const ranges = splitRange(options.ports, count);
  const lines: (WorkerLine | null)[] = [];
  const lostAt: number[] = [];
  let closed = false;

  const start = (worker: number): WorkerLine =>
    startWorker({
      entry: options.entry ?? new URL('./worker.ts', import.meta.url),
      name: `media-${worker}`,
      settings: {
        address: options.address,
        ports: ranges[worker]!,
        identity,
        silence: options.silence ?? { initialMs: INITIAL_SILENCE_MS, generalMs: GENERAL_SILENCE_MS },
      },
      recorder: options.recorderPort(worker),
      onLost: (cause) => lost(worker, cause),
    });

  const lost = (worker: number, cause: string) => {
    const now = clock.monotonic();
    log('media_worker_lost', { worker, cause });
    lines[worker] = null;
    lostAt.push(now);
    while (lostAt[0]! < now - 60_000) lostAt.shift();
    if (!closed && lostAt.length <= MAX_RESTARTS_PER_MINUTE) lines[worker] = start(worker);
    pool.onWorkerLost(worker);
  };

  const pool: MediaPool = {
    onWorkerLost: () => {},
    async openCall(urgent = false): Promise<MediaCall> {
      if (closed) throw mediaProblem('media_closed');
      const alive = lines.filter((line) => line !== null);
      if (alive.length === 0) throw mediaProblem('media_lost');
      return alive.reduce((least, line) => (line.calls < least.calls ? line : least)).openCall(urgent);
    },
    async counters() {
      const sums: Record<string, number> = {};
      for (const counters of await Promise.all(lines.map((line) => line?.counters()))) {
        for (const [name, value] of Object.entries(counters ?? {})) sums[name] = (sums[name] ?? 0) + value;
      }
      return sums;
    },
    async close() {
      closed = true;
      await Promise.all(lines.map((line) => line?.close()));
    },
  };
  for (let worker = 0; worker < count; worker++) lines.push(start(worker));
  return pool;
}
