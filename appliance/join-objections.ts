/** Objections as the sealer carries them out: to a recording, in the call; and to being recorded at all, by number. */
import type { AuditEntry } from '@belkluis/shared/audit/event';
import { type Chance, randomHex } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import type { Consent } from '@belkluis/shared/policy/consent';
import type { AuditLog } from './audit/log.ts';
import type { FromSealer, ObjectionOutcome } from './recording/messages.ts';
import type { RecordingEnd } from './vault/catalogue.ts';
import { finishErasure, finishErasures } from './vault/erase.ts';
import { grantObjection, type ObjectParts, refuseObjection } from './vault/object.ts';
import { believedSince } from './vault/time-keeper.ts';
import type { Vault } from './vault/vault.ts';

const DAY_MS = 24 * 3600_000;

/** How often it is looked whether somebody else kept or removed an objection, ms: one indexed read. */
const FOLLOW_EVERY_MS = 1000;

/** How often what the disk or the log refused is tried again, ms: a person who makes room on the disk sees it work. */
const RETRY_EVERY_MS = 5000;

export interface ObjectionParts {
  readonly vault: Vault;
  readonly audit: Pick<AuditLog, 'append' | 'appendAll'>;
  /** Writes down what must not wait for the log. */
  readonly note: (entry: AuditEntry) => void;
  readonly log: Log;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Days that what people asked for is kept. */
  requestDays(): number;
  readonly tell: (message: FromSealer) => void;
}

interface Ungranted {
  readonly consent: Consent;
  readonly end: RecordingEnd | null;
}

export function joinObjections(parts: ObjectionParts) {
  const { vault, audit, note, log, clock, chance, requestDays, tell } = parts;
  const { catalogue, keystore } = vault;
  const erasing: ObjectParts = {
    ...vault,
    log: audit,
    chance,
    requestDays,
    now: () => Math.max(clock.now(), believedSince(catalogue.state)),
  };
  /** Not even remembered: the disk refused. Here it is, until it does not any more. */
  const ungranted = new Map<string, Ungranted>();
  let unfinished = false;
  /** Of the kept numbers that were told last. */
  let version: string | null = null;

  const answer = (recording: string, outcome: ObjectionOutcome) => tell({ told: 'objected', recording, outcome });

  /** What was destroyed leaves the file of the keystore too, so that no copy of the disk made from now on has it. */
  const scour = () => {
    try {
      keystore.scour();
    } catch (error) {
      // A reader held it; the next run of the eraser does it.
      log('objection_not_scoured', { why: (error as { code?: string }).code ?? (error as Error).message });
    }
  };

  /** False: the keys are gone, or the disk does not say. */
  const hasKeys = (recording: string): boolean => {
    try {
      return keystore.get(recording) !== null;
    } catch {
      return false;
    }
  };

  const carryOut = (recording: string): ObjectionOutcome => {
    try {
      const refusal = finishErasure(erasing, recording);
      if (refusal?.code === 'recording_held' || refusal?.code === 'recording_restricted')
        return { did: 'stopped', waits: refusal.code };
    } catch (error) {
      log('objection_not_finished', { recording, why: (error as Error).message });
      unfinished = true;
      return { did: 'stopped', waits: hasKeys(recording) ? 'audit_refused' : 'disk_refused' };
    }
    scour();
    return { did: 'erased' };
  };

  const erase = (recording: string, consent: Consent, end: RecordingEnd | null): ObjectionOutcome => {
    try {
      if (!grantObjection(erasing, recording, consent, end)) return { did: 'erased' };
    } catch (error) {
      log('objection_not_granted', { recording, why: (error as Error).message });
      ungranted.set(recording, { consent, end });
      return { did: 'stopped', waits: 'disk_refused' };
    }
    return carryOut(recording);
  };

  const refused = (recording: string, consent: Consent, ground: string): void => {
    try {
      refuseObjection(erasing, recording, consent, ground);
    } catch (error) {
      // The recording goes on in any case; that somebody objected must not be lost with a log that refuses.
      log('objection_not_stored', { recording, why: (error as Error).message });
      note({ kind: 'erasure_refused', actor: 'box', facts: { recording, reason: 'legal_retention', caseRef: null } });
    }
    answer(recording, { did: 'refused', reason: 'legal_retention', ground });
  };

  const follow = (): void => {
    try {
      const now = catalogue.objections.version();
      if (now === version) return;
      const kept = catalogue.objections.list().map(({ id, number, purpose }) => ({ id, number, purpose }));
      version = now;
      tell({ told: 'objections', kept });
    } catch (error) {
      log('objections_not_followed', { why: (error as Error).message });
    }
  };

  /** Whatever was granted, here or before a crash. */
  const finish = (): void => {
    for (const [recording, { consent, end }] of ungranted) {
      ungranted.delete(recording);
      erase(recording, consent, end);
    }
    try {
      finishErasures(erasing);
      if (unfinished) scour();
      unfinished = false;
    } catch (error) {
      unfinished = true;
      log('objection_not_finished', { why: (error as Error).message });
    }
  };

  const following = setInterval(follow, FOLLOW_EVERY_MS).unref();
  const retrying = setInterval(() => {
    if (unfinished || ungranted.size > 0) finish();
  }, RETRY_EVERY_MS).unref();

  return {
    /** To a recording in progress, whose session has been wiped. */
    toRunning: (recording: string, consent: Consent, end: RecordingEnd): void =>
      answer(recording, erase(recording, consent, end)),
    /** To one that has ended, or never was. */
    toEnded(recording: string, consent: Consent): void {
      const row = catalogue.get(recording);
      if (row === null) answer(recording, { did: 'refused', reason: 'not_recording' });
      else if (row.erasedAt === null && row.lockedUntil > 0) refused(recording, consent, row.lockGround ?? '');
      else answer(recording, erase(recording, consent, null));
    },
    refused,
    /** Binds what somebody did to the recording; what the disk does not take is lost, and logged. */
    consented(recording: string, consent: Consent): void {
      try {
        catalogue.consents.add(recording, consent);
      } catch (error) {
        log('consent_not_stored', { recording, why: (error as Error).message });
      }
    },
    /** Null: it is kept, and told. Else the code of why not. */
    keep({ number, purpose }: { readonly number: string; readonly purpose: string | null }): string | null {
      const [id, since] = [randomHex(chance, 16), clock.now()];
      const expiresAt = since + requestDays() * DAY_MS;
      try {
        catalogue.objections.keep({ id, number, purpose, since, how: 'key', caseRef: null, expiresAt }, () =>
          // It holds although the log refuses: that somebody is not recorded needs no permission.
          note({ kind: 'objection_kept', actor: 'box', facts: { objection: id, purpose, how: 'key' } }),
        );
      } catch (error) {
        const { code } = error as { code?: string };
        log('objection_not_kept', { why: code ?? (error as Error).message });
        return code !== undefined && ['number_withheld', 'number_wrong', 'objections_full'].includes(code)
          ? code
          : 'recorder_unavailable';
      }
      follow();
      return null;
    },
    met(id: string): void {
      try {
        catalogue.objections.renew(id, clock.now() + requestDays() * DAY_MS);
      } catch (error) {
        log('objection_not_renewed', { why: (error as Error).message });
      }
    },
    finish,
    /** Tells all that are kept, when they changed. */
    follow,
    close(): void {
      clearInterval(following);
      clearInterval(retrying);
      if (unfinished || ungranted.size > 0) finish();
    },
  };
}
