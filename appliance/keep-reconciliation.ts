/** What the desk does to find calls that were not recorded: fetches each call log when its time has come, and lays it beside the catalogue. */
import { createHash } from 'node:crypto';
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import {
  type CallToDecide,
  type Decision,
  decide,
  type PolicyInForce,
  type Said,
} from '@belkluis/shared/policy/decide';
import { z } from 'zod';
import { openSftp } from './backup/destinations/sftp.ts';
import type { HealthFacts } from './health/finding.ts';
import type { ActsLog } from './join-eraser.ts';
import { type CallLogSource, OWN_RECORDS } from './lines/call-log.ts';
import { fetchLogs } from './reconcile/fetch-log.ts';
import { LOOK_BACK_MS, MAX_LOGGED_CALLS, TOLERANCE_MS } from './reconcile/limits.ts';
import type { LoggedCall } from './reconcile/logged-call.ts';
import { type KnownCall, reconcile } from './reconcile/match.ts';
import { type ServedCall, withoutRecording } from './reconcile/own.ts';
import { readCallLogs } from './reconcile/read-log.ts';
import type { CallRow, Catalogue } from './vault/catalogue.ts';
import type { NewException } from './vault/exceptions.ts';

export interface ReconciliationParts {
  readonly catalogue: Catalogue;
  readonly append: ActsLog['append'];
  /** What was in force at an instant, wall clock, ms. Asked for anew for each reading. */
  readonly policies: () => (at: number) => PolicyInForce | null;
  /** What people have said of being recorded. */
  readonly said: Said;
  readonly clock: Clock;
  readonly chance: Chance;
}

/** How reading one log went the last time. */
export interface LastReading {
  /** Wall clock, ms. */
  readonly at: number;
  /** Code of what went wrong; null: nothing did. */
  readonly fault: string | null;
  readonly checked: number;
  /** Found this time, known ones not counted. */
  readonly found: number;
}

const readingSchema = z.strictObject({
  at: z.number(),
  fault: z.string().nullable(),
  checked: z.number(),
  found: z.number(),
});

/** Calls are kept by the minute in which they began. */
const MINUTE_MS = 60_000;

/** Name in the vault's memory. */
const memoryOf = (source: string): string => `call_log ${source}`;

function lastReading({ state }: Pick<Catalogue, 'state'>, source: string): LastReading | null {
  try {
    return readingSchema.parse(JSON.parse(state.get(memoryOf(source)) ?? 'null'));
  } catch {
    return null;
  }
}

/** A number with so many digits belongs to the outside; extensions are shorter. */
const OUTSIDE_DIGITS = 7;
const isOutside = (party: string): boolean =>
  party.replace(/\D/g, '').length >= OUTSIDE_DIGITS || /anonymous/i.test(party);

/** Which way a call went that the box does not know, by the looks of its numbers. */
function directionOf({ caller, callee }: LoggedCall): CallToDecide['direction'] {
  if (isOutside(caller)) return 'inbound';
  return isOutside(callee) ? 'outbound' : 'internal';
}

const known = (catalogue: Catalogue, row: CallRow): KnownCall => {
  const recording = row.recording === null ? null : catalogue.get(row.recording);
  const { id, caller, callee, startedAt, talkMs, notRecorded, expiresAt } = row;
  return { id, caller, callee, startedAt, talkMs, notRecorded, recording, expiresAt };
};

const idOf = (source: string, { id, caller, callee, startedAt }: LoggedCall): string =>
  createHash('sha256')
    .update(JSON.stringify([source, id, caller, callee, startedAt]))
    .digest('hex')
    .slice(0, 32);

/** Lays calls of the log `source` beside the box's own, and keeps what was not recorded. Returns how many were new. */
function compareLog(parts: ReconciliationParts, source: string, logged: readonly LoggedCall[]): LastReading {
  const { catalogue, append, policies, said, clock } = parts;
  const now = clock.now();
  const rows = catalogue.callsBetween(now - LOOK_BACK_MS - TOLERANCE_MS - MINUTE_MS, now, MAX_LOGGED_CALLS);
  const policyAt = policies();
  const decided = (call: LoggedCall): Decision => {
    const { caller: from, callee: to, startedAt: at } = call;
    return decide(policyAt(at), { id: call.id ?? '', from, to, direction: directionOf(call), at }, said);
  };
  const { checked, exceptions } = reconcile({
    logged,
    known: rows.map((row) => known(catalogue, row)),
    decide: decided,
    now,
  });
  const found = exceptions.map(({ logged: { id: _, ...call }, ...exception }, place): NewException => {
    const id = idOf(source, exceptions[place]!.logged);
    return {
      ...call,
      ...exception,
      id,
      source,
      foundAt: now,
      expiresAt: Math.max(exception.expiresAt, call.startedAt + 1),
    };
  });
  const news = catalogue.exceptions.unknown(found);
  catalogue.exceptions.add(news, () =>
    append({ kind: 'call_log_read', actor: 'box', facts: { source, calls: checked, exceptions: news.length } }),
  );
  const reading = { at: now, fault: null, checked, found: news.length };
  catalogue.state.set(memoryOf(source), JSON.stringify(reading));
  return reading;
}

