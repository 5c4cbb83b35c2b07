/** A pool with one worker and a recorder's end of its tap, for tests. */
import { MessageChannel } from 'node:worker_threads';
import { silentLog } from '@belkluis/shared/base/log';
import type { ExecutionContext } from 'ava';
import type { MediaCall, MediaLeg } from '../door.ts';
import { type Frame, type Gap, type TapMessage, unpackBatch } from '../frame.ts';
import { type MediaPool, type PoolOptions, startMediaPool } from '../pool.ts';
import type { PortRange } from '../ports.ts';
import { generation, Peer, type PeerKeys } from './peer.ts';

/** What a recorder would have got. It grants credit unless told not to. */
class TestRecorder {
  readonly frames: Frame[] = [];
  readonly gaps: Gap[] = [];
  readonly ended: string[] = [];
  grants = true;
  owed = 0;
  #wake: () => void = () => {};
  #pay: (recording: string, acked: number) => void = () => {};

  port() {
    const { port1, port2 } = new MessageChannel();
    port1.on('message', (message: TapMessage) => {
      if ('end' in message) this.ended.push(message.recording);
      else {
        const { frames, gaps } = unpackBatch(message.batch);
        this.frames.push(...frames);
        this.gaps.push(...gaps);
        if (this.grants) port1.postMessage({ recording: message.recording, acked: message.batch.byteLength });
        else this.owed += message.batch.byteLength;
      }
      this.#wake();
    });
    this.#pay = (recording, acked) => port1.postMessage({ recording, acked });
    port1.unref();
    return port2;
  }

  pay(recording: string): void {
    this.grants = true;
    this.#pay(recording, this.owed);
    this.owed = 0;
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** Below the ports that the system gives out by itself, and for each test process (their ids are close together) other ones. */
const BLOCK = 640;
let nextPort = 10_000 + ((process.pid * BLOCK) % (34 * BLOCK));

/** Ports that no other test of this process uses. */
export function portsFor(pairs: number): PortRange {
  const first = nextPort;
  nextPort += 2 * pairs;
  return [first, first + 2 * pairs - 1];
}

export interface Bench {
  readonly pool: MediaPool;
  readonly recorder: TestRecorder;
}

export function bench(t: ExecutionContext, options: Partial<PoolOptions> = {}): Bench {
  const recorder = new TestRecorder();
  const pool = startMediaPool({
    address: '127.0.0.1',
    ports: portsFor(8),
    workers: 1,
    recorderPort: () => recorder.port(),
    log: silentLog,
    ...options,
  });
  t.teardown(() => pool.close());
  return { pool, recorder };
}

export interface TwoParties {
  readonly call: MediaCall;
  readonly a: Peer;
  readonly b: Peer;
  readonly legA: MediaLeg;
  readonly legB: MediaLeg;
}

/** Waits until the worker has carried out what it was told: commands are kept in order. */
export async function done(pool: MediaPool): Promise<void> {
  await pool.counters();
}

/** Two parties in a call, configured, joined, and nothing said yet. */
export async function twoParties(
  t: ExecutionContext,
  pool: MediaPool,
  keysA: PeerKeys | null = null,
  keysB: PeerKeys | null = null,
): Promise<TwoParties> {
  const [a, b] = [await Peer.open(keysA), await Peer.open(keysB)];
  t.teardown(() => a.close());
  t.teardown(() => b.close());
  const call = await pool.openCall();
  const [legA, legB] = [await call.openLeg(), await call.openLeg()];
  legA.configure(generation(a));
  legB.configure(generation(b));
  call.join(legA, legB);
  await done(pool);
  return { call, a, b, legA, legB };
}
