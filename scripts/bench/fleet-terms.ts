/** What the fleet's benchmark and its boxes agree on. */
import type { EnrolledBox } from '../../test/peers/enrolled-boxes.ts';

/** A share of the boxes: what its process is asked to be. */
export interface Asked {
  readonly boxes: readonly EnrolledBox[];
  readonly url: string;
  /** PEM. */
  readonly authority: string;
  readonly healthMs: number;
  /** SHA-256 of the policy that they have in force, hex: version 1. */
  readonly policyHash: string;
}

/**
 * To the boxes. `measure`: of what they say from now on, how long it takes. `count`: who is sent a policy from now on. `quiet`: they say nothing new, and
 * tell what they have said.
 */
export type Told =
  | { readonly go: Asked }
  | { readonly measure: boolean }
  | { readonly count: true }
  | { readonly quiet: true };

/** A message, and when it was said, wall clock, ms. */
export type Sample = readonly [box: string, id: string, at: number];

/** Of a box: how many messages with a number of their own it said, and of how many it was told that they are kept. */
export type Total = readonly [box: string, said: number, acknowledged: number];

/** From the boxes, each half second; `totals` once. */
export interface Heard {
  readonly connected: number;
  /** Boxes that have been sent a policy since they were told to count. */
  readonly wanted: number;
  /** Messages that were said while it was measured. */
  readonly measured: number;
  /** It was measured, and is no more: `measured` grows no more, and all samples were told. */
  readonly isMeasured: boolean;
  /** Of these, from saying to acknowledgement, ms; each once. */
  readonly tookMs: readonly number[];
  /** Some of these. */
  readonly samples: readonly Sample[];
  readonly totals?: readonly Total[];
}

/** One message in so many is looked for in the database. */
export const SAMPLED = 20;
