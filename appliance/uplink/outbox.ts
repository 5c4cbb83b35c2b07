/**
 * What waits for the fleet. A message that was added is on the disk; it leaves when the broker has acknowledged it. What there is no more room or
 * time for is counted, and the count is told.
 */
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { commitPoint } from '@belkluis/shared/base/commit-point';
import { newUlid } from '@belkluis/shared/base/ulid';
import { csr } from '@belkluis/shared/contract/csr';
import { type Event, event } from '@belkluis/shared/contract/event';
import { type Health, health } from '@belkluis/shared/contract/health';
import { MAX_COUNT } from '@belkluis/shared/contract/limits';
import { type Message, stamp } from '@belkluis/shared/contract/message';
import { response } from '@belkluis/shared/contract/response';
import type { Database } from 'better-sqlite3';
import { MAX_AGE_MS, MAX_WAITING, MAX_WAITING_BYTES, ROLL_AFTER_MS, ROLL_STEP_MS } from './limits.ts';
import { rollUp } from './roll-up.ts';

const messages = { health, event, response, csr };

export type Queued = keyof typeof messages;

/** What may be given up, and of how many messages it is. */
const GIVEN_UP = `SELECT place, kind, made_at, iif(kind = 'health', json_extract(content, '$.samples'), 1) AS messages
  FROM outbox WHERE seq IS NULL AND kept = 0`;

/** Rows that are given up at once: one transaction stays short. */
const BATCH = 100;

interface Row {
  readonly place: number;
  readonly kind: Queued;
  readonly message: string;
  readonly command: string | null;
  readonly seq: number | null;
  readonly made_at: number;
  readonly form: number;
  readonly content: string;
}

interface GivenUp {
  readonly place: number;
  readonly kind: Queued;
  readonly made_at: number;
  readonly messages: number;
}

/** A message as it is sent. */
export interface Outgoing {
  readonly place: number;
  readonly topic: string;
  readonly bytes: Buffer;
}

export interface OutboxOptions {
  readonly database: Database;
  readonly boxId: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly chance: Chance;
  readonly limits?: { readonly waiting: number; readonly bytes: number };
}

