/** Which way a call came or went, of the ways that its two legs are reached. Pure. */

/** How one leg is reached. */
export interface Way {
  readonly via: 'phone' | 'trunk' | 'pbx';
  /** Id of the trunk; null: none. */
  readonly trunk: string | null;
  /** What was called first from outside, a number or a queue's name; null: nothing, or nobody said. */
  readonly queue: string | null;
}

/** A phone of the box's own. */
const PHONE: Way = { via: 'phone', trunk: null, queue: null };

/** Of a call between two. What leads from one trunk to another was sent out by somebody inside, so that the way out is the call's. */
export function wayOf(caller: Way = PHONE, callee: Way = PHONE): Way {
  const trunk = callee.trunk ?? caller.trunk;
  const pbx = caller.via === 'pbx' || callee.via === 'pbx';
  return { via: trunk !== null ? 'trunk' : pbx ? 'pbx' : 'phone', trunk, queue: caller.queue ?? callee.queue };
}
