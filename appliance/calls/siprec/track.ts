/**
 * One or two streams of a copied call, and what is recorded of them: calls and recordings one after the other, as the source says who
 * speaks. A recording is bound to two parties and one purpose, so that when either changes it ends, and the policy speaks anew.
 */
import { createHash } from 'node:crypto';
import { type Chance, randomHex } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Counters } from '@belkluis/shared/base/counters';
import type { CallToDecide, RecordingTerms } from '@belkluis/shared/policy/decide';
import type { MediaCall, MediaLeg } from '../../media/door.ts';
import { type Decided, keptOf } from '../decided.ts';
import type { CallFacts, CallRecord, Movement, Recorder } from '../recorder.ts';
import { directionOf } from './direction.ts';
import { MAX_MOVEMENTS } from './limits.ts';
import type { Standing } from './placing.ts';

/** `unwanted`: the policy does not record it. `unable`: it should be recorded and cannot be. */
export type Outcome = 'recorded' | 'unwanted' | 'unable';

export interface TrackParts {
  readonly media: MediaCall;
  readonly recorder: Recorder;
  readonly decide: (call: CallToDecide) => Decided;
  /** Of its source's calls, where they do not say it themselves. */
  readonly usualDirection: CallToDecide['direction'];
  readonly clock: Clock;
  readonly chance: Chance;
  readonly counters: Counters;
}

interface CurrentCall {
  readonly facts: CallFacts;
  standing: Standing;
  outcome: Outcome;
  readonly movements: Movement[];
  /** The latest that was made. */
  recording: string | null;
  notRecorded: string | null;
  /** Of the latest decision, but for the days, which are the longest of all of them. */
  kept: Pick<CallRecord, 'trafficDays' | 'policyHash' | 'decidedAs'>;
}

/** Its source says nothing of lines and queues. */
export const COPIED = { via: 'siprec', trunk: null, queue: null } as const;

/** Names the words that the source was told to say: what a box that speaks itself names by the sound. */
const hashOf = ({ announcements }: RecordingTerms): string =>
  createHash('sha256')
    .update(JSON.stringify(announcements.map(({ language, text }) => [language, text])))
    .digest('hex');

export class Track {
  readonly #parts: TrackParts;
  readonly #legs: MediaLeg[] = [];
  #current: CurrentCall | null = null;
  /** The recording whose tap is open. */
  #tapped: string | null = null;
  #mediaLost = false;
  #over = false;

  constructor(parts: TrackParts) {
    this.#parts = parts;
  }

  get facts(): CallFacts | null {
    return this.#current?.facts ?? null;
  }

  get recording(): string | null {
    return this.#tapped;
  }

  get wanted(): boolean {
    return this.#current?.outcome === 'recorded';
  }

