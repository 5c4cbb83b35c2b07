/** The fleet's process: enrolment, broker, intake, console. Exit codes: 0 ended in order, 1 a fault of the program, 2 a mistake of whoever installs it. */
import { parseArgs } from 'node:util';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { Counters } from '@belkluis/shared/base/counters';
import { type Log, stderrLog } from '@belkluis/shared/base/log';
import { runProcess } from '@belkluis/shared/base/run-process';
import { newUlid } from '@belkluis/shared/base/ulid';
import { broadcast } from '@belkluis/shared/contract/broadcast';
import { CONTRACT_VERSION } from '@belkluis/shared/contract/limits';
import { UP_FILTER } from '@belkluis/shared/contract/topics';
import { sql } from 'kysely';
import { guardEgress } from './compliance/egress.ts';
import { CONFIG_PATH, type Config, readConfig, siteOf } from './config.ts';
import type { KeyAndChain } from './enrolment/ca.ts';
import { serveEnrolment } from './enrolment/http.ts';
import { openIngest } from './ingest/ingest.ts';
import type { Change } from './inventory/heard.ts';
import { presumeGone } from './inventory/store.ts';
import { openWriter } from './inventory/writer.ts';
import { joinAlerts } from './join-alerts.ts';
import { joinApi, joinMetrics } from './join-api.ts';
import { joinBoxes } from './join-boxes.ts';
import { joinBroker } from './join-broker.ts';
import { joinCommands } from './join-commands.ts';
import { joinLocations } from './join-compliance.ts';
import { joinConsole } from './join-console.ts';
import { joinIngest, noPorts } from './join-ingest.ts';
import { startJobs } from './join-jobs.ts';
import { joinMosquitto } from './join-mosquitto.ts';
import { joinPolicies } from './join-policies.ts';
import { knowOwnRelease } from './join-software.ts';
import { joinWitness } from './join-witness.ts';
import { openRooms } from './open-rooms.ts';
import { openLive } from './web/live.ts';

/** Starts the fleet. Returns what ends it: what it has heard is stored and acknowledged then. @throws Problem of a room that cannot begin. */
async function startFleet(config: Config, log: Log): Promise<() => Promise<void>> {
  const [clock, chance, counters] = [systemClock, systemChance, new Counters()];
  const locations = joinLocations(config);
  const endGuard = guardEgress(locations, ({ host, port }) => log('destination_refused', { host, port }));
  const rooms = await openRooms(config, log, locations);
  const { database, identities, ca, enrolment, compliance } = rooms;
  await compliance.subprocessors.checkLive(locations.list());
  const boxes = joinBoxes(rooms, clock);
  const certificate = await ca.server(clock.now());
  const alerts = joinAlerts(rooms, clock, log);
  const live = openLive(clock);
  const changed = (changes: readonly Change[]): void => {
    alerts.changed(changes);
    live.changed(changes);
  };
  const writer = openWriter({ database: database.kysely, clock, log, changed });
  const beside = config.mqttUrl !== null;
  const mosquitto = beside ? joinMosquitto(config, rooms, clock) : null;
  // Before it is looked for: it may wait for them.
  await mosquitto?.write();
  const { broker, renewed } = await joinBroker({
    ...{ config, rooms, boxes, certificate, clock, counters, log },
    notice({ code, box }) {
      log('notice', { code, box });
      alerts.notice(code, box);
    },
  });
  const witness = joinWitness(rooms, clock, log, alerts.alarm);
  const parts = { identities, enrolment, welcome: boxes.welcome, beside, clock, chance, log };
  const policies = joinPolicies(rooms, { broker, clock, chance, log, looked: () => live.touched(null) });
  const commands = joinCommands(rooms, { broker, clock, log, changed: live.changed });
  const told = { ...noPorts, ...policies.ports, ...commands.ports, witness: witness.witness };
  const store = joinIngest({ ...parts, writer, broker, ports: told });
  const ingest = openIngest({
    clock,
    counters,
    store,
    notice({ code, box, kind, at = null, skewMs = null }) {
      log('notice', { code, box, kind, at, skewMs });
      alerts.notice(code, box);
    },
  });
  broker.onMessage(UP_FILTER, (arrival) => ingest.take(arrival));
  // Nobody's will was told while the broker was not there.
  if (!beside) await presumeGone(database.kysely, clock.now());
  await broker.start();
  const now = clock.now();
  const news = {
    id: newUlid(now, chance),
    ts: now,
    seq: 0,
    body: { reads: CONTRACT_VERSION, trust: null, revoked: null },
  };
  await broker.publish(broadcast.topic(), broadcast.format(news), broadcast);
  const healthy = () =>
    sql`SELECT 1`.execute(database.kysely).then(
      () => true,
      () => false,
    );
  const { address, ports } = config;
  const serving = await serveEnrolment({
    enrolment: boxes.hears,
    certificate,
    address,
    port: ports.enrolment,
    clock,
    log,
    healthy,
  });
  const checks = {
    database: healthy,
    broker: () => !beside || counters.get('broker.reached') > counters.get('broker.lost'),
    writer: writer.takes,
  };
  // Made by whoever is first: a box that is claimed pins it.
  const policyKeyOf = (msp: string) => rooms.policies.keys.pinned(msp, 'fleet');
  const front = joinApi({ config, rooms, boxes, witness: witness.logs, policyKeyOf, checks, clock, log });
  const pages = await joinConsole({
    ...{ config, rooms, witness: witness.logs, revoke: boxes.revoke, live, certificate, clock, log, front },
  });
  const metrics = await joinMetrics({ port: ports.metrics, rooms, checks, clock, counters, broker, writer });
  const endJobs = startJobs({
    mosquitto,
    rooms,
    broker,
    clock,
    log,
    changed,
    findSilent: witness.findSilent,
    alertJobs: alerts.jobs,
    async dismiss(box) {
      alerts.changed([{ box }]);
      await witness.dismiss(box);
    },
    tell: rooms.alerts.notices.tell,
    async renewed(next: KeyAndChain) {
      serving.renewed(next);
      pages?.renewed(next);
      await renewed(next);
    },
  });
  await knowOwnRelease(rooms);
  const endPolicies = policies.start();
  const endCommands = commands.start();
  log('fleet_started', { region: config.region, root: ca.fingerprint, database: database.kind });
  const origin = pages ? siteOf(config).origin : null;
  process.stdout.write(`${JSON.stringify({ ready: true, console: origin, root: ca.fingerprint })}\n`);
  return async () => {
    await Promise.all([serving.close(), pages?.close(), metrics?.close()]);
    await Promise.all([endJobs(), endPolicies(), endCommands()]);
    // At once: what the writer has is stored and acknowledged, the rest comes again.
    await Promise.all([broker.close(), writer.close()]);
    await database.close();
    endGuard();
    log('fleet_stopped', {});
  };
}

/** Runs the fleet until SIGTERM or SIGINT. */
export const serve = (configPath: string): Promise<void> =>
  runProcess(async () => startFleet(readConfig(configPath, process.env), stderrLog('fleet')));

if (import.meta.main) {
  const { values } = parseArgs({ options: { config: { type: 'string', default: CONFIG_PATH } } });
  await serve(values.config);
}
