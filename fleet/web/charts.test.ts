/** What a picture of health says: the worst of each stretch, no line where nothing was heard. Cells of a file that are no formula. */
import test from 'ava';
import { type Columns, newColumns } from '../inventory/columns.ts';
import { eachPoint, type Point, packPoints } from '../inventory/points.ts';
import { csvCell } from './csv.ts';
import { drawing } from './pages/box-charts.ts';

const chart = { gauge: 'cpu_percent', unit: 'percent', bottom: 0, top: 100, limit: 85 } as const;
const range = { from: 0, until: 100, columns: 10 };

test('a column has the worst of its time by the rule of the gauge; what was not told is no zero', (t) => {
  const points: Point[] = [
    { at: 1, gauges: { cpu_percent: 10, mos_hundredths: 430, clock_offset_ms: -9 } },
    { at: 9, gauges: { cpu_percent: 90, mos_hundredths: 310, clock_offset_ms: 4 } },
    { at: 35, gauges: { mos_hundredths: 400 } },
    { at: 100, gauges: { cpu_percent: 20 } },
    { at: 101, gauges: { cpu_percent: 99 } },
  ];
  const names = ['cpu_percent', 'mos_hundredths', 'clock_offset_ms'] as const;
  const plain = newColumns(range, names);
  for (const { at, gauges } of points) plain.take(at, (name) => gauges[name]);
  const packed = newColumns(range, names);
  eachPoint(0, packPoints(0, points), packed.take);
  const none = [null, null, null, null, null, null, null, null];
  for (const { values, heard, last } of [plain.done(), packed.done()] satisfies Columns[]) {
    t.deepEqual(values.cpu_percent, [90, ...none, 20]);
    t.is(values.mos_hundredths![0], 310);
    t.is(values.clock_offset_ms![0], -9);
    t.deepEqual(heard, [true, false, false, true, false, false, false, false, false, true]);
    t.deepEqual(last, { cpu_percent: 20, mos_hundredths: 400, clock_offset_ms: 4 });
  }
});

test('a grey band where nothing was heard, nothing where this was not told, and never a line across', (t) => {
  const columns = [1, 2, null, 4, null, 6].map((value, at) => ({ at, heard: at !== 2, value }));
  const svg = String(drawing(columns, chart, 'a < b'));
  t.is(svg.match(/plot-gap/g)!.length, 1);
  t.regex(svg, /<rect class="plot-gap" x="2" y="0" width="1"/);
  t.is(svg.match(/plot-line/g)!.length, 3);
  t.regex(svg, /plot-limit" d="M0 7\.7H6"/);
  t.true(svg.includes('aria-label="a &lt; b"'));
  t.false(/<text|style=/.test(svg));
  t.notRegex(
    String(drawing([{ at: 0, heard: true, value: 0 }], { ...chart, top: null, limit: null }, '')),
    /NaN|Infinity/,
  );
});

for (const [said, cell] of [
  ['Haarlem', 'Haarlem'],
  ['a,b', '"a,b"'],
  ['say "x"', '"say ""x"""'],
  ['=1+1', "'=1+1"],
  ['+31', "'+31"],
  ['-1', "'-1"],
  ['@x', "'@x"],
  [' =1', "' =1"],
  ['\t=1', "'\t=1"],
  ['a\r\nb', '"a\r\nb"'],
] as const)
  test(`a cell of ${JSON.stringify(said)}`, (t) => t.is(csvCell(said), cell));
