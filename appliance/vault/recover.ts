/** At the start of the call process: what was being recorded when it died becomes a recording that was interrupted. */
import type { Clock } from '@belkluis/shared/base/clock';
import { toHex } from '@belkluis/shared/release/content-file';
import type { Catalogue } from './catalogue.ts';
import { cutTornTail, openContent } from './content.ts';
import type { Keystore } from './keystore.ts';
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

/** Ends every recording that has no end. No recording may be in progress when this runs. */
export async function recover(parts: RecoverParts): Promise<readonly Recovered[]> {
  const { catalogue, contentFolder, clock } = parts;
  eraseOrphans(parts);
  const recovered: Recovered[] = [];
  for (const { id, startedAt } of catalogue.inProgress()) {
    const content = await openContent(contentFolder, id);
    const tornBytes = content ? cutTornTail(contentFolder, content) : 0;
    const segments = content?.segments ?? [];
    const last = segments.at(-1);
    const durationMs = last ? last.startMs + last.durationMs : 0;
    catalogue.end(id, {
      endedAt: Math.min(clock.now(), startedAt + durationMs),
      reason: 'interrupted',
      codecs: [],
      durationMs,
      bytes: content?.wholeBytes ?? 0,
      segments: segments.length,
      gaps: 1,
      lost: 0,
      contentRoot: content ? toHex(content.contentRoot) : '',
    });
    recovered.push({ recording: id, segments: segments.length, tornBytes });
  }
  return recovered;
}
