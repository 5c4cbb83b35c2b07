/**
 * Which way every field of a policy is stronger: the one table that changes are classified by. A field that is not in it weakens whatever
 * its change is. Stronger is what takes less of people's privacy: fewer calls, shorter terms, fewer who may open, more that is told.
 */
import { levels } from '../purpose.ts';

/**
 * How the change of one field is judged. Scalars are lists of one or none; an entry of a list, and an object that may be left out, are
 * judged as a whole when they come or go, by the order of the list or the object.
 *
 * - `form`: every document has its own, so it is no change of the policy. `key`: by what name an entry is known; it cannot change. `neutral`: takes nothing from anybody. `parts`: what is in it says it.
 * - `any`: every change weakens. `other`: another value weakens; that it comes or goes is judged elsewhere.
 * - `adding`, `removing`: that weakens, and the opposite strengthens.
 * - `term`: longer weakens, shorter destroys what was promised to be there.
 * - `lower`, `higher`: the stronger side of a number; `absent`: what it counts as when it is left out.
 * - `from`: names from the weakest to the strongest; left out is weaker than all.
 * - `condition`: narrows a rule; left out it means every call. `never`, `group`, `holiday`: reach rules as said there.
 * - `pausing`: a right of whoever is recorded, and a hole in what a law demands.
 */
export type Order =
  | 'form'
  | 'key'
  | 'neutral'
  | 'parts'
  | 'any'
  | 'other'
  | 'adding'
  | 'removing'
  | 'term'
  | 'rules'
  | 'purposes'
  | 'condition'
  | 'never'
  | 'group'
  | 'holiday'
  | 'pausing'
  | { readonly lower: number }
  | { readonly higher: number }
  | { readonly from: readonly string[] };

