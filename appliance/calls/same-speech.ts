/** Whether two calls through the box carry the same words, by what passes through their legs to the PBX. Knows neither codecs nor sound. */
import type { LegStreams, StreamPoint } from '../media/door.ts';

/** How far apart two looks at the same speech may find it, in ticks of its clock: a second of the fastest (opus), six of the usual ones. */
const APART = 48_000;

export type Streams = () => Promise<LegStreams>;

export const sameMoment = (one: StreamPoint | null, other: StreamPoint | null): boolean =>
  one?.timestamp === other?.timestamp && one?.ssrc === other?.ssrc;

/** Whether the one is the other a moment later: the speaker's own source, and its own time. */
const sameSpeech = (one: StreamPoint | null, other: StreamPoint | null): boolean =>
  one !== null && other !== null && one.ssrc === other.ssrc && Math.abs((one.timestamp - other.timestamp) | 0) < APART;

/** One look at two calls, each at its leg to the PBX. */
export interface Look {
  /** The first hears from the PBX what the second says to it. */
  readonly heardThere: boolean;
  /** And the other way round. */
  readonly heardHere: boolean;
  /** What the second hears. */
  readonly here: StreamPoint | null;
}
const NOTHING: Look = { heardThere: false, heardHere: false, here: null };

/** Media that is lost says nothing. */
export const lookAt = async (first: Streams, second: Streams): Promise<Look> => {
  try {
    const [there, here] = await Promise.all([first(), second()]);
    return {
      heardThere: sameSpeech(here.sent, there.heard),
      heardHere: sameSpeech(there.sent, here.heard),
      here: here.heard,
    };
  } catch {
    return NOTHING;
  }
};
