/** Events that somebody was told are in the log, and checkpoints that a witness keeps. */
import { isDeepStrictEqual } from 'node:util';
import { openCheckpoint } from '@belkluis/shared/audit/checkpoint';
import { type AuditEntry, impersonalKinds } from '@belkluis/shared/audit/event';
import { verifyConsistency } from '@belkluis/shared/audit/merkle';
import type { Journal } from '../journal.ts';
import type { Work, World } from '../world.ts';

const WORK = 'audit';

/** Appends for any work; the journal remembers the places and the whole events. */
export function appendAll({ audit, say }: Pick<World, 'audit' | 'say'>, entries: readonly AuditEntry[]) {
  const appended = audit.appendAll(entries);
  for (const [at, { index }] of appended.entries()) {
    const { kind, facts } = entries[at]!;
    say(WORK, 'appended', { index, event: JSON.stringify({ kind, facts }) });
  }
  return appended;
}

export const append = (world: Pick<World, 'audit' | 'say'>, entry: AuditEntry) => appendAll(world, [entry])[0]!;

const isAccess = (event: string) => !impersonalKinds.has((JSON.parse(event) as AuditEntry).kind);

function checkEvents(world: World, journal: Journal): string[] {
  const { size } = world.audit.head();
  const logged = world.audit.recent(size, 0);
  const stored = new Map(logged.map(({ index, event }) => [index, event]));
  const forgotten = new Set(
    logged.flatMap(({ event }) =>
      event?.kind === 'events_forgotten'
        ? event.facts.runs.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, n) => first + n))
        : [],
    ),
  );
  return journal.of(WORK, 'appended').flatMap(({ index, event }) => {
    const there = stored.get(index as number);
    // Forgotten on its day, as access events are; that it was there, and which, the tree says.
    if (there === null && isAccess(event as string) && forgotten.has(index as number)) return [];
    const same = there && isDeepStrictEqual({ kind: there.kind, facts: there.facts }, JSON.parse(event as string));
    return same ? [] : [`audit: event ${index} is ${JSON.stringify(there ?? null)}, was ${event}`];
  });
}

/** What a witness asks of every checkpoint that it was ever shown. */
function checkWitness(world: World, journal: Journal): string[] {
  const head = world.audit.head();
  return journal.of(WORK, 'signed').flatMap(({ note }) => {
    const seen = openCheckpoint(note as string, world.keys.publicKey);
    if (seen === null) return ['audit: a checkpoint does not verify'];
    if (seen.size > head.size) return [`audit: ${head.size} events, a witness saw ${seen.size}`];
    const proof = world.audit.consistency(seen.size, head.size);
    const grew = verifyConsistency(seen.size, seen.root, head.size, head.root, proof);
    return grew ? [] : [`audit: not the log that the witness saw at ${seen.size}`];
  });
}

export const audit: Work = {
  name: WORK,
  role: 'desk',
  weight: 3,
  run(world) {
    if (world.random.onceIn(6)) {
      world.audit.forgetExpired(world.clock.now());
      return;
    }
    if (world.random.onceIn(3)) {
      world.say(WORK, 'signed', { note: world.audit.checkpoint(world.keys.privateKey) });
      return;
    }
    const recording = world.random.bytes(16).toString('hex');
    append(world, { kind: 'view', actor: 'anna', facts: { recording } });
  },
  check(world, journal) {
    const verdict = world.audit.verify(world.keys.publicKey);
    if (!verdict.ok) return [`audit: ${verdict.what} at ${verdict.index}`];
    return [...checkEvents(world, journal), ...checkWitness(world, journal)];
  },
};
