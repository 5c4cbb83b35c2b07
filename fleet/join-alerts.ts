/** Alerts and what raises them: what boxes say, the witness, what broker and ingest notice, wrong claim codes. And when alerts are told. */
import { setImmediate as breath } from 'node:timers/promises';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import { LOCK_MS, MAX_TRIES } from '@belkluis/shared/contract/enrolment/limits';
import type { FleetCode } from './alerts/codes.ts';
import type { WitnessAlarm } from './audit/witness.ts';
import type { NoticeCode } from './broker/broker.ts';
import type { AnyTables } from './db/open.ts';
import type { EnrolmentTables } from './enrolment/tables.ts';
import { untilDone } from './every.ts';
import type { Reason } from './ingest/reasons.ts';
import type { Change } from './inventory/heard.ts';
import type { Rooms } from './open-rooms.ts';

/** Boxes that changed are compared with their alerts this soon, ms; all of them this often, for what nobody told. */
const CHANGED_EVERY_MS = 500;
const ALL_EVERY_MS = 5 * 60_000;
const TELL_EVERY_MS = 2000;
const SEND_EVERY_MS = 1000;
const EXPIRE_EVERY_MS = 30_000;
const POLICIES_EVERY_MS = 10_000;

/** Boxes of one comparison. */
const BATCH = 500;

/** What is noticed of a box, as an alert; null: a line in the log is enough. `clock_wrong` and `clock_right` are read from what is stored. */
const codeOfNotice: Readonly<Record<NoticeCode | Reason, FleetCode | null>> = {
  clone_suspected: 'certificate_cloned',
  identity_mismatch: 'foreign_access',
  topic_foreign: 'foreign_access',
  filter_foreign: 'foreign_access',
  will_foreign: 'foreign_access',
  packet_large: 'malformed',
  packet_malformed: 'malformed',
  oversize: 'malformed',
  not_utf8: 'malformed',
  not_json: 'malformed',
  version_unknown: 'malformed',
  unknown_field: 'malformed',
  malformed: 'malformed',
  ambiguous: 'malformed',
  flood: 'flooded',
  changed: 'certificate_cloned',
  number_taken: 'memory_lost',
  from_future: 'replayed',
  from_past: 'replayed',
  box_unknown: null,
  clock_wrong: null,
  clock_right: null,
};

const codeOfAlarm = {
  fork: 'audit_fork',
  rollback: 'audit_rollback',
  inconsistent: 'audit_inconsistent',
  silent: 'audit_silent',
} as const;

export interface JoinedAlerts {
  /** Boxes that are no longer as they were. */
  changed(changes: readonly Pick<Change, 'box'>[]): void;
  /** What broker or ingest noticed. */
  notice(code: NoticeCode | Reason, box: string | null): void;
  /** What the witness found, in its transaction. */
  alarm(alarm: WitnessAlarm, transaction: AnyTables): Promise<void>;
  readonly jobs: readonly (readonly [everyMs: number, name: string, job: () => Promise<unknown>])[];
}

export function joinAlerts(
  {
    database,
    compliance,
    declareWebhooks,
    policies,
    alerts: { watch, tell, notices },
  }: Pick<Rooms, 'database' | 'compliance' | 'declareWebhooks' | 'alerts' | 'policies'>,
  clock: Pick<Clock, 'now'>,
  log: Log,
): JoinedAlerts {
  const changed = new Set<string>();

  /** Those that could not be compared now are compared later. */
  async function lookAtChanged(): Promise<void> {
    for (; changed.size > 0; await breath()) {
      const batch = [...changed].slice(0, BATCH);
      for (const box of batch) changed.delete(box);
      try {
        await watch.lookAtBoxes(batch);
      } catch (error) {
        for (const box of batch) changed.add(box);
        throw error;
      }
    }
  }

  async function lookAtAll(): Promise<void> {
    let after: string | null = '';
    await untilDone(
      async () => {
        after = await watch.lookAtAll(after!);
        return after !== null;
      },
      () => true,
    );
    await watch.lookAtAgreements(await compliance.agreements.ends());
  }

  async function findLocked(): Promise<void> {
    const rows = await database.kysely
      .$extendTables<EnrolmentTables>()
      .selectFrom('enrolment_tries')
      .select('msp')
      .where('tries', '>=', MAX_TRIES)
      .where('tried_at', '>', clock.now() - LOCK_MS)
      .execute();
    for (const { msp } of rows) await watch.raise({ msp }, 'enrolment_locked');
  }

  async function lookAtPolicies(): Promise<void> {
    const { drift, altered, halted } = await policies.amiss();
    await watch.agree('policy_drift', drift);
    await watch.agree('policy_altered', altered);
    await watch.agree('rollout_halted', halted);
  }

  return {
    changed(changes) {
      for (const { box } of changes) changed.add(box);
    },
    notice(code, box) {
      const alert = codeOfNotice[code];
      if (box === null) return;
      if (code === 'clock_wrong' || code === 'clock_right') changed.add(box);
      // Not waited for: what is noticed goes on, and is noticed again.
      if (alert)
        watch
          .raise({ box }, alert)
          .catch(({ code: fault, name }) => log('alert_not_raised', { box, alert, code: fault ?? name }));
    },
    async alarm(alarm, transaction) {
      const { box } = alarm;
      if (alarm.kind === 'heard') return watch.clear({ box }, 'audit_silent', transaction);
      await watch.raise({ box }, codeOfAlarm[alarm.kind], transaction);
    },
    jobs: [
      [CHANGED_EVERY_MS, 'alerts_changed', lookAtChanged],
      [ALL_EVERY_MS, 'alerts_all', lookAtAll],
      [
        EXPIRE_EVERY_MS,
        'alerts_expire',
        async () => {
          await findLocked();
          await watch.expire();
        },
      ],
      [
        TELL_EVERY_MS,
        'alerts_tell',
        async () => {
          await tell.gather();
          await tell.pack();
          await notices.pack();
        },
      ],
      [
        SEND_EVERY_MS,
        'alerts_send',
        async () => {
          await declareWebhooks();
          await tell.send();
        },
      ],
      [POLICIES_EVERY_MS, 'alerts_policies', lookAtPolicies],
      [ALL_EVERY_MS, 'alerts_forget', () => untilDone(watch.forget, () => true)],
      [ALL_EVERY_MS, 'notices_forget', notices.forget],
    ],
  };
}
