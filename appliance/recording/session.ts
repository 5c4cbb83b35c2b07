/** One recording in progress: its session key, its segments. The key lives here alone and dies with it. */
import type { Chance } from '@belkluis/shared/base/chance';
import type { Frame, Gap } from '../media/frame.ts';
import { type PlainSegment, Segmenter } from './segmenter.ts';
import { seal } from './seipd.ts';

/** Where sealed segments go. Throws when the disk refuses. */
export type AppendSealed = (segment: Omit<PlainSegment, 'plain' | 'payloads'>, sealed: Buffer) => void;

/** What is known of a recording when it ends. */
export interface SessionTotals {
  readonly codecs: readonly string[];
  readonly durationMs: number;
  /** Frames that the tap dropped. */
  readonly dropped: number;
  readonly lost: number;
}

/** Bytes of an AES-256 key. */
export const SESSION_KEY_LENGTH = 32;

/** Audio outlives its sealing nowhere in memory: not in the segment, not in the batches that it came in. */
function forget(plain: Uint8Array, payloads: readonly Uint8Array[]): void {
  plain.fill(0);
  for (const payload of payloads) payload.fill(0);
}

/** Seals what it is given, segment by segment. */
export class RecordingSession {
  readonly #segmenter: Segmenter;
  readonly #sessionKey: Buffer;
  readonly #chance: Chance;
  readonly #append: AppendSealed;
  readonly #codecs = new Set<string>();
  #durationMs = 0;
  #dropped = 0;
  #lost = 0;

  /** Takes over `sessionKey`: it is wiped when the session ends. */
  constructor(id: string, sessionKey: Buffer, chance: Chance, append: AppendSealed) {
    this.#segmenter = new Segmenter(id);
    this.#sessionKey = sessionKey;
    this.#chance = chance;
    this.#append = append;
  }

  /** Takes the frames over: their payloads are wiped once sealed. @throws what `append` throws: then the recording is over. */
  take(frames: readonly Frame[], gaps: readonly Gap[]): void {
    for (const segment of this.#segmenter.push(frames, gaps)) this.#seal(segment);
  }

  /** Whether something was heard that is not sealed yet. */
  get hasFrames(): boolean {
    return this.#segmenter.hasFrames;
  }

  /** Seals what waits for its segment to become full. */
  flush(): void {
    for (const segment of this.#segmenter.flush()) this.#seal(segment);
  }

  /** Forgets the session key and everything not yet sealed. */
  wipe(): SessionTotals {
    this.#sessionKey.fill(0);
    for (const { plain, payloads } of this.#segmenter.flush()) forget(plain, payloads);
    return { codecs: [...this.#codecs], durationMs: this.#durationMs, dropped: this.#dropped, lost: this.#lost };
  }

  #seal({ plain, payloads, ...segment }: PlainSegment): void {
    this.#dropped += segment.dropped;
    this.#lost += segment.lost;
    for (const codec of this.#segmenter.codecs ?? []) this.#codecs.add(codec);
    const sealed = seal(plain, this.#sessionKey, this.#chance);
    forget(plain, payloads);
    this.#append(segment, sealed);
    this.#durationMs = segment.startMs + segment.durationMs;
  }
}