const DAY_MS = 86_400_000;

/** A call of a purpose, with what its policy demanded at the time. */
function served(catalogue: Catalogue, row: CallRow, policyAt: (at: number) => PolicyInForce | null): ServedCall[] {
  const { purpose } = row;
  if (purpose === null) return [];
  // The minute of the call has begun before it: the policy of its end is the one that decided, unless one came in between.
  const policy = policyAt(row.startedAt + MINUTE_MS - 1)?.policy;
  const mandatory = policy?.purposes.find(({ id }) => id === purpose)?.mandatory ?? false;
  return [{ ...known(catalogue, row), purpose, mandatory }];
}

/** Lays the box's own records beside its recordings. Every call of a purpose that demands a recording and has none becomes an exception. */
export function compareOwn({ catalogue, append, policies, clock }: Omit<ReconciliationParts, 'said'>): LastReading {
  const now = clock.now();
  const policyAt = policies();
  const rows = catalogue.callsBetween(now - LOOK_BACK_MS, now, MAX_LOGGED_CALLS);
  const calls = rows.flatMap((row) => served(catalogue, row, policyAt));
  const found = withoutRecording(calls, now).map(({ call, cause }): NewException => {
    const { id, caller, callee, startedAt, talkMs, purpose, expiresAt } = call;
    const times = { startedAt, talkMs: talkMs ?? 0, foundAt: now, expiresAt };
    return {
      id: idOf(OWN_RECORDS, { ...call, talkMs: 0 }),
      source: OWN_RECORDS,
      caller,
      callee,
      cause,
      call: id,
      purpose,
      ...times,
    };
  });
  // What the log of a PBX has told already is not told twice.
  const news = catalogue.exceptions.unknown(found).filter(({ call }) => !catalogue.exceptions.tellsOf(call!));
  catalogue.exceptions.add(news, () =>
    append({
      kind: 'call_log_read',
      actor: 'box',
      facts: { source: OWN_RECORDS, calls: calls.length, exceptions: news.length },
    }),
  );
  const reading = { at: now, fault: null, checked: calls.length, found: news.length };
  catalogue.state.set(memoryOf(OWN_RECORDS), JSON.stringify(reading));
  return reading;
}

/** How often the box's own records are compared. */
const OWN_EVERY_MS = DAY_MS;

/** Fetches one log and compares it. What goes wrong is remembered, and thrown. */
export async function readSource(
  parts: ReconciliationParts,
  { id, place, format }: CallLogSource,
): Promise<LastReading> {
  const { catalogue, said, clock, chance } = parts;
  try {
    const files = await fetchLogs(place, {
      openServer: async ({ kind: _, ...options }) => {
        const server = await openSftp({ ...options, name: id, chance });
        return { list: () => server.list(''), read: server.read, close: server.close };
      },
      fetch,
    });
    return compareLog(parts, id, readCallLogs(files, format, said.timeZone));
  } catch (error) {
    const fault = (error as { code?: string }).code ?? 'call_log_unreadable';
    catalogue.state.set(memoryOf(id), JSON.stringify({ at: clock.now(), fault, checked: 0, found: 0 }));
    throw error;
  }
}

export const isDue = (
  catalogue: Pick<Catalogue, 'state'>,
  { id, everyMinutes }: CallLogSource,
  now: number,
): boolean => {
  const last = lastReading(catalogue, id);
  return !last || now - last.at >= everyMinutes * 60_000 || now < last.at;
};

/** Whether the box's own records have not been compared for a day. */
export function isOwnDue(catalogue: Pick<Catalogue, 'state'>, now: number): boolean {
  const last = lastReading(catalogue, OWN_RECORDS);
  return !last || now - last.at >= OWN_EVERY_MS || now < last.at;
}

export const callLogFacts = (catalogue: Catalogue, sources: readonly CallLogSource[]): HealthFacts['callLogs'] => ({
  unexplained: catalogue.exceptions.unexplained(),
  own: { everyMs: OWN_EVERY_MS, at: lastReading(catalogue, OWN_RECORDS)?.at ?? null },
  sources: sources.map(({ id, everyMinutes }) => {
    const last = lastReading(catalogue, id);
    return { name: id, everyMs: everyMinutes * 60_000, at: last?.at ?? null, fault: last?.fault ?? null };
  }),
});
