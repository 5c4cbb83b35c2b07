/** Recordings for tests of this room, as rows. */
import type { NewRecording, RecordingEnd } from '../catalogue.ts';
import { expiriesOf } from '../retention.ts';

type Days = Parameters<typeof expiriesOf>[1];

/** The same term for every class. */
export const sameDays = (days: number): Days => ({
  contentDays: days,
  trafficDays: days,
  evidenceDays: days,
  minimum: null,
});

/** A recording that begins now. */
export const newRecording = (
  id: string,
  startedAt: number,
  keep: Days,
  changes: Partial<NewRecording> = {},
): NewRecording => ({
  id,
  call: `call-${id}`,
  purpose: 'complaints',
  purposeName: 'Complaints',
  level: 'standard',
  mayOpen: ['custodian'],
  rule: 'r',
  policyVersion: 1,
  policyHash: 'h',
  announcementHash: 'a',
  announcedAt: startedAt,
  recipients: ['f'.repeat(40)],
  caller: 'anna-0612345678',
  callee: 'ben',
  direction: 'internal',
  startedAt,
  uses: ['complaint', 'supervision', 'data-subject'],
  ...expiriesOf(startedAt, keep),
  ...changes,
});

/** The end of one, in order. */
export const recordingEnd = (
  endedAt: number,
  durationMs: number,
  changes: Partial<RecordingEnd> = {},
): RecordingEnd => ({
  endedAt,
  reason: 'finished',
  codecs: ['PCMA'],
  durationMs,
  bytes: 1,
  segments: 1,
  gaps: 0,
  lost: 0,
  contentRoot: 'r',
  ...changes,
});

interface Wanted {
  readonly days?: number;
  readonly trafficDays?: number;
  readonly evidenceDays?: number;
  readonly minimum?: { readonly days: number; readonly ground: string } | null;
  readonly bytes?: number;
  readonly contentRoot?: string;
  readonly caller?: string;
}

/** A recording from beginning to end. */
export const endedRecording = (
  id: string,
  startedAt: number,
  {
    days = 1,
    trafficDays = days,
    evidenceDays = 30,
    minimum = null,
    bytes = 1,
    contentRoot = 'r',
    caller = 'anna-0612345678',
  }: Wanted = {},
): readonly [NewRecording, RecordingEnd] => [
  newRecording(id, startedAt, { contentDays: days, trafficDays, evidenceDays, minimum }, { caller }),
  recordingEnd(startedAt + 10_000, 10_000, { bytes, segments: 2, contentRoot }),
];
