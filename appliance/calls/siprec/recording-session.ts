/** A recording session (RFC 7866 3): one dialog with a source, or two of a built-in bridge, and the tracks that their streams are laid in. */
import type { MediaDoor } from '../../media/door.ts';
import { apply, type Metadata, type MetadataUpdate } from './metadata/model.ts';
import { UNKNOWN_PARTY } from './metadata/parties.ts';
import { type Labelled, type Pair, place, type Standing, standingOf } from './placing.ts';
import type { Place } from './source-dialog.ts';
import { type Outcome, Track, type TrackParts } from './track.ts';

/** Who speaks with whom, by the INVITE itself. */
export type Named = Pick<Standing, 'caller' | 'callee' | 'told'>;

export interface RecordingSessionParts extends Omit<TrackParts, 'media'> {
  readonly media: MediaDoor;
  readonly named: Named;
  /** A stream that should be heard is not. */
  readonly onSilence: () => void;
  /** The media of it is gone. */
  readonly onMediaLost: () => void;
}

interface Laid {
  readonly track: Track;
  pair: Pair;
}

/** The one that asks for most: a source that cannot be served in full is told so. */
const worst = (outcomes: readonly Outcome[]): Outcome =>
  (['unable', 'recorded', 'unwanted'] as const).find((outcome) => outcomes.includes(outcome)) ?? 'unwanted';

export class RecordingSession {
  readonly #parts: RecordingSessionParts;
  readonly #laid: Laid[] = [];
  #metadata: Metadata | null = null;
  /** Changes are carried out one after the other. */
  #last: Promise<unknown> = Promise.resolve();
  #over = false;

  constructor(parts: RecordingSessionParts) {
    this.#parts = parts;
  }

  get tracks(): readonly Track[] {
    return this.#laid.map(({ track }) => track);
  }

  /** @throws Problem `metadata_too_large`; then nothing has changed. */
  learn(update: MetadataUpdate): void {
    this.#metadata = apply(this.#metadata, update);
  }

  /** Whether of a stream nobody is known, although its source tells who speaks. */
  get isUnnamed(): boolean {
    const standings = this.#laid.map(({ pair }) => standingOf(pair, this.#metadata, this.#parts.named));
    return this.#metadata !== null && standings.some(({ caller, callee }) => [caller, callee].includes(UNKNOWN_PARTY));
  }

  /** Gives new streams their places. @throws Problem `media_*`. */
  lay(lines: readonly Labelled[]): Promise<ReadonlyMap<number, Place>> {
    return this.#inTurn(async () => {
      const places = new Map<number, Place>();
      for (const pair of place(lines, this.#metadata)) {
        const beside = pair.lines.length === 1 ? this.#halfOf(pair) : undefined;
        if (beside) beside.pair = { lines: [beside.pair.lines[0], pair.lines[0]] };
        const { track } = beside ?? (await this.#open(pair));
        for (const [at, { index }] of pair.lines.entries()) {
          places.set(index, { track, leg: await track.leg(beside || at === 1 ? 1 : 0) });
        }
      }
      return places;
    });
  }

  /** The place of one direction of a built-in bridge's call. @throws Problem `media_*`. */
  layVoice(voice: 'near' | 'far'): Promise<Place> {
    return this.#inTurn(async () => {
      const { track } = this.#laid[0] ?? (await this.#open({ lines: [{ index: 0, label: null }] }));
      return { track, leg: await track.leg(voice === 'far' ? 0 : 1) };
    });
  }

  /** A track of the same call whose second side is free: the source offers a stream later than the other. */
  #halfOf(pair: Pair): Laid | undefined {
    const { session } = standingOf(pair, this.#metadata, this.#parts.named);
    return this.#laid.find(
      (laid) =>
        laid.pair.lines.length === 1 && standingOf(laid.pair, this.#metadata, this.#parts.named).session === session,
    );
  }

  async #open(pair: Pair): Promise<Laid> {
    const media = await this.#parts.media.openCall();
    const laid = { track: new Track({ ...this.#parts, media }), pair };
    media.onLost = () => {
      laid.track.mediaLost();
      this.#parts.onMediaLost();
    };
    media.onTimeout = () => this.#parts.onSilence();
    this.#laid.push(laid);
    return laid;
  }

  /** Follows what is known of every track, and tells how that went. */
  follow(): Promise<Outcome> {
    return this.#inTurn(async () => {
      const outcomes: Outcome[] = [];
      for (const { track, pair } of this.#laid) {
        outcomes.push(await track.follow(standingOf(pair, this.#metadata, this.#parts.named)));
      }
      return this.#over ? 'unwanted' : worst(outcomes);
    });
  }

  /** Ends what is recorded. `status`: what its source was told. */
  async end(status: number): Promise<void> {
    this.#over = true;
    await Promise.all(this.tracks.map((track) => track.end(status)));
    // What was on its way when it ended.
    await this.#last.catch(() => {});
    await Promise.all(this.tracks.map((track) => track.end(status)));
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(action, action);
    this.#last = turn.catch(() => {});
    return turn;
  }
}
