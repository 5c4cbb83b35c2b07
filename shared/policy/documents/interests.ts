/** A draft of the weighing of interests that GDPR 6(1)(f) asks for, of one purpose. */
import type { Language } from '../fields.ts';
import type { Purpose } from '../purpose.ts';
import type { Policy } from '../schema.ts';
import { announcementsOf } from '../words.ts';
import { type Document, list, paragraph } from './document.ts';
import { documentWords, termWords } from './words.ts';

/** What the policy answers of the three questions (interest, necessity, balance); what people must weigh is left open. */
export function interestsDraft(policy: Policy, purpose: Purpose, language: Language): Document {
  const { lia: w, staff, roles, callers, register } = documentWords[language];
  const { assessment, consent, mandatory, mayOpen, notUsedFor } = purpose;
  return {
    language,
    title: w.title(purpose.name),
    sections: [
      { heading: w.interest, blocks: [paragraph(w.draft), paragraph(purpose.rationale), paragraph(w.toFill)] },
      {
        heading: w.necessity,
        blocks: [
          paragraph(w.necessityText(termWords(policy, purpose, language).join(', '))),
          paragraph(purpose.retention.because.content.why),
          paragraph(w.toFill),
        ],
      },
      {
        heading: w.balance,
        blocks: [
          paragraph(w.expect),
          ...announcementsOf(policy, purpose).map(({ language, text }) => ({ is: 'quote', language, text }) as const),
          paragraph(`${w.refuse}: ${callers.consent(consent, mandatory)}`),
          paragraph(w.guards),
          list(
            staff.openText(mayOpen.map((role) => roles[role]).join(', ')),
            notUsedFor.length === 0 ? null : `${callers.notUsedFor}: ${notUsedFor.join(', ')}`,
            ...Object.values(register.measure),
          ),
          paragraph(w.toFill),
        ],
      },
      {
        heading: w.outcome,
        blocks: [
          ...(assessment ? [paragraph(w.filed(assessment.reference, assessment.completedOn))] : []),
          paragraph(w.toFill),
        ],
      },
    ],
  };
}
