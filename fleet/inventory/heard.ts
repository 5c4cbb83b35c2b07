/** What ingest hands over: a message that the contract has read, from a box whose certificate the broker has seen. */
import type { Audit } from '@belkluis/shared/contract/audit';
import type { Event } from '@belkluis/shared/contract/event';
import type { FindingCode } from '@belkluis/shared/contract/finding-codes';
import type { Health } from '@belkluis/shared/contract/health';
import type { Presence } from '@belkluis/shared/contract/presence';
import type { Reported } from '@belkluis/shared/contract/reported';
import type { Urgency } from './urgency.ts';

export type Said =
  | { readonly kind: 'presence'; readonly body: Presence }
  | { readonly kind: 'reported'; readonly body: Reported }
  | { readonly kind: 'health'; readonly body: Health }
  | { readonly kind: 'event'; readonly body: Event }
  /** Of a checkpoint only the counts are for this room. */
  | { readonly kind: 'audit'; readonly hours: Audit['hours'] }
  /** For another room; here only its number counts. */
  | { readonly kind: 'other' };

export interface Heard {
  readonly box: string;
  /** Of the envelope: `id`, `ts` and `seq`. */
  readonly id: string;
  readonly ts: number;
  readonly seq: number;
  /** Whether `seq` is its own; else it repeats how far the count is. */
  readonly numbered: boolean;
  /** Of what it says: the same whenever it is sent again. */
  readonly digest: string;
  /** How far the box's clock is ahead of the fleet's, ms; null: not known. */
  readonly skewMs: number | null;
  /** When it came, by the fleet's clock. */
  readonly heardAt: number;
  readonly said: Said;
}

/** How a box stands now, where that is not as it was: for pages that follow, and for alerts. */
export interface Change {
  readonly box: string;
  readonly msp: string;
  readonly customer: string;
  readonly site: string;
  readonly before: Urgency;
  readonly after: Urgency;
  /** Findings that came, or went to another level, and those that went. */
  readonly raised: readonly FindingCode[];
  readonly cleared: readonly FindingCode[];
}

export type Fate =
  | 'stored'
  /** Stored, though the box had given its number to another message. */
  | 'number_taken'
  /** The same message was stored before. */
  | 'seen'
  /** It is there after a commit that was not answered: this process has stored it, or another one beside it. */
  | 'found'
  /** Another message was stored under this id. This one was not. */
  | 'changed'
  /** There is no such box, or it is not active. Nothing of it was kept. */
  | 'unknown';
