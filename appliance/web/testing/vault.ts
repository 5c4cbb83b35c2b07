/** Holds, restrictions, erasure and the box's state for a desk under test: they behave as the vault does, in memory. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEntry } from '@belkluis/shared/audit/event';
import { systemChance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import { problemsOf } from '@belkluis/shared/base/problem';
import { joinExceptions } from '../../join-desk.ts';
import { openCatalogue } from '../../vault/catalogue.ts';
import type { BackupState, DiskState, KeystoreState, LogState, TimeState } from '../box-services.ts';
import type { RecordingRow } from '../services.ts';
import type {
  ErasureServices,
  HoldRow,
  HoldServices,
  RequestRow,
  RestrictionRow,
  RestrictionServices,
  UsageRow,
} from '../vault-services.ts';

const problem = problemsOf({
  hold_unknown: 'There is no such hold.',
  hold_lifted: 'It was lifted.',
  lift_not_asked: 'Nobody asked.',
  same_person: 'Somebody else.',
  recording_unknown: 'Unknown.',
  recording_erased: 'Erased.',
  recording_held: 'Held.',
  recording_restricted: 'Restricted.',
  recording_in_progress: 'Goes on.',
  legal_retention: 'Law.',
  not_restricted: 'Not restricted.',
  backup_running: 'Goes on.',
  no_destination: 'None.',
  time_not_doubted: 'Trusted.',
});

const DAY_MS = 86_400_000;

export interface TestVaultParts {
  readonly clock: Clock;
  readonly append: (entry: AuditEntry) => void;
  readonly row: (id: string) => RecordingRow | null;
  readonly markErased: (id: string) => void;
}

/** A certificate as the log would issue it, in form. */
const certificateOf = (recording: string, reason: string, now: number): string =>
  JSON.stringify({
    type: 'belkluis/deletion-certificate@1',
    event: JSON.stringify({
      kind: 'erased',
      at: now,
      actor: 'purge',
      facts: {
        recording,
        commitment: 'd'.repeat(64),
        reason,
        policyVersion: 1,
        epochBefore: 7,
        epochAfter: 8,
        epochKey: 'file',
        unreadableHereAt: now,
        unreadableInBackupsBy: now + 7 * DAY_MS,
      },
    }),
    salt: 'AAAA',
    index: 41,
    size: 1042,
    proof: [],
    checkpoint: 'box/0123/audit/1\n1042\nAAAA\n',
  });

