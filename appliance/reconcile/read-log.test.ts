import test from 'ava';
import type { CallLogFormat } from '../lines/call-log.ts';
import { readCallLogs } from './read-log.ts';
import { instantIn } from './time-zone.ts';

const ZONE = 'Europe/Amsterdam';
const read = (text: string, format: CallLogFormat) => readCallLogs([Buffer.from(text)], format, ZONE);

test('a PBX that writes names of columns, semicolons, quotes, a byte order mark and Windows line ends', (t) => {
  const format: CallLogFormat = {
    kind: 'csv',
    separator: ';',
    columns: { startedAt: 'Start', caller: 'Calling', callee: 'Called', duration: 'Talk', id: 'Ref' },
    time: 'local',
  };
  const text =
    '\ufeffRef;Start;Calling;Called;Talk\r\n7;2026-07-01 13:00:00;"020;123 4567";204;00:01:05\r\n\r\n8;2026-12-01 13:00:00;x;y;\r\n';
  t.deepEqual(read(text, format), [
    { id: '7', startedAt: Date.UTC(2026, 6, 1, 11), caller: '020;123 4567', callee: '204', talkMs: 65_000 },
    { id: '8', startedAt: Date.UTC(2026, 11, 1, 12), caller: 'x', callee: 'y', talkMs: 0 },
  ]);
});

test('what does not fit its format is refused with the place, and nothing of it is taken', (t) => {
  const columns = { startedAt: 0, caller: 1, callee: 2, duration: 3 };
  const format = (time: 'iso' | 'unix'): CallLogFormat => ({ kind: 'csv', separator: ',', columns, time });
  t.is(read('2026-11-25T10:00:00+01:00,a,b,10\n', format('iso'))[0]?.startedAt, Date.UTC(2026, 10, 25, 9));
  t.is(read('1764064800,a,b,10.5\n', format('unix'))[0]?.talkMs, 10_500);
  const refused = (text: string, time: 'iso' | 'unix') =>
    t.throws(() => read(text, format(time)), { code: 'call_log_malformed' })?.message;
  t.regex(refused('2026-11-25T10:00:00,a,b,10\n', 'iso') ?? '', /line 1: when it began/);
  t.regex(refused('1764064800,a,b,10\n1764064800,a,b,soon\n', 'unix') ?? '', /line 2: how long it was/);
  const named: CallLogFormat = {
    ...(format('iso') as Extract<CallLogFormat, { kind: 'csv' }>),
    columns: { ...columns, caller: 'Calling' },
  };
  t.regex(
    t.throws(() => read('Start,From\n', named), { code: 'call_log_malformed' })?.message ?? '',
    /no column Calling/,
  );
});

test("kamailio's rows: a call is its answered INVITE and the BYE of either side", (t) => {
  const rows = [
    'INVITE|a1|b1|c1|200|OK|1764064800|anna|ben',
    'INVITE|a2|b2|c2|486|Busy|1764064801|anna|carl',
    'BYE|b1|a1|c1|200|OK|1764064830||',
    'INVITE|a3|b3|c3|200|OK|2026-11-25 11:00:00|dora|ed',
    'ACK|a3|b3|c3|200|OK|1764064840||',
  ];
  const calls = [{ id: 'c1', caller: 'anna', callee: 'ben', startedAt: 1_764_064_800_000, talkMs: 30_000 }];
  const format: CallLogFormat = { kind: 'kamailio', separator: '|' };
  t.deepEqual(read(rows.join('\n'), format), calls);
  // A file for each of its processes, in any order.
  t.deepEqual(
    readCallLogs(
      rows.reverse().map((row) => Buffer.from(row)),
      format,
      ZONE,
    ),
    calls,
  );
});

test('local times on the days when clocks change', (t) => {
  const at = (text: string) => new Date(instantIn(text, ZONE)).toISOString().slice(0, 16);
  t.is(at('2026-03-29 01:59:59'), '2026-03-29T00:59');
  t.is(at('2026-03-29 03:00:00'), '2026-03-29T01:00');
  t.is(at('2026-10-25 02:30:00'), '2026-10-25T00:30');
  t.is(at('2026-10-25 03:00:00'), '2026-10-25T02:00');
  t.is(instantIn('2026-02-30 10:00:00', ZONE), Number.NaN);
  t.is(instantIn('yesterday', ZONE), Number.NaN);
});
