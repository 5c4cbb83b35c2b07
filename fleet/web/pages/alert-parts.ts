/** Pieces of the pages about alerts: what they are called, who sees to them, until when they are muted. */

import { instantsOf } from '@belkluis/shared/base/time-zone';
import { type Html, html } from '@belkluis/shared/web/html';
import { choices, type FormFault, field } from '@belkluis/shared/web/parts';
import type { AlertRow } from '../../alerts/alerts.ts';
import { type AlertCode, alertCodes } from '../../alerts/codes.ts';
import type { Target } from '../../alerts/parts.ts';
import { wordsOf } from '../../alerts/words/of.ts';
import { type ConsoleContext, field as posted, type Visit } from '../visit.ts';
import { placeIn } from './people.ts';

export const whereOf = ({ customer, site, box }: Pick<AlertRow, 'customer' | 'site' | 'box'>): string =>
  [customer, site, box].flatMap((one) => one?.name ?? []).join(', ');

/** What each code is called, in the order of the words. */
export function codeOptions({ language, f }: Visit): (readonly [AlertCode, string])[] {
  const titled = alertCodes.map((code) => [code, wordsOf(language, code).title] as const);
  const { compare } = new Intl.Collator(f.language);
  // Several codes may be called the same: what they say tells them apart.
  const count = Map.groupBy(titled, ([, title]) => title);
  return titled
    .map(
      ([code, title]) =>
        [code, count.get(title)!.length > 1 ? `${title}: ${wordsOf(language, code).says}` : title] as const,
    )
    .sort(([, a], [, b]) => compare(a, b));
}

/** Of a value that a form of places writes. */
export function targetIn(place: string): Target {
  const { customer, site } = placeIn(place);
  if (customer) return { of: 'customer', customer };
  return site ? { of: 'site', site } : { of: 'msp' };
}

const HOUR_MS = 3_600_000;
const spans = ['hour', 'day', 'week', 'month', 'time', 'worse'] as const;
const lengths: Readonly<Record<string, number>> = {
  hour: HOUR_MS,
  day: 24 * HOUR_MS,
  week: 7 * 24 * HOUR_MS,
  month: 30 * 24 * HOUR_MS,
};

export interface MuteTyped {
  readonly span: string;
  readonly untilDate: string;
  readonly untilTime: string;
  readonly note: string;
}

export const noMute: MuteTyped = { span: 'day', untilDate: '', untilTime: '', note: '' };

export async function muteIn(c: ConsoleContext): Promise<MuteTyped> {
  const [span, untilDate] = [await posted(c, 'span'), await posted(c, 'untilDate')];
  return { span, untilDate, untilTime: await posted(c, 'untilTime'), note: await posted(c, 'note') };
}

/** Until when, wall clock, ms; null: until it gets worse. What is no time is one that the room refuses. */
export function untilOf({ timeZone, now }: Visit, { span, untilDate, untilTime }: MuteTyped): number | null {
  if (span === 'worse') return null;
  if (span !== 'time') return now + (lengths[span] ?? 0);
  const wall = Date.parse(`${untilDate}T${untilTime}:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(untilDate) && !Number.isNaN(wall) ? instantsOf(timeZone, wall)[1] : 0;
}

/** How long, and why. */
export function muteFields({ t, timeZone }: Visit, typed: MuteTyped, fault: FormFault | null, noteId = 'note'): Html {
  const { alerts } = t;
  const when = (id: 'untilDate' | 'untilTime', type: 'date' | 'time', hint?: string) =>
    field({ id, label: alerts[id], type, value: typed[id], autocomplete: 'off', fault, ...(hint ? { hint } : {}) });
  return html`${choices({ id: 'span', legend: alerts.muteFor, of: spans, labels: alerts.spans, chosen: typed.span, fault })}
    ${when('untilDate', 'date', alerts.zoneHint(timeZone))}${when('untilTime', 'time')}
    <div class="field"><label for="${noteId}">${alerts.note}</label><input id="${noteId}" name="note" value="${typed.note}" maxlength="500" autocomplete="off"></div>`;
}

export const muteFaults = {
  ...{ mute_invalid: 'span', mutes_full: 'span', note_invalid: 'span' },
  ...{ target_unknown: 'place', scope_too_small: 'place' },
};

/** A time that an alert is muted until, within a sentence. */
export const mutedUntil = ({ t, f, now }: Visit, until: number | null): string =>
  until === null ? t.alerts.untilWorse : t.alerts.until(f.momentWithin(until, now));
