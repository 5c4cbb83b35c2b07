/** Health over time: one picture a gauge, drawn here. No text is inside, so that it may stretch; its label says what is to be seen. */
import { type GaugeName, gauges } from '@belkluis/shared/contract/gauges';
import { type Html, html, nothing } from '@belkluis/shared/web/html';
import type { Columns } from '../../inventory/columns.ts';
import type { Visit } from '../visit.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Of each: how far back, and into how many columns; a column shows the worst of its time. */
export const ranges = {
  day: { ms: DAY_MS, columns: 96 },
  week: { ms: 7 * DAY_MS, columns: 84 },
  quarter: { ms: 90 * DAY_MS, columns: 90 },
} as const;

export type Range = keyof typeof ranges;

interface Chart {
  readonly gauge: GaugeName;
  readonly unit: 'percent' | 'permille' | 'celsius' | 'mos' | 'millisecond' | 'count' | 'hour';
  /** Where the picture begins and ends; `top` null: at the highest value. */
  readonly bottom: number;
  readonly top: number | null;
  /** From where on somebody should look, as the box's own checks do; null: that depends on what it has. */
  readonly limit: number | null;
}

const charts = [
  { gauge: 'disk_used_percent', unit: 'percent', bottom: 0, top: 100, limit: 90 },
  { gauge: 'rtp_loss_permille', unit: 'permille', bottom: 0, top: null, limit: 20 },
  { gauge: 'mos_hundredths', unit: 'mos', bottom: 100, top: 500, limit: 350 },
  { gauge: 'cpu_percent', unit: 'percent', bottom: 0, top: 100, limit: 85 },
  { gauge: 'memory_used_percent', unit: 'percent', bottom: 0, top: 100, limit: 92 },
  { gauge: 'temperature_celsius', unit: 'celsius', bottom: 0, top: null, limit: 80 },
  { gauge: 'phones_registered', unit: 'count', bottom: 0, top: null, limit: null },
  { gauge: 'trunks_up', unit: 'count', bottom: 0, top: null, limit: null },
  { gauge: 'recorded_hours_ago', unit: 'hour', bottom: 0, top: null, limit: 72 },
  { gauge: 'clock_offset_ms', unit: 'millisecond', bottom: 0, top: null, limit: null },
  { gauge: 'uplink_reconnects', unit: 'count', bottom: 0, top: null, limit: null },
  { gauge: 'uplink_queued', unit: 'count', bottom: 0, top: null, limit: null },
] as const satisfies readonly Chart[];

/** The worst of each stretch of time. `heard`: whether the box said anything in it; `value` null: not this. */
export interface Column {
  readonly at: number;
  readonly heard: boolean;
  readonly value: number | null;
}

/** Of one gauge. */
function columnsOf({ range, heard, values }: Columns, gauge: GaugeName): Column[] {
  const width = (range.until - range.from) / range.columns;
  return heard.map((is, index) => ({
    ...{ at: range.from + index * width, heard: is },
    value: values[gauge]?.[index] ?? null,
  }));
}

const HEIGHT = 40;
/** The line stays within the picture. */
const TOP = 2;

interface Run {
  readonly from: number;
  readonly to: number;
}

/** First and last index of each stretch for which `is` holds. */
export function runsOf<Item>(items: readonly Item[], is: (item: Item) => boolean): Run[] {
  const runs: Run[] = [];
  let from = -1;
  for (const [index, item] of items.entries()) {
    if (is(item)) {
      if (from < 0) from = index;
    } else if (from >= 0) {
      runs.push({ from, to: index - 1 });
      from = -1;
    }
  }
  if (from >= 0) runs.push({ from, to: items.length - 1 });
  return runs;
}

const short = (value: number): string => String(Math.round(value * 10) / 10);

