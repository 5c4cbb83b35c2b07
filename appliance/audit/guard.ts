/** Before the box runs on its log: is it what others remember of it? An old copy that was put back is shorter; another history differs. */
import { type Checkpoint, parseOrigin } from '@belkluis/shared/audit/checkpoint';
import type { AuditLog } from './log.ts';
import { problem } from './problems.ts';

/** What the guard asks of a log. */
export type GuardedLog = Pick<AuditLog, 'deviceId' | 'size' | 'generation' | 'openings' | 'rootAt'>;

/** How many events of generation `generation` a log has: up to where the next one was opened. */
function endOf(log: GuardedLog, generation: number): number {
  const next = log.openings().find(({ facts }) => facts.generation > generation);
  return next ? next.position : log.size();
}

/**
 * Refuses a log that does not continue a checkpoint that somebody remembers: a witness, or the log's own newest cosigned one.
 * Null: nothing is remembered, and nothing can be said.
 * @throws Problem `audit_rolled_back`, `audit_forked`.
 */
export function checkAgainstWitness(log: GuardedLog, memory: Checkpoint | null): void {
  if (!memory) return;
  const origin = parseOrigin(memory.origin);
  if (origin?.deviceId !== log.deviceId) throw problem('audit_forked', `remembered is ${memory.origin}`);
  const { generation } = origin;
  if (generation > log.generation) {
    throw problem('audit_rolled_back', `generation ${log.generation}; remembered is ${generation}`);
  }
  // A later generation may be longer than what is remembered, and yet have lost its end.
  const size = endOf(log, generation);
  if (size < memory.size) throw problem('audit_rolled_back', `${size} events; remembered are ${memory.size}`);
  if (!log.rootAt(memory.size).equals(memory.root)) throw problem('audit_forked', `at ${memory.size} events`);
}

/**
 * Checks a log at the start of a process: against its own newest cosigned checkpoint, and against what each witness remembers.
 * @throws Problem `audit_rolled_back`, `audit_forked`.
 */
export function refuseOlderLog(
  log: GuardedLog & Pick<AuditLog, 'lastCosigned'>,
  memories: readonly (Checkpoint | null)[],
): void {
  for (const memory of [log.lastCosigned(), ...memories]) checkAgainstWitness(log, memory);
}
