/** A box and a fleet on loopback, with real TLS, certificates and databases. */
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEntry } from '@belkluis/shared/audit/event';
import { systemChance } from '@belkluis/shared/base/chance';
import { systemClock } from '@belkluis/shared/base/clock';
import { silentLog } from '@belkluis/shared/base/log';
import { shownClaimCode } from '@belkluis/shared/contract/enrolment/code';
import { spkiOf } from '@belkluis/shared/contract/enrolment/transcript';
import type { ExecutionContext } from 'ava';
import { places } from '../../appliance/config.ts';
import { openDevice } from '../../appliance/identity/device.ts';
import { joinFleet } from '../../appliance/join-fleet.ts';
import { policyFiles } from '../../appliance/policy/store.ts';
import type { Status } from '../../appliance/uplink/enrol/enrol.ts';
import { openEnrolmentStore as openBoxStore } from '../../appliance/uplink/enrol/store.ts';
import { openDatabase } from '../../fleet/db/open.ts';
import { openCa } from '../../fleet/enrolment/ca.ts';
import type { Agreement, Claimant } from '../../fleet/enrolment/claim.ts';
import { openEnrolment } from '../../fleet/enrolment/enrolment.ts';
import type { EnrolmentEvent } from '../../fleet/enrolment/events.ts';
import { serveEnrolment } from '../../fleet/enrolment/http.ts';
import { openEnrolmentStore } from '../../fleet/enrolment/store.ts';
import { migrations, placeTenants } from '../../fleet/enrolment/testing/tenants.ts';

export const DAY = 86_400_000;
export const newFolder = () => mkdtempSync(join(tmpdir(), 'enrol-'));
const newKey = () => generateKeyPairSync('ed25519').publicKey;

class TurnedClock {
  ahead = 0;
  now = () => Date.now() + this.ahead;
  monotonic = () => systemClock.monotonic() + this.ahead;
}

/** A fleet on a loopback port, with everything real. */
export async function newFleet(
  t: Pick<ExecutionContext, 'teardown'>,
  folder = newFolder(),
  brokers = ['mqtts://127.0.0.1:8883', 'wss://127.0.0.1/mqtt'],
) {
  const clock = new TurnedClock();
  const database = await openDatabase(`sqlite:${join(folder, 'fleet.db')}`, { migrations });
  await placeTenants(database.kysely, { 'msp-north': ['site-bakery'], 'msp-south': ['site-south'] });
  const ca = await openCa({
    folder: join(folder, 'ca'),
    passphrase: null,
    hosts: ['127.0.0.1', 'localhost'],
    now: Date.now(),
    chance: systemChance,
  });
  const events: EnrolmentEvent[] = [];
  const agreements = new Map<string, Agreement>();
  const enrolment = openEnrolment({
    store: openEnrolmentStore(database.kysely),
    ca,
    brokers,
    clock,
    chance: systemChance,
    agreementOf: (site) => agreements.get(site) ?? 'valid',
    append: (event) => void events.push(event),
  });
  const certificate = await ca.server(Date.now());
  const serving = await serveEnrolment({
    enrolment,
    certificate,
    address: '127.0.0.1',
    port: 0,
    clock,
    log: silentLog,
    healthy: async () => true,
  });
  t.teardown(async () => {
    await serving.close();
    await database.close();
  });
  return {
    ca,
    clock,
    enrolment,
    events,
    agreements,
    port: serving.port,
    url: `https://127.0.0.1:${serving.port}`,
    folder,
  };
}

export const claimantOf = (more: Partial<Claimant> = {}): Claimant => ({
  msp: 'msp-north',
  site: 'site-bakery',
  mspName: 'Telefoondienst Noord',
  siteName: 'Bakkerij Visser',
  policyKey: spkiOf(newKey()),
  ...more,
});

/** A box that has its customer's key and no fleet. */
export function newBox(t: ExecutionContext) {
  const data = newFolder();
  const at = places(data);
  const clock = new TurnedClock();
  const device = openDevice(at.identity, systemChance);
  const events: AuditEntry[] = [];
  mkdirSync(at.policy, { recursive: true });
  const keyring = newKey().export({ format: 'pem', type: 'spki' });
  writeFileSync(
    policyFiles(at.policy).trust,
    JSON.stringify({ policyKeys: [{ key: keyring, of: 'customer' }], keyringKey: keyring }),
  );
  let logged = true;
  const join = () =>
    joinFleet({
      at,
      device,
      clock,
      chance: systemChance,
      append: (entry) => {
        if (!logged) throw new Error('the log is full');
        events.push(entry);
      },
    });
  const fleet = join();
  t.teardown(() => fleet.close());
  const trusted = () =>
    (JSON.parse(readFileSync(policyFiles(at.policy).trust, 'utf8')) as { policyKeys: { of: string; key: string }[] })
      .policyKeys;
  return {
    at,
    clock,
    device,
    fleet,
    /** Another process of the box, on the same state. */
    join,
    events,
    trusted,
    kinds: () => events.map(({ kind }) => kind),
    breakLog: () => {
      logged = false;
    },
  };
}

export const codeOf = (status: Status): string => (status.at === 'offering' ? shownClaimCode(status.code) : '');
/** What a person compares with paper. */
export const comparedOf = (status: Status) => ('fleet' in status ? status.fleet : { root: '', policyKey: '' });

/** Enrolled, as it should go. */
export async function enrolled(t: ExecutionContext, claimant = claimantOf()) {
  const fleet = await newFleet(t);
  const box = newBox(t);
  const code = codeOf(await box.fleet.begin(fleet.url, 'anna'));
  await box.fleet.ask();
  const { claim } = await fleet.enrolment.typed(code, claimant, 'bert');
  const offered = await box.fleet.ask();
  await box.fleet.confirm('anna', comparedOf(offered));
  const store = openBoxStore(box.at.enrolmentDatabase);
  t.teardown(() => store.close());
  const kept = () => {
    const now = store.read();
    if (now.at !== 'enrolled') throw new Error(now.at);
    return now;
  };
  const serial = () => new X509Certificate(Buffer.from(kept().certificate.chain[0]!, 'base64')).serialNumber;
  return { fleet, box, claim, claimant, kept, serial, store };
}
