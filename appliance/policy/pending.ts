/** The one policy that waits, as a file: as it was signed, since when, and who has approved it. */
import { z } from 'zod';
import { approvalSchema, policyFiles, readIfThere, type WriteFile } from './store.ts';

const waitingSchema = z.strictObject({
  signed: z.string(),
  /** Wall clock, ms. */
  arrivedAt: z.number().int().nonnegative(),
  /** A person's id, or the box's part that brought it. */
  by: z.string(),
  approval: approvalSchema.nullable(),
});

export type Waiting = z.infer<typeof waitingSchema>;

/** Null: nothing waits, or what is there cannot be read: then it is worth nothing. */
export function readWaiting(folder: string): Waiting | null {
  const text = readIfThere(policyFiles(folder).pending);
  if (text === null) return null;
  try {
    return waitingSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

export const writeWaiting = (folder: string, waiting: Waiting, writeFile: WriteFile): void =>
  writeFile(policyFiles(folder).pending, JSON.stringify(waiting));
