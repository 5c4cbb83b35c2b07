/** Backups of this box by its configuration: each destination in its turn, a drill when one is due. For the desk and the command line. */
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import { Problem } from '@belkluis/shared/base/problem';
import type { AuditLog } from './audit/log.ts';
import { type BackupReport, backUp, exclusively, type Progress } from './backup/backup.ts';
import type { Destination } from './backup/destination.ts';
import { openDestination } from './backup/destinations/open.ts';
import { type DrillReport, drill, drillDue } from './backup/drill.ts';
import { contentSource } from './backup/fetch.ts';
import { instantOf } from './backup/layout.ts';
import { DRILL_EVERY_MS, SNAPSHOT_LIFE_MS } from './backup/limits.ts';
import type { BackupParts } from './backup/parts.ts';
import { problem } from './backup/problems.ts';
import { sendErased } from './backup/prune.ts';
import { destinationAllowed } from './backup/regions.ts';
import { openBackupState } from './backup/state.ts';
import { type Config, type DestinationConfig, places } from './config.ts';
import type { HealthFacts } from './health/finding.ts';
import type { Device } from './identity/device.ts';
import type { VerifiedPolicy } from './policy/verify.ts';
import type { ContentSource } from './vault/scrub.ts';
import type { TimeSource } from './vault/trusted-time.ts';
import type { Vault } from './vault/vault.ts';
import type { BackupServices } from './web/box-services.ts';

export interface KeeperOptions {
  readonly config: Config;
  readonly device: Pick<Device, 'deviceId' | 'privateKey' | 'publicKey'>;
  readonly vault: Vault;
  readonly audit: AuditLog;
  /** The policy in force: its regions and its escrow keys; null: nothing may be sent. */
  readonly policy: () => VerifiedPolicy | null;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
}

export interface BackupKeeper extends BackupServices {
  /**
   * When it is time: every destination, one after the other, then the drill when that is due. A destination that fails is logged, and the
   * next has its turn.
   */
  runIfDue(): Promise<void>;
  /** One destination, for a person who waits. @throws Problem of the destination or the backup. */
  backUpTo(name: string, onProgress: (progress: Progress) => void): Promise<BackupReport>;
  drillAt(name: string): Promise<DrillReport>;
  /** Tells every destination what was erased since it was last told: short, to follow an erasure. */
  tellErased(): Promise<void>;
  /** Where the scrub finds whole copies. */
  readonly contentSources: readonly ContentSource[];
  /** Servers that say what time it is. */
  readonly timeSources: readonly TimeSource[];
  facts(): HealthFacts['backup'];
  readonly names: readonly string[];
  close(): void;
}