export function testVault({ clock, append, row, markErased }: TestVaultParts) {
  const holds: HoldRow[] = [];
  const held = new Map<string, readonly string[]>();
  const restrictions: RestrictionRow[] = [];
  const certificates: { recording: string; issuedAt: number; expiresAt: number; text: string }[] = [];
  const world = {
    certain: true,
    usage: [] as UsageRow[],
    requests: [] as RequestRow[],
    backups: null as BackupState | null,
    started: [] as string[],
    time: { state: 'ok' } as TimeState,
    keystore: { epoch: 8, kind: 'file', lastAdvanceAt: null, waiting: 0 } as KeystoreState,
    disk: { freeBytes: 5e11, reserveBytes: 1e9, forecastDays: null, state: 'ok' } as DiskState,
    log: {} as Partial<LogState>,
  };

  const present = (id: string): RecordingRow => {
    const recording = row(id);
    if (!recording) throw problem('recording_unknown', id);
    if (recording.erasedAt !== null) throw problem('recording_erased', id);
    return recording;
  };
  const standing = (id: string): HoldRow => {
    const hold = holds.find((one) => one.id === id);
    if (!hold) throw problem('hold_unknown', id);
    if (hold.liftedAt !== null) throw problem('hold_lifted', id);
    return hold;
  };
  const replace = (hold: HoldRow) => {
    holds[holds.findIndex(({ id }) => id === hold.id)] = hold;
  };

  const holdServices: HoldServices = {
    list: () => holds,
    get: (id) => holds.find((one) => one.id === id) ?? null,
    recordingsOf: (id) => held.get(id) ?? [],
    of: (recording) => holds.filter(({ id, liftedAt }) => liftedAt === null && held.get(id)?.includes(recording)),
    place(person, { recordings, ...hold }) {
      for (const id of recordings) present(id);
      const id = `${holds.length + 1}`.padStart(32, 'a');
      const facts = { hold: id, ...hold, recordings: recordings.length };
      append({ kind: 'hold_placed', actor: person.id, facts });
      holds.push({
        id,
        ...hold,
        placedAt: clock.now(),
        placedBy: person.id,
        recordings: recordings.length,
        liftAskedBy: null,
        liftAskedAt: null,
        liftReason: null,
        liftedAt: null,
        liftedBy: null,
      });
      held.set(id, recordings);
      return id;
    },
    renew(person, id, reviewAt) {
      const hold = standing(id);
      append({ kind: 'hold_renewed', actor: person.id, facts: { hold: id, reviewAt } });
      replace({ ...hold, reviewAt });
    },
    askLift(person, id, reason) {
      const hold = standing(id);
      append({ kind: 'hold_lift_asked', actor: person.id, facts: { hold: id, reason } });
      replace({ ...hold, liftAskedBy: person.id, liftAskedAt: clock.now(), liftReason: reason });
    },
    lift(person, id) {
      const hold = standing(id);
      if (hold.liftAskedBy === null) throw problem('lift_not_asked', id);
      if (hold.liftAskedBy === person.id) throw problem('same_person', id);
      const facts = { hold: id, askedBy: hold.liftAskedBy, recordings: hold.recordings };
      append({ kind: 'hold_lifted', actor: person.id, facts });
      replace({ ...hold, liftedAt: clock.now(), liftedBy: person.id });
    },
  };

  const restrictionServices: RestrictionServices = {
    of: (recording) => restrictions.find((one) => one.recording === recording) ?? null,
    list: () => restrictions,
    place(person, { recording, ground, reason }) {
      present(recording);
      append({ kind: 'restriction_placed', actor: person.id, facts: { recording, ground, reason } });
      restrictions.push({ recording, ground, reason, at: clock.now(), by: person.id });
    },
    lift(person, recording, reason) {
      const at = restrictions.findIndex((one) => one.recording === recording);
      if (at < 0) throw problem('not_restricted', recording);
      append({ kind: 'restriction_lifted', actor: person.id, facts: { recording, reason } });
      restrictions.splice(at, 1);
    },
  };

  const erasure: ErasureServices = {
    async erase(person, recording, { reason }) {
      const { end, lockedUntil, lockGround, purpose, policyVersion, expiresAt } = present(recording);
      if (!end) throw problem('recording_in_progress', recording);
      if (holdServices.of(recording).length > 0) throw problem('recording_held', recording);
      if (restrictionServices.of(recording)) throw problem('recording_restricted', recording);
      if (lockedUntil > clock.now()) throw problem('legal_retention', lockGround ?? '');
      const facts = { recording, reason, expiredAt: expiresAt, purpose, policyVersion };
      append({ kind: 'purge', actor: person.id, facts });
      markErased(recording);
      if (!world.certain) return { certified: false };
      const issuedAt = clock.now();
      const text = certificateOf(recording, reason, issuedAt);
      certificates.unshift({ recording, issuedAt, expiresAt: issuedAt + 400 * DAY_MS, text });
      return { certified: true };
    },
    certificates: (limit, offset) => ({
      certificates: certificates.slice(offset, offset + limit),
      total: certificates.length,
    }),
    certificate: (recording) => certificates.find((one) => one.recording === recording)?.text ?? null,
    backupDays: 7,
  };

  // The real ones: they are as quick as any double would be.
  const catalogue = openCatalogue(join(mkdtempSync(join(tmpdir(), 'desk-')), 'catalogue.db'));
  const services = {
    holds: holdServices,
    restrictions: restrictionServices,
    erasure,
    retention: {
      usage: () => world.usage,
      requests: (limit: number, offset: number) => world.requests.slice(offset, offset + limit),
    },
    exceptions: joinExceptions({ catalogue, append, clock, chance: systemChance, requestDays: () => 365 }),
    backups: {
      state: () => world.backups,
      runNow() {
        if (!world.backups) throw problem('no_destination');
        if (world.started.length > 0) throw problem('backup_running');
        world.started.push('run');
      },
      drillNow() {
        if (!world.backups) throw problem('no_destination');
        world.started.push('drill');
      },
    },
    time: {
      state: () => world.time,
      confirm(person: { readonly id: string }) {
        if (world.time.state === 'ok') throw problem('time_not_doubted');
        append({ kind: 'time_confirmed', actor: person.id, facts: { wall: world.time.wall, by: 'person' } });
        world.time = { state: 'ok' };
      },
    },
    keystore: () => world.keystore,
    disk: () => world.disk,
  };
  return { services, world, restrictions, exceptions: catalogue.exceptions };
}
