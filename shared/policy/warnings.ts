/** What a policy may say and hardly should. Nothing of it is refused; whoever signs reads it. */
import { levels } from './purpose.ts';
import type { Says } from './says.ts';
import type { Policy } from './schema.ts';
import { templates } from './templates.ts';

export interface Warning {
  /** Of the field that it is about. */
  readonly path: string;
  readonly code: 'term_unusual' | 'dpo_opens' | 'level_low' | 'access_short';
  readonly says: Says;
}

type Judged = Pick<Policy, 'purposes' | 'retention'>;

/** Recordings for quality are usually kept for so long, days, whatever the purpose calls itself. */
const QUALITY_DAYS = templates.qa.usualDays;

function termUnusual({ template, uses, retention: { contentDays } }: Policy['purposes'][number]): Says | null {
  const usual = template ? templates[template].usualDays : uses.includes('quality') ? QUALITY_DAYS : null;
  if (usual === null || contentDays <= usual) return null;
  return {
    en: `${contentDays} days are more than the ${usual} that are usual for this purpose. Shorten them, or be ready to explain (GDPR 5(1)(e)).`,
    nl: `${contentDays} dagen is meer dan de ${usual} die voor dit doel gewoon zijn. Verkort de termijn, of wees klaar om die uit te leggen (AVG 5(1)(e)).`,
  };
}

/** In the order of the document. */
export function warnings({ purposes, retention }: Judged): readonly Warning[] {
  const ofPurposes = purposes.flatMap((purpose, index): Warning[] => {
    const at = (field: string) => `purposes.${index}.${field}`;
    const unusual = termUnusual(purpose);
    const found: Warning[] = unusual
      ? [{ path: at('retention.contentDays'), code: 'term_unusual', says: unusual }]
      : [];
    if (purpose.specialCategories && purpose.level === levels[0])
      found.push({
        path: at('level'),
        code: 'level_low',
        says: {
          en: 'Calls about special categories of data ask for level sensitive or high (GDPR 32(1)).',
          nl: 'Gesprekken over bijzondere gegevens vragen om level sensitive of high (AVG 32(1)).',
        },
      });
    if (purpose.mayOpen.includes('dpo'))
      found.push({
        path: at('mayOpen'),
        code: 'dpo_opens',
        says: {
          en: 'A data protection officer who opens recordings supervises themselves: leave that to custodians (GDPR 38(6)).',
          nl: 'Een functionaris die opnamen opent, houdt toezicht op zichzelf: laat dat aan beheerders van sleutels (AVG 38(6)).',
        },
      });
    return found;
  });
  const longest = Math.max(0, ...purposes.map((purpose) => purpose.retention.contentDays));
  if (retention.accessDays >= longest) return ofPurposes;
  return [
    ...ofPurposes,
    {
      path: 'retention.accessDays',
      code: 'access_short',
      says: {
        en: `Who opened a recording is forgotten after ${retention.accessDays} days, while recordings are kept for ${longest}: keep it as long at least (GDPR 5(2), 32(1)).`,
        nl: `Wie een opname opende is na ${retention.accessDays} dagen vergeten, terwijl opnamen ${longest} dagen blijven: bewaar het ten minste zo lang (AVG 5(2), 32(1)).`,
      },
    },
  ];
}
