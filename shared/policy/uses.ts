/** What a recording may be used for. Bound to it when it begins, and asked for at every export (GDPR 5(1)(b), 6(4)). */

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
