/** The desk's connection to the fleet: there from when the box is enrolled until it leaves, whoever does that, without a restart. */
import { existsSync } from 'node:fs';
import type { AuditEntry } from '@belkluis/shared/audit/event';
import type { Chance } from '@belkluis/shared/base/chance';
import type { Clock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import { type Config, places } from './config.ts';
import { every } from './every.ts';
import { followFile } from './follow-file.ts';
import type { UplinkFact } from './health/finding.ts';
import type { Device } from './identity/device.ts';
import type { PolicyActs } from './join-policy.ts';
import { joinCommands, joinDesired, reportOf } from './join-uplink.ts';
import { joinWitness } from './join-witness.ts';
import type { HealthSample } from './keep-health.ts';
import type { Lines } from './lines/schema.ts';
import type { RunningLog } from './open-log.ts';
import { policyFiles } from './policy/store.ts';
import type { TestCallOutcome } from './proof/test-call.ts';
import { rememberFleet } from './remember-fleet.ts';
import type { Credentials, Enrolment } from './uplink/enrol/enrol.ts';
import { problem } from './uplink/enrol/problems.ts';
import { startUplink, type Uplink } from './uplink/uplink.ts';
import { unlinkDurably } from './vault/durable.ts';
import type { Vault } from './vault/vault.ts';
import type { FleetConnection } from './web/fleet-services.ts';

/** How often it is looked whether the box has a fleet, and whether something is to be told, ms. */
const LOOK_MS = 2000;

/** How often another certificate is asked for, ms, where none comes. */
const RENEW_EVERY_MS = 3_600_000;

interface Parts {
  readonly config: Pick<Config, 'data'>;
  readonly device: Device;
  readonly vault: Vault;
  readonly fleet: Pick<Enrolment, 'status' | 'credentials' | 'request' | 'take' | 'settled'>;
  readonly policies: Pick<PolicyActs, 'inForce' | 'pending' | 'propose'>;
  readonly running: RunningLog;
  readonly append: (entry: AuditEntry) => unknown;
  /** The last regular look at health. */
  readonly sample: () => Promise<HealthSample>;
  readonly testCall: () => Promise<TestCallOutcome>;
  readonly lines: () => Lines;
  readonly accounts: () => number;
  readonly version: string;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
}

export interface KeptUplink {
  /** Looks from now on: health is there to be told. */
  begin(): void;
  /** Null: the box belongs to no fleet. */
  fact(): UplinkFact | null;
  /** The same as the desk's pages show it, with why it is not connected and what the fleet signed last. */
  connection(): FleetConnection | null;
  /** When the fleet, as witness, refused this log; null: it did not. */
  witnessRefusedAt(): number | null;
  close(): Promise<void>;
}

/** Which certificate and which address the next connection takes: the newest and the first, then whatever else there is. */
export function attempts(credentials: () => Credentials | null) {
  let turn = 0;
  let url = '';
  let used = '';
  const known = (): Credentials => {
    const now = credentials();
    if (!now) throw problem('fleet_none');
    return now;
  };
  return {
    url(): string {
      const { brokers } = known();
      url = brokers[turn % brokers.length]!;
      return url;
    },
    credentials() {
      const now = known();
      // The new certificate at every address before the former one.
      const isFormer = Math.floor(turn / now.brokers.length) % 2 === 1;
      turn += 1;
      const { key, certificate } = (isFormer && now.former) || now;
      used = certificate;
      return { key, certificate, authority: now.authority };
    },
    /** The connection stands: the next one begins with the best again. */
    stands: (): void => {
      turn = 0;
    },
    lastUrl: () => url,
    lastCertificate: () => used,
  };
}

interface Running {
  /** The fleet, by its pinned keys. */
  readonly fleet: string;
  readonly uplink: Uplink;
  /** What may be due, looked at again and again. */
  look(credentials: Credentials): Promise<void>;
}

export function keepUplink(parts: Parts): KeptUplink {
  const { config, device, vault, fleet, policies, running: audited, clock, chance, log } = parts;
  const at = places(config.data);
  const memories = rememberFleet(vault.catalogue);
  let now: Running | null = null;
  let isClosed = false;

  /** Which fleet this box has; null: none that a person here has confirmed and that has let it in. */
  function fleetNow(): { readonly name: string; readonly credentials: Credentials } | null {
    const status = fleet.status();
    const credentials = status.at === 'enrolled' ? fleet.credentials() : null;
    if (status.at !== 'enrolled' || !credentials) return null;
    return { name: `${status.fleet.root} ${status.fleet.policyKey}`, credentials };
  }

  /** What waited for a fleet is no other's business. */
  function forget(): void {
    for (const suffix of ['', '-wal', '-shm']) {
      const path = `${at.uplinkDatabase}${suffix}`;
      if (existsSync(path)) unlinkDurably(path);
    }
    memories.forget();
  }

  function start(name: string): Running {
    if (memories.read()?.fleet !== name) {
      forget();
      memories.begin(name, clock.now(), audited.audit.size());
    }
    const attempt = attempts(fleet.credentials);
    const desired = joinDesired({ policies, audit: audited.audit, memories, log });
    const witness = joinWitness({
      running: audited,
      device,
      memories,
      append: parts.append,
      clock,
      log,
      showAgain: () => uplink.showLog(),
    });
    const renew = async () => void uplink.requestCertificate(await fleet.request());
    const uplink: Uplink = startUplink({
      path: at.uplinkDatabase,
      boxId: device.deviceId,
      url: attempt.url,
      credentials: attempt.credentials,
      version: parts.version,
      policyVersion: () => policies.inForce()?.policy.version ?? null,
      tells: {
        reported: () =>
          reportOf({
            policy: desired.reported,
            inForce: policies.inForce,
            version: parts.version,
            data: config.data,
            keystore: vault.keystore,
            accounts: parts.accounts,
            lines: parts.lines,
            url: attempt.lastUrl,
          }),
        health: parts.sample,
        checkpoint: witness.checkpoint,
        checkpointTold: witness.told,
      },
      hears: {
        desired(policy) {
          desired.take(policy);
          uplink.changed();
        },
        command: joinCommands({ renew, testCall: parts.testCall, clock }),
        certificate({ chain }) {
          try {
            fleet.take(chain);
          } catch (error) {
            const { code } = error as { code?: string };
            if (code !== 'certificate_wrong') throw error;
            log('fleet_certificate_wrong');
          }
        },
        cosignature: witness.hear,
        // Lists of trust and of what was revoked are not read yet.
        broadcast: () => {},
      },
      clock,
      chance,
      log,
    });
    let hadCertificate = fleet.credentials()?.certificate;
    let wasOnline = false;
    let told = '';
    let renewedAt = -RENEW_EVERY_MS;
    return {
      fleet: name,
      uplink,
      async look({ certificate, renewal, former }) {
        const isOnline = uplink.status().state === 'online';
        if (isOnline && attempt.lastCertificate() === certificate && former) fleet.settled();
        if (isOnline && !wasOnline) attempt.stands();
        wasOnline = isOnline;
        if (certificate !== hadCertificate) {
          hadCertificate = certificate;
          attempt.stands();
          uplink.reconnect();
        }
        if (isOnline && renewal === 'due' && clock.monotonic() - renewedAt >= RENEW_EVERY_MS) {
          renewedAt = clock.monotonic();
          await renew();
        }
        const findings = JSON.stringify((await parts.sample()).findings);
        if (told !== '' && findings !== told) await uplink.sample();
        told = findings;
        if (witness.isDue()) uplink.showLog();
      },
    };
  }

  async function look(): Promise<void> {
    const belongs = fleetNow();
    if (now && now.fleet !== belongs?.name) {
      const ended = now;
      now = null;
      await ended.uplink.stop();
    }
    if (isClosed) return;
    if (!belongs) return forget();
    now ??= start(belongs.name);
    await now.look(belongs.credentials);
  }

  let stopLooking = () => {};
  const { current, pending } = policyFiles(at.policy);
  const following = followFile(
    // The folder, too: what waited and was refused between two looks is gone as if it had never been there.
    [at.policy, current, pending, at.lines],
    () => now?.uplink.changed(),
    () => {},
  );

  return {
    begin() {
      stopLooking = every(LOOK_MS, 'uplink', log, look);
    },
    fact() {
      const belongs = fleetNow();
      if (!belongs) return null;
      const status = now?.uplink.status();
      return {
        connected: status?.state === 'online',
        lastAt: status?.lastAt ?? null,
        certificateExpiresAt: belongs.credentials.expiresAt,
        waiting: status?.queued ?? 0,
        connections: status?.connections ?? 0,
      };
    },
    connection() {
      if (!now) return null;
      const { state, since, lastAt, fault, queued } = now.uplink.status();
      const name = memories.read()?.witness?.name;
      const witness = audited.audit.witnesses().find((one) => one.name === name) ?? null;
      return { connected: state === 'online', since, lastAt, fault, waiting: queued, witness };
    },
    witnessRefusedAt: () => memories.read()?.refused?.at ?? null,
    async close() {
      isClosed = true;
      stopLooking();
      (await following).close();
      await now?.uplink.stop();
    },
  };
}
