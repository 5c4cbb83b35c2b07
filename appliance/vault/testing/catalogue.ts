/** Recordings and calls as the box would make them, for tests. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@belkluis/shared/base/manual-clock';
import { type NewRecording, openCatalogue } from '../catalogue.ts';
import type { NewCall } from '../rows.ts';
import { newRecording, recordingEnd } from './recordings.ts';

export const DAY = 24 * 3600_000;

export const newId = () => randomBytes(16).toString('hex');

/** Days of each class, a minimum when there is one. */
export const days = (
  contentDays: number,
  more: { trafficDays?: number; evidenceDays?: number; minimum?: number } = {},
) => ({
  contentDays,
  trafficDays: more.trafficDays ?? contentDays,
  evidenceDays: more.evidenceDays ?? contentDays,
  minimum: more.minimum === undefined ? null : { days: more.minimum, ground: 'MiFID II 16(7)' },
});

/** A catalogue on a disk, and what fills it. */
export function testCatalogue(clock = new ManualClock()) {
  const folder = mkdtempSync(join(tmpdir(), 'catalogue-'));
  const path = join(folder, 'catalogue.db');
  const catalogue = openCatalogue(path, clock);
  return {
    clock,
    path,
    catalogue,
    /** Begins a recording, ends it after `durationMs` (null: it goes on), and writes the record of its call. */
    add(
      changes: Partial<NewRecording> & {
        keep?: ReturnType<typeof days>;
        durationMs?: number | null;
        opened?: number;
      } = {},
    ): string {
      const { keep = days(30), durationMs = 5000, opened, ...row } = changes;
      const id = row.id ?? newId();
      const startedAt = row.startedAt ?? clock.now();
      const recording = newRecording(id, startedAt, keep, row);
      catalogue.begin(recording);
      if (durationMs === null) return id;
      catalogue.end(id, recordingEnd(startedAt + durationMs, durationMs));
      const call: NewCall = {
        id: recording.call,
        caller: recording.caller,
        callee: recording.callee,
        direction: recording.direction,
        startedAt,
        talkMs: durationMs,
        status: 200,
        recording: id,
        notRecorded: null,
        purpose: recording.purpose,
        rule: recording.rule,
        expiresAt: recording.trafficExpiresAt,
      };
      catalogue.addCall(call);
      if (opened !== undefined) catalogue.opened(id, startedAt + opened);
      return id;
    },
    /** Whether these bytes stand in any file of the catalogue, its write-ahead log included. */
    filesHold: (text: string): boolean =>
      readdirSync(folder).some((name) => readFileSync(join(folder, name)).includes(text)),
  };
}
