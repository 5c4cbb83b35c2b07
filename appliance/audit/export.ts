/** The log as lines of JSON, in order: what `belkluis-verify` reads when the database must stay where it is. */
import { parseCheckpoint } from '@belkluis/shared/audit/checkpoint';
import { parseNote, rawPublicKey } from '@belkluis/shared/audit/note';
import type { AuditLog } from './log.ts';

const EXPORT_TYPE = 'belkluis/audit-export@1';

/** Leaves read at a time. */
const BATCH = 1000;

export type ExportLine =
  | {
      readonly type: typeof EXPORT_TYPE;
      readonly deviceId: string;
      readonly size: number;
      readonly signer: string | null;
    }
  | { readonly index: number; readonly leaf: string; readonly salt: string | null; readonly event: string | null }
  | { readonly size: number; readonly checkpoint: string };

/** Every event up to the checkpoint `note`, and behind each the checkpoint that was signed there, with its cosignatures. */
export function* exportLines(log: AuditLog, note: string): Generator<ExportLine> {
  const size = parseCheckpoint(parseNote(note)?.text ?? '')?.size ?? 0;
  const signer = log.signer();
  yield {
    type: EXPORT_TYPE,
    deviceId: log.deviceId,
    size,
    signer: signer && rawPublicKey(signer).toString('base64'),
  };
  let next = 0;
  const sizes = log.checkpointSizes();
  for (let from = 0; from <= size; from += BATCH) {
    const leaves = log.leaves(from, Math.min(size, from + BATCH));
    for (let index = from; index < Math.min(size + 1, from + BATCH); index++) {
      if (sizes[next] === index) {
        yield { size: index, checkpoint: log.checkpointAt(index)! };
        next += 1;
      }
      if (index === size) return;
      const kept = log.leafOf(index);
      yield {
        index,
        leaf: leaves.toString('base64', (index - from) * 32, (index - from + 1) * 32),
        salt: kept?.salt.toString('base64') ?? null,
        event: kept?.body ?? null,
      };
    }
  }
}
