/** What a deletion certificate says, for a page. Whether it holds is for belkluis-verify to say, away from this box. */
import { checkEvent, type EventFacts } from '@belkluis/shared/audit/event';
import { z } from 'zod';

const certificateSchema = z.object({
  /** The `erased` event as it was hashed: JSON text. */
  event: z.string(),
  /** Entry of the log, counted from 0. */
  index: z.number().int(),
  /** Entries of the log in which it is proven. */
  size: z.number().int(),
});

export interface Certified {
  readonly facts: EventFacts<'erased'>;
  readonly index: number;
  readonly size: number;
}

/** Reads a certificate's JSON text. @throws when it is none. */
export function certified(text: string): Certified {
  const { event: body, index, size } = certificateSchema.parse(JSON.parse(text));
  const event = checkEvent(JSON.parse(body));
  if (event.kind !== 'erased') throw new RangeError(`a certificate of ${event.kind} is no deletion certificate`);
  return { facts: event.facts, index, size };
}