/** One series as a picture; where nothing was heard a grey band, and no line across. */
export function drawing(columns: readonly Column[], { bottom, top, limit }: Chart, label: string): Html {
  const of = (value: number) => Math.abs(value);
  const highest = Math.max(...columns.map(({ value }) => (value === null ? 0 : of(value))), limit ?? 0, bottom + 1);
  const end = top ?? highest * 1.1;
  const y = (value: number) =>
    short(Math.min(HEIGHT, Math.max(TOP, HEIGHT - ((of(value) - bottom) / (end - bottom)) * (HEIGHT - TOP))));
  const width = columns.length;
  const line = ({ from, to }: Run) => {
    const points = columns.slice(from, to + 1).map(({ value }, index) => `${from + index + 0.5} ${y(value!)}`);
    // One column alone is a stroke of its own width.
    if (points.length === 1) return `${from} ${y(columns[from]!.value!)}L${from + 1} ${y(columns[from]!.value!)}`;
    return points.join('L');
  };
  const told = runsOf(columns, ({ value }) => value !== null);
  const edge = ({ from, to }: Run) => (from === to ? [from, to + 1] : [from + 0.5, to + 0.5]);
  return html`<svg viewBox="0 0 ${width} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${label}">${runsOf(
    columns,
    ({ heard }) => !heard,
  ).map(
    ({ from, to }) => html`<rect class="plot-gap" x="${from}" y="0" width="${to - from + 1}" height="${HEIGHT}"/>`,
  )}${told.map((run) => {
    const [left, right] = edge(run);
    return html`<path class="plot-area" d="M${left!} ${HEIGHT}L${line(run)}L${right!} ${HEIGHT}Z"/><path class="plot-line" d="M${line(run)}"/>`;
  })}${limit === null ? nothing : html`<path class="plot-limit" d="M0 ${y(limit)}H${width}"/>`}<path class="plot-base" d="M0 ${HEIGHT}H${width}"/></svg>`;
}

/** A value in its unit. */
function inUnit({ f }: Pick<Visit, 'f'>, unit: Chart['unit'], value: number): string {
  switch (unit) {
    case 'percent':
      return f.unit(value, 'percent');
    case 'permille':
      return f.unit(value / 10, 'percent', 1);
    case 'mos':
      return f.decimal(value / 100, 1);
    case 'celsius':
    case 'millisecond':
    case 'hour':
      return f.unit(value, unit);
    case 'count':
      return f.number(value);
  }
}

/** What the picture shows, in a sentence. */
function finding(
  visit: Visit,
  chart: Chart,
  columns: readonly Column[],
  name: string,
  span: string,
  now: number,
): string {
  const { t, f } = visit;
  const { health } = t.box;
  const told = columns.filter((column): column is Column & { value: number } => column.value !== null);
  const values = told.map(({ value }) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const said = (value: number) => inUnit(visit, chart.unit, value);
  const parts = [
    low === high ? health.steady(name, span, said(low)) : health.between(name, span, said(low), said(high), said(now)),
  ];
  if (chart.limit !== null) {
    const down = gauges[chart.gauge].worst === 'low';
    const worst = told.reduce((a, b) => ((down ? b.value < a.value : b.value > a.value) ? b : a));
    const isBeyond = down ? worst.value < chart.limit : worst.value >= chart.limit;
    parts.push(
      isBeyond
        ? health.beyond(said(chart.limit), f.momentWithin(worst.at, visit.now))
        : health.within(said(chart.limit)),
    );
  }
  const width = columns.length > 1 ? columns[1]!.at - columns[0]!.at : 0;
  const silent = columns.filter(({ heard }) => !heard).length * width;
  const hours = Math.max(1, Math.round(silent / HOUR_MS));
  if (silent > 0) parts.push(health.gaps(hours < 72 ? f.unit(hours, 'hour') : f.unit(Math.round(hours / 24), 'day')));
  return parts.join('; ');
}

/** What pictures need of the inventory. */
export const chartedGauges: readonly GaugeName[] = charts.map(({ gauge }) => gauge);

/** All pictures of a range; what was not measured in it is named. */
export function chartsPart(visit: Visit, range: Range, all: Columns): Html {
  const { t, f } = visit;
  const { health } = t.box;
  const { from, until } = all.range;
  if (!all.heard.includes(true)) return html`<p class="soft">${health.none}</p>`;
  const span = range === 'day' ? `${f.time(from)}–${f.time(until)}` : `${f.plainDate(from)} – ${f.plainDate(until)}`;
  const unmeasured: string[] = [];
  const drawn = charts.flatMap((chart: Chart) => {
    const name = health.names[chart.gauge as keyof typeof health.names];
    const last = all.last[chart.gauge];
    if (last === undefined) {
      unmeasured.push(name);
      return [];
    }
    const columns = columnsOf(all, chart.gauge);
    const label = finding(visit, chart, columns, name, health.ranges[range], last);
    const limit = chart.limit === null ? '' : health.limit(inUnit(visit, chart.unit, chart.limit));
    return [
      html`<figure class="chart"><figcaption><span>${name}</span><strong>${inUnit(visit, chart.unit, last)}</strong></figcaption>${drawing(columns, chart, label)}<small><span>${span}</span><span>${limit}</span></small></figure>`,
    ];
  });
  return html`<div class="tiles">${drawn}</div><p class="soft">${health.grey}${unmeasured.length > 0 ? html` ${health.unmeasured(f.allOf(unmeasured))}` : nothing}</p>`;
}
