/** What callers are told in writing (GDPR 13), of the same policy that words the announcement: the page that the announcement points to. */
import { UNRECORDED_TRAFFIC_DAYS } from '../decide.ts';
import type { Language } from '../fields.ts';
import type { Purpose } from '../purpose.ts';
import { generalDays, retentionDays } from '../retention.ts';
import type { Policy } from '../schema.ts';
import { announcementsOf, retentionWords } from '../words.ts';
import { type Block, type Document, facts, list, paragraph, type Section } from './document.ts';
import { documentWords, purposeWords, termWords } from './words.ts';

/** The announcement as it is heard: in this language where it is said in it, else as it is said. One sentence for each term. */
function heard(policy: Policy, purpose: Purpose, language: Language): Block[] {
  const rules = [null, ...policy.rules.filter((rule) => rule.purpose === purpose.id)];
  const all = rules.flatMap((rule) => announcementsOf(policy, purpose, rule));
  const spoken = all.some((one) => one.language === language) ? all.filter((one) => one.language === language) : all;
  const texts = new Map(spoken.map((one) => [one.text, one.language]));
  return [...texts].map(([text, language]) => ({ is: 'quote', language, text }));
}

function purposeSection(policy: Policy, purpose: Purpose, language: Language): Section {
  const { callers: w, basis, uses, minimum } = documentWords[language];
  const { lawfulBasis, rationale, specialCategories, retention, register, notUsedFor, consent, mandatory } = purpose;
  const bySource = purpose.announcement.by === 'source';
  const days = (of: 'traffic' | 'evidence') => retentionWords(retentionDays(purpose, null, of), language);
  return {
    heading: w.purpose(purposeWords(purpose, language)),
    blocks: [
      facts(
        [w.basis, basis[lawfulBasis]],
        [w.interest, lawfulBasis === 'f' ? rationale : null],
        [w.uses, purpose.uses.map((use) => uses[use]).join(', ')],
        [w.notUsedFor, notUsedFor.join(', ')],
        [w.receivers, register.receivers.length === 0 ? w.noReceivers : register.receivers.join(', ')],
      ),
      ...(specialCategories ? [paragraph(w.special(specialCategories.ground, specialCategories.statement))] : []),
      paragraph(w.keptText(termWords(policy, purpose, language))),
      list(
        w.traffic(days('traffic')),
        w.evidence(days('evidence')),
        retention.minimum ? minimum(retentionWords(retention.minimum.days, language), retention.minimum.ground) : null,
      ),
      paragraph(w.consent(consent, mandatory)),
      paragraph(`${w.youHear}${bySource ? `. ${w.bySource}` : ':'}`),
      ...heard(policy, purpose, language),
    ],
  };
}

/** What is kept of a call beyond its route and its length. */
function beyond({ traffic, purposes }: Policy, language: Language): Block[] {
  const { traffics } = documentWords[language].callers;
  return (Object.keys(traffics) as (keyof typeof traffics)[]).flatMap((kept) => {
    const purpose = purposes.find(({ id }) => id === traffic[kept]);
    return purpose ? [paragraph(traffics[kept](purpose.name))] : [];
  });
}

/** The notice for the controller's website, in one language. */
export function callerNotice(policy: Policy, language: Language): Document {
  const { callers: w } = documentWords[language];
  const { controller, purposes, regions, version } = policy;
  const { dpo } = controller;
  const bases = new Set(purposes.map(({ lawfulBasis }) => lawfulBasis));
  const consented = bases.has('a') || purposes.some(({ specialCategories }) => specialCategories?.ground === 'a');
  const requestTerm = retentionWords(generalDays(policy, 'request'), language);
  return {
    language,
    title: w.title(controller.name),
    sections: [
      {
        heading: w.who,
        blocks: [
          paragraph(w.whoText(controller.name, controller.contact)),
          ...(dpo ? [paragraph(w.dpo(dpo.name, dpo.contact))] : []),
        ],
      },
      ...purposes.map((purpose) => purposeSection(policy, purpose, language)),
      {
        heading: w.other,
        blocks: [
          paragraph(w.unrecorded(retentionWords(UNRECORDED_TRAFFIC_DAYS, language))),
          ...beyond(policy, language),
        ],
      },
      { heading: w.where, blocks: [paragraph(w.whereText(regions.join(', ')))] },
      {
        heading: w.rights,
        blocks: [
          list(
            w.access,
            w.rectify,
            w.erase,
            w.restrict,
            bases.has('a') || bases.has('b') ? w.port : null,
            consented ? w.withdraw : null,
          ),
          paragraph(w.ask(dpo?.contact ?? controller.contact, requestTerm)),
        ],
      },
      // Apart from any other information (GDPR 21(4)).
      { heading: w.object, blocks: [paragraph(w.objectText)] },
      { heading: w.complain, blocks: [paragraph(w.complainText(controller.authority))] },
      {
        heading: w.must,
        blocks: [paragraph(w.mustNot), ...(purposes.some((one) => one.mandatory) ? [paragraph(w.mandatory)] : [])],
      },
      { heading: w.decisions, blocks: [paragraph(w.decisionsText), paragraph(w.version(version))] },
    ],
  };
}
