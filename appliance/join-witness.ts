/** The fleet as witness of the audit log: what it is shown, and what its answer means here. */
import { parseCheckpoint } from '@belkluis/shared/audit/checkpoint';
import type { AuditEntry } from '@belkluis/shared/audit/event';
import { COSIGNATURE_V1, parseNote, parseSignature, publicKeyOf } from '@belkluis/shared/audit/note';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import { type Audit, hiddenCount } from '@belkluis/shared/contract/audit';
import type { Cosignature } from '@belkluis/shared/contract/cosignature';
import { MAX_HOURS } from '@belkluis/shared/contract/limits';
import type { Device } from './identity/device.ts';
import type { RunningLog } from './open-log.ts';
import { type FleetMemories, HOUR_MS } from './remember-fleet.ts';

/** Events after which the head is shown before its quarter of an hour is over: what a forger could take back unseen. */
const SHOW_AFTER_EVENTS = 1000;

/** How often the box believes a witness that it remembers less or more than was thought, ms: one that says so each time wears nobody out. */
const ASK_AGAIN_MS = 60_000;

const COUNTED = { release: 'released', export: 'exported', erased: 'erased' } as const;
type Counted = keyof typeof COUNTED;

interface Parts {
  readonly running: Pick<RunningLog, 'audit'>;
  readonly device: Pick<Device, 'privateKey'>;
  readonly memories: FleetMemories;
  readonly append: (entry: AuditEntry) => unknown;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly log: Log;
  /** Shows the head again, with what is known now. */
  readonly showAgain: () => void;
}

export interface FleetWitness {
  /** The head with its proof, and hours that are over. Null: nothing is new. */
  checkpoint(): Audit | null;
  told(audit: Audit): void;
  /** @throws what the log does when it takes nothing. */
  hear(answer: Cosignature): void;
  /** So much has happened since that it should be shown now. */
  isDue(): boolean;
}

export function joinWitness({ running, device, memories, append, clock, log, showAgain }: Parts): FleetWitness {
  const { audit } = running;
  /** Size that the witness said it remembers; null: what it signed last, as the log has it. */
  let believed: number | null = null;
  let shown = audit.size();
  let askedAgainAt = -ASK_AGAIN_MS;
  /** Where counting may begin, once the hours are told that were counted last. */
  let countFrom = 0;

  const remembered = (): number => {
    const name = memories.read()?.witness?.name;
    return believed ?? audit.witnesses().find((one) => one.name === name)?.size ?? 0;
  };

  /** Whole hours that were not told; of a longer silence the newest. */
  function hoursOver(): Audit['hours'] {
    const memory = memories.read();
    if (!memory) return [];
    const until = Math.floor(clock.now() / HOUR_MS) * HOUR_MS;
    const from = Math.max(memory.toldUntil, until - MAX_HOURS * HOUR_MS);
    if (from >= until) return [];
    const size = audit.size();
    const events = audit.from(memory.countFrom, Object.keys(COUNTED) as Counted[]);
    countFrom = events.find(({ at }) => at >= until)?.index ?? size;
    const countOf = (hour: number, kind: Counted): number | null =>
      hiddenCount(events.filter((one) => one.kind === kind && one.at >= hour && one.at < hour + HOUR_MS).length);
    return Array.from({ length: (until - from) / HOUR_MS }, (_, step) => {
      const hour = from + step * HOUR_MS;
      return {
        hour,
        released: countOf(hour, 'release'),
        exported: countOf(hour, 'export'),
        erased: countOf(hour, 'erased'),
      };
    });
  }

  function refuse(outcome: 'fork' | 'rollback' | 'inconsistent', size: number): void {
    const before = memories.read()?.refused;
    if (before?.outcome === outcome && before.remembered === size) return;
    append({ kind: 'witness_refused', actor: 'box', facts: { outcome, size: audit.size(), remembered: size } });
    memories.change({ refused: { outcome, remembered: size, at: clock.now() } });
    log('witness_refused', { outcome, remembered: size });
  }

  function cosigned({ size, key, line }: Extract<Cosignature, { outcome: 'cosigned' }>): void {
    const memory = memories.read();
    const name = parseSignature(line)?.name;
    if (!memory || name === undefined) return;
    const { witness, refused } = memory;
    if (witness && (witness.name !== name || witness.key !== key)) {
      log('witness_other', { name });
      return;
    }
    try {
      audit.cosign(size, { name, type: COSIGNATURE_V1, publicKey: publicKeyOf(Buffer.from(key, 'base64')) }, line);
    } catch (error) {
      if ((error as { code?: string }).code !== 'cosignature_invalid') throw error;
      log('witness_cosignature_invalid', { size });
      return;
    }
    if (!witness) memories.change({ witness: { name, key } });
    // The log knows now.
    believed = null;
    // It has signed what continues what it remembered when it refused.
    if (refused && size >= refused.remembered) memories.change({ refused: null });
  }

  return {
    checkpoint() {
      const note = parseNote(audit.checkpoint(device.privateKey))!;
      const { origin, size } = parseCheckpoint(note.text)!;
      const own = note.signatures.find(({ name }) => name === origin)!;
      const known = remembered();
      shown = size;
      const hours = hoursOver();
      if (known === size && hours.length === 0) return null;
      // One that remembers more says so itself, with what it has: it is asked as if it had nothing.
      const old = known > size ? 0 : known;
      const proof = audit.consistency(old, size).map((hash) => hash.toString('base64'));
      return { old, proof, note: `${note.text}\n${own.line}\n`, hours };
    },
    told({ hours }) {
      const last = hours.at(-1);
      if (last) memories.change({ toldUntil: last.hour + HOUR_MS, countFrom });
    },
    hear(answer) {
      switch (answer.outcome) {
        case 'cosigned':
          return cosigned(answer);
        case 'fork':
        case 'rollback':
        case 'inconsistent':
          return refuse(answer.outcome, answer.size);
        case 'conflict': {
          const now = clock.monotonic();
          if (answer.size === believed || now - askedAgainAt < ASK_AGAIN_MS) return;
          believed = answer.size;
          askedAgainAt = now;
          return showAgain();
        }
        default:
          log('witness_refused', { outcome: answer.outcome });
      }
    },
    isDue: () => audit.size() - shown >= SHOW_AFTER_EVENTS,
  };
}
