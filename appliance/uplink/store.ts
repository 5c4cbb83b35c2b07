/** The uplink's database: what waits, what was asked, and how far both counts are. */
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Event } from '@belkluis/shared/contract/event';
import type { Health } from '@belkluis/shared/contract/health';
import { openDatabase } from '../db/open.ts';
import { eventsBetween, type Wrong, wrongIn } from './alarms.ts';
import { openInbox } from './inbox.ts';
import { openOutbox } from './outbox.ts';
import { migrations } from './schema.ts';

export interface StoreOptions {
  readonly path: string;
  readonly boxId: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly chance: Chance;
}

/** @throws Problem of `appliance/db`. */
export function openStore({ path, boxId, clock, chance }: StoreOptions) {
  const database = openDatabase(path, { migrations });
  const outbox = openOutbox({ database, boxId, clock, chance });
  const inbox = openInbox({ database, outbox, clock });
  const conn = database.prepare('UPDATE state SET conn = conn + 1 RETURNING conn').pluck();
  const seq = database.prepare('SELECT seq FROM state').pluck();
  const readsAre = database.prepare('UPDATE state SET reads = ?');
  const reads = database.prepare('SELECT reads FROM state').pluck();
  const wrong = database.prepare('SELECT wrong FROM state').pluck();
  const wrongIs = database.prepare('UPDATE state SET wrong = ?');
  const desired = database.prepare('SELECT desired FROM state').pluck();
  const desiredIs = database.prepare('UPDATE state SET desired = ?');

  const sample = database.transaction((body: Health): readonly Event[] => {
    const after = wrongIn(body.findings);
    const events = eventsBetween(JSON.parse(wrong.get() as string) as Wrong, after);
    outbox.add('health', body);
    for (const event of events) outbox.add('event', event);
    if (events.length > 0) wrongIs.run(JSON.stringify(after));
    return events;
  });

  return {
    outbox,
    inbox,
    /** Queues a sample of health, and what came or went with it, together. */
    sample: (body: Health): readonly Event[] => sample.immediate(body) as readonly Event[],
    /** The number of a new connection: no two have the same, over restarts. */
    nextConnection: (): number => conn.get() as number,
    /** How many queued messages were ever sent. */
    seq: (): number => seq.get() as number,
    /** Version of the contract that the fleet reads. */
    reads: (): number => reads.get() as number,
    setReads: (version: number): void => void readsAre.run(version),
    /** SHA-256 of the desired policy that was last handed on; null: none was. */
    desired: (): string | null => desired.get() as string | null,
    setDesired: (hash: string): void => void desiredIs.run(hash),
    close: (): void => void database.close(),
  };
}

export type Store = ReturnType<typeof openStore>;
