/** What each field of the policy is called, as the forms call it, and its values in words. */
import type { Policy } from '@belkluis/shared/policy/schema';
import type { PolicyField, PolicyFormSection } from '../i18n/en/policy-forms.ts';
import type { Visit } from '../visit.ts';
import { choiceWords } from './policy-form.ts';

/** Of a field: the form and the field that have its words. */
type Words = readonly [form: PolicyFormSection, field: PolicyField | null];

const terms = (
  at: string,
  days: string,
  form: PolicyFormSection,
  name: string,
  field: PolicyField,
): Record<string, Words> => ({
  [`${at}.${days}`]: [form, field],
  [`${at}.because.${name}.why`]: [form, 'why'],
  [`${at}.because.${name}.ground`]: [form, 'termGround'],
  [`${at}.because.${name}.author`]: [form, 'author'],
  [`${at}.because.${name}.date`]: [form, 'date'],
  [`${at}.because.${name}.unusual`]: [form, 'unusual'],
});

/** By the names of fields from the top, as changes name them. */
export const fieldWords: Readonly<Record<string, Words>> = {
  'controller.name': ['controller', 'controllerName'],
  'controller.contact': ['controller', 'controllerContact'],
  'controller.dpo': ['controller', 'dpoName'],
  'controller.dpo.name': ['controller', 'dpoName'],
  'controller.dpo.contact': ['controller', 'dpoContact'],
  'controller.authority': ['controller', 'authority'],
  'controller.moreAt': ['controller', 'moreAt'],
  'controller.website': ['controller', 'website'],
  lawPacks: ['law', 'lawPacks'],
  regions: ['law', 'regions'],
  'numbering.country': ['numbering', 'country'],
  'numbering.national': ['numbering', 'national'],
  'numbering.international': ['numbering', 'international'],
  groups: ['group', null],
  'groups.extensions': ['group', 'groupExtensions'],
  holidays: ['holidays', null],
  'holidays.name': ['holidays', null],
  neverRecord: ['never', null],
  'neverRecord.why': ['never', 'neverWhy'],
  'neverRecord.numbers': ['never', 'neverNumbers'],
  'neverRecord.extensions': ['never', 'neverExtensions'],
  'keys.private': ['keys', 'keyPrivate'],
  'keys.pause': ['keys', 'keyPause'],
  'keys.start': ['keys', 'keyStart'],
  purposes: ['begin', null],
  'purposes.name': ['begin', 'name'],
  'purposes.lawfulBasis': ['ground', 'lawfulBasis'],
  'purposes.rationale': ['ground', 'rationale'],
  'purposes.assessment': ['ground', 'assessmentReference'],
  'purposes.assessment.reference': ['ground', 'assessmentReference'],
  'purposes.assessment.completedOn': ['ground', 'assessmentCompletedOn'],
  'purposes.specialCategories': ['special', 'specialGround'],
  'purposes.specialCategories.ground': ['special', 'specialGround'],
  'purposes.specialCategories.statement': ['special', 'specialStatement'],
  'purposes.template': ['content', 'template'],
  ...terms('purposes.retention', 'contentDays', 'content', 'content', 'contentDays'),
  ...terms('purposes.retention', 'trafficDays', 'trafficTerm', 'traffic', 'days'),
  ...terms('purposes.retention', 'evidenceDays', 'evidence', 'evidence', 'evidenceDays'),
  'purposes.retention.minimum': ['minimum', 'minimumDays'],
  'purposes.retention.minimum.days': ['minimum', 'minimumDays'],
  'purposes.retention.minimum.ground': ['minimum', 'minimumGround'],
  'purposes.announcement.by': ['hearing', 'by'],
  'purposes.announcement.said': ['hearing', 'languages'],
  'purposes.announcement.said.purpose': ['hearing', 'saidPurpose'],
  'purposes.announcement.said.training': ['hearing', 'saidTraining'],
  'purposes.announcement.said.text': ['hearing', 'saidText'],
  'purposes.announcement.said.wavs': ['hearing', 'wavs'],
  'purposes.announcement.said.wavs.sha256': ['hearing', 'wavs'],
  'purposes.announcement.callerHears': ['hearing', 'callerHears'],
  'purposes.announcement.staffHear': ['hearing', 'staffHear'],
  'purposes.announcement.staffBeepSeconds': ['hearing', 'staffBeepSeconds'],
  'purposes.consent.mode': ['consent', 'consentMode'],
  'purposes.consent.key': ['consent', 'consentKey'],
  'purposes.consent.refuseKey': ['consent', 'refuseKey'],
  'purposes.consent.remember': ['consent', 'remember'],
  'purposes.consent.asks': ['consent', 'asks'],
  'purposes.consent.patienceSeconds': ['consent', 'patienceSeconds'],
  'purposes.level': ['opening', 'level'],
  'purposes.recipients': ['opening', 'recipients'],
  'purposes.mayOpen': ['opening', 'mayOpen'],
  'purposes.uses': ['use', 'uses'],
  'purposes.notUsedFor': ['use', 'notUsedFor'],
  'purposes.mandatory': ['minimum', 'mandatory'],
  'purposes.pause': ['pausing', 'pauseSeconds'],
  'purposes.pause.resumeSeconds': ['pausing', 'pauseSeconds'],
  'purposes.register.dataSubjects': ['register', 'dataSubjects'],
  'purposes.register.dataCategories': ['register', 'dataCategories'],
  'purposes.register.receivers': ['register', 'receivers'],
  rules: ['which', null],
  'rules.purpose': ['which', 'rulePurpose'],
  'rules.direction': ['which', 'direction'],
  'rules.via': ['which', 'via'],
  'rules.from': ['which', 'from'],
  'rules.to': ['which', 'to'],
  'rules.extensions': ['which', 'extensions'],
  'rules.groups': ['which', 'groups'],
  'rules.queues': ['which', 'queues'],
  'rules.trunks': ['which', 'trunks'],
  'rules.schedule': ['when', null],
  'rules.schedule.days': ['when', 'scheduleDays'],
  'rules.schedule.from': ['when', 'scheduleFrom'],
  'rules.schedule.until': ['when', 'scheduleUntil'],
  'rules.schedule.timeZone': ['when', 'timeZone'],
  'rules.schedule.holidays': ['when', 'scheduleHolidays'],
  'rules.sampling': ['how', 'sampling'],
  'rules.start': ['how', 'start'],
  'rules.level': ['how', 'ruleLevel'],
  'rules.retention': ['how', 'ruleContentDays'],
  'rules.retention.contentDays': ['how', 'ruleContentDays'],
  'rules.retention.trafficDays': ['how', 'ruleTrafficDays'],
  ...terms('retention', 'accessDays', 'access', 'access', 'days'),
  ...terms('retention', 'requestDays', 'request', 'request', 'days'),
  ...terms('retention', 'directoryDays', 'directory', 'directory', 'days'),
  'traffic.digits': ['traffic', 'trafficDigits'],
  'traffic.waits': ['traffic', 'trafficWaits'],
  'traffic.linkChannels': ['traffic', 'trafficLinks'],
  dpia: ['dpia', null],
  'dpia.reference': ['dpia', 'dpiaReference'],
  'dpia.completedOn': ['dpia', 'dpiaCompletedOn'],
  'dpia.measures': ['dpia', 'measures'],
  'dpia.measures.field': ['dpia', 'measures'],
  packCorrections: ['corrections', null],
  'packCorrections.value': ['corrections', 'correctedValue'],
  'packCorrections.why': ['corrections', 'why'],
  'packCorrections.author': ['corrections', 'author'],
  'packCorrections.date': ['corrections', 'date'],
  worksCouncil: ['council', 'councilSays'],
  'worksCouncil.council': ['council', 'councilSays'],
  'worksCouncil.reference': ['council', 'councilReference'],
  'worksCouncil.completedOn': ['council', 'councilCompletedOn'],
  'worksCouncil.why': ['council', 'councilWhy'],
  'bounds.fleetMayChange': ['bounds', 'fleetMayChange'],
  'bounds.maxContentDays': ['bounds', 'maxContentDays'],
  'recipients.recipients': ['recipients', null],
  'recipients.recipients.role': ['recipients', 'recipientRole'],
  'recipients.recipients.name': ['recipients', 'name'],
  'recipients.recipients.certificate': ['recipients', 'certificate'],
  'recipients.listVersion': ['recipients', 'listVersion'],
  'recipients.issuedAt': ['recipients', 'issuedAt'],
  'recipients.schemaVersion': ['recipients', 'listForm'],
  audience: ['itself', 'audience'],
  version: ['itself', 'version'],
  previousHash: ['itself', 'previousHash'],
  issuedAt: ['itself', 'issuedAt'],
  expiresAt: ['itself', 'expiresAt'],
  schemaVersion: ['itself', 'listForm'],
};

