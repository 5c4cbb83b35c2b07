/** Whether a place is this box's, and what it has. */
import { z } from 'zod';
import { bodyOf, type Destination } from './destination.ts';
import { type Latest, readLatest } from './latest.ts';
import { BOX_OBJECT, LATEST_OBJECT, leavesEnd, recordingOf } from './layout.ts';
import type { BackupParts } from './parts.ts';
import { problem } from './problems.ts';
import { readSmall } from './small.ts';

const boxSchema = z.strictObject({ deviceId: z.string().min(1).max(100) });

async function isEmpty(destination: Destination): Promise<boolean> {
  for await (const _ of destination.list('')) return false;
  return true;
}

/** The newest snapshot that is named by a signature, whoever's; null when there is none. */
export async function latestAt(destination: Destination, fingerprint: string | null): Promise<Latest | null> {
  const text = await readSmall(destination, LATEST_OBJECT);
  return text === null ? null : readLatest(text, fingerprint);
}

/**
 * Makes sure that a place is empty or this box's own, and marks it: what this box does not know is removed there.
 * @throws Problem `destination_foreign`, `destination_ahead`.
 */
export async function claim({ deviceId, log, state }: BackupParts, destination: Destination): Promise<void> {
  const mark = await readSmall(destination, BOX_OBJECT);
  if (mark === null) {
    if (!(await isEmpty(destination))) throw problem('destination_foreign', destination.name);
    // A new disk in the place of an old one has nothing of what is remembered.
    state.reset(destination.name);
    await destination.write(BOX_OBJECT, bodyOf(JSON.stringify({ deviceId })));
    return;
  }
  let owner: string | null;
  try {
    owner = boxSchema.parse(JSON.parse(mark)).deviceId;
  } catch {
    owner = null;
  }
  if (owner !== deviceId) throw problem('destination_foreign', destination.name);
  const latest = await latestAt(destination, null);
  if (!latest || latest.deviceId !== deviceId) return;
  const { generation } = log;
  const { size } = log.head();
  if (latest.generation > generation || (latest.generation === generation && latest.logSize > size)) {
    throw problem(
      'destination_ahead',
      `generation ${latest.generation}, ${latest.logSize} events; here ${generation}, ${size}`,
    );
  }
}

/** Learns from a listing what the destination has, when it is not remembered. */
export async function rebuildState({ state, log }: BackupParts, destination: Destination): Promise<void> {
  if (state.isListed(destination.name)) return;
  const found: { recording: string; bytes: number }[] = [];
  for await (const { name, bytes } of destination.list('content/')) {
    const recording = recordingOf(name);
    if (recording) found.push({ recording, bytes });
  }
  let size = 0;
  for await (const { name } of destination.list('log/')) size = Math.max(size, leavesEnd(name, log.generation) ?? 0);
  state.rebuild(destination.name, found, log.generation, size);
}
