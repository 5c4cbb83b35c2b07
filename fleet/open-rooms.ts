/** The rooms on one database: what the process and the command line both have. */
import { hash, hkdfSync, type KeyObject, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import { witnessName } from '@belkluis/shared/contract/cosignature';
import { openAccess } from './access/access.ts';
import { openOutbound } from './access/oidc/outbound.ts';
import { openAlertRoom } from './alerts/room.ts';
import { enrolmentEntry, tenantEntry } from './audit/events.ts';
import { openFleetLog } from './audit/log.ts';
import { openCommands } from './commands/commands.ts';
import type { CommandEvent } from './commands/events.ts';
import type { Locations } from './compliance/locations.ts';
import { brokersOf, type Config, places, siteOf } from './config.ts';
import { idSource } from './db/ids.ts';
import { type AnyTables, openDatabase } from './db/open.ts';
import { openWebhookPlaces } from './declare-webhooks.ts';
import { openCa } from './enrolment/ca.ts';
import { openEnrolment } from './enrolment/enrolment.ts';
import { openKeyFiles } from './enrolment/key-files.ts';
import { openProcessCa, type ProcessCa } from './enrolment/process-ca.ts';
import { openEnrolmentStore } from './enrolment/store.ts';
import { type BoxEvent, openBoxes } from './inventory/boxes.ts';
import { openGlance } from './inventory/glance.ts';
import { openIdentities } from './inventory/identities.ts';
import { openOverview } from './inventory/overview.ts';
import { openTags } from './inventory/tags.ts';
import { joinCompliance, joinLocations } from './join-compliance.ts';
import { migrations } from './migrations.ts';
import { openSenders } from './open-senders.ts';
import type { PolicyEvent } from './policy/events.ts';
import { openPolicies } from './policy/policies.ts';
import { openSoftware } from './software/software.ts';
import type { TenantEvent } from './tenants/events.ts';
import { openMsps } from './tenants/msps.ts';
import { openOperator } from './tenants/operator.ts';
import { openTenants } from './tenants/tenants.ts';
import type { ViewEvent } from './views/events.ts';
import { openViews } from './views/views.ts';

/** @throws Problem of the database, of the CA, of what the fleet would connect to. */
export async function openRooms(config: Config, log: Log, locations: Locations = joinLocations(config)) {
  mkdirSync(config.data, { recursive: true, mode: 0o700 });
  const [clock, chance] = [systemClock, systemChance];
  const database = await openDatabase(config.databaseUrl, { migrations, log });
  const { caPassphraseFile, data, hosts } = config;
  const passphrase = caPassphraseFile === null ? null : readFileSync(caPassphraseFile, 'utf8').trim();
  const ca = await openCa({ folder: places(data).ca, passphrase, hosts, now: clock.now(), chance });
  let processes: Promise<ProcessCa> | null = null;
  const keys = openKeyFiles(places(data).ca, passphrase);
  const fleetId = fleetIdOf(ca.root);
  const audit = openFleetLog({ database: database.kysely, fleetId, clock, chance });
  const append = (event: TenantEvent | BoxEvent, transaction: AnyTables) =>
    audit.append(tenantEntry(event), transaction);
  const parts = { database: database.kysely, clock, append, newId: idSource(clock, chance) };
  const operator = openOperator(parts);
  const access = openAccess({
    ...parts,
    chance,
    site: siteOf(config),
    identity: {
      sealKey: sealKeyOf(keys.ownKey('seal-key.pem', 'Ed25519')),
      outbound: openOutbound({ mayBeInside: (host) => config.identityHosts.includes(host) }),
      declare: (place) => locations.declare({ ...place, purpose: 'sign_in' }),
    },
    append: (event, transaction) => audit.append(event, transaction),
  });
  await access.providers.declareAgain();
  const compliance = joinCompliance({ ...parts, config, locations, audit, log });
  const policies = openPolicies({
    ...parts,
    chance,
    append: (events: PolicyEvent | readonly PolicyEvent[], transaction) => audit.append(events, transaction),
    async agreementOf(site) {
      const { may, stopsAt } = await compliance.agreements.pushTo((await operator.place(site)).customer);
      return { state: may ? 'valid' : stopsAt === null ? 'missing' : 'expired', until: stopsAt };
    },
    folder: openKeyFiles(places(data).policyKeys, passphrase),
  });
  const alerts = openAlertRoom({
    ...parts,
    chance,
    log,
    senders: openSenders(config, clock),
    // Only looked at: what is there is declared by `declare-webhooks.ts`.
    mayStand: (place) => locations.declare(place)(),
    append: (event, transaction) => audit.append(event, transaction),
  });
  const declareWebhooks = openWebhookPlaces({ places: alerts.places, locations, log });
  await declareWebhooks();
  const store = openEnrolmentStore(database.kysely);
  return {
    database,
    locations,
    compliance,
    operator,
    access,
    msps: openMsps(parts),
    tenants: openTenants(parts),
    boxes: openBoxes(parts),
    tags: openTags(parts),
    overview: openOverview(parts),
    glance: openGlance(parts),
    identities: openIdentities(parts),
    policies,
    commands: openCommands({
      ...parts,
      append: (event: CommandEvent, transaction) => audit.append(event, transaction),
    }),
    /** Releases of the box’s program, and what is known to be wrong with them. */
    software: openSoftware({ ...parts, append: (event, transaction) => audit.append(event, transaction) }),
    views: openViews({
      ...parts,
      append: (event: ViewEvent, transaction) => audit.append(event, transaction),
    }),
    ca,
    /** Who signs for the fleet's processes at a broker beside it; made when it is first needed. */
    processCa(): Promise<ProcessCa> {
      processes ??= openProcessCa({ folder: places(data).ca, passphrase, now: clock.now(), chance });
      return processes;
    },
    audit,
    /** By what the fleet signs its own log. */
    logKey: keys.ownKey('log-key.pem', 'Ed25519'),
    /** By what the fleet cosigns logs of boxes. */
    witness: {
      name: witnessName(fleetId),
      privateKey: keys.ownKey('witness-key.pem', 'Ed25519'),
    },
    enrolment: openEnrolment({
      store,
      ca,
      brokers: brokersOf(config),
      clock,
      chance,
      agreementOf: compliance.agreements.agreementOf,
      append: (event) => audit.append(enrolmentEntry(event)),
    }),
    enrolmentStore: store,
    alerts,
    /** Webhooks as they are now, in the list of places. */
    declareWebhooks,
  };
}

/** What secrets of others are sealed with, out of a key that is kept as all keys are. */
const sealKeyOf = (key: KeyObject): Buffer =>
  Buffer.from(hkdfSync('sha256', key.export({ format: 'der', type: 'pkcs8' }), '', 'belkluis/fleet/seal/1', 32));

/** The fleet as its log names it for ever: by its root, which outlives everything else of it. */
const fleetIdOf = (root: string): string => hash('sha256', new X509Certificate(root).raw, 'hex').slice(0, 32);

export type Rooms = Awaited<ReturnType<typeof openRooms>>;
