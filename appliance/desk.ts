/** Composition root of the desk process: web pages, and everything that the box does to what it keeps. A crash of it drops no call. */
import { mkdirSync } from 'node:fs';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { stderrLog } from '@belkluis/shared/base/log';
import type { Said } from '@belkluis/shared/policy/decide';
import { generalDays } from '@belkluis/shared/policy/retention';
import { openAccess } from './access/access.ts';
import { openPhones } from './access/phones.ts';
import { refuseUnfinished } from './backup/restore.ts';
import { type Config, places, readConfig } from './config.ts';
import { serveControl } from './control/server.ts';
import { every } from './every.ts';
import { openCertificate } from './identity/certificate.ts';
import { openDevice } from './identity/device.ts';
import { acknowledgedByAll } from './join-acknowledgements.ts';
import {
  joinErasure,
  joinExceptions,
  joinHolds,
  joinLog,
  joinRecordings,
  joinRestrictions,
  joinRetention,
  joinTime,
  keystoreState,
} from './join-desk.ts';
import { documentFacts, joinRegister, placesOf } from './join-documents.ts';
import { joinFleet } from './join-fleet.ts';
import { joinFleetPages } from './join-fleet-pages.ts';
import { joinLinePages } from './join-line-pages.ts';
import { joinPolicy } from './join-policy.ts';
import { joinPolicyPages } from './join-policy-pages.ts';
import { joinPrivacyPages } from './join-privacy-pages.ts';
import { joinTools } from './join-tools.ts';
import { keepBackups } from './keep-backups.ts';
import { keepFleet } from './keep-fleet.ts';
import { answerOf, keepHealth } from './keep-health.ts';
import { testCall, testCallDue } from './keep-proof.ts';
import { compareOwn, isDue, isOwnDue, readSource } from './keep-reconciliation.ts';
import { keepUplink } from './keep-uplink.ts';
import { keepVault } from './keep-vault.ts';
import type { Lines } from './lines/schema.ts';
import { checkLines, loadLines } from './lines/store.ts';
import { openLog } from './open-log.ts';
import manifest from './package.json' with { type: 'json' };
import { outlivedPolicies, policiesSince } from './policy/history.ts';
import { loadPolicy } from './policy/store.ts';
import { readAcknowledgements } from './privacy/follow-acknowledgements.ts';
import { openPrivacy } from './privacy/privacy.ts';
import { openLinks } from './provisioning/links.ts';
import { runProcess } from './run-process.ts';
import { unlinkDurably } from './vault/durable.ts';
import { openTimeKeeper } from './vault/time-keeper.ts';
import { systemTimeSource } from './vault/time-source.ts';
import type { TimeSource } from './vault/trusted-time.ts';
import { openVault } from './vault/vault.ts';
import { watchLog } from './watch-log.ts';
import { createDesk } from './web/app.ts';
import { loadAssets } from './web/assets.ts';
import { serveDesk } from './web/serve.ts';

/** How often the head of the audit log is signed and witnessed, ms, and what that costs a forger at most: events of one interval. */
const CHECKPOINT_EVERY_MS = 15 * 60_000;

/** How often it is looked whether a backup or a drill is due, ms. */
const BACKUP_LOOK_MS = 60_000;

/** How often it is looked whether a test call is due, ms: one that failed is tried again as often. */
const TEST_LOOK_MS = 10 * 60_000;

/** How often it is looked whether a policy is kept beyond its time, ms: their terms are days. */
const POLICIES_LOOK_MS = 6 * 3_600_000;

/** How often it is looked whether a policy that waited has become due, ms. */
const DUE_LOOK_MS = 10_000;

/** How often it is looked whether a call log is due, ms. */
const CALL_LOG_LOOK_MS = 60_000;

const clock = systemClock;
const chance = systemChance;
const log = stderrLog('desk');

