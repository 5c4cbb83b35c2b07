/**
 * What employees are told of the recording of their calls (GDPR 13; supervisors ask for it besides the announcement), one notice for each
 * purpose, and its version: what an acknowledgement names. A change of the policy that employees do not notice makes no new version.
 */
import { createHash } from 'node:crypto';
import type { Language } from '../fields.ts';
import { meantByAny } from '../numbers.ts';
import type { Purpose } from '../purpose.ts';
import type { Policy } from '../schema.ts';
import { retentionWords } from '../words.ts';
import { type Document, list, paragraph } from './document.ts';
import { documentWords, purposeWords, termWords } from './words.ts';

/** What an employee has acknowledged. The order in which a policy lists things is none of it. */
function noticeFacts(purpose: Purpose): unknown {
  const { id, announcement, retention, uses, notUsedFor, mayOpen, level, mandatory, pause } = purpose;
  const sorted = (all: readonly string[]) => [...all].sort();
  return {
    id,
    words: announcement.said.map(({ language, purpose: words, training = null }) => [language, words, training]).sort(),
    days: [retention.contentDays, retention.trafficDays, retention.evidenceDays, retention.minimum?.days ?? 0],
    uses: sorted(uses),
    notUsedFor: sorted(notUsedFor),
    mayOpen: sorted(mayOpen),
    level,
    hears: [announcement.staffHear, announcement.staffBeepSeconds],
    mandatory,
    pauses: pause !== null,
  };
}

const known = new WeakMap<Purpose, string>();

/** SHA-256, hex. Asked for at every call: one purpose of one policy in force is hashed once. */
export function noticeVersion(purpose: Purpose): string {
  const version =
    known.get(purpose) ??
    createHash('sha256')
      .update(JSON.stringify(noticeFacts(purpose)))
      .digest('hex');
  known.set(purpose, version);
  return version;
}

/** Whether calls with this extension can be recorded for this purpose: whom no rule of it means needs no notice of it. */
export function concerns(
  { rules, groups, numbering }: Pick<Policy, 'rules' | 'groups' | 'numbering'>,
  purpose: Purpose,
  extension: string,
): boolean {
  // Whose calls the source sends, the source tells.
  if (purpose.announcement.by !== 'box') return false;
  return rules.some((rule) => {
    if (rule.purpose !== purpose.id || rule.via === 'siprec') return false;
    const inGroups =
      rule.groups && groups.flatMap(({ id, extensions }) => (rule.groups!.includes(id) ? extensions : []));
    return meantByAny(rule.extensions, extension, numbering) && meantByAny(inGroups, extension, numbering);
  });
}

/** The notice of one purpose, in one language. */
export function staffNotice(policy: Policy, purpose: Purpose, language: Language): Document {
  const { staff: w, uses, roles, callers, classes, minimum } = documentWords[language];
  const { controller, keys, rules, neverRecord, worksCouncil } = policy;
  const agreed = worksCouncil?.council === 'agreed' ? worksCouncil : null;
  const { announcement, retention, mandatory, pause } = purpose;
  const manual = rules.some((rule) => rule.purpose === purpose.id && rule.start === 'manual');
  const never = [...new Set(neverRecord.map(({ why }) => why))];
  const term = (of: 'traffic' | 'evidence', days: number) => `${classes[of]}: ${retentionWords(days, language)}`;
  const contact = controller.dpo?.contact ?? controller.contact;
  return {
    language,
    title: w.title(purpose.name),
    sections: [
      { heading: w.what, blocks: [paragraph(w.whatText(controller.name, purposeWords(purpose, language)))] },
      { heading: w.use, blocks: [list(...purpose.uses.map((use) => uses[use]))] },
      ...(purpose.notUsedFor.length === 0 ? [] : [{ heading: w.notUsedFor, blocks: [list(...purpose.notUsedFor)] }]),
      {
        heading: w.open,
        blocks: [paragraph(w.openText(purpose.mayOpen.map((role) => roles[role]).join(', ')))],
      },
      {
        heading: w.long,
        blocks: [
          paragraph(callers.keptText(termWords(policy, purpose, language))),
          list(
            term('traffic', retention.trafficDays),
            term('evidence', retention.evidenceDays),
            retention.minimum
              ? minimum(retentionWords(retention.minimum.days, language), retention.minimum.ground)
              : null,
          ),
        ],
      },
      {
        heading: w.keys,
        blocks: [
          list(
            mandatory ? w.mandatory : w.private(keys.private),
            pause ? w.pause(keys.pause, pause.resumeSeconds) : null,
            manual ? w.start(keys.start) : null,
          ),
        ],
      },
      {
        heading: w.hear,
        blocks: [
          paragraph(announcement.staffHear ? w.hearsAnnouncement : w.hearsNothing),
          ...(announcement.staffBeepSeconds === null ? [] : [paragraph(w.beep(announcement.staffBeepSeconds))]),
        ],
      },
      ...(never.length === 0 ? [] : [{ heading: w.never, blocks: [paragraph(w.neverText(never))] }]),
      {
        heading: w.rights,
        blocks: [
          paragraph(w.rightsText(contact, controller.authority)),
          paragraph(w.council),
          ...(agreed ? [paragraph(w.agreed(agreed.reference, agreed.completedOn))] : []),
        ],
      },
      {
        heading: w.version(noticeVersion(purpose).slice(0, 12)),
        blocks: [paragraph(w.acknowledge)],
      },
    ],
  };
}
