/** The filter of the list of boxes, as it stands in addresses and forms. What is not of it filters nothing. */
import { type FindingCode, findingCodes } from '@belkluis/shared/contract/finding-codes';
import type { BoxFilter } from '../inventory/boxes.ts';
import type { PolicyState } from '../inventory/tables.ts';
import { type Urgency, urgencies } from '../inventory/urgency.ts';

export const policyStates: readonly PolicyState[] = ['applied', 'pending', 'rejected', 'none'];

/** States that people look for together, by their word in the address. */
const together = { failing: ['bad', 'gone'] } as const satisfies Record<string, readonly Urgency[]>;

/** What `state` may be. */
export const boxStates = [...(Object.keys(together) as (keyof typeof together)[]), ...urgencies];

/** Names in the address. */
const names = ['q', 'state', 'finding', 'customer', 'site', 'policy', 'software', 'tag'] as const;

export type FilterWords = { readonly [Name in (typeof names)[number]]: string };

const ID = /^[0-9A-Za-z-]{1,40}$/;
/** What a tag can be written as; whether it is one, the inventory knows. */
const TAG = /^[^\p{C},]{1,60}$/u;
const VERSION = /^[0-9A-Za-z.+_-]{1,64}$/;

/** What is asked for, by `value` of a name; what cannot be is left out. */
export function filterWords(value: (name: string) => string | undefined): FilterWords {
  const one = (name: string, fits: (text: string) => boolean): string => {
    const text = (value(name) ?? '').trim();
    return fits(text) ? text : '';
  };
  return {
    q: (value('q') ?? '').slice(0, 100).trim(),
    state: one('state', (text) => boxStates.some((known) => known === text)),
    finding: one('finding', (text) => findingCodes.some((known) => known === text)),
    customer: one('customer', (text) => ID.test(text)),
    site: one('site', (text) => ID.test(text)),
    policy: one('policy', (text) => policyStates.some((known) => known === text)),
    software: one('software', (text) => VERSION.test(text)),
    tag: one('tag', (text) => TAG.test(text)),
  };
}

export const isFiltered = (words: FilterWords): boolean => names.some((name) => words[name] !== '');

export function filterOf(words: FilterWords): BoxFilter {
  const given = <Value extends string>(text: string): Value | undefined => (text === '' ? undefined : (text as Value));
  return {
    search: given(words.q),
    urgency: words.state in together ? together[words.state as keyof typeof together] : given<Urgency>(words.state),
    finding: given<FindingCode>(words.finding),
    customer: given(words.customer),
    site: given(words.site),
    policyState: given(words.policy),
    software: given(words.software),
    tag: given(words.tag),
  };
}