async function start(config: Config): Promise<() => Promise<void>> {
  const at = places(config.data);
  refuseUnfinished(config.data);
  mkdirSync(config.data, { recursive: true, mode: 0o700 });
  const device = openDevice(at.identity, chance);
  const { deviceId, publicKey, tlsKey } = device;
  const certificate = await openCertificate({
    folder: at.identity,
    tlsKey,
    names: [config.domain, ...config.desk.names],
    addresses: [config.address],
    now: clock.now(),
    chance,
  });
  const policy = () => {
    try {
      return loadPolicy(at.policy);
    } catch {
      // Health says why; without a policy that can be trusted there is none.
      return null;
    }
  };
  const lines = (): Lines => {
    try {
      return loadLines(at.lines);
    } catch {
      // The call process says what is wrong with them, and goes on with those before.
      return checkLines({ schemaVersion: 1 });
    }
  };
  const days = (dataClass: 'access' | 'directory' | 'request') => () =>
    generalDays(policy()?.policy ?? null, dataClass);
  const running = openLog({ config, device, accessDays: days('access'), clock, chance, log });
  const { audit } = running;
  const watched = watchLog({ audit, publicKey, clock, log });
  const { acts } = watched;
  const vault = openVault(at.vault, { tpm: config.tpm, clock, chance });
  const access = openAccess({
    path: at.accessDatabase,
    clock,
    chance,
    append: acts.append,
    directoryDays: days('directory'),
    onRolesChanged: () => recordRegister('roles'),
  });
  const privacy = openPrivacy(at.privacyDatabase, { directory: days('directory'), request: days('request') });
  const register = joinRegister({
    privacy,
    policy,
    access,
    destinations: placesOf(config),
    deviceId,
    append: acts.append,
    clock,
  });
  /** What the log refuses is not lost: health says that the register differs. */
  const recordRegister = (cause: 'roles' | 'start') => {
    try {
      register.record(cause);
    } catch (error) {
      log('register_not_recorded', { why: (error as { code?: string }).code ?? (error as Error).message });
    }
  };
  recordRegister('start');
  const phones = openPhones(at.phonesDatabase, days('directory'));
  const links = openLinks(at.provisioningDatabase, { clock, chance });
  const timeSources: TimeSource[] = [systemTimeSource(clock)];
  const time = openTimeKeeper({ state: vault.catalogue.state, clock, append: acts.append, sources: timeSources });
  // Snapshots age by the time that may be believed, as erasure does.
  const trusted = { ...clock, now: time.now };
  const backups = keepBackups({ config, device, vault, audit, policy, clock: trusted, chance, log });
  timeSources.push(...backups.timeSources);
  const kept = keepVault({
    config,
    vault,
    running,
    access,
    phones,
    privacy,
    policy,
    acts,
    contentSources: backups.contentSources,
    time,
    tellErased: backups.tellErased,
    backedUp: config.backup !== null,
    clock,
    chance,
    log,
  });
  const stopBackups = every(BACKUP_LOOK_MS, 'backup', log, () => backups.runIfDue());
  const stopTests = every(TEST_LOOK_MS, 'test_call', log, async () => {
    if (!config.testCalls || !policy() || !testCallDue(vault.catalogue, manifest.version, clock.now())) return;
    const outcome = await testCall({ config, vault, clock, chance }, manifest.version);
    log('test_call', outcome.proven ? { proven: true } : { ...outcome });
  });
  const reconciling = {
    catalogue: vault.catalogue,
    append: acts.append,
    policies: () => {
      try {
        return policiesSince(at.policy);
      } catch {
        return () => null;
      }
    },
    clock,
    chance,
  };
  /** What people have said, as it is at this moment. */
  const saidNow = (now: Lines): Said => ({
    timeZone: config.timeZone,
    objected: vault.catalogue.objections.meets,
    acknowledged: acknowledgedByAll(() => now, readAcknowledgements(privacy.acknowledgements, clock.now())),
  });
  const stopReconciling = every(CALL_LOG_LOOK_MS, 'call_log', log, async () => {
    const now = lines();
    const said = saidNow(now);
    for (const source of now.callLogs) {
      if (!isDue(vault.catalogue, source, clock.now())) continue;
      await readSource({ ...reconciling, said }, source).catch((error: unknown) =>
        log('call_log_not_read', {
          source: source.id,
          why: (error as { code?: string }).code ?? (error as Error).name,
        }),
      );
    }
  });
  const stopOwn = every(CALL_LOG_LOOK_MS, 'own_records', log, () => {
    if (isOwnDue(vault.catalogue, clock.now())) compareOwn(reconciling);
  });
  const stopForgetting = every(BACKUP_LOOK_MS, 'links', log, links.forgetOld);
  const stopOutliving = every(POLICIES_LOOK_MS, 'policies', log, () => {
    for (const path of outlivedPolicies(at.policy, time.now())) unlinkDurably(path);
  });
  const policies = joinPolicy({
    folder: at.policy,
    lock: at.policyLock,
    deviceId: () => deviceId,
    // A clock that somebody set ahead shortens no wait.
    now: time.now,
    append: acts.append,
    recordRegister: register.recordNext,
  });
  const stopDue = every(DUE_LOOK_MS, 'policy_due', log, () => {
    const applied = policies.applyDue();
    if (applied) log('policy_due', { version: applied.policy.version, hash: applied.hash });
  });
  const fleet = joinFleet({ at, device, clock, chance, append: acts.append });
  const stopFleet = keepFleet({ fleet, clock, log });
  const uplink = keepUplink({
    config,
    device,
    vault,
    fleet,
    policies,
    running,
    append: acts.append,
    sample: () => health.sample(),
    testCall: () => testCall({ config, vault, clock, chance }, manifest.version),
    lines,
    accounts: () => phones.list().length,
    version: manifest.version,
    clock,
    chance,
    log,
  });
  const stopCheckpoints = every(CHECKPOINT_EVERY_MS, 'checkpoint', log, running.signHead);

  const { catalogue } = vault;
  const requestDays = () => generalDays(policy()?.policy ?? null, 'request');
  const joined = { catalogue, append: acts.append, clock, chance, requestDays };
  const linePages = joinLinePages({
    lines: at.lines,
    controlSocket: at.controlSocket,
    append: acts.append,
    clock,
    chance,
  });
  const policyPages = joinPolicyPages({
    acts: policies,
    policyFolder: at.policy,
    identityFolder: at.identity,
    catalogue,
    said: () => saidNow(lines()),
    append: acts.append,
    clock,
    chance,
  });
  const health = keepHealth({
    policy,
    policyWaits: policies.pending,
    config,
    vault,
    lines,
    kept,
    documents: () => documentFacts({ register, privacy, phones, catalogue, policy, clock }),
    time,
    backup: backups.facts,
    certificateExpiresAt: certificate.expiresAt,
    watched,
    controlSocket: at.controlSocket,
    audit,
    accounts: () => phones.list().length,
    uplink: uplink.fact,
    witnessRefusedAt: uplink.witnessRefusedAt,
    software: { version: manifest.version, releasedAt: Date.parse(manifest.released) },
    clock,
    log,
  });
  uplink.begin();
  const desk = createDesk(
    {
      clock,
      log,
      timeZone: config.timeZone,
      deviceId,
      version: manifest.version,
      access,
      policy,
      recipients: () => policy()?.recipients.recipients ?? [],
      lines: linePages,
      policies: policyPages,
      fleet: joinFleetPages({ fleet, uplink, policyFolder: at.policy }),
      privacy: joinPrivacyPages({
        privacy,
        register,
        phones,
        catalogue,
        policy,
        lines,
        append: acts.append,
        appendAll: acts.appendAll,
        requestDays,
        clock,
        chance,
      }),
      health: health.now,
      recordings: joinRecordings(joined, vault),
      audit: joinLog(running, watched, publicKey),
      holds: joinHolds(joined),
      restrictions: joinRestrictions(joined),
      erasure: joinErasure(catalogue, kept.eraser, config.backup !== null),
      retention: joinRetention(catalogue),
      exceptions: joinExceptions(joined),
      backups,
      ...joinTools({
        config,
        phones,
        links,
        acknowledgements: privacy.acknowledgements,
        certificate: certificate.certificate,
        deskPort: () => serving.port,
        append: acts.append,
        clock,
        chance,
      }),
      time: joinTime(catalogue, time),
      keystore: () => keystoreState(catalogue, vault.keystore),
      disk: kept.disk,
    },
    loadAssets(),
  );
  const serving = await serveDesk({
    desk,
    key: certificate.key,
    certificate: certificate.certificate,
    address: config.address,
    port: config.desk.port,
  });
  const control = await serveControl(
    at.deskSocket,
    { health: async () => answerOf(await health.now(), config.timeZone) },
    log,
  );
  const setUpCode = access.empty() ? access.newSetUpCode(['custodian', 'dpo', 'admin']) : null;
  const url = `https://${config.address}:${serving.port}/`;
  process.stdout.write(`${JSON.stringify({ ready: true, url, fingerprint: certificate.fingerprint, setUpCode })}\n`);

  return async () => {
    await uplink.close();
    health.close();
    kept.close();
    linePages.close();
    policyPages.close();
    stopBackups();
    backups.close();
    stopForgetting();
    stopOutliving();
    stopDue();
    stopFleet();
    fleet.close();
    policies.close();
    stopCheckpoints();
    stopTests();
    stopReconciling();
    stopOwn();
    watched.close();
    await control.close();
    await serving.close();
    access.close();
    phones.close();
    privacy.close();
    links.close();
    vault.close();
    audit.close();
  };
}

await runProcess((configPath) => start(readConfig(configPath)));