  /** The leg of a side: 0 is the caller's. @throws Problem `media_*`. */
  async leg(side: 0 | 1): Promise<MediaLeg> {
    while (this.#legs.length <= side) this.#legs.push(await this.#parts.media.openLeg());
    return this.#legs[side]!;
  }

  /** Who is in it now: begins a call, goes on, or ends one recording and begins another. Calls must follow each other. */
  async follow(now: Standing): Promise<Outcome> {
    const current = this.#current;
    if (this.#over) return 'unwanted';
    if (current && current.standing.session === now.session) {
      this.#note(current, now);
      const { caller, callee } = current.standing;
      current.standing = now;
      if (caller === now.caller && callee === now.callee) return current.outcome;
      return this.#decide(current, now);
    }
    await this.#endCall(200);
    return this.#decide(this.#begin(now), now);
  }

  #begin(now: Standing): CurrentCall {
    const { clock, chance, counters } = this.#parts;
    const facts: CallFacts = {
      id: randomHex(chance, 16),
      from: now.caller,
      to: now.callee,
      direction: directionOf(now, this.#parts.usualDirection),
      ...COPIED,
      startedAt: clock.now(),
    };
    counters.add('siprec.calls');
    const begun = {
      facts,
      standing: now,
      outcome: 'unwanted',
      movements: [],
      recording: null,
      notRecorded: null,
    } as const;
    this.#current = { ...begun, movements: [], kept: { trafficDays: 0, policyHash: null, decidedAs: null } };
    this.#note(this.#current, now);
    return this.#current;
  }

  /** Who came and who left since, as the call's record tells; the two that it names itself need no word at its beginning. */
  #note(call: CurrentCall, now: Standing): void {
    const at = this.#parts.clock.now();
    const first = call.standing === now;
    const before = first ? [] : call.standing.present;
    const named = first ? [now.caller, now.callee] : [];
    const has = (list: Standing['present'], id: string | null) => list.some((one) => one.id === id);
    const left = before.filter(({ id }) => !has(now.present, id));
    const joined = now.present.filter(({ id, party }) => !has(before, id) && !named.includes(party));
    for (const { party } of left) call.movements.push({ at, party, did: 'left' });
    for (const { party } of joined) call.movements.push({ at, party, did: 'joined' });
    call.movements.splice(MAX_MOVEMENTS);
  }

  async #decide(call: CurrentCall, standing: Standing): Promise<Outcome> {
    const { recorder, clock, media, usualDirection } = this.#parts;
    const { caller, callee } = standing;
    // First, for nothing that the next ones say belongs to it.
    await this.#stop();
    const at = clock.now();
    const facts = { ...call.facts, from: caller, to: callee, direction: directionOf(standing, usualDirection) };
    const decision = this.#parts.decide({ ...facts, via: 'siprec', at });
    const kept = keptOf(decision);
    call.kept = { ...kept, trafficDays: Math.max(call.kept.trafficDays, kept.trafficDays) };
    if (!decision.record) return this.#without(call, 'unwanted', decision.reason);
    const { terms } = decision;
    const unable = recorder.unable(terms.purpose.mandatory);
    if (unable !== null) return this.#without(call, 'unable', unable);
    const begun = await recorder.begin({ call: facts, terms, announcedAt: at, announcementHash: hashOf(terms) });
    if (!begun.ok) return this.#without(call, 'unable', begun.reason);
    if (this.#over) {
      recorder.end(begun.recording, 'broken');
      return 'unwanted';
    }
    call.outcome = 'recorded';
    call.recording = begun.recording;
    this.#tapped = begun.recording;
    this.#parts.counters.add('siprec.recorded');
    media.record(begun.recording);
    return 'recorded';
  }

  #without(call: CurrentCall, outcome: Outcome, reason: string): Outcome {
    call.outcome = outcome;
    call.notRecorded = reason;
    this.#parts.counters.add(`siprec.not_recorded.${reason}`);
    return outcome;
  }

  async #stop(): Promise<void> {
    const recording = this.#tapped;
    if (recording === null) return;
    this.#tapped = null;
    // Media that is lost says nothing any more, and no end mark comes.
    const ended = this.#mediaLost
      ? false
      : await this.#parts.media.stopRecording().then(
          () => true,
          () => false,
        );
    this.#parts.recorder.end(recording, ended ? 'finished' : 'broken');
  }

  async #endCall(status: number): Promise<void> {
    const call = this.#current;
    if (!call) return;
    this.#current = null;
    await this.#stop();
    const { facts, recording, notRecorded, movements, kept } = call;
    this.#parts.recorder.callEnded({
      ...facts,
      // It goes on elsewhere, whether or not there was room for it here; only a source that gave up had none.
      answeredAt: status === 487 ? null : facts.startedAt,
      endedAt: this.#parts.clock.now(),
      status,
      recording,
      notRecorded: recording === null ? notRecorded : null,
      movements,
      ...kept,
    });
  }

  /** The recorder can take no more of it. */
  async lost(): Promise<void> {
    const recording = this.#tapped;
    if (recording === null || !this.#current) return;
    this.#tapped = null;
    this.#without(this.#current, 'unable', 'recorder_failed');
    if (!this.#mediaLost) await this.#parts.media.stopRecording().catch(() => {});
    this.#parts.recorder.end(recording, 'broken');
  }

  /** The worker that carried it is gone. */
  mediaLost(): void {
    this.#mediaLost = true;
  }

  /** Ends all of it. `status`: 200, or what the source was refused with. */
  async end(status: number): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    await this.#endCall(status);
    if (!this.#mediaLost) await this.#parts.media.close().catch(() => {});
  }
}
