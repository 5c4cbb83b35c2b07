/** At the start of the call process: what was being recorded when it died becomes a recording that was interrupted. */
import type { Clock } from '@belkluis/shared/base/clock';
import { toHex } from '@belkluis/shared/release/content-file';
import type { Catalogue, Recording } from './catalogue.ts';
import { cutTornTail, openContent } from './content.ts';
import type { Keystore } from './keystore/keystore.ts';
import { eraseOrphans } from './purge.ts';

export interface Recovered {
  readonly recording: string;
  readonly segments: number;
  /** Bytes of a segment that was being written. */
  readonly tornBytes: number;
}

export interface RecoverParts {
  readonly catalogue: Catalogue;
  readonly keystore: Keystore;
  readonly contentFolder: string;
  readonly clock: Clock;
}

/** The call of an interrupted recording ended without a word: its record is made of what the recording knows. */
function addCall(catalogue: Catalogue, recording: Recording, endedAt: number): void {
  const { call, caller, callee, direction, announcedAt, policyHash, purpose, rule, trafficExpiresAt, id } = recording;
  if (caller === null || callee === null || catalogue.call(call) !== null) return;
  catalogue.addCall({
    id: call,
    caller,
    callee,
    direction,
    startedAt: announcedAt,
    talkMs: Math.max(0, endedAt - announcedAt),
    status: 200,
    recording: id,
    notRecorded: null,
    policyHash,
    purpose,
    rule,
    expiresAt: trafficExpiresAt,
  });
}

/** Ends every recording that has no end. No recording may be in progress when this runs. */
export async function recover(parts: RecoverParts): Promise<readonly Recovered[]> {
  const { catalogue, contentFolder, clock } = parts;
  eraseOrphans(parts);
  const recovered: Recovered[] = [];
  for (const recording of catalogue.inProgress()) {
    const { id, startedAt } = recording;
    const content = await openContent(contentFolder, id);
    const tornBytes = content ? cutTornTail(contentFolder, content) : 0;
    const segments = content?.segments ?? [];
    const last = segments.at(-1);
    const durationMs = last ? last.startMs + last.durationMs : 0;
    const endedAt = Math.min(clock.now(), startedAt + durationMs);
    catalogue.end(id, {
      endedAt,
      reason: 'interrupted',
      codecs: [],
      durationMs,
      bytes: content?.wholeBytes ?? 0,
      segments: segments.length,
      gaps: 1,
      lost: 0,
      contentRoot: content ? toHex(content.contentRoot) : '',
    });
    addCall(catalogue, recording, endedAt);
    recovered.push({ recording: id, segments: segments.length, tornBytes });
  }
  return recovered;
}
