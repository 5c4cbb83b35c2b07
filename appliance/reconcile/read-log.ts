/** Reads call logs: CSV as PBXs and carriers write it (RFC 4180 and its cousins), and rows of kamailio's acc table. */
import { parse } from 'csv-parse/sync';
import type { CallLogFormat } from '../lines/call-log.ts';
import { MAX_LOG_BYTES, MAX_LOGGED_CALLS } from './limits.ts';
import type { LoggedCall } from './logged-call.ts';
import { problem } from './problems.ts';
import { instantIn } from './time-zone.ts';

type Row = readonly string[];

/**
 * The calls in the files of one log. Kamailio writes a file for each of its processes, so a call may begin in one and end in another.
 * @throws Problem `call_log_too_large`, `call_log_malformed` with the line.
 */
export function readCallLogs(files: readonly Buffer[], format: CallLogFormat, timeZone: string): readonly LoggedCall[] {
  const read = files.map((bytes) => rowsIn(bytes, format));
  if (format.kind === 'kamailio') return fromKamailio(read.flat(), timeZone);
  return read.flatMap((rows) => fromCsv(rows, format, timeZone));
}

function rowsIn(bytes: Buffer, { separator }: CallLogFormat): Row[] {
  if (bytes.length > MAX_LOG_BYTES) throw problem('call_log_too_large', `${bytes.length} bytes`);
  try {
    return parse(bytes, {
      delimiter: separator,
      bom: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      trim: true,
      to: MAX_LOGGED_CALLS * 3,
    }) as Row[];
  } catch (cause) {
    throw problem('call_log_malformed', `line ${(cause as { lines?: number }).lines ?? '?'}`, cause);
  }
}

type CsvFormat = Extract<CallLogFormat, { kind: 'csv' }>;
type Place = CsvFormat['columns']['caller'];

function fromCsv(rows: readonly Row[], { columns, time }: CsvFormat, timeZone: string): readonly LoggedCall[] {
  const named = Object.values(columns).some((column) => typeof column === 'string');
  const [head = [], ...body] = named ? rows : [[], ...rows];
  const at = (column: Place): number => (typeof column === 'number' ? column : head.indexOf(column));
  const missing = Object.values(columns).find((column) => column !== undefined && at(column) < 0);
  if (missing !== undefined && rows.length > 0) throw problem('call_log_malformed', `there is no column ${missing}`);
  return body.map((row, index) => {
    const line = `line ${index + (named ? 2 : 1)}`;
    const field = (column: Place) => row[at(column)] ?? '';
    const startedAt = instantOf(field(columns.startedAt), time, timeZone);
    const talkMs = durationOf(field(columns.duration));
    if (Number.isNaN(startedAt)) throw problem('call_log_malformed', `${line}: when it began`);
    if (Number.isNaN(talkMs)) throw problem('call_log_malformed', `${line}: how long it was`);
    const id = columns.id === undefined ? null : field(columns.id) || null;
    return { id, caller: field(columns.caller), callee: field(columns.callee), startedAt, talkMs };
  });
}

/** NaN: not an instant. */
function instantOf(text: string, time: CsvFormat['time'], timeZone: string): number {
  switch (time) {
    case 'unix':
      return /^\d{9,11}(\.\d+)?$/.test(text) ? Number(text) * 1000 : Number.NaN;
    case 'iso':
      // Without an offset JavaScript takes the machine's own zone, which nobody meant.
      return /(Z|[+-]\d\d:?\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
    case 'local':
      return instantIn(text, timeZone);
  }
}

/** Seconds or `hh:mm:ss`, in ms. NaN: neither. */
function durationOf(text: string): number {
  if (text === '') return 0;
  if (/^\d{1,7}(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const clock = /^(\d{1,3}):([0-5]\d):([0-5]\d)$/.exec(text);
  return clock ? (Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3])) * 1000 : Number.NaN;
}

/** Calls out of the requests that answered them and ended them: an INVITE with 200, and the BYE of the same dialog, from either side. */
function fromKamailio(rows: readonly Row[], timeZone: string): readonly LoggedCall[] {
  const calls = new Map<string, LoggedCall>();
  const ended = new Map<string, number>();
  const dialogOf = (callId: string, one: string, other: string) => [callId, ...[one, other].sort()].join('\n');
  rows.forEach((row, index) => {
    const [method, fromTag = '', toTag = '', callId = '', code, , time = '', caller = '', callee = ''] = row;
    if (method !== 'INVITE' && method !== 'BYE') return;
    const at = /^\d{9,11}$/.test(time) ? Number(time) * 1000 : instantIn(time, timeZone);
    if (Number.isNaN(at)) throw problem('call_log_malformed', `line ${index + 1}: when it was`);
    const dialog = dialogOf(callId, fromTag, toTag);
    if (method === 'BYE') ended.set(dialog, at);
    else if (code?.startsWith('2')) calls.set(dialog, { id: callId, caller, callee, startedAt: at, talkMs: 0 });
  });
  // One that has not ended by this log is looked at when it has.
  return [...calls].flatMap(([dialog, call]) => {
    const end = ended.get(dialog);
    return end === undefined ? [] : [{ ...call, talkMs: Math.max(0, end - call.startedAt) }];
  });
}
