/**
 * How often recordings were opened, exported and erased at a box: a picture each, and a table. Few of an hour are hidden already where they are told, and
 * sums are of what was told, so nothing here says more than the hours do (docs/decisions/0167).
 */
import { FEWEST_TOLD } from '@belkluis/shared/contract/limits';
import { dayBegins } from '@belkluis/shared/web/formats';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import { type CountedKind, countedKinds, type HourRow, type Total, totalOf } from '../../inventory/hours.ts';
import type { Scope } from '../../tenants/scope.ts';
import type { Visit } from '../visit.ts';
import { type Range, runsOf } from './box-charts.ts';

const HOUR_MS = 3_600_000;

const DAY_MS = 24 * HOUR_MS;

/** Of longer ones a bar is a day, of the shortest an hour. */
const days: Readonly<Record<Range, number>> = { day: 1, week: 7, quarter: 90 };
const isByHour = (range: Range): boolean => range === 'day';

/** A box tells an hour within a quarter of one, and is then on its way. */
const TOLD_WITHIN_MS = 30 * 60_000;

/** Rows of a table that are read at a look; more are folded away. */
const ROWS_UNFOLDED = 7;

/** An hour, or all of a day; undefined: an hour that was not told. */
interface Bucket {
  readonly at: number;
  readonly hours: readonly (HourRow | undefined)[];
}

interface Shown {
  readonly range: Range;
  readonly buckets: readonly Bucket[];
}

/** Where a range begins, ms: days as the calendar of `visit` has them. */
function beginOf({ f, timeZone }: Visit, range: Range, until: number): number {
  if (isByHour(range)) return until - DAY_MS;
  const last = Date.parse(`${f.isoDate(until - 1)}T00:00:00Z`);
  const first = new Date(last - (days[range] - 1) * DAY_MS).toISOString().slice(0, 10);
  return Math.ceil(dayBegins(first, timeZone)! / HOUR_MS) * HOUR_MS;
}

/** Hours that are over, up to the last that can have been told. @throws Problem `box_unknown`. */
export async function countsOf(visit: Visit, scope: Scope, box: string, range: Range): Promise<Shown> {
  const { services, f, now } = visit;
  const over = Math.floor(now / HOUR_MS) * HOUR_MS;
  const from = beginOf(visit, range, over);
  const rows = new Map(
    (await services.overview.hours(scope, box, { from, until: over })).map((row) => [row.hour, row]),
  );
  const until = rows.has(over - HOUR_MS) || now - over >= TOLD_WITHIN_MS ? over : over - HOUR_MS;
  const hours = Array.from({ length: Math.max(0, (until - from) / HOUR_MS) }, (_, step) => from + step * HOUR_MS);
  const bucketOf = (at: number) => (isByHour(range) ? String(at) : f.isoDate(at));
  const buckets = [...Map.groupBy(hours, bucketOf).values()].map((all) => ({
    at: all[0]!,
    hours: all.map((hour) => rows.get(hour)),
  }));
  return { range, buckets };
}

/** A total in words: never a nought, and never what was not told. */
function totalWords({ t, f }: Pick<Visit, 't' | 'f'>, { told, few, untold }: Total): string {
  const { boxCounts } = t;
  if (told > 0) return few + untold === 0 ? f.number(told) : boxCounts.atLeast(f.number(told));
  if (few === 0) return boxCounts.untold;
  const fewest = f.number(FEWEST_TOLD);
  return few + untold === 1 ? boxCounts.few(fewest) : boxCounts.fewHourly(fewest);
}

const HEIGHT = 40;
/** Of a bar that says that there were few: the same for all, so that it says no more. */
const FEW_HEIGHT = 1.5;

const short = (value: number): string => String(Math.round(value * 10) / 10);

function countsDrawing(totals: readonly Total[], label: string): Html {
  const gaps = runsOf(totals, ({ told, few }) => told + few === 0).map(
    ({ from, to }) => html`<rect class="plot-gap" x="${from}" y="0" width="${to - from + 1}" height="${HEIGHT}"/>`,
  );
  const highest = Math.max(FEWEST_TOLD, ...totals.map(({ told }) => told));
  const bar = ({ told, few }: Total, x: number): Html => {
    if (told + few === 0) return nothing;
    const height = told > 0 ? Math.max(FEW_HEIGHT, (told / highest) * HEIGHT) : FEW_HEIGHT;
    return html`<rect class="plot-bar${told > 0 ? '' : ' rest'}" x="${short(x + 0.1)}" y="${short(HEIGHT - height)}" width="0.8" height="${short(height)}"/>`;
  };
  return html`<svg viewBox="0 0 ${totals.length} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${label}">${gaps}${totals.map(bar)}<path class="plot-base" d="M0 ${HEIGHT}H${totals.length}"/></svg>`;
}

