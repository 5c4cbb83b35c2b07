/** What rules say, as people say it: one sentence for each, in the language of the reader. Pure. */
import { WITHHELD } from '@belkluis/shared/policy/numbers';
import type { Never, Rule, Schedule } from '@belkluis/shared/policy/rule';
import { takesAll } from '@belkluis/shared/policy/rule';
import type { Policy } from '@belkluis/shared/policy/schema';
import type { Texts } from './i18n/en.ts';
import type { Formats } from './i18n/formats.ts';

interface Speech {
  readonly t: Pick<Texts, 'rule' | 'policy' | 'purpose'>;
  readonly f: Pick<Formats, 'anyOf' | 'allOf' | 'weekday'>;
}

/** A number or user as a rule names it. */
function patternWords({ t: { rule } }: Speech, pattern: string): string {
  if (pattern === '*') return rule.anybody;
  if (pattern === WITHHELD) return rule.withheld;
  if (pattern.includes('?')) return rule.shaped(pattern);
  return pattern.endsWith('*') ? rule.beginning(pattern.slice(0, -1)) : pattern;
}

const anyOf = (speech: Speech, patterns: readonly string[]): string =>
  speech.f.anyOf(patterns.map((one) => patternWords(speech, one)));

/** `Monday to Friday`, `Monday, Wednesday and Friday`, `every day`. */
function dayWords({ t: { rule }, f }: Speech, days: readonly number[]): string {
  const all = [...new Set(days)].sort((a, b) => a - b);
  if (all.length === 7) return rule.everyDay;
  const unbroken = all.length > 2 && all.at(-1)! - all[0]! === all.length - 1;
  return unbroken ? rule.run(f.weekday(all[0]!), f.weekday(all.at(-1)!)) : f.allOf(all.map(f.weekday));
}

function scheduleWords(speech: Speech, { days, from, until, timeZone, holidays }: Schedule): string {
  const { rule } = speech.t;
  const said = dayWords(speech, days);
  const when =
    holidays === 'only'
      ? rule.holidayHours(from, until)
      : said === rule.everyDay
        ? rule.everyDayHours(from, until)
        : rule.hours(said, from, until);
  return [when, timeZone === undefined ? '' : rule.zone(timeZone), holidays === 'never' ? rule.notHolidays : '']
    .filter(Boolean)
    .join(' ');
}

const capital = (text: string): string => text.charAt(0).toLocaleUpperCase() + text.slice(1);

const uncapital = (text: string): string => text.charAt(0).toLocaleLowerCase() + text.slice(1);

/** A rule as one sentence: which calls, when, and what becomes of them. */
export function ruleSentence(speech: Speech, one: Rule, purposes: Policy['purposes']): string {
  const { rule, purpose: texts } = speech.t;
  const purpose = purposes.find(({ id }) => id === one.purpose)?.name ?? one.purpose;
  const whole = takesAll(one) && one.direction === undefined && one.via === undefined;
  const conditions = [
    one.via && rule.via[one.via],
    one.from && rule.from(anyOf(speech, one.from)),
    one.to && rule.to(anyOf(speech, one.to)),
    one.extensions && rule.extensions(anyOf(speech, one.extensions)),
    one.groups && rule.groups(anyOf(speech, one.groups)),
    one.queues && rule.queues(anyOf(speech, one.queues)),
    one.trunks && rule.trunks(speech.f.anyOf(one.trunks)),
    one.schedule && scheduleWords(speech, one.schedule),
  ].filter(Boolean);
  const which = [whole ? rule.allCalls : rule.calls[one.direction ?? 'any'], ...conditions].join(' ');
  const taken = one.sampling === undefined || one.sampling === 100 ? which : rule.share(one.sampling, uncapital(which));
  const done = one.start === 'manual' ? rule.onRequest(purpose) : rule.recorded(purpose);
  const { contentDays, trafficDays } = one.retention ?? {};
  const more = [
    one.level && rule.level(texts.levels[one.level]),
    contentDays !== undefined && rule.content(contentDays),
    trafficDays !== undefined && rule.traffic(trafficDays),
  ].filter(Boolean);
  return `${capital([`${taken} ${done}`, ...more].join('; '))}.`;
}

/** An entry of the never-record list: whose calls, and why. */
export function neverSentence(speech: Speech, { why, numbers, extensions }: Never): string {
  const { never } = speech.t.rule;
  const whom = [
    ...(numbers ? [never.numbers(anyOf(speech, numbers))] : []),
    ...(extensions ? [never.extensions(anyOf(speech, extensions))] : []),
  ];
  return why === 'withheld' ? never.withheld : `${capital(speech.f.allOf(whom))}.`;
}
