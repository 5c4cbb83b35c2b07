/** Traffic data: the records of calls, and the parties that recordings name. It has a clock of its own, beside that of the content. */
import { commitPoint } from '@belkluis/shared/base/commit-point';
import type { Database } from '../db/open.ts';
import { keptOf } from './kept.ts';
import type { Parties } from './parties.ts';
import { type CallRow, callOf, type Linked, type Movement, type NewCall, type Origin, type Row } from './rows.ts';

/** Rows erased in one transaction: the call process waits for it, some 50 ms. */
const BATCH = 1000;

/** A call is kept by its minute: beside the exact beginning of its recording, an exact beginning would tell how long the caller waited. */
const MINUTE_MS = 60_000;

const UNSAID = { via: null, trunk: null, queue: null, policyHash: null, purpose: null, rule: null };

const EXPIRED_CALLS = `FROM calls WHERE expires_at <= @now AND NOT ${keptOf('calls.recording')}`;
const EXPIRED_WAITS = 'FROM waits WHERE expires_at <= @now';
const EXPIRED_PARTIES = `FROM recordings WHERE (caller IS NOT NULL OR callee IS NOT NULL) AND traffic_expires_at <= @now
  AND NOT ${keptOf('recordings.id')}`;

export function openTraffic(database: Database, parties: Parties) {
  const insert = database.prepare(
    `INSERT INTO calls VALUES (@id, @caller, @callee, @direction, @via, @trunk, @queue, @startedAt, @talkMs, @status, @recording,
       @notRecorded, @policyHash, @purpose, @rule, @expiresAt)`,
  );
  const move = database.prepare('INSERT INTO movements VALUES (@call, @number, @at, @party, @did)');
  const movements = database.prepare('SELECT at, party, did FROM movements WHERE call = ? ORDER BY number');
  const comeFrom = database.prepare('INSERT INTO origins VALUES (@id, @number, @call, @how, @side)');
  const links = database.prepare(
    `SELECT other.id AS call, how, side, 'from' AS way, other.started_at AS startedAt, other.recording AS recording, other.rowid AS written
       FROM origins JOIN calls AS other ON other.id = origins.origin WHERE origins.call = @call
     UNION ALL
     SELECT other.id, how, side, 'to', other.started_at, other.recording, other.rowid
       FROM origins INDEXED BY origins_by_origin JOIN calls AS other ON other.id = origins.call WHERE origins.origin = @call
     ORDER BY way, startedAt, written`,
  );
  const add = database.transaction((call: NewCall, moved: readonly Movement[], origins: readonly Origin[]): void => {
    insert.run({ ...UNSAID, ...call, startedAt: Math.floor(call.startedAt / MINUTE_MS) * MINUTE_MS });
    const { id } = call;
    for (const [number, { at, party, did }] of moved.entries()) move.run({ call: id, number, at, party, did });
    for (const [number, origin] of origins.entries()) comeFrom.run({ id, number, ...origin });
  });
  const one = database.prepare('SELECT * FROM calls WHERE id = ?');
  const unrecorded = database.prepare(
    `SELECT * FROM calls INDEXED BY calls_unrecorded WHERE recording IS NULL AND talk_ms IS NOT NULL
     ORDER BY started_at DESC, rowid DESC LIMIT ?`,
  );
  const turnedAway = database
    .prepare(
      `SELECT count(*) FROM calls INDEXED BY calls_unrecorded WHERE recording IS NULL AND talk_ms IS NOT NULL
       AND started_at >= ? AND status = 503
       AND not_recorded NOT IN ('no_policy', 'no_rule', 'never_recorded', 'not_sampled', 'objected', 'not_agreed', 'private', 'not_started', 'nobody_of_ours',
         'start_not_supported', 'source_must_announce')`,
    )
    .pluck();
  const between = database.prepare(
    'SELECT * FROM calls INDEXED BY calls_by_start WHERE started_at >= ? AND started_at < ? ORDER BY started_at, rowid LIMIT ?',
  );
  const after = database.prepare(
    `SELECT * FROM calls INDEXED BY calls_by_start WHERE (started_at, id) > (@startedAt, @id) AND started_at < @until
     ORDER BY started_at, id LIMIT @limit`,
  );
  const count = database
    .prepare(
      `SELECT (SELECT count(*) ${EXPIRED_CALLS}) + (SELECT count(*) ${EXPIRED_WAITS}) + (SELECT count(*) ${EXPIRED_PARTIES})`,
    )
    .pluck();
  const eraseCalls = database.prepare(
    `DELETE FROM calls WHERE id IN (SELECT id ${EXPIRED_CALLS} ORDER BY expires_at LIMIT ${BATCH})`,
  );
  const eraseWaits = database.prepare(`DELETE ${EXPIRED_WAITS}`);
  const expired = database.prepare(
    `SELECT id, caller, callee ${EXPIRED_PARTIES} ORDER BY traffic_expires_at LIMIT ${BATCH}`,
  );
  const eraseParties = database.prepare('UPDATE recordings SET caller = NULL, callee = NULL WHERE id = ?');
  const batch = database.transaction((now: number): number => {
    const calls = eraseCalls.run({ now }).changes;
    const rows = expired.all({ now }) as { id: string; caller: string | null; callee: string | null }[];
    for (const { id } of rows) eraseParties.run(id);
    parties.forgetUnnamed(rows.flatMap(({ caller, callee }) => [caller, callee]).filter((party) => party !== null));
    return calls + eraseWaits.run({ now }).changes + rows.length;
  });
  return {
    /** `moved`: who came and left, in order. */
    addCall: (call: NewCall, moved: readonly Movement[] = [], origins: readonly Origin[] = []): void => {
      add.immediate(call, moved, origins);
    },
    /** The calls that one came out of, and those that came out of it, as long as the records of both are here. Oldest first. */
    linksOf: (call: string): Linked[] =>
      (links.all({ call }) as (Linked & { written: number })[]).map(({ written: _, ...link }) => link),
    /** Who came into a call and left it, beside the two that its record names. */
    movementsOf: (call: string): Movement[] => movements.all(call) as Movement[],
    call: (id: string): CallRow | null => {
      const row = one.get(id) as Row | undefined;
      return row ? callOf(row) : null;
    },
    /** Answered calls without a recording, newest first. */
    unrecordedCalls: (limit: number): CallRow[] => (unrecorded.all(limit) as Row[]).map(callOf),
    /** Calls since `from` that were copied to the box to be recorded, and that it had no room for. */
    turnedAway: (from: number): number => turnedAway.get(from) as number,
    /** Calls that began within [from, until), oldest first. */
    callsBetween: (from: number, until: number, limit: number): CallRow[] =>
      (between.all(from, until, limit) as Row[]).map(callOf),
    /** Calls that began before `until`, in the order of their beginning, from the one after `last` on: for whoever walks in steps. */
    callsAfter: (last: { readonly startedAt: number; readonly id: string }, until: number, limit: number): CallRow[] =>
      (after.all({ startedAt: last.startedAt, id: last.id, until, limit }) as Row[]).map(callOf),
    /** Records of calls, hours of waiting times, and parties of recordings, whose day has passed and that nothing keeps. */
    expiredTraffic: (now: number): number => count.get({ now }) as number,
    /** Erases them; the recordings themselves stay until their own day. Cut off anywhere, the next run goes on. */
    eraseTraffic(now: number): number {
      let erased = 0;
      for (let more = true; more; ) {
        const done = batch.immediate(now);
        commitPoint('vault.traffic_erased');
        erased += done;
        more = done > 0;
      }
      return erased;
    },
  };
}
