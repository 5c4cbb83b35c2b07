/** The rooms on one database: what the process and the command line both have. */
import { mkdirSync, readFileSync } from 'node:fs';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import type { Log } from '@belkluis/shared/base/log';
import { brokersOf, type Config, places } from './config.ts';
import { idSource } from './db/ids.ts';
import { openDatabase } from './db/open.ts';
import { openCa } from './enrolment/ca.ts';
import { openEnrolment } from './enrolment/enrolment.ts';
import { openEnrolmentStore } from './enrolment/store.ts';
import { openBoxes } from './inventory/boxes.ts';
import { openIdentities } from './inventory/identities.ts';
import { migrations } from './migrations.ts';
import { openMsps } from './tenants/msps.ts';
import { openOperator } from './tenants/operator.ts';
import { openTenants } from './tenants/tenants.ts';

/** An act, for the journal: ids and words of closed lists. */
type Act = { readonly kind: string } & Readonly<Record<string, string | number | boolean>>;

/** @throws Problem of the database. */
export async function openRooms(config: Config, log: Log) {
  mkdirSync(config.data, { recursive: true, mode: 0o700 });
  const [clock, chance] = [systemClock, systemChance];
  const database = await openDatabase(config.databaseUrl, { migrations, log });
  // Until the fleet has an audit log of its own, acts go to the journal.
  const append = async (act: object): Promise<void> => {
    const { kind, ...facts } = act as Act;
    log('act', { act: kind, ...facts });
  };
  const parts = { database: database.kysely, clock, append, newId: idSource(clock, chance) };
  const operator = openOperator(parts);
  return {
    database,
    operator,
    msps: openMsps(parts),
    tenants: openTenants(parts),
    boxes: openBoxes(parts),
    identities: openIdentities(parts),
    /** Reads the keys, or makes them. @throws Problem of the CA. */
    async enrolment() {
      const { caPassphraseFile, data, hosts } = config;
      const passphrase = caPassphraseFile === null ? null : readFileSync(caPassphraseFile, 'utf8').trim();
      const ca = await openCa({ folder: places(data).ca, passphrase, hosts, now: clock.now(), chance });
      const store = openEnrolmentStore(database.kysely);
      const brokers = brokersOf(config);
      const { agreementOf } = operator;
      return { ca, store, enrolment: openEnrolment({ store, ca, brokers, clock, chance, agreementOf, append }) };
    },
  };
}

export type Rooms = Awaited<ReturnType<typeof openRooms>>;
export type EnrolmentRoom = Awaited<ReturnType<Rooms['enrolment']>>;
