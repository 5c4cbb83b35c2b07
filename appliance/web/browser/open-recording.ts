/** From a key and the box's answers to sound: everything between the button and the player. */

import { type OpenSegment, readSegment } from '@belkluis/shared/release/matroska';
import type { PrivateKey, SessionKey } from 'openpgp';
import { openSegment, unwrap } from './custodian-key.ts';
import { Refusal } from './refusal.ts';
import { type ExpectedContent, type PlacedSegment, readSealedContent } from './sealed-content.ts';
import { decodeParts, type Part, type Sound } from './sound.ts';

export type Mark =
  | { readonly kind: 'damaged' | 'missing'; readonly atMs: number; readonly lengthMs: number }
  | { readonly kind: 'dropped'; readonly atMs: number; readonly lengthMs: number; readonly frames: number }
  | { readonly kind: 'part'; readonly atMs: number; readonly lengthMs: 0 };

export interface OpenedRecording {
  readonly sound: Sound;
  readonly durationMs: number;
  readonly marks: readonly Mark[];
  /** Segments that opened and were what was sealed, of how many there should be. */
  readonly whole: number;
  readonly all: number;
}

export type Stage =
  | { readonly at: 'asking' | 'fetching' }
  | { readonly at: 'opening'; readonly segment: number; readonly of: number };

export interface OpenRequest {
  readonly expected: ExpectedContent;
  /** Length by the catalogue, ms. */
  readonly durationMs: number;
  readonly key: PrivateKey;
  /** Reason and case number. */
  readonly reason: URLSearchParams;
  readonly onStage: (stage: Stage) => void;
}

async function ask(path: string, init: RequestInit): Promise<Uint8Array> {
  let response: Response;
  try {
    response = await fetch(path, { ...init, headers: { Accept: 'application/octet-stream' } });
  } catch (cause) {
    throw new Refusal('offline', undefined, cause);
  }
  if (response.ok) return new Uint8Array(await response.arrayBuffer());
  const told = await response.json().then(
    (body: { text?: unknown }) => (typeof body.text === 'string' ? body.text : undefined),
    () => undefined,
  );
  throw new Refusal('refused', told);
}

/** Tells the box that what was opened is saved as a file: it logs, or refuses. @throws Refusal. */
export async function askToSave(id: string, reason: URLSearchParams): Promise<void> {
  await ask(`/recordings/${id}/export`, { method: 'POST', body: reason });
}

/** Whether what was inside the seal belongs in the place where it was found. */
const belongs = ({ facts }: OpenSegment, segment: PlacedSegment, id: string): boolean =>
  facts !== null &&
  facts.recording === id &&
  facts.number === segment.number &&
  facts.part === segment.part &&
  facts.startMs === segment.startMs;

interface Collected {
  readonly parts: Part[];
  readonly marks: Mark[];
  whole: number;
}

function take(collected: Collected, segment: PlacedSegment, open: OpenSegment | null): void {
  const { startMs: atMs, durationMs: lengthMs } = segment;
  const part = open?.codecs ? { codecs: open.codecs, blocks: [] } : collected.parts.at(-1);
  // Without the head of its part a segment is packets of an unknown codec.
  if (!open || !part) {
    collected.marks.push({ kind: 'damaged', atMs, lengthMs });
    return;
  }
  if (open.codecs) {
    if (collected.parts.length > 0) collected.marks.push({ kind: 'part', atMs, lengthMs: 0 });
    collected.parts.push({ codecs: open.codecs, blocks: open.blocks });
  } else {
    collected.parts.splice(-1, 1, { codecs: part.codecs, blocks: [...part.blocks, ...open.blocks] });
  }
  const dropped = open.facts?.dropped ?? 0;
  if (dropped > 0) collected.marks.push({ kind: 'dropped', atMs, lengthMs, frames: dropped });
  collected.whole++;
}

/**
 * Asks the box for the wraps (it logs first), then for the sealed file, and opens it here. The session key is gone when this returns.
 * @throws Refusal.
 */
export async function openRecording({
  expected,
  durationMs,
  key,
  reason,
  onStage,
}: OpenRequest): Promise<OpenedRecording> {
  const base = `/recordings/${expected.id}`;
  onStage({ at: 'asking' });
  const wraps = await ask(`${base}/release`, { method: 'POST', body: reason });
  const sessionKey: SessionKey = await unwrap(wraps, key);
  try {
    onStage({ at: 'fetching' });
    const content = await readSealedContent(await ask(`${base}/content`, {}), expected);
    const collected: Collected = { parts: [], marks: [], whole: 0 };
    for (const segment of content.segments) {
      onStage({ at: 'opening', segment: segment.number + 1, of: content.segments.length });
      const plain = segment.intact ? await openSegment(segment.sealed, sessionKey) : null;
      const open = plain && readSegment(plain);
      take(collected, segment, open && belongs(open, segment, expected.id) ? open : null);
    }
    const last = content.segments.at(-1);
    const endMs = last ? last.startMs + last.durationMs : 0;
    if (content.missing) {
      collected.marks.push({ kind: 'missing', atMs: endMs, lengthMs: Math.max(0, durationMs - endMs) });
    }
    const totalMs = Math.max(endMs, durationMs);
    const sound = await decodeParts(collected.parts, totalMs);
    const all = Math.max(expected.segments, content.segments.length);
    return { sound, durationMs: totalMs, marks: collected.marks, whole: collected.whole, all };
  } finally {
    sessionKey.data.fill(0);
  }
}
