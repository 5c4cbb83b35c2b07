/**
 * A policy with shorter terms applies to what exists: rows follow it, and none is ever lengthened. First one sees what would happen. Both walk
 * the same way, in steps between which others work; cut off anywhere, walking again finishes it.
 */
import { commitPoint } from '@belkluis/shared/base/commit-point';
import { type PolicyInForce, UNRECORDED_TRAFFIC_DAYS } from '@belkluis/shared/policy/decide';
import type { Purpose } from '@belkluis/shared/policy/purpose';
import { generalDays, retentionDays } from '@belkluis/shared/policy/retention';
import type { Policy } from '@belkluis/shared/policy/schema';
import type { Database } from '../db/open.ts';
import { keptOf } from './kept.ts';
import { expiryOf, shortened } from './retention.ts';

/** Rows of one step: the call process waits for it when they all change, some 50 ms. */
const STEP = 1000;

/** Until then a recording may still have begun under the policy before, ms: calls that were being decided, a call process that was being started. */
const SETTLED_AFTER_MS = 10 * 60_000;

/** What would leave earlier, of one class. */
export interface Earlier {
  readonly count: number;
  /** Of these, whose new day has passed already: the next purge erases them. */
  readonly atOnce: number;
  /** Of these, kept by a hold or a restriction, whatever their day. */
  readonly held: number;
  /** When the oldest and the newest of these started: wall clock, ms. Null when there are none. */
  readonly oldest: number | null;
  readonly newest: number | null;
}

/** What a policy would do to the recordings of one purpose. */
export interface PurposePreview {
  readonly purpose: string;
  readonly recordings: Earlier;
  readonly calls: Earlier;
}

interface RecordingTerm {
  readonly id: string;
  readonly rule: string;
  readonly startedAt: number;
  readonly expiresAt: number;
  readonly trafficExpiresAt: number;
  readonly lockedUntil: number;
  readonly kept: 0 | 1;
}

interface CallTerm {
  readonly id: string;
  readonly purpose: string;
  readonly rule: string;
  readonly startedAt: number;
  readonly expiresAt: number;
  readonly kept: 0 | 1;
}

const counter = () => {
  const found = { count: 0, atOnce: 0, held: 0, oldest: null as number | null, newest: null as number | null };
  return {
    found,
    add(startedAt: number, due: boolean, kept: boolean) {
      found.count++;
      if (kept) found.held++;
      else if (due) found.atOnce++;
      found.oldest = Math.min(found.oldest ?? startedAt, startedAt);
      found.newest = Math.max(found.newest ?? startedAt, startedAt);
    },
  };
};

const breathe = () => new Promise<void>((resume) => setImmediate(resume));

/** Days of this purpose and rule. A rule that is gone, or serves another purpose now, says nothing. */
function daysOf(policy: Policy, purpose: Purpose, ruleId: string) {
  const rule = policy.rules.find(({ id, purpose: of }) => id === ruleId && of === purpose.id) ?? null;
  return {
    contentDays: retentionDays(purpose, rule, 'content'),
    trafficDays: retentionDays(purpose, rule, 'traffic'),
  };
}

