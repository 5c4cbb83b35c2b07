/**
 * What a recording may be used for. Bound to it when it begins, and asked for whenever it is opened or leaves the box (GDPR 5(1)(b), 6(4)).
 */

export const uses = [
  'complaint',
  'quality',
  'training',
  'evidence',
  'supervision',
  'data-subject',
  'care',
  'ai_training',
] as const;

export type Use = (typeof uses)[number];

/** A sentence for each, for the person who has to name one. */
export const useMeanings: Readonly<Record<Use, string>> = {
  complaint: 'Settling what was agreed, promised or complained about with the people of the call.',
  quality: 'Judging how calls are answered, not the people who answer them.',
  training: 'Teaching employees with the call as an example.',
  evidence: 'Establishing, exercising or defending a legal claim (GDPR 17(3)(e)).',
  supervision: 'Showing it to an authority that the law lets ask for it (GDPR 58(1)).',
  'data-subject': 'Answering a request of somebody whose voice it holds (GDPR 15 to 21).',
  care: 'Caring for the person who called.',
  ai_training: 'Teaching a machine with it. Only where this was announced before the call was recorded.',
};

/** What no purpose can take away: it is somebody's right, or an authority's power. */
export const BY_LAW: readonly Use[] = ['supervision', 'data-subject'];

export const isUse = (text: string): text is Use => (uses as readonly string[]).includes(text);

/** What a new recording carries, in one order: what its purpose says, and what the law gives in any case. */
export const usesCarried = (said: readonly Use[]): readonly Use[] =>
  uses.filter((use) => said.includes(use) || BY_LAW.includes(use));

/** Why a recording may not be opened for `use`; null: it may. */
export const refusedOpening = (recording: { readonly uses: readonly string[] }, use: Use): 'use_not_allowed' | null =>
  recording.uses.includes(use) ? null : 'use_not_allowed';
