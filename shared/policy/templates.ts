/** What each usual purpose keeps, as data: terms that supervisors and national rules know. A purpose names its template or none. */

/** Terms of one template, in days. */
interface Template {
  /** What is usual. Longer asks for a rationale of its own (GDPR 5(1)(e), 5(2)). */
  readonly usualDays: number;
  /** Longest that can be written down at all. */
  readonly capDays: number;
  /** Shortest minimum that the purpose must lock, when law demands one. */
  readonly minimumDays: number | null;
}

export const templateNames = ['qa', 'training', 'finance', 'care', 'disputes'] as const;

export type TemplateName = (typeof templateNames)[number];

export const templates: Readonly<Record<TemplateName, Template>> = {
  /** Quality assurance: 30 to 90 days. */
  qa: { usualDays: 90, capDays: 365, minimumDays: null },
  /** Training and coaching: some months, and never as a by-product of another purpose. */
  training: { usualDays: 90, capDays: 90, minimumDays: null },
  /** MiFID II 16(7): five years, seven when an authority asks. */
  finance: { usualDays: 2557, capDays: 3653, minimumDays: 1826 },
  /** Some weeks, unless a specific reason says longer. */
  care: { usualDays: 28, capDays: 365, minimumDays: null },
  /** As long as a claim can be brought. */
  disputes: { usualDays: 1826, capDays: 3653, minimumDays: null },
};