/** By the names of fields from the top; ids of entries are left out. */
export const orders: Readonly<Record<string, Order>> = {
  // Of the document itself, which `checkSuccession` holds in order. Whom else it is for changes nothing here.
  schemaVersion: 'form',
  audience: 'neutral',
  version: 'form',
  previousHash: 'form',
  issuedAt: 'form',
  expiresAt: 'form',

  // Callers are told somebody else, or another way to reach them.
  'controller.name': 'any',
  'controller.contact': 'any',
  'controller.dpo': 'parts',
  'controller.dpo.name': 'any',
  'controller.dpo.contact': 'any',
  'controller.authority': 'any',
  'controller.moreAt': 'any',
  'controller.website': 'any',

  lawPacks: 'removing',
  // A correction takes the place of a law.
  packCorrections: 'any',
  'packCorrections.provision': 'key',
  'packCorrections.value': 'any',
  'packCorrections.why': 'any',
  'packCorrections.author': 'any',
  'packCorrections.date': 'any',
  worksCouncil: 'removing',
  'worksCouncil.council': 'any',
  'worksCouncil.reference': 'any',
  'worksCouncil.completedOn': 'any',
  'worksCouncil.why': 'any',
  regions: 'adding',

  // Every pattern of the policy is read by these.
  'numbering.country': 'any',
  'numbering.national': 'any',
  'numbering.international': 'any',

  // A group takes no call until a rule names it.
  groups: 'neutral',
  'groups.id': 'key',
  'groups.extensions': 'group',
  holidays: 'holiday',
  'holidays.date': 'key',
  'holidays.name': 'neutral',

  neverRecord: 'never',
  'neverRecord.id': 'key',
  'neverRecord.why': 'any',
  'neverRecord.numbers': 'never',
  'neverRecord.extensions': 'never',

  // Who presses the old one believes that it did what it did before.
  'keys.private': 'any',
  'keys.pause': 'any',
  'keys.start': 'any',

  purposes: 'purposes',
  'purposes.id': 'key',
  'purposes.name': 'neutral',
  'purposes.lawfulBasis': 'any',
  'purposes.rationale': 'any',
  'purposes.assessment': 'removing',
  'purposes.assessment.reference': 'any',
  'purposes.assessment.completedOn': 'any',
  'purposes.specialCategories': 'any',
  'purposes.specialCategories.ground': 'any',
  'purposes.specialCategories.statement': 'any',
  'purposes.template': 'any',

  'purposes.retention.contentDays': 'term',
  'purposes.retention.trafficDays': 'term',
  'purposes.retention.evidenceDays': 'term',
  'purposes.retention.minimum': 'parts',
  'purposes.retention.minimum.days': 'term',
  'purposes.retention.minimum.ground': 'other',
  // What is said for a term that is judged itself: who shortens one writes why.
  ...because('purposes.retention', ['content', 'traffic', 'evidence']),

  'purposes.announcement.by': 'any',
  'purposes.announcement.said': 'removing',
  'purposes.announcement.said.language': 'key',
  'purposes.announcement.said.purpose': 'any',
  'purposes.announcement.said.training': 'any',
  'purposes.announcement.said.text': 'any',
  // Somebody has to hear what a new recording really says. Without one the box says the sentence itself.
  'purposes.announcement.said.wavs': 'adding',
  'purposes.announcement.said.wavs.sha256': 'any',
  'purposes.announcement.said.wavs.textSha256': 'key',
  // Early media reaches only callers whose network passes it on.
  'purposes.announcement.callerHears': { from: ['early-media', 'after-answer', 'answered-first'] },
  'purposes.announcement.staffHear': { from: ['false', 'true'] },
  'purposes.announcement.staffBeepSeconds': { lower: Number.POSITIVE_INFINITY },

  'purposes.consent.mode': { from: ['inform', 'opt-out', 'opt-in'] },
  // Who remembers the old key would agree where they meant to refuse.
  'purposes.consent.key': 'other',
  'purposes.consent.refuseKey': 'other',
  'purposes.consent.remember': { from: ['false', 'true'] },
  'purposes.consent.asks': { from: ['outside', 'everybody'] },
  'purposes.consent.patienceSeconds': 'neutral',

  'purposes.level': { from: levels },
  // One less may lock everybody out.
  'purposes.recipients': 'any',
  'purposes.mayOpen': 'adding',
  'purposes.uses': 'adding',
  'purposes.notUsedFor': 'removing',
  // On: nobody can object. Off: what a law demands is no longer held to.
  'purposes.mandatory': 'any',
  'purposes.pause': 'pausing',
  'purposes.pause.resumeSeconds': 'pausing',
  'purposes.register.dataSubjects': 'any',
  'purposes.register.dataCategories': 'any',
  'purposes.register.receivers': 'any',

  rules: 'rules',
  'rules.id': 'key',
  'rules.purpose': 'any',
  'rules.direction': 'condition',
  'rules.via': 'condition',
  'rules.from': 'condition',
  'rules.to': 'condition',
  'rules.extensions': 'condition',
  'rules.groups': 'condition',
  'rules.queues': 'condition',
  'rules.trunks': 'condition',
  'rules.schedule': 'condition',
  'rules.schedule.days': 'condition',
  'rules.schedule.from': 'any',
  'rules.schedule.until': 'any',
  'rules.schedule.timeZone': 'any',
  'rules.schedule.holidays': 'any',
  'rules.sampling': { lower: 100 },
  'rules.start': { from: ['automatic', 'manual'] },
  'rules.level': { from: levels },
  'rules.retention': 'parts',
  'rules.retention.contentDays': 'term',
  'rules.retention.trafficDays': 'term',

  'retention.accessDays': 'term',
  'retention.requestDays': 'term',
  'retention.directoryDays': 'term',
  ...because('retention', ['access', 'request', 'directory']),

  'traffic.digits': 'adding',
  'traffic.waits': 'adding',
  'traffic.linkChannels': 'adding',

  dpia: 'removing',
  'dpia.reference': 'any',
  'dpia.completedOn': 'any',
  'dpia.measures': 'removing',
  'dpia.measures.measure': 'key',
  'dpia.measures.field': 'removing',

  'bounds.fleetMayChange': 'adding',
  'bounds.maxContentDays': { lower: Number.POSITIVE_INFINITY },

  // Read out of the signed list.
  'recipients.schemaVersion': 'form',
  'recipients.listVersion': 'form',
  'recipients.issuedAt': 'form',
  'recipients.recipients': 'any',
  'recipients.recipients.fingerprint': 'key',
  'recipients.recipients.role': 'any',
  'recipients.recipients.name': 'any',
  'recipients.recipients.certificate': 'any',
};

function because(of: string, terms: readonly string[]): Record<string, Order> {
  const fields = ['why', 'ground', 'author', 'date', 'unusual'];
  return Object.fromEntries(
    terms.flatMap((term) => fields.map((field) => [`${of}.because.${term}.${field}`, 'neutral' as const])),
  );
}

/** Lists whose entries are known by one of their fields. */
export const keyOf: Readonly<Record<string, string>> = {
  groups: 'id',
  holidays: 'date',
  neverRecord: 'id',
  packCorrections: 'provision',
  purposes: 'id',
  'purposes.announcement.said': 'language',
  'purposes.announcement.said.wavs': 'textSha256',
  rules: 'id',
  'dpia.measures': 'measure',
  'recipients.recipients': 'fingerprint',
};

/** Lists in which the order counts: the first rule that matches decides; languages are spoken one after the other. */
export const ordered: ReadonlySet<string> = new Set(['rules', 'purposes.announcement.said']);
