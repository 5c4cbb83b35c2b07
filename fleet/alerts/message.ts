/** What is told: names of customers, sites and boxes, and codes; nothing else. As the text of a mail and as the body of a webhook. Pure. */
import { type AlertCode, type AlertLevel, rankOfLevel } from './codes.ts';
import { MAIL_LINES } from './limits.ts';
import { type AlertLanguage, alertWords, wordsOf } from './words/of.ts';

export interface Named {
  readonly id: string;
  readonly name: string;
}

export interface Told {
  readonly alert: string;
  readonly kind: 'opened' | 'worse' | 'cleared';
  readonly code: AlertCode;
  readonly level: AlertLevel;
  readonly since: number;
  readonly at: number;
  readonly customer: Named | null;
  readonly site: Named | null;
  readonly box: Named | null;
  /** IANA, of the site. */
  readonly timeZone: string;
}

export interface Message {
  /** The same whenever it is sent again. */
  readonly id: string;
  readonly madeAt: number;
  readonly msp: Named;
  readonly language: AlertLanguage;
  readonly test: boolean;
  readonly alerts: readonly Told[];
}

export interface Mail {
  readonly subject: string;
  readonly text: string;
}

function instant(at: number, { timeZone, language }: { timeZone: string; language: AlertLanguage }): string {
  const format = { dateStyle: 'medium', timeStyle: 'long', timeZone } as const;
  return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, format).format(at);
}

/** By what became of them and code, worst first. */
function groupsOf(alerts: readonly Told[]): readonly (readonly Told[])[] {
  const order = { worse: 0, opened: 1, cleared: 2 };
  const groups = [...Map.groupBy(alerts, ({ kind, code, level }) => `${kind} ${code} ${level}`).values()];
  const rank = ([one]: readonly Told[]) => order[one!.kind] * 10 - rankOfLevel(one!.level);
  return groups.sort((a, b) => rank(a) - rank(b) || b.length - a.length);
}

export function mailOf({ msp, language, test, alerts }: Message): Mail {
  const words = alertWords[language];
  const { mail } = words;
  if (test) return { subject: `${msp.name}: ${mail.testSubject}`, text: `${mail.test}\n\n${mail.footer}\n` };
  const cleared = alerts.filter(({ kind }) => kind === 'cleared').length;
  const lines: string[] = [];
  let room = MAIL_LINES;
  for (const group of groupsOf(alerts)) {
    const { kind, code, level } = group[0]!;
    const { title, says, advice } = wordsOf(language, code);
    lines.push(`${words.kinds[kind]}: ${title} (${words.levels[level]}) · ${group.length}`);
    if (kind !== 'cleared') lines.push(says, advice);
    const shown = group.slice(0, room);
    room -= shown.length;
    for (const { customer, site, box, since, timeZone } of shown) {
      const where = [customer, site, box].flatMap((part) => part?.name ?? []).join(' · ') || mail.everywhere;
      lines.push(`  - ${where}, ${mail.since(instant(since, { timeZone, language }))}`);
    }
    if (group.length > shown.length) lines.push(`  - ${mail.more(group.length - shown.length)}`);
    lines.push('');
  }
  lines.push(mail.footer, '');
  return { subject: mail.subject(msp.name, alerts.length - cleared, cleared), text: lines.join('\n') };
}

const iso = (at: number): string => new Date(at).toISOString();

/** JSON; `type` is `alerts.changed` or `alerts.test`. Fields are added, never changed. */
export function bodyOf({ madeAt, msp, language, test, alerts }: Message): string {
  return JSON.stringify({
    type: test ? 'alerts.test' : 'alerts.changed',
    timestamp: iso(madeAt),
    data: {
      msp,
      alerts: alerts.map(({ alert, kind, code, level, since, at, customer, site, box }) => ({
        ...{ id: alert, change: kind, code, level, title: wordsOf(language, code).title },
        ...{ since: iso(since), at: iso(at), customer, site, box },
      })),
    },
  });
}
