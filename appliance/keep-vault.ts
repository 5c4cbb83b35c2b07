/**
 * What the desk process does to the vault by itself: terms, erasure, certificates, room on the disk, reading everything again. Pages ask how
 * it went. Cadence is monotonic; what is erased goes by the time that may be believed.
 */
import { statfsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import { generalDays } from '@belkluis/shared/policy/retention';
import type { Access } from './access/access.ts';
import type { Phones } from './access/phones.ts';
import type { Config } from './config.ts';
import { every } from './every.ts';
import { type ActsLog, joinEraser } from './join-eraser.ts';
import type { RunningLog } from './open-log.ts';
import type { VerifiedPolicy } from './policy/verify.ts';
import type { Privacy } from './privacy/privacy.ts';
import { type DiskState, forecastDays, gatherForecast, lookAtDisk } from './vault/disk.ts';
import type { Eraser } from './vault/eraser.ts';
import type { PurgeReport } from './vault/purge.ts';
import { type ContentSource, scrub, scrubDue } from './vault/scrub.ts';
import { applyRetention } from './vault/shorten.ts';
import type { TimeKeeper } from './vault/time-keeper.ts';
import type { Vault } from './vault/vault.ts';

/** How often what has expired is erased, ms (with a run at the start, which catches up after downtime). */
export const PURGE_EVERY_MS = 15 * 60_000;

/** How often a policy is looked at for shorter terms, ms. */
const LOOK_EVERY_MS = 60_000;

/** How often the disk is looked at, ms: at 1000 calls it fills by 5 MB in this time, far less than a reserve. */
const DISK_EVERY_MS = 15_000;

/** How often the forecast is made anew, ms: it reads the catalogue's next ninety days. */
const FORECAST_EVERY_MS = 3600_000;

/** How often it is asked whether a pass over all files is due, and how fast one reads, bytes a second: a terabyte in three weeks. */
const SCRUB_EVERY_MS = 3600_000;
const SCRUB_BYTES_PER_SECOND = 500_000;

/** Files that the last whole pass found damaged and nobody could mend; and those of the pass that goes on. Remembered over restarts. */
const ROTTEN = 'scrub_rotten';
const FOUND = 'scrub_found';
/** When the first pass could have begun. */
const SINCE = 'scrub_since';

export interface KeepVaultParts {
  readonly config: Pick<Config, 'data' | 'timeZone' | 'disk'>;
  readonly vault: Vault;
  readonly running: RunningLog;
  readonly access: Access;
  readonly phones: Phones;
  readonly privacy: Privacy;
  /** In force; null: none, or none that can be trusted. */
  policy(): VerifiedPolicy | null;
  readonly acts: ActsLog;
  /** Where whole copies of rotten files may come from. */
  readonly contentSources: readonly ContentSource[];
  /** What erasing goes by. */
  readonly time: TimeKeeper;
  /** Tells destinations what was erased, so that no snapshot of theirs brings it back. */
  tellErased(): Promise<void>;
  /** Whether snapshots of the keystore go anywhere. */
  readonly backedUp: boolean;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
}

export interface KeptVault {
  readonly eraser: Eraser;
  readonly lastPurge: { readonly at: number; readonly report: PurgeReport } | null;
  disk(): {
    readonly freeBytes: number;
    readonly totalBytes: number;
    readonly reserveBytes: number;
    readonly forecastDays: number | null;
    readonly state: DiskState;
  };
  /** Files that the last pass found damaged and could not mend; and since when there have been passes, wall clock in ms. */
  readonly scrubbing: { readonly rotten: number; readonly since: number };
  close(): void;
}

export function keepVault(parts: KeepVaultParts): KeptVault {
  const { config, vault, running, access, phones, privacy, policy, acts, time, clock, chance, log } = parts;
  const { audit } = running;
  const { reserveBytes } = config.disk;
  const { catalogue } = vault;
  const eraser = joinEraser({
    vault,
    audit,
    acts,
    signHead: running.signHead,
    clock,
    chance,
    policy: () => policy()?.policy ?? null,
    backedUp: parts.backedUp,
    time,
  });
  const { append } = acts;
  let lastPurge: KeptVault['lastPurge'] = null;
  let diskState: DiskState = 'ok';
  let forecast: number | null = null;
  const rotten = () => Number(catalogue.state.get(ROTTEN) ?? 0);
  const ended = new AbortController();
  if (catalogue.state.get(SINCE) === null) catalogue.state.set(SINCE, String(clock.now()));

  const free = () => {
    const { bavail, blocks, bsize } = statfsSync(config.data);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  };

  /** Without waiting: a destination that does not answer must not hold up an erasure. The next backup tells it too. */
  const tellErased = () => {
    void parts.tellErased().catch((error: unknown) => {
      log('erasures_untold', { why: (error as { code?: string }).code ?? (error as Error).message });
    });
  };

  const purge = async () => {
    await time.check();
    const { night, ...report } = await eraser.run();
    lastPurge = { at: clock.now(), report };
    if (report.recordings + report.calls + report.evidence > 0 || !report.certain) log('purged', { ...report });
    if (report.recordings > 0) tellErased();
    if (night && 'failed' in night) log('night_failed', { why: night.failed });
    else if (night && night.certified + night.leftovers > 0) log('certified', { ...night });
  };
  /** What is not a recording: access events, people, phones. */
  const forgetOthers = () => {
    const now = time.now();
    audit.shortenAccess(generalDays(policy()?.policy ?? null, 'access'));
    const events = audit.forgetExpired(now);
    const people = access.forgetExpired();
    const unused = phones.expired(now);
    for (const phone of unused) {
      append({ kind: 'phone_removed', actor: 'purge', facts: { phone } });
      privacy.acknowledgements.remove(phone, null);
      phones.remove(phone);
    }
    phones.scour();
    // An account that stays keeps what was acknowledged for it, though it may make no calls.
    privacy.acknowledgements.seen(phones.list().map(({ user, seenAt }) => [user, seenAt]));
    const notices = privacy.acknowledgements.forgetExpired(now);
    privacy.registers.forgetExpired(now);
    if (events + people + unused.length + notices > 0)
      log('forgotten', { events, people, phones: unused.length, notices });
  };

  const stops = [
    every(LOOK_EVERY_MS, 'retention', log, async () => {
      const inForce = policy();
      const done = inForce && (await applyRetention({ catalogue, append }, inForce, time.now()));
      // Terms that became shorter count now, not in a quarter of an hour.
      if (done?.some(({ recordings, calls }) => recordings.atOnce + calls.atOnce > 0)) await purge();
    }),
    every(PURGE_EVERY_MS, 'purge', log, purge),
    every(PURGE_EVERY_MS, 'forget', log, forgetOthers),
    every(DISK_EVERY_MS, 'disk', log, async () => {
      const { freeBytes } = free();
      const [state, ...effects] = lookAtDisk(diskState, { freeBytes, reserveBytes });
      diskState = state;
      for (const effect of effects) {
        if (effect.do === 'append') {
          log(effect.event.kind, { ...effect.event.facts });
          append(effect.event);
        } else await purge();
      }
    }),
    every(FORECAST_EVERY_MS, 'forecast', log, async () => {
      const gathered = await gatherForecast(catalogue.intake, time.now());
      forecast = forecastDays({ ...free(), reserveBytes, ...gathered });
    }),
    every(SCRUB_EVERY_MS, 'scrub', log, async () => {
      if (!scrubDue(catalogue.state, clock.now())) return;
      const report = await scrub({
        catalogue,
        contentFolder: vault.contentFolder,
        append,
        clock,
        sleep: (ms) => delay(ms, undefined, { signal: ended.signal, ref: false }).catch(() => {}),
        bytesPerSecond: SCRUB_BYTES_PER_SECOND,
        sources: parts.contentSources,
        signal: ended.signal,
      });
      const unmended = Number(catalogue.state.get(FOUND) ?? 0) + report.rotten - report.repaired;
      catalogue.state.set(FOUND, String(report.ended ? 0 : unmended));
      if (report.ended || unmended > rotten()) catalogue.state.set(ROTTEN, String(unmended));
      if (report.rotten > 0) log('scrubbed', { ...report });
    }),
  ];

  return {
    eraser: {
      ...eraser,
      async eraseNow(request) {
        const outcome = await eraser.eraseNow(request);
        tellErased();
        return outcome;
      },
    },
    get lastPurge() {
      return lastPurge;
    },
    disk: () => ({ ...free(), reserveBytes, forecastDays: forecast, state: diskState }),
    get scrubbing() {
      return { rotten: rotten(), since: Number(catalogue.state.get(SINCE) ?? clock.now()) };
    },
    close() {
      ended.abort();
      for (const stop of stops) stop();
    },
  };
}
