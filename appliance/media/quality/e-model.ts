/**
 * How good a call sounds, estimated out of loss, jitter and delay: the E-model of ITU-T G.107, with all that a box cannot know (echo, noise, loudness)
 * at its defaults, as Cole and Rosenbluth shortened it ("Voice over IP performance monitoring", 2001). A planner's estimate; nobody was asked.
 */

/** What is left of 100 by the defaults of G.107: signal to noise and the impairments that come with any call. */
const BEST = 93.2;

/** ITU-T G.113 Appendix I: G.711 with loss that is covered up, random loss. Others that we carry are no worse (G.722, Opus), so all count as it. */
const EQUIPMENT = 0;
const ROBUSTNESS = 25.1;

/** Delay from which a conversation suffers, ms (G.107 7.4, as shortened). */
const FELT_DELAY_MS = 177.3;

/** Packets wait for each other: 20 ms of speech in one, and a buffer that is twice as long as arrival varies. */
const PACKET_MS = 20;
const BUFFERED_JITTERS = 2;

export interface Transmission {
  /** 0 to 100. */
  readonly lossPercent: number;
  /** RFC 3550 6.4.1, in milliseconds. */
  readonly jitterMs: number;
  /** One way, of the network alone. */
  readonly delayMs: number;
}

/** The rating R of G.107, 0 to 93.2. */
export function ratingOf({ lossPercent, jitterMs, delayMs }: Transmission): number {
  const delay = delayMs + PACKET_MS + BUFFERED_JITTERS * jitterMs;
  const delayed = 0.024 * delay + 0.11 * Math.max(0, delay - FELT_DELAY_MS);
  const lost = EQUIPMENT + (95 - EQUIPMENT) * (lossPercent / (lossPercent + ROBUSTNESS));
  return Math.max(0, BEST - delayed - lost);
}

/** Mean opinion score of a rating, 1 to 4.5 (G.107 Annex B). */
export function mosOf(rating: number): number {
  if (rating <= 0) return 1;
  if (rating >= 100) return 4.5;
  return Math.max(1, 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6);
}