export function keepBackups(options: KeeperOptions): BackupKeeper {
  const { config, device, vault, audit, policy, clock, chance, log } = options;
  const { backup } = config;
  const destinations = backup?.destinations ?? [];
  const everyMs = (backup?.everyMinutes ?? 0) * 60_000;
  const at = places(config.data);
  const state = openBackupState(at.backupDatabase);
  let lastRunAt = clock.now() - everyMs;
  let running: 'backup' | 'drill' | null = null;
  let progress: { readonly name: string; readonly doneBytes: number; readonly totalBytes: number } | null = null;

  const parts = (): BackupParts => ({
    ...device,
    catalogue: vault.catalogue,
    keystore: vault.keystore,
    contentFolder: vault.contentFolder,
    log: audit,
    data: config.data,
    recipients: policy()?.recipients.recipients ?? [],
    state,
    scratch: at.scratch,
    append: (entry) => audit.append(entry),
    clock,
    chance,
  });
  const regions = (): readonly string[] => policy()?.policy.regions ?? [];
  const named = (name: string): DestinationConfig => {
    const found = destinations.find((one) => one.name === name);
    if (!found) throw problem('no_destination', name);
    return found;
  };

  /** Opens a destination for one piece of work. */
  async function using<Result>(name: string, work: (destination: Destination) => Promise<Result>): Promise<Result> {
    const destination = await openDestination(named(name), regions(), chance);
    try {
      return await work(destination);
    } finally {
      await destination.close();
    }
  }

  async function backUpTo(name: string, onProgress: (progress: Progress) => void): Promise<BackupReport> {
    let opened = false;
    try {
      return await using(name, (destination) => {
        opened = true;
        const tell = (now: Progress) => {
          progress = { name, doneBytes: now.bytes, totalBytes: Math.max(now.bytes, now.bytesTotal) };
          onProgress(now);
        };
        return backUp(parts(), destination, { bytesPerSecond: backup?.bytesPerSecond ?? null, onProgress: tell });
      });
    } catch (error) {
      // What was opened has remembered how it went.
      if (!opened && error instanceof Problem) {
        state.ended(name, { at: clock.now(), outcome: error.code, recordings: 0, bytes: 0 });
      }
      throw error;
    } finally {
      progress = null;
    }
  }
  const drillAt = (name: string) => using(name, (destination) => drill(parts(), destination));

  const failed = (event: string, destination: string, error: unknown) =>
    log(event, { destination, why: (error as { code?: string }).code ?? (error as Error).message });

  async function each(event: string, work: (name: string) => Promise<unknown>): Promise<void> {
    for (const { name } of destinations) {
      try {
        await work(name);
      } catch (error) {
        failed(event, name, error);
      }
    }
  }

  async function alone(what: 'backup' | 'drill', work: () => Promise<void>): Promise<void> {
    if (running) throw problem('backup_running');
    running = what;
    try {
      await work();
    } finally {
      running = null;
    }
  }

  async function backUpAll(): Promise<void> {
    lastRunAt = clock.now();
    await each('backup_failed', (name) => backUpTo(name, () => {}));
  }
  const drillAll = () => each('drill_failed', drillAt);
  const lastDrill = () =>
    destinations.flatMap(({ name }) => state.describe(name).drill ?? []).sort((a, b) => b.at - a.at)[0] ?? null;

  const start = (what: 'backup' | 'drill', work: () => Promise<void>): void => {
    if (destinations.length === 0) throw problem('no_destination');
    if (running) throw problem('backup_running');
    alone(what, work).catch((error) => failed(`${what}_failed`, '', error));
  };

  return {
    names: destinations.map(({ name }) => name),
    async runIfDue() {
      if (destinations.length === 0 || running) return;
      if (clock.now() - lastRunAt >= everyMs) await alone('backup', backUpAll);
      const due = destinations.filter(({ name }) => drillDue(state.describe(name), clock.now()));
      if (due.length === 0) return;
      await alone('drill', async () => {
        for (const { name } of due) await drillAt(name).catch((error) => failed('drill_failed', name, error));
      });
    },
    backUpTo,
    drillAt,
    tellErased: () =>
      each('erasures_untold', (name) =>
        using(name, (destination) => exclusively(at.scratch, () => sendErased(parts(), destination))),
      ),
    contentSources: destinations.map(({ name }) => ({
      name,
      fetch: (recording) => using(name, (destination) => contentSource(destination).fetch(recording)),
    })),
    timeSources: destinations
      .filter(({ kind }) => kind !== 'directory')
      .map(({ name }) => ({
        name,
        now: () => using(name, (destination) => destination.now()).catch(() => null),
      })),
    state() {
      if (destinations.length === 0) return null;
      const allowed = regions();
      const last = lastDrill();
      return {
        destinations: destinations.map(({ name, kind, country }) => {
          const { last: lastRun, snapshots } = state.describe(name);
          return {
            name,
            kind,
            country,
            allowed: destinationAllowed(country, allowed),
            last: lastRun,
            progress: progress?.name === name ? progress : null,
            snapshots: snapshots.map((snapshot) => {
              const madeAt = instantOf(snapshot) ?? 0;
              return { name: snapshot, at: madeAt, expiresAt: madeAt + SNAPSHOT_LIFE_MS };
            }),
          };
        }),
        nextAt: lastRunAt + everyMs,
        drill: {
          last,
          dueAt: (last?.at ?? clock.now() - DRILL_EVERY_MS) + DRILL_EVERY_MS,
          running: running === 'drill',
        },
      };
    },
    runNow: () => start('backup', backUpAll),
    drillNow: () => start('drill', drillAll),
    facts() {
      if (destinations.length === 0) return null;
      const last = lastDrill();
      return {
        everyMs,
        destinations: destinations.map(({ name }) => {
          const { doneAt, last: lastRun } = state.describe(name);
          return {
            name,
            lastAt: doneAt,
            fault: lastRun && lastRun.outcome !== 'done' ? lastRun.outcome : null,
          };
        }),
        drill: last && { at: last.at, proven: last.outcome === 'passed' },
      };
    },
    close: () => state.close(),
  };
}
