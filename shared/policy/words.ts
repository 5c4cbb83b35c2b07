/** What a purpose sounds like: the sentence that callers hear, made of the purpose's own words. */
import { createHash } from 'node:crypto';
import type { SpokenWords } from './announcement.ts';
import type { Language } from './fields.ts';
import type { Purpose } from './purpose.ts';
import { retentionDays } from './retention.ts';
import type { Rule } from './rule.ts';
import type { Policy } from './schema.ts';

const units: Record<Language, { day: [string, string]; week: [string, string]; year: [string, string] }> = {
  en: { day: ['day', 'days'], week: ['week', 'weeks'], year: ['year', 'years'] },
  nl: { day: ['dag', 'dagen'], week: ['week', 'weken'], year: ['jaar', 'jaar'] },
  de: { day: ['Tag', 'Tage'], week: ['Woche', 'Wochen'], year: ['Jahr', 'Jahre'] },
  fr: { day: ['jour', 'jours'], week: ['semaine', 'semaines'], year: ['an', 'ans'] },
};

/** A number of days as people say it, never less exact than it is: 30 days, 2 weeks, 1 year. */
export function retentionWords(days: number, language: Language): string {
  const { day, week, year } = units[language];
  const say = (count: number, [one, more]: [string, string]) => `${count} ${count === 1 ? one : more}`;
  if (days % 365 === 0) return say(days / 365, year);
  if (days % 7 === 0 && days < 70) return say(days / 7, week);
  return say(days, day);
}

/** The sentence as the box words it, and how each way of refusing is said. */
interface Wording {
  readonly text: string;
  readonly object: string;
  readonly press: (key: string) => string;
  readonly agree: (key: string, back: string) => string;
  readonly mandatory: string;
  readonly more: (at: string) => string;
}

const wordings: Record<Language, Wording> = {
  en: {
    text: '{who} records this call {purpose}. We keep the recording for {retention}. {refuse} {more}',
    object: 'You may object; we tell you how.',
    press: (key) => `If you do not want this, press ${key}: what was recorded is erased.`,
    agree: (key, back) => `If you agree, press ${key}. To take that back, press ${back}. Without it we do not record.`,
    mandatory: 'The law requires this recording.',
    more: (at) => `Read more at ${at}.`,
  },
  nl: {
    text: '{who} neemt dit gesprek op {purpose}. We bewaren de opname {retention}. {refuse} {more}',
    object: 'U kunt bezwaar maken; wij vertellen u hoe.',
    press: (key) => `Wilt u dit niet, toets dan ${key}: wat is opgenomen wordt gewist.`,
    agree: (key, back) =>
      `Vindt u dit goed, toets dan ${key}. Wilt u dat intrekken, toets dan ${back}. Zonder toets nemen we niets op.`,
    mandatory: 'De wet verplicht ons tot deze opname.',
    more: (at) => `Lees meer op ${at}.`,
  },
  de: {
    text: '{who} zeichnet dieses Gespräch auf, {purpose}. Die Aufnahme wird {retention} aufbewahrt. {refuse} {more}',
    object: 'Sie können widersprechen; wir sagen Ihnen, wie.',
    press: (key) => `Wenn Sie das nicht möchten, drücken Sie die ${key}: das Aufgenommene wird gelöscht.`,
    agree: (key, back) =>
      `Wenn Sie einverstanden sind, drücken Sie die ${key}. Zum Widerrufen drücken Sie die ${back}. Sonst zeichnen wir nichts auf.`,
    mandatory: 'Das Gesetz verlangt diese Aufnahme.',
    more: (at) => `Mehr dazu unter ${at}.`,
  },
  fr: {
    text: '{who} enregistre cet appel {purpose}. L’enregistrement est conservé {retention}. {refuse} {more}',
    object: 'Vous pouvez vous y opposer ; nous vous dirons comment.',
    press: (key) => `Si vous ne le souhaitez pas, appuyez sur ${key} : ce qui a été enregistré est effacé.`,
    agree: (key, back) =>
      `Si vous êtes d’accord, appuyez sur ${key}. Pour revenir sur votre accord, appuyez sur ${back}. Sans cela, rien n’est enregistré.`,
    mandatory: 'La loi impose cet enregistrement.',
    more: (at) => `Pour en savoir plus : ${at}.`,
  },
};

function refuseWords({ consent, mandatory }: Purpose, { object, press, agree, mandatory: must }: Wording): string {
  if (mandatory) return must;
  switch (consent.mode) {
    case 'inform':
      return object;
    case 'opt-out':
      return press(consent.key);
    case 'opt-in':
      return agree(consent.key, consent.refuseKey);
  }
}

/** One language of a finished announcement. */
export interface Announcement {
  readonly language: Language;
  readonly text: string;
  /** SHA-256 of `text`: the version of the announcement, which evidence names. */
  readonly textSha256: string;
  /** SHA-256 of the WAV that says it. Null: the box speaks it. `outdated`: there are some, and none says this. */
  readonly wav: string | 'outdated' | null;
}

function finished(
  policy: Pick<Policy, 'controller'>,
  purpose: Purpose,
  rule: Rule | null,
  said: SpokenWords,
): Announcement {
  const { language, purpose: words, training, text: own, wavs } = said;
  const wording = wordings[language];
  const slots: Readonly<Record<string, string>> = {
    who: policy.controller.name,
    purpose: training ? `${words} ${training}` : words,
    retention: retentionWords(retentionDays(purpose, rule, 'content'), language),
    refuse: refuseWords(purpose, wording),
    more: wording.more(policy.controller.moreAt),
  };
  // All at once: what fills one slot may look like another.
  const text = (own ?? wording.text).replaceAll(/\{(who|purpose|retention|refuse|more)\}/g, (_, slot) => slots[slot]!);
  const textSha256 = createHash('sha256').update(text).digest('hex');
  const bound = wavs?.find((wav) => wav.textSha256 === textSha256)?.sha256 ?? 'outdated';
  return { language, text, textSha256, wav: wavs ? bound : null };
}

/** The announcement of a purpose in each of its languages, with the term of the rule that it is for. */
export const announcementsOf = (
  policy: Pick<Policy, 'controller'>,
  purpose: Purpose,
  rule: Rule | null = null,
): readonly Announcement[] => purpose.announcement.said.map((said) => finished(policy, purpose, rule, said));