function figure(visit: Visit, { range, buckets }: Shown, kind: CountedKind): Html {
  const { t, f, now } = visit;
  const { boxCounts } = t;
  const totals = buckets.map(({ hours }) => totalOf(hours, kind));
  const [name, span] = [boxCounts.kinds[kind], t.box.health.ranges[range]];
  const total = totalOf(
    buckets.flatMap(({ hours }) => hours),
    kind,
  );
  const said = totalWords(visit, total);
  const top = totals.reduce((best, { told }, at) => (told > totals[best]!.told ? at : best), 0);
  const when = isByHour(range) ? f.momentWithin(buckets[top]!.at, now) : f.date(buckets[top]!.at);
  const label =
    totals[top]!.told > 0
      ? boxCounts.most(name, span, totalWords(visit, totals[top]!), when)
      : boxCounts.onlyFew(name, span, said);
  const [first, last] = [buckets[0]!.at, buckets.at(-1)!.at];
  const ends = isByHour(range) ? [f.time(first), f.time(last + HOUR_MS)] : [f.plainDate(first), f.plainDate(last)];
  return html`<figure class="chart"><figcaption><span>${name}</span>${total.told > 0 ? html`<strong>${said}</strong>` : html`<span class="soft">${said}</span>`}</figcaption>${countsDrawing(totals, label)}<small><span>${ends[0]!}</span><span>${ends[1]!}</span></small></figure>`;
}

function table(visit: Visit, { range, buckets }: Shown): Html {
  const { t, f, now } = visit;
  const { boxCounts } = t;
  const byHour = isByHour(range);
  const row = ({ at, hours }: Bucket): Html => {
    const untold = hours.filter((hour) => hour === undefined).length;
    const part = !byHour && untold > 0 && untold < hours.length;
    const note = part ? html`<small>${boxCounts.untoldHours(f.unit(untold, 'hour'))}</small>` : nothing;
    const cell = (kind: CountedKind) =>
      html`<td data-label="${boxCounts.kinds[kind]}">${totalWords(visit, totalOf(hours, kind))}</td>`;
    return html`<tr><th scope="row" class="nowrap">${byHour ? f.moment(at, now) : f.date(at)}${note}</th>${countedKinds.map(cell)}</tr>`;
  };
  const heads = countedKinds.map((kind) => html`<th scope="col">${boxCounts.kinds[kind]}</th>`);
  const rows = html`<table class="cards">
      <caption class="visually-hidden">${byHour ? boxCounts.caption.hours : boxCounts.caption.days}</caption>
      <thead><tr><th scope="col">${byHour ? boxCounts.hour : boxCounts.day}</th>${heads}</tr></thead>
      <tbody>${[...buckets].reverse().map(row)}</tbody>
    </table>`;
  return buckets.length > ROWS_UNFOLDED ? html`<details><summary>${boxCounts.table}</summary>${rows}</details>` : rows;
}

/** `links`: to the other ranges. */
export function countsPart(visit: Visit, shown: Shown, links: readonly Html[]): Html {
  const { t, f } = visit;
  const { boxCounts } = t;
  const fewest = f.number(FEWEST_TOLD);
  const few = isByHour(shown.range) ? boxCounts.few(fewest) : boxCounts.fewHourly(fewest);
  const told = shown.buckets.some(({ hours }) => hours.some((hour) => hour !== undefined));
  return html`<section aria-labelledby="counts" data-live id="live-counts">
      <header><h2 id="counts">${boxCounts.title(t.box.health.ranges[shown.range])}</h2><span class="row">${links}</span><p>${boxCounts.lead(fewest)}</p></header>
      ${
        told
          ? html`<div class="tiles">${countedKinds.map((kind) => figure(visit, shown, kind))}</div><p class="soft">${boxCounts.legend(few)}</p>${table(visit, shown)}`
          : html`<p class="soft">${boxCounts.none}</p>`
      }
    </section>`;
}