export function openOutbox({ database, boxId, clock, chance, limits }: OutboxOptions) {
  const { waiting, bytes } = limits ?? { waiting: MAX_WAITING, bytes: MAX_WAITING_BYTES };
  const insert = database.prepare(
    `INSERT INTO outbox (kind, message, command, made_at, form, content, bytes, kept)
     VALUES (@kind, @message, @command, @madeAt, @form, @content, length(CAST(@content AS BLOB)), @kept)`,
  );
  const total = database.prepare('SELECT count(*) AS count, coalesce(sum(bytes), 0) AS bytes FROM outbox');
  const next = database.prepare('SELECT * FROM outbox WHERE place > ? ORDER BY place LIMIT 1');
  const count = database.prepare('UPDATE state SET seq = seq + 1 RETURNING seq').pluck();
  const counted = database.prepare('SELECT seq FROM state').pluck();
  const number = database.prepare('UPDATE outbox SET seq = ? WHERE place = ?');
  const remove = database.prepare('DELETE FROM outbox WHERE place = ?');
  const reads = database.prepare('SELECT reads FROM state').pluck();
  // Steps with more than one sample: what was rolled up is not read again.
  const steps = database
    .prepare(
      `SELECT made_at / ${ROLL_STEP_MS} FROM outbox WHERE kind = 'health' AND form = ${health.version} AND seq IS NULL AND made_at < ?
       GROUP BY 1 HAVING count(*) > 1`,
    )
    .pluck();
  const samples = database.prepare(
    `SELECT place, content FROM outbox WHERE kind = 'health' AND form = ${health.version} AND seq IS NULL
     AND made_at >= @from AND made_at < @until ORDER BY place`,
  );
  const replace = database.prepare(
    'UPDATE outbox SET content = @content, bytes = length(CAST(@content AS BLOB)) WHERE place = @place',
  );
  const old = database.prepare(`${GIVEN_UP} AND made_at < ? ORDER BY place LIMIT ${BATCH}`);
  const oldest = database.prepare(`${GIVEN_UP} ORDER BY kind <> 'health', place LIMIT ${BATCH}`);
  const lose = database.prepare(
    `INSERT INTO gaps (kind, why, lost, first_at, last_at) VALUES (@kind, @why, @messages, @at, @at)
     ON CONFLICT (kind, why) DO UPDATE SET lost = lost + @messages, first_at = min(first_at, @at), last_at = max(last_at, @at)`,
  );
  const gaps = database.prepare('DELETE FROM gaps RETURNING kind, why, lost, first_at, last_at');

  function put(kind: Queued, body: unknown, command: string | null = null, kept = false): string {
    const { schema, version } = messages[kind];
    if (!schema.safeParse(body).success) throw new RangeError(`${kind}: no message that could be read`);
    const now = clock.now();
    const message = newUlid(stamp(now), chance);
    insert.run({
      kind,
      message,
      command,
      madeAt: now,
      form: version,
      content: JSON.stringify(body),
      kept: kept ? 1 : 0,
    });
    return message;
  }

  /** Health before `before`, in steps. */
  function roll(before: number): void {
    for (const step of steps.all(before) as number[]) {
      const [from, until] = [step * ROLL_STEP_MS, Math.min(before, (step + 1) * ROLL_STEP_MS)];
      const [first, ...others] = samples.all({ from, until }) as { place: number; content: string }[];
      const rolled = rollUp([first!, ...others].map(({ content }) => JSON.parse(content) as Health));
      replace.run({ place: first!.place, content: JSON.stringify(rolled) });
      for (const { place } of others) remove.run(place);
    }
  }

  const isFull = (): boolean => {
    const now = total.get() as { count: number; bytes: number };
    return now.count > waiting || now.bytes > bytes;
  };

  function giveUp(rows: readonly GivenUp[], why: 'age' | 'room', enough: () => boolean) {
    for (const { place, kind, made_at, messages } of rows) {
      if (enough()) return;
      remove.run(place);
      lose.run({ kind, why, messages, at: made_at });
    }
  }

  function fit(): void {
    const now = clock.now();
    roll(now - ROLL_AFTER_MS);
    for (let rows = old.all(now - MAX_AGE_MS); rows.length > 0; rows = old.all(now - MAX_AGE_MS))
      giveUp(rows as GivenUp[], 'age', () => false);
    if (!isFull()) return;
    roll(now);
    for (let rows = oldest.all(); isFull() && rows.length > 0; rows = oldest.all())
      giveUp(rows as GivenUp[], 'room', () => !isFull());
  }

  const add = database.transaction((kind: Queued, body: unknown, command: string | null): string => {
    const message = put(kind, body, command);
    fit();
    return message;
  });

  /** A row as it is sent; null: it is of an older program, and this one cannot read it. */
  function written(
    { kind, message, command, made_at, form, content }: Row,
    seq: number,
  ): Omit<Outgoing, 'place'> | null {
    const { topic, parse, format } = messages[kind] as Message<unknown, string[]>;
    const kept = { v: form, id: message, ts: stamp(made_at), seq, body: JSON.parse(content) };
    const read = parse(Buffer.from(JSON.stringify(kept)));
    if (!read.ok) return null;
    return { topic: topic(boxId, command ?? ''), bytes: format(read.message, reads.get() as number) };
  }

  const take = database.transaction((after: number): Outgoing | null => {
    for (;;) {
      const row = next.get(after) as Row | undefined;
      if (!row) return null;
      const seq = row.seq ?? (counted.get() as number) + 1;
      const outgoing = written(row, seq);
      if (outgoing) {
        if (row.seq === null) number.run(count.get(), row.place);
        return { place: row.place, ...outgoing };
      }
      remove.run(row.place);
      lose.run({ kind: row.kind, why: 'form', messages: 1, at: row.made_at });
    }
  });

  const tellGaps = database.transaction((): void => {
    const rows = gaps.all() as {
      kind: Queued;
      why: 'age' | 'room' | 'form';
      lost: number;
      first_at: number;
      last_at: number;
    }[];
    for (const { kind, why, lost, first_at, last_at } of rows) {
      const body: Event = {
        is: 'gap',
        of: kind,
        lost: Math.min(lost, MAX_COUNT),
        why,
        from: stamp(first_at),
        until: stamp(last_at),
      };
      put('event', body, null, true);
    }
  });

  return {
    /**
     * Puts a message into the queue; its id. When this returns it is on the disk. Inside the caller's transaction: with that.
     * @throws RangeError for what the fleet would refuse; what the disk says.
     */
    add(kind: 'health' | 'event' | 'csr', body: unknown): string {
      const message = add.immediate(kind, body, null) as string;
      if (!database.inTransaction) commitPoint('uplink.queued');
      return message;
    },
    /** The same for the answer to a command. */
    answer: (command: string, body: unknown): string => add.immediate('response', body, command) as string,
    /** What is lost and was not told becomes messages, which are never given up themselves. */
    tellGaps: (): void => void tellGaps.immediate(),
    /** The first message after `place`; null: there is none. From now on it has its number, and waits until it is forgotten. */
    next: (place: number): Outgoing | null => take.immediate(place) as Outgoing | null,
    /** The broker has it. */
    forget(place: number): void {
      remove.run(place);
      commitPoint('uplink.forgotten');
    },
    /** How many wait. */
    waiting: (): number => (total.get() as { count: number }).count,
  };
}

export type Outbox = ReturnType<typeof openOutbox>;
