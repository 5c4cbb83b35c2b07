/** Composition root of the desk process: web pages, purge, health, audit checkpoints. A crash of it drops no call. */
import { createReadStream, mkdirSync, statfsSync, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { stderrLog } from '@belkluis/shared/base/log';
import { openAccess } from './access/access.ts';
import { openAuditLog } from './audit/log.ts';
import { type Config, places, readConfig } from './config.ts';
import { gatherHealth } from './gather-health.ts';
import { checkHealth } from './health/health.ts';
import { openCertificate } from './identity/certificate.ts';
import { openDevice } from './identity/device.ts';
import { loadPolicy } from './policy/store.ts';
import { runProcess } from './run-process.ts';
import { contentPath } from './vault/content.ts';
import { problem as vaultProblem } from './vault/problems.ts';
import { type PurgeReport, purgeExpired } from './vault/purge.ts';
import { openVault } from './vault/vault.ts';
import { createDesk } from './web/app.ts';
import { loadAssets } from './web/assets.ts';
import { serveDesk } from './web/serve.ts';
import type { DeskServices } from './web/services.ts';

/** How often what has expired is erased, ms (with a run at the start, which catches up after downtime). */
const PURGE_EVERY_MS = 15 * 60_000;

/** How often the head of the audit log is signed, ms, and what that costs a forger at most: events of one interval. */
const CHECKPOINT_EVERY_MS = 15 * 60_000;

const clock = systemClock;
const chance = systemChance;
const log = stderrLog('desk');

/** Runs `job` now and then every so often; a failure is logged, never the end. */
function every(intervalMs: number, name: string, job: () => Promise<void> | void): () => void {
  let running = false;
  const run = async () => {
    if (running) return;
    running = true;
    try {
      await job();
    } catch (error) {
      log(`${name}_failed`, { why: (error as { code?: string }).code ?? (error as Error).message });
    }
    running = false;
  };
  void run();
  const timer = setInterval(() => void run(), intervalMs);
  return () => clearInterval(timer);
}

async function start(config: Config): Promise<() => Promise<void>> {
  const at = places(config.data);
  mkdirSync(config.data, { recursive: true, mode: 0o700 });
  const { deviceId, privateKey, publicKey, tlsKey } = openDevice(at.identity, chance);
  const certificate = await openCertificate({
    folder: at.identity,
    tlsKey,
    names: [config.domain, ...config.desk.names],
    addresses: [config.address],
    now: clock.now(),
    chance,
  });
  const audit = openAuditLog({ path: at.auditDatabase, deviceId, clock, chance });
  const vault = openVault(at.vault);
  const access = openAccess({
    path: at.accessDatabase,
    clock,
    chance,
    append: (event) => {
      audit.append(event);
    },
  });
  let lastPurge: { at: number; report: PurgeReport } | null = null;
  const policy = () => {
    try {
      return loadPolicy(at.policy);
    } catch {
      // Health says why; without a policy that can be trusted there is none.
      return null;
    }
  };
  const health = async () =>
    checkHealth(
      await gatherHealth({
        now: clock.now(),
        policy: policy(),
        disk: statfsSync(config.data),
        lastPurgeAt: lastPurge?.at ?? null,
        overdue: vault.catalogue.expired(clock.now() - PURGE_EVERY_MS, 1000).length,
        certificateExpiresAt: certificate.expiresAt,
        verifyLog: () => audit.verify(publicKey),
      }),
    );

  const known = (id: string) => {
    const recording = vault.catalogue.get(id);
    if (!recording) throw vaultProblem('recording_unknown', id);
    if (recording.erasedAt !== null) throw vaultProblem('recording_erased', id);
    return recording;
  };

  const services: DeskServices = {
    clock,
    log,
    timeZone: config.timeZone,
    deviceId,
    version: '0.1.0',
    access,
    policy,
    recipients: () => policy()?.recipients.recipients ?? [],
    health,
    recordings: {
      search: vault.catalogue.search,
      get: vault.catalogue.get,
      release(id, person, reason) {
        known(id);
        const wraps = vault.keystore.get(id);
        if (!wraps) throw vaultProblem('wraps_missing', id);
        // The log first: what could not be written down is not handed out.
        audit.append({ kind: 'release', actor: person.id, facts: { recording: id, reason } });
        return wraps.pkesk;
      },
      content(id) {
        known(id);
        const path = contentPath(vault.contentFolder, id);
        const stream = Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>;
        return { bytes: statSync(path).size, stream };
      },
      unrecordedCalls: vault.catalogue.unrecordedCalls,
    },
    audit: { size: () => audit.head().size, recent: audit.recent },
  };
  const desk = createDesk(services, loadAssets());

  const stopPurge = every(PURGE_EVERY_MS, 'purge', async () => {
    const { catalogue, keystore, contentFolder } = vault;
    const append = (event: Parameters<typeof audit.append>[0]) => audit.append(event);
    const report = await purgeExpired({ catalogue, keystore, contentFolder, append, clock });
    lastPurge = { at: clock.now(), report };
    if (report.recordings + report.calls > 0 || !report.certain) log('purged', { ...report });
  });
  const stopCheckpoints = every(CHECKPOINT_EVERY_MS, 'checkpoint', () => {
    audit.checkpoint(privateKey);
  });

  const serving = await serveDesk({
    desk,
    key: certificate.key,
    certificate: certificate.certificate,
    address: config.address,
    port: config.desk.port,
  });
  const setUpCode = access.empty() ? access.newSetUpCode(['custodian', 'dpo', 'admin']) : null;
  const url = `https://${config.address}:${serving.port}/`;
  process.stdout.write(`${JSON.stringify({ ready: true, url, fingerprint: certificate.fingerprint, setUpCode })}\n`);

  return async () => {
    stopPurge();
    stopCheckpoints();
    await serving.close();
    access.close();
    vault.close();
    audit.close();
  };
}

await runProcess((configPath) => start(readConfig(configPath)));
