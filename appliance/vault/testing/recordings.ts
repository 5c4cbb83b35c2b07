/** Recordings for tests of this room, as rows. */
import type { NewRecording, RecordingEnd } from '../catalogue.ts';
import { expiriesOf } from '../retention.ts';

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
export function endedRecording(
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
): readonly [NewRecording, RecordingEnd] {
  return [
    {
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
      caller,
      callee: 'ben',
      direction: 'internal',
      startedAt,
      ...expiriesOf(startedAt, { contentDays: days, trafficDays, evidenceDays, minimum }),
    },
    {
      endedAt: startedAt + 10_000,
      reason: 'finished',
      codecs: ['PCMA'],
      durationMs: 10_000,
      bytes,
      segments: 2,
      gaps: 0,
      lost: 0,
      contentRoot,
    },
  ];
}
