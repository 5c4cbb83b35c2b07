/** The witness of boxes' logs, with the key that each box proved when it was enrolled. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { rawPublicKey } from '@belkluis/shared/audit/note';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import { checkpointRequest } from '@belkluis/shared/contract/audit';
import { type BoxWitnessOptions, type Evidence, openBoxWitness } from './audit/witness.ts';
import type { IngestPorts } from './join-ingest.ts';
import type { Rooms } from './open-rooms.ts';
import type { Scope } from './tenants/scope.ts';

/** Looks this often for boxes whose log is not heard of, ms. */
export const SILENT_EVERY_MS = 5 * 60_000;

const keyIn = (spki: string): KeyObject =>
  createPublicKey({ key: Buffer.from(spki, 'base64'), format: 'der', type: 'spki' });

export function joinWitness(
  { database, audit, enrolment, witness, alerts }: Rooms,
  clock: Pick<Clock, 'now'>,
  log: Log,
  alarm: BoxWitnessOptions['raise'],
) {
  const logs = openBoxWitness({
    database: database.kysely,
    clock,
    witness,
    async logKeyOf(box) {
      const known = await enrolment.boxOf(box);
      return known && keyIn(known.auditKey);
    },
    append: audit.append,
    raise(found, transaction) {
      log('witness_alarm', { kind: found.kind, box: found.box });
      return alarm(found, transaction);
    },
  });
  const key = rawPublicKey(createPublicKey(witness.privateKey)).toString('base64');
  const port: IngestPorts['witness'] = async (box, checkpoint) => {
    const said = await logs.add(box, checkpointRequest(checkpoint));
    if (said.outcome !== 'cosigned') return said;
    return { outcome: said.outcome, size: said.memory.size, key, line: said.cosignature.trimEnd() };
  };
  return {
    logs,
    witness: port,
    findSilent: () => logs.findSilent(),
    dismiss: (box: string) => logs.dismiss(box),
    /** What the box of an alert signed that cannot both be true, oldest first; nothing where it is of no box. @throws Problem `alert_unknown`. */
    async evidenceOf(scope: Scope, alert: string): Promise<readonly Evidence[]> {
      const { box } = await alerts.list.get(scope, alert);
      return box === null ? [] : logs.evidence(box.id);
    },
  };
}
