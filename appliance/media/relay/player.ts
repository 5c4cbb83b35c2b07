/** Plays one prompt at a time to one leg: an RTP stream of our own, paced by the worker's tick. */
import type { Chance } from '@belkluis/shared/base/chance';
import type { CodecName, PayloadMap } from '../codec.ts';
import type { PlayOutcome } from '../door.ts';
import { writeRtp } from '../rtp.ts';
import { DESTINATION_WAIT_MS, FRAME_MS, LATCH_WAIT_MS, MAX_CATCH_UP_MS } from './limits.ts';
import { type PackedFrames, type PackedPrompt, payloadAt } from './prompt-pack.ts';

/** What the player needs of its leg. */
export interface PlayerLine {
  /** `nowhere`: no address known. `hold`: the peer takes nothing now. `unheard`: an address, but no packet from it yet. */
  way(): 'nowhere' | 'hold' | 'unheard' | 'open';
  /** Payload types that the peer wants, in its order. */
  readonly wanted: readonly PayloadMap[];
  /** Sends an RTP packet; may write into it. */
  sendRtp(packet: Buffer): void;
}

interface Playing {
  readonly prompt: PackedPrompt;
  readonly done: (outcome: PlayOutcome) => void;
  readonly askedAt: number;
  frames: PackedFrames | null;
  payloadType: number;
  /** RTP timestamp units in one frame. */
  step: number;
  /** Frames sent so far: the same place in every codec, for all frames last 20 ms. */
  sent: number;
  /** Monotonic milliseconds at which the next frame is due; null: not flowing (not begun, or held up). */
  due: number | null;
}

export class Player {
  readonly #line: PlayerLine;
  readonly #chance: Chance;
  #playing: Playing | null = null;
  #ssrc = 0;
  #sequence = 0;
  #timestamp = 0;
  /** When `#timestamp` was due; null: there is no stream yet. */
  #sentAt: number | null = null;
  #step = 0;

  constructor(line: PlayerLine, chance: Chance) {
    this.#line = line;
    this.#chance = chance;
  }

  /** While true, nothing else is sent to this leg. */
  get active(): boolean {
    return this.#playing !== null;
  }

  /** Milliseconds until `pump` has something to do. */
  dueIn(nowMs: number): number {
    const due = this.#playing?.due;
    // Held up: looked at again after a frame's time.
    return due == null ? FRAME_MS : Math.max(0, due - nowMs);
  }

  /** `done` is called once. What was playing is stopped. */
  play(prompt: PackedPrompt, nowMs: number, done: (outcome: PlayOutcome) => void): void {
    this.stop();
    this.#playing = { prompt, done, askedAt: nowMs, frames: null, payloadType: 0, step: 0, sent: 0, due: null };
    this.pump(nowMs);
  }

  stop(): void {
    this.#finish('stopped');
  }

  /** The peer may want other codecs now: chosen again with the next frame, at the same place in the prompt. */
  renegotiated(): void {
    if (this.#playing) this.#playing.frames = null;
  }

  /** Sends what is due. */
  pump(nowMs: number): void {
    const playing = this.#playing;
    if (playing === null || !this.#mayFlow(playing, nowMs)) return;
    const frames = playing.frames ?? this.#choose(playing);
    if (frames === null) this.#finish('unplayable');
    else this.#sendDue(playing, frames, nowMs);
  }

  #sendDue(playing: Playing, frames: PackedFrames, nowMs: number): void {
    let resumed = false;
    if (playing.due === null || nowMs - playing.due > MAX_CATCH_UP_MS) {
      playing.due = nowMs;
      this.#resume(playing.step, nowMs);
      resumed = true;
    }
    while (playing.due <= nowMs) {
      if (!resumed) this.#timestamp = (this.#timestamp + playing.step) >>> 0;
      this.#send(payloadAt(frames, playing.sent), playing.payloadType, resumed, playing.due);
      resumed = false;
      playing.sent++;
      playing.due += FRAME_MS;
      if (playing.sent < frames.ends.length) continue;
      this.#finish('ended');
      return;
    }
  }

  #mayFlow(playing: Playing, nowMs: number): boolean {
    const waited = nowMs - playing.askedAt;
    const begun = playing.sent > 0;
    switch (this.#line.way()) {
      case 'open':
        return true;
      case 'unheard':
        return begun || waited >= LATCH_WAIT_MS;
      case 'hold':
        playing.due = null;
        return false;
      case 'nowhere':
        playing.due = null;
        if (!begun && waited >= DESTINATION_WAIT_MS) this.#finish('unplayable');
        return false;
    }
  }

  #choose(playing: Playing): PackedFrames | null {
    const has = (name: CodecName) =>
      playing.prompt.codecs.find(({ codec, ends }) => codec === name && ends.length > playing.sent);
    for (const { payloadType, codec } of this.#line.wanted) {
      const frames = has(codec.name);
      if (frames === undefined) continue;
      playing.frames = frames;
      playing.payloadType = payloadType;
      playing.step = (codec.clockRate * FRAME_MS) / 1000;
      // Another RTP clock needs another source: receivers reckon time per SSRC (RFC 3550 5.2).
      if (playing.step !== this.#step) {
        this.#sentAt = null;
        playing.due = null;
      }
      return frames;
    }
    return null;
  }

  /** Moves the timestamp on by the time that passed without packets, or begins a stream at random numbers (RFC 3550 5.1). */
  #resume(step: number, nowMs: number): void {
    if (this.#sentAt === null) {
      const random = this.#chance.bytes(10);
      this.#ssrc = random.readUInt32BE(0);
      this.#timestamp = random.readUInt32BE(4);
      // The lower half: a receiver that misses the first packets must not miss a wrap as well (RFC 3711 3.3.1).
      this.#sequence = random.readUInt16BE(8) >> 1;
      this.#step = step;
      return;
    }
    const passed = Math.max(FRAME_MS, nowMs - this.#sentAt);
    this.#timestamp = (this.#timestamp + Math.round((passed * step) / FRAME_MS)) >>> 0;
  }

  #send(payload: Uint8Array, payloadType: number, marker: boolean, dueMs: number): void {
    const fields = { payloadType, marker, sequence: this.#sequence, timestamp: this.#timestamp, ssrc: this.#ssrc };
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#sentAt = dueMs;
    this.#line.sendRtp(writeRtp(fields, payload));
  }

  #finish(outcome: PlayOutcome): void {
    const playing = this.#playing;
    this.#playing = null;
    playing?.done(outcome);
  }
}
