/** Customers, sites and boxes of every kind behind a console, as they would stand on an ordinary day. */
import { createHash } from 'node:crypto';
import type { FindingCode, Level } from '@belkluis/shared/contract/finding-codes';
import type { Gauges } from '@belkluis/shared/contract/gauges';
import type { Reported } from '@belkluis/shared/contract/reported';
import type { Heard, Said } from '../../inventory/heard.ts';
import { openIdentities } from '../../inventory/identities.ts';
import { settleGone, storeBatch } from '../../inventory/store.ts';
import { health, presence, reported } from '../../inventory/testing/boxes.ts';
import type { TestConsole } from './console.ts';

export interface TestBox {
  readonly name: string;
  readonly customer: string;
  readonly site: string;
  readonly findings?: Partial<Record<FindingCode, Level>>;
  readonly gauges?: Gauges;
  readonly policy?: Partial<Reported['policy']>;
  readonly software?: string;
  readonly offline?: boolean;
  /** Never heard. */
  readonly silent?: boolean;
}

const hash = 'a'.repeat(64);
const HOUR_MS = 3_600_000;
const well: Gauges = { recorded_hours_ago: 0, test_call_hours_ago: 3, cpu_percent: 12 };

/** What an MSP of some size has on an ordinary day. */
export const ordinaryDay: readonly TestBox[] = [
  {
    customer: 'Taxicentrale Kennemerland',
    site: 'Haarlem',
    name: 'Kennemerland 1',
    findings: { recording_late: 'bad', test_call_failed: 'bad' },
    gauges: { recorded_hours_ago: 31, test_call_hours_ago: 33, disk_days_left: 41 },
  },
  { customer: 'Taxicentrale Kennemerland', site: 'Haarlem', name: 'Kennemerland 2' },
  {
    customer: 'Huisartsenpost Westland',
    site: 'Naaldwijk',
    name: 'Naaldwijk',
    offline: true,
    gauges: { recorded_hours_ago: 2 },
  },
  { customer: 'Huisartsenpost Westland', site: 'Monster', name: 'Monster' },
  {
    customer: 'Amstel & Vecht Vermogensbeheer',
    site: 'Amsterdam',
    name: 'Amstel & Vecht 2',
    findings: { disk_forecast: 'warn', recipient_expires: 'warn' },
    gauges: { ...well, disk_days_left: 9 },
  },
  {
    customer: 'Woonstichting De Linde',
    site: 'Dordrecht',
    name: 'Dordrecht',
    findings: { policy_undecided: 'warn' },
    policy: {
      pending: {
        version: 4,
        hash,
        weakens: [],
        destroys: [],
        approved: false,
        waitsUntil: null,
        expiresAt: Date.UTC(2026, 9, 20),
      },
    },
  },
  {
    customer: 'Gemeente Zuiderwoude',
    site: 'Gemeentehuis',
    name: 'Raadhuis',
    findings: { software_old: 'warn' },
    software: 'v0.3.2',
    policy: { rejected: { version: 4, hash, why: 'policy_out_of_bounds' } },
  },
  { customer: 'Gemeente Zuiderwoude', site: 'Werf', name: 'Werf', software: 'v0.4.0' },
  ...['Apeldoorn', 'Breda', 'Den Bosch', 'Eindhoven', 'Oss', 'Tilburg', 'Venlo', 'Weert'].map((name) => ({
    customer: 'Verzekeringshuis Brabant',
    site: name,
    name,
  })),
  { customer: 'Notariskantoor Van Dael', site: 'Antwerpen', name: 'Van Dael 1' },
  { customer: 'Notariskantoor Van Dael', site: 'Gent', name: 'Van Dael 2', silent: true },
];

/** Puts them there; returns ids by name of customers, sites and boxes. */
export async function populate(
  {
    services,
    kysely,
    clock,
    newId,
    scope,
    alerts,
  }: Pick<TestConsole, 'services' | 'kysely' | 'newId' | 'scope' | 'alerts'> & { readonly clock: { now(): number } },
  boxes: readonly TestBox[] = ordinaryDay,
): Promise<ReadonlyMap<string, string>> {
  const identities = openIdentities({ database: kysely, clock });
  const ids = new Map<string, string>();
  const now = Math.floor(clock.now() / HOUR_MS) * HOUR_MS;
  const heard: Heard[] = [];
  for (const box of boxes) {
    const customer =
      ids.get(box.customer) ?? (await services.tenants.createCustomer(scope, box.customer, 'operator')).id;
    ids.set(box.customer, customer);
    const place = `${box.customer}, ${box.site}`;
    const where = {
      name: box.site,
      country: ['Antwerpen', 'Gent'].includes(box.site) ? 'BE' : 'NL',
      timeZone: 'Europe/Amsterdam',
    };
    const site = ids.get(place) ?? (await services.tenants.createSite(scope, customer, where, 'operator')).id;
    ids.set(place, site);
    const id = createHash('sha256').update(box.name).digest('hex').slice(0, 32);
    ids.set(box.name, id);
    await services.boxes.add(scope, { id, site, name: box.name }, 'fleet');
    await identities.activate(id);
    if (box.silent) continue;
    const says = (seq: number, said: Said): Heard => ({
      box: id,
      id: newId(),
      ts: now,
      seq,
      numbered: true,
      digest: `${seq}`,
      skewMs: null,
      heardAt: now,
      said,
    });
    const software = box.software ?? 'v0.4.1';
    heard.push(
      says(1, presence({ software })),
      says(2, reported(box.policy, software)),
      says(3, health(now, box.findings, box.gauges ?? well)),
    );
    if (box.offline) heard.push(says(4, presence({ software, is: 'offline' })));
  }
  await storeBatch(kysely, heard);
  await settleGone(kysely, clock.now() + 1);
  await alerts.watch.lookAtBoxes(boxes.map(({ name }) => ids.get(name)!));
  return ids;
}
