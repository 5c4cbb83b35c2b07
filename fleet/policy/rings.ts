/**
 * A rollout, ring after ring: when the next one opens, and when it halts. Pure; rows, clock and broker are elsewhere.
 * A ring is open at most while those before it are over, so no more boxes get a policy at once than a ring has.
 */
import { z } from 'zod';
import { MAX_RINGS, MAX_WAIT_MS } from './limits.ts';

const ids = z.array(z.string().min(1).max(64)).min(1).max(20_000);

const ringSchema = z.strictObject({
  name: z.string().min(1).max(60),
  /** Which of the rollout's boxes, of those that no ring before has: these, those of sites or customers, so many per cent of all, or the rest. */
  who: z.union([
    z.strictObject({ boxes: ids }),
    z.strictObject({ sites: ids }),
    z.strictObject({ customers: ids }),
    z.strictObject({ percent: z.number().min(0.1).max(100) }),
    z.literal('rest'),
  ]),
  /** How long it is watched before the next one opens, ms. */
  waitMs: z.number().int().min(0).max(MAX_WAIT_MS),
  /** More failures than this halt the rollout. */
  mayFail: z.union([
    z.strictObject({ boxes: z.number().int().min(0) }),
    z.strictObject({ percent: z.number().min(0).max(100) }),
  ]),
});

/** One step of a rollout. */
export type Ring = z.infer<typeof ringSchema>;

export const ringsSchema = z
  .array(ringSchema)
  .min(1)
  .max(MAX_RINGS)
  .refine((rings) => rings.at(-1)?.who === 'rest', 'must end with a ring for the rest')
  .refine((rings) => rings.filter(({ who }) => who === 'rest').length === 1, 'names the rest twice');

/** Everybody at once; one that refuses in ten halts what is still to be sent. */
export const ONE_RING: readonly Ring[] = [{ name: 'all', who: 'rest', waitMs: 0, mayFail: { percent: 10 } }];

export interface Target {
  readonly box: string;
  readonly site: string;
  readonly customer: string;
  /** Where chance puts it, for rings by per cent: any text that differs from box to box. */
  readonly lot: string;
}

/** In which ring each box is. Those by per cent take whoever drew the lowest lots. */
export function dealt(rings: readonly Ring[], targets: readonly Target[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  let left = [...targets].sort((one, other) => (one.lot < other.lot ? -1 : 1));
  for (const [at, { who }] of rings.entries()) {
    const wanted = typeof who === 'object' && 'percent' in who ? Math.ceil((targets.length * who.percent) / 100) : 0;
    let taken = 0;
    const takes = ({ box, site, customer }: Target): boolean => {
      if (who === 'rest') return true;
      if ('boxes' in who) return who.boxes.includes(box);
      if ('sites' in who) return who.sites.includes(site);
      if ('customers' in who) return who.customers.includes(customer);
      return taken++ < wanted;
    };
    const rest: Target[] = [];
    for (const target of left) {
      if (takes(target)) places.set(target.box, at);
      else rest.push(target);
    }
    left = rest;
  }
  return places;
}

/** How many boxes of a ring are how far. */
export interface RingCount {
  /** Of this rollout, without those that a newer policy has overtaken, that were revoked, or that nobody sends to any more. */
  readonly boxes: number;
  /** Not handed to the broker yet. */
  readonly unsent: number;
  /** Sent, not answered, and connected. */
  readonly awaited: number;
  readonly answered: number;
  /** Of those that have answered, or should have: rejected and failed. */
  readonly failures: number;
}

export interface Progress {
  readonly state: 'running' | 'halted' | 'done' | 'cancelled';
  /** The last ring that was opened; -1: none yet. */
  readonly ring: number;
  /** When that was, wall clock, ms. */
  readonly openedAt: number;
  readonly halted: 'failures' | 'person' | null;
  /** Failures of each ring that a person has gone on after. */
  readonly forgiven: readonly number[];
}

export const START: Progress = { state: 'running', ring: -1, openedAt: 0, halted: null, forgiven: [] };

export type Input = { readonly kind: 'tick' | 'halt' | 'resume' | 'cancel' | 'retry'; readonly now: number };

export type Effect =
  /** Its boxes are to be sent to. */
  | { readonly kind: 'open'; readonly ring: number }
  /** Nothing more is sent, and what was sent and not answered is taken back. */
  | { readonly kind: 'withdraw' }
  /** Failed ones of open rings get it anew. */
  | { readonly kind: 'again' };

/** Failures that a ring of so many boxes may have. */
export const allowed = ({ mayFail }: Ring, boxes: number): number =>
  'boxes' in mayFail ? mayFail.boxes : Math.floor((boxes * mayFail.percent) / 100);

const isOver = ({ waitMs }: Ring, { boxes, unsent, awaited, answered }: RingCount, age: number): boolean =>
  // Nobody answered: that is no proof that it does no harm.
  age >= waitMs && unsent === 0 && awaited === 0 && (boxes === 0 || answered > 0);

function tick(
  rings: readonly Ring[],
  now: Progress,
  counts: readonly RingCount[],
  at: number,
): readonly [Progress, ...Effect[]] {
  const tooMany = counts.some(
    (count, ring) =>
      ring <= now.ring &&
      count.failures > (now.forgiven[ring] ?? 0) &&
      count.failures > allowed(rings[ring]!, count.boxes),
  );
  if (tooMany) return [{ ...now, state: 'halted', halted: 'failures' }];
  const open = rings[now.ring];
  if (open && !isOver(open, counts[now.ring]!, at - now.openedAt)) return [now];
  const next = now.ring + 1;
  if (next === rings.length) return [{ ...now, state: 'done' }];
  return [
    { ...now, ring: next, openedAt: at },
    { kind: 'open', ring: next },
  ];
}

/** What becomes of a rollout, and what is to be done. The same as before where the input does not fit its state. */
export function step(
  rings: readonly Ring[],
  now: Progress,
  counts: readonly RingCount[],
  input: Input,
): readonly [Progress, ...Effect[]] {
  const isOpen = now.state === 'running' || now.state === 'halted';
  switch (input.kind) {
    case 'tick':
      return now.state === 'running' ? tick(rings, now, counts, input.now) : [now];
    case 'halt':
      return now.state === 'running' ? [{ ...now, state: 'halted', halted: 'person' }] : [now];
    case 'resume': {
      if (now.state !== 'halted') return [now];
      return [{ ...now, state: 'running', halted: null, forgiven: counts.map(({ failures }) => failures) }];
    }
    case 'cancel':
      return isOpen ? [{ ...now, state: 'cancelled', halted: null }, { kind: 'withdraw' }] : [now];
    case 'retry':
      // One that is done has boxes that refused it, too: they get it again, and it is watched again.
      if (now.state === 'cancelled') return [now];
      return [{ ...now, state: 'running', halted: null, openedAt: input.now, forgiven: [] }, { kind: 'again' }];
  }
}