export function openShorten(database: Database) {
  const recordings = database.prepare(
    `SELECT id, rule, started_at AS startedAt, expires_at AS expiresAt, traffic_expires_at AS trafficExpiresAt,
       locked_until AS lockedUntil, ${keptOf('recordings.id')} AS kept
     FROM recordings INDEXED BY recordings_by_purpose
     WHERE erased_at IS NULL AND purpose = @purpose AND (started_at, id) > (@startedAt, @id)
     ORDER BY started_at, id LIMIT ${STEP}`,
  );
  const calls = database.prepare(
    `SELECT id, purpose, rule, started_at AS startedAt, expires_at AS expiresAt, ${keptOf('calls.recording')} AS kept
     FROM calls WHERE purpose IS NOT NULL AND id > ? ORDER BY id LIMIT ${STEP}`,
  );
  const shortenRecording = database.prepare(
    `UPDATE recordings SET expires_at = min(expires_at, @expiresAt), traffic_expires_at = min(traffic_expires_at, @trafficExpiresAt)
     WHERE id = @id`,
  );
  const shortenCall = database.prepare('UPDATE calls SET expires_at = min(expires_at, @expiresAt) WHERE id = @id');
  const shortenRequests = database.prepare(
    `UPDATE requests SET expires_at = received_at + @ms WHERE id IN (SELECT id FROM requests WHERE expires_at > received_at + @ms)`,
  );
  const shortenWaits = database.prepare(
    'UPDATE waits SET expires_at = min(expires_at, hour + @ms) WHERE expires_at > hour + @ms',
  );
  const together = database.transaction((changes: readonly (() => void)[]) => {
    for (const change of changes) change();
  });

  /** Every row that this policy shortens, in steps. */
  async function walk(policy: Policy, now: number, apply: boolean): Promise<readonly PurposePreview[]> {
    const purposes = new Map(
      policy.purposes.map((purpose) => [purpose.id, { purpose, recordings: counter(), calls: counter() }]),
    );
    const commit = (changes: readonly (() => void)[]) => {
      if (!apply || changes.length === 0) return;
      together.immediate(changes);
      commitPoint('vault.terms_shortened');
    };
    for (const { purpose, recordings: found } of purposes.values()) {
      let last: { startedAt: number; id: string } = { startedAt: -1, id: '' };
      for (let full = true; full; ) {
        const rows = recordings.all({ purpose: purpose.id, ...last }) as RecordingTerm[];
        const changes: (() => void)[] = [];
        for (const row of rows) {
          const shorter = shortened(row, daysOf(policy, purpose, row.rule));
          const earlier = shorter.expiresAt < row.expiresAt;
          if (earlier) found.add(row.startedAt, shorter.expiresAt <= now, row.kept === 1);
          if (earlier || shorter.trafficExpiresAt < row.trafficExpiresAt)
            changes.push(() => shortenRecording.run({ id: row.id, ...shorter }));
        }
        commit(changes);
        last = rows.at(-1) ?? last;
        full = rows.length === STEP;
        await breathe();
      }
    }
    let last = '';
    for (let full = true; full; ) {
      const rows = calls.all(last) as CallTerm[];
      const changes: (() => void)[] = [];
      for (const row of rows) {
        const of = purposes.get(row.purpose);
        if (!of) continue;
        const expiresAt = expiryOf(row.startedAt, daysOf(policy, of.purpose, row.rule).trafficDays);
        if (expiresAt >= row.expiresAt) continue;
        of.calls.add(row.startedAt, expiresAt <= now, row.kept === 1);
        changes.push(() => shortenCall.run({ id: row.id, expiresAt }));
      }
      commit(changes);
      last = rows.at(-1)?.id ?? last;
      full = rows.length === STEP;
      await breathe();
    }
    if (apply) {
      shortenRequests.run({ ms: expiryOf(0, generalDays(policy, 'request')) });
      // Whose calls an hour counts is not known: none of them stays longer than the longest of the terms.
      const longest = Math.max(
        UNRECORDED_TRAFFIC_DAYS,
        ...policy.purposes.map(({ retention }) => retention.trafficDays),
      );
      shortenWaits.run({ ms: expiryOf(0, longest) });
    }
    return [...purposes.values()].map(({ purpose, recordings, calls }) => ({
      purpose: purpose.id,
      recordings: recordings.found,
      calls: calls.found,
    }));
  }
  return {
    /** What `shorten` would change. */
    previewShortening: (policy: Policy, now: number) => walk(policy, now, false),
    /** Brings every row down to the terms of `policy`. Purposes that it does not name keep what they were promised. */
    shorten: (policy: Policy, now: number) => walk(policy, now, true),
  };
}

type Shortening = ReturnType<typeof openShorten>;

/** `vault_state`, by name. */
interface State {
  get(name: string): string | null;
  set(name: string, value: string): void;
}

/** Per purpose: how many recordings and calls would leave earlier under `policy`, how many of them at once. */
export const previewRetention = (
  catalogue: Pick<Shortening, 'previewShortening'>,
  policy: Policy,
  now: number,
): Promise<readonly PurposePreview[]> => catalogue.previewShortening(policy, now);

/** What the audit log is told before terms are shortened. Throws: then none is. */
export type AppendShortening = (event: {
  readonly kind: 'retention_shortened';
  readonly actor: 'purge';
  readonly facts: {
    readonly policyVersion: number;
    readonly purpose: string;
    readonly recordings: number;
    readonly calls: number;
  };
}) => unknown;

/** Name in `vault_state`: the hash of the policy whose terms have been applied, and since when (wall clock, ms). */
const APPLIED = 'retention_applied';

/**
 * Applies the terms of the policy in force to what exists, once per policy and once more when calls that began under the policy before are
 * over. For the desk's own timer: most times it does nothing. Returns what it did, or null.
 */
export async function applyRetention(
  { catalogue, append }: { catalogue: Shortening & { readonly state: State }; append: AppendShortening },
  { policy, hash }: PolicyInForce,
  now: number,
): Promise<readonly PurposePreview[] | null> {
  const [applied, since = ''] = (catalogue.state.get(APPLIED) ?? '').split(' ');
  const again = applied === hash;
  // `settled`: the second time was the last. A wall clock that was set back makes it run once more, which changes nothing.
  if (again && (since === 'settled' || Math.abs(now - Number(since)) < SETTLED_AFTER_MS)) return null;
  for (const { purpose, recordings, calls } of await catalogue.previewShortening(policy, now)) {
    if (recordings.count + calls.count === 0) continue;
    const facts = { policyVersion: policy.version, purpose, recordings: recordings.count, calls: calls.count };
    append({ kind: 'retention_shortened', actor: 'purge', facts });
  }
  const done = await catalogue.shorten(policy, now);
  catalogue.state.set(APPLIED, again ? `${hash} settled` : `${hash} ${now}`);
  commitPoint('vault.retention_applied');
  return done;
}