/** `What was said: kept, days`; a field that has no words here by its own name. */
export function fieldName({ t }: Visit, field: string): string {
  const words = fieldWords[field];
  if (!words) return field;
  const [form, name] = words;
  const { forms, fields } = t.policyForm;
  const { title } = forms[form];
  return name === null ? title : `${title}: ${fields[name].label.toLocaleLowerCase().replace('dpia', 'DPIA')}`;
}

/** What the form calls a field alone; null: it has no words here. */
export function fieldLabel({ t }: Visit, field: string): string | null {
  const name = fieldWords[field]?.[1];
  return name ? t.policyForm.fields[name].label : null;
}

/** A value of a field as people say it. */
export function valueWords(visit: Visit, policy: Pick<Policy, 'purposes'>, field: string, value: string): string {
  const { t, f } = visit;
  const { yes, no } = t.policyForm;
  if (value === 'true') return yes;
  if (value === 'false') return no;
  if (/Days$|\.days$/.test(field) && /^\d+$/.test(value)) return t.policy.days(Number(value));
  if (/^\d{4}-\d\d-\d\d$/.test(value)) return f.calendarDay(value);
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return f.date(Date.parse(value));
  if (field === 'purposes.announcement.said') return f.languageName(value);
  const name = fieldWords[field]?.[1];
  return name ? choiceWords(visit, policy, name, value) : value;
}
